/* backfill: days of a source that lie back. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/base/mem.h"
#include "ytempire/ingest.h"

static int run_backfill(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    size_t                 count = args_pair_count(args);
    struct ingest_pair    *pairs = ARENA_ARRAY(arena, struct ingest_pair, count + 1);
    struct ingest_backfill backfill = {.source = args_get(args, "SOURCE"),
                                       .from = args_get(args, "FIRST"),
                                       .to = args_get(args, "LAST"),
                                       .oldest_first = args_flag(args, "oldest-first"),
                                       .again = args_flag(args, "again"),
                                       .forecast = args_flag(args, "forecast"),
                                       .settings = pairs,
                                       .setting_count = count};
    long long              days;
    struct pg             *pg;
    int                    r = args_number(args, "window", 1, 3660, 0, &days, error);

    for (size_t i = 0; i < count; i++)
        pairs[i] = (struct ingest_pair){args_pair_key_at(args, i), args_pair_value_at(args, i)};
    if (r >= 0)
        r = app_pg(app, &pg, error);
    backfill.window = (unsigned)(r >= 0 ? days : 0);
    return r < 0 ? r : ingest_backfill(pg, &backfill, sink, error);
}

const struct command command_backfill = {
    .name = "backfill",
    .summary = "Load days of a source that lie back, in windows that workers take",
    .text = "Says first how many calls it takes, of which quota, in how many days of it, and when it would end. Each "
            "window is a job, behind what schedules and people ask for; `queue limit SOURCE N` lets N of them run side "
            "by side, `queue pause SOURCE` holds them. The newest comes first. Asked again, it puts only what is "
            "neither done nor on the list, so that one which was cancelled goes on where it was. state: put, waiting "
            "(its job is there already), done, planned.",
    .options = OPTIONS(VALUE("window", "DAYS", "of one job; 30"), FLAG("oldest-first", "the oldest window comes first"),
                       FLAG("again", "windows that are done, too"),
                       FLAG("forecast", "say what it takes, and put nothing")),
    .args = ARGS(REQUIRED("SOURCE", COMPLETE_SOURCE), WORD("from"), REQUIRED("FIRST", COMPLETE_NONE), WORD("to"),
                 REQUIRED("LAST", COMPLETE_NONE), PAIRS("k=v")),
    .examples = EXAMPLES("backfill youtube-analytics from 2026-01-01 to 2026-06-30",
                         "backfill --forecast --window 7 stripe from 2026-01-01 to 2026-06-30"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_backfill,
};
