/* The statistics minute by minute: script_ask and its kin count into a hash an hour (scripts.c). */
#include <string.h>

#include "cache_int.h"
#include "ytempire/cache/looks.h"

#define DAY_MINUTES 1440

enum { HITS, MISSES, STALE, STORED, INVALIDATED, COUNTS };
static const char *const names[COUNTS] = {"hits", "misses", "stale", "stored", "invalidated"};

struct history {
    long long  first, step;                /* minutes since 1970; of a row */
    size_t     count;
    long long (*rows)[COUNTS];
};

/* "59 hits" */
static void count_field(struct history *history, long long hour, const char *field, long long number)
{
    long long minute;
    size_t    length = strcspn(field, " ");

    if (field[length] != ' ' || text_to_int64(field, length, &minute) < 0)
        return;
    minute += hour * 60 - history->first;
    if (minute < 0 || minute >= (long long)history->count * history->step)
        return;
    for (size_t i = 0; i < COUNTS; i++)
        if (text_equal(names[i], field + length + 1))
            history->rows[minute / history->step][i] += number;
}

static void count_hour(struct history *history, long long hour, const struct redis_reply *fields)
{
    for (size_t i = 0; fields != NULL && fields->kind == REPLY_LIST && i + 1 < fields->count; i += 2)
        if (redis_reply_text(fields->items[i]) != NULL)
            count_field(history, hour, redis_reply_text(fields->items[i]), redis_reply_number(fields->items[i + 1], 0));
}

static int read_hours(struct cache *cache, struct history *history, long long now, struct error *error)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = redis_pipe_new();
    _cleanup_(redis_reply_freep) struct redis_reply *replies = NULL;
    long long first = history->first / 60, last = now / 60;
    int       r;

    for (long long hour = first; hour <= last; hour++) {
        _cleanup_(mem_freep) char *key = mem_printf("ytempire:stats:%lld", hour);

        redis_pipe_add(pipe, "HGETALL", key, NULL);
    }
    r = redis_client_ask(cache->client, pipe, PASS_US, &replies, error);
    for (long long hour = first; r >= 0 && hour <= last; hour++)
        count_hour(history, hour, replies->items[hour - first]);
    return r;
}

static int read_clock(struct cache *cache, long long *ret_minute, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    int r = redis_client_command(cache->client, PASS_US, &reply, error, "TIME", NULL);

    if (r >= 0 && redis_reply_number(redis_reply_item(reply, 0), 0) <= 0)
        r = refuse_reply(cache, reply, error);
    if (r >= 0)
        *ret_minute = redis_reply_number(redis_reply_item(reply, 0), 0) / 60;
    return r;
}

static void add_row(struct table *table, const struct history *history, size_t row)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const long long *counts = history->rows[row];
    const char      *texts[COUNTS];
    long long        minute = history->first + (long long)row * history->step;

    for (size_t i = 0; i < COUNTS; i++)
        texts[i] = arena_printf(arena, "%lld", counts[i]);
    table_add(table, moment_text(arena, minute * 60000), texts[HITS], texts[MISSES],
              rate_text(arena, counts[HITS], counts[MISSES]), texts[STALE], texts[STORED], texts[INVALIDATED]);
}

int cache_history(struct cache *cache, int minutes, int step, struct table **ret_table, struct error *error)
{
    struct history history = {.step = step};
    long long      now;
    int            r = read_clock(cache, &now, error);

    if (r < 0)
        return r;
    if (minutes > DAY_MINUTES)
        minutes = DAY_MINUTES;
    history.first = (now - minutes + 1) / step * step;
    history.count = (size_t)((now - history.first) / step + 1);
    history.rows = mem_alloc(history.count * sizeof *history.rows);
    r = read_hours(cache, &history, now, error);
    if (r >= 0) {
        *ret_table = table_new("at:timestamptz hits:int misses:int hit_rate:numeric stale:int stored:int invalidated:int");
        for (size_t i = 0; i < history.count; i++)
            add_row(*ret_table, &history, i);
    }
    mem_free(history.rows);
    return r;
}
