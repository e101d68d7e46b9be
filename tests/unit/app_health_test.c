/* app/health: real private servers that are killed, stopped and started again; ports where nobody answers. */
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/app/health_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/process.h"
#include "ytempire/local.h"

#define PATIENCE_US (120 * US_PER_SECOND)

static char home[64];

/* -- from answers to words, on a clock that stands still ------------------------------------------------------------
 */

static void count(void *who)
{
    ++*(size_t *)who;
}

static void a_latency_that_jitters_is_not_told_again(void **state)
{
    static const int64_t near[] = {300, 390, 260, 310, 350, 280, 330, 240, 400, 300};
    struct loop *loop = loop_new();
    struct watch watch;
    size_t told = 0;

    (void)state;
    loop_hold_clock(loop, 0);
    watch_init(&watch, loop, count, &told);
    assert_int_equal(watch.seen.state, HEALTH_UNKNOWN);
    assert_int_equal(watch.seen.latency_us, -1);
    assert_string_equal(watch.seen.words, "");
    for (size_t i = 0; i < COUNT_OF(near); i++) {
        watch_asked(&watch);
        watch_answered(&watch, near[i]);
    }
    assert_int_equal(watch.seen.state, HEALTH_OK);
    assert_string_equal(watch.seen.words, "0.3ms");
    assert_int_equal(watch.seen.latency_us, 300);
    assert_int_equal(told, 1);
    for (size_t i = 0; i < 20; i++) { /* one that is far out, now and then */
        watch_asked(&watch);
        watch_answered(&watch, i % 4 == 0 ? 70 * 1000 : 320);
    }
    assert_int_equal(told, 1);
    for (size_t i = 0; i < 3; i++) {
        watch_asked(&watch);
        watch_answered(&watch, 25 * 1000);
    }
    assert_string_equal(watch.seen.words, "25ms");
    assert_int_equal(told, 2);
    watch_done(&watch);
    loop_free(loop);
}

/* Moves the clock, and lets what is due happen. */
static void pass(struct loop *loop, int64_t *now, int64_t us)
{
    *now += us;
    loop_hold_clock(loop, *now);
    loop_turn(loop, 0);
}

static void silence_is_told_second_by_second(void **state)
{
    struct loop *loop = loop_new();
    struct error why = ERROR_INIT;
    struct watch watch;
    int64_t now = 0;
    size_t told = 0;

    (void)state;
    loop_hold_clock(loop, 0);
    watch_init(&watch, loop, count, &told);
    watch_asked(&watch);
    pass(loop, &now, 999 * 1000);
    assert_int_equal(watch.seen.state, HEALTH_UNKNOWN);
    pass(loop, &now, 1000);
    assert_int_equal(watch.seen.state, HEALTH_SLOW);
    assert_string_equal(watch.seen.words, "no answer 1s");
    for (int i = 0; i < 4; i++)
        pass(loop, &now, 500 * 1000);
    assert_string_equal(watch.seen.words, "no answer 3s");
    assert_int_equal(told, 3);
    error_set(&why, ERR_CONNECT, "refused");
    watch_failed(&watch, &why);
    assert_int_equal(watch.seen.state, HEALTH_DOWN);
    assert_string_equal(watch.seen.words, "reconnecting 3s");
    assert_string_equal(watch.seen.reason, "refused");
    assert_int_equal(told, 4);
    watch_asked(&watch);
    error_set(&why, ERR_CONNECT, "refused");
    watch_failed(&watch, &why);
    assert_int_equal(told, 4); /* nothing new */
    pass(loop, &now, US_PER_SECOND);
    assert_string_equal(watch.seen.words, "reconnecting 4s");
    assert_string_equal(watch.seen.reason, "refused");
    assert_int_equal(told, 5);
    pass(loop, &now, 200 * US_PER_SECOND);
    assert_string_equal(watch.seen.words, "reconnecting 3min");
    watch_answered(&watch, 500);
    assert_int_equal(watch.seen.state, HEALTH_OK);
    assert_string_equal(watch.seen.words, "0.5ms");
    assert_null(watch.seen.reason);
    assert_int_equal(watch.seen.since_us, now);
    told = 0;
    pass(loop, &now, 10 * US_PER_SECOND); /* nothing is out: nothing is told */
    assert_int_equal(told, 0);
    watch_done(&watch);
    loop_free(loop);
}

