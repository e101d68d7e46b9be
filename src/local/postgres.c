/*
 * The private PostgreSQL: looked at, started, stopped.
 *
 * Invariant: whoever sees SERVER_UP may connect; a cluster that exists is complete (postgres_make.c). A pid file is
 * deleted only when the process it names is not our server; PostgreSQL itself then looks whether anybody still has the
 * cluster's shared memory.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local_internal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"
#include "ytempire/engine/pg.h"
#include "ytempire/engine/process.h"

#define LOOK_EVERY_US (5 * 1000)
#define QUIET_US (2 * US_PER_SECOND)           /* shorter waits are not told */
#define PATIENCE_US (5 * US_PER_MINUTE)        /* of a start: a recovery may take a while */
#define DEAF_US (2 * US_PER_SECOND)            /* ready, but without a socket */
#define FAST_US (60 * US_PER_SECOND)           /* a fast shutdown writes what is dirty */
#define AT_ONCE_US (20 * US_PER_SECOND)
#define ORPHANS_US (20 * US_PER_SECOND)        /* sessions of a server that was killed */
#define ORPHANS_QUIT_US US_PER_SECOND          /* then they are ended */

/* -- looking ------------------------------------------------------------------------------------------------------ */

bool local_is_made(const struct local *local)
{
    _cleanup_(mem_freep) char *version = path_join(local->cluster, "PG_VERSION");

    return file_exists(version);
}

static bool is_ours(const struct local *local, pid_t pid)
{
    struct stat about;

    return pid > 0 && stat(local->cluster, &about) == 0 &&
           probe_works_in(pid, about.st_uid, "postgres", local->cluster, local->cluster);
}

void local_postgres_look(const struct local *local, struct server_look *ret_look)
{
    char status[16];
    pid_t pid = probe_pid_file(local->pid_file, status);
    bool ready = text_equal(status, "ready"), ours = is_ours(local, pid);

    *ret_look = (struct server_look){.pid = ours ? pid : 0};
    if (ours && !ready)    /* asked at its socket while it recovers, it forks for each call, and then has no room for us */
        ret_look->state = SERVER_BUSY;
    else if (probe_listens(local->postgres_socket))
        ret_look->state = ready ? SERVER_UP : SERVER_BUSY;
    else if (ours)
        ret_look->state = SERVER_BUSY;
    else if (file_exists(local->pid_file))
        ret_look->state = SERVER_STALE;
    else
        ret_look->state = local_is_made(local) ? SERVER_DOWN : SERVER_ABSENT;
}

static struct server_look look(const struct local *local)
{
    struct server_look seen;

    local_postgres_look(local, &seen);
    return seen;
}

int local_postgres_version(const struct local *local, char **ret_version, struct error *error)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    const char *version;
    int r = pg_open(task_loop(task_current()), &(struct pg_options){.dsn = local->dsn}, &pg, error);

    if (r >= 0)
        r = pg_ready(pg, error);
    if (r < 0)
        return r;
    version = pg_parameter(pg, "server_version");
    *ret_version = mem_strndup(version ? version : "", version ? strcspn(version, " ") : 0);
    return 0;
}

/* -- stopping ----------------------------------------------------------------------------------------------------- */

static int pause_a_little(struct error *error)
{
    int r = task_sleep(LOOK_EVERY_US);

    return r < 0 ? error_set(error, r, "%s", error_sentence(r)) : 0;
}

/* 0 when it is gone, 1 when the time is up. */
static int wait_gone(pid_t pid, int64_t us, struct error *error)
{
    int64_t until = monotonic_us() + us;
    int r = 0;

    while (r == 0 && probe_lives(pid))
        r = monotonic_us() > until ? 1 : pause_a_little(error);
    return r;
}

static int stop(pid_t pid, bool at_once, struct sink *sink, struct error *error)
{
    int r = 1;

    if (!at_once) {
        (void)kill(pid, SIGINT);    /* fast: sessions end, nothing is lost, nothing is left to recover */
        r = wait_gone(pid, FAST_US, error);
        if (r == 1 && sink)
            sink_text(sink, "PostgreSQL does not end: it is stopped at once, and will recover when it starts");
    }
    if (r == 1) {
        (void)kill(pid, SIGQUIT);
        r = wait_gone(pid, AT_ONCE_US, error);
    }
    if (r == 1) {
        r = error_set(error, ERR_TIMEOUT, "PostgreSQL (process %ld) does not end", (long)pid);
        error_hint(error, "its log may say why; 'kill -9 %ld' ends it, nothing committed is lost", (long)pid);
    }
    return r;
}

