/* ingest, sources: files into the warehouse. */
#include <stdio.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/ingest.h"
#include "ytempire/jobs.h"

static int open_another(void *who, struct pg **ret_pg, struct error *error)
{
    return app_pg_open(who, ret_pg, error);
}

/* The command is checked by whoever runs it; here only what would never do. */
static int detach(struct app *app, const struct ingest_options *options, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *command = ingest_command(options);
    _cleanup_(table_freep) struct table *table = table_new("job:int source:text new:bool");
    struct job_request request = {
        .kind = "ingest", .source = options->source, .command = command, .unique_key = command};
    char               text[24];
    int64_t            id;
    struct pg         *pg;
    bool               is_new;
    int                r;

    for (size_t i = 0; i < options->file_count; i++) {
        if (text_equal(options->files[i], "-"))
            return error_set(error, ERR_USAGE, "a job of a worker cannot read this program's standard input");
        if (!file_exists(options->files[i]))
            return error_set(error, ERR_UNKNOWN, "'%s': No such file", options->files[i]);
    }
    r = app_pg(app, &pg, error);
    if (r >= 0)
        r = jobs_put(pg, &request, &id, &is_new, error);
    if (r < 0)
        return r;
    (void)snprintf(text, sizeof text, "%lld", (long long)id);
    table_add(table, text, options->source, is_new ? "t" : "f");
    return table_send(table, sink, error);
}

static void read_options(const struct args *args, struct arena *arena, struct ingest_options *ret_options)
{
    size_t              files = args_count(args, "FILE"), settings = args_pair_count(args);
    const char        **file = ARENA_ARRAY(arena, const char *, files + 1);
    struct ingest_pair *pair = ARENA_ARRAY(arena, struct ingest_pair, settings + 1);

    for (size_t i = 0; i < files; i++)
        file[i] = args_at(args, "FILE", i);
    for (size_t i = 0; i < settings; i++)
        pair[i] = (struct ingest_pair){args_pair_key_at(args, i), args_pair_value_at(args, i)};
    *ret_options = (struct ingest_options){
        .source = args_get(args, "SOURCE"),
        .files = file,
        .file_count = files,
        .settings = pair,
        .setting_count = settings,
    };
}

int ingest_check_args(const struct args *args, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct ingest_options options;

    read_options(args, arena, &options);
    return ingest_check(&options, error);
}

char *ingest_line_for_worker(const struct args *args)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct ingest_options options;

    read_options(args, arena, &options);
    return ingest_command(&options);
}

static int run_ingest(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const struct ingest_source *source;
    struct ingest_options       options;
    struct pg                  *pg;
    int                         r;

    read_options(args, arena, &options);
    options.open = open_another;
    options.who = app;
    options.job = app->job;
    r = ingest_source_find(options.source, &source, error);
    if (r >= 0 && args_flag(args, "detach"))
        return detach(app, &options, sink, error);
    if (r >= 0)
        r = app_pg(app, &pg, error);
    return r < 0 ? r : ingest_run(pg, &options, sink, NULL, error);
}

/* -- the settings of all sources ----------------------------------------------------------------------------------- */

static bool is_api(const struct ingest_source *source)
{
    return text_equal(source->kind, "api");
}

static bool has_setting(const struct ingest_source *source, const struct ingest_setting *wanted)
{
    for (const struct ingest_setting *setting = source->settings; setting->name != NULL; setting++)
        if (text_equal(setting->name, wanted->name) && text_equal(setting->text, wanted->text) &&
            text_equal(setting->initial, wanted->initial))
            return true;
    return false;
}

/* Of all sources that ask an API. */
static bool is_common(const struct ingest_setting *setting)
{
    for (const struct ingest_source *const *source = ingest_sources; *source != NULL; source++)
        if (is_api(*source) && !has_setting(*source, setting))
            return false;
    return true;
}

struct settings {
    struct arena         *arena;
    struct command_entry *items;
    size_t                count, room;
};

