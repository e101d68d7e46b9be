/* quota: what the APIs let each project spend a day. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/ingest.h"

#define UNITS_MOST 1000000000LL

static int run_quota(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    return command_on_pg(app, sink, error, ingest_list_quota);
}

const struct command command_quota = {
    .name = "quota",
    .summary = "Show what of each API's quota was spent today, and what is left",
    .text = "Buckets are those of the API, days those of Los Angeles: all are full again at resets_at. Of the reserve only "
            "runs of schedules take. state: open, reserved (only the reserve is left), empty, refused (the API itself said "
            "that nothing is left). Project '*' is what a project has that has no row of its own; which one a source spends "
            "from is its setting 'project'.",
    .examples = EXAMPLES("quota"),
    .connects = true,
    .run = run_quota,
};

static int set(struct app *app, const struct args *args, struct ingest_bucket bucket, struct sink *sink,
               struct error *error)
{
    const char *project = args_option(args, "project");
    struct pg  *pg;
    int         r = app_pg(app, &pg, error);

    bucket.name = args_get(args, "BUCKET");
    bucket.project = project != NULL ? project : "*";
    return r < 0 ? r : ingest_set_quota(pg, &bucket, sink, error);
}

static int run_limit(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    long long units;
    int       r = args_number(args, "UNITS", 0, UNITS_MOST, 0, &units, error);

    return r < 0 ? r : set(app, args, (struct ingest_bucket){.limit = units, .reserve = -1}, sink, error);
}

const struct command command_quota_limit = {
    .name = "quota limit",
    .summary = "Say how many units of a bucket there are a day",
    .text = "As the API's console says. It counts at once, for what was spent today too.",
    .args = ARGS(REQUIRED("BUCKET", COMPLETE_NONE), REQUIRED("UNITS", COMPLETE_NONE)),
    .options = OPTIONS(VALUE("project", "NAME", "of this project only")),
    .examples = EXAMPLES("quota limit youtube 50000", "quota limit youtube 10000 --project staging"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_limit,
};

static int run_reserve(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    long long units;
    int       r = args_number(args, "UNITS", 0, UNITS_MOST, 0, &units, error);

    return r < 0 ? r : set(app, args, (struct ingest_bucket){.limit = -1, .reserve = units}, sink, error);
}

const struct command command_quota_reserve = {
    .name = "quota reserve",
    .summary = "Say how many units of a bucket are kept for runs of schedules",
    .args = ARGS(REQUIRED("BUCKET", COMPLETE_NONE), REQUIRED("UNITS", COMPLETE_NONE)),
    .options = OPTIONS(VALUE("project", "NAME", "of this project only")),
    .examples = EXAMPLES("quota reserve youtube 2500", "quota reserve youtube 0"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_reserve,
};