static void workers_are_told_in_words(void **state)
{
    static const struct {
        struct workers_count count;
        enum health_state state;
        const char *words;
    } cases[] = {
        {{.working = 2}, HEALTH_OK, "2"},
        {{.working = 2, .lost = 3}, HEALTH_OK, "2"}, /* yesterday's */
        {{.working = 2, .lost = 3, .lost_lately = 1}, HEALTH_SLOW, "2, 1 lost"},
        {{.working = 1, .silent = 1}, HEALTH_SLOW, "1, 1 silent"},
        {{.working = 1, .draining = 1}, HEALTH_OK, "1"},
        {{.draining = 1}, HEALTH_OK, "1 draining"},
        {{.draining = 1, .wait = true}, HEALTH_SLOW, "1 draining, jobs wait"},
        {{.working = 0}, HEALTH_OK, "0"},
        {{.wait = true}, HEALTH_DOWN, "none, jobs wait"},
        {{.lost = 1}, HEALTH_DOWN, "1 lost"},
        {{.lost = 1, .wait = true}, HEALTH_DOWN, "1 lost, jobs wait"},
        {{.silent = 2, .wait = true}, HEALTH_DOWN, "2 silent, jobs wait"},
    };
    struct workers_watch watch;
    size_t told = 0;

    (void)state;
    workers_init(&watch, count, &told);
    assert_int_equal(watch.seen.state, HEALTH_NONE);
    workers_unknown(&watch); /* where there is no queue nothing becomes of it */
    assert_int_equal(watch.seen.state, HEALTH_NONE);
    assert_int_equal(told, 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        workers_counted(&watch, &cases[i].count);
        workers_counted(&watch, &cases[i].count); /* nothing new */
        assert_string_equal(watch.seen.words, cases[i].words);
        assert_int_equal(watch.seen.state, cases[i].state);
    }
    assert_int_equal(told, COUNT_OF(cases) - 1); /* the second is as the first */
    workers_unknown(&watch);
    assert_int_equal(watch.seen.state, HEALTH_UNKNOWN);
    assert_string_equal(watch.seen.words, "");
}

/* -- a session ----------------------------------------------------------------------------------------------------- */

struct desk {
    struct loop *loop;
    struct conf *conf;
    struct app *app;
    struct app_health *health;
    size_t changes;
    pid_t pids[2]; /* PostgreSQL, Redis */
    char answer[64];
    const char *sql;
    struct pg *pg; /* of `script`; NULL: none yet */
    struct error error;
};

static struct desk *desk_new(char *const *words)
{
    struct desk *desk = mem_alloc(sizeof *desk);
    int argc = 0;

    while (words[argc] != NULL)
        argc++;
    desk->loop = loop_new();
    desk->conf = conf_new();
    assert_int_equal(conf_parse(desk->conf, argc, words, NULL), 0);
    assert_int_equal(app_new(desk->loop, desk->conf, &desk->app, NULL), 0);
    return desk;
}

static struct desk *desk_local(void)
{
    char words[2][16] = {"ytempire", "--local"};

    return desk_new((char *const[]){words[0], words[1], NULL});
}

static void desk_free(struct desk *desk)
{
    app_health_stop(desk->health);
    pg_close(desk->pg);
    app_free(desk->app);
    conf_free(desk->conf);
    loop_free(desk->loop);
    error_done(&desk->error);
    mem_free(desk);
}

static void watch_servers(struct desk *desk)
{
    desk->health = app_health_start(desk->app, count, &desk->changes);
    assert_int_equal(desk->changes, 0);
    assert_int_equal(app_health_pg(desk->health)->state, HEALTH_UNKNOWN);
}

static void run(struct desk *desk, task_main *main)
{
    loop_run_task(desk->loop, main, desk);
    if (desk->error.code != 0)
        fail_msg("%s", desk->error.text);
}

static void up(void *who)
{
    struct desk *desk = who;

    (void)!local_up(app_local(desk->app), NULL, &desk->error);
}

static void down(void *who)
{
    struct desk *desk = who;

    (void)!local_down(app_local(desk->app), NULL, &desk->error);
}

