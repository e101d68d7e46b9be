#include "costs.h"

#include <inttypes.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

int costs_stretch(struct fetch *fetch, const struct ingest *ingest, struct costs_stretch *ret_stretch,
                  struct error *error)
{
    struct values values = {0};
    int64_t       now = fetch_run_at(fetch), from, to = ingest_setting_day(ingest, "to");
    long long     until = 0;
    int           r;

    value_text(&values, ingest->source->name);
    r = values_ask(ingest->pgs[0], "costs_until", &values, &until, error);
    if (r < 0)
        return r;
    from = until != 0 ? (until < now ? until : now) - ingest_setting(ingest, "look_back") * US_PER_DAY
                      : now - ingest_setting(ingest, "history") * US_PER_DAY;
    from = ingest_setting_day(ingest, "from") != INT64_MIN ? ingest_setting_day(ingest, "from") : from;
    to = to != INT64_MIN && to + US_PER_DAY < now ? to + US_PER_DAY : now;
    *ret_stretch = (struct costs_stretch){from - from % US_PER_DAY, to};
    return from < to ? 0 : error_set(error, ERR_USAGE, "the days that are asked for are none");
}

int costs_store(struct fetch *fetch, const char *script, int64_t until, struct error *error)
{
    const char *const  scripts[] = {script, "costs_ledger", "costs_facts", "costs_letters", "costs_count", NULL};
    bool               is_last = until != INT64_MIN;
    struct fetch_store what = {.scripts = scripts, .position = is_last ? "{}" : NULL, .data_until = until};

    return fetch_store(fetch, &what, error);
}

int costs_check_list(const char *source, const struct api_answer *answer, const char *member, struct error *error)
{
    const struct tree_node *list = tree_get(answer->json, member);

    if (list != NULL && list->kind == TREE_ARRAY)
        return 0;
    error_set(error, ERR_FAILED, "%s: the answer has no list '%s'", source, member);
    error_hint(error, "'source tape %s' shows what was answered: the API may have changed", source);
    return ERR_FAILED;
}

const char *costs_seconds(struct arena *arena, int64_t instant)
{
    return arena_printf(arena, "%" PRId64, instant / US_PER_SECOND);
}
