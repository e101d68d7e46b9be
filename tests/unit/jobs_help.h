/*
 * For tests of jobs: runners whose attempts do what the job's command says ("done", "fail", "sleep", …), and what is
 * asked of the database meanwhile. Include after warehouse.h.
 */
#ifndef YTEMPIRE_TESTS_JOBS_HELP_H
#define YTEMPIRE_TESTS_JOBS_HELP_H

#include "ytempire/base/time.h"
#include "ytempire/jobs.h"

#define PATIENCE_US (60 * US_PER_SECOND)

struct crew {
    struct desk        *desk;
    struct jobs_runner *runner;
    struct str          said;            /* "completed 3\n" */
    bool                unreachable;     /* no connection can be had */
};

static inline int crew_open(void *who, struct pg **ret_pg, struct error *error)
{
    struct crew              *crew = who;
    _cleanup_(mem_freep) char *dsn = mem_printf("%s dbname=%s", crew->desk->dsn, pg_database(crew->desk->pg));

    if (crew->unreachable)
        return error_set(error, ERR_CONNECT, "the test has cut the line");
    return pg_open(crew->desk->loop, &(struct pg_options){.dsn = dsn, .application_name = "crew"}, ret_pg, error);
}

/* What a command does: "done" nothing; "sleep": until it is stopped; "stubborn": until it is stopped five times;
 * "retry", "stop", "quota", "partial": fails so. */
static inline int crew_run(void *who, struct job *job, struct error *error)
{
    (void)who;
    if (strcmp(job->command, "sleep") == 0) {
        int r = task_sleep(1000 * US_PER_SECOND);

        return error_set(error, r, "%s", error_sentence(r));
    }
    if (strcmp(job->command, "retry") == 0)
        return error_set(error, ERR_CONNECT, "the line is cut");
    if (strcmp(job->command, "stop") == 0)
        return error_set(error, ERR_UNKNOWN, "no such file");
    if (strcmp(job->command, "quota") == 0)
        return error_set(error, ERR_QUOTA, "10,000 of 10,000 units are spent");
    if (strcmp(job->command, "partial") == 0) {
        job->counts = (struct job_counts){.rows = 5, .loaded = 3, .unchanged = 1, .rejected = 1, .bytes = 77};
        return error_set(error, ERR_PARTIAL, "1 of 5 rows were refused");
    }
    return 0;
}

static inline void crew_hear(void *who, const struct jobs_event *event)
{
    static const char *const names[] = {
        [JOBS_STARTED] = "started",     [JOBS_COMPLETED] = "completed",    [JOBS_RETRIED] = "retried",
        [JOBS_DISCARDED] = "discarded", [JOBS_CANCELLED] = "cancelled",    [JOBS_RETURNED] = "returned",
        [JOBS_LOST] = "lost",           [JOBS_SCHEDULED] = "scheduled",    [JOBS_LEADER] = "leader",
        [JOBS_CONNECTED] = "connected", [JOBS_DISCONNECTED] = "disconnected",
    };
    struct crew *crew = who;

    str_addf(&crew->said, "%s %lld\n", names[event->happened], event->job != NULL ? (long long)event->job->id : 0LL);
}

static inline void crew_start(struct crew *crew, struct desk *desk, unsigned slots, int64_t lease_us)
{
    struct jobs_runner_options options = {
        .loop = desk->loop, .version = "test", .slots = slots, .lease_us = lease_us, .poll_us = US_PER_SECOND,
        .open = crew_open, .run = crew_run, .on_event = crew_hear, .who = crew,
    };

    crew->desk = desk;
    assert_int_equal(jobs_runner_start(&options, &crew->runner, &desk->error), 0);
}

static inline struct jobs_figures crew_figures(const struct crew *crew)
{
    struct jobs_figures figures;

    jobs_runner_figures(crew->runner, &figures);
    return figures;
}

static inline void crew_stop(struct crew *crew)
{
    jobs_runner_drain(crew->runner, 0);
    for (int64_t end = monotonic_us() + PATIENCE_US; !jobs_runner_is_over(crew->runner) && monotonic_us() < end;)
        assert_int_equal(task_sleep(2000), 0);
    assert_true(jobs_runner_is_over(crew->runner));
    jobs_runner_free(crew->runner);
    crew->runner = NULL;
    str_done(&crew->said);
}

static inline char *ask(struct desk *desk, const char *sql)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct str out = STR_INIT;

    if (pg_query(desk->pg, sql, NULL, 0, &result, &desk->error) < 0)
        fail_msg("%s: %s", desk->error.text, sql);
    for (size_t row = 0; row < pg_result_rows(result); row++)
        for (size_t column = 0; column < pg_result_columns(result); column++) {
            const char *text = pg_result_text(result, row, column);

            str_addf(&out, "%s%s", column > 0 ? "|" : row > 0 ? "\n" : "", text != NULL ? text : "-");
        }
    return str_take(&out);
}

static inline void assert_asked(struct desk *desk, const char *sql, const char *wanted)
{
    _cleanup_(mem_freep) char *got = ask(desk, sql);

    if (strcmp(got, wanted) != 0)
        fail_msg("%s\n  gives  %s\n  wanted %s", sql, got, wanted);
}

/* Waits until a question has this answer. */
static inline void wait_asked(struct desk *desk, const char *sql, const char *wanted)
{
    for (int64_t end = monotonic_us() + PATIENCE_US; monotonic_us() < end;) {
        _cleanup_(mem_freep) char *got = ask(desk, sql);

        if (strcmp(got, wanted) == 0)
            return;
        assert_int_equal(task_sleep(5000), 0);
    }
    assert_asked(desk, sql, wanted);
}

static inline void wait_said(struct crew *crew, const char *line)
{
    for (int64_t end = monotonic_us() + PATIENCE_US; strstr(str_text(&crew->said), line) == NULL;) {
        if (monotonic_us() > end)
            fail_msg("it never said '%s', but\n%s", line, str_text(&crew->said));
        assert_int_equal(task_sleep(2000), 0);
    }
}

static inline int64_t put(struct desk *desk, const char *command, const char *source)
{
    struct job_request request = {.kind = "test", .command = command, .source = source};
    int64_t            id = 0;

    if (jobs_put(desk->pg, &request, &id, NULL, &desk->error) < 0)
        fail_msg("%s", desk->error.text);
    return id;
}

static inline int cancel(struct desk *desk, int64_t id, struct sink *sink, struct error *error)
{
    return jobs_cancel(desk->pg, &(struct jobs_choice){.ids = &id, .count = 1}, sink, error);
}

static inline int retry(struct desk *desk, int64_t id, struct sink *sink, struct error *error)
{
    return jobs_retry(desk->pg, &(struct jobs_choice){.ids = &id, .count = 1}, sink, error);
}

static inline void jobs_begin_test(struct desk *desk)
{
    warehouse_open(desk);
    script(desk, "DELETE FROM ops.schedules; DELETE FROM ops.jobs; DELETE FROM ops.queue_pauses;"
                 "DELETE FROM ops.queue_limits; DELETE FROM ops.workers");
}

#endif
