/* engine/redis: addresses, and real servers on a socket and on a port, with and without a password. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/engine/redis_internal.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/process.h"
#include "ytempire/engine/redis.h"

#define PATIENCE_US (60 * US_PER_SECOND)
#define ANSWER_US (20 * US_PER_SECOND)
#define PASSWORD "s3cret/@:%#" /* in a URL: */
#define PASSWORD_IN_URL "s3cret%2F%40%3a%25%23"

static char folder[64];

static char *socket_path(void)
{
    return mem_printf("%s/redis.sock", folder);
}

/* -- addresses ---------------------------------------------------------------------------------------------------- */

struct reading {
    const char *text, *path, *host, *user, *password, *shown;
    int port, database;
};

static void assert_same(const char *text, const char *a, const char *b)
{
    if (!text_equal(a, b))
        fail_msg("%s: '%s', not '%s'", text, a ? a : "NULL", b ? b : "NULL");
}

static void addresses_are_read(void **state)
{
    static const struct reading readings[] = {
        {"redis://", NULL, "localhost", NULL, NULL, "localhost:6379", 6379, 0},
        {"redis://cache.example", NULL, "cache.example", NULL, NULL, "cache.example:6379", 6379, 0},
        {"REDIS://10.0.0.1:7000/3", NULL, "10.0.0.1", NULL, NULL, "10.0.0.1:7000", 7000, 3},
        {"redis://:pw@host/", NULL, "host", NULL, "pw", "host:6379", 6379, 0},
        {"redis://ann:pw@host:1/15", NULL, "host", "ann", "pw", "host:1", 1, 15},
        {"redis://a%40b:p%3Aw%25@[::1]:6380/2", NULL, "::1", "a@b", "p:w%", "[::1]:6380", 6380, 2},
        {"redis://ann:p@w@host", NULL, "host", "ann", "p@w", "host:6379", 6379, 0},
        {"redis://ann:p:w@host", NULL, "host", "ann", "p:w", "host:6379", 6379, 0},
        {"redis://ann:@host", NULL, "host", "ann", "", "host:6379", 6379, 0},
        {"redis://:@host", NULL, "host", NULL, NULL, "host:6379", 6379, 0},
        {"redis://[fe80::1]", NULL, "fe80::1", NULL, NULL, "[fe80::1]:6379", 6379, 0},
        {"unix:/run/redis.sock", "/run/redis.sock", NULL, NULL, NULL, "/run/redis.sock", 6379, 0},
        {"unix:///run/a@b.sock", "/run/a@b.sock", NULL, NULL, NULL, "/run/a@b.sock", 6379, 0},
        {"unix://ann:p%2Fw@/run/redis.sock", "/run/redis.sock", NULL, "ann", "p/w", "/run/redis.sock", 6379, 0},
        {"/run/redis.sock", "/run/redis.sock", NULL, NULL, NULL, "/run/redis.sock", 6379, 0},
        {"//run/redis.sock", "//run/redis.sock", NULL, NULL, NULL, "//run/redis.sock", 6379, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(readings); i++) {
        const struct reading *want = &readings[i];
        struct redis_address got = {0};
        struct error error = ERROR_INIT;

        if (redis_address_read(want->text, &got, &error) < 0)
            fail_msg("%s: %s", want->text, error.text);
        assert_same(want->text, got.path, want->path);
        assert_same(want->text, got.host, want->host);
        assert_same(want->text, got.user, want->user);
        assert_same(want->text, got.password, want->password);
        assert_same(want->text, got.shown, want->shown);
        assert_int_equal(got.port, want->port);
        assert_int_equal(got.database, want->database);
        redis_address_done(&got);
    }
}

static void wrong_addresses_are_refused_and_not_repeated(void **state)
{
    static const char *const wrong[] = {
        "",
        "localhost:6379",
        "ann:secret@host",
        "http://ann:secret@host",
        "rediss://ann:secret@host",
        "redis://secret@host",
        "redis://:sec/ret@host",
        "redis://:sec?secret@host",
        "redis://:#secret@host",
        "redis://:secret%@host",
        "redis://:secret%4@host",
        "redis://:secret%zz@host",
        "redis://:secret%00@host",
        "redis://:secret@host:0",
        "redis://:secret@host:65536",
        "redis://:secret@host:port",
        "redis://:secret@::1",
        "redis://:secret@[::1",
        "redis://:secret@[::1]6379",
        "redis://:secret@host/zero",
        "redis://:secret@host/-1",
        "redis://:secret@host/0/1",
        "redis://:secret@host/0?timeout=1",
        "unix:redis.sock",
        "unix://secret/redis.sock",
        "unix://secret@/redis.sock",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct redis_address got = {0};
        struct error error = ERROR_INIT;

        if (redis_address_read(wrong[i], &got, &error) != ERR_USAGE)
            fail_msg("'%s' was taken", wrong[i]);
        if (strstr(error.text, "secret") || !error.hint || strstr(error.hint, "secret"))
            fail_msg("'%s': %s", wrong[i], error.text);
        error_done(&error);
    }
}

/* -- servers ------------------------------------------------------------------------------------------------------ */

static void wait_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
}

