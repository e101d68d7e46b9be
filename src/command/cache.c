/* cache: what is kept of answers, and dropping it. */
#include <stdio.h>
#include <string.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/app/cache.h"

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

static int run_keys(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = NULL;
    struct cache *cache;
    int           r = app_cache(app, &cache, error);

    if (r >= 0)
        r = cache_keys(cache, args_get(args, "PATTERN"), &table, error);
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

static int run_invalidate(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("pattern:text keys:int bytes:int dropped:bool");
    bool          dry_run = args_flag(args, "dry-run");
    char          keys_text[24], bytes_text[24];
    struct cache *cache;
    size_t        keys = 0, bytes = 0;
    int           r = app_cache(app, &cache, error);

    if (r >= 0)
        r = cache_invalidate(cache, args_get(args, "PATTERN"), dry_run, &keys, &bytes, error);
    if (r < 0)
        return r;
    snprintf(keys_text, sizeof keys_text, "%zu", keys);
    snprintf(bytes_text, sizeof bytes_text, "%zu", bytes);
    table_column_mutable(table, 2)->format = FORMAT_BYTES;
    table_add(table, args_get(args, "PATTERN"), keys_text, bytes_text, dry_run ? "f" : "t");
    return table_send(table, sink, error);
}

const struct command command_cache_invalidate = {
    .name = "cache invalidate",
    .summary = "Drop answers whose key matches a pattern",
    .text = "PATTERN is Redis's, for what stands behind 'analytics:', and a '*' follows it: executive: drops all whose "
            "names "
            "begin so, '' all there are.",
    .args = ARGS(REQUIRED("PATTERN", COMPLETE_CACHE_KEY)),
    .options = OPTIONS(FLAG("dry-run", "count them, drop none")),
    .writes = WRITES_CACHE,
    .examples = EXAMPLES("cache invalidate executive:", "cache invalidate --dry-run user:"),
    .run = run_invalidate,
};
