/* What is in the cache, for commands. Keys are walked over by SCAN, in pages; a key that was seen twice counts once. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cache_int.h"

#define PAGE "1000"
#define NAMES_PAGES 20         /* that are looked through for names */

void names_done(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        mem_free(names->names[i]);
    mem_free(names->names);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_names(struct names *names)
{
    size_t kept = 0;

    if (names->count > 1)
        qsort(names->names, names->count, sizeof *names->names, compare_names);
    for (size_t i = 0; i < names->count; i++) {
        if (kept > 0 && text_equal(names->names[kept - 1], names->names[i]))
            mem_free(names->names[i]);
        else
            names->names[kept++] = names->names[i];
    }
    names->count = kept;
}

/* A page of SCAN; `cursor` is moved on, and is "0" after the last. */
static int scan_page(struct cache *cache, const char *match, char **cursor, struct names *names, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    const struct redis_reply *found;
    const char               *next;
    int r = redis_client_command(cache->client, PASS_US, &reply, error, "SCAN", *cursor, "MATCH", match, "COUNT", PAGE,
                                 NULL);

    next = r >= 0 ? redis_reply_text(redis_reply_item(reply, 0)) : NULL;
    found = redis_reply_item(reply, 1);
    if (r >= 0 && (next == NULL || found == NULL))
        r = refuse_reply(cache, reply, error);
    if (r < 0)
        return r;
    for (size_t i = 0; i < found->count; i++) {
        const char *name = redis_reply_text(found->items[i]);

        if (name != NULL)
            VEC_PUSH(names->names, names->count, names->room, mem_strdup(name));
    }
    mem_free(*cursor);
    *cursor = mem_strdup(next);
    return 0;
}

int names_scan(struct cache *cache, const char *match, size_t most, struct names *names, struct error *error)
{
    _cleanup_(mem_freep) char *cursor = mem_strdup("0");
    int r;

    do
        r = scan_page(cache, match, &cursor, names, error);
    while (r >= 0 && !text_equal(cursor, "0") && names->count < most);
    if (r >= 0)
        sort_names(names);
    return r < 0 ? r : !text_equal(cursor, "0");
}

static int scan(struct cache *cache, const char *pattern, struct names *names, struct error *error)
{
    _cleanup_(mem_freep) char *match = mem_printf(CACHE_PREFIX "%s*", pattern != NULL ? pattern : "");

    return names_scan(cache, match, SIZE_MAX, names, error);
}

/* 32 digits of an MD5 say nothing to a person: such keys come last. */
static int compare_for_people(const void *a, const void *b)
{
    const char *left = key_name(*(char *const *)a), *right = key_name(*(char *const *)b);
    bool        named = strchr(left, ':') != NULL, other = strchr(right, ':') != NULL;

    return named != other ? (named ? -1 : 1) : strcmp(left, right);
}

int cache_names(struct cache *cache, size_t most, char ***ret_names, size_t *ret_count, struct error *error)
{
    _cleanup_(names_done) struct names names = {0};
    _cleanup_(mem_freep) char *cursor = mem_strdup("0");
    size_t pages = 0;
    int    r;

    do
        r = scan_page(cache, CACHE_PREFIX "*", &cursor, &names, error);
    while (r >= 0 && !text_equal(cursor, "0") && ++pages < NAMES_PAGES);
    if (r < 0)
        return r;
    sort_names(&names);
    if (names.count > 1)
        qsort(names.names, names.count, sizeof *names.names, compare_for_people);
    while (names.count > most)
        mem_free(names.names[--names.count]);
    for (size_t i = 0; i < names.count; i++)
        memmove(names.names[i], key_name(names.names[i]), strlen(key_name(names.names[i])) + 1);
    *ret_count = names.count;
    names.count = 0;
    *ret_names = TAKE(names.names);
    return 0;
}

void cache_names_free(char **names, size_t count)
{
    names_done(&(struct names){.names = names, .count = count});
}

/* -- keys ---------------------------------------------------------------------------------------------------------- */

const char *seconds_text(struct arena *arena, long long ms)
{
    return ms < 0 ? NULL : arena_printf(arena, "%lld.%03lld", ms / 1000, ms % 1000);
}

const char *moment_text(struct arena *arena, long long ms)
{
    struct civil at = local_to_civil(ms > 0 ? ms * 1000 : 0);

    return ms < 0 ? NULL
                  : arena_printf(arena, "%04d-%02d-%02d %02d:%02d:%02d+00", at.year, at.month, at.day, at.hour,
                                 at.minute, at.second);
}

int keys_describe(struct cache *cache, char *const *keys, size_t count, struct redis_reply **ret_reply,
                  struct error *error)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_describe);
    int r;

    for (size_t i = 0; i < count; i++)
        redis_pipe_word(pipe, keys[i]);
    r = script_run(cache, pipe, PASS_US, ret_reply, error);
    if (r >= 0 && ((*ret_reply)->kind != REPLY_LIST || (*ret_reply)->count != count)) {
        redis_reply_free(*ret_reply);
        return refuse_reply(cache, NULL, error);
    }
    return r;
}

