/* jobs: cancel with its receipt and its steps, why, pause and resume, retry, the log as it grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server.h"
#include "warehouse.h"
#include "jobs_help.h"

#define LONG_LEASE (30 * US_PER_SECOND)

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

/* -- cancel -------------------------------------------------------------------------------------------------------- */

SERVER_TEST(a_cancel_is_heard_stopped_and_receipted)
{
    struct desk *desk = who;
    struct crew  crew = {0};
    struct keep  keep = {.sink.ops = &keep_ops};
    int64_t      id;

    jobs_begin_test(desk);
    crew_start(&crew, desk, 2, LONG_LEASE);
    id = put(desk, "sleep", NULL);
    wait_asked(desk, "SELECT state FROM ops.jobs", "running");
    assert_int_equal(cancel(desk, id, &keep.sink, &desk->error), 0);
    assert_non_null(strstr(str_text(&keep.rows), "|cancelled|"));
    assert_non_null(strstr(str_text(&keep.rows), "|it stopped itself\n"));
    assert_asked(desk, "SELECT cancel_heard_at BETWEEN cancel_asked_at AND finished_at, cancel_asked_by = session_user FROM ops.jobs", "t|t");
    assert_asked(desk, "SELECT outcome FROM ops.job_attempts", "cancelled");
    assert_int_equal(crew_figures(&crew).cancelled, 1);
    str_done(&keep.rows);
    crew_stop(&crew);
}

SERVER_TEST(two_hundred_cancels_of_what_runs_and_what_waits_all_have_their_receipt)
{
    struct desk *desk = who;
    struct crew  crew = {0};
    struct keep  keep = {.sink.ops = &keep_ops};
    int64_t      first = 0;

    jobs_begin_test(desk);
    crew_start(&crew, desk, 50, LONG_LEASE);
    for (int i = 0; i < 200; i++) {
        int64_t id = put(desk, "sleep", NULL);

        first = i == 0 ? id : first;
    }
    wait_asked(desk, "SELECT count(*) FROM ops.jobs WHERE state = 'running'", "50");
    for (int64_t i = 0; i < 200; i++)              /* every second one first: of those that run, and that wait */
        assert_int_equal(cancel(desk, first + i * 2 % 200 + i / 100, &keep.sink, &desk->error), 0);
    wait_asked(desk, "SELECT state, count(*) FROM ops.jobs GROUP BY 1", "cancelled|200");
    assert_asked(desk, "SELECT count(*) FROM ops.jobs WHERE cancel_heard_at BETWEEN cancel_asked_at AND finished_at", "200");
    assert_asked(desk, "SELECT count(*) FROM ops.jobs WHERE cancel_how IS NULL OR (attempt > 0) = (cancel_how = 'it did not run')", "0");
    assert_asked(desk, "SELECT DISTINCT cancel_how FROM ops.jobs WHERE attempt = 0", "it did not run");
    assert_asked(desk, "SELECT DISTINCT outcome FROM ops.job_attempts", "cancelled");
    assert_int_equal(crew_figures(&crew).lost, 0);
    assert_int_equal(crew_figures(&crew).busy, 0);
    str_done(&keep.rows);
    crew_stop(&crew);
}

