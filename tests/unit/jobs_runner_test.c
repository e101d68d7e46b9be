/* jobs: claims, ends, leases, fences, drains; with real runners on one server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server.h"
#include "warehouse.h"
#include "jobs_help.h"

#define LONG_LEASE (30 * US_PER_SECOND)

SERVER_TEST(a_job_that_is_put_runs_once_and_is_recorded)
{
    struct desk *desk = who;
    struct crew  crew = {0};
    int64_t      id;

    jobs_begin_test(desk);
    crew_start(&crew, desk, 2, LONG_LEASE);
    wait_said(&crew, "connected");
    id = put(desk, "done", NULL);
    wait_asked(desk, "SELECT state, attempt, error FROM ops.jobs", "completed|1|-");
    assert_asked(desk,
                 "SELECT attempt, outcome, finished_at >= started_at, worker = (SELECT worker FROM ops.workers) FROM "
                 "ops.job_attempts",
                 "1|completed|t|t");
    assert_true(id > 0);
    crew_stop(&crew);
    assert_asked(desk, "SELECT state, busy FROM ops.workers", "gone|0");
}

SERVER_TEST(ten_thousand_jobs_between_two_runners_run_once_each)
{
    struct desk *desk = who;
    struct crew  one = {0}, two = {0};

    jobs_begin_test(desk);
    script(desk, "INSERT INTO ops.jobs (kind, command) SELECT 'test', 'done' FROM generate_series(1, 10000)");
    crew_start(&one, desk, 50, LONG_LEASE);
    crew_start(&two, desk, 50, LONG_LEASE);
    wait_asked(desk, "SELECT count(*) FROM ops.jobs WHERE state = 'completed'", "10000");
    assert_asked(desk,
                 "SELECT count(*), count(DISTINCT job_id), max(attempt), count(DISTINCT worker) FROM ops.job_attempts",
                 "10000|10000|1|2");
    assert_int_equal(crew_figures(&one).completed + crew_figures(&two).completed, 10000);
    assert_true(crew_figures(&one).leader != crew_figures(&two).leader);
    crew_stop(&one);
    crew_stop(&two);
}

/* Many ends have a connection of their own; cut, it costs nothing. */
SERVER_TEST(many_ends_are_written_beside_the_next_claim)
{
    struct desk *desk = who;
    struct crew  crew = {0};

    jobs_begin_test(desk);
    script(desk, "INSERT INTO ops.jobs (kind, command) SELECT 'test', 'done' FROM generate_series(1, 3000)");
    crew_start(&crew, desk, 100, LONG_LEASE);
    wait_asked(desk, "SELECT count(*) FROM ops.jobs WHERE state = 'completed'", "3000");
    assert_asked(desk, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crew'", "2");
    script(desk, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'crew' AND query NOT "
                 "LIKE 'LISTEN%' ORDER BY backend_start DESC LIMIT 1;"
                 "INSERT INTO ops.jobs (kind, command) SELECT 'test', 'done' FROM generate_series(1, 3000);"
                 "NOTIFY ytempire_jobs");
    wait_asked(desk, "SELECT count(*) FROM ops.jobs WHERE state = 'completed'", "6000");
    assert_asked(desk, "SELECT count(*), count(DISTINCT job_id), max(attempt) FROM ops.job_attempts", "6000|6000|1");
    wait_asked(desk, "SELECT count(*) FROM ops.jobs WHERE state = 'running'", "0");
    assert_int_equal(crew_figures(&crew).completed, 6000);
    assert_int_equal(crew_figures(&crew).lost, 0);
    crew_stop(&crew);
}

/* More is due than one claim looks at, so that the next turn is due at once; the lease is so long that no heartbeat helps. */
SERVER_TEST(the_second_hand_is_waited_for_though_more_is_due)
{
    struct desk *desk = who;
    struct crew  crew = {0};

    jobs_begin_test(desk);
    script(desk, "INSERT INTO ops.jobs (kind, command, state, run_at) SELECT 'test', 'done', 'scheduled', now() - interval '1 h' "
                 "FROM generate_series(1, 5000)");
    crew_start(&crew, desk, 100, 3600 * US_PER_SECOND);
    wait_asked(desk, "SELECT count(*) FROM ops.jobs WHERE state = 'completed'", "5000");
    crew_stop(&crew);
}

/* Whether it is told with its like or among others. */
SERVER_TEST(an_end_is_written_in_full_whatever_is_told_with_it)
{
    struct desk *desk = who;

    jobs_begin_test(desk);
    script(desk, "INSERT INTO ops.jobs (id, kind, command, state, attempt, fence, worker, started_at, cancel_asked_at, "
                 "rows_read) OVERRIDING SYSTEM VALUE"
                 " SELECT n, 'x', 'done', 'running', 1, n, 'w', now(), CASE WHEN n = 2 THEN now() END, n FROM generate_series(1, 5) AS n");
    /* 2 is being cancelled, of 3 the fence is another's, 9 is not there */
    assert_asked(desk,
                 "SELECT * FROM ops.end_jobs('{1,2,3,9}', '{1,2,7,9}', '{completed,completed,completed,completed}', "
                 "'{NULL,NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL}', '{}') ORDER BY 1",
                 "3\n9");
    assert_asked(desk,
                 "SELECT * FROM ops.end_jobs('{1,4,5}', '{1,4,5}', '{completed,completed,stop}', '{NULL,NULL,no}', "
                 "'{NULL,NULL,NULL}', '{NULL,NULL,NULL,NULL,NULL,NULL,8,NULL,NULL,NULL,NULL,NULL}')",
                 "");
    assert_asked(desk, "SELECT id, state, cancel_how, finished_at IS NOT NULL, rows_read, error FROM ops.jobs ORDER BY id",
                 "1|completed|-|t|1|-\n2|completed|it had ended|t|2|-\n3|running|-|f|3|-\n4|completed|-|t|8|-\n"
                 "5|discarded|-|t|5|no");
    assert_asked(desk, "SELECT job_id, attempt, fence, worker, outcome, rows_read, error FROM ops.job_attempts ORDER BY 1",
                 "1|1|1|w|completed|1|-\n2|1|2|w|completed|2|-\n4|1|4|w|completed|8|-\n5|1|5|w|failed|5|no");
}

SERVER_TEST(what_fails_is_tried_again_or_not_by_its_class)
{
    struct desk *desk = who;
    struct crew  crew = {0};

    jobs_begin_test(desk);
    put(desk, "retry", NULL);
    put(desk, "stop", NULL);
    put(desk, "quota", NULL);
    put(desk, "partial", NULL);
    crew_start(&crew, desk, 4, LONG_LEASE);
    wait_asked(desk, "SELECT count(*) FROM ops.job_attempts", "4");
    assert_asked(
        desk, "SELECT command, state, error_class, error FROM ops.jobs ORDER BY id",
        "retry|retryable|retry|the line is cut\nstop|discarded|stop|no such file\n"
        "quota|scheduled|quota|10,000 of 10,000 units are spent\npartial|completed|-|1 of 5 rows were refused");
    assert_asked(desk,
                 "SELECT run_at BETWEEN now() + interval '6 s' AND now() + interval '13 s' FROM ops.jobs WHERE command "
                 "= 'retry'",
                 "t");
    assert_asked(desk,
                 "SELECT run_at AT TIME ZONE 'America/Los_Angeles' = date_trunc('day', now() AT TIME ZONE "
                 "'America/Los_Angeles') + interval '1 day',"
                 " attempt - uncounted FROM ops.jobs WHERE command = 'quota'",
                 "t|0");
    assert_asked(desk,
                 "SELECT rows_read, rows_loaded, rows_unchanged, rows_rejected, bytes FROM ops.job_attempts WHERE "
                 "outcome = 'completed'",
                 "5|3|1|1|77");
    /* the last attempt */
    script(desk, "UPDATE ops.jobs SET run_at = now(), max_attempts = 2 WHERE command = 'retry'; NOTIFY ytempire_jobs");
    wait_asked(desk, "SELECT state, attempt FROM ops.jobs WHERE command = 'retry'", "discarded|2");
    crew_stop(&crew);
}

SERVER_TEST(pauses_grow_to_an_hour)
{
    struct desk *desk = who;

    jobs_begin_test(desk);
    assert_asked(desk,
                 "SELECT string_agg(n::text, ' ' ORDER BY n) FROM generate_series(1, 30) AS n"
                 " WHERE ops.job_again_at('retry', n, NULL) - clock_timestamp() NOT BETWEEN"
                 " least(3600, 10 * 2 ^ (n - 1)) * 0.74 * interval '1 s' AND least(3600, 10 * 2 ^ (n - 1)) * 1.26 * "
                 "interval '1 s'",
                 "-");
    assert_asked(desk, "SELECT ops.job_again_at('retry', 1, interval '5 min') - clock_timestamp() > interval '299 s'",
                 "t");
}

SERVER_TEST(a_key_has_one_live_job)
{
    struct desk       *desk = who;
    struct job_request request = {.kind = "test", .command = "done", .unique_key = "one"};
    int64_t            first, second;
    bool               is_new = false;

    jobs_begin_test(desk);
    assert_int_equal(jobs_put(desk->pg, &request, &first, &is_new, &desk->error), 0);
    assert_true(is_new);
    assert_int_equal(jobs_put(desk->pg, &request, &second, &is_new, &desk->error), 0);
    assert_false(is_new);
    assert_int_equal(first, second);
    script(desk, "UPDATE ops.jobs SET state = 'completed'");
    assert_int_equal(jobs_put(desk->pg, &request, &second, &is_new, &desk->error), 0);
    assert_true(is_new);
}

SERVER_TEST(the_smaller_priority_goes_first_and_the_future_waits)
{
    struct desk *desk = who;

    jobs_begin_test(desk);
    script(
        desk,
        "INSERT INTO ops.jobs (kind, command, priority, source) VALUES ('a', 'done', 5, NULL), ('b', 'done', -1, NULL),"
        " ('c', 'done', 0, 's'), ('d', 'done', 0, 't'), ('e', 'done', -2, 't');"
        "INSERT INTO ops.jobs (kind, command, state, run_at) VALUES ('f', 'done', 'scheduled', now() + interval '1 h'),"
        " ('g', 'done', 'scheduled', now() - interval '1 h')");
    assert_asked(desk, "SELECT kind FROM ops.claim_jobs('w', 1, interval '1 min')", "e");
    assert_asked(desk, "SELECT kind FROM ops.claim_jobs('w', 1, interval '1 min')", "b");
    assert_asked(desk, "SELECT string_agg(kind, '' ORDER BY kind) FROM ops.claim_jobs('w', 10, interval '1 min')",
                 "acg");
    assert_asked(desk, "SELECT kind, state FROM ops.jobs WHERE state <> 'running' ORDER BY 1",
                 "d|available\nf|scheduled");
}

SERVER_TEST(a_source_runs_as_many_as_its_limit_and_none_when_paused)
{
    struct desk *desk = who;

    jobs_begin_test(desk);
    script(
        desk,
        "INSERT INTO ops.jobs (kind, command, source) SELECT 'x', 'done', s FROM unnest('{a,b,c}'::text[]) AS s, "
        "generate_series(1, 10);"
        "INSERT INTO ops.queue_limits VALUES ('b', 3), ('d', 0); INSERT INTO ops.queue_pauses (source) VALUES ('c')");
    assert_asked(desk, "SELECT source, count(*) FROM ops.claim_jobs('w', 20, interval '1 min') GROUP BY 1 ORDER BY 1",
                 "a|1\nb|3");
    assert_asked(desk, "SELECT count(*) FROM ops.claim_jobs('w', 20, interval '1 min')", "0");
    script(desk, "DELETE FROM ops.queue_pauses; UPDATE ops.jobs SET state = 'completed' WHERE state = 'running' AND "
                 "source = 'a';"
                 "INSERT INTO ops.jobs (kind, command) VALUES ('free', 'done')");
    assert_asked(desk, "SELECT source, count(*) FROM ops.claim_jobs('w', 20, interval '1 min') GROUP BY 1 ORDER BY 1",
                 "a|1\nc|1\n-|1");
    script(desk, "INSERT INTO ops.queue_pauses (source) VALUES ('*'); INSERT INTO ops.jobs (kind, command) VALUES "
                 "('free', 'done')");
    assert_asked(desk, "SELECT count(*) FROM ops.claim_jobs('w', 20, interval '1 min')", "0");
}

SERVER_TEST(two_runners_keep_a_limit_between_them)
{
    struct desk *desk = who;
    struct crew  one = {0}, two = {0};

    jobs_begin_test(desk);
    script(desk, "INSERT INTO ops.queue_limits VALUES ('s', 2);"
                 "INSERT INTO ops.jobs (kind, command, source) SELECT 'x', 'sleep', 's' FROM generate_series(1, 10)");
    crew_start(&one, desk, 4, LONG_LEASE);
    crew_start(&two, desk, 4, LONG_LEASE);
    wait_asked(desk, "SELECT count(*) FROM ops.jobs WHERE state = 'running'", "2");
    wait_said(&one, "connected");
    wait_said(&two, "connected");
    assert_asked(desk, "SELECT count(*) FROM ops.jobs WHERE state = 'running'", "2");
    crew_stop(&one);
    crew_stop(&two);
}

SERVER_TEST(a_zombie_with_an_old_fence_writes_nothing)
{
    struct desk      *desk = who;
    struct job_request request = {.kind = "test", .source = "s", .command = "done"};
    _cleanup_(job_freep) struct job *job = NULL;
    struct error      error = ERROR_INIT;

    jobs_begin_test(desk);
    assert_int_equal(job_begin(desk->pg, &request, 100, &job, &desk->error), 0);
    assert_int_equal(job_hold(desk->pg, job, &desk->error), 0);
    assert_int_equal(job_note(desk->pg, job, NULL, &desk->error), 0);
    script(desk, "UPDATE ops.jobs SET fence = nextval('ops.fence')");
    assert_int_equal(job_hold(desk->pg, job, &error), ERR_CONFLICT);
    error_done(&error);
    job->counts.rows = 77;
    assert_int_equal(job_note(desk->pg, job, NULL, &error), ERR_CONFLICT);
    error_done(&error);
    assert_int_equal(job_end(desk->pg, job, 0, NULL), 0);
    assert_asked(desk, "SELECT state, rows_read, (SELECT count(*) FROM ops.job_attempts) FROM ops.jobs", "running|0|0");
}

SERVER_TEST(a_foreground_job_fills_its_source_and_is_lost_with_its_session)
{
    struct desk      *desk = who;
    struct crew       crew = {.desk = desk};
    struct job_request request = {.kind = "test", .source = "s", .command = "done"};
    _cleanup_(job_freep) struct job *job = NULL, *other = NULL;
    struct pg        *pg = NULL;
    struct error      error = ERROR_INIT;

    jobs_begin_test(desk);
    assert_int_equal(crew_open(&crew, &pg, &desk->error), 0);
    assert_int_equal(job_begin(pg, &request, 0, &job, &desk->error), 0);
    assert_int_equal(job_begin(desk->pg, &request, 0, &other, &error), ERR_CONFLICT);
    assert_non_null(strstr(error.text, "'s' is being worked on by job"));
    assert_non_null(strstr(error.hint, "job show"));
    error_done(&error);
    pg_close(pg);
    wait_asked(desk, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crew'", "0");
    assert_int_equal(job_begin(desk->pg, &request, 0, &other, &desk->error), 0);
    assert_asked(
        desk,
        "SELECT state, outcome FROM ops.jobs AS j LEFT JOIN ops.job_attempts AS a ON a.job_id = j.id ORDER BY j.id",
        "discarded|lost\nrunning|-");
    assert_int_equal(job_end(desk->pg, other, 0, NULL), 0);
}

SERVER_TEST(the_job_of_a_runner_that_is_gone_is_taken_up)
{
    struct desk *desk = who;
    struct crew  gone = {0}, crew = {0};

    jobs_begin_test(desk);
    put(desk, "sleep", NULL);
    crew_start(&gone, desk, 1, US_PER_SECOND / 2);
    wait_asked(desk, "SELECT state FROM ops.jobs", "running");
    script(desk, "UPDATE ops.jobs SET command = 'done'");
    jobs_runner_free(gone.runner);           /* nothing is written any more */
    str_done(&gone.said);
    crew_start(&crew, desk, 1, US_PER_SECOND);
    wait_asked(desk, "SELECT state, attempt FROM ops.jobs", "completed|2");
    assert_asked(desk, "SELECT attempt, outcome FROM ops.job_attempts ORDER BY 1", "1|lost\n2|completed");
    crew_stop(&crew);
}

SERVER_TEST(a_lease_that_is_over_is_taken_though_the_leader_hangs)
{
    struct desk *desk = who;
    struct crew  crew = {0};

    jobs_begin_test(desk);
    script(desk, "SELECT pg_advisory_lock(hashtextextended('ytempire leader', 0));"
                 "INSERT INTO ops.jobs (kind, command, state, worker, fence, attempt, lease_until) VALUES ('x', 'done', "
                 "'running', 'hangs', 9, 1, now() - interval '1 s')");
    crew_start(&crew, desk, 1, LONG_LEASE);
    wait_asked(desk, "SELECT state, attempt FROM ops.jobs", "completed|2");
    assert_false(crew_figures(&crew).leader);
    crew_stop(&crew);
    script(desk, "SELECT pg_advisory_unlock(hashtextextended('ytempire leader', 0))");
}

SERVER_TEST(an_attempt_whose_lease_was_taken_is_stopped_and_writes_no_end)
{
    struct desk *desk = who;
    struct crew  crew = {0};

    jobs_begin_test(desk);
    put(desk, "sleep", NULL);
    crew_start(&crew, desk, 1, US_PER_SECOND);
    wait_asked(desk, "SELECT state FROM ops.jobs", "running");
    script(desk, "UPDATE ops.jobs SET fence = nextval('ops.fence'), state = 'cancelled'");
    wait_said(&crew, "lost");
    assert_asked(desk, "SELECT state, (SELECT count(*) FROM ops.job_attempts) FROM ops.jobs", "cancelled|0");
    assert_int_equal(crew_figures(&crew).lost, 1);
    crew_stop(&crew);
}

SERVER_TEST(a_killed_connection_is_made_anew_and_what_runs_goes_on)
{
    struct desk *desk = who;
    struct crew  crew = {0};

    jobs_begin_test(desk);
    put(desk, "sleep", NULL);
    crew_start(&crew, desk, 2, LONG_LEASE);
    wait_asked(desk, "SELECT state FROM ops.jobs", "running");
    script(desk, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'crew'");
    wait_said(&crew, "disconnected");
    put(desk, "done", NULL);
    wait_asked(desk, "SELECT state FROM ops.jobs ORDER BY id", "running\ncompleted");
    assert_asked(desk, "SELECT attempt FROM ops.jobs ORDER BY id", "1\n1");
    crew_stop(&crew);
}

SERVER_TEST(what_was_claimed_when_the_line_was_cut_goes_back)
{
    struct desk *desk = who;
    struct crew  crew = {0};

    jobs_begin_test(desk);
    crew_start(&crew, desk, 2, LONG_LEASE);
    wait_said(&crew, "connected");
    /* as if the answer to a claim had been lost */
    script(desk, "INSERT INTO ops.jobs (kind, command, state, worker, attempt, lease_until) SELECT 'test', 'done', "
                 "'running', worker, 1,"
                 " now() + interval '1 h' FROM ops.workers;"
                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'crew'");
    wait_asked(desk, "SELECT state, attempt, uncounted FROM ops.jobs", "completed|2|1");
    crew_stop(&crew);
}

SERVER_TEST(without_a_line_for_as_long_as_the_lease_attempts_are_stopped)
{
    struct desk *desk = who;
    struct crew  crew = {0};

    jobs_begin_test(desk);
    put(desk, "sleep", NULL);
    crew_start(&crew, desk, 1, US_PER_SECOND);
    wait_asked(desk, "SELECT state FROM ops.jobs", "running");
    script(desk, "UPDATE ops.jobs SET command = 'done'");
    crew.unreachable = true;
    script(desk, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'crew'");
    wait_said(&crew, "lost");
    crew.unreachable = false;
    wait_asked(desk, "SELECT state FROM ops.jobs", "completed");
    crew_stop(&crew);
}

SERVER_TEST(a_drain_lets_end_what_can_and_gives_back_the_rest_uncounted)
{
    struct desk *desk = who;
    struct crew  crew = {0};

    jobs_begin_test(desk);
    put(desk, "sleep", NULL);
    crew_start(&crew, desk, 1, LONG_LEASE);
    wait_asked(desk, "SELECT state FROM ops.jobs", "running");
    put(desk, "done", NULL);
    jobs_runner_drain(crew.runner, 1000 * US_PER_SECOND);
    wait_asked(desk, "SELECT state FROM ops.workers", "draining");
    assert_false(jobs_runner_is_over(crew.runner));
    jobs_runner_drain(crew.runner, 0);
    wait_said(&crew, "returned");
    crew_stop(&crew);
    assert_asked(desk, "SELECT state, attempt, uncounted FROM ops.jobs ORDER BY id", "available|1|1\navailable|0|0");
    assert_asked(desk, "SELECT outcome FROM ops.job_attempts", "returned");
}

SERVER_TEST(what_a_claim_brings_after_a_drain_goes_back)
{
    struct desk *desk = who;
    struct crew  crew = {0};

    jobs_begin_test(desk);
    crew_start(&crew, desk, 1, LONG_LEASE);
    wait_said(&crew, "connected");
    script(desk, "SELECT pg_advisory_lock(hashtextextended('ytempire sources', 0))");     /* a claim waits for it */
    put(desk, "sleep", "src");
    wait_asked(desk, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crew' AND wait_event = 'advisory'", "1");
    jobs_runner_drain(crew.runner, 0);
    assert_int_equal(task_sleep(US_PER_SECOND / 10), 0);
    script(desk, "SELECT pg_advisory_unlock(hashtextextended('ytempire sources', 0))");
    crew_stop(&crew);
    assert_asked(desk, "SELECT state, attempt - uncounted FROM ops.jobs", "available|0");
}

SERVER_TEST(an_attempt_that_takes_too_long_is_stopped_and_tried_again)
{
    struct desk       *desk = who;
    struct crew        crew = {0};
    struct job_request request = {.kind = "test", .command = "sleep", .timeout_seconds = 1};
    int64_t            id;

    jobs_begin_test(desk);
    assert_int_equal(jobs_put(desk->pg, &request, &id, NULL, &desk->error), 0);
    crew_start(&crew, desk, 1, LONG_LEASE);
    wait_asked(desk, "SELECT state, error_class, error FROM ops.jobs", "retryable|retry|it took longer than 1 s");
    crew_stop(&crew);
}

SERVER_TEST(a_heartbeat_is_not_held_up_by_a_transaction_that_holds_the_fence)
{
    struct desk *desk = who;
    struct crew  crew = {.desk = desk};
    _cleanup_(pg_closep) struct pg *pg = NULL;
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct job   job = {0};

    jobs_begin_test(desk);
    script(desk, "INSERT INTO ops.jobs (kind, command, state, worker, fence, lease_until) VALUES ('x', 'y', 'running', "
                 "'w', 9, now() - interval '1 s')");
    assert_int_equal(crew_open(&crew, &pg, &desk->error), 0);
    assert_int_equal(pg_script(pg, "BEGIN", &desk->error), 0);
    {
        _cleanup_(mem_freep) char *id = ask(desk, "SELECT id FROM ops.jobs");

        job.id = atoll(id);
        job.fence = 9;
    }
    assert_int_equal(job_hold(pg, &job, &desk->error), 0);
    script(desk, "SET lock_timeout = '1s'");
    assert_asked(
        desk, "SELECT count(*) FROM ops.beat_jobs('w', 'working', interval '0', ARRAY(SELECT id FROM ops.jobs), '{9}')",
        "0");
    /* and nobody takes it away in the middle */
    assert_asked(desk, "SELECT ops.sweep_jobs(NULL)", "0");
    /* but not for ever: the server ends who falls asleep there */
    assert_int_equal(pg_query(pg, "SHOW idle_in_transaction_session_timeout", NULL, 0, &result, &desk->error), 0);
    assert_string_equal(pg_result_text(result, 0, 0), "30s");
    assert_int_equal(pg_script(pg, "ROLLBACK", &desk->error), 0);
    assert_asked(desk, "SELECT ops.sweep_jobs(NULL)", "1");
}

SERVER_TEST(what_belongs_to_a_job_goes_with_it)
{
    struct desk *desk = who;

    jobs_begin_test(desk);
    script(desk, "INSERT INTO ops.jobs (kind, command) VALUES ('x', 'y'), ('x', 'y');"
                 "INSERT INTO ops.job_attempts (job_id, attempt, fence) SELECT id, 1, 1 FROM ops.jobs;"
                 "INSERT INTO ops.job_log (job_id, attempt, message) SELECT id, 1, 'm' FROM ops.jobs;"
                 "BEGIN; DELETE FROM ops.jobs WHERE id = (SELECT min(id) FROM ops.jobs)");
    /* by its index, though the tables are small: the plan lasts as long as the session */
    assert_asked(desk, "SELECT sum(seq_scan) FROM pg_stat_xact_user_tables WHERE relname IN ('job_attempts', 'job_log')", "0");
    script(desk, "COMMIT");
    assert_asked(desk, "SELECT (SELECT count(*) FROM ops.job_attempts), (SELECT count(*) FROM ops.job_log)", "1|1");
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
        cmocka_unit_test(a_job_that_is_put_runs_once_and_is_recorded),
        cmocka_unit_test(ten_thousand_jobs_between_two_runners_run_once_each),
        cmocka_unit_test(many_ends_are_written_beside_the_next_claim),
        cmocka_unit_test(the_second_hand_is_waited_for_though_more_is_due),
        cmocka_unit_test(an_end_is_written_in_full_whatever_is_told_with_it),
        cmocka_unit_test(what_fails_is_tried_again_or_not_by_its_class),
        cmocka_unit_test(pauses_grow_to_an_hour),
        cmocka_unit_test(a_key_has_one_live_job),
        cmocka_unit_test(the_smaller_priority_goes_first_and_the_future_waits),
        cmocka_unit_test(a_source_runs_as_many_as_its_limit_and_none_when_paused),
        cmocka_unit_test(two_runners_keep_a_limit_between_them),
        cmocka_unit_test(a_zombie_with_an_old_fence_writes_nothing),
        cmocka_unit_test(a_foreground_job_fills_its_source_and_is_lost_with_its_session),
        cmocka_unit_test(the_job_of_a_runner_that_is_gone_is_taken_up),
        cmocka_unit_test(a_lease_that_is_over_is_taken_though_the_leader_hangs),
        cmocka_unit_test(an_attempt_whose_lease_was_taken_is_stopped_and_writes_no_end),
        cmocka_unit_test(a_killed_connection_is_made_anew_and_what_runs_goes_on),
        cmocka_unit_test(what_was_claimed_when_the_line_was_cut_goes_back),
        cmocka_unit_test(without_a_line_for_as_long_as_the_lease_attempts_are_stopped),
        cmocka_unit_test(a_drain_lets_end_what_can_and_gives_back_the_rest_uncounted),
        cmocka_unit_test(what_a_claim_brings_after_a_drain_goes_back),
        cmocka_unit_test(an_attempt_that_takes_too_long_is_stopped_and_tried_again),
        cmocka_unit_test(a_heartbeat_is_not_held_up_by_a_transaction_that_holds_the_fence),
        cmocka_unit_test(what_belongs_to_a_job_goes_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, drop);
}
