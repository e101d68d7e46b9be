/* Keys by class. Redis answers nobody else while it describes keys, so a few are asked for at a time. */
#include <string.h>

#include "cache_int.h"
#include "ytempire/cache/looks.h"

#define KEYS_MOST 20000
#define AT_ONCE 100

struct tally {
    long long keys, bytes, stale, warmed, failing, oldest_ms;
};

static void count_key(struct tally *tally, const struct redis_reply *about)
{
    long long age = redis_reply_number(redis_reply_item(about, 2), -1);

    if (redis_reply_number(redis_reply_item(about, 0), -2) == -2)
        return;                            /* it went meanwhile */
    tally->keys++;
    tally->bytes += redis_reply_number(redis_reply_item(about, 3), 0);
    tally->stale += text_equal(stale_text(about), "t");
    tally->warmed += redis_reply_text(redis_reply_item(about, 4)) != NULL;
    tally->failing += redis_reply_text(redis_reply_item(about, 5)) != NULL;
    if (age > tally->oldest_ms)
        tally->oldest_ms = age;
}

/* The last is of keys whose class nobody knows. */
static struct tally *tally_of(struct tally *tallies, const struct redis_reply *about)
{
    const char *name = redis_reply_text(redis_reply_item(about, 1));
    size_t      class = 0;

    while (class < CLASS_COUNT && !text_equal(cache_class((enum cache_class_id)class)->name, name))
        class ++;
    return &tallies[class];
}

static int count_keys(struct cache *cache, const struct names *names, struct tally *tallies, struct error *error)
{
    int r = 0;

    for (size_t at = 0, many; r >= 0 && at < names->count; at += many) {
        _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;

        many = names->count - at < AT_ONCE ? names->count - at : AT_ONCE;
        r = keys_describe(cache, names->names + at, many, &reply, error);
        for (size_t i = 0; r >= 0 && i < many; i++)
            count_key(tally_of(tallies, reply->items[i]), reply->items[i]);
        if (r >= 0)
            r = task_breathe();
    }
    return r;
}

static void add_row(struct table *table, const struct cache_class *class, const struct tally *tally)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const long long numbers[] = {tally->keys, tally->bytes, tally->stale, tally->warmed, tally->failing};
    const char     *texts[COUNT_OF(numbers)];

    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        texts[i] = arena_printf(arena, "%lld", numbers[i]);
    table_add(table, class != NULL ? class->name : NULL, class != NULL ? class->priority : NULL, texts[0], texts[1],
              texts[2], texts[3], texts[4], seconds_text(arena, tally->oldest_ms),
              class != NULL ? arena_printf(arena, "%lld", (long long)(class->ttl_us / US_PER_SECOND)) : NULL);
}

int cache_classes(struct cache *cache, struct table **ret_table, bool *ret_more, struct error *error)
{
    _cleanup_(names_done) struct names names = {0};
    struct tally tallies[CLASS_COUNT + 1];
    int          r = names_scan(cache, CACHE_PREFIX "*", KEYS_MOST, &names, error), more = r > 0;

    for (size_t i = 0; i < COUNT_OF(tallies); i++)
        tallies[i] = (struct tally){.oldest_ms = -1};
    if (r >= 0)
        r = count_keys(cache, &names, tallies, error);
    if (r < 0)
        return r;
    *ret_table = table_new("class:text priority:text keys:int bytes:int stale:int warmed:int failing:int "
                           "oldest_seconds:numeric ttl_seconds:int");
    for (size_t i = 0; i < CLASS_COUNT; i++)
        add_row(*ret_table, cache_class((enum cache_class_id)i), &tallies[i]);
    if (tallies[CLASS_COUNT].keys > 0)
        add_row(*ret_table, NULL, &tallies[CLASS_COUNT]);
    *ret_more = more;
    return 0;
}
