/* When a warm set was made last, and how it is. */
#include <string.h>

#include "cache_int.h"
#include "ytempire/cache/looks.h"

/* How many names of such a reply are entries of the set: "SET KEY". */
static size_t count_entries(const struct redis_reply *names, const char *set)
{
    size_t count = 0, length = strlen(set);

    for (size_t i = 0; names->kind == REPLY_LIST && i < names->count; i++) {
        const char *name = redis_reply_text(names->items[i]);

        count += name != NULL && strncmp(name, set, length) == 0 && name[length] == ' ';
    }
    return count;
}

int cache_warm_state(struct cache *cache, const char *set, struct cache_warm_state *ret_state, struct error *error)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = redis_pipe_new();
    _cleanup_(redis_reply_freep) struct redis_reply *replies = NULL;
    const char *pass;
    long long   warmed = 0;
    int         r;

    redis_pipe_add(pipe, "HGET", "ytempire:warm:begun", set, NULL);
    redis_pipe_add(pipe, "HKEYS", "ytempire:warm:entries", NULL);
    redis_pipe_add(pipe, "HKEYS", "ytempire:warm:failed", NULL);
    redis_pipe_add(pipe, "HKEYS", "ytempire:warm:touched", NULL);
    r = redis_client_ask(cache->client, pipe, PASS_US, &replies, error);
    if (r < 0)
        return r;
    pass = redis_reply_text(replies->items[0]);
    if (pass != NULL)
        (void)!text_to_int64(pass, strlen(pass), &warmed);
    *ret_state = (struct cache_warm_state){.warmed_us = warmed,
                                           .entries = count_entries(replies->items[1], set),
                                           .failing = count_entries(replies->items[2], set),
                                           .touched = count_entries(replies->items[3], set)};
    return 0;
}
