/* semantic: what an answer is read from, of the model that ships. The clock stands at noon of 2026-11-24 UTC. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/semantic_help.h"

static struct model *model;
static struct arena *arena;

static const char *end_text(int64_t instant)
{
    char text[TIME_TEXT_SIZE];

    if (instant == INT64_MIN || instant == INT64_MAX)
        return "open";
    return arena_strdup(arena, instant_to_text(instant, text));
}

/* "RELATION[+] FROM TO" a line, then "settled MOMENT". */
static void assert_reads(bool tenant, const char *line, const char *want)
{
    struct semantic_context context = {.now = instant_of("2026-11-24T12:00:00Z"), .tenant = tenant, .no_rollups = true};
    struct compiled *compiled = NULL;
    struct query    *query;
    struct error     error = ERROR_INIT;
    const char      *text = "";

    if (query_parse(arena, line, NULL, &query, &error) < 0 ||
        semantic_compile(arena, model, query, &context, &compiled, &error) < 0)
        fail_with(line, &error);
    for (size_t i = 0; i < compiled->read_count; i++)
        text = arena_printf(arena, "%s%s%s %s %s\n", text, compiled->reads[i].relation,
                            compiled->reads[i].added ? "+" : "", end_text(compiled->reads[i].from),
                            end_text(compiled->reads[i].to));
    text = arena_printf(arena, "%ssettled %s", text, end_text(compiled->settled));
    assert_string_equal(text, want);
}

static void rows_matter_in_their_range(void **state)
{
    (void)state;
    assert_reads(false, "snapshots for 2026-03-01..2026-03-02",
                 "analytics.fact_video_performance+ 2026-03-01T00:00:00Z 2026-03-03T00:00:00Z\n"
                 "settled 2026-03-03T00:00:00Z");
    assert_reads(false, "snapshots", "analytics.fact_video_performance+ open open\nsettled open");
}

static void counters_look_back(void **state)
{
    (void)state;
    assert_reads(false, "views_gained by category for 2026-03-01..2026-03-02",
                 "analytics.fact_video_performance+ open 2026-03-03T00:00:00Z\n"
                 "analytics.dim_video open open\nsettled 2026-03-03T00:00:00Z");
}

static void what_is_compared_matters_too(void **state)
{
    (void)state;
    assert_reads(false, "snapshots for 2026-03-02 vs 2026-03-01",
                 "analytics.fact_video_performance+ 2026-03-01T00:00:00Z 2026-03-03T00:00:00Z\n"
                 "settled 2026-03-03T00:00:00Z");
}

static void days_of_youtube_are_final_later(void **state)
{
    (void)state;
    assert_reads(false, "ad_revenue for 2026-03-01..2026-03-02",
                 "analytics.fact_revenue+ 2026-02-28T00:00:00Z 2026-03-04T00:00:00Z\nsettled 2026-03-06T00:00:00Z");
}

static void a_tenant_reads_what_lies_behind_the_views(void **state)
{
    (void)state;
    assert_reads(true, "snapshots by category for 2026-03-02",
                 "analytics.fact_video_performance+ 2026-03-02T00:00:00Z 2026-03-03T00:00:00Z\n"
                 "analytics.dim_video open open\nusers.dim_video open open\nsettled 2026-03-03T00:00:00Z");
}

static int set_up(void **state)
{
    _cleanup_(mem_freep) char *folder = path_join(program_data_folder(), "queries/model");

    (void)state;
    model = model_of_folder(folder);
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    model_unref(model);
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_matter_in_their_range),
        cmocka_unit_test(counters_look_back),
        cmocka_unit_test(what_is_compared_matters_too),
        cmocka_unit_test(days_of_youtube_are_final_later),
        cmocka_unit_test(a_tenant_reads_what_lies_behind_the_views),
    };

    return cmocka_run_group_tests_name("semantic_reads", tests, set_up, tear_down);
}