static void reset(void *who)
{
    struct desk *desk = who;

    (void)!local_reset(app_local(desk->app), NULL, &desk->error);
}

struct pid_sink {
    struct sink sink;
    pid_t *to;
};

static int take_columns(struct sink *sink, const struct data_column *columns, size_t column_count, struct error *error)
{
    (void)sink, (void)columns, (void)column_count, (void)error;
    return 0;
}

static int take_pid(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    (void)error;
    *((struct pid_sink *)sink)->to++ = (pid_t)strtol(cells[3].text != NULL ? cells[3].text : "0", NULL, 10);
    return 0;
}

static int take_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)sink, (void)note, (void)error;
    return 0;
}

static void find_pids(void *who)
{
    static const struct sink_ops ops = {.begin = take_columns, .row = take_pid, .end = take_end};
    struct desk *desk = who;
    struct pid_sink sink = {.sink = {.ops = &ops}, .to = desk->pids};

    (void)!local_status(app_local(desk->app), &sink.sink, &desk->error);
}

static void ask(void *who)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct desk *desk = who;

    if (pg_open(desk->loop, &(struct pg_options){.dsn = app_dsn(desk->app)}, &pg, &desk->error) >= 0 &&
        pg_query(pg, desk->sql, NULL, 0, &result, &desk->error) >= 0)
        snprintf(desk->answer, sizeof desk->answer, "%s", pg_result_text(result, 0, 0));
}

/* The backend that the health has. */
static pid_t find_backend(struct desk *desk)
{
    desk->sql = "SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE application_name = 'ytempire health'";
    run(desk, ask);
    return (pid_t)strtol(desk->answer, NULL, 10);
}

typedef const struct health_server *side_of(const struct app_health *health);

/* Turns the loop until it is so. How long it took is told, not judged. */
static void wait_for(struct desk *desk, side_of *side, enum health_state state, const char *what)
{
    int64_t began = monotonic_us();

    while (side(desk->health)->state != state) {
        if (monotonic_us() > began + PATIENCE_US)
            fail_msg("%s: still '%s' (%s)", what, side(desk->health)->words,
                     side(desk->health)->reason ? side(desk->health)->reason : "");
        loop_turn(desk->loop, US_PER_SECOND);
    }
    print_message("    %s: seen after %.2f s\n", what, (double)(monotonic_us() - began) / (double)US_PER_SECOND);
}

static void assert_words(const struct health_server *server, const char *begin)
{
    if (!text_starts(server->words, begin))
        fail_msg("'%s' does not begin with '%s'", server->words, begin);
}

/* -- servers that go away and come back ---------------------------------------------------------------------------- */

static void servers_that_are_not_there_are_not_started(void **state)
{
    struct desk *desk = desk_local();

    (void)state;
    watch_servers(desk);
    wait_for(desk, app_health_pg, HEALTH_DOWN, "no PostgreSQL");
    wait_for(desk, app_health_redis, HEALTH_DOWN, "no Redis");
    assert_words(app_health_pg(desk->health), "reconnecting ");
    assert_non_null(app_health_pg(desk->health)->reason);
    assert_false(local_looks_up(app_local(desk->app)));
    run(desk, up);
    wait_for(desk, app_health_pg, HEALTH_OK, "PostgreSQL started");
    wait_for(desk, app_health_redis, HEALTH_OK, "Redis started");
    assert_non_null(strstr(app_health_pg(desk->health)->words, "ms"));
    assert_null(app_health_pg(desk->health)->reason);
    assert_true(find_backend(desk) > 0);
    assert_false(app_is_connected(desk->app)); /* the session's own connection was not asked for */
    desk_free(desk);
}