const char *stale_text(const struct redis_reply *about)
{
    const struct cache_class *class = cache_class_find(redis_reply_text(redis_reply_item(about, 1)));
    long long age = redis_reply_number(redis_reply_item(about, 2), -1);
    long long fresh = redis_reply_number(redis_reply_item(about, 7), -1);

    if (age < 0 || (fresh < 0 && class == NULL))
        return NULL;
    if (fresh < 0)
        fresh = class->ttl_us / 1000;
    return age > fresh || redis_reply_number(redis_reply_item(about, 8), -1) >= 0 ? "t" : "f";
}

static void add_key(struct table *table, const char *key, const struct redis_reply *about)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    long long ttl = redis_reply_number(redis_reply_item(about, 0), -2);

    if (ttl == -2)
        return;                            /* it went meanwhile */
    table_add(table, key, redis_reply_text(redis_reply_item(about, 1)), seconds_text(arena, ttl),
              seconds_text(arena, redis_reply_number(redis_reply_item(about, 2), -1)),
              arena_printf(arena, "%lld", redis_reply_number(redis_reply_item(about, 3), 0)),
              redis_reply_text(redis_reply_item(about, 4)),
              moment_text(arena, redis_reply_number(redis_reply_item(about, 5), -1)),
              redis_reply_text(redis_reply_item(about, 6)), stale_text(about),
              moment_text(arena, redis_reply_number(redis_reply_item(about, 8), -1)));
}

int cache_keys(struct cache *cache, const char *pattern, struct table **ret_table, struct error *error)
{
    _cleanup_(names_done) struct names names = {0};
    _cleanup_(table_freep) struct table *table =
        table_new("key:text class:text ttl_seconds:numeric age_seconds:numeric bytes:int warm_set:text "
                  "failed_since:timestamptz error:text stale:bool touched_at:timestamptz");
    int r = scan(cache, pattern, &names, error);

    for (size_t at = 0, many; r >= 0 && at < names.count; at += many) {
        _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;

        many = names.count - at < 1000 ? names.count - at : 1000;
        r = keys_describe(cache, names.names + at, many, &reply, error);
        for (size_t i = 0; r >= 0 && i < many; i++)
            add_key(table, names.names[at + i], reply->items[i]);
        if (r >= 0)
            r = task_breathe();
    }
    if (r >= 0)
        *ret_table = TAKE(table);
    return r;
}

/* What is being computed was read before: first it is seen to that none of it comes after the keys have gone. */
int cache_invalidate(struct cache *cache, const char *pattern, bool dry_run, size_t *ret_keys, size_t *ret_bytes,
                     struct error *error)
{
    _cleanup_(names_done) struct names names = {0};
    size_t keys = 0, bytes = 0;
    int    r = dry_run ? 0 : cache_drop_flights(cache, error);

    if (r >= 0)
        r = scan(cache, pattern, &names, error);

    for (size_t at = 0, many; r >= 0 && at < names.count; at += many) {
        _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL, *done = NULL;
        _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = redis_pipe_new();

        many = names.count - at < 1000 ? names.count - at : 1000;
        r = keys_describe(cache, names.names + at, many, &reply, error);
        redis_pipe_add(pipe, "UNLINK", NULL);
        for (size_t i = 0; r >= 0 && i < many; i++) {
            _cleanup_(mem_freep) char *meta = mem_printf("ytempire:meta:%s", key_name(names.names[at + i]));

            redis_pipe_word(pipe, names.names[at + i]);
            redis_pipe_word(pipe, meta);
            keys += redis_reply_number(redis_reply_item(reply->items[i], 0), -2) != -2;
            bytes += (size_t)redis_reply_number(redis_reply_item(reply->items[i], 3), 0);
        }
        if (r >= 0 && !dry_run)
            r = redis_client_ask(cache->client, pipe, PASS_US, &done, error);
        if (r >= 0 && !dry_run && done->items[0]->kind == REPLY_ERROR)
            r = refuse_reply(cache, done->items[0], error);
    }
    if (r < 0)
        return r;
    *ret_keys = keys;
    *ret_bytes = bytes;
    return 0;
}