int local_postgres_down(const struct local *local, bool at_once, struct sink *sink, struct error *error)
{
    struct server_look seen = look(local);
    int r;

    if (seen.pid == 0 && seen.state != SERVER_UP && seen.state != SERVER_BUSY)
        return 0;
    if (seen.pid == 0) {
        error_set(error, ERR_FAILED, "PostgreSQL answers, but its process is not among those that can be seen here");
        error_hint(error, "another container that shares '%s' may run it: stop it there", local->folder);
        return ERR_FAILED;
    }
    r = stop(seen.pid, at_once, sink, error);
    if (r == 0 && sink)
        sink_text(sink, "PostgreSQL stopped");
    return r;
}

/* -- starting ----------------------------------------------------------------------------------------------------- */

/* Waits for a server that lives already: until it answers (0), or is gone (1). */
static int wait_busy(const struct local *local, struct sink *sink, struct error *error)
{
    int64_t began = monotonic_us();
    bool told = false;
    int r = 0;

    for (struct server_look seen = look(local); r == 0; seen = look(local)) {
        int64_t waited = monotonic_us() - began;
        char status[16];
        if (seen.state != SERVER_BUSY)
            return seen.state == SERVER_UP ? 0 : 1;
        (void)probe_pid_file(local->pid_file, status);
        if (seen.pid > 0 && waited > DEAF_US && !text_equal(status, "starting"))    /* its socket is gone, or it ends */
            return (r = stop(seen.pid, false, sink, error)) < 0 ? r : 1;
        if (waited > QUIET_US && !told && sink)
            sink_text(sink, "waiting for PostgreSQL: after a crash it recovers, which may take a while");
        told = told || waited > QUIET_US;
        if (waited > PATIENCE_US) {
            r = error_set(error, ERR_CONNECT, "PostgreSQL has been starting for five minutes and does not answer yet");
            error_hint(error, "wait, or see what it says: '%s'", local->postgres_log);
            return r;
        }
        r = pause_a_little(error);
    }
    return r;
}

/* What stands in the way although nobody uses it: if a process of that number lives, it is not our server. */
static void clear_stale(const struct local *local)
{
    _cleanup_(mem_freep) char *socket_lock = mem_printf("%s.lock", local->postgres_socket);
    pid_t pid = probe_pid_file(local->pid_file, NULL);

    (void)unlink(socket_lock);
    if (kill(pid, 0) == 0 || errno != ESRCH || pid == 0)    /* of a dead one PostgreSQL reads which memory it had */
        (void)unlink(local->pid_file);
}

static int read_major(const struct local *local, int *ret_major, struct error *error)
{
    _cleanup_(mem_freep) char *path = path_join(local->cluster, "PG_VERSION"), *text = NULL;
    long long major = 0;
    int r = file_read(path, 64, &text, NULL, error);

    if (r < 0)
        return r;
    if (text_to_int64(text, strspn(text, "0123456789"), &major) < 0 || major <= 0 || major > 1000)
        return error_set(error, ERR_FAILED, "'%s' does not say which PostgreSQL made it", path);
    *ret_major = (int)major;
    return 0;
}

static char *quote_folder(const char *folder)
{
    struct str text = STR_INIT;

    str_add(&text, "unix_socket_directories=\"");
    for (; *folder; folder++) {
        if (*folder == '"')
            str_add_char(&text, '"');
        str_add_char(&text, *folder);
    }
    str_add_char(&text, '"');
    return str_take(&text);
}

/* What the place demands stands on the command line; the rest is in the cluster's postgresql.conf, and the user's. */
static int spawn(const struct local *local, const struct account *account, const char *programs, pid_t *ret_pid,
                 struct error *error)
{
    _cleanup_(mem_freep) char *postgres = path_join(programs, "postgres"), *preload = NULL;
    _cleanup_(mem_freep) char *sockets = quote_folder(local->run);
    const char *argv[24] = {postgres, "-D", local->cluster, "-c", "listen_addresses=", "-c", "port=" POSTGRES_PORT,
                            "-c", "unix_socket_permissions=0700", "-c", sockets};
    const char *libraries = local_postgres_test_preload(programs);
    size_t count = 11;
    struct process_options options = {
        .argv = argv,
        .environment = (const char *const[]){"LC_ALL=C.UTF-8", "LANGUAGE=", NULL},
        .folder = local->cluster,
        .user = account->drop ? account->user : (uid_t)-1,
        .group = account->group,
        .detach = true,
        .log_file = local->postgres_log,
    };

    if (libraries) {
        preload = mem_printf("shared_preload_libraries=%s", libraries);
        argv[count++] = "-c";
        argv[count++] = preload;
        argv[count++] = "-c";
        argv[count++] = "timescaledb.telemetry_level=off";
    }
    if (local_postgres_test_no_sync()) {
        argv[count++] = "-c";
        argv[count++] = "fsync=off";
        argv[count++] = "-c";
        argv[count++] = "full_page_writes=off";
    }
    argv[count] = NULL;
    return process_spawn(&options, ret_pid, error);
}

