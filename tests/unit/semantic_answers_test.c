/* semantic: filters, order, joins, ratios and several facts on a real server, answers worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_rows_help.h"

/* Revenue in cents: Alpha (UC-a, Music) 100 and 300, Beta (niche unknown) 200, Bob's Alpha (Gaming) 50. */
static const char sums[] = "SELECT pg_temp.money(1, 12, '2026-03-01 12:00+00', 100, 30), pg_temp.money(2, 12, '2026-03-02 12:00+00', 300, NULL),"
                           " pg_temp.money(10, 13, '2026-03-02 13:00+00', 200, 0), pg_temp.money(11, 14, '2026-03-03 12:00+00', 50, 80)";

/* -- null -------------------------------------------------------------------------------------------------------------- */

SERVER_TEST(negative_tests_hold_for_null_too)
{
    given(who, sums);
    answers(who, "revenue where niche = Music", "4");
    answers(who, "revenue where niche != Music", "2.5");
    answers(who, "revenue where not niche = Music", "2.5");
    answers(who, "revenue where not (niche = Music or niche = Gaming)", "2");
    answers(who, "revenue where niche not in (Music, Gaming)", "2");
    answers(who, "revenue where niche in (Music, Gaming)", "4.5");
    answers(who, "revenue where niche not contains mus", "2.5");
    answers(who, "revenue where niche not starts with G", "6");
    answers(who, "revenue where niche not ends with c", "2.5");
    answers(who, "revenue where niche not like 'M%'", "2.5");
    answers(who, "revenue where niche is null", "2");
    answers(who, "revenue where niche is not null", "4.5");
    answers(who, "revenue where not niche is null", "4.5");
    answers(who, "revenue where not niche contains mus and not niche is null", "0.5");
    answers(who, "revenue where niche not between G and N", "2");
    answers(who, "revenue where cost = 1", "nothing");               /* the one cell does not hold it */
}

/* A or not A (with null) is all */
SERVER_TEST(a_test_and_its_negation_are_all)
{
    static const char *const tests[] = {"niche = Music", "niche contains a", "niche < M", "niche in (Music, Gaming)", "niche like '%m%'",
                                        "published_at in 2025", "duration > 5", "niche starts with G and title = x"};

    given(who, sums);
    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        _cleanup_(mem_freep) char *line = mem_printf("snapshots where (%s) or not (%s)", tests[i], tests[i]);

        answers(who, line, "4");
    }
}

SERVER_TEST(cubes_operators_have_cubes_nulls)
{
    given(who, sums);
    answers(who, "{\"measures\": [\"VideoPerformance.revenue\"], \"filters\": [{\"member\": \"VideoPerformance.niche\", \"operator\": \"notEquals\", \"values\": [\"Music\"]}]}", "2.5");
    answers(who, "{\"measures\": [\"VideoPerformance.revenue\"], \"filters\": [{\"member\": \"VideoPerformance.niche\", \"operator\": \"notEquals\", \"values\": [\"Music\", null]}]}", "0.5");
    answers(who, "{\"measures\": [\"VideoPerformance.revenue\"], \"filters\": [{\"member\": \"VideoPerformance.niche\", \"operator\": \"equals\", \"values\": [\"Music\", null]}]}", "6");
    answers(who, "{\"measures\": [\"VideoPerformance.revenue\"], \"filters\": [{\"member\": \"VideoPerformance.niche\", \"operator\": \"equals\", \"values\": [null]}]}", "2");
    answers(who, "{\"measures\": [\"VideoPerformance.revenue\"], \"filters\": [{\"or\": [{\"member\": \"VideoPerformance.niche\", \"operator\": \"notSet\"}, "
                 "{\"member\": \"VideoPerformance.niche\", \"operator\": \"startsWith\", \"values\": [\"gam\"]}]}]}", "2.5");
    answers(who, "{\"measures\": [\"VideoPerformance.revenue\"], \"timeDimensions\": [{\"dimension\": \"VideoPerformance.snapshot_time\", "
                 "\"granularity\": \"day\", \"dateRange\": [\"2026-03-02\", \"2026-03-03\"]}]}", "2026-03-02 5; 2026-03-03 0.5");
    answers(who, "{\"measures\": [\"VideoPerformance.revenue\"], \"filters\": [{\"member\": \"VideoPerformance.snapshot_time\", \"operator\": \"afterDate\", \"values\": [\"2026-03-02\"]}]}", "0.5");
    answers(who, "{\"measures\": [\"VideoPerformance.revenue\"], \"filters\": [{\"member\": \"VideoPerformance.snapshot_time\", \"operator\": \"beforeOrOnDate\", \"values\": [\"2026-03-02\"]}]}", "6");
}

