/* jobs, job: what was worked on, and what became of it. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/ingest.h"

static int run_jobs(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    int        r = app_pg(app, &pg, error);

    return r < 0 ? r : ingest_list_jobs(pg, args_get(args, "STATE"), sink, error);
}

const struct command command_jobs = {
    .name = "jobs",
    .summary = "List jobs, newest first",
    .text = "STATE is scheduled, available, running, retryable, completed, cancelled or discarded; without it all are "
            "listed. progress is in percent.",
    .args = ARGS(OPTIONAL("STATE", COMPLETE_NONE)),
    .examples = EXAMPLES("jobs", "jobs completed"),
    .connects = true,
    .run = run_jobs,
};

static int run_of_job(struct app *app, const struct args *args, struct sink *sink, struct error *error,
                      int (*show)(struct pg *pg, long long id, struct sink *sink, struct error *error))
{
    struct pg *pg;
    long long  id;
    int        r = args_number(args, "ID", 1, INT64_MAX, 0, &id, error);

    if (r >= 0)
        r = app_pg(app, &pg, error);
    return r < 0 ? r : show(pg, id, sink, error);
}

static int run_show(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return run_of_job(app, args, sink, error, ingest_show_job);
}

const struct command command_job_show = {
    .name = "job show",
    .summary = "Show all that is known of a job and its attempts",
    .args = ARGS(REQUIRED("ID", COMPLETE_JOB)),
    .examples = EXAMPLES("job show 1"),
    .connects = true,
    .run = run_show,
};

static int run_log(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return run_of_job(app, args, sink, error, ingest_show_log);
}

const struct command command_job_log = {
    .name = "job log",
    .summary = "Show what a job had to say",
    .args = ARGS(REQUIRED("ID", COMPLETE_JOB)),
    .examples = EXAMPLES("job log 1"),
    .connects = true,
    .run = run_log,
};