/* The end of a line of the log that says this, or NULL; caller frees. */
static char *find_line(const char *words, const char *severity)
{
    const char *found = NULL;

    for (const char *at = words; (at = strstr(at, severity)) != NULL;) {
        at += strlen(severity);
        found = at + strspn(at, " ");
    }
    return found ? mem_strndup(found, strcspn(found, "\n")) : NULL;
}

static int explain(const struct local *local, const char *words, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *why = find_line(words, "FATAL:"), *advice = find_line(words, "HINT:");

    if (!why)
        why = find_line(words, "PANIC:");
    if (!why)
        why = find_line(words, "ERROR:");
    if (probe_disk_is_full(local->folder, words))
        return probe_disk_error(local, "PostgreSQL does not start", error);
    if (sink)
        for (const char *line = words; *line;) {    /* all it said */
            sink_text(sink, "  %.*s", (int)strcspn(line, "\n"), line);
            line += strcspn(line, "\n");
            line += *line == '\n';
        }
    error_set(error, ERR_CONNECT, "PostgreSQL does not start: %s", why ? why : "it ended without a word");
    if (advice)
        error_hint(error, "PostgreSQL says: %s (its log: '%s')", advice, local->postgres_log);
    else
        error_hint(error, "its log says more: '%s'", local->postgres_log);
    return ERR_CONNECT;
}

static bool has_orphans(const char *words)
{
    return strstr(words, "pre-existing shared memory block") != NULL;
}

/* Starts it and waits until it answers. 1: children of a killed server are still there. */
static int start_once(const struct local *local, const struct account *account, const char *programs, struct sink *sink,
                      struct error *error)
{
    int64_t log_size = probe_log_size(local->postgres_log);
    int64_t began = monotonic_us();
    bool told = false;
    pid_t pid = 0;
    int r;

    clear_stale(local);
    r = spawn(local, account, programs, &pid, error);
    while (r >= 0 && look(local).state != SERVER_UP) {
        int64_t waited = monotonic_us() - began;
        if (!probe_lives(pid)) {
            _cleanup_(mem_freep) char *words = probe_log_since(local->postgres_log, log_size);
            return has_orphans(words) ? 1 : explain(local, words, sink, error);
        }
        if (waited > PATIENCE_US)
            return wait_busy(local, sink, error);
        if (waited > QUIET_US && !told && sink)
            sink_text(sink, "waiting for PostgreSQL: after a crash it recovers, which may take a while");
        told = told || waited > QUIET_US;
        r = pause_a_little(error);
    }
    return r;
}

/* Sessions of a server that was killed end by themselves, but one that computes notices late. What it has not committed
 * is lost anyhow; SIGQUIT is what their server would have sent them. */
static int start(const struct local *local, const struct account *account, const char *programs, struct sink *sink,
                 struct error *error)
{
    int64_t began = monotonic_us();
    int r;

    probe_turn_log(local->postgres_log);
    while ((r = start_once(local, account, programs, sink, error)) == 1) {
        int64_t waited = monotonic_us() - began;
        if (waited > ORPHANS_US) {
            r = error_set(error, ERR_CONNECT, "PostgreSQL does not start: sessions of a killed server still run");
            error_hint(error, "end them: 'ps -ef | grep postgres:' shows them; its log: '%s'", local->postgres_log);
            return r;
        }
        if (waited > ORPHANS_QUIT_US)
            probe_end_all(account->user, "postgres", local->cluster, SIGQUIT);
        r = task_sleep(US_PER_SECOND / 5);
        if (r < 0)
            return error_set(error, r, "%s", error_sentence(r));
    }
    return r;
}

int local_postgres_up(const struct local *local, const struct account *account, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *programs = NULL, *version = NULL;
    struct server_look seen = look(local);
    int major = 0, r = 0;

    if (seen.state == SERVER_BUSY) {
        r = wait_busy(local, sink, error);
        if (r <= 0)
            return r;
        seen = look(local);
    }
    if (seen.state == SERVER_UP)
        return 0;
    r = local_is_made(local) ? read_major(local, &major, error) : 0;
    if (r >= 0)
        r = local_postgres_programs(major, &programs, error);
    if (r >= 0 && !local_is_made(local)) {
        if (sink)
            sink_text(sink, "making a private PostgreSQL in %s", local->folder);
        r = local_postgres_make(local, account, programs, error);
    }
    if (r >= 0)
        r = start(local, account, programs, sink, error);
    if (r >= 0)
        r = local_postgres_version(local, &version, error);    /* not only there: it lets the owner in */
    if (r >= 0 && sink)
        sink_text(sink, "PostgreSQL %s started", version);
    return r;
}