/* Cube's "ungrouped": each row, what it gives to the aggregate; a count is 1 where there is something to count. */
SERVER_TEST(rows_as_they_are)
{
    given(who, sums);
    script(who, "SELECT pg_temp.snap(1, 12, '2026-03-01 13:00+00', 77)");
    answers(who, "{\"measures\": [\"VideoPerformance.revenue\", \"VideoPerformance.snapshots\", \"VideoPerformance.videos_with_cost\", \"VideoPerformance.total_views\"], "
                 "\"dimensions\": [\"VideoPerformance.niche\"], \"ungrouped\": true, \"order\": {\"VideoPerformance.revenue\": \"desc\"}}",
            "Music 3 1 - -; - 2 1 - -; Music 1 1 1 -; Gaming 0.5 1 1 -; Music - 1 - 77");
    answers(who, "{\"measures\": [\"VideoPerformance.revenue\"], \"ungrouped\": true, \"limit\": 1, \"offset\": 1, \"order\": {\"VideoPerformance.revenue\": \"desc\"}}", "2");
    refuses(shipped, "{\"measures\": [\"VideoPerformance.views_gained\"], \"ungrouped\": true}", ERR_USAGE, "a difference between rows", NULL, NULL);
    refuses(shipped, "{\"measures\": [\"VideoPerformance.revenue\"], \"ungrouped\": true, \"filters\": [{\"member\": \"VideoPerformance.revenue\", \"operator\": \"gt\", \"values\": [\"1\"]}]}",
            ERR_USAGE, "is about groups", NULL, NULL);
}

SERVER_TEST(rows_are_counted_without_limit)
{
    struct desk                                 *desk = who;
    const struct compiled                       *compiled;
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct pg_value                              values[8];

    given(who, sums);
    compiled = compiles(shipped, "{\"measures\": [\"VideoPerformance.revenue\"], \"dimensions\": [\"VideoPerformance.niche\"], \"total\": true, \"limit\": 1, "
                                 "\"filters\": [{\"member\": \"VideoPerformance.revenue\", \"operator\": \"gt\", \"values\": [\"1\"]}]}");
    for (size_t i = 0; i < compiled->value_count; i++)
        values[i] = PG_TEXT(compiled->values[i].text);
    assert_int_equal(pg_query(desk->pg, compiled->row_count_sql, values, compiled->value_count, &result, &desk->error), 0);
    assert_string_equal(pg_result_text(result, 0, 0), "2");
    assert_null(compiles(shipped, "revenue by niche")->row_count_sql);
}

/* -- texts, lists, times ------------------------------------------------------------------------------------------------ */

SERVER_TEST(texts_are_tested_as_written)
{
    given(who, sums);
    script(who, "UPDATE analytics.dim_video SET video_title = CASE video_key WHEN 1 THEN '100% Live' WHEN 2 THEN 'live_set' WHEN 10 THEN 'ダッシュボード' ELSE 'O''Brien \\ x' END");
    answers(who, "revenue where title contains LIVE", "4");          /* contains ignores case */
    answers(who, "revenue where title like '%live%'", "3");          /* like does not */
    answers(who, "revenue where title contains '0% l'", "1");        /* % and _ mean themselves in contains */
    answers(who, "revenue where title contains '_'", "3");
    answers(who, "revenue where title contains '\\'", "0.5");
    answers(who, "revenue where title like 'live\\_%'", "3");
    answers(who, "revenue where title starts with Live", "3");
    answers(who, "revenue where title ends with live", "1");
    answers(who, "revenue where title = 'live_set'", "3");
    answers(who, "revenue where title = 'LIVE_SET'", "-");
    answers(who, "revenue where title contains 'o''brien'", "0.5");
    answers(who, "revenue where title contains シュボ", "2");
    answers(who, "revenue where title contains (set, ボード)", "5");
    answers(who, "revenue where title not contains (set, live)", "2.5");
}

/* A list too long for one bound value each, with signs that mean something in an array. */
SERVER_TEST(long_lists_are_one_value)
{
    struct str texts = STR_INIT, numbers = STR_INIT;

    given(who, sums);
    script(who, "UPDATE analytics.dim_video SET video_title = CASE video_key WHEN 1 THEN 'a\"b' WHEN 2 THEN 'c\\d, {e}' WHEN 10 THEN NULL ELSE 'NULL' END");
    for (int i = 0; i < 70000; i++) {
        str_addf(&texts, "x%d, ", i);
        str_addf(&numbers, "%d.5, ", i);
    }
    for (int i = 0; i < 2; i++) {
        const char                *not = i == 0 ? "" : "not ";
        _cleanup_(mem_freep) char *title = mem_printf("revenue where title %sin (%s'a\"b', 'c\\d, {e}', 'NULL')", not, str_text(&texts));
        _cleanup_(mem_freep) char *duration = mem_printf("snapshots where duration %sin (%s60)", not, str_text(&numbers));

        answers(who, title, i == 0 ? "4.5" : "2");
        answers(who, duration, i == 0 ? "0" : "4");
    }
    str_done(&texts);
    str_done(&numbers);
}

