/* jobs, job, queue, workers: what is worked on, what became of it, and a hand in it. */
#include <stdint.h>
#include <string.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/ingest.h"
#include "ytempire/jobs.h"

static int run_jobs(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    long long  limit = 0;
    int        r = args_number(args, "limit", 1, INT32_MAX, 0, &limit, error);

    if (r >= 0)
        r = app_pg(app, &pg, error);
    return r < 0 ? r : jobs_list(pg, args_get(args, "STATE"), limit, sink, error);
}

const struct command command_jobs = {
    .name = "jobs",
    .summary = "List jobs, newest first",
    .text = "STATE is scheduled, available, running, retryable, completed, cancelled or discarded; without it all are "
            "listed. progress is in percent; rows_per_second and seconds_left are those of jobs that run, as they went "
            "until now. TimescaleDB's own jobs, where it is there, are listed by their last run, "
            "with the "
            "negative of their number as ID.",
    .args = ARGS(OPTIONAL("STATE", COMPLETE_NONE)),
    .options = OPTIONS(VALUE("limit", "N", "only the newest N")),
    .examples = EXAMPLES("jobs", "jobs completed", "jobs --limit 20"),
    .connects = true,
    .run = run_jobs,
};

/* -- one job ------------------------------------------------------------------------------------------------------- */

typedef int on_job(struct pg *pg, int64_t id, struct sink *sink, struct error *error);

static int read_id(const struct args *args, size_t index, int64_t *ret_id, struct error *error)
{
    const char *text = args_at(args, "ID", index);

    if (job_id_of(text, ret_id) >= 0)
        return 0;
    error_set(error, ERR_USAGE, "'%s' is no job", text);
    args_point(args, "ID", index, error);
    error_hint(error, "ID is a number of 'jobs', or ts:NUMBER of 'schedules'");
    return ERR_USAGE;
}

static int find_job(struct app *app, const struct args *args, struct pg **ret_pg, int64_t *ret_id, struct error *error)
{
    int r = read_id(args, 0, ret_id, error);

    return r < 0 ? r : app_pg(app, ret_pg, error);
}

static int run_of_job(struct app *app, const struct args *args, struct sink *sink, struct error *error, on_job *act)
{
    struct pg *pg;
    int64_t    id;
    int        r = find_job(app, args, &pg, &id, error);

    return r < 0 ? r : act(pg, id, sink, error);
}

static int run_show(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return run_of_job(app, args, sink, error, jobs_show);
}

const struct command command_job_show = {
    .name = "job show",
    .summary = "Show all that is known of a job and its attempts",
    .text = "Of one of TimescaleDB's own, whose ID is ts:NUMBER as in 'schedules', its last ten failures.",
    .args = ARGS(REQUIRED("ID", COMPLETE_JOB)),
    .examples = EXAMPLES("job show 1", "job show ts:1"),
    .connects = true,
    .run = run_show,
};

static int run_log(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    int64_t    id;
    int        r = find_job(app, args, &pg, &id, error);

    return r < 0 ? r : jobs_show_log(pg, id, args_flag(args, "follow"), sink, error);
}

const struct command command_job_log = {
    .name = "job log",
    .summary = "Show what a job had to say",
    .args = ARGS(REQUIRED("ID", COMPLETE_JOB)),
    .options = OPTIONS(FLAG("follow", "go on until the job has ended")),
    .examples = EXAMPLES("job log 1", "job log 1 --follow"),
    .connects = true,
    .run = run_log,
};

static int run_why(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return run_of_job(app, args, sink, error, jobs_why);
}

const struct command command_job_why = {
    .name = "job why",
    .summary = "Say in one sentence why a job is where it is",
    .text =
        "Of one that waits: what it waits for, as a pause and who made it, a time, another job of its source, a quota, "
        "or that no worker is alive.",
    .args = ARGS(REQUIRED("ID", COMPLETE_JOB)),
    .examples = EXAMPLES("job why 1"),
    .connects = true,
    .run = run_why,
};

/* -- one, or many -------------------------------------------------------------------------------------------------- */

typedef int on_jobs(struct pg *pg, const struct jobs_choice *choice, struct sink *sink, struct error *error);