SERVER_TEST(many_are_cancelled_at_once_while_their_worker_turns)
{
    struct desk       *desk = who;
    struct crew        crew = {0};
    struct keep        keep = {.sink.ops = &keep_ops};
    struct error       error = ERROR_INIT;
    struct jobs_choice of_source = {.state = "available", .source = "src"}, of_kind = {.kind = "test"};
    struct jobs_choice mistyped = {.state = "availble"};

    jobs_begin_test(desk);
    script(desk, "INSERT INTO ops.queue_limits VALUES ('src', 2)");
    crew_start(&crew, desk, 50, LONG_LEASE);
    for (int i = 0; i < 100; i++)
        put(desk, "sleep", i % 2 == 0 ? "src" : NULL);
    wait_asked(desk, "SELECT count(*) FROM ops.jobs WHERE state = 'running'", "50");
    assert_int_equal(jobs_cancel(desk->pg, &mistyped, &keep.sink, &error), ERR_UNKNOWN);
    error_done(&error);
    assert_int_equal(jobs_cancel(desk->pg, &of_source, &keep.sink, &desk->error), 0);
    assert_asked(desk, "SELECT state, count(*) FROM ops.jobs WHERE source = 'src' GROUP BY 1 ORDER BY 1", "cancelled|48\nrunning|2");
    str_clear(&keep.rows);
    assert_int_equal(jobs_cancel(desk->pg, &of_kind, &keep.sink, &desk->error), 0);
    assert_asked(desk, "SELECT state, count(*) FROM ops.jobs GROUP BY 1", "cancelled|100");
    assert_asked(desk, "SELECT count(*), count(DISTINCT outcome), min(outcome) FROM ops.job_attempts", "50|1|cancelled");
    str_clear(&keep.rows);
    assert_int_equal(jobs_cancel(desk->pg, &of_kind, &keep.sink, &desk->error), 0);
    assert_string_equal(str_text(&keep.rows), "");
    str_done(&keep.rows);
    crew_stop(&crew);
}

/* Somebody in a transaction that has changed a job, and takes his time. */
static void hold_and_let_go(void *who)
{
    struct desk *desk = who;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    struct crew  crew = {.desk = desk};

    assert_int_equal(crew_open(&crew, &pg, NULL), 0);
    assert_int_equal(pg_script(pg, "BEGIN; UPDATE ops.jobs SET progress_done = 1 WHERE id = (SELECT min(id) FROM ops.jobs);"
                                   "INSERT INTO ops.queue_limits VALUES ('held', 1)", NULL), 0);
    assert_int_equal(pg_script(pg, "SELECT pg_advisory_xact_lock(4711)", NULL), 0);
    assert_int_equal(task_sleep(US_PER_SECOND / 2), 0);
    assert_int_equal(pg_script(pg, "COMMIT", NULL), 0);
}