SERVER_TEST(lists_have_items)
{
    given(who, sums);
    script(who, "UPDATE analytics.dim_video SET video_tags = CASE video_key WHEN 1 THEN '{music,live}'::text[] WHEN 2 THEN '{Music}' WHEN 10 THEN '{}' END");
    answers(who, "revenue where tags has music", "1");
    answers(who, "revenue where tags not has music", "5.5");
    answers(who, "revenue where not tags has music", "5.5");
    answers(who, "revenue where tags is null", "0.5");
}

/* Video 1 was published in January, 2 on 2026-02-15, 10 on the last instant of January, 11 at an unknown time. */
SERVER_TEST(a_time_is_compared_with_a_whole_unit)
{
    given(who, sums);
    script(who, "UPDATE analytics.dim_video SET published_at = CASE video_key WHEN 1 THEN '2026-01-10 00:00+00'::timestamptz"
                " WHEN 2 THEN '2026-02-15 12:00+00' WHEN 10 THEN '2026-01-31 23:59:59.9999+00' END");
    answers(who, "revenue where published_at = 2026-01", "3");
    answers(who, "revenue where published_at != 2026-01", "3.5");
    answers(who, "revenue where published_at < 2026-02", "3");
    answers(who, "revenue where published_at <= 2026-01", "3");
    answers(who, "revenue where published_at > 2026-01", "3");
    answers(who, "revenue where published_at >= 2026-01-31", "5");
    answers(who, "revenue where published_at > 2026-01-31", "3");
    answers(who, "revenue where published_at between 2026-01-31 and 2026-02", "5");
    answers(who, "revenue where published_at in 2026-01-31..2026-02-14", "2");
    answers(who, "revenue where published_at = 2026-01-31 tz America/Los_Angeles", "2");
    answers(who, "revenue where published_at in (2026-01-10, 2026-02-15)", "4");
    answers(who, "revenue where published_at not in 2026-01", "3.5");
    answers(who, "revenue by published_at.month", "2026-01-01 3; 2026-02-01 3; - 0.5");
    answers(who, "revenue for published_at in 2026-01", "3");
}

/* -- measures as conditions --------------------------------------------------------------------------------------------- */

SERVER_TEST(a_measure_is_tested_as_it_is_shown)
{
    given(who, sums);
    answers(who, "revenue by channel", "Alpha 4; Beta 2; Alpha 0.5");
    answers(who, "revenue by channel having revenue > 1", "Alpha 4; Beta 2");
    answers(who, "revenue by channel where revenue > 1", "Alpha 4; Beta 2");
    answers(who, "revenue by channel where revenue between 0.5 and 2", "Beta 2; Alpha 0.5");
    answers(who, "revenue by channel having profit < 0", "Alpha 0.5");
    refuses(shipped, "revenue by channel having revenue > 1 and niche = x", ERR_UNKNOWN, "unknown measure 'niche'", "niche", "'niche' is a dimension");
    refuses(shipped, "views by day", ERR_UNKNOWN, "unknown measure 'views'", "views", "one of total_views, total_views_period, total_views_exact, views_gained,");
    refuses(shipped, "videos by id", ERR_UNKNOWN, "unknown dimension 'id'", "id", "one of channel_id, video_id, user_id");
    refuses(shipped, "gaine by day", ERR_UNKNOWN, "unknown measure 'gaine'", "gaine", "'catalog' lists all.");
    refuses(shipped, "revenue by channel where revenue > 1 or niche = x", ERR_USAGE, "cannot share one 'or'", NULL, "two tests joined by 'and'");
    answers(who, "revenue by channel having not revenue > 1", "Alpha 0.5");
    answers(who, "cost by channel having cost = 0", "Beta 0");
    answers(who, "revenue by channel having total_views is null and revenue >= 2", "Alpha 4; Beta 2");
    answers(who, "revenue having revenue > 100", "nothing");
}

SERVER_TEST(order_top_and_limit)
{
    given(who, sums);
    answers(who, "revenue, profit by channel order by profit", "Alpha 4 3.7; Beta 2 2; Alpha 0.5 -0.3");
    answers(who, "revenue by channel order by revenue asc", "Alpha 0.5; Beta 2; Alpha 4");
    answers(who, "revenue by channel order by channel, revenue", "Alpha 4; Alpha 0.5; Beta 2");
    answers(who, "revenue by channel order by channel desc", "Beta 2; Alpha 4; Alpha 0.5");
    answers(who, "revenue by channel top 2", "Alpha 4; Beta 2");
    answers(who, "revenue by channel top 1 by cost", "Alpha 0.5");
    answers(who, "revenue by channel top 2 order by channel", "Alpha 4; Beta 2");
    answers(who, "revenue by channel having revenue < 3 top 1", "Beta 2");
    answers(who, "revenue by channel limit 1 offset 1", "Beta 2");
    answers(who, "revenue by channel limit 0", "nothing");
    answers(who, "revenue by channel top 2 limit 1", "Alpha 4");
    answers(who, "from VideoPerformance by niche", "Gaming; Music; -");
}

