/* semantic: binding, planning and the statement, on the shipped model. Numbers are proven in tests/golden. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pg_query.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/semantic.h"

struct fixture {
    struct model           *model;
    struct arena           *arena;
    struct semantic_context context;
};

static const char *variable(void *who, const char *name)
{
    (void)who;
    return text_equal(name, "niche") ? "Gaming'; DROP TABLE x; --" : text_equal(name, "least") ? "1000" : NULL;
}

static int set_up(void **state)
{
    _cleanup_(mem_freep) char *folder = path_join(program_data_folder(), "queries/model");
    struct fixture   *fixture = mem_alloc(sizeof *fixture);
    struct model_file files[32];
    struct error      error = ERROR_INIT;
    char            **names;
    size_t            count;
    int64_t           now;

    assert_int_equal(file_list(folder, ".json", &names, &count, &error), 0);
    assert_true(count > 0 && count <= COUNT_OF(files));
    for (size_t i = 0; i < count; i++) {
        _cleanup_(mem_freep) char *path = path_join(folder, names[i]);
        char                      *text;

        assert_int_equal(file_read(path, 1u << 24, &text, &files[i].length, &error), 0);
        files[i].name = names[i];
        files[i].text = text;
    }
    assert_int_equal(model_load(files, count, &fixture->model, &error), 0);
    for (size_t i = 0; i < count; i++) {
        mem_free((void *)(uintptr_t)files[i].text);
        mem_free(names[i]);
    }
    mem_free(names);
    assert_int_equal(instant_from_text("2026-11-24T12:00:00Z", 20, &now), 0);
    fixture->context = (struct semantic_context){.now = now, .for_cube = true, .variable = variable};
    fixture->arena = arena_new();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    model_unref(fixture->model);
    arena_free(fixture->arena);
    mem_free(fixture);
    return 0;
}

static int compile(struct fixture *fixture, const char *line, struct compiled **ret_compiled, struct error *error)
{
    struct query *query;
    int           r = query_parse(fixture->arena, line, NULL, &query, error);

    return r < 0 ? r : semantic_compile(fixture->arena, fixture->model, query, &fixture->context, ret_compiled, error);
}

static const struct compiled *compiles(void **state, const char *line)
{
    struct compiled *compiled = NULL;
    struct error     error = ERROR_INIT;

    if (compile(*state, line, &compiled, &error) < 0) {
        _cleanup_(mem_freep) char *text = error_render(&error);

        fail_msg("%s: %s", line, text);
    }
    return compiled;
}

static void refuses(void **state, const char *line, int code, const char *text, const char *under)
{
    struct compiled *compiled;
    struct error     error = ERROR_INIT;

    assert_int_equal(compile(*state, line, &compiled, &error), code);
    if (strstr(error.text, text) == NULL)
        fail_msg("%s: '%s' is not in '%s'", line, text, error.text);
    if (under != NULL) {
        assert_string_equal(error.subject, line);
        assert_int_equal(error.length, strlen(under));
        assert_memory_equal(error.subject + error.at, under, strlen(under));
    }
    error_done(&error);
}

static const char *const lines[] = {
    "total_views",
    "total_views, engagement_rate by channel_name top 10 by total_views",
    "revenue, profit by channel last 30 days",
    "total_views by day, content_type for 2026-Q1 where niche = Gaming order by day",
    "total_views by day, month for 2026",
    "total_views by hour last 24 hours tz America/Los_Angeles",
    "views_gained, revenue by channel.niche, week last 12 weeks top 5 by revenue",
    "engagement_rate by month segment viral_videos where total_views > 1000 and (title contains \"live\" or tags has music) tz America/Los_Angeles",
    "total_views_period by month, content_type",
    "total_views_exact by week for 2026",
    "total_views_exact",
    "views_since_publish by channel for 2026-10",
    "revenue by is_weekend, snapshot_time.quarter",
    "revenue by channel where not (niche in (Gaming, 'Let''s play') or title like 'a%')",
    "revenue where title not contains x and title starts with a and title ends with b and published_at in last 7 days",
    "revenue where published_at >= 2026-01 and published_at < 2026-06-01 and channel is not null and duration between 60 and 600",
    "revenue by channel having revenue > 10 and profit <= 5.5 order by profit desc, channel limit 7 offset 2",
    "revenue by channel where niche = :niche and total_views > :least",
    "total_views by content_type where niche != Music top 2",
    "total_views by channel, day last 7 days where niche = Music and engagement_rate > 0.1 top 3 by views_gained",
    "total_views since 2026-01-01 by week",
    "total_views until 2026-01-31 by category",
};

static void every_statement_is_sql(void **state)
{
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        const struct compiled *compiled = compiles(state, lines[i]);
        PgQueryParseResult     result = pg_query_parse(compiled->sql);

        if (result.error != NULL)
            fail_msg("%s: %s in %s", lines[i], result.error->message, compiled->sql);
        pg_query_free_parse_result(result);
        for (size_t v = 1; v <= compiled->value_count; v++) {
            char mark[16];

            (void)snprintf(mark, sizeof mark, "$%zu", v);
            assert_non_null(strstr(compiled->sql, mark));
        }
    }
}

static void values_are_bound_never_pasted(void **state)
{
    const struct compiled *compiled = compiles(state, "revenue by channel where niche = :niche and title contains 'O''Brien 50%'");
    bool                   niche = false, title = false;

    assert_null(strstr(compiled->sql, "DROP"));
    assert_null(strstr(compiled->sql, "Brien"));
    for (size_t i = 0; i < compiled->value_count; i++) {
        niche |= text_equal(compiled->values[i].text, "Gaming'; DROP TABLE x; --");
        title |= text_equal(compiled->values[i].text, "%O'Brien 50\\%%");
    }
    assert_true(niche && title);
}

static void a_tenant_reads_its_own_schema(void **state)
{
    struct fixture *fixture = *state;

    fixture->context.tenant = true;
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        if (strstr(compiles(state, lines[i])->sql, "analytics.") != NULL)
            fail_msg("%s reads analytics under a tenant", lines[i]);
    fixture->context.tenant = false;
}

static void what_is_wrong_is_pointed_at(void **state)
{
    refuses(state, "total_vews by channel", ERR_UNKNOWN, "unknown measure 'total_vews'", "total_vews");
    refuses(state, "total_views by chanel", ERR_UNKNOWN, "chanel", "chanel");
    refuses(state, "from Nowhere total_views", ERR_UNKNOWN, "unknown cube 'Nowhere'", "Nowhere");
    refuses(state, "revenue tz Mars/Base", ERR_UNKNOWN, "unknown time zone", "Mars/Base");
    refuses(state, "revenue where revenue > 5 or channel = x", ERR_USAGE, "cannot share one 'or'", NULL);
    refuses(state, "revenue where total_views > many", ERR_USAGE, "'many' is not a number", "many");
    refuses(state, "revenue where published_at > soon", ERR_USAGE, "'soon' is not a time", "soon");
    refuses(state, "revenue where title like 'a\\'", ERR_USAGE, "is not a pattern", "'a\\'");
    refuses(state, "revenue where tags contains x", ERR_USAGE, "is a list", NULL);
    refuses(state, "revenue by snapshot_time.fiscal", ERR_UNKNOWN, "'fiscal' is no granularity", "snapshot_time.fiscal");
    refuses(state, "revenue by channel.day", ERR_UNKNOWN, "channel.day", NULL);
    refuses(state, "revenue by channel order by profits", ERR_UNKNOWN, "unknown member 'profits'", "profits");
    refuses(state, "revenue by channel order by niche", ERR_UNKNOWN, "cannot order by 'niche': the result has no such column", "niche");
    refuses(state, "revenue where revenu > 5", ERR_UNKNOWN, "unknown member 'revenu'", "revenu");
    refuses(state, "revenue by cost_category", ERR_UNKNOWN, "VideoPerformance has no dimension 'cost_category'", "cost_category");
    refuses(state, "revenue, total_cost where cost_category = ai", ERR_UNKNOWN, "Costs has 'cost_category', but VideoPerformance has no", "cost_category");
    refuses(state, "revenue by channel, channel", ERR_USAGE, "'channel' is named twice", "channel");
    refuses(state, "revenue, VideoPerformance.revenue", ERR_USAGE, "'revenue' is named twice", "VideoPerformance.revenue");
    refuses(state, "revenue segment live_videos, live_videos", ERR_USAGE, "'live_videos' is named twice", "live_videos");
    refuses(state, "revenue for 2026-01, 2026-02", ERR_USAGE, "a second period for 'VideoPerformance.snapshot_time'",
            "2026-02");
    refuses(state, "revenue for 2026-01, snapshot_time in last 7 days", ERR_USAGE, "a second period", "last 7 days");
    refuses(state, "revenue where niche = :nobody", ERR_UNKNOWN, "no value for ':nobody'", NULL);
    refuses(state, "total_views by week, month", ERR_USAGE, "weeks do not nest", NULL);
    refuses(state, "revenue top 5", ERR_USAGE, "add 'by'", NULL);
}

static void comparisons_fills_and_totals_that_mean_nothing_are_refused(void **state)
{
    refuses(state, "revenue vs previous", ERR_USAGE, "'vs' moves the period of the query, and it has none", "previous");
    refuses(state, "revenue since 2026-01 vs previous", ERR_USAGE, "a period of two ends", "previous");
    refuses(state, "revenue for 0001-01-01 vs last year", ERR_USAGE, "leaves the calendar", "last year");
    refuses(state, "revenue fill", ERR_USAGE, "the query has none", "fill");
    refuses(state, "revenue by channel fill zero", ERR_USAGE, "missing buckets of time", "fill");
    refuses(state, "revenue by snapshot_time fill", ERR_USAGE, "missing buckets of time", "fill");
    refuses(state, "revenue by day top 5 with other", ERR_USAGE, "'with other' is for what 'top' leaves out", NULL);
    refuses(state, "revenue, revenue.share, revenue.share by channel", ERR_USAGE, "'revenue_share' is named twice", NULL);
    refuses(state, "revenue.previous for 2026-01 vs previous", ERR_UNKNOWN, "revenue.previous", NULL);
    refuses(state, "revenue for 2026-01 order by revenue_previous", ERR_UNKNOWN, "revenue_previous", NULL);
}

static void what_is_compared_has_columns_of_its_own(void **state)
{
    const struct compiled *compiled = compiles(state, "revenue, revenue.share by channel for 2026-02 vs previous total");

    assert_int_equal(compiled->column_count, 7);
    assert_string_equal(compiled->columns[0].name, "kind");
    assert_string_equal(compiled->columns[3].name, "revenue_previous");
    assert_string_equal(compiled->columns[3].member, "VideoPerformance.revenue.previous");
    assert_int_equal(compiled->columns[3].format, FORMAT_CURRENCY);
    assert_string_equal(compiled->columns[5].name, "revenue_change");
    assert_int_equal(compiled->columns[5].format, FORMAT_PERCENT);
    assert_string_equal(compiled->columns[6].name, "revenue_share");
    assert_string_equal(compiled->note.range, "2026-02-01 … 2026-02-28 (28 days) vs 2026-01-01 … 2026-01-31 (31 days)");
}

/* "The same period moved back" and "as long before": what stands under the heading of the answer. */
static void periods_are_moved_by_the_calendar(void **state)
{
    static const struct { const char *line, *range; } cases[] = {
        {"last month vs previous", "2026-10-01 … 2026-10-31 (31 days) vs 2026-09-01 … 2026-09-30 (30 days)"},
        {"last 3 months vs previous", "2026-08-01 … 2026-10-31 (92 days) vs 2026-05-01 … 2026-07-31 (92 days)"},
        {"last 30 days vs previous", "2026-10-25 … 2026-11-23 (30 days) vs 2026-09-25 … 2026-10-24 (30 days)"},
        {"last 30 days vs last year", "2026-10-25 … 2026-11-23 (30 days) vs 2025-10-25 … 2025-11-23 (30 days)"},
        {"last week vs last year", "2026-11-16 … 2026-11-22 (7 days) vs 2025-11-17 … 2025-11-23 (7 days)"},
        {"last quarter vs last quarter", "2026-07-01 … 2026-09-30 (92 days) vs 2026-04-01 … 2026-06-30 (91 days)"},
        {"yesterday vs last week", "2026-11-23 vs 2026-11-16"},
        {"yesterday vs previous", "2026-11-23 vs 2026-11-22"},
        {"for 2026-02 vs previous", "2026-02-01 … 2026-02-28 (28 days) vs 2026-01-01 … 2026-01-31 (31 days)"},
        {"for 2024-02 vs last year", "2024-02-01 … 2024-02-29 (29 days) vs 2023-02-01 … 2023-02-28 (28 days)"},
        {"for 2024-02-29 vs last year", "2024-02-29 vs 2023-02-28"},
        {"for 2026-03-30 vs last month", "2026-03-30 vs 2026-02-28"},
        {"for 2026-03-31 vs 1 month ago", "2026-03-31 vs 2026-02-28"},
        {"for 2026-02-10..2026-02-28 vs last month", "2026-02-10 … 2026-02-28 (19 days) vs 2026-01-10 … 2026-01-28 (19 days)"},
        {"for 2026-02-01..2026-02-28 vs previous", "2026-02-01 … 2026-02-28 (28 days) vs 2026-01-04 … 2026-01-31 (28 days)"},
        {"for 2026-02..2026-03 vs previous", "2026-02-01 … 2026-03-31 (59 days) vs 2025-12-01 … 2026-01-31 (62 days)"},
        {"for 2026-Q1 vs 2 years ago", "2026-01-01 … 2026-03-31 (90 days) vs 2024-01-01 … 2024-03-31 (91 days)"},
        {"7d vs previous", "2026-11-17T12:00:00+00:00 … 2026-11-24T12:00:00+00:00 vs 2026-11-10T12:00:00+00:00 … 2026-11-17T12:00:00+00:00"},
        {"last 2 hours vs previous", "2026-11-24T10:00:00+00:00 … 2026-11-24T12:00:00+00:00 vs 2026-11-24T08:00:00+00:00 … 2026-11-24T10:00:00+00:00"},
        {"ytd vs last year", "2026-01-01T00:00:00+00:00 … 2026-11-24T12:00:00+00:00 vs 2025-01-01T00:00:00+00:00 … 2025-11-24T12:00:00+00:00"},
        {"this month vs previous", "2026-11-01T00:00:00+00:00 … 2026-11-24T12:00:00+00:00 vs 2026-10-01T00:00:00+00:00 … 2026-10-24T12:00:00+00:00"},
        {"this month vs 2026-02", "2026-11-01T00:00:00+00:00 … 2026-11-24T12:00:00+00:00 vs 2026-02-01T00:00:00+00:00 … 2026-02-24T12:00:00+00:00"},
        {"for 2026-03-29 vs previous tz Europe/Berlin", "2026-03-29 vs 2026-03-28"},
        {"for 2026-03 vs 2026-02, 2026-01", "2026-03-01 … 2026-03-31 (31 days) vs 2026-02-01 … 2026-02-28 (28 days) vs 2026-01-01 … 2026-01-31 (31 days)"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        _cleanup_(mem_freep) char *line = mem_printf("revenue %s", cases[i].line);
        const struct compiled     *compiled = compiles(state, line);

        if (strcmp(compiled->note.range, cases[i].range) != 0)
            fail_msg("%s\n  is  %s\n  not %s", line, compiled->note.range, cases[i].range);
    }
}

static void the_header_says_what_the_numbers_rest_on(void **state)
{
    const struct compiled *compiled = compiles(state, "total_views, revenue by day last 7 days tz America/Los_Angeles");

    assert_string_equal(compiled->note.range, "2026-11-17 … 2026-11-23 (7 days)");
    assert_string_equal(compiled->note.zone, "America/Los_Angeles");
    assert_string_equal(compiled->note.rule, "total_views: last per video, carried forward");
    assert_int_equal(compiled->step_count, 2);
    assert_int_equal(compiled->column_count, 3);
    assert_string_equal(compiled->columns[0].name, "day");
    assert_int_equal(compiled->columns[0].unit, UNIT_DAY);
    assert_string_equal(compiled->columns[0].member, "VideoPerformance.snapshot_time.day");
    assert_string_equal(compiled->columns[2].member, "VideoPerformance.revenue");
    assert_int_equal(compiled->columns[2].format, FORMAT_CURRENCY);
    compiled = compiles(state, "revenue 7d");
    assert_string_equal(compiled->note.range, "2026-11-17T12:00:00+00:00 … 2026-11-24T12:00:00+00:00");
    assert_string_equal(compiles(state, "revenue")->note.range, "all time");
    assert_string_equal(compiles(state, "revenue for 2018-11-04 tz America/Sao_Paulo")->note.range, "2018-11-04"); /* no midnight */
    assert_string_equal(compiles(state, "revenue until now")->note.range, "until 2026-11-24T12:00:00+00:00");
    assert_string_equal(compiles(state, "revenue for published_at in last 7 days")->note.range,
                        "all time, published_at: 2026-11-17 … 2026-11-23 (7 days)");
    assert_string_equal(compiles(state, "revenue for 2026-01, video.published_at in 2025")->note.range,
                        "2026-01-01 … 2026-01-31 (31 days), video.published_at: 2025-01-01 … 2025-12-31 (365 days)");
}

static void a_default_limit_asks_for_one_more(void **state)
{
    struct fixture        *fixture = *state;
    const struct compiled *compiled;

    fixture->context.default_limit = 100;
    compiled = compiles(state, "revenue by channel");
    assert_true(compiled->limit_is_default);
    assert_non_null(strstr(compiled->sql, "LIMIT 101"));
    compiled = compiles(state, "revenue by channel limit 100");
    assert_false(compiled->limit_is_default);
    assert_true(text_ends(compiled->sql, "LIMIT 100"));
    fixture->context.default_limit = 0;
}

static void json_of(void **state, const char *line, const char *json, const char *cube_query)
{
    const struct compiled *compiled = compiles(state, line);

    if (strcmp(compiled->json, json) != 0)
        fail_msg("%s\n  is  %s\n  not %s", line, compiled->json, json);
    if (cube_query != NULL && strcmp(compiled->note.cube_query, cube_query) != 0)
        fail_msg("%s\n  is  %s\n  not %s", line, compiled->note.cube_query, cube_query);
}

/* A line, its JSON, and the line of that: one question, whatever the second it is asked in. */
static void a_period_that_ends_now_is_the_same_by_its_json(void **state)
{
    static const char *const asked[] = {
        "revenue 7d limit 9", "revenue by hour for 36h tz Asia/Kolkata limit 9", "revenue by day ytd limit 9", "revenue until now limit 9", "revenue by month from 2026-10 to now limit 9",
        "revenue by day where published_at in 30d limit 9", "revenue by day 3d vs previous limit 9", "revenue by hour 3h vs last week limit 9", "revenue last 7 days limit 9", "total_views by day wtd limit 9",
    };
    static const char *const clocks[] = {"2026-11-24T12:00:00Z", "2026-11-24T12:34:56.789Z", "2026-11-24T23:59:59.999Z"};
    struct fixture *fixture = *state;
    int64_t         before = fixture->context.now;

    for (size_t i = 0; i < COUNT_OF(asked) * COUNT_OF(clocks); i++) {
        const struct compiled *first, *again;
        struct query          *query;

        assert_int_equal(instant_from_text(clocks[i % COUNT_OF(clocks)], strlen(clocks[i % COUNT_OF(clocks)]), &fixture->context.now), 0);
        first = compiles(state, asked[i / COUNT_OF(clocks)]);
        assert_int_equal(query_parse_json(fixture->arena, first->json, &query, NULL), 0);
        again = compiles(state, query_to_line(fixture->arena, query));
        assert_string_equal(first->json, again->json);
        assert_string_equal(first->sql, again->sql);
        assert_int_equal(first->value_count, again->value_count);
        for (size_t v = 0; v < first->value_count; v++)
            if (strcmp(first->values[v].text, again->values[v].text) != 0)
                fail_msg("%s: %s, by its JSON %s: %s", first->line, first->values[v].text, again->line, again->values[v].text);
    }
    fixture->context.now = before;
}

/* What keys a cache holds no clock and no variable; names are as written, because columns are called so. */
static void the_json_is_absolute(void **state)
{
    json_of(state, "revenue by day last 7 days limit 9",
            "{\"measures\":[\"revenue\"],\"dimensions\":[\"day\"],\"limit\":9,\"timezone\":\"UTC\",\"ytempire\":{\"for\":\"2026-11-17..2026-11-23\"}}",
            "{\"measures\":[\"VideoPerformance.revenue\"],\"timeDimensions\":[{\"dimension\":\"VideoPerformance.snapshot_time\",\"granularity\":\"day\","
            "\"dateRange\":[\"2026-11-17\",\"2026-11-23\"]}],\"limit\":9,\"timezone\":\"UTC\"}");
    json_of(state, "revenue 7d tz america/los_angeles limit 9",
            "{\"measures\":[\"revenue\"],\"limit\":9,\"timezone\":\"America/Los_Angeles\",\"ytempire\":{\"for\":\"2026-11-17T04:00:00.000..2026-11-24T03:59:59.999\"}}",
            NULL);
    json_of(state, "revenue since yesterday limit 9",
            "{\"measures\":[\"revenue\"],\"limit\":9,\"timezone\":\"UTC\",\"ytempire\":{\"for\":\"since 2026-11-23\"}}", NULL);
    json_of(state, "revenue this hour limit 9",
            "{\"measures\":[\"revenue\"],\"limit\":9,\"timezone\":\"UTC\",\"ytempire\":{\"for\":\"2026-11-24T12:00:00.000..2026-11-24T12:59:59.999\"}}", NULL);
    json_of(state, "revenue all time limit 9", "{\"measures\":[\"revenue\"],\"limit\":9,\"timezone\":\"UTC\",\"ytempire\":{\"for\":\"all time\"}}", NULL);
    json_of(state, "revenue by channel where niche = :niche and published_at in last week and published_at > 3 days ago and title = today order by revenue limit 9",
            "{\"measures\":[\"revenue\"],\"dimensions\":[\"channel\"],\"filters\":[{\"member\":\"niche\",\"operator\":\"equals\",\"values\":[\"Gaming'; DROP TABLE x; --\"]},"
            "{\"member\":\"published_at\",\"operator\":\"inDateRange\",\"values\":[\"2026-11-16\",\"2026-11-22\"]},"
            "{\"member\":\"published_at\",\"operator\":\"afterDate\",\"values\":[\"2026-11-21\"]},{\"member\":\"title\",\"operator\":\"equals\",\"values\":[\"today\"]}],"
            "\"limit\":9,\"timezone\":\"UTC\",\"ytempire\":{\"order\":\"revenue\"}}",
            "{\"measures\":[\"VideoPerformance.revenue\"],\"dimensions\":[\"VideoPerformance.channel\"],"
            "\"filters\":[{\"member\":\"VideoPerformance.niche\",\"operator\":\"equals\",\"values\":[\"Gaming'; DROP TABLE x; --\"]},"
            "{\"member\":\"VideoPerformance.published_at\",\"operator\":\"inDateRange\",\"values\":[\"2026-11-16\",\"2026-11-22\"]},"
            "{\"member\":\"VideoPerformance.published_at\",\"operator\":\"afterDate\",\"values\":[\"2026-11-21\"]},"
            "{\"member\":\"VideoPerformance.title\",\"operator\":\"equals\",\"values\":[\"today\"]}],"
            "\"order\":[[\"VideoPerformance.revenue\",\"desc\"]],\"limit\":9,\"timezone\":\"UTC\"}");
    json_of(state, "revenue, total_cost by month, channel limit 9",
            "{\"measures\":[\"revenue\",\"total_cost\"],\"dimensions\":[\"month\",\"channel\"],\"limit\":9,\"timezone\":\"UTC\"}", NULL);
}

/* The doubled hour has no local time of its own: it is written as instants. */
/* The cut is in it: the same line later is another question. */
static void what_is_compared_is_absolute_in_the_json(void **state)
{
    const char *json = compiles(state, "revenue this month vs previous")->json;

    assert_non_null(strstr(json, "2026-11-01T00:00:00.000"));
    assert_non_null(strstr(json, "2026-11-24T11:59:59.999"));
    assert_non_null(strstr(json, "\"vs\":\"2026-10-01T00:00:00.000..2026-10-24T11:59:59.999\""));
    assert_non_null(strstr(compiles(state, "revenue for 2026-02 vs last year")->json, "\"vs\":\"2025-02-01..2025-02-28\""));
    /* the 31st of October meets no day of September, and not the 1st of the same month */
    assert_non_null(strstr(compiles(state, "revenue by day for 2026-08..2026-10 vs last month")->json, "\"vs\":\"1 month ago\""));
    assert_non_null(strstr(compiles(state, "revenue by day for 2026-10 vs previous")->json, "\"vs\":\"1 month ago\""));
    assert_non_null(strstr(compiles(state, "revenue by day for 2026-08..2026-10 vs previous")->json, "\"vs\":\"3 months ago\""));
}

static void an_hour_that_comes_twice_is_two_keys(void **state)
{
    struct fixture *fixture = *state;
    int64_t         now = fixture->context.now, first, second;

    assert_int_equal(instant_from_text("2026-11-01T08:30:00Z", 20, &first), 0);
    assert_int_equal(instant_from_text("2026-11-01T09:30:00Z", 20, &second), 0);
    fixture->context.now = first;
    json_of(state, "revenue this hour tz America/Los_Angeles limit 9",
            "{\"measures\":[\"revenue\"],\"limit\":9,\"timezone\":\"America/Los_Angeles\",\"ytempire\":{\"for\":\"2026-11-01T01:00:00.000..2026-11-01T01:59:59.999\"}}", NULL);
    fixture->context.now = second;
    json_of(state, "revenue this hour tz America/Los_Angeles limit 9",
            "{\"measures\":[\"revenue\"],\"limit\":9,\"timezone\":\"America/Los_Angeles\",\"ytempire\":{\"for\":\"2026-11-01T09:00:00.000Z..2026-11-01T09:59:59.999Z\"}}", NULL);
    fixture->context.now = now;
}

/* Nothing is dropped in silence. */
static void what_may_not_be_meant_is_remarked(void **state)
{
    struct fixture        *fixture = *state;
    struct query          *query;
    struct compiled       *json;
    struct error           error = ERROR_INIT;
    const struct compiled *compiled = compiles(state, "total_views where snapshot_time < 2026-02");

    assert_int_equal(compiled->note.remark_count, 1);
    assert_non_null(strstr(compiled->note.remarks[0], "tested on the latest snapshot of each video"));
    assert_int_equal(compiles(state, "views_gained, revenue where snapshot_time < 2026-02")->note.remark_count, 0);
    assert_int_equal(query_parse_json(fixture->arena, "{\"measures\": [\"VideoPerformance.revenue\"], \"order\": {\"VideoPerformance.niche\": \"asc\"}}", &query, &error), 0);
    assert_int_equal(semantic_compile(fixture->arena, fixture->model, query, &fixture->context, &json, &error), 0);
    assert_int_equal(json->note.remark_count, 1);
    assert_non_null(strstr(json->note.remarks[0], "not ordered by 'VideoPerformance.niche', which is not in the result"));
    assert_true(json->limit_is_default);
    assert_int_equal(json->limit, 10000);
}

/* One of two facts has a key for the dimension, the other, a carried counter, has none: its value stands for it. */
static void a_dimension_with_a_key_in_one_fact_only(void **state)
{
    static const char text[] =
        "{\"cubes\": [{\"name\": \"Sales\", \"sql_table\": \"sales\","
        " \"dimensions\": {\"shop\": {\"sql\": \"shop_name\", \"key\": \"shop_id\", \"type\": \"string\"},"
        " \"at\": {\"sql\": \"sold_at\", \"type\": \"time\"}}, \"measures\": {\"sold\": {\"type\": \"count\"}}},"
        " {\"name\": \"Stock\", \"sql_table\": \"stock\", \"entities\": {\"good\": {\"sql\": \"good_id\"}},"
        " \"dimensions\": {\"shop\": {\"sql\": \"shop_name\", \"type\": \"string\"},"
        " \"at\": {\"sql\": \"counted_at\", \"type\": \"time\"}},"
        " \"measures\": {\"left\": {\"sql\": \"n\", \"type\": \"last\", \"per\": \"good\", \"rule\": \"carry\"}}}]}";
    struct fixture        *fixture = *state, other = *fixture;
    struct model_file      file = {.name = "test.json", .text = text, .length = strlen(text)};
    struct error           error = ERROR_INIT;
    const struct compiled *compiled;
    void                  *asked = &other;

    assert_int_equal(model_load(&file, 1, &other.model, &error), 0);
    compiled = compiles(&asked, "Sales.sold, Stock.left by shop, month");
    assert_null(strstr(compiled->sql, "(null)"));
    assert_non_null(strstr(compiled->sql, "stock.shop_name::text AS d1, stock.shop_name::text AS k1"));
    model_unref(other.model);
}

/* The depth of brackets is that of the question: it was one more for each test, until the stack ended. */
static void many_tests_of_rows_and_cells_lie_side_by_side(void **state)
{
    struct str             line = STR_INIT;
    const struct compiled *compiled;

    str_add(&line, "total_views where total_views > 1");
    for (int i = 0; i < 200; i++)
        str_addf(&line, " and niche != n%d and revenue > %d", i, i);
    compiled = compiles(state, str_text(&line));
    assert_null(strstr(compiled->sql, "(((("));
    str_done(&line);
}

static void an_edit_adds_measures_and_dimensions(void **state)
{
    struct fixture  *fixture = *state;
    struct query    *query, *edited;
    struct compiled *compiled;
    struct error     error = ERROR_INIT;

    assert_int_equal(query_parse(fixture->arena, "revenue by channel", NULL, &query, &error), 0);
    assert_int_equal(query_parse(fixture->arena, "+profit, content_type", query, &edited, &error), 0);
    assert_int_equal(semantic_compile(fixture->arena, fixture->model, edited, &fixture->context, &compiled, &error), 0);
    assert_int_equal(compiled->column_count, 4);
    assert_string_equal(compiled->columns[1].name, "content_type");
    assert_string_equal(compiled->columns[3].name, "profit");
}

/* The days that are looked through first are those before now, where the period ends long after it. */
static void nothing_is_near_the_end_of_a_period_to_come(void **state)
{
    const struct compiled *compiled = compiles(state, "total_views until 2030-12-31");
    bool                   near = false;

    for (size_t i = 0; i < compiled->value_count; i++)
        near |= strncmp(compiled->values[i].text, "2026-11-16", 10) == 0;
    if (!near)
        fail_msg("%s", compiled->sql);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_is_sql),
        cmocka_unit_test(values_are_bound_never_pasted),
        cmocka_unit_test(a_tenant_reads_its_own_schema),
        cmocka_unit_test(what_is_wrong_is_pointed_at),
        cmocka_unit_test(comparisons_fills_and_totals_that_mean_nothing_are_refused),
        cmocka_unit_test(what_is_compared_has_columns_of_its_own),
        cmocka_unit_test(periods_are_moved_by_the_calendar),
        cmocka_unit_test(the_header_says_what_the_numbers_rest_on),
        cmocka_unit_test(a_default_limit_asks_for_one_more),
        cmocka_unit_test(a_dimension_with_a_key_in_one_fact_only),
        cmocka_unit_test(many_tests_of_rows_and_cells_lie_side_by_side),
        cmocka_unit_test(an_edit_adds_measures_and_dimensions),
        cmocka_unit_test(a_period_that_ends_now_is_the_same_by_its_json),
        cmocka_unit_test(the_json_is_absolute),
        cmocka_unit_test(what_is_compared_is_absolute_in_the_json),
        cmocka_unit_test(an_hour_that_comes_twice_is_two_keys),
        cmocka_unit_test(what_may_not_be_meant_is_remarked),
        cmocka_unit_test(nothing_is_near_the_end_of_a_period_to_come),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
