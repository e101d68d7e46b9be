/* jobs: schedules as rows: made, kept by the leader with a clock that the test holds, paused, run by hand; and what ended
 * long ago. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server.h"
#include "warehouse.h"
#include "jobs_help.h"
#include "src/jobs/jobs_int.h"

static int64_t instant(const char *text)
{
    int64_t at = 0;

    assert_int_equal(instant_from_text(text, strlen(text), &at), 0);
    return at;
}

static size_t tick(struct desk *desk, const char *now)
{
    int64_t wait;
    size_t  put = 0;

    if (schedules_tick(desk->pg, instant(now), &wait, &put, &desk->error) < 0)
        fail_msg("%s", desk->error.text);
    return put;
}

static void set(struct desk *desk, const char *missed, const char *next)
{
    _cleanup_(mem_freep) char *sql = mem_printf(
        "INSERT INTO ops.schedules (name, cron, command, missed, kind, source, next_run) VALUES"
        " ('s', '0 * * * *', 'done', '%s', 'test', 'src', '%s')", missed, next);

    script(desk, sql);
}

SERVER_TEST(a_run_that_is_due_becomes_one_job)
{
    struct desk *desk = who;

    jobs_begin_test(desk);
    set(desk, "once", "2026-01-01 05:00Z");
    assert_int_equal(tick(desk, "2026-01-01T04:59:00Z"), 0);
    assert_int_equal(tick(desk, "2026-01-01T05:00:01Z"), 1);
    assert_int_equal(tick(desk, "2026-01-01T05:00:02Z"), 0);
    assert_asked(desk, "SELECT command, kind, source, schedule, scheduled_for, state FROM ops.jobs",
                 "done|test|src|s|2026-01-01 05:00:00+00|available");
    assert_asked(desk, "SELECT last_run, next_run, last_job = (SELECT id FROM ops.jobs) FROM ops.schedules",
                 "2026-01-01 05:00:00+00|2026-01-01 06:00:00+00|t");
    /* the last one has not ended: the next joins it */
    assert_int_equal(tick(desk, "2026-01-01T06:00:01Z"), 0);
    script(desk, "UPDATE ops.jobs SET state = 'completed'");
    assert_int_equal(tick(desk, "2026-01-01T07:00:01Z"), 1);
}

SERVER_TEST(a_clock_that_is_put_forth_and_back_leaves_no_schedule_waiting_for_days)
{
    struct desk *desk = who;

    jobs_begin_test(desk);
    set(desk, "once", "2026-01-01 05:00Z");
    assert_int_equal(tick(desk, "2026-01-04T05:30:00Z"), 1);          /* three days ahead: made up once */
    assert_asked(desk, "SELECT next_run FROM ops.schedules", "2026-01-04 06:00:00+00");
    script(desk, "UPDATE ops.jobs SET state = 'completed'");
    assert_int_equal(tick(desk, "2026-01-01T05:10:00Z"), 0);          /* it is put right */
    assert_asked(desk, "SELECT next_run FROM ops.schedules", "2026-01-01 06:00:00+00");
    assert_int_equal(tick(desk, "2026-01-01T06:00:01Z"), 1);
    script(desk, "UPDATE ops.jobs SET state = 'completed'");
    assert_int_equal(tick(desk, "2026-01-01T05:59:00Z"), 0);          /* a minute back: the run is not had twice */
    assert_int_equal(tick(desk, "2026-01-01T06:00:02Z"), 0);
    assert_int_equal(tick(desk, "2026-01-01T07:00:01Z"), 1);
}

