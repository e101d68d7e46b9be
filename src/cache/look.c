/* Many keys in one round trip, for boards: one script reads them all. */
#include <string.h>

#include "cache_int.h"

enum { STATE, AGE, ID, HEAD, VALUE, CLASS, SINCE, WHY, TOUCHED, PARTS };

static const char *part(const struct redis_reply *found, size_t index)
{
    return redis_reply_text(redis_reply_item(found, index));
}

/* A named answer is a list of flat objects; one without rows has no columns, and what is no such list is one value. */
static struct cache_rows *named_rows(const char *text, size_t length)
{
    struct cache_rows *rows = NULL;
    bool               empty = length >= 2 && text[0] == '[' && text[1 + strspn(text + 1, " \t\r\n")] == ']';

    if (foreign_rows(text, length, NULL, 0, &rows) >= 0)
        return rows;
    rows = rows_new();
    rows->columns = ARENA_NEW(rows->arena, struct data_column);
    *rows->columns = (struct data_column){.name = "value", .type = DATA_TEXT, .decimals = -1};
    rows->column_count = 1;
    rows->count = empty ? 0 : 1;
    if (!empty)
        rows_add_cell(&rows->raw, (struct data_cell){text, length});
    return rows;
}

static struct cache_rows *value_rows(const struct cache_look *look, const struct redis_reply *value)
{
    struct cache_rows *rows = NULL;

    if (redis_reply_text(value) == NULL)
        return NULL;
    if (look->columns == NULL)
        return named_rows(value->text, value->length);
    return foreign_rows(value->text, value->length, look->columns, look->column_count, &rows) >= 0 ? rows : NULL;
}

static void take(struct cache *cache, struct cache_look *look, const struct redis_reply *found)
{
    const struct cache_class *class = cache_class_find(part(found, CLASS));
    const char *state = part(found, STATE), *why = part(found, WHY);
    long long   age = redis_reply_number(redis_reply_item(found, AGE), -1);
    bool        is_named = text_equal(state, "named");

    look->touched = redis_reply_number(redis_reply_item(found, TOUCHED), 0) == 1;
    look->age_us = age >= 0 ? age * 1000 : -1;
    look->class_name = class != NULL ? class->name : NULL;
    look->why = why != NULL ? mem_strdup(why) : NULL;
    look->failed_at = redis_reply_number(redis_reply_item(found, SINCE), 0) * 1000;
    look->rows = is_named ? value_rows(look, redis_reply_item(found, VALUE)) : rows_known(cache, look->key, part(found, ID), redis_reply_item(found, HEAD),
                                      redis_reply_item(found, VALUE));
    if (look->rows == NULL)
        return;
    look->outcome = text_equal(state, "stale") || look->touched || (class != NULL && look->age_us > class->ttl_us)
                        ? CACHE_STALE
                        : CACHE_HIT;
}

int cache_look(struct cache *cache, struct cache_look *looks, size_t count, struct error *error)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_look);
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    int r;

    for (size_t i = 0; i < count; i++) {
        looks[i].outcome = CACHE_MISS;
        looks[i].rows = NULL;
        looks[i].why = NULL;
        looks[i].age_us = -1;
    }
    if (count == 0)
        return 0;
    redis_pipe_number(pipe, (long long)CACHE_ROWS_MOST);
    for (size_t i = 0; i < count; i++) {
        const char *known = recent_id(cache->recent, looks[i].key);

        redis_pipe_word(pipe, looks[i].key);
        redis_pipe_word(pipe, known != NULL ? known : "");
    }
    r = script_run(cache, pipe, ANSWER_US, &reply, error);
    if (r < 0)
        return r;
    if (reply->kind != REPLY_LIST || reply->count != count)
        return refuse_reply(cache, NULL, error);
    for (size_t i = 0; i < count; i++)
        take(cache, &looks[i], reply->items[i]);
    return 0;
}

void cache_looks_done(struct cache_look *looks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cache_rows_unref(TAKE(looks[i].rows));
        mem_free(TAKE(looks[i].why));
    }
}