static void killed_servers_are_missed(void **state)
{
    struct desk *desk = desk_local();

    (void)state;
    run(desk, up);
    watch_servers(desk);
    wait_for(desk, app_health_pg, HEALTH_OK, "PostgreSQL up");
    wait_for(desk, app_health_redis, HEALTH_OK, "Redis up");
    run(desk, find_pids);
    assert_int_equal(kill(desk->pids[0], SIGKILL), 0);
    wait_for(desk, app_health_pg, HEALTH_DOWN, "PostgreSQL killed");
    assert_words(app_health_pg(desk->health), "reconnecting ");
    wait_for(desk, app_health_redis, HEALTH_OK, "Redis is still there");
    assert_int_equal(kill(desk->pids[1], SIGKILL), 0);
    wait_for(desk, app_health_redis, HEALTH_DOWN, "Redis killed");
    assert_non_null(app_health_redis(desk->health)->reason);
    run(desk, up);
    wait_for(desk, app_health_pg, HEALTH_OK, "PostgreSQL back");
    wait_for(desk, app_health_redis, HEALTH_OK, "Redis back");
    desk_free(desk);
}

static void servers_that_hang_are_slow(void **state)
{
    struct desk *desk = desk_local();
    pid_t backend;

    (void)state;
    run(desk, up);
    watch_servers(desk);
    wait_for(desk, app_health_pg, HEALTH_OK, "PostgreSQL up");
    wait_for(desk, app_health_redis, HEALTH_OK, "Redis up");
    run(desk, find_pids);
    backend = find_backend(desk);
    assert_int_equal(kill(backend, SIGSTOP), 0);
    wait_for(desk, app_health_pg, HEALTH_SLOW, "PostgreSQL stopped");
    assert_words(app_health_pg(desk->health), "no answer ");
    assert_int_equal(kill(backend, SIGCONT), 0);
    wait_for(desk, app_health_pg, HEALTH_OK, "PostgreSQL goes on");
    assert_int_equal(find_backend(desk), backend); /* it was waited for, not called again */
    assert_int_equal(kill(desk->pids[1], SIGSTOP), 0);
    wait_for(desk, app_health_redis, HEALTH_SLOW, "Redis stopped");
    assert_words(app_health_redis(desk->health), "no answer ");
    assert_int_equal(kill(desk->pids[1], SIGCONT), 0);
    wait_for(desk, app_health_redis, HEALTH_OK, "Redis goes on");
    desk_free(desk);
}

static void servers_that_are_shut_down_are_missed(void **state)
{
    struct desk *desk = desk_local();

    (void)state;
    run(desk, up);
    watch_servers(desk);
    wait_for(desk, app_health_pg, HEALTH_OK, "PostgreSQL up");
    wait_for(desk, app_health_redis, HEALTH_OK, "Redis up");
    run(desk, down);
    wait_for(desk, app_health_pg, HEALTH_DOWN, "PostgreSQL shut down");
    wait_for(desk, app_health_redis, HEALTH_DOWN, "Redis shut down");
    run(desk, up);
    wait_for(desk, app_health_pg, HEALTH_OK, "PostgreSQL up again");
    wait_for(desk, app_health_redis, HEALTH_OK, "Redis up again");
    desk_free(desk);
}

static void do_script(void *who)
{
    struct desk *desk = who;

    if (desk->pg == NULL && pg_open(desk->loop, &(struct pg_options){.dsn = app_dsn(desk->app)}, &desk->pg, &desk->error) < 0)
        return;
    (void)!pg_script(desk->pg, desk->sql, &desk->error);
}

static void script(struct desk *desk, const char *sql)
{
    desk->sql = sql;
    run(desk, do_script);
}

static void wait_workers(struct desk *desk, enum health_state state, const char *words)
{
    int64_t began = monotonic_us();
    const struct health_workers *workers = app_health_workers(desk->health);

    while (workers->state != state || !text_equal(workers->words, words)) {
        if (monotonic_us() > began + PATIENCE_US)
            fail_msg("not '%s', but '%s'", words, workers->words);
        loop_turn(desk->loop, US_PER_SECOND);
        workers = app_health_workers(desk->health);
        assert_int_not_equal(app_health_pg(desk->health)->state, HEALTH_DOWN);
    }
}