SERVER_TEST(a_lease_that_a_wrong_clock_gave_is_not_waited_for)
{
    struct desk *desk = who;

    jobs_begin_test(desk);
    script(desk, "INSERT INTO ops.jobs (kind, command, state, worker, attempt, fence, started_at, lease_until) VALUES"
                 " ('a', 'x', 'running', 'gone', 1, 1, now(), now() + interval '3 days'), ('b', 'x', 'running', 'here', 1, 2, now(), now() + interval '9 minutes');"
                 "INSERT INTO ops.workers (worker, host, pid, version, slots, heartbeat_at) VALUES ('gone', 'h', 1, 'v', 1, now() + interval '3 days')");
    assert_int_equal(bound_run(desk->pg, "jobs_sweep", &(struct bound){.list = {PG_TEXT(NULL)}, .count = 1}, NULL, &desk->error), 0);
    assert_asked(desk, "SELECT kind, state, lease_until BETWEEN now() + interval '20 seconds' AND now() + interval '1 minute' FROM ops.jobs ORDER BY kind",
                 "a|running|t\nb|running|f");
    assert_asked(desk, "SELECT heartbeat_at <= now() FROM ops.workers", "t");
    script(desk, "UPDATE ops.jobs SET lease_until = now() - interval '1 second' WHERE kind = 'a'");
    assert_int_equal(bound_run(desk->pg, "jobs_sweep", &(struct bound){.list = {PG_TEXT(NULL)}, .count = 1}, NULL, &desk->error), 0);
    assert_asked(desk, "SELECT kind, state FROM ops.jobs ORDER BY kind", "a|available\nb|running");
}

static void assert_first_worker(struct desk *desk, const char *state)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;

    assert_int_equal(bound_run(desk->pg, "jobs_workers", NULL, &result, &desk->error), 0);
    assert_string_equal(pg_result_text(result, 0, 1), state);
}

/* Locks of other databases, and those of two numbers, may look the same. */
SERVER_TEST(a_worker_is_there_by_its_own_lock_only)
{
    static const char *lock = "SELECT pg_advisory_lock_shared(hashtextextended('ytempire worker one', 0))";
    struct desk       *desk = who;
    _cleanup_(pg_closep) struct pg *elsewhere = NULL;
    _cleanup_(mem_freep) char *dsn = mem_printf("%s dbname=postgres", desk->dsn);

    jobs_begin_test(desk);
    script(desk, "INSERT INTO ops.workers (worker, host, pid, version, slots) VALUES ('one', 'h', 1, 'v', 1)");
    assert_first_worker(desk, "lost");
    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = dsn}, &elsewhere, &desk->error), 0);
    assert_int_equal(pg_script(elsewhere, lock, &desk->error), 0);
    assert_first_worker(desk, "lost");
    script(desk, "SELECT pg_advisory_lock_shared((key >> 32)::int, (key << 32 >> 32)::int)"
                 " FROM hashtextextended('ytempire worker one', 0) AS key");
    assert_first_worker(desk, "lost");
    script(desk, lock);
    assert_first_worker(desk, "working");
    script(desk, "SELECT pg_advisory_unlock_all()");
}

SERVER_TEST(missed_runs_are_made_up_as_the_schedule_says)
{
    static const struct {
        const char *missed, *jobs;
    } cases[] = {
        {"skip", "-"}, {"once", "08:00"}, {"all", "05:00 06:00 07:00 08:00"},
    };
    struct desk *desk = who;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        jobs_begin_test(desk);
        set(desk, cases[i].missed, "2026-01-01 05:00Z");
        (void)tick(desk, "2026-01-01T08:30:00Z");
        assert_asked(desk, "SELECT string_agg(to_char(scheduled_for, 'HH24:MI'), ' ' ORDER BY scheduled_for) FROM ops.jobs", cases[i].jobs);
        assert_asked(desk, "SELECT next_run FROM ops.schedules", "2026-01-01 09:00:00+00");
    }
}

SERVER_TEST(two_leaders_put_a_run_once)
{
    struct desk *desk = who;

    jobs_begin_test(desk);
    set(desk, "all", "2026-01-01 05:00Z");
    assert_asked(desk, "SELECT ops.put_scheduled('s', '2026-01-01 05:00Z', '2026-01-01 06:00Z', '{2026-01-01 05:00Z}')", "1");
    assert_asked(desk, "SELECT ops.put_scheduled('s', '2026-01-01 05:00Z', '2026-01-01 06:00Z', '{2026-01-01 05:00Z}')", "0");
    assert_asked(desk, "SELECT count(*) FROM ops.jobs", "1");
}

/* The rows of a table, as "a|b". */
struct keep {
    struct sink sink;
    struct str  rows;
    size_t      columns;
};

static int keep_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)columns;
    (void)error;
    ((struct keep *)sink)->columns = count;
    return 0;
}

static int keep_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct keep *keep = (struct keep *)sink;

    (void)error;
    for (size_t i = 0; i < keep->columns; i++)
        str_addf(&keep->rows, "%s%s", i > 0 ? "|" : "", cells[i].text != NULL ? cells[i].text : "-");
    str_add(&keep->rows, "\n");
    return 0;
}

