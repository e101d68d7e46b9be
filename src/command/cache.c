/* cache: what is kept of answers, and dropping it. */
#include <stdio.h>
#include <string.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/app/cache.h"
#include "ytempire/cache/looks.h"

static int run_stats(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = NULL;
    struct cache *cache;
    int           r = app_cache(app, &cache, error);

    (void)args;
    if (r >= 0)
        r = cache_stats(cache, &table, error);
    if (r < 0)
        return r;
    table_column_mutable(table, 4)->format = FORMAT_BYTES;
    table_column_mutable(table, 8)->format = FORMAT_BYTES;
    return table_send(table, sink, error);
}

const struct command command_cache_stats = {
    .name = "cache stats",
    .summary = "Count what the cache holds and how often it had the answer",
    .text =
        "total_keys are those that begin with 'analytics:'. hits and misses are questions that this program asked, on "
        "all machines; hit_rate is per cent of them. stale: old answers that were accepted; stored: answers that were "
        "kept; invalidated: those that a load has taken away. memory_used is all that Redis uses, and evicted_keys are "
        "those that it threw away as its memory was full.",
    .examples = EXAMPLES("cache stats"),
    .run = run_stats,
};

static int run_history(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = NULL;
    struct cache *cache;
    long long     hours, step;
    int           r = args_number(args, "HOURS", 1, 24, 1, &hours, error);

    if (r >= 0)
        r = args_number(args, "step", 1, 1440, 1, &step, error);
    if (r >= 0)
        r = app_cache(app, &cache, error);
    if (r >= 0)
        r = cache_history(cache, (int)hours * 60, (int)step, &table, error);
    return r < 0 ? r : table_send(table, sink, error);
}

const struct command command_cache_history = {
    .name = "cache history",
    .summary = "Show how often the cache had the answer, minute by minute",
    .text = "The last HOURS, 1 unless it is said and 24 at most, oldest first; each row is a minute, or --step of them, and "
            "the last one is still under way. hit_rate is per cent of what was asked, NULL where nothing was. Redis "
            "counts as it answers, whether or not a worker is there.",
    .args = ARGS(OPTIONAL("HOURS", COMPLETE_NONE)),
    .options = OPTIONS(VALUE("step", "MINUTES", "minutes in a row (1)")),
    .examples = EXAMPLES("cache history", "cache history 24 --step 15"),
    .run = run_history,
};

/* What was not looked at is told. */
static int send_part(const struct table *table, const char *remark, struct sink *sink, struct error *error)
{
    struct data_note note = {.remarks = &remark, .remark_count = remark != NULL};

    return table_send_noted(table, &note, sink, error);
}

static int run_classes(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = NULL;
    struct cache *cache;
    bool          more;
    int           r = app_cache(app, &cache, error);

    (void)args;
    if (r >= 0)
        r = cache_classes(cache, &table, &more, error);
    if (r < 0)
        return r;
    table_column_mutable(table, 3)->format = FORMAT_BYTES;
    table_column_mutable(table, 7)->format = FORMAT_DURATION;
    return send_part(table, more ? "there are more keys than were looked at: these are of a part of them" : NULL, sink,
                     error);
}

const struct command command_cache_classes = {
    .name = "cache classes",
    .summary = "Count the keys of the cache by class",
    .text = "Of each class how many keys and bytes, how many are stale, were made by a warm set, or keep an older value "
            "since their set fails, the age of the oldest, and for how long an answer is fresh. A row without a class "
            "is what other programs have put there.",
    .examples = EXAMPLES("cache classes"),
    .run = run_classes,
};

static int run_dependencies(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = NULL;
    const char   *relation = args_get(args, "TABLE"), *database;
    struct cache *cache;
    bool          more = false;
    int           r = app_cache_of_database(app, &cache, &database, error);

    if (r >= 0)
        r = relation == NULL ? cache_relations(cache, database, &table, error)
                             : cache_dependents(cache, database, relation, &table, &more, error);
    if (r < 0)
        return r;
    if (relation != NULL)
        table_column_mutable(table, 9)->format = FORMAT_BYTES;
    return send_part(table, more ? "there are more: these are the first" : NULL, sink, error);
}

