/*
 * What a load touched. First the marks change, so that nothing that was computed before is kept any more; then the
 * answers go that are there.
 */
#include <inttypes.h>
#include <string.h>

#include "cache_int.h"

#define STRETCHES_MOST 100                 /* of one relation in one go */

static int64_t end_of(int64_t instant)
{
    return instant < -OPEN_END ? -OPEN_END : instant > OPEN_END ? OPEN_END : instant;
}

/* Each set once. */
static void add_set(struct cache_touched *touched, const char *set, const char *pass, const char *class)
{
    for (size_t i = 0; i < touched->set_count; i++)
        if (text_equal(touched->sets[i].set, set))
            return;
    if (set != NULL && pass != NULL && class != NULL && cache_class_find(class) != NULL)
        VEC_PUSH(touched->sets, touched->set_count, touched->set_room,
                 ((struct cache_touched_set){mem_strdup(set), mem_strdup(pass), cache_class_find(class)}));
}

static void add_sets(struct cache_touched *touched, const struct redis_reply *stale)
{
    for (size_t i = 0; stale != NULL && stale->kind == REPLY_LIST && i + 2 < stale->count; i += 3)
        add_set(touched, redis_reply_text(stale->items[i]), redis_reply_text(stale->items[i + 1]),
                redis_reply_text(stale->items[i + 2]));
}

void cache_touched_done(struct cache_touched *touched)
{
    for (size_t i = 0; i < touched->set_count; i++) {
        mem_free(touched->sets[i].set);
        mem_free(touched->sets[i].pass);
    }
    mem_free(touched->sets);
    *touched = (struct cache_touched){0};
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

int cache_drop_flights(struct cache *cache, struct error *error)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_hand);
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    char nonce[NAME_SIZE];

    cache_name(cache, nonce);
    redis_pipe_word(pipe, HAND_MARK);
    redis_pipe_word(pipe, nonce);
    return script_run(cache, pipe, PASS_US, &reply, error);
}

/* Touches of one relation and kind, off one list. */
static int drop_from(struct cache *cache, const char *list, const struct cache_touch *touches, size_t count,
                     struct cache_touched *touched, struct error *error)
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
        touched->dropped += (size_t)redis_reply_number(redis_reply_item(reply, 1), 0);
        add_sets(touched, redis_reply_item(reply, 2));
        mem_free(cursor);
        cursor = mem_strdup(next);
    } while (!text_equal(cursor, "0"));
    return 0;
}

static int drop_touched(struct cache *cache, const char *database, const struct cache_touch *touches, size_t count,
                        struct cache_touched *touched, struct error *error)
{
    const char *relation = touches->relation != NULL ? touches->relation : "*";
    int         r = 0;

    for (int added = touches->added ? 1 : 0; r >= 0 && added <= (touches->relation != NULL); added++) {
        _cleanup_(mem_freep) char *list = reads_list(database, relation, added != 0);

        r = drop_from(cache, list, touches, count, touched, error);
    }
    return r;
}

static int announce(struct cache *cache, const char *database, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;

    return redis_client_command(cache->client, ANSWER_US, &reply, error, "PUBLISH", "ytempire:touched", database, NULL);
}

int cache_touch(struct cache *cache, const char *database, const struct cache_touch *touches, size_t count,
                struct cache_touched *ret_touched, struct error *error)
{
    struct cache_touched touched = {0};
    size_t               at = 0;
    int                  r = count > 0 ? change_marks(cache, database, touches, count, error) : 0;

    while (r >= 0 && at < count) {
        size_t many = 1;

        while (at + many < count && many < STRETCHES_MOST &&
               text_equal(touches[at + many].relation, touches[at].relation) &&
               touches[at + many].added == touches[at].added)
            many++;
        r = drop_touched(cache, database, &touches[at], many, &touched, error);
        at += many;
    }
    if (r >= 0 && count > 0)
        r = announce(cache, database, error);
    if (ret_touched != NULL)
        *ret_touched = touched;
    else
        cache_touched_done(&touched);
    return r;
}