static int keep_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)sink;
    (void)note;
    (void)error;
    return 0;
}

static const struct sink_ops keep_ops = {.begin = keep_begin, .row = keep_row, .end = keep_end};

SERVER_TEST(schedules_are_added_paused_resumed_run_and_removed)
{
    struct desk *desk = who;
    struct keep  keep = {.sink.ops = &keep_ops};
    struct error error = ERROR_INIT;
    struct schedule_request request = {.name = "nightly", .cron = "30 2 * * *", .zone = "america/los_angeles",
                                       .command = "done", .kind = "test"};

    jobs_begin_test(desk);
    assert_int_equal(schedule_add(desk->pg, &request, &keep.sink, &desk->error), 0);
    assert_asked(desk, "SELECT tz, missed, enabled, next_run > now() FROM ops.schedules", "America/Los_Angeles|once|t|t");
    assert_int_equal(schedule_add(desk->pg, &request, &keep.sink, &error), ERR_CONFLICT);
    error_done(&error);
    request = (struct schedule_request){.name = "x", .cron = "* * *", .command = "done", .kind = "test"};
    assert_int_equal(schedule_add(desk->pg, &request, &keep.sink, &error), ERR_SYNTAX);
    error_done(&error);
    request = (struct schedule_request){.name = "x", .cron = "@daily", .command = "done", .kind = "test", .missed = "ones"};
    assert_int_equal(schedule_add(desk->pg, &request, &keep.sink, &error), ERR_UNKNOWN);
    assert_string_equal(error.hint, "did you mean 'once'?");
    error_done(&error);
    request = (struct schedule_request){.name = "x", .cron = "@daily", .command = "done", .kind = "test", .zone = "Mars"};
    assert_int_equal(schedule_add(desk->pg, &request, &keep.sink, &error), ERR_UNKNOWN);
    error_done(&error);
    assert_int_equal(schedule_set_enabled(desk->pg, "nightli", false, &keep.sink, &error), ERR_UNKNOWN);
    assert_string_equal(error.hint, "did you mean 'nightly'?");
    error_done(&error);
    assert_int_equal(schedule_set_enabled(desk->pg, "nightly", false, &keep.sink, &desk->error), 0);
    assert_int_equal(tick(desk, "2100-01-01T00:00:00Z"), 0);
    assert_int_equal(schedule_set_enabled(desk->pg, "nightly", true, &keep.sink, &desk->error), 0);
    assert_asked(desk, "SELECT enabled, next_run FROM ops.schedules", "t|-");
    assert_int_equal(tick(desk, "2100-01-01T00:00:00Z"), 0);
    assert_asked(desk, "SELECT next_run FROM ops.schedules", "2100-01-01 10:30:00+00");
    str_clear(&keep.rows);
    assert_int_equal(schedule_run(desk->pg, "nightly", &keep.sink, &desk->error), 0);
    assert_non_null(strstr(str_text(&keep.rows), "nightly|"));
    assert_asked(desk, "SELECT count(*) FROM ops.jobs WHERE schedule = 'nightly' AND state = 'available'", "1");
    str_clear(&keep.rows);
    assert_int_equal(schedule_next(desk->pg, "nightly", 5, &keep.sink, &desk->error), 0);
    assert_non_null(strstr(str_text(&keep.rows), ":30:00-0"));
    assert_int_equal(schedules_list(desk->pg, &keep.sink, &desk->error), 0);
    assert_int_equal(schedule_remove(desk->pg, "nightly", &keep.sink, &desk->error), 0);
    assert_asked(desk, "SELECT (SELECT count(*) FROM ops.schedules), (SELECT count(*) FROM ops.jobs)", "0|1");
    str_done(&keep.rows);
}

