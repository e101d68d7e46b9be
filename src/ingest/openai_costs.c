/*
 * openai-costs: what OpenAI bills an organization, a cost a day (UTC), project and line item (GET /organization/costs).
 * It takes an admin key. A page has whole days, so a day that is told is told whole: what it no longer has goes.
 */
#include "costs.h"
#include "ytempire/base/time.h"

static const struct fetch_api about = {.auth = API_AUTH_BEARER, .secret = "OPENAI_ADMIN_KEY", .stage = "costs_stage"};

static const struct ingest_setting settings[] = {
    FETCH_SETTINGS("https://api.openai.com/v1"),
    COSTS_SETTINGS("35", "180"),
    COSTS_OWNERS_SETTING("proj_a"),
    {"batch", "DAYS", "31", 1, 180, "days that one page has"},
    {0},
};

static int ask(struct costs_course *course, struct error *error);

static const struct costs_source openai = {&about, "openai_costs", "costs", ask,
                                           "/organization/costs", "start_time", US_PER_SECOND};

static int check(struct ingest *ingest, struct error *error)
{
    return fetch_check(ingest, &about, error);
}

static int on_page(void *who, const struct api_answer *answer, struct error *error)
{
    struct costs_course *course = who;
    int                  r = costs_check_list(course->ingest->source->name, answer, "data", error);

    return r < 0 ? r : costs_on_page(course, &openai, error);
}

static int ask(struct costs_course *course, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    int64_t                    tomorrow = course->to - course->to % US_PER_DAY + US_PER_DAY;
    const struct api_parameter parameters[] = {
        {"start_time", costs_seconds(arena, course->from)}, {"end_time", costs_seconds(arena, tomorrow)},
        {"bucket_width", "1d"}, {"limit", ingest_setting_text(course->ingest, "batch")},
        {"group_by[]", "project_id"}, {"group_by[]", "line_item"}};
    const struct fetch_pages pages = {.first = {.path = "/organization/costs", .parameters = parameters,
                                                .parameter_count = COUNT_OF(parameters), .stream = "costs"},
                                      .parameter = "page", .member = "next_page", .on_page = on_page, .who = course};

    return fetch_ask_pages(course->fetch, &pages, error);
}

static int run(struct ingest *ingest, struct error *error)
{
    return costs_run(ingest, &openai, error);
}

const struct ingest_source ingest_openai_costs = {
    .name = "openai-costs",
    .kind = "api",
    .summary = "What OpenAI bills, by day, project and line item",
    .settings = settings,
    .check = check,
    .run = run,
};