SERVER_TEST(one_that_is_locked_is_cancelled_with_the_others_when_it_is_let_go)
{
    struct desk       *desk = who;
    struct keep        keep = {.sink.ops = &keep_ops};
    struct jobs_choice all = {.state = "available"};

    jobs_begin_test(desk);
    for (int i = 0; i < 3; i++)
        put(desk, "done", NULL);
    (void)task_start(desk->loop, hold_and_let_go, desk);
    wait_asked(desk, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711", "1");
    assert_int_equal(jobs_cancel(desk->pg, &all, &keep.sink, &desk->error), 0);
    assert_asked(desk, "SELECT count(*), max(progress_done) FROM ops.jobs WHERE state = 'cancelled'", "3|1");
    str_done(&keep.rows);
}

SERVER_TEST(of_many_that_are_named_what_has_ended_is_told_and_one_that_is_not_there_stops_all)
{
    struct desk       *desk = who;
    struct keep        keep = {.sink.ops = &keep_ops};
    struct error       error = ERROR_INIT;
    int64_t            ids[3];
    struct jobs_choice choice = {.ids = ids, .count = 3};

    jobs_begin_test(desk);
    for (int i = 0; i < 3; i++)
        ids[i] = put(desk, "done", NULL);
    ids[2] += 100;
    assert_int_equal(jobs_cancel(desk->pg, &choice, &keep.sink, &error), ERR_UNKNOWN);
    error_done(&error);
    assert_asked(desk, "SELECT count(*) FROM ops.jobs WHERE state = 'available'", "3");
    ids[2] -= 100;
    assert_int_equal(cancel(desk, ids[1], &keep.sink, &desk->error), 0);
    assert_int_equal(jobs_cancel(desk->pg, &choice, &keep.sink, &error), ERR_PARTIAL);
    assert_non_null(strstr(error.text, "has ended already: it is cancelled"));
    error_done(&error);
    assert_asked(desk, "SELECT count(*) FROM ops.jobs WHERE state = 'cancelled'", "3");
    assert_int_equal(jobs_cancel(desk->pg, &choice, &keep.sink, &error), ERR_CONFLICT);
    error_done(&error);
    str_done(&keep.rows);
}

SERVER_TEST(what_waits_is_cancelled_at_once_and_what_has_ended_is_refused)
{
    struct desk *desk = who;
    struct keep  keep = {.sink.ops = &keep_ops};
    struct error error = ERROR_INIT;
    int64_t      id;

    jobs_begin_test(desk);
    id = put(desk, "done", NULL);
    assert_int_equal(cancel(desk, id, &keep.sink, &desk->error), 0);
    assert_non_null(strstr(str_text(&keep.rows), "|it did not run\n"));
    assert_int_equal(cancel(desk, id, &keep.sink, &error), ERR_CONFLICT);
    error_done(&error);
    assert_int_equal(cancel(desk, 999999, &keep.sink, &error), ERR_UNKNOWN);
    error_done(&error);
    str_done(&keep.rows);
}

/* A program in the foreground, on a connection of its own, that never asks whether it is to stop. */
struct deaf {
    struct crew *crew;
    const char  *sql;
    struct job  *job;
    bool         over;
    int          code;
};

static void be_deaf(void *who)
{
    struct deaf       *deaf = who;
    struct pg         *pg = NULL;
    struct job_request request = {.kind = "test", .command = "deaf"};

    assert_int_equal(crew_open(deaf->crew, &pg, NULL), 0);
    assert_int_equal(job_begin(pg, &request, 0, &deaf->job, NULL), 0);
    deaf->code = deaf->sql != NULL ? pg_script(pg, deaf->sql, NULL) : 0;
    if (deaf->code == 0)
        deaf->code = task_sleep(3 * US_PER_SECOND);
    pg_close(pg);
    deaf->over = true;
}

static void wait_over(struct deaf *deaf)
{
    while (!deaf->over)
        assert_int_equal(task_sleep(5000), 0);
    job_free(deaf->job);
}

SERVER_TEST(who_does_not_hear_has_its_statement_cancelled)
{
    struct desk *desk = who;
    struct crew  crew = {.desk = desk};
    struct deaf  deaf = {.crew = &crew, .sql = "SELECT pg_sleep(60)"};
    struct keep  keep = {.sink.ops = &keep_ops};

    jobs_begin_test(desk);
    (void)task_start(desk->loop, be_deaf, &deaf);
    wait_asked(desk, "SELECT state FROM ops.jobs", "running");
    {
        _cleanup_(mem_freep) char *id = ask(desk, "SELECT id FROM ops.jobs");

        /* it dies of it, and writes no end: then the lease is taken */
        assert_int_equal(cancel(desk, atoll(id), &keep.sink, &desk->error), 0);
    }
    wait_over(&deaf);
    assert_int_equal(deaf.code, ERR_SERVER);
    assert_non_null(strstr(str_text(&keep.rows), "|cancelled|"));
    str_done(&keep.rows);
}

SERVER_TEST(who_does_nothing_with_the_server_has_its_lease_taken)
{
    struct desk *desk = who;
    struct crew  crew = {.desk = desk};
    struct deaf  deaf = {.crew = &crew};
    struct keep  keep = {.sink.ops = &keep_ops};

    jobs_begin_test(desk);
    (void)task_start(desk->loop, be_deaf, &deaf);
    wait_asked(desk, "SELECT state FROM ops.jobs", "running");
    {
        _cleanup_(mem_freep) char *id = ask(desk, "SELECT id FROM ops.jobs");

        assert_int_equal(cancel(desk, atoll(id), &keep.sink, &desk->error), 0);
    }
    assert_non_null(strstr(str_text(&keep.rows), "|its lease was taken away\n"));
    assert_asked(desk, "SELECT state, (SELECT outcome FROM ops.job_attempts), lease_until FROM ops.jobs", "cancelled|cancelled|-");
    assert_int_equal(job_hold(desk->pg, deaf.job, NULL), ERR_CONFLICT);
    wait_over(&deaf);
    str_done(&keep.rows);
}

/* -- why ----------------------------------------------------------------------------------------------------------- */

static void assert_why(struct desk *desk, const char *set, const char *wanted)
{
    _cleanup_(mem_freep) char *why = NULL;

    script(desk, set);
    why = ask(desk, "SELECT ops.why_job(max(id)) FROM ops.jobs");
    if (strstr(why, wanted) == NULL)
        fail_msg("%s\n  says   %s\n  wanted %s", set, why, wanted);
}

SERVER_TEST(there_is_always_a_reason)
{
    struct desk *desk = who;

    jobs_begin_test(desk);
    put(desk, "done", "src");
    assert_why(desk, "SELECT", "no worker is alive: 'ytempire --worker' starts one");
    assert_why(desk, "INSERT INTO ops.workers (worker, host, pid, version, slots) VALUES ('w', 'h', 1, 'v', 2)",
               "it is the next one: a worker takes it in a moment");
    assert_why(desk, "INSERT INTO ops.jobs (kind, command, source, state, worker, lease_until, started_at) OVERRIDING SYSTEM VALUE VALUES"
                     " ('a', 'x', 'src', 'running', 'w', now() + interval '1 h', now());"
                     "UPDATE ops.jobs SET id = DEFAULT WHERE state = 'available'", "holds source 'src': 1 of 1 run");
    assert_why(desk, "UPDATE ops.jobs SET source = NULL; UPDATE ops.workers SET slots = 1", "worker slots 1 of 1 are in use");
    assert_why(desk, "UPDATE ops.workers SET slots = 9; INSERT INTO ops.jobs (kind, command, priority) VALUES ('b', 'x', -1);"
                     "UPDATE ops.jobs SET id = DEFAULT WHERE state = 'available' AND priority = 0", "1 job goes before it");
    assert_why(desk, "UPDATE ops.jobs SET state = 'scheduled', run_at = now() + interval '3 h 12 min 30 s' WHERE id = (SELECT max(id) FROM ops.jobs)",
               "it is scheduled for ");
    assert_why(desk, "SELECT", "UTC, in 3 h 12 min");
    assert_why(desk, "UPDATE ops.jobs SET error_class = 'quota', run_at = ops.job_again_at('quota', 1, NULL) WHERE id = (SELECT max(id) FROM ops.jobs)",
               "the quota is empty until 00:00 Pacific, in ");
    assert_why(desk, "UPDATE ops.jobs SET state = 'retryable', attempt = 2, error = 'no route', error_class = 'retry', run_at = now() + interval '20 s' WHERE id = (SELECT max(id) FROM ops.jobs)",
               "attempt 2 failed (no route); the next is at ");
    assert_why(desk, "UPDATE ops.jobs SET source = 'src'; INSERT INTO ops.queue_pauses (source, paused_by, why) VALUES ('src', 'ann', 'new key')",
               "source 'src' is paused by ann since 20");
    assert_why(desk, "SELECT", "(new key)");
    assert_why(desk, "INSERT INTO ops.queue_pauses (source, paused_by) VALUES ('*', 'bob')", "the queue is paused by bob since ");
    assert_why(desk, "UPDATE ops.jobs SET state = 'running', worker = 'w', started_at = now(), lease_until = now() + interval '1 min' WHERE id = (SELECT max(id) FROM ops.jobs)",
               "it runs since ");
    assert_why(desk, "UPDATE ops.jobs SET cancel_asked_at = now() WHERE id = (SELECT max(id) FROM ops.jobs)", "was asked to stop 0 s ago");
    assert_why(desk, "UPDATE ops.jobs SET lease_until = now() - interval '70 s' WHERE id = (SELECT max(id) FROM ops.jobs)",
               "its lease is over for 1 min 10 s: w is not heard of, and the next sweep puts it on the list again");
    assert_why(desk, "UPDATE ops.jobs SET state = 'discarded', finished_at = now(), error_class = 'stop' WHERE id = (SELECT max(id) FROM ops.jobs)",
               "it failed: no route; 'job retry ");
    assert_why(desk, "UPDATE ops.jobs SET state = 'completed' WHERE id = (SELECT max(id) FROM ops.jobs)", "it completed at ");
    assert_why(desk, "UPDATE ops.jobs SET state = 'cancelled', cancel_asked_by = 'ann' WHERE id = (SELECT max(id) FROM ops.jobs)", "it was cancelled by ann at ");
}

/* -- pause, retry, log --------------------------------------------------------------------------------------------- */

SERVER_TEST(a_pause_holds_what_waits_until_it_is_resumed)
{
    struct desk *desk = who;
    struct crew  crew = {0};
    struct keep  keep = {.sink.ops = &keep_ops};

    jobs_begin_test(desk);
    assert_int_equal(jobs_pause(desk->pg, NULL, "a reason", &keep.sink, &desk->error), 0);
    assert_non_null(strstr(str_text(&keep.rows), "*|"));
    put(desk, "done", NULL);
    crew_start(&crew, desk, 2, LONG_LEASE);
    wait_asked(desk, "SELECT count(*) FROM ops.workers", "1");
    assert_int_equal(task_sleep(US_PER_SECOND / 2), 0);
    assert_asked(desk, "SELECT state FROM ops.jobs", "available");
    assert_int_equal(jobs_resume(desk->pg, NULL, &keep.sink, &desk->error), 0);
    wait_asked(desk, "SELECT state FROM ops.jobs", "completed");
    str_clear(&keep.rows);
    assert_int_equal(jobs_show_queue(desk->pg, &keep.sink, &desk->error), 0);
    assert_string_equal(str_text(&keep.rows), "*|0|0|0|2|-|-|-|30\n");
    str_done(&keep.rows);
    crew_stop(&crew);
}

SERVER_TEST(a_retry_puts_a_job_on_the_list_with_its_attempts_anew)
{
    struct desk *desk = who;
    struct crew  crew = {0};
    struct keep  keep = {.sink.ops = &keep_ops};
    struct error error = ERROR_INIT;
    int64_t      id;

    jobs_begin_test(desk);
    id = put(desk, "stop", NULL);
    assert_int_equal(retry(desk, id, &keep.sink, &error), ERR_CONFLICT);
    error_done(&error);
    crew_start(&crew, desk, 2, LONG_LEASE);
    wait_asked(desk, "SELECT state FROM ops.jobs", "discarded");
    script(desk, "UPDATE ops.jobs SET command = 'done'");
    assert_int_equal(retry(desk, id, &keep.sink, &desk->error), 0);
    wait_asked(desk, "SELECT state, attempt, uncounted, error FROM ops.jobs", "completed|2|1|-");
    assert_asked(desk, "SELECT attempt, outcome FROM ops.job_attempts ORDER BY 1", "1|failed\n2|completed");
    str_done(&keep.rows);
    crew_stop(&crew);
}

SERVER_TEST(many_are_retried_and_of_one_key_the_last)
{
    struct desk       *desk = who;
    struct keep        keep = {.sink.ops = &keep_ops};
    struct error       error = ERROR_INIT;
    struct jobs_choice failed = {.kind = "test"}, done = {.state = "completed"};

    jobs_begin_test(desk);
    script(desk, "INSERT INTO ops.jobs (kind, command, state, unique_key, finished_at) VALUES"
                 " ('test', 'a', 'discarded', 'k', now()), ('test', 'b', 'cancelled', 'k', now()),"
                 " ('test', 'c', 'discarded', NULL, now()), ('test', NULL, 'discarded', NULL, now()),"
                 " ('test', 'd', 'completed', 'l', now()), ('test', 'e', 'available', 'l', NULL), ('other', 'f', 'discarded', NULL, now())");
    assert_int_equal(jobs_retry(desk->pg, &failed, &keep.sink, &desk->error), 0);
    assert_asked(desk, "SELECT string_agg(command, '' ORDER BY command) FROM ops.jobs WHERE state = 'available'", "bce");
    str_clear(&keep.rows);
    assert_int_equal(jobs_retry(desk->pg, &done, &keep.sink, &desk->error), 0);
    assert_string_equal(str_text(&keep.rows), "");
    {
        _cleanup_(mem_freep) char *id = ask(desk, "SELECT id FROM ops.jobs WHERE command = 'd'");

        assert_int_equal(retry(desk, atoll(id), &keep.sink, &error), ERR_CONFLICT);
        assert_non_null(strstr(error.text, "has a key that job "));
        error_done(&error);
    }
    str_done(&keep.rows);
}

static void say_and_end(void *who)
{
    struct desk *desk = who;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    struct crew  crew = {.desk = desk};

    assert_int_equal(task_sleep(US_PER_SECOND / 3), 0);
    assert_int_equal(crew_open(&crew, &pg, NULL), 0);
    assert_int_equal(pg_script(pg, "INSERT INTO ops.job_log (job_id, attempt, message) SELECT id, 1, 'two' FROM ops.jobs;"
                                   "UPDATE ops.jobs SET state = 'completed'", NULL), 0);
}

SERVER_TEST(a_log_is_followed_to_the_end)
{
    struct desk *desk = who;
    struct keep  keep = {.sink.ops = &keep_ops};
    int64_t      id;

    jobs_begin_test(desk);
    id = put(desk, "done", NULL);
    script(desk, "INSERT INTO ops.job_log (job_id, attempt, at, message) SELECT id, 1, '2026-01-01', 'one' FROM ops.jobs");
    (void)task_start(desk->loop, say_and_end, desk);
    assert_int_equal(jobs_show_log(desk->pg, id, true, &keep.sink, &desk->error), 0);
    assert_non_null(strstr(str_text(&keep.rows), "2026-01-01 00:00:00+00|info|one\n"));
    assert_non_null(strstr(str_text(&keep.rows), "|info|two\n"));
    str_done(&keep.rows);
}

static int drop(void **state)
{
    (void)state;
    warehouse_drop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cancel_is_heard_stopped_and_receipted),
        cmocka_unit_test(two_hundred_cancels_of_what_runs_and_what_waits_all_have_their_receipt),
        cmocka_unit_test(many_are_cancelled_at_once_while_their_worker_turns),
        cmocka_unit_test(one_that_is_locked_is_cancelled_with_the_others_when_it_is_let_go),
        cmocka_unit_test(of_many_that_are_named_what_has_ended_is_told_and_one_that_is_not_there_stops_all),
        cmocka_unit_test(many_are_retried_and_of_one_key_the_last),
        cmocka_unit_test(what_waits_is_cancelled_at_once_and_what_has_ended_is_refused),
        cmocka_unit_test(who_does_not_hear_has_its_statement_cancelled),
        cmocka_unit_test(who_does_nothing_with_the_server_has_its_lease_taken),
        cmocka_unit_test(there_is_always_a_reason),
        cmocka_unit_test(a_pause_holds_what_waits_until_it_is_resumed),
        cmocka_unit_test(a_retry_puts_a_job_on_the_list_with_its_attempts_anew),
        cmocka_unit_test(a_log_is_followed_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, drop);
}