/* top keeps combinations by their value over the whole range, with all their buckets */
SERVER_TEST(top_goes_by_the_whole_range)
{
    given(who, sums);
    answers(who, "revenue by day, channel top 1", "2026-03-01 Alpha 1; 2026-03-02 Alpha 3");
    answers(who, "revenue by day, channel_id top 2 for 2026-03-02..2026-03-03", "2026-03-02 UC-a 3; 2026-03-02 UC-b 2");
    answers(who, "revenue by day, channel_id having revenue < 3 top 1", "2026-03-01 UC-a 1");
    answers(who, "revenue by day top 2", "2026-03-01 1; 2026-03-02 5");
}

/* NULL comes last both ways; equal values are told apart by all dimensions, text by its bytes. */
SERVER_TEST(nulls_last_and_ties_by_dimensions)
{
    given(who, "SELECT pg_temp.money(1, 12, '2026-03-01', 100), pg_temp.money(2, 12, '2026-03-01', 100), pg_temp.money(3, 12, '2026-03-01', NULL, 5),"
               " pg_temp.money(4, 12, '2026-03-01', 200);"
               "UPDATE analytics.dim_video SET video_title = CASE video_key WHEN 1 THEN 'b' WHEN 2 THEN 'B' WHEN 3 THEN 'a' WHEN 4 THEN NULL END");
    answers(who, "revenue by title", "- 2; B 1; b 1; a -");
    answers(who, "revenue by title order by revenue asc", "B 1; b 1; - 2; a -");
    answers(who, "revenue by title order by revenue desc", "- 2; B 1; b 1; a -");
    answers(who, "revenue by title order by title", "B 1; a -; b 1; - 2");
    answers(who, "revenue by title order by title desc", "b 1; a -; B 1; - 2");
    answers(who, "revenue by title top 2", "- 2; B 1");
    answers(who, "revenue by title having revenue is null", "a -");
}

/* -- measures ------------------------------------------------------------------------------------------------------------ */

SERVER_TEST(ratios_are_of_sums_and_null_over_zero)
{
    given(who, "SELECT pg_temp.snap(1, 12, '2026-03-01', 1000, 30, 10, NULL), pg_temp.snap(2, 12, '2026-03-01', 10, 2, 0, 0), pg_temp.snap(10, 13, '2026-03-01', 0, 5);"
               "SELECT pg_temp.money(1, 12, '2026-03-02', 100, 30), pg_temp.money(2, 12, '2026-03-02', 0, 210), pg_temp.money(10, 13, '2026-03-02', 0, 0)");
    answers(who, "engagement_rate where channel = Alpha", "0.04158415841584158416");    /* 42 / 1010, not the mean of 0.04 and 0.2 */
    answers(who, "engagement_rate by channel order by channel", "Alpha 0.04158415841584158416; Beta -");
    answers(who, "cost_per_video", "1.2");                                            /* 2.40 of two videos that cost something */
    answers(who, "profit_margin by channel order by channel", "Alpha -1.4; Beta -");
    answers(who, "revenue_per_thousand_views", "-");                                  /* views gained: 0 */
    answers(who, "videos, videos_with_cost, snapshots", "3 2 6");
}

static int no_extension(void *who, struct arena *arena, const char *sql, const char **ret_text)
{
    (void)who;
    *ret_text = arena_strdup(arena, "0");
    return strstr(sql, "pg_extension") != NULL ? 0 : ERR_UNKNOWN;
}

static bool no_sketches;