static int refuse_kind(const char *kind, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const char **names = NULL, *near;
    size_t       count = 0, room = 0;

    for (const struct command *const *command = commands; *command != NULL; command++)
        ARENA_PUSH(arena, names, count, room, (*command)->name);
    near = nearest_word(kind, strlen(kind), names, count);
    error_set(error, ERR_UNKNOWN, "unknown kind '%s'", kind);
    error_hint(error, near != NULL ? "did you mean '%s'?" : "%s",
               near != NULL ? near : "it is the name of a command, as in the column kind of 'jobs'");
    return ERR_UNKNOWN;
}

static int check_filter(const struct args *args, const struct jobs_choice *choice, struct error *error)
{
    const struct ingest_source *source;
    bool filter = choice->state != NULL || choice->source != NULL || choice->kind != NULL;

    if (filter == (choice->count > 0)) {
        error_set(error, ERR_USAGE, filter ? "'%s' takes IDs or a filter, not both" : "'%s' needs an ID or a filter",
                  args->command->name);
        command_hint_usage(args->command, error);
        return ERR_USAGE;
    }
    if (choice->kind != NULL && command_by_name(choice->kind) == NULL)
        return refuse_kind(choice->kind, error);
    return choice->source != NULL ? ingest_source_find(choice->source, &source, error) : 0;
}

static int run_of_jobs(struct app *app, const struct args *args, struct sink *sink, struct error *error, on_jobs *act)
{
    size_t count = args_count(args, "ID");
    _cleanup_(mem_freep) int64_t *ids = mem_alloc((count + 1) * sizeof *ids);
    struct jobs_choice choice = {
        .ids = ids,
        .count = count,
        .state = args_option(args, "state"),
        .source = args_option(args, "source"),
        .kind = args_option(args, "kind"),
    };
    struct pg *pg;
    int        r = check_filter(args, &choice, error);

    for (size_t i = 0; r >= 0 && i < count; i++)
        r = read_id(args, i, &ids[i], error);
    if (r >= 0)
        r = app_pg(app, &pg, error);
    return r < 0 ? r : act(pg, &choice, sink, error);
}

#define FILTER                                                                                                         \
    OPTIONS(VALUE("state", "STATE", "all of this state"), VALUE("source", "SOURCE", "all of this source"),             \
            VALUE("kind", "COMMAND", "all of this kind: the name of their command"))

static int run_cancel(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return run_of_jobs(app, args, sink, error, jobs_cancel);
}

