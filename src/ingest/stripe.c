/*
 * stripe: balance transactions (GET /balance_transactions): what came in and was paid back into the ledger of revenue,
 * fees as costs. It takes a restricted key that may read them and what they come from.
 *
 * Pages go back in time, newest first; what arrives meanwhile stands before the first page, so they are bounded by the
 * beginning of the run. Metadata of a charge say whose it is: `revenue` (membership, sponsorship, …), `channel_id`,
 * `video_id`, `user_id`.
 */
#include <string.h>

#include "costs.h"
#include "ytempire/base/time.h"


static const char *const headers[] = {"Stripe-Version: 2026-06-24.dahlia", NULL};
static const struct fetch_api about = {.auth = API_AUTH_BEARER, .secret = "STRIPE_API_KEY", .headers = headers,
                                       .stage = "costs_stage"};

static const struct ingest_setting settings[] = {
    FETCH_SETTINGS("https://api.stripe.com/v1"),
    COSTS_SETTINGS("30", "365"),
    {"batch", "ROWS", "100", 1, 100, "transactions that one page has"},
    {"currency", "CODE", "usd", 0, 0, "the currency that the account is paid in"},
    {"kind", "KIND", "membership", 0, 0, "what revenue is that does not say: sponsorship, affiliate, super_chat, ad"},
    {0},
};

static int check_word(const struct ingest *ingest, const char *name, const char *const *words, struct error *error)
{
    const char *text = ingest_setting_text(ingest, name);

    for (; *words != NULL; words++)
        if (text_equal(text, *words))
            return 0;
    return error_set(error, ERR_USAGE, "'%s' is no %s of revenue", text, name);
}

static int check(struct ingest *ingest, struct error *error)
{
    static const char *const kinds[] = {"membership", "sponsorship", "affiliate", "super_chat", "ad", NULL};
    const char *currency = ingest_setting_text(ingest, "currency");
    int         r = check_word(ingest, "kind", kinds, error);

    if (r < 0)
        return r;
    if (strlen(currency) != 3 || strspn(currency, "abcdefghijklmnopqrstuvwxyz") != 3)
        return error_set(error, ERR_USAGE, "currency takes a code of three small letters, as usd, not '%s'", currency);
    return fetch_check(ingest, &about, error);
}

/* -- pages --------------------------------------------------------------------------------------------------------- */

struct course {
    struct ingest *ingest;
    struct fetch  *fetch;
    struct arena  *arena;
    struct map    *seen;                 /* last ids of pages */
    const char    *after;                /* NULL: the first page */
    uint64_t       pages;
    bool           is_last;
};

/* The id of the last transaction of a page: where the next one begins. */
static const char *last_id(struct course *course, const struct tree_node *list)
{
    const struct tree_node *last = NULL, *id;

    for (const struct tree_node *item = list->first; item != NULL; item = item->next)
        last = item;
    id = tree_get(last, "id");
    return id != NULL && id->kind == TREE_STRING ? tree_text(course->arena, id) : NULL;
}

static int turn_page(struct course *course, const struct api_answer *answer, struct error *error)
{
    const char             *source = course->ingest->source->name;
    const struct tree_node *more = tree_get(answer->json, "has_more");
    int                     r = costs_check_list(source, answer, "data", error);

    if (r < 0)
        return r;
    course->pages++;
    course->is_last = more == NULL || more->kind != TREE_TRUE;
    if (course->is_last)
        return 0;
    course->after = last_id(course, tree_get(answer->json, "data"));
    if (course->after == NULL)
        return error_set(error, ERR_FAILED, "%s: there are more pages, and the last transaction has no id", source);
    if (!map_put(course->seen, course->after, course)) {
        ingest_tell(course->ingest, "warning", "warning: page %llu ends as an earlier one: the pages repeat",
                    (unsigned long long)course->pages);
        error_set(&course->ingest->partial, ERR_PARTIAL, "%s: the pages of /balance_transactions repeat", source);
        course->is_last = true;
    }
    return 0;
}

static int ask_pages(struct course *course, const struct costs_stretch *stretch, struct error *error)
{
    const struct ingest *ingest = course->ingest;
    const char *words = arena_printf(course->arena, "{\"currency\":\"%s\",\"kind\":\"%s\"}",
                                     ingest_setting_text(ingest, "currency"), ingest_setting_text(ingest, "kind"));
    int         r = 0;

    while (r >= 0 && !course->is_last) {
        const struct api_parameter parameters[] = {
            {"limit", ingest_setting_text(ingest, "batch")},
            {"created[gte]", costs_seconds(course->arena, stretch->from)},
            {"created[lt]", costs_seconds(course->arena, stretch->to)},
            {"expand[]", "data.source"},
            {"starting_after", course->after}};
        const struct fetch_request request = {.path = "/balance_transactions", .parameters = parameters,
                                              .parameter_count = COUNT_OF(parameters), .stream = "transactions",
                                              .about = words};
        const struct api_answer   *answer;

        r = fetch_ask(course->fetch, &request, &answer, error);
        if (r >= 0)
            r = turn_page(course, answer, error);
        if (r >= 0)
            r = fetch_progress(course->fetch, "balance transactions", course->pages, 0, "pages", error);
        if (r >= 0 && fetch_is_full(course->fetch))
            r = costs_store(course->fetch, "stripe", INT64_MIN, error);
    }
    return r;
}

static int run(struct ingest *ingest, struct error *error)
{
    struct course        course = {.ingest = ingest};
    struct costs_stretch stretch;
    int                  r = fetch_begin(ingest, &about, &course.fetch, error);

    if (r < 0)
        return r;
    course.arena = arena_new();
    course.seen = map_new();
    r = costs_stretch(course.fetch, ingest, &stretch, error);
    if (r >= 0)
        r = ask_pages(&course, &stretch, error);
    if (r >= 0)
        r = costs_store(course.fetch, "stripe", ingest->partial.code == 0 ? stretch.to : INT64_MIN, error);
    if (r >= 0)
        r = fetch_finish(course.fetch, "balance transactions", error);
    map_free(course.seen);
    arena_free(course.arena);
    fetch_end(course.fetch);
    return r;
}

const struct ingest_source ingest_stripe = {
    .name = "stripe",
    .kind = "api",
    .summary = "Balance transactions of Stripe: revenue by metadata, fees as costs",
    .settings = settings,
    .check = check,
    .run = run,
};
