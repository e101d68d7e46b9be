/*
 * What a load touched. First the marks change, so that nothing that was computed before is kept any more; then the
 * answers go that are there.
 */
#include <inttypes.h>
#include <string.h>

#include "cache_int.h"

#define END INT64_C(9000000000000000)
#define STRETCHES_MOST 100                 /* of one relation in one go */

static int64_t end_of(int64_t instant)
{
    return instant < -END ? -END : instant > END ? END : instant;
}

/* Rows that were changed, not only added, matter to all who read the relation; both kinds have a list of their own. */
static void add_marks(struct redis_pipe *pipe, const char *database, const struct cache_touch *touch)
{
    const char *relation = touch->relation != NULL ? touch->relation : "*";

    for (int added = touch->added ? 1 : 0; added <= 1; added++) {
        _cleanup_(mem_freep) char *mark = reads_mark(database, relation, added != 0);

        redis_pipe_word(pipe, mark);
        if (touch->relation == NULL)
            break;
    }
}

static int change_marks(struct cache *cache, const char *database, const struct cache_touch *touches, size_t count,
                        struct error *error)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_mark);
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    char nonce[NAME_SIZE];

    cache_name(cache, nonce);
    redis_pipe_word(pipe, nonce);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !text_equal(touches[i].relation, touches[i - 1].relation) ||
            touches[i].added != touches[i - 1].added)
            add_marks(pipe, database, &touches[i]);
    return script_run(cache, pipe, PASS_US, &reply, error);
}

/* Touches of one relation and kind, off one list. */
static int drop_from(struct cache *cache, const char *list, const struct cache_touch *touches, size_t count,
                     size_t *dropped, struct error *error)
{
    _cleanup_(mem_freep) char *cursor = mem_strdup("0");
    int r;

    do {
        _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_touch);
        _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
        const char *next;

        redis_pipe_word(pipe, list);
        redis_pipe_word(pipe, cursor);
        for (size_t i = 0; i < count; i++) {
            redis_pipe_number(pipe, end_of(touches[i].from));
            redis_pipe_number(pipe, end_of(touches[i].to));
        }
        r = script_run(cache, pipe, PASS_US, &reply, error);
        next = r >= 0 ? redis_reply_text(redis_reply_item(reply, 0)) : NULL;
        if (r >= 0 && next == NULL)
            r = refuse_reply(cache, NULL, error);
        if (r < 0)
            return r;
        *dropped += (size_t)redis_reply_number(redis_reply_item(reply, 1), 0);
        mem_free(cursor);
        cursor = mem_strdup(next);
    } while (!text_equal(cursor, "0"));
    return 0;
}

static int drop_touched(struct cache *cache, const char *database, const struct cache_touch *touches, size_t count,
                        size_t *dropped, struct error *error)
{
    const char *relation = touches->relation != NULL ? touches->relation : "*";
    int         r = 0;

    for (int added = touches->added ? 1 : 0; r >= 0 && added <= (touches->relation != NULL); added++) {
        _cleanup_(mem_freep) char *list = reads_list(database, relation, added != 0);

        r = drop_from(cache, list, touches, count, dropped, error);
    }
    return r;
}

static int announce(struct cache *cache, const char *database, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;

    return redis_client_command(cache->client, ANSWER_US, &reply, error, "PUBLISH", "ytempire:touched", database, NULL);
}

int cache_touch(struct cache *cache, const char *database, const struct cache_touch *touches, size_t count,
                size_t *ret_dropped, struct error *error)
{
    size_t dropped = 0, at = 0;
    int    r = count > 0 ? change_marks(cache, database, touches, count, error) : 0;

    while (r >= 0 && at < count) {
        size_t many = 1;

        while (at + many < count && many < STRETCHES_MOST &&
               text_equal(touches[at + many].relation, touches[at].relation) &&
               touches[at + many].added == touches[at].added)
            many++;
        r = drop_touched(cache, database, &touches[at], many, &dropped, error);
        at += many;
    }
    if (r >= 0 && count > 0)
        r = announce(cache, database, error);
    if (r >= 0 && ret_dropped != NULL)
        *ret_dropped = dropped;
    return r;
}