const struct command command_job_cancel = {
    .name = "job cancel",
    .summary = "Cancel jobs, and wait until they have stopped",
    .text =
        "Those named, or all that have not ended and fit every filter that is given. Yields the receipts: when it was "
        "asked, after how many milliseconds it was heard and had stopped, and how. One that does not stop within a "
        "second has its statement cancelled, then its session ended, then its lease taken away: from then on nothing "
        "it writes counts. Batches that it had committed stay. Of jobs that are named and have ended already it is "
        "told, and the others are cancelled.",
    .args = ARGS(MANY("ID", COMPLETE_JOB)),
    .options = FILTER,
    .examples = EXAMPLES("job cancel 1", "job cancel 1 2 3", "job cancel --state available --source trending"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_cancel,
};

static int run_retry(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return run_of_jobs(app, args, sink, error, jobs_retry);
}

const struct command command_job_retry = {
    .name = "job retry",
    .summary = "Put jobs that have ended on the list again",
    .text = "With all their attempts anew; one that waits for its next attempt is due at once. A worker takes them. "
            "Without ID all that fit every filter that is given, and that failed or were cancelled unless --state says "
            "another state; of jobs that would be the same load the last one.",
    .args = ARGS(MANY("ID", COMPLETE_JOB)),
    .options = FILTER,
    .examples = EXAMPLES("job retry 1", "job retry --state discarded --kind 'rollup refresh'"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_retry,
};

/* -- the queue ----------------------------------------------------------------------------------------------------- */

static int run_queue(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    return command_on_pg(app, sink, error, jobs_show_queue);
}

const struct command command_queue = {
    .name = "queue",
    .summary = "Show how many jobs wait and run, what is paused and how many may run",
    .text = "`*` is the whole queue, its limit the slots of all workers; then each source.",
    .examples = EXAMPLES("queue"),
    .connects = true,
    .run = run_queue,
};

/* A source that is mistyped would be paused, and the one that was meant go on. NULL is the whole queue. */
static int find_source(const struct args *args, struct error *error)
{
    const struct ingest_source *source;
    const char                 *name = args_get(args, "SOURCE");

    return name == NULL ? 0 : ingest_source_find(name, &source, error);
}

static int run_pause(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    int        r = find_source(args, error);

    if (r >= 0)
        r = app_pg(app, &pg, error);
    return r < 0 ? r : jobs_pause(pg, args_get(args, "SOURCE"), args_option(args, "why"), sink, error);
}

const struct command command_queue_pause = {
    .name = "queue pause",
    .summary = "Start no more jobs, of a source or at all",
    .text = "What runs goes on.",
    .args = ARGS(OPTIONAL("SOURCE", COMPLETE_SOURCE)),
    .options = OPTIONS(VALUE("why", "TEXT", "what 'job why' tells the others")),
    .examples = EXAMPLES("queue pause", "queue pause trending --why 'new files come at noon'"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_pause,
};

/* One that is paused may be resumed, also a source that there is no more. */
static int find_paused(const struct args *args, struct pg *pg, struct error *error)
{
    struct error unknown = ERROR_INIT;
    bool         paused = false;
    int          r = find_source(args, &unknown), looked = 0;

    if (r < 0)
        looked = jobs_is_paused(pg, args_get(args, "SOURCE"), &paused, error);
    if (r < 0 && looked >= 0 && !paused)
        error_move(error, &unknown);
    error_done(&unknown);
    return looked < 0 ? looked : r < 0 && !paused ? r : 0;
}

static int run_resume(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    int        r = app_pg(app, &pg, error);

    if (r >= 0)
        r = find_paused(args, pg, error);
    return r < 0 ? r : jobs_resume(pg, args_get(args, "SOURCE"), sink, error);
}

const struct command command_queue_resume = {
    .name = "queue resume",
    .summary = "Start jobs again",
    .text = "Without SOURCE the pause of the whole queue ends; those of sources stay.",
    .args = ARGS(OPTIONAL("SOURCE", COMPLETE_SOURCE)),
    .examples = EXAMPLES("queue resume", "queue resume trending"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_resume,
};

static int run_limit(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    long long  most;
    int        r = args_number(args, "N", 0, 10000, 1, &most, error);

    if (r >= 0)
        r = find_source(args, error);
    if (r >= 0)
        r = app_pg(app, &pg, error);
    return r < 0 ? r : jobs_limit(pg, args_get(args, "SOURCE"), most, sink, error);
}

const struct command command_queue_limit = {
    .name = "queue limit",
    .summary = "Say how many jobs of a source may run at once",
    .text = "One, unless it is said.",
    .args = ARGS(REQUIRED("SOURCE", COMPLETE_SOURCE), REQUIRED("N", COMPLETE_NONE)),
    .examples = EXAMPLES("queue limit trending 1"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_limit,
};

static int run_keep(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    int        r = app_pg(app, &pg, error);

    return r < 0 ? r : jobs_keep(pg, args_get(args, "DAYS"), sink, error);
}

const struct command command_queue_keep = {
    .name = "queue keep",
    .summary = "Say for how long jobs that ended are kept, with their logs",
    .text = "DAYS, or 'off' for ever; attempts go with their jobs. 30 unless it is said; `queue` shows it. A worker "
            "takes them away.",
    .args = ARGS(REQUIRED("DAYS", COMPLETE_NONE)),
    .examples = EXAMPLES("queue keep 30", "queue keep off"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_keep,
};

static int run_workers(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    return command_on_pg(app, sink, error, jobs_list_workers);
}

const struct command command_workers = {
    .name = "workers",
    .summary = "List the workers, and those that were there during the last day",
    .text = "state is working, draining, gone, or lost: its session has ended without a word, or it was not heard of for "
            "half a minute. The leader keeps the schedules.",
    .examples = EXAMPLES("workers"),
    .connects = true,
    .run = run_workers,
};