/* A port of the loopback that nobody has just now. */
static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    close(fd);
    return ntohs(address.sin_port);
}

struct server {
    pid_t pid;
    int port;
    char url[160], socket_url[160]; /* with `login` in front */
};

/* On its port; `login` is "" or "user:password@". */
static const char *url(struct server *server, const char *login, int database)
{
    snprintf(server->url, sizeof server->url, "redis://%s127.0.0.1:%d/%d", login, server->port, database);
    return server->url;
}

static bool answers(const char *address)
{
    return redis_ping(address, ANSWER_US, NULL, NULL) >= 0;
}

static pid_t running;        /* … and not left behind by a test that fails */

static void kill_running(void)
{
    if (running > 0)
        kill(running, SIGKILL);
}

static void spawn_server(struct server *server, const char *const *more)
{
    _cleanup_(mem_freep) char *port = mem_printf("%d", server->port = free_port()), *path = socket_path();
    const char *argv[24] = {"redis-server", "--port",      port,     "--bind", "127.0.0.1",
                            "--unixsocket", path,          "--save", "",       "--dir",
                            folder,         "--databases", "4"};
    size_t count = 13;
    struct error error = ERROR_INIT;

    for (; *more; more++)
        argv[count++] = *more;
    if (process_spawn(&(struct process_options){.argv = argv, .user = (uid_t)-1, .detach = true}, &server->pid,
                      &error) < 0)
        fail_msg("%s", error.text);
    running = server->pid;
}

/* Tried again when somebody else took the port in between. */
static void server_start(struct server *server, const char *login, const char *const *more)
{
    int64_t until = monotonic_us() + PATIENCE_US;

    spawn_server(server, more);
    for (;;) {
        snprintf(server->socket_url, sizeof server->socket_url, "unix://%s%s/redis.sock", login, folder);
        if (answers(url(server, login, 1)) && answers(server->socket_url))
            return;
        assert_true(monotonic_us() < until);
        if (kill(server->pid, 0) < 0)
            spawn_server(server, more);
        wait_a_little();
    }
}

static bool is_gone(pid_t pid)
{
    char path[64], text[512] = "";
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    file = fopen(path, "r");
    if (!file)
        return true;
    (void)!fread(text, 1, sizeof text - 1, file);
    fclose(file);
    return strstr(text, ") Z") != NULL;
}

static void wait_until_gone(pid_t pid)
{
    int64_t until = monotonic_us() + PATIENCE_US;

    while (!is_gone(pid)) {
        assert_true(monotonic_us() < until);
        wait_a_little();
    }
}

static void server_end(struct server *server)
{
    kill(server->pid, SIGCONT);
    kill(server->pid, SIGKILL);
    wait_until_gone(server->pid);
    running = 0;
}

static void assert_refused(const char *address, int code, const char *part, const char *hint)
{
    struct error error = ERROR_INIT;

    assert_int_equal(redis_ping(address, ANSWER_US, NULL, &error), code);
    if (!strstr(error.text, part) || (hint && (!error.hint || !strstr(error.hint, hint))))
        fail_msg("%s: %s (%s)", address, error.text, error.hint ? error.hint : "no hint");
    if (strstr(error.text, "s3cret") || strstr(error.text, "wr0ng"))
        fail_msg("it shows the password: %s", error.text);
    error_done(&error);
}

static void a_server_is_found_by_every_address(void **state)
{
    _cleanup_(mem_freep) char *version = NULL, *path = socket_path(), *plain = mem_printf("unix:%s", path);
    struct server server = {0};

    (void)state;
    server_start(&server, "", (const char *const[]){NULL});
    assert_int_equal(redis_ping(path, ANSWER_US, &version, NULL), 0);
    assert_true(version[0] >= '1' && version[0] <= '9');
    assert_true(answers(plain));
    assert_true(answers(server.url));
    assert_refused(url(&server, "", 4), ERR_CONNECT, "DB index is out of range", NULL);
    assert_refused(url(&server, ":wr0ng@", 0), ERR_CONNECT, "without any password configured", NULL);
    server_end(&server);
    assert_refused(path, ERR_CONNECT, path, NULL);
    /* nobody there; or, since the port is free again, somebody who does not speak Redis */
    assert_refused(url(&server, ":s3cret@", 0), ERR_CONNECT, "Redis at 127.0.0.1:", NULL);
}

static void a_password_is_given_and_never_shown(void **state)
{
    static const char *const wants[] = {"--requirepass", PASSWORD, NULL};
    _cleanup_(mem_freep) char *path = socket_path();
    struct server server = {0};

    (void)state;
    server_start(&server, ":" PASSWORD_IN_URL "@", wants);
    assert_refused(path, ERR_CONNECT, "NOAUTH", "redis://:password@host:port");
    assert_refused(url(&server, "", 1), ERR_CONNECT, "NOAUTH", NULL);
    assert_refused(url(&server, ":wr0ng@", 0), ERR_CONNECT, "it refuses the user or the password", "REDIS_URL");
    assert_refused(url(&server, "nobody:" PASSWORD_IN_URL "@", 0), ERR_CONNECT, "it refuses the user or the password",
                   NULL);
    assert_true(answers(url(&server, "default:" PASSWORD_IN_URL "@", 3)));
    server_end(&server);
}

