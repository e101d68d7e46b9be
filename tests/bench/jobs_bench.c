/*
 * No-op jobs a second: jobs_bench DSN JOBS BATCH [RUNNERS]. Puts JOBS jobs that do nothing on the list of a migrated
 * database in which nothing else runs, lets RUNNERS runners (1) that take BATCH at once do them, and prints one line,
 * tab-separated: batch, runners, jobs, seconds, jobs a second. Attempts, leases and fences are in it. The jobs are taken
 * away before and after.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"
#include "ytempire/jobs.h"

#define RUNNERS_MOST 64

struct bench {
    struct loop        *loop;
    const char         *dsn;
    long                jobs, batch, runners, done;
    struct task        *waiter;
    struct jobs_runner *crew[RUNNERS_MOST];
    int                 code;
};

static int open_pg(void *who, struct pg **ret_pg, struct error *error)
{
    struct bench *bench = who;

    return pg_open(bench->loop, &(struct pg_options){.dsn = bench->dsn, .application_name = "jobs_bench"}, ret_pg, error);
}

static int run(void *who, struct job *job, struct error *error)
{
    (void)who;
    (void)job;
    (void)error;
    return 0;
}

/* An end is counted when it has been written. */
static void on_event(void *who, const struct jobs_event *event)
{
    struct bench *bench = who;

    if (event->happened == JOBS_COMPLETED && ++bench->done == bench->jobs)
        task_wake(bench->waiter);
}

static int clear(struct pg *pg, struct error *error)
{
    int r = pg_script(pg, "DELETE FROM ops.jobs WHERE kind = 'jobs_bench'", error);

    return r < 0 ? r : pg_script(pg, "VACUUM ops.jobs", error);
}

static int put(struct bench *bench, struct pg *pg, struct error *error)
{
    char sql[200];

    (void)snprintf(sql, sizeof sql, "INSERT INTO ops.jobs (kind, command) SELECT 'jobs_bench', '' FROM generate_series(1, %ld)", bench->jobs);
    return pg_script(pg, sql, error);
}

static void start_runners(struct bench *bench)
{
    struct jobs_runner_options options = {
        .loop = bench->loop, .slots = (unsigned)bench->batch, .open = open_pg, .run = run, .on_event = on_event, .who = bench,
    };

    for (long i = 0; i < bench->runners; i++)
        if (jobs_runner_start(&options, &bench->crew[i], NULL) < 0)
            abort();
}

static void stop_runners(struct bench *bench)
{
    for (long i = 0; i < bench->runners; i++) {
        jobs_runner_drain(bench->crew[i], US_PER_SECOND);
        while (!jobs_runner_is_over(bench->crew[i]) && task_sleep(1000) == 0)
            ;
        jobs_runner_free(bench->crew[i]);
    }
}

static int measure(struct bench *bench, struct pg *pg, struct error *error)
{
    int64_t began;
    double  seconds;
    int     r = clear(pg, error);

    if (r >= 0)
        r = put(bench, pg, error);
    if (r < 0)
        return r;
    began = monotonic_us();
    bench->waiter = task_current();
    start_runners(bench);
    while (bench->done < bench->jobs && r >= 0)
        r = task_park();
    seconds = (double)(monotonic_us() - began) / US_PER_SECOND;
    stop_runners(bench);
    (void)printf("%ld\t%ld\t%ld\t%.3f\t%.0f\n", bench->batch, bench->runners, bench->jobs, seconds, (double)bench->jobs / seconds);
    return r < 0 ? r : clear(pg, error);
}

static void bench_main(void *who)
{
    struct bench *bench = who;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    struct error error = ERROR_INIT;

    bench->code = open_pg(bench, &pg, &error);
    if (bench->code >= 0)
        bench->code = measure(bench, pg, &error);
    if (bench->code < 0)
        (void)fprintf(stderr, "error: %s\n", error.text);
    error_done(&error);
}

int main(int argc, char **argv)
{
    struct bench bench = {.runners = argc > 4 ? atol(argv[4]) : 1};

    if (argc < 4 || (bench.jobs = atol(argv[2])) < 1 || (bench.batch = atol(argv[3])) < 1 || bench.runners < 1 || bench.runners > RUNNERS_MOST) {
        (void)fprintf(stderr, "usage: jobs_bench DSN JOBS BATCH [RUNNERS]\n");
        return 2;
    }
    bench.dsn = argv[1];
    bench.loop = loop_new();
    loop_run_task(bench.loop, bench_main, &bench);
    loop_free(bench.loop);
    return bench.code < 0;
}
