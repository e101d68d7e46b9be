/* schedules, schedule: commands that come of themselves. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/base/mem.h"
#include "ytempire/jobs.h"

static int run_schedules(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    return command_on_pg(app, sink, error, schedules_list);
}

const struct command command_schedules = {
    .name = "schedules",
    .summary = "List the schedules, when each ran last and runs next",
    .text =
        "A worker must be alive for them to be kept. Those of upkeep are there from the start: pause, change or remove "
        "them as any other. By source:NAME those that stand in the file of a source, which is where they are changed; they "
        "can be paused. By ts:NUMBER TimescaleDB's own, which its workers keep: they can be run, paused and "
        "resumed.",
    .examples = EXAMPLES("schedules"),
    .connects = true,
    .run = run_schedules,
};

/* The command is read as it will be when its time comes: what cannot be understood, or names what is not there, is
 * refused now. The source of a load
 * is its first word; a worker stands in another folder, so its files are named by their whole paths. */
static int read_command(struct app *app, const char *line, struct args **ret_args, char **ret_line, struct schedule_request *request,
                        struct error *error)
{
    const struct command *command;
    const char           *rest;
    int                   r = command_find(line, &command, &rest, error);

    if (r >= 0 && (command->on_screen || command->leaves))
        r = error_set(error, ERR_USAGE, "'%s' is no command for a worker", command->name);
    if (r >= 0)
        r = args_parse(command, line, rest, ret_args, error);
    if (r >= 0)
        r = command_check_names(app, *ret_args, error);
    if (r < 0)
        return r;
    request->kind = command->name;
    request->source = command == &command_ingest ? args_get(*ret_args, "SOURCE") : NULL;
    if (command == &command_ingest)
        *ret_line = ingest_line_for_worker(*ret_args);
    request->command = *ret_line != NULL ? *ret_line : line;
    return 0;
}

static int run_add(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(args_freep) struct args *inner = NULL;
    _cleanup_(mem_freep) char *line = NULL;
    struct schedule_request request = {
        .name = args_get(args, "NAME"),
        .cron = args_get(args, "CRON"),
        .zone = args_option(args, "tz"),
        .missed = args_option(args, "missed"),
    };
    struct pg *pg;
    int        r = request.name[0] != '\0' ? 0 : error_set(error, ERR_USAGE, "a schedule needs a name");

    if (r >= 0)
        r = read_command(app, args_get(args, "COMMAND"), &inner, &line, &request, error);
    if (r >= 0)
        r = app_pg(app, &pg, error);
    return r < 0 ? r : schedule_add(pg, &request, sink, error);
}

const struct command command_schedule_add = {
    .name = "schedule add",
    .summary = "Have a command run by a worker at times that a cron expression says",
    .text =
        "CRON has five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday), each `*`, "
        "values, "
        "ranges, lists and steps, months and days also by name; or @hourly, @daily, @weekly, @monthly, @yearly. Where "
        "both days are restricted, either will do. When clocks change, a time of day that is skipped runs once after "
        "the gap, and one that comes twice runs once; what runs every hour or oftener goes by the time that passes. "
        "Runs that were missed while no worker was alive: 'once' makes them up by one run, 'all' by each (the last ten "
        "at most), 'skip' not at all. What COMMAND names (a source, a warm set, a rollup, measures) must be there now; "
        "its files need not.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_NONE), REQUIRED("CRON", COMPLETE_NONE), COMMAND_REST("COMMAND")),
    .options = OPTIONS(VALUE("tz", "ZONE", "the zone of its times (UTC)"),
                       VALUE("missed", "skip|once|all", "what becomes of runs that were missed (once)")),
    .examples = EXAMPLES("schedule add --tz America/Los_Angeles nightly '30 2 * * *' storage maintain"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_add,
};

/* -- one schedule -------------------------------------------------------------------------------------------------- */

typedef int on_schedule(struct pg *pg, const char *name, struct sink *sink, struct error *error);

static int run_of(struct app *app, const struct args *args, struct sink *sink, struct error *error, on_schedule *act)
{
    struct pg *pg;
    int        r = app_pg(app, &pg, error);

    return r < 0 ? r : act(pg, args_get(args, "NAME"), sink, error);
}

static int pause(struct pg *pg, const char *name, struct sink *sink, struct error *error)
{
    return schedule_set_enabled(pg, name, false, sink, error);
}

static int run_pause(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return run_of(app, args, sink, error, pause);
}

const struct command command_schedule_pause = {
    .name = "schedule pause",
    .summary = "Stop a schedule until it is resumed",
    .text = "As when its command is run from outside, by cron or n8n.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_NONE)),
    .examples = EXAMPLES("schedule pause nightly"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_pause,
};

static int resume(struct pg *pg, const char *name, struct sink *sink, struct error *error)
{
    return schedule_set_enabled(pg, name, true, sink, error);
}

static int run_resume(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return run_of(app, args, sink, error, resume);
}

const struct command command_schedule_resume = {
    .name = "schedule resume",
    .summary = "Keep a schedule again",
    .text = "Runs that passed while it was paused are not made up.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_NONE)),
    .examples = EXAMPLES("schedule resume nightly"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_resume,
};

static int run_remove(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return run_of(app, args, sink, error, schedule_remove);
}

const struct command command_schedule_remove = {
    .name = "schedule remove",
    .summary = "Take a schedule away",
    .text = "Its job goes with it when it waits: it is cancelled, and cancelled_job says which. One that runs goes on, "
            "as running_job: 'job cancel' stops it. Jobs that have ended stay on the list.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_NONE)),
    .examples = EXAMPLES("schedule remove nightly"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_remove,
};

static int run_now(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return run_of(app, args, sink, error, schedule_run);
}

const struct command command_schedule_run = {
    .name = "schedule run",
    .summary = "Put the job of a schedule on the list now, beside its times",
    .args = ARGS(REQUIRED("NAME", COMPLETE_NONE)),
    .examples = EXAMPLES("schedule run nightly"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_now,
};

static int run_next(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    long long  count;
    int        r = args_number(args, "N", 1, 1000, 5, &count, error);

    if (r >= 0)
        r = app_pg(app, &pg, error);
    return r < 0 ? r : schedule_next(pg, args_get(args, "NAME"), (size_t)count, sink, error);
}

const struct command command_schedule_next = {
    .name = "schedule next",
    .summary = "Show when a schedule will run next, also by its own clock",
    .text = "N times, five unless it is said; changes of the clocks are in them.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_NONE), OPTIONAL("N", COMPLETE_NONE)),
    .examples = EXAMPLES("schedule next nightly", "schedule next nightly 20"),
    .connects = true,
    .run = run_next,
};