/* A queue that comes, has its workers, is held by a migration, and goes: the server is there all the while. */
static void workers_are_there_as_long_as_their_sessions(void **state)
{
    struct desk *desk = desk_local();

    (void)state;
    run(desk, up);
    watch_servers(desk);
    wait_for(desk, app_health_pg, HEALTH_OK, "PostgreSQL up");
    wait_workers(desk, HEALTH_NONE, "");
    /* heartbeats of which the machine, however slow, makes no silence */
    script(desk, "CREATE SCHEMA ops;"
                 "CREATE TABLE ops.workers (worker text, state text, heartbeat_at timestamptz DEFAULT now() + interval '1 hour');"
                 "CREATE TABLE ops.jobs (state text, run_at timestamptz DEFAULT now())");
    wait_workers(desk, HEALTH_OK, "0");
    script(desk, "INSERT INTO ops.workers VALUES ('one', 'working'), ('two', 'working'), ('three', 'gone');"
                 "SELECT pg_advisory_lock_shared(hashtextextended('ytempire worker ' || worker, 0)) FROM ops.workers");
    wait_workers(desk, HEALTH_OK, "2");
    script(desk, "UPDATE ops.workers SET heartbeat_at = now() - interval '40 s' WHERE worker = 'two'");
    wait_workers(desk, HEALTH_SLOW, "1, 1 silent");
    script(desk, "UPDATE ops.workers SET state = 'draining', heartbeat_at = now() + interval '1 hour';"
                 "INSERT INTO ops.jobs VALUES ('available')");
    wait_workers(desk, HEALTH_SLOW, "3 draining, jobs wait");
    script(desk, "BEGIN; LOCK ops.workers");
    wait_workers(desk, HEALTH_UNKNOWN, "");
    pg_close(TAKE(desk->pg));
    wait_workers(desk, HEALTH_DOWN, "3 lost, jobs wait");
    /* another lock, of two numbers that stand for the same in the list of locks, is none of theirs */
    script(desk, "SELECT pg_advisory_lock_shared((key >> 32)::int, (key << 32 >> 32)::int) FROM ops.workers,"
                 " hashtextextended('ytempire worker ' || worker, 0) AS key; DELETE FROM ops.workers WHERE worker = 'three'");
    wait_workers(desk, HEALTH_DOWN, "2 lost, jobs wait");
    script(desk, "DELETE FROM ops.workers");
    wait_workers(desk, HEALTH_DOWN, "none, jobs wait");
    script(desk, "DROP SCHEMA ops CASCADE");
    wait_workers(desk, HEALTH_NONE, "");
    desk_free(desk);
}

static void one_may_leave_while_servers_hang(void **state)
{
    struct desk *desk = desk_local();
    int64_t began;
    pid_t backend;

    (void)state;
    run(desk, up);
    watch_servers(desk);
    wait_for(desk, app_health_pg, HEALTH_OK, "PostgreSQL up");
    wait_for(desk, app_health_redis, HEALTH_OK, "Redis up");
    run(desk, find_pids);
    backend = find_backend(desk);
    assert_int_equal(kill(backend, SIGSTOP), 0);
    assert_int_equal(kill(desk->pids[1], SIGSTOP), 0);
    wait_for(desk, app_health_pg, HEALTH_SLOW, "PostgreSQL stopped");
    wait_for(desk, app_health_redis, HEALTH_SLOW, "Redis stopped");
    began = monotonic_us();
    app_health_stop(TAKE(desk->health));
    print_message("    left after %.2f s\n", (double)(monotonic_us() - began) / (double)US_PER_SECOND);
    assert_int_equal(kill(backend, SIGCONT), 0);
    assert_int_equal(kill(desk->pids[1], SIGCONT), 0);
    desk_free(desk);
}