/* Sketches of few values are exact. They are united over groups, buckets and stretches of time. */
SERVER_TEST(sketches_count_distinct_values)
{
    static const char text[] = "{\"cubes\": [{\"name\": \"Facts\", \"sql_table\": \"analytics.fact_video_performance\", \"time_dimension\": \"at\","
        "\"dimensions\": {\"at\": {\"sql\": \"\\\"timestamp\\\"\", \"type\": \"time\"}, \"user\": {\"sql\": \"user_key\", \"type\": \"number\"}},"
        "\"measures\": {\"videos\": {\"type\": \"count_distinct_approx\", \"sql\": \"video_key\"}, \"n\": {\"type\": \"count\"},"
        "\"videos_3d\": {\"type\": \"rolling\", \"measure\": \"videos\", \"window\": \"3 days\"}}}]}";
    struct fixture asked = *shipped;
    struct model  *model = model_of_text(text);
    struct desk   *desk = who;
    _cleanup_(pg_result_freep) struct pg_result *there = NULL;

    given(who, "SELECT pg_temp.money(1, 12, '2026-03-01 12:00+00', 1), pg_temp.money(2, 12, '2026-03-01 13:00+00', 1),"
               " pg_temp.money(1, 12, '2026-03-03 12:00+00', 1), pg_temp.money(11, 14, '2026-03-03 12:00+00', 1)");
    asked.model = model;
    asked.context.look_up = no_extension;
    refuses(&asked, "videos", ERR_SERVER, "needs the extension hll", NULL, "postgresql-15-hll");
    assert_int_equal(pg_query(desk->pg, "SELECT FROM pg_available_extensions WHERE name = 'hll'", NULL, 0, &there, &desk->error), 0);
    if (pg_result_rows(there) == 0) {                          /* skip() cannot leave a task */
        no_sketches = true;
        model_unref(model);
        return;
    }
    script(who, "CREATE EXTENSION IF NOT EXISTS hll SCHEMA public");
    answers_with(who, model, "videos", "3");
    answers_with(who, model, "videos, n by day for 2026-03-01..2026-03-04 fill", "2026-03-01 2 2; 2026-03-02 - -; 2026-03-03 2 2; 2026-03-04 - -");
    answers_with(who, model, "videos by user, day total", "row 101 2026-03-01 2; row 101 2026-03-03 1; row 102 2026-03-03 1; total - - 3");
    answers_with(who, model, "videos by user, day top 1 with other", "row 101 2026-03-01 2; row 101 2026-03-03 1; other - 2026-03-03 1");
    answers_with(who, model, "videos_3d by day for 2026-03-02..2026-03-03", "2026-03-02 2; 2026-03-03 3");
    answers_with(who, model, "videos for 2026-03-03 vs 2026-03-01", "2 2 0 0");
    model_unref(model);
}

static void distinct_values_by_approximation(void **state)
{
    sketches_count_distinct_values(state);
    if (!no_sketches)
        return;
    fprintf(stderr, "SKIPPED: the extension hll is not installed\n");
    skip();
}

/* A ratio of two facts: each is aggregated by itself on the dimensions of the line. */
SERVER_TEST(measures_across_cubes)
{
    static const char text[] = "{\"cubes\": [{\"name\": \"Facts\", \"sql_table\": \"analytics.fact_video_performance\", \"time_dimension\": \"at\","
        "\"dimensions\": {\"at\": {\"sql\": \"\\\"timestamp\\\"\", \"type\": \"time\"}, \"user\": {\"sql\": \"user_key\", \"type\": \"number\"}},"
        "\"measures\": {\"cash\": {\"type\": \"sum\", \"sql\": \"actual_revenue_cents\"},"
        "\"yield\": {\"type\": \"ratio\", \"numerator\": \"cash\", \"denominator\": \"Costs.cost\"},"
        "\"left\": {\"type\": \"derived\", \"sql\": \"{cash} - {Costs.cost}\"}, \"broken\": {\"type\": \"derived\", \"sql\": \"{cash} - {Costs.gone}\"}}},"
        "{\"name\": \"Costs\", \"sql_table\": \"analytics.fact_costs\", \"time_dimension\": \"at\","
        "\"dimensions\": {\"at\": {\"sql\": \"cost_timestamp\", \"type\": \"time\"}, \"user\": {\"sql\": \"user_key\", \"type\": \"number\"}, \"kind\": {\"sql\": \"cost_category\", \"type\": \"string\"}},"
        "\"measures\": {\"cost\": {\"type\": \"sum\", \"sql\": \"total_cost_cents\"}, \"gone\": {\"type\": \"rank\"}}}]}";
    struct fixture asked = *shipped;
    struct model_file file = {.name = "a.json", .text = text, .length = sizeof text - 1};
    struct model  *model = model_load_any(&file, 1);

    given(who, "SELECT pg_temp.money(1, 12, '2026-03-01 12:00+00', 60), pg_temp.money(11, 14, '2026-03-02 12:00+00', 30)");
    script(who, "INSERT INTO analytics.fact_costs (source, source_ref, user_key, date_key, cost_category, quantity, total_cost_cents, channel_id, cost_timestamp) VALUES"
                " ('t', '1', 101, 20260301, 'ai', 1, 40, 'UC-a', '2026-03-01 12:00+00'), ('t', '2', 101, 20260301, 'ai', 1, 10, 'UC-a', '2026-03-01 13:00+00')");
    answers_with(who, model, "yield, left", "1.8 40");
    answers_with(who, model, "yield, left by user order by user", "101 1.2 10; 102 - -");
    answers_with(who, model, "yield by day for 2026-03-01..2026-03-02 total", "row 2026-03-01 1.2; row 2026-03-02 -; total - 1.8");
    asked.model = model;
    refuses(&asked, "yield by kind", ERR_UNKNOWN, "Facts has no such dimension", NULL, NULL);
    refuses(&asked, "broken", ERR_UNKNOWN, "unknown measure 'broken'", NULL, NULL);
    model_unref(model);
}

