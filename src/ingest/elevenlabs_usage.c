/*
 * elevenlabs-usage: credits that a workspace of ElevenLabs used, by day (UTC) and product, and what is left of its plan
 * (POST /v1/workspace/analytics/query/usage-by-product-over-time, GET /v1/user/subscription). One answer has the whole
 * stretch, so what it no longer has goes.
 */
#include <inttypes.h>
#include <string.h>

#include "costs.h"
#include "ytempire/base/time.h"

static const struct fetch_api about = {.auth = API_AUTH_HEADER, .auth_name = "xi-api-key",
                                       .secret = "ELEVENLABS_API_KEY", .stage = "costs_stage"};

static const struct ingest_setting settings[] = {
    FETCH_SETTINGS("https://api.elevenlabs.io"),
    COSTS_SETTINGS("7", "365"),
    COSTS_OWNERS_SETTING("TTS"),
    {"price", "CENTS", "unknown", 0, 0, "what a thousand credits cost; 'unknown' leaves the cost unknown"},
    {0},
};

#define USAGE_PATH "/v1/workspace/analytics/query/usage-by-product-over-time"

static const char unknown[] = "unknown";

/* "22", "16.5": what JSON and PostgreSQL read alike. */
static bool is_price(const char *text)
{
    size_t whole = strspn(text, "0123456789"), part = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;

    return whole > 0 && whole <= 8 && (whole == 1 || text[0] != '0') && part <= 12 &&
           text[whole + (part > 0 ? part + 1 : 0)] == '\0';
}

static int check(struct ingest *ingest, struct error *error)
{
    const char *price = ingest_setting_text(ingest, "price");

    if (!text_equal(price, unknown) && !is_price(price))
        return error_set(error, ERR_USAGE, "price takes cents as \"22\" or \"16.5\", or '%s', not '%s'", unknown,
                         price);
    return fetch_check(ingest, &about, error);
}

/* The shape, before SQL takes it apart. */
static int check_columns(const char *source, const struct api_answer *answer, struct error *error)
{
    static const char *const lists[] = {"columns", "column_units", "rows"};
    bool has_time = false, has_product = false, has_credits = false;
    int  r = 0;

    for (size_t i = 0; r >= 0 && i < COUNT_OF(lists); i++)
        r = costs_check_list(source, answer, lists[i], error);
    if (r < 0)
        return r;
    for (const struct tree_node *name = tree_get(answer->json, "columns")->first; name != NULL; name = name->next) {
        has_time = has_time || tree_text_is(name, "timestamp");
        has_product = has_product || tree_text_is(name, "product_type");
    }
    for (const struct tree_node *unit = tree_get(answer->json, "column_units")->first; unit != NULL; unit = unit->next)
        has_credits = has_credits || tree_text_is(unit, "credits");
    if (has_time && has_product && has_credits)
        return 0;
    error_set(error, ERR_FAILED, "%s: the answer has no column '%s'", source,
              !has_time ? "timestamp" : !has_product ? "product_type" : "in credits");
    error_hint(error, "'source tape %s' shows what was answered: the API may have changed", source);
    return ERR_FAILED;
}

static int ask_usage(const struct costs_course *course, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const struct api_answer *answer;
    const char              *price = ingest_setting_text(course->ingest, "price");
    int64_t                  from = course->from / US_PER_SECOND, to = course->to / US_PER_SECOND;
    struct fetch_request usage = {.path = USAGE_PATH,
                                  .stream = "usage",
                                  .json = arena_printf(arena,
                                                       "{\"start_time\":%" PRId64 "000,\"end_time\":%" PRId64
                                                       "000,\"interval_seconds\":86400,"
                                                       "\"group_by\":[\"product_type\"],\"time_zone\":\"UTC\"}",
                                                       from, to),
                                  .about = arena_printf(arena, "{\"from\":%" PRId64 ",\"to\":%" PRId64 ",\"price\":%s}",
                                                        from, to, text_equal(price, unknown) ? "null" : price)};
    int r = fetch_ask(course->fetch, &usage, &answer, error);

    return r < 0 ? r : check_columns(course->ingest->source->name, answer, error);
}

static int ask_subscription(const struct costs_course *course, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const struct fetch_request subscription = {.path = "/v1/user/subscription", .stream = "subscription"};
    const struct tree_node    *used, *most;
    const struct api_answer   *answer;
    struct ingest             *ingest = course->ingest;
    int                        r = fetch_ask(course->fetch, &subscription, &answer, error);

    if (r < 0)
        return r;
    if (answer->json->kind != TREE_OBJECT)
        return error_set(error, ERR_FAILED, "%s: the subscription is no object", ingest->source->name);
    used = tree_get(answer->json, "character_count");
    most = tree_get(answer->json, "character_limit");
    if (used != NULL && most != NULL)
        ingest_log(ingest, "info", "%s of %s credits of the plan are used", tree_text(arena, used),
                   tree_text(arena, most));
    return 0;
}

static int ask(struct costs_course *course, struct error *error)
{
    int r = ask_subscription(course, error);

    return r < 0 ? r : ask_usage(course, error);
}

static int run(struct ingest *ingest, struct error *error)
{
    static const struct costs_source elevenlabs = {&about, "elevenlabs_usage", "usage", ask, USAGE_PATH, "start_time",
                                                   1000};
    int                              r = costs_run(ingest, &elevenlabs, error);

    if (r >= 0 && text_equal(ingest_setting_text(ingest, "price"), unknown))
        ingest_tell(ingest, "warning", "warning: what credits cost is not known; set price=CENTS a thousand");
    return r;
}

const struct ingest_source ingest_elevenlabs_usage = {
    .name = "elevenlabs-usage",
    .kind = "api",
    .summary = "Credits that ElevenLabs counts, by day and product",
    .settings = settings,
    .check = check,
    .run = run,
};