/* -- one ----------------------------------------------------------------------------------------------------------- */

/* What is no list of flat objects is shown as it is. */
static struct cache_rows *plain_rows(const char *text, size_t length)
{
    struct cache_rows *rows = rows_new();

    rows->columns = ARENA_NEW(rows->arena, struct data_column);
    *rows->columns = (struct data_column){.name = "value", .type = DATA_TEXT, .decimals = -1};
    rows->column_count = rows->count = 1;
    rows_add_cell(&rows->raw, (struct data_cell){text, length});
    return rows;
}

int cache_get(struct cache *cache, const char *key, struct cache_rows **ret_rows, struct error *error)
{
    _cleanup_(mem_freep) char *full = mem_printf(CACHE_PREFIX "%s", key_name(key));
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    struct cache_answer answer = {0};
    int r = cache_find_old(cache, full, &answer, error);

    if (r >= 0 && answer.rows == NULL)
        r = redis_client_command(cache->client, PASS_US, &reply, error, "GET", full, NULL);
    if (r < 0)
        return r;
    if (answer.rows != NULL) {
        *ret_rows = answer.rows;
        return 0;
    }
    if (reply->kind == REPLY_ERROR)
        return refuse_reply(cache, reply, error);
    if (redis_reply_text(reply) == NULL) {
        error_set(error, ERR_UNKNOWN, "the cache has no '%s'", full);
        error_hint(error, "'cache keys' lists what it has");
        return ERR_UNKNOWN;
    }
    if (foreign_rows(reply->text, reply->length, NULL, 0, ret_rows) < 0)
        *ret_rows = plain_rows(reply->text, reply->length);
    return 0;
}

/* -- statistics ---------------------------------------------------------------------------------------------------- */

static long long info_number(const char *info, const char *name)
{
    _cleanup_(mem_freep) char *begin = mem_printf("\n%s:", name);
    const char *found = info != NULL ? strstr(info, begin) : NULL;
    long long   number = 0;

    if (found != NULL)
        (void)!text_to_int64(found + strlen(begin), strspn(found + strlen(begin), "0123456789"), &number);
    return number;
}

static const char *stat_text(struct arena *arena, const struct redis_reply *stats, size_t at)
{
    return arena_printf(arena, "%lld", redis_reply_number(redis_reply_item(stats, at), 0));
}

const char *rate_text(struct arena *arena, long long hits, long long misses)
{
    return hits + misses > 0 ? arena_printf(arena, "%.2f", 100.0 * (double)hits / (double)(hits + misses)) : NULL;
}

int cache_stats(struct cache *cache, struct table **ret_table, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(names_done) struct names names = {0};
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = redis_pipe_new();
    _cleanup_(redis_reply_freep) struct redis_reply *replies = NULL;
    const struct redis_reply *stats;
    const char *info;
    int         r = scan(cache, NULL, &names, error);

    redis_pipe_add(pipe, "HMGET", "ytempire:stats", "hits", "misses", "stale", "stored", "invalidated", NULL);
    redis_pipe_add(pipe, "INFO", NULL);
    redis_pipe_add(pipe, "HLEN", "ytempire:warm:failed", NULL);
    if (r >= 0)
        r = redis_client_ask(cache->client, pipe, PASS_US, &replies, error);
    if (r < 0)
        return r;
    stats = replies->items[0];
    info = redis_reply_text(replies->items[1]);            /* NULL where the user may not ask */
    *ret_table = table_new("total_keys:int hits:int misses:int hit_rate:numeric memory_used:int stale:int stored:int "
                           "invalidated:int memory_limit:int evicted_keys:int warm_failing:int");
    table_add(*ret_table, arena_printf(arena, "%zu", names.count), stat_text(arena, stats, 0),
              stat_text(arena, stats, 1),
              rate_text(arena, redis_reply_number(redis_reply_item(stats, 0), 0),
                        redis_reply_number(redis_reply_item(stats, 1), 0)),
              info != NULL ? arena_printf(arena, "%lld", info_number(info, "used_memory")) : NULL,
              stat_text(arena, stats, 2), stat_text(arena, stats, 3), stat_text(arena, stats, 4),
              info != NULL ? arena_printf(arena, "%lld", info_number(info, "maxmemory")) : NULL,
              info != NULL ? arena_printf(arena, "%lld", info_number(info, "evicted_keys")) : NULL,
              arena_printf(arena, "%lld", redis_reply_number(replies->items[2], 0)));
    return 0;
}