static void add_settings(struct settings *list, const struct ingest_source *source, const char *group, bool common)
{
    for (const struct ingest_setting *setting = source->settings; setting->name != NULL; setting++) {
        struct command_entry entry = {
            .group = group,
            .name = arena_printf(list->arena, "%s=%s", setting->name, setting->value),
            .text = *setting->initial != '\0'
                        ? arena_printf(list->arena, "%s (%s by default)", setting->text, setting->initial)
                        : setting->text,
        };

        if (!is_api(source) || is_common(setting) == common)
            ARENA_PUSH(list->arena, list->items, list->count, list->room, entry);
    }
}

static const struct command_entry *list_settings(struct arena *arena)
{
    struct settings             list = {.arena = arena};
    const struct ingest_source *api = NULL;

    for (const struct ingest_source *const *source = ingest_sources; *source != NULL; source++) {
        add_settings(&list, *source, arena_printf(arena, "Settings of '%s'", (*source)->name), false);
        api = is_api(*source) ? *source : api;
    }
    add_settings(&list, api, "Settings of all that ask an API", true);
    add_settings(&list, &ingest_mapped, "Settings of files with a mapping of one's own", false);
    ARENA_PUSH(arena, list.items, list.count, list.room, (struct command_entry){0});
    return list.items;
}

const struct command command_ingest = {
    .name = "ingest",
    .summary = "Load files, or what an API says, into the warehouse",
    .text = "Files are plain, gzip or zstd; '-' is standard input. Rows that cannot be read are kept as dead letters "
            "(exit 4). "
            "Loading a file twice, or files that overlap, in any order, ends in the same warehouse; after an "
            "interruption load again. "
            "'youtube-data' asks YouTube's Data API for the channels of "
            "users.channels with the key YOUTUBE_API_KEY (environment, or ~/.config/ytempire/secrets, mode 0600), "
            "'youtube-analytics' the Analytics API with YOUTUBE_REFRESH_TOKEN, YOUTUBE_CLIENT_ID and "
            "YOUTUBE_CLIENT_SECRET, the last look_back days or those from=DAY to=DAY. "
            "Settings may be kept in ~/.config/ytempire/queries/sources/NAME.json; the column 'settings' of `sources` "
            "has them as they stand.",
    .entries = list_settings,
    .options = OPTIONS(FLAG("detach", "put it on the list for a worker, print the job's id, and do not wait")),
    .args = ARGS(REQUIRED("SOURCE", COMPLETE_SOURCE), MANY("FILE", COMPLETE_FILE), PAIRS("k=v")),
    .examples = EXAMPLES("ingest trending USvideos.csv CAvideos.csv", "ingest trending - reject_limit=10",
                         "ingest youtube-data look_back=7"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_ingest,
};

static int run_infer(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    const char *target = NULL;

    (void)app;
    for (size_t i = 0; i < args_pair_count(args); i++) {
        if (!text_equal(args_pair_key_at(args, i), "target"))
            return error_set(error, ERR_USAGE, "unknown setting '%s': there is target=NAME", args_pair_key_at(args, i));
        target = args_pair_value_at(args, i);
    }
    return ingest_infer(args_get(args, "FILE"), target, sink, error);
}

const struct command command_ingest_infer = {
    .name = "ingest infer",
    .summary = "Propose a mapping for a file of one's own",
    .text = "Reads the first megabyte of a csv, tsv, ndjson or json (plain, gzip, zstd; '-' is standard input) and "
            "writes what ~/.config/ytempire/queries/sources/NAME.json is to say. The target is the one whose columns "
            "fit best by name and values, unless target=NAME says it. What could be read in two ways (03/04/2026), "
            "what fits no column and what was taken for granted is told beside it; a mapping that lacks a column the "
            "target needs ends with 4.",
    .args = ARGS(REQUIRED("FILE", COMPLETE_FILE), PAIRS("k=v")),
    .examples = EXAMPLES("ingest infer costs.csv", "ingest infer views.ndjson.gz target=video_performance"),
    .run = run_infer,
};

static int run_sources(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    return command_on_pg(app, sink, error, ingest_list_sources);
}

const struct command command_sources = {
    .name = "sources",
    .summary = "List what can be loaded, and when it last was",
    .text = "lag_seconds is the time since the last load that was completed.",
    .examples = EXAMPLES("sources"),
    .connects = true,
    .run = run_sources,
};