SERVER_TEST(the_leader_keeps_schedules_and_prunes)
{
    struct desk *desk = who;
    struct crew  crew = {0};

    jobs_begin_test(desk);
    set(desk, "once", "2026-01-01 05:00Z");
    script(desk, "UPDATE ops.schedules SET source = NULL;"
                 "INSERT INTO ops.jobs (kind, command, state, finished_at) SELECT 'old', 'done', 'completed', now() - n * interval '10 days'"
                 " FROM generate_series(1, 6) AS n;"
                 "INSERT INTO ops.job_log (job_id, attempt, message) SELECT id, 1, 'm' FROM ops.jobs");
    crew_start(&crew, desk, 1, 30 * US_PER_SECOND);
    wait_asked(desk, "SELECT state FROM ops.jobs WHERE schedule = 's'", "completed");
    wait_asked(desk, "SELECT count(*) FROM ops.jobs WHERE kind = 'old'", "2");
    assert_asked(desk, "SELECT count(*) FROM ops.job_log", "2");
    assert_asked(desk, "SELECT leader FROM ops.workers", "t");
    crew_stop(&crew);
}

static int drop(void **state)
{
    (void)state;
    warehouse_drop();
    return 0;
}

SERVER_TEST(one_that_the_server_refuses_keeps_no_other_from_its_run)
{
    struct desk *desk = who;
    int64_t      wait;
    size_t       put = 0;

    jobs_begin_test(desk);
    script(desk, "INSERT INTO ops.schedules (name, cron, command, missed, kind, next_run) VALUES"
                 " ('broken', '0 * * * *', 'broken', 'once', 'test', '2026-01-01 05:00Z'),"
                 " ('fine', '0 * * * *', 'done', 'once', 'test', '2026-01-01 05:00Z'),"
                 " ('never', '0 * * * *', 'done', 'once', 'test', 'infinity'),"
                 " ('long ago', '0 * * * *', 'done', 'skip', 'test', '-infinity')");
    script(desk, "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$;"
                 "CREATE TRIGGER refuse BEFORE INSERT ON ops.jobs FOR EACH ROW WHEN (NEW.command = 'broken') EXECUTE FUNCTION public.refuse()");
    if (schedules_tick(desk->pg, instant("2026-01-01T05:00:01Z"), &wait, &put, &desk->error) < 0)
        fail_msg("%s", desk->error.text);
    assert_int_equal(put, 1);
    assert_int_equal(wait, US_PER_MINUTE);             /* then the broken one is tried again */
    assert_asked(desk, "SELECT command FROM ops.jobs", "done");
    assert_asked(desk, "SELECT name, next_run FROM ops.schedules ORDER BY name",
                 "broken|2026-01-01 05:00:00+00\nfine|2026-01-01 06:00:00+00\nlong ago|-infinity\nnever|infinity");
    script(desk, "DROP TRIGGER refuse ON ops.jobs; DROP FUNCTION public.refuse()");
}

/* Of a console whose machine goes by another clock: the first run is neither missed by then nor years away. */
SERVER_TEST(the_first_run_is_by_the_servers_clock)
{
    struct schedule_request request = {.name = "s", .cron = "0 * * * *", .command = "done", .kind = "test"};
    struct desk *desk = who;
    struct keep  keep = {.sink.ops = &keep_ops};

    jobs_begin_test(desk);
    script(desk, "CREATE SCHEMA other_clock; CREATE FUNCTION other_clock.now() RETURNS timestamptz LANGUAGE sql AS"
                 " $$ SELECT timestamptz '2020-05-05 10:30Z' $$; SET search_path = other_clock, pg_catalog");
    assert_int_equal(schedule_add(desk->pg, &request, &keep.sink, &desk->error), 0);
    script(desk, "RESET search_path; DROP SCHEMA other_clock CASCADE");
    assert_asked(desk, "SELECT next_run FROM ops.schedules", "2020-05-05 11:00:00+00");
    str_done(&keep.rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_that_is_due_becomes_one_job),
        cmocka_unit_test(a_clock_that_is_put_forth_and_back_leaves_no_schedule_waiting_for_days),
        cmocka_unit_test(a_lease_that_a_wrong_clock_gave_is_not_waited_for),
        cmocka_unit_test(a_worker_is_there_by_its_own_lock_only),
        cmocka_unit_test(missed_runs_are_made_up_as_the_schedule_says),
        cmocka_unit_test(two_leaders_put_a_run_once),
        cmocka_unit_test(schedules_are_added_paused_resumed_run_and_removed),
        cmocka_unit_test(the_leader_keeps_schedules_and_prunes),
        cmocka_unit_test(one_that_the_server_refuses_keeps_no_other_from_its_run),
        cmocka_unit_test(the_first_run_is_by_the_servers_clock),
    };

    return cmocka_run_group_tests(tests, NULL, drop);
}
