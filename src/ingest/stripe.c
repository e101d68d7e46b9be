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

struct pages {
    struct costs_course *course;
    struct arena        *arena;
    struct map          *seen;           /* last ids of pages */
    const char          *after;          /* NULL: the first page */
    bool                 is_last;
};

/* The id of the last transaction of a page: where the next one begins. */
static const char *last_id(const struct pages *pages, const struct tree_node *list)
{
    const struct tree_node *last = NULL, *id;

    for (const struct tree_node *item = list->first; item != NULL; item = item->next)
        last = item;
    id = tree_get(last, "id");
    return id != NULL && id->kind == TREE_STRING ? tree_text(pages->arena, id) : NULL;
}

static int turn_page(struct pages *pages, const struct api_answer *answer, struct error *error)
{
    struct ingest          *ingest = pages->course->ingest;
    const struct tree_node *more = tree_get(answer->json, "has_more");
    int                     r = costs_check_list(ingest->source->name, answer, "data", error);

    if (r < 0)
        return r;
    pages->is_last = more == NULL || more->kind != TREE_TRUE;
    if (pages->is_last)
        return 0;
    pages->after = last_id(pages, tree_get(answer->json, "data"));
    if (pages->after == NULL)
        return error_set(error, ERR_FAILED, "%s: there are more pages, and the last transaction has no id",
                         ingest->source->name);
    if (!map_put(pages->seen, pages->after, pages)) {
        ingest_tell(ingest, "warning", "warning: page %llu ends as an earlier one: the pages repeat",
                    (unsigned long long)pages->course->pages + 1);
        error_set(&ingest->partial, ERR_PARTIAL, "%s: the pages of /balance_transactions repeat", ingest->source->name);
        pages->is_last = true;
    }
    return 0;
}

static int ask_page(struct pages *pages, const char *words, const struct api_answer **ret_answer, struct error *error)
{
    const struct costs_course *course = pages->course;
    const struct api_parameter parameters[] = {
        {"limit", ingest_setting_text(course->ingest, "batch")},
        {"created[gte]", costs_seconds(pages->arena, course->from)},
        {"created[lt]", costs_seconds(pages->arena, course->to)},
        {"expand[]", "data.source"},
        {"starting_after", pages->after}};
    const struct fetch_request request = {.path = "/balance_transactions", .parameters = parameters,
                                          .parameter_count = COUNT_OF(parameters), .stream = "transactions",
                                          .about = words};

    return fetch_ask(course->fetch, &request, ret_answer, error);
}

static int ask(struct costs_course *course, struct error *error);

static const struct costs_source stripe = {&about, "stripe", "balance transactions", ask,
                                           "/balance_transactions", "created[gte]", US_PER_SECOND};

static int ask(struct costs_course *course, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(map_freep) struct map *seen = map_new();
    struct pages pages = {.course = course, .arena = arena, .seen = seen};
    const char  *words = arena_printf(arena, "{\"currency\":\"%s\",\"kind\":\"%s\"}",
                                      ingest_setting_text(course->ingest, "currency"),
                                      ingest_setting_text(course->ingest, "kind"));
    int          r = 0;

    while (r >= 0 && !pages.is_last) {
        const struct api_answer *answer;

        r = ask_page(&pages, words, &answer, error);
        if (r >= 0)
            r = turn_page(&pages, answer, error);
        if (r >= 0)
            r = costs_on_page(course, &stripe, error);
    }
    return r;
}

static int run(struct ingest *ingest, struct error *error)
{
    return costs_run(ingest, &stripe, error);
}

const struct ingest_source ingest_stripe = {
    .name = "stripe",
    .kind = "api",
    .summary = "Balance transactions of Stripe: revenue by metadata, fees as costs",
    .settings = settings,
    .check = check,
    .run = run,
};