const struct command command_cache_dependencies = {
    .name = "cache dependencies",
    .summary = "Show which answers depend on which tables",
    .text = "Without TABLE a row a table: how many answers and entries of warm sets were read from it, and how many of them "
            "change when rows are added, not only when rows are changed; '*' is the whole database, on which all depend. "
            "Of a TABLE, with or without its schema, what depends on it, and on what stretch of time of it (NULL: open): "
            "a load that touches that drops the answer, and makes the warm set's keys stale.",
    .args = ARGS(OPTIONAL("TABLE", COMPLETE_NONE)),
    .examples = EXAMPLES("cache dependencies", "cache dependencies fact_video_performance"),
    .connects = true,
    .run = run_dependencies,
};

/* A whole key, as it is listed, is one too. */
static const char *pattern_of(const struct args *args)
{
    const char *pattern = args_get(args, "PATTERN");

    return pattern != NULL && text_starts(pattern, "analytics:") ? pattern + strlen("analytics:") : pattern;
}

static int run_keys(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = NULL;
    struct cache *cache;
    int           r = app_cache(app, &cache, error);

    if (r >= 0)
        r = cache_keys(cache, pattern_of(args), &table, error);
    if (r < 0)
        return r;
    table_column_mutable(table, 4)->format = FORMAT_BYTES;
    return table_send(table, sink, error);
}

const struct command command_cache_keys = {
    .name = "cache keys",
    .summary = "List the keys of the cache",
    .text =
        "PATTERN is Redis's, for what stands behind 'analytics:', and a '*' follows it. class and age_seconds are "
        "known "
        "of answers that this program has put there; ttl_seconds is how long a key is still kept, which is longer than "
        "its answer is fresh. stale: it is older than its class's TTL, or a load has touched what it was read from "
        "(of a warmed key: touched_at) and it was not made anew since.",
    .args = ARGS(OPTIONAL("PATTERN", COMPLETE_CACHE_KEY)),
    .examples = EXAMPLES("cache keys", "cache keys executive:"),
    .run = run_keys,
};

static int run_get(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(cache_rows_unrefp) struct cache_rows *rows = NULL;
    struct cache *cache;
    int           r = app_cache(app, &cache, error);

    if (r >= 0)
        r = cache_get(cache, args_get(args, "KEY"), &rows, error);
    return r < 0 ? r : cache_rows_send(rows, NULL, args_get(args, "KEY"), 0, sink, error);
}

const struct command command_cache_get = {
    .name = "cache get",
    .summary = "Show the answer under a key",
    .text =
        "With or without 'analytics:' in front. What another program has put there is shown as rows where it is a list "
        "of flat objects, else as it is.",
    .args = ARGS(REQUIRED("KEY", COMPLETE_CACHE_KEY)),
    .examples = EXAMPLES("cache get executive:active_channels"),
    .run = run_get,
};

static int run_key(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("key:text");
    _cleanup_(mem_freep) char *params = NULL;
    const char *json = args_get(args, "JSON");
    char        key[CACHE_KEY_SIZE];
    int         r = cache_params(json != NULL ? json : "null", &params, error);

    (void)app;
    if (r < 0)
        return r;
    cache_key(args_get(args, "QUERY"), params, key);
    table_add(table, key);
    return table_send(table, sink, error);
}

const struct command command_cache_key = {
    .name = "cache key",
    .summary = "Make the key of a query and its parameters",
    .text = "QUERY is one word or quoted, JSON the parameters: 'analytics:' and the MD5 of QUERY, ':' and the JSON as "
            "Python's "
            "json.dumps(params, sort_keys=True) writes it; without JSON 'null'. 'explain' shows what is hashed for a "
            "question.",
    .args = ARGS(REQUIRED("QUERY", COMPLETE_NONE), OPTIONAL_REST("JSON", COMPLETE_NONE)),
    .examples = EXAMPLES("cache key 'SELECT 1'",
                         "cache key revenue {\"user\": \"é\", \"n\": 1, \"a\": [1, 2.5, null, true]}"),
    .run = run_key,
};

