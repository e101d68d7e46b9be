/* source: what a source and its API said to each other. */
#include <stdint.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/ingest.h"

static int run_tape(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    long long  id;
    int        r = args_number(args, "ID", 1, INT64_MAX, 0, &id, error);

    if (r >= 0)
        r = app_pg(app, &pg, error);
    return r < 0 ? r : ingest_show_tape(pg, args_get(args, "NAME"), id, sink, error);
}

const struct command command_source_tape = {
    .name = "source tape",
    .summary = "Show the last exchanges of a source with its API, without secrets",
    .text =
        "Newest first; with ID one exchange whole. status 0: there was no answer. The last 500 of a source are kept, "
        "for 30 days and up to 32 MB, with those of runs that failed. Of a body the first MB is kept; one with whole f "
        "is cut, or was no UTF-8.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_SOURCE), OPTIONAL("ID", COMPLETE_NONE)),
    .examples = EXAMPLES("source tape youtube-data"),
    .connects = true,
    .run = run_tape,
};

static int open_another(void *who, struct pg **ret_pg, struct error *error)
{
    return app_pg_open(who, ret_pg, error);
}

static int run_replay(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    size_t                count = args_pair_count(args);
    struct ingest_pair   *pairs = ARENA_ARRAY(arena, struct ingest_pair, count + 1);
    struct ingest_options options = {.source = args_get(args, "NAME"), .settings = pairs, .setting_count = count,
                                     .open = open_another, .who = app, .replay = true, .job = app->job};
    struct pg            *pg;
    long long             job;
    int                   r = args_number(args, "JOB", 1, INT64_MAX, 0, &job, error);

    for (size_t i = 0; i < count; i++)
        pairs[i] = (struct ingest_pair){args_pair_key_at(args, i), args_pair_value_at(args, i)};
    options.replay_job = job;
    if (r >= 0)
        r = app_pg(app, &pg, error);
    return r < 0 ? r : ingest_run(pg, &options, sink, NULL, error);
}

const struct command command_source_replay = {
    .name = "source replay",
    .summary = "Load from a source's tape what its API has said, asking nothing",
    .text = "Plays the newest run on the tape, or that of JOB, with the settings it had then: it is told the time that run "
            "was told, needs no key and spends no quota. Where the warehouse was as it was then, it ends as it did then, "
            "or as it should have: after a mending, or to look for a fault. What newer runs have corrected, an older one "
            "takes back until the next load.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_SOURCE), OPTIONAL("JOB", COMPLETE_JOB), PAIRS("k=v")),
    .examples = EXAMPLES("source replay youtube-data", "source replay stripe 12"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_replay,
};
