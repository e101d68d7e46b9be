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
    {"batch", "DAYS", "31", 1, 180, "days that one page has"},
    {0},
};

struct course {
    struct ingest *ingest;
    struct fetch  *fetch;
    uint64_t       pages;
};

static int check(struct ingest *ingest, struct error *error)
{
    return fetch_check(ingest, &about, error);
}

static int on_page(void *who, const struct api_answer *answer, struct error *error)
{
    struct course *course = who;
    int            r = costs_check_list(course->ingest->source->name, answer, "data", error);

    if (r >= 0)
        r = fetch_progress(course->fetch, "costs", ++course->pages, 0, "pages", error);
    if (r >= 0 && fetch_is_full(course->fetch))
        r = costs_store(course->fetch, "openai_costs", INT64_MIN, error);
    return r;
}

static int ask(struct course *course, const struct costs_stretch *stretch, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    int64_t                    tomorrow = stretch->to - stretch->to % US_PER_DAY + US_PER_DAY;
    const struct api_parameter parameters[] = {
        {"start_time", costs_seconds(arena, stretch->from)}, {"end_time", costs_seconds(arena, tomorrow)},
        {"bucket_width", "1d"}, {"limit", ingest_setting_text(course->ingest, "batch")},
        {"group_by[]", "project_id"}, {"group_by[]", "line_item"}};
    const struct fetch_pages pages = {.first = {.path = "/organization/costs", .parameters = parameters,
                                                .parameter_count = COUNT_OF(parameters), .stream = "costs"},
                                      .parameter = "page", .member = "next_page", .on_page = on_page, .who = course};

    return fetch_ask_pages(course->fetch, &pages, error);
}

static int run(struct ingest *ingest, struct error *error)
{
    struct course        course = {.ingest = ingest};
    struct costs_stretch stretch;
    int                  r = fetch_begin(ingest, &about, &course.fetch, error);

    if (r < 0)
        return r;
    r = costs_stretch(course.fetch, ingest, &stretch, error);
    if (r >= 0)
        r = ask(&course, &stretch, error);
    if (r >= 0)
        r = costs_store(course.fetch, "openai_costs", ingest->partial.code == 0 ? stretch.to : INT64_MIN, error);
    if (r >= 0)
        r = fetch_finish(course.fetch, "costs", error);
    fetch_end(course.fetch);
    return r;
}

const struct ingest_source ingest_openai_costs = {
    .name = "openai-costs",
    .kind = "api",
    .summary = "What OpenAI bills, by day, project and line item",
    .settings = settings,
    .check = check,
    .run = run,
};
