/* ingest, sources: files into the warehouse. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/ingest.h"

static int open_another(void *who, struct pg **ret_pg, struct error *error)
{
    return app_pg_open(who, ret_pg, error);
}

static int run_ingest(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    size_t              files = args_count(args, "FILE"), settings = args_pair_count(args);
    const char        **file = ARENA_ARRAY(arena, const char *, files + 1);
    struct ingest_pair *pair = ARENA_ARRAY(arena, struct ingest_pair, settings + 1);
    struct ingest_options options = {
        .source = args_get(args, "SOURCE"),
        .files = file,
        .file_count = files,
        .settings = pair,
        .setting_count = settings,
        .open = open_another,
        .who = app,
    };
    const struct ingest_source *source;
    struct pg                  *pg;
    int                         r = ingest_source_find(options.source, &source, error);

    for (size_t i = 0; i < files; i++)
        file[i] = args_at(args, "FILE", i);
    for (size_t i = 0; i < settings; i++)
        pair[i] = (struct ingest_pair){args_pair_key_at(args, i), args_pair_value_at(args, i)};
    if (r >= 0)
        r = app_pg(app, &pg, error);
    return r < 0 ? r : ingest_run(pg, &options, sink, NULL, error);
}

const struct command command_ingest = {
    .name = "ingest",
    .summary = "Load files into the warehouse",
    .text = "Files are plain, gzip or zstd; '-' is standard input. Rows that cannot be read are kept as dead letters "
            "(exit 4). "
            "Loading a file twice, or files that overlap, in any order, ends in the same warehouse; after an "
            "interruption load again. "
            "Settings of 'trending': batch=ROWS in one transaction (50000), reject_limit=PERCENT of a file's rows that "
            "may be refused before it is given up (50).",
    .args = ARGS(REQUIRED("SOURCE", COMPLETE_SOURCE), MANY("FILE", COMPLETE_FILE), PAIRS("k=v")),
    .examples = EXAMPLES("ingest trending USvideos.csv CAvideos.csv", "ingest trending - reject_limit=10"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_ingest,
};

static int run_sources(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct pg *pg;
    int        r = app_pg(app, &pg, error);

    (void)args;
    return r < 0 ? r : ingest_list_sources(pg, sink, error);
}

const struct command command_sources = {
    .name = "sources",
    .summary = "List what can be loaded, and when it last was",
    .text = "lag_seconds is the time since the last load that was completed.",
    .examples = EXAMPLES("sources"),
    .connects = true,
    .run = run_sources,
};
