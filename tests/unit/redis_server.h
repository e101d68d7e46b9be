/*
 * A Redis for a unit test, on a socket in a folder of its own, and a pretender: a server that says what the test tells
 * it to, piece by piece. Include after cmocka.h.
 */
#ifndef YTEMPIRE_TESTS_REDIS_SERVER_H
#define YTEMPIRE_TESTS_REDIS_SERVER_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "task_test.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"
#include "ytempire/engine/process.h"
#include "ytempire/engine/redis.h"

static char  redis_folder[64], redis_path[96], redis_address[112];
static pid_t redis_pid;

static void redis_end(void)
{
    if (redis_pid > 0) {
        kill(redis_pid, SIGCONT);
        kill(redis_pid, SIGKILL);
        (void)waitpid(redis_pid, NULL, 0);
    }
    redis_pid = 0;
}

__attribute__((unused)) static void redis_forget(void)
{
    char command[128];

    redis_end();
    snprintf(command, sizeof command, "rm -rf '%s'", redis_folder);
    if (redis_folder[0] && system(command) != 0)
        fprintf(stderr, "%s stays\n", redis_folder);
}

/* Two words more, or NULL; waits until it answers. */
__attribute__((unused)) static void redis_start(const char *option, const char *value)
{
    int64_t until = monotonic_us() + 60 * US_PER_SECOND;

    if (!redis_folder[0]) {
        strcpy(redis_folder, "/tmp/ytempire-redis-XXXXXX");
        if (!mkdtemp(redis_folder))
            exit(1);
        snprintf(redis_path, sizeof redis_path, "%s/redis.sock", redis_folder);
        snprintf(redis_address, sizeof redis_address, "unix:%s", redis_path);
        atexit(redis_forget);
        signal(SIGPIPE, SIG_IGN);
    }
    (void)unlink(redis_path);
    redis_pid = fork();
    if (redis_pid == 0) {
        if (!freopen("/dev/null", "w", stdout))
            _exit(1);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", redis_path, "--save", "", "--dir",
               redis_folder, option, value, (char *)NULL);
        _exit(127);
    }
    while (redis_ping(redis_address, US_PER_SECOND, NULL, NULL) < 0) {
        if (monotonic_us() > until)
            exit(1);
        nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
    }
}

/* -- the pretender ------------------------------------------------------------------------------------------------- */

/* A process that takes connections at redis_address and, once something was asked over one, sends `text`, then waits.
 */
__attribute__((unused)) static pid_t pretend(const char *text, size_t length, bool closes)
{
    struct sockaddr_un here = {.sun_family = AF_UNIX};
    int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pid_t              pid;

    strcpy(here.sun_path, redis_path);
    (void)unlink(redis_path);
    assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(listen(fd, 16), 0);
    pid = fork();
    if (pid == 0)
        for (;;) {
            int  peer = accept(fd, NULL, NULL);
            char bytes[65536];

            (void)!read(peer, bytes, sizeof bytes);
            (void)!write(peer, text, length);
            if (closes)
                close(peer);
        }
    close(fd);
    return pid;
}

__attribute__((unused)) static void pretend_end(pid_t pid)
{
    kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

#endif
