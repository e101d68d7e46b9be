/*
 * The private Redis: a cache, and nothing else. It keeps no data on disk, so there is nothing to recover and nothing to
 * fill the disk with; when its memory is full the answers that were asked for longest ago go.
 */
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local_internal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"
#include "ytempire/engine/process.h"
#include "ytempire/engine/redis.h"

#define LOOK_EVERY_US (5 * 1000)
#define ANSWER_US (5 * US_PER_SECOND)
#define START_US (30 * US_PER_SECOND)
#define STOP_US (10 * US_PER_SECOND)

/* -- looking ------------------------------------------------------------------------------------------------------ */

void local_redis_look(const struct local *local, struct server_look *ret_look)
{
    pid_t pid = probe_pid_file(local->redis_pid_file, NULL);
    struct stat about;
    bool ours = pid > 0 && stat(local->redis, &about) == 0 &&
                probe_works_in(pid, about.st_uid, "redis-server", local->redis, local->redis_socket);

    *ret_look = (struct server_look){.pid = ours ? pid : 0};
    if (probe_listens(local->redis_socket))
        ret_look->state = SERVER_UP;
    else if (ours)
        ret_look->state = SERVER_BUSY;
    else if (file_exists(local->redis_pid_file))
        ret_look->state = SERVER_STALE;
    else
        ret_look->state = file_exists(local->redis) ? SERVER_DOWN : SERVER_ABSENT;
}

static struct server_look look(const struct local *local)
{
    struct server_look seen;

    local_redis_look(local, &seen);
    return seen;
}

/* hiredis blocks: it is asked on a thread. */
struct asking {
    const char  *socket_path;
    char        *version;
    int          code;
    struct error error;
};

static void ping_in_thread(void *who)
{
    struct asking *asking = who;

    asking->code = redis_ping(asking->socket_path, ANSWER_US, &asking->version, &asking->error);
}

int local_redis_version(const struct local *local, char **ret_version, struct error *error)
{
    struct asking asking = {.socket_path = local->redis_socket};
    int r = task_in_thread(ping_in_thread, &asking);

    if (asking.code < 0 && error)
        error_move(error, &asking.error);
    error_done(&asking.error);
    if (r >= 0 && asking.code >= 0)
        *ret_version = TAKE(asking.version);
    mem_free(asking.version);
    return asking.code < 0 ? asking.code : r;
}

/* -- stopping ----------------------------------------------------------------------------------------------------- */

static void shut_down_in_thread(void *who)
{
    struct asking *asking = who;

    asking->code = redis_shutdown(asking->socket_path, ANSWER_US, &asking->error);
}

static bool is_there(const struct local *local, pid_t pid)
{
    return pid > 0 ? probe_lives(pid) : probe_listens(local->redis_socket);
}

/* 0 when it is gone, 1 when the time is up. */
static int wait_gone(const struct local *local, pid_t pid, struct error *error)
{
    int64_t until = monotonic_us() + STOP_US;

    while (is_there(local, pid)) {
        int r = monotonic_us() > until ? 1 : task_sleep(LOOK_EVERY_US);
        if (r != 0)
            return r < 0 ? error_set(error, r, "%s", error_sentence(r)) : r;
    }
    return 0;
}

int local_redis_down(const struct local *local, struct sink *sink, struct error *error)
{
    struct server_look seen = look(local);
    struct asking asking = {.socket_path = local->redis_socket, .code = ERR_CONNECT};
    int r = 0;

    if (seen.state != SERVER_UP && seen.state != SERVER_BUSY)
        return 0;
    if (seen.state == SERVER_UP)
        r = task_in_thread(shut_down_in_thread, &asking);
    error_done(&asking.error);
    if (r < 0)
        return error_set(error, r, "%s", error_sentence(r));
    if (asking.code < 0 && seen.pid > 0)
        (void)kill(seen.pid, SIGTERM);
    r = wait_gone(local, seen.pid, error);
    if (r == 1 && seen.pid > 0) {
        (void)kill(seen.pid, SIGKILL);    /* it has nothing to lose */
        r = wait_gone(local, seen.pid, error);
    }
    if (r == 1)
        return error_set(error, ERR_TIMEOUT, "Redis at '%s' does not end", local->redis_socket);
    if (r == 0 && sink)
        sink_text(sink, "Redis stopped");
    return r;
}

/* -- starting ----------------------------------------------------------------------------------------------------- */

static int spawn(const struct local *local, const struct account *account, const char *program, pid_t *ret_pid,
                 struct error *error)
{
    const char *const argv[] = {
        program, "--port", "0", "--unixsocket", local->redis_socket, "--unixsocketperm", "700", "--daemonize", "no",
        "--pidfile", local->redis_pid_file, "--dir", local->redis, "--save", "", "--appendonly", "no",
        "--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru", NULL};
    struct process_options options = {
        .argv = argv,
        .environment = (const char *const[]){"LC_ALL=C.UTF-8", NULL},
        .folder = local->redis,
        .user = account->drop ? account->user : (uid_t)-1,
        .group = account->group,
        .detach = true,
        .log_file = local->redis_log,
    };

    return process_spawn(&options, ret_pid, error);
}

/* The last line of its log, without pid, role and date. */
static int explain(const struct local *local, int64_t log_size, struct error *error)
{
    _cleanup_(mem_freep) char *words = probe_log_since(local->redis_log, log_size);
    size_t length = strlen(words);
    char *line;

    while (length > 0 && words[length - 1] == '\n')
        words[--length] = '\0';
    line = strrchr(words, '\n');
    line = line ? line + 1 : words;
    char *mark = strstr(line, " # ");
    if (probe_disk_is_full(local->folder, words))
        return probe_disk_error(local, "Redis does not start", error);
    line = mark ? mark + 3 : line;
    error_set(error, ERR_CONNECT, "Redis does not start: %s", *line ? line : "it ended without a word");
    error_hint(error, "its log says more: '%s'", local->redis_log);
    return ERR_CONNECT;
}

static int start(const struct local *local, const struct account *account, const char *program, struct error *error)
{
    int64_t log_size, until = monotonic_us() + START_US;
    pid_t pid = 0;
    int r;

    probe_turn_log(local->redis_log);
    log_size = probe_log_size(local->redis_log);
    (void)unlink(local->redis_pid_file);
    r = spawn(local, account, program, &pid, error);
    while (r >= 0 && !probe_listens(local->redis_socket)) {
        if (!probe_lives(pid) || monotonic_us() > until)
            return explain(local, log_size, error);
        r = task_sleep(LOOK_EVERY_US);
        if (r < 0)
            return error_set(error, r, "%s", error_sentence(r));
    }
    return r;
}

int local_redis_up(const struct local *local, const struct account *account, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *program = NULL, *version = NULL;
    struct server_look seen = look(local);
    int r = 0;

    if (seen.state == SERVER_UP)
        return 0;
    if (seen.state == SERVER_BUSY)    /* its socket was deleted: nobody will reach it again */
        r = local_redis_down(local, NULL, error);
    if (r < 0)
        return r;
    program = process_find("redis-server", (const char *const[]){"/usr/bin", "/usr/local/bin", NULL});
    if (!program) {
        error_set(error, ERR_FAILED, "Redis is not installed");
        error_hint(error, "install it ('apt-get install redis-server'); without it all works, but nothing is cached");
        return ERR_FAILED;
    }
    r = start(local, account, program, error);
    if (r >= 0)
        r = local_redis_version(local, &version, error);
    if (r >= 0 && sink)
        sink_text(sink, "Redis %s started", version);
    return r;
}
