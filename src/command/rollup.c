/* rollups: what the model declares to be kept, built, brought up to date, compared. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/app/rollup.h"

static int run_list(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    return app_rollups(app, sink, error);
}

const struct command command_rollups = {
    .name = "rollups",
    .summary = "List the model's rollups and how far each is built",
    .text =
        "One row a rollup: its cube and name; state (absent, building, ready; stale: the model has changed since; "
        "failed; "
        "refused: its members cannot be kept); rows, bytes, the moment before which its buckets are in it, and when it "
        "was refreshed; and what keeps it: a table or, with TimescaleDB where that says the same, a continuous "
        "aggregate. What lies past that moment, and buckets with late rows, are read from the facts.",
    .examples = EXAMPLES("rollups"),
    .connects = true,
    .run = run_list,
};

static int run_refresh(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return app_rollup_refresh(app, args_get(args, "NAME"), sink, error);
}

const struct command command_rollup_refresh = {
    .name = "rollup refresh",
    .summary = "Build a rollup, or bring it up to date",
    .text =
        "Of one that is built only the buckets that loads have touched are computed anew, those where the videos of "
        "late "
        "rows had their next snapshot, and what is new. One whose definition has changed is built beside the old "
        "table, "
        "which is dropped when the new one is whole. Without NAME all are refreshed, and those dropped that the model no "
        "longer has and nobody has refreshed for a week; the exit code is 4 when some were not.",
    .args = ARGS(OPTIONAL("NAME", COMPLETE_ROLLUP)),
    .examples = EXAMPLES("rollup refresh", "rollup refresh daily_rollup"),
    .writes = WRITES_DATABASE,
    .connects = true,
    .run = run_refresh,
};

static int run_check(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return app_rollup_check(app, args_get(args, "NAME"), sink, error);
}

const struct command command_rollup_check = {
    .name = "rollup check",
    .summary = "Compare a rollup with the facts",
    .text = "Asks all that it keeps by all its dimensions, once from the rollup and once from the facts, in one "
            "snapshot of "
            "the database, and lists the cells that differ; the exit code is then 1. Without NAME all are compared.",
    .args = ARGS(OPTIONAL("NAME", COMPLETE_ROLLUP)),
    .examples = EXAMPLES("rollup check daily_rollup"),
    .connects = true,
    .run = run_check,
};

static int run_advise(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return app_rollup_advise(app, args_get(args, "NAME"), sink, error);
}

const struct command command_rollup_advise = {
    .name = "rollup advise",
    .summary = "Propose rollups that would have answered what was asked",
    .text =
        "From the log of queries (ops.query_log), which keeps each question without the texts and numbers that it tests; "
        "dates and true or false stay. One row a "
        "proposal: its cube and a name; how many of the questions it answers and the seconds they took; what of these it "
        "would have saved, by the rows that are read; its rows and bytes, counted over the last 28 days of the facts and "
        "taken for all their time; and the declaration to put under preAggregations of the cube. What a declared rollup "
        "answers already is left out. NAME is a cube, or a declared rollup, which is then proposed with what it lacks.",
    .args = ARGS(OPTIONAL("NAME", COMPLETE_ROLLUP)),
    .examples = EXAMPLES("rollup advise", "rollup advise Costs"),
    .connects = true,
    .run = run_advise,
};