SERVER_TEST(all_types_of_measures)
{
    static const char text[] = "{\"cubes\": [{\"name\": \"Facts\", \"sql_table\": \"analytics.fact_video_performance\", \"time_dimension\": \"at\","
        "\"dimensions\": {\"at\": {\"sql\": \"\\\"timestamp\\\"\", \"type\": \"time\"}, \"video\": {\"sql\": \"video_key\", \"type\": \"number\"}},"
        "\"measures\": {"
        "\"n\": {\"type\": \"count\"}, \"n_views\": {\"type\": \"count\", \"sql\": \"views\"}, \"s\": {\"type\": \"sum\", \"sql\": \"views\"},"
        "\"least\": {\"type\": \"min\", \"sql\": \"views\"}, \"most\": {\"type\": \"max\", \"sql\": \"views\"}, \"a\": {\"type\": \"avg\", \"sql\": \"views\"},"
        "\"d\": {\"type\": \"count_distinct\", \"sql\": \"views\"}, \"big\": {\"type\": \"sum\", \"sql\": \"views\", \"filters\": [{\"sql\": \"views > 10\"}, {\"sql\": \"{video} < 3\"}]},"
        "\"mixed\": {\"type\": \"number\", \"sql\": \"SUM(views) * 2 + COUNT(*)\"}, \"part\": {\"type\": \"percentage\", \"sql\": \"COUNT(views) / COUNT(*)\"},"
        "\"half\": {\"type\": \"ratio\", \"numerator\": \"n_views\", \"denominator\": \"n\"}, \"over\": {\"type\": \"derived\", \"sql\": \"{s} / {n} + 1\"},"
        "\"exact\": {\"type\": \"derived\", \"sql\": \"{n_views} / {n}\"},"
        "\"by_other\": {\"type\": \"number\", \"sql\": \"{s} - {most}\"}, \"cash\": {\"type\": \"currency\", \"sql\": \"SUM(actual_revenue_cents) / 100.0\"},"
        "\"zero\": {\"type\": \"derived\", \"sql\": \"{s} / ({n} - {n})\"}"
        "}}]}";
    struct model *model = model_of_text(text);

    given(who, "SELECT pg_temp.snap(1, 12, '2026-03-01', 10), pg_temp.snap(1, 12, '2026-03-02', 10), pg_temp.snap(2, 12, '2026-03-01', 25),"
               " pg_temp.snap(3, 12, '2026-03-01', 40), pg_temp.money(1, 12, '2026-03-03', 100.005)");
    answers_with(who, model, "Facts.n, Facts.n_views, Facts.s, Facts.least, Facts.most, Facts.a, Facts.d, Facts.big", "5 4 85 10 40 21.25 3 25");
    answers_with(who, model, "Facts.mixed, Facts.half, Facts.by_other, Facts.cash, Facts.zero", "175 0.8 45 1.00005 -");
    answers_with(who, model, "Facts.over, Facts.exact", "18 0.8");           /* measures divide exactly, not as whole numbers … */
    answers_with(who, model, "Facts.part", "0");                             /* … SQL as PostgreSQL has it, and lint says so */
    answers_with(who, model, "Facts.s, Facts.d by Facts.video", "3 40 1; 2 25 1; 1 20 1");
    answers_with(who, model, "Facts.n, Facts.s, Facts.a for 2020", "0 - -");
    model_unref(model);
}

/* -- joins ---------------------------------------------------------------------------------------------------------------- */

/* Versions of a channel, and of a user, never count a row twice; a row without a partner stays. */
SERVER_TEST(many_to_one_joins_do_not_multiply)
{
    given(who, sums);
    script(who, "UPDATE analytics.dim_user SET valid_to = '2026-02-01', is_current = false WHERE user_key = 101;"
                "INSERT INTO analytics.dim_user (user_key, user_id, email, subscription_tier, valid_from) VALUES"
                " (103, '00000000-0000-4000-9000-000000000101', 'ann@new.example', 'scale', '2026-02-01')");
    answers(who, "revenue, snapshots by channel.niche, channel.channel_name", "Music Alpha 4 2; - Beta 2 1; Gaming Alpha 0.5 1");
    answers(who, "revenue, snapshots by user", "ann@new.example 6 3; bob@example.org 0.5 1");
    answers(who, "revenue by subscription_tier", "growth 6; starter 0.5");
    answers(who, "revenue by current_account.subscription_tier", "scale 6; starter 0.5");
    answers(who, "snapshots by dates.day_name, video.title order by video.title limit 1", "Sunday Video 1 1");
}

