/* cache warm: answers put into Redis before they are asked for. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/app/warm.h"

static int run_warm(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return app_warm(app, args_get(args, "SET"), args_flag(args, "touched"), sink, error);
}

const struct command command_cache_warm = {
    .name = "cache warm",
    .summary = "Put the answers of a warm set into Redis before they are asked for",
    .text =
        "A warm set is a file in queries/warm, one's own first: keys, each answered by a query or a statement, which "
        "may make a key for each value of a column. Without SET all are made. Yields a row a set: keys, those whose "
        "value is another than before, those that went because nothing makes them any more, bytes, milliseconds, "
        "state (warmed, part, failed, untouched), how many entries failed, and why the first did. An entry that fails "
        "keeps "
        "its last values, which live for the class's TTL and one interval more; 'cache keys' tells since when. The "
        "exit code is then 4, and 1 when all failed. A load that touches what a set was read from makes its keys "
        "stale, "
        "and, where a schedule makes the set, puts a job that makes it anew in a thirtieth of the class's TTL. Each "
        "set is told on the channel ytempire:warmed.",
    .args = ARGS(OPTIONAL("SET", COMPLETE_WARM)),
    .options = OPTIONS(FLAG("touched", "only sets that a load has made stale")),
    .examples = EXAMPLES("cache warm", "cache warm executive_dashboard"),
    .writes = WRITES_CACHE,
    .connects = true,
    .run = run_warm,
};

static int run_schedule(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    return app_warm_schedule(app, sink, error);
}

const struct command command_cache_schedule = {
    .name = "cache schedule",
    .summary = "Show when warm sets were made, and are made next",
    .text = "A row a warm set; schedule, cron and next_run are of the schedule that makes it (NULL: none does). last_run, "
            "last_state and duration_ms are of the last job of it; warmed_at is when the set was made last, by whom "
            "ever. entries are those it has made, failing those that keep an older value, touched those that a load "
            "has made stale since.",
    .examples = EXAMPLES("cache schedule"),
    .connects = true,
    .run = run_schedule,
};