/* What is to go: keys that begin with a pattern, or all that depends on a table. */
struct dropping {
    struct app        *app;
    const struct args *args;
    const char        *pattern, *relation;     /* one of them */
};

/* Counts what would go, or drops it. */
static int drop(const struct dropping *dropping, bool dry_run, size_t *ret_keys, size_t *ret_bytes, struct error *error)
{
    struct cache *cache;
    int           r;

    if (dropping->relation != NULL)
        return app_cache_drop_dependents(dropping->app, dropping->relation, dry_run, ret_keys, ret_bytes, error);
    r = app_cache(dropping->app, &cache, error);
    return r < 0 ? r : cache_invalidate(cache, dropping->pattern, dry_run, ret_keys, ret_bytes, error);
}

static int check_invalidate(const struct dropping *dropping, struct error *error)
{
    if ((dropping->pattern == NULL) == (dropping->relation == NULL)) {
        (void)error_set(error, ERR_USAGE, dropping->pattern == NULL ? "'cache invalidate' needs PATTERN or --table"
                                                                    : "'cache invalidate' takes PATTERN or --table, not both");
        command_hint_usage(dropping->args->command, error);
        return ERR_USAGE;
    }
    return 0;
}

/* --ask: how many there are is said before they go. */
static int ask_first(const struct dropping *dropping, struct sink *sink, struct error *error)
{
    size_t keys, bytes;
    int    r = drop(dropping, true, &keys, &bytes, error);

    if (r < 0 || keys == 0)
        return r;
    return dropping->relation != NULL
               ? args_confirm(dropping->args, sink, error, "Drop %zu answers that depend on %s?", keys, dropping->relation)
               : args_confirm(dropping->args, sink, error, "Drop %zu answers whose names begin with '%s'?", keys,
                              dropping->pattern);
}

static int run_invalidate(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("pattern:text keys:int bytes:int dropped:bool");
    struct dropping dropping = {app, args, pattern_of(args), args_option(args, "table")};
    bool   dry_run = args_flag(args, "dry-run");
    char   keys_text[24], bytes_text[24];
    size_t keys = 0, bytes = 0;
    int    r = check_invalidate(&dropping, error);

    if (r >= 0 && args_flag(args, "ask") && !dry_run)
        r = ask_first(&dropping, sink, error);
    if (r >= 0)
        r = drop(&dropping, dry_run, &keys, &bytes, error);
    if (r < 0)
        return r;
    snprintf(keys_text, sizeof keys_text, "%zu", keys);
    snprintf(bytes_text, sizeof bytes_text, "%zu", bytes);
    table_column_mutable(table, 2)->format = FORMAT_BYTES;
    table_add(table, dropping.pattern != NULL ? dropping.pattern : dropping.relation, keys_text, bytes_text,
              dry_run ? "f" : "t");
    return table_send(table, sink, error);
}

const struct command command_cache_invalidate = {
    .name = "cache invalidate",
    .summary = "Drop answers whose key matches a pattern, or that depend on a table",
    .text = "PATTERN is Redis's, for what stands behind 'analytics:', and a '*' follows it: executive: drops all whose "
            "names "
            "begin so, '' all there are. --table does what a load that touches all of the table would: its answers go, "
            "those that are being computed are not kept, and keys of warm sets are stale until they are made anew.",
    .args = ARGS(OPTIONAL("PATTERN", COMPLETE_CACHE_KEY)),
    .options = OPTIONS(VALUE("table", "TABLE", "all that depends on this table, with or without its schema"),
                       FLAG("dry-run", "count them, drop none"), FLAG("ask", "say how many, and ask first"), FLAG_YES),
    .writes = WRITES_CACHE,
    .examples = EXAMPLES("cache invalidate executive:", "cache invalidate --dry-run user:",
                         "cache invalidate --dry-run --table fact_video_performance"),
    .run = run_invalidate,
};