/* A user with several channels counts once in each niche, and once in all. */
SERVER_TEST(users_are_asked_by_their_channels)
{
    given(who, sums);
    script(who, "UPDATE analytics.dim_channel SET niche = 'Music' WHERE channel_key = 13");
    answers(who, "users by niche where niche is not null order by niche", "Gaming 1; Music 1");
    answers(who, "users, revenue by niche where niche is not null order by niche", "Gaming 1 0.5; Music 1 6");
    answers(who, "users, active_users where channels.niche in (Music, Gaming)", "2 2");
    answers(who, "users by channel_name where niche is not null total order by channel_name",
            "row Alpha 2; row Beta 1; total - 2");
}

/* A cost names its channel by id: the version is the one valid at its time, and without a channel it stays. */
static const char costs[] = "INSERT INTO analytics.fact_costs (source, source_ref, user_key, date_key, cost_category, quantity, total_cost_cents, channel_id, cost_timestamp) VALUES"
    " ('openai', 'a', 101, 20260115, 'ai', 10, 0.56, 'UC-a', '2026-01-15 12:00+00'), ('openai', 'b', 101, 20260302, 'ai', 20, 40, 'UC-a', '2026-03-02 23:30+00'),"
    " ('s3', 'c', 101, 20260302, 'storage', 1, 7, NULL, '2026-03-02 12:00+00')";

SERVER_TEST(costs_meet_the_channel_that_was_valid)
{
    given(who, costs);
    answers(who, "total_cost by Costs.niche", "Music 0.4; - 0.07; Gaming 0.0056");
    answers(who, "total_cost, ai_cost, storage_cost, api_cost by Costs.channel", "Alpha 0.4056 0.4056 - -; - 0.07 - 0.07 -");
    answers(who, "total_cost, cost_entries, unit_cost", "0.4756 3 0.015341935483870968");
}

/* Each fact is aggregated by itself; what one of them lacks is NULL, not dropped and not doubled. */
SERVER_TEST(several_facts_are_brought_together)
{
    given(who, sums);
    script(who, costs);
    answers(who, "revenue, ai_cost by channel for 2026-03", "Alpha 4 0.4; Beta 2 -; Alpha 0.5 -; - - -");
    answers(who, "revenue, total_cost", "6.5 0.4756");
    answers(who, "revenue, total_cost by month", "2026-01-01 - 0.0056; 2026-03-01 6.5 0.47");
    answers(who, "revenue, total_cost by channel having total_cost > 0", "Alpha 4 0.4056; - - 0.07");
    answers(who, "revenue, total_cost by niche", "Music 4 0.4; - 2 0.07; Gaming 0.5 0.0056");
    answers(who, "total_views, views_gained, revenue, snapshots", "- - 6.5 4");
    answers(who, "revenue by channel order by total_cost", "Alpha 4; - -; Alpha 0.5; Beta 2");      /* costs without a channel */
    answers(who, "revenue by channel where channel = Alpha and total_cost is null", "Alpha 0.5");
}

/* -- days of YouTube ------------------------------------------------------------------------------------------------------ */

static const char daily[] = "INSERT INTO analytics.fact_revenue (source, channel_id, video_key, channel_key, user_key, date_key, metric_date, ad_revenue_cents, sponsorship_revenue_cents) VALUES"
    " ('youtube', 'UC-a', 1, 12, 101, 20260228, '2026-02-28', 100, 5), ('youtube', 'UC-a', 2, 12, 101, 20260301, '2026-03-01', 200, 0),"
    " ('youtube', 'UC-a', NULL, 12, 101, 20260301, '2026-03-01', 400, 0);"
    "INSERT INTO analytics.fact_channel_daily (channel_id, channel_key, user_key, date_key, metric_date, total_views, subscriber_count) VALUES"
    " ('UC-a', 12, 101, 20260228, '2026-02-28', 10, 100), ('UC-a', 12, 101, 20260301, '2026-03-01', 20, 90), ('UC-b', 13, 101, 20260228, '2026-02-28', 5, 7)";