/* A port of the loopback that takes connections and never says a word. */
static int listen_mute(int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static void a_mute_port_is_slow_and_no_redis_is_none(void **state)
{
    char program[] = "ytempire", dsn[80], redis[80];
    int port, fd = listen_mute(&port);
    struct desk *desk;

    (void)state;
    snprintf(dsn, sizeof dsn, "--dsn=host=127.0.0.1 port=%d user=nobody dbname=nothing", port);
    snprintf(redis, sizeof redis, "--redis=redis://:pw@127.0.0.1:%d", port);
    desk = desk_new((char *const[]){program, dsn, redis, NULL});
    watch_servers(desk);
    wait_for(desk, app_health_pg, HEALTH_SLOW, "a mute port for PostgreSQL");
    wait_for(desk, app_health_redis, HEALTH_SLOW, "a mute port for Redis");
    close(fd);
    wait_for(desk, app_health_pg, HEALTH_DOWN, "a closed port for PostgreSQL");
    wait_for(desk, app_health_redis, HEALTH_DOWN, "a closed port for Redis");
    desk_free(desk);
    desk = desk_new((char *const[]){program, dsn, NULL});
    watch_servers(desk);
    wait_for(desk, app_health_pg, HEALTH_DOWN, "a closed port");
    assert_int_equal(app_health_redis(desk->health)->state, HEALTH_NONE);
    desk_free(desk);
}

/* -- for people: app_health_test measure SECONDS --------------------------------------------------------------------
 */

static int measure(long seconds)
{
    struct desk *desk = desk_local();
    struct rusage before, after;
    int64_t until;
    double used;

    run(desk, up);
    watch_servers(desk);
    wait_for(desk, app_health_pg, HEALTH_OK, "PostgreSQL up");
    wait_for(desk, app_health_redis, HEALTH_OK, "Redis up");
    desk->changes = 0;
    getrusage(RUSAGE_SELF, &before);
    until = monotonic_us() + seconds * US_PER_SECOND;
    while (monotonic_us() < until)
        loop_turn(desk->loop, until - monotonic_us());
    getrusage(RUSAGE_SELF, &after);
    used = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
           (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec -
                    before.ru_stime.tv_usec) /
               (double)US_PER_SECOND;
    printf("%ld s: %.1f ms of CPU (%.3f %%), told %zu times, pg %s, redis %s\n", seconds, used * 1000,
           used / (double)seconds * 100, desk->changes, app_health_pg(desk->health)->words,
           app_health_redis(desk->health)->words);
    run(desk, reset);
    desk_free(desk);
    return 0;
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

static void make_home(void)
{
    static const char *const clear[] = {"PGHOST", "PGHOSTADDR", "PGPORT",   "PGDATABASE",
                                        "PGUSER", "PGSERVICE",  "REDIS_URL"};

    strcpy(home, "/tmp/ytempire-test-XXXXXX");
    if (mkdtemp(home) == NULL || chmod(home, 0755) != 0)
        exit(1);
    setenv("HOME", home, 1);
    setenv("XDG_DATA_HOME", home, 1);
    setenv("XDG_CONFIG_HOME", home, 1);
    setenv("XDG_STATE_HOME", home, 1);
    setenv("YTEMPIRE_TEST_FSYNC", "off", 1);
    for (size_t i = 0; i < COUNT_OF(clear); i++)
        unsetenv(clear[i]);
}

static int remove_all(void **state)
{
    struct desk *desk = desk_local();

    (void)state;
    run(desk, reset);
    desk_free(desk);
    return 0;
}

static void remove_home(void)
{
    int status;
    _cleanup_(mem_freep) char *out = NULL, *err = NULL;

    (void)!process_run(
        &(struct process_options){.argv = (const char *const[]){"rm", "-rf", home, NULL}, .user = (uid_t)-1}, &status,
        &out, &err, NULL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest pure[] = {
        cmocka_unit_test(a_latency_that_jitters_is_not_told_again),
        cmocka_unit_test(silence_is_told_second_by_second),
        cmocka_unit_test(workers_are_told_in_words),
    };
    const struct CMUnitTest with_servers[] = {
        cmocka_unit_test(servers_that_are_not_there_are_not_started),
        cmocka_unit_test(killed_servers_are_missed),
        cmocka_unit_test(servers_that_hang_are_slow),
        cmocka_unit_test(servers_that_are_shut_down_are_missed),
        cmocka_unit_test(workers_are_there_as_long_as_their_sessions),
        cmocka_unit_test(one_may_leave_while_servers_hang),
        cmocka_unit_test(a_mute_port_is_slow_and_no_redis_is_none),
    };
    int failed;

    signal(SIGPIPE, SIG_IGN);
    make_home();
    if (argc > 2 && strcmp(argv[1], "measure") == 0) {
        failed = measure(strtol(argv[2], NULL, 10));
    } else {
        failed = cmocka_run_group_tests_name("words", pure, NULL, NULL);
        failed += cmocka_run_group_tests_name("servers", with_servers, NULL, remove_all);
    }
    remove_home();
    return failed;
}