/* Redis names the arguments of a command that it does not know. */
static void a_server_that_repeats_the_password_is_not_quoted(void **state)
{
    static const char *const without_auth[] = {"--rename-command", "AUTH", "", NULL};
    struct server server = {0};

    (void)state;
    server_start(&server, "", without_auth);
    assert_refused(url(&server, "ann:s3cret@", 0), ERR_CONNECT, "it refuses AUTH", NULL);
    server_end(&server);
}

static void a_user_may_know_less(void **state)
{
    static const char *const less[] = {"--user", "ann", "on", ">s3cret", "+ping", "+select", NULL};
    _cleanup_(mem_freep) char *version = NULL;
    struct server server = {0};

    (void)state;
    server_start(&server, "ann:s3cret@", less);
    assert_int_equal(redis_ping(server.url, ANSWER_US, &version, NULL), 0);
    assert_string_equal(version, "");
    server_end(&server);
}

static void a_server_that_hangs_is_left(void **state)
{
    struct server server = {0};
    struct error error = ERROR_INIT;

    (void)state;
    server_start(&server, "", (const char *const[]){NULL});
    assert_int_equal(kill(server.pid, SIGSTOP), 0);
    assert_int_equal(redis_ping(server.socket_url, 50 * 1000, NULL, &error), ERR_CONNECT);
    assert_non_null(strstr(error.text, "no answer within 50"));
    error_done(&error);
    assert_int_equal(redis_ping(server.url, 50 * 1000, NULL, &error), ERR_CONNECT);
    assert_non_null(strstr(error.text, "no answer within 50"));
    error_done(&error);
    server_end(&server);
}

static void a_late_answer_is_waited_for(void **state)
{
    struct server server = {0};
    struct redis *redis;

    (void)state;
    server_start(&server, "", (const char *const[]){NULL});
    assert_int_equal(redis_open(server.socket_url, ANSWER_US, &redis, NULL), 0);
    assert_true(redis_is_socket(redis));
    assert_int_equal(redis_alive(redis, ANSWER_US, NULL), 0);
    assert_int_equal(kill(server.pid, SIGSTOP), 0);
    assert_int_equal(redis_alive(redis, 20 * 1000, NULL), ERR_TIMEOUT);
    assert_int_equal(redis_alive(redis, 20 * 1000, NULL), ERR_TIMEOUT);
    assert_int_equal(kill(server.pid, SIGCONT), 0);
    assert_int_equal(redis_alive(redis, ANSWER_US, NULL), 0);
    assert_int_equal(redis_alive(redis, ANSWER_US, NULL), 0);
    server_end(&server);
    assert_int_equal(redis_alive(redis, ANSWER_US, NULL), ERR_CONNECT);
    redis_close(redis);
}

static void it_is_shut_down_through_its_address(void **state)
{
    static const char *const wants[] = {"--requirepass", PASSWORD, NULL};
    struct server server = {0};
    struct error error = ERROR_INIT;

    (void)state;
    server_start(&server, ":" PASSWORD_IN_URL "@", wants);
    if (redis_shutdown(server.url, ANSWER_US, &error) < 0)
        fail_msg("%s", error.text);
    wait_until_gone(server.pid);
    running = 0;
    assert_int_equal(redis_shutdown(server.url, ANSWER_US, NULL), ERR_CONNECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read),
        cmocka_unit_test(wrong_addresses_are_refused_and_not_repeated),
    };
    const struct CMUnitTest with_servers[] = {
        cmocka_unit_test(a_server_is_found_by_every_address),
        cmocka_unit_test(a_password_is_given_and_never_shown),
        cmocka_unit_test(a_server_that_repeats_the_password_is_not_quoted),
        cmocka_unit_test(a_user_may_know_less),
        cmocka_unit_test(a_server_that_hangs_is_left),
        cmocka_unit_test(a_late_answer_is_waited_for),
        cmocka_unit_test(it_is_shut_down_through_its_address),
    };
    _cleanup_(mem_freep) char *program = process_find("redis-server", NULL);
    int failed = cmocka_run_group_tests_name("addresses", tests, NULL, NULL);

    signal(SIGPIPE, SIG_IGN);
    if (!program) {
        fprintf(stderr, "SKIPPED: redis-server is not installed\n");
        return failed ? failed : 77;
    }
    strcpy(folder, "/tmp/ytempire-test-XXXXXX");
    if (!mkdtemp(folder))
        return 1;
    atexit(kill_running);
    failed += cmocka_run_group_tests_name("servers", with_servers, NULL, NULL);
    _cleanup_(mem_freep) char *path = socket_path();
    (void)unlink(path);
    (void)rmdir(folder);
    return failed;
}