SERVER_TEST(a_day_without_a_time_is_never_shifted)
{
    static const char *const zones[] = {"UTC", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati"};

    given(who, daily);
    for (size_t i = 0; i < COUNT_OF(zones); i++) {
        _cleanup_(mem_freep) char *days = mem_printf("ad_revenue by day tz %s", zones[i]);
        _cleanup_(mem_freep) char *month = mem_printf("ad_revenue, total_revenue for 2026-02 tz %s", zones[i]);
        _cleanup_(mem_freep) char *range = mem_printf("ad_revenue where metric_date >= 2026-03-01 tz %s", zones[i]);
        _cleanup_(mem_freep) char *carried = mem_printf("subscribers by day for 2026-02-28..2026-03-01 tz %s", zones[i]);

        answers(who, days, "2026-02-28 1; 2026-03-01 6");
        answers(who, month, "1 1.05");
        answers(who, range, "6");
        answers(who, carried, "2026-02-28 107; 2026-03-01 97");
    }
    shipped->context.now = instant_of("2026-03-01T15:00:00Z");
    answers(who, "daily_views 24h", "20");                                   /* the days that begin inside */
    answers(who, "daily_views 2d", "35");
    answers(who, "daily_views for 2026-02-28T00:00..2026-02-28T23:59", "15");
    answers(who, "daily_views since 2026-02-28T12:00", "20");
    assert_int_equal(compiles(shipped, "daily_views 24h")->note.remark_count, 1);
    assert_int_equal(compiles(shipped, "daily_views last 7 days")->note.remark_count, 0);
    answers(who, "subscribers, subscribers_increase, daily_views by month", "2026-02-01 107 0 15; 2026-03-01 97 -10 20");
    answers(who, "ad_revenue by is_weekend tz Asia/Tokyo", "t 7");          /* a Saturday and a Sunday */
}

SERVER_TEST(days_of_two_kinds_are_not_put_side_by_side)
{
    given(who, daily);
    script(who, "SELECT pg_temp.money(1, 12, '2026-03-01 07:30+00', 100)");  /* 23:30 on 2026-02-28 in California */
    refuses(shipped, "revenue, ad_revenue by day", ERR_USAGE, "count different days", NULL, "tz America/Los_Angeles");
    refuses(shipped, "revenue, ad_revenue for 2026-03", ERR_USAGE, "count different days", NULL, "mixed_days");
    answers(who, "revenue, ad_revenue by day tz America/Los_Angeles", "2026-02-28 1 1; 2026-03-01 - 6");
    answers(who, "revenue, ad_revenue by day mixed_days", "2026-02-28 - 1; 2026-03-01 1 6");
    answers(who, "revenue, ad_revenue", "1 7");
}

/* -- tenants --------------------------------------------------------------------------------------------------------------- */

SERVER_TEST(a_tenant_sees_its_own_rows)
{
    given(who, sums);
    script(who, costs);
    script(who, "SELECT pg_temp.snap(1, 12, '2026-03-05', 1000), pg_temp.snap(11, 14, '2026-03-05', 77);"
                "INSERT INTO users.accounts (user_id, email, target_revenue) VALUES ('00000000-0000-4000-9000-000000000102', 'bob@example.org', 10)");
    shipped->context.tenant = true;
    script(who, "SET LOCAL ytempire.user_id = '00000000-0000-4000-9000-000000000102'");
    answers(who, "revenue, total_views, views_gained", "0.5 77 0");
    answers(who, "total_views by channel", "Alpha 77");
    answers(who, "total_views by day, niche for 2026-03-05..2026-03-06", "2026-03-05 Gaming 77");
    answers(who, "total_cost, cost_entries", "- 0");
    answers(who, "users, target_revenue", "1 10");
    answers(who, "from VideoPerformance by video order by video", "Video 11");
    script(who, "SET LOCAL ytempire.user_id = '00000000-0000-4000-9000-000000000101'");
    answers(who, "revenue, total_views, ai_cost", "6 1000 0.4056");
    shipped->context.tenant = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(negative_tests_hold_for_null_too),
        cmocka_unit_test(a_test_and_its_negation_are_all),
        cmocka_unit_test(cubes_operators_have_cubes_nulls),
        cmocka_unit_test(rows_as_they_are),
        cmocka_unit_test(rows_are_counted_without_limit),
        cmocka_unit_test(texts_are_tested_as_written),
        cmocka_unit_test(long_lists_are_one_value),
        cmocka_unit_test(lists_have_items),
        cmocka_unit_test(a_time_is_compared_with_a_whole_unit),
        cmocka_unit_test(a_measure_is_tested_as_it_is_shown),
        cmocka_unit_test(order_top_and_limit),
        cmocka_unit_test(top_goes_by_the_whole_range),
        cmocka_unit_test(nulls_last_and_ties_by_dimensions),
        cmocka_unit_test(ratios_are_of_sums_and_null_over_zero),
        cmocka_unit_test(distinct_values_by_approximation),
        cmocka_unit_test(measures_across_cubes),
        cmocka_unit_test(all_types_of_measures),
        cmocka_unit_test(many_to_one_joins_do_not_multiply),
        cmocka_unit_test(users_are_asked_by_their_channels),
        cmocka_unit_test(costs_meet_the_channel_that_was_valid),
        cmocka_unit_test(several_facts_are_brought_together),
        cmocka_unit_test(a_day_without_a_time_is_never_shifted),
        cmocka_unit_test(days_of_two_kinds_are_not_put_side_by_side),
        cmocka_unit_test(a_tenant_sees_its_own_rows),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
