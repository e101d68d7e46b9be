/* semantic: vs, fill, total, top … with other and shares on a real server, answers worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_rows_help.h"

/* In dollars. March: Alpha 1 on the 2nd and 3 on the 3rd, Beta 2 on the 3rd. February: Alpha 4 on the 2nd, Bob's Alpha
 * 0.5 on the 2nd, Beta 1 on the 3rd. January: Alpha 0.1 on the 30th. */
static const char money[] =
    "SELECT pg_temp.money(1, 12, '2026-03-02 12:00+00', 100), pg_temp.money(2, 12, '2026-03-03 12:00+00', 300),"
    " pg_temp.money(10, 13, '2026-03-03 13:00+00', 200), pg_temp.money(1, 12, '2026-02-02 12:00+00', 400),"
    " pg_temp.money(11, 14, '2026-02-02 12:00+00', 50), pg_temp.money(10, 13, '2026-02-03 12:00+00', 100),"
    " pg_temp.money(1, 12, '2026-01-30 12:00+00', 10)";

/* -- vs --------------------------------------------------------------------------------------------------------------
 */

SERVER_TEST(both_periods_stand_on_one_row)
{
    given(who, money);
    answers(who, "revenue for 2026-03 vs previous", "6 5.5 0.5 0.0909090909090909");
    answers(who, "revenue for 2026-03 vs last month", "6 5.5 0.5 0.0909090909090909");
    answers(who, "revenue for 2026-03 vs 2026-02", "6 5.5 0.5 0.0909090909090909");
    answers(who, "revenue by channel for 2026-03 vs previous", "Alpha 4 4 0 0; Beta 2 1 1 1; Alpha - 0.5 - -");
    answers(who, "revenue by channel_name for 2026-03 vs previous",
            "Alpha 4 4.5 -0.5 -0.11111111111111111111; Beta 2 1 1 1");
    answers(who, "revenue for 2026-01 vs previous", "0.1 - - -");
    answers(who, "revenue for 2026-03 vs 2026-02, 2026-01",
            "6 5.5 0.5 0.0909090909090909 0.1 5.9 59");
}

SERVER_TEST(buckets_meet_by_their_number)
{
    given(who, money);
    answers(who, "revenue by day for 2026-03 vs previous",
            "2026-03-02 1 4.5 -3.5 -0.77777777777777777778; 2026-03-03 5 1 4 4");
    /* what the asked period has the day of, shows that day; what is longer keeps its own, behind */
    answers(who, "revenue by day for 2026-04 vs 2026-03", "2026-04-02 - 1 - -; 2026-04-03 - 5 - -");
    answers(who, "revenue by day for 2026-02 vs previous",
            "2026-02-02 4.5 - - -; 2026-02-03 1 - - -; 2026-01-30 - 0.1 - -");
    answers(who, "revenue by month for 2026-Q1 vs 2025-12..2026-02",
            "2026-01-01 0.1 - - -; 2026-02-01 5.5 0.1 5.4 54; 2026-03-01 6 5.5 0.5 0.0909090909090909");
    answers(who, "revenue by day, channel_name for 2026-03 vs previous",
            "2026-03-02 Alpha 1 4.5 -3.5 -0.77777777777777777778; 2026-03-03 Alpha 3 - - -; 2026-03-03 Beta 2 1 1 1");
    answers(who, "revenue by month, day for 2026-03 vs previous",
            "2026-03-01 2026-03-02 1 4.5 -3.5 -0.77777777777777777778; 2026-03-01 2026-03-03 5 1 4 4");
    answers(who, "revenue by hour for 2026-03-03 vs 2026-02-03",
            "2026-03-03 12:00+00 3 1 2 2; 2026-03-03 13:00+00 2 - - -");
}

/* A year back by week are 364 days, so that Mondays stand against Mondays; else the same dates. */
SERVER_TEST(a_year_back_by_week_keeps_the_days_of_the_week)
{
    given(who,
          "SELECT pg_temp.money(1, 12, '2026-03-02 12:00+00', 100), pg_temp.money(1, 12, '2025-03-02 12:00+00', 200),"
          " pg_temp.money(1, 12, '2025-03-03 12:00+00', 400)");
    answers(who, "revenue for 2026-03-02 vs last year", "1 2 -1 -0.5");
    answers(who, "revenue by week for 2026-03-02..2026-03-08 vs last year", "2026-03-02 1 4 -3 -0.75");
    answers(who, "revenue by day for 2026-03-02..2026-03-08 vs 364 days ago", "2026-03-02 1 4 -3 -0.75");
}

SERVER_TEST(counters_are_compared_by_their_rules)
{
    given(who,
          "SELECT pg_temp.snap(1, 12, '2026-02-10 12:00+00', 100), pg_temp.snap(1, 12, '2026-02-20 12:00+00', 150),"
          " pg_temp.snap(1, 12, '2026-03-05 12:00+00', 220), pg_temp.snap(2, 12, '2026-03-06 12:00+00', 30)");
    answers(who, "total_views, views_gained for 2026-03 vs previous", "250 150 100 0.6666666666666667 70 50 20 0.4");
    answers(who, "total_views by day for 2026-03-05..2026-03-06 vs 2026-02-19..2026-02-20",
            "2026-03-05 220 100 120 1.2; 2026-03-06 250 150 100 0.6666666666666667");
}

SERVER_TEST(a_running_period_is_cut_for_all_at_the_same_point)
{
    given(who, money);
    script(who, "SELECT pg_temp.money(1, 12, '2026-02-20 12:00+00', 700)");
    shipped->context.now = instant_of("2026-03-02T18:00:00Z");
    answers(who, "revenue this month vs previous", "1 4.5 -3.5 -0.77777777777777777778");
    answers(who, "revenue this month vs last month", "1 4.5 -3.5 -0.77777777777777777778");
    answers(who, "revenue mtd vs previous", "1 4.5 -3.5 -0.77777777777777777778");
    answers(who, "revenue this month vs 2026-02", "1 4.5 -3.5 -0.77777777777777777778");
    answers(who, "revenue this month", "6");                                       /* without vs nothing is cut */
    assert_non_null(strstr(compiles(shipped, "revenue this month vs previous")->note.remarks[0],
                           "up to the same point, 2026-03-02T18:00:00+00:00 (now)"));
    assert_string_equal(compiles(shipped, "revenue this month vs previous")->note.range,
                        "2026-03-01T00:00:00+00:00 … 2026-03-02T18:00:00+00:00 vs 2026-02-01T00:00:00+00:00 … "
                        "2026-02-02T18:00:00+00:00");
}

/* The data end on the 3rd at one o'clock, long before now. */
SERVER_TEST(a_running_period_ends_where_the_data_end)
{
    given(who, money);
    script(who, "SELECT pg_temp.money(1, 12, '2026-02-20 12:00+00', 700)");
    shipped->context.now = instant_of("2026-03-20T18:00:00Z");
    shipped->context.look_up = ask_server;
    shipped->context.who = who;
    answers(who, "revenue this month vs previous", "6 5.5 0.5 0.0909090909090909");
    assert_non_null(
        strstr(compiles(shipped, "revenue this month vs previous")->note.remarks[0], "(where the data end)"));
    answers(who, "revenue for 2026-02 vs previous", "12.5 0.1 12.4 124");          /* it is over: nothing is cut */
    answers(who, "revenue by day for 2026-03-02..2026-03-06 fill zero", "2026-03-02 1; 2026-03-03 5");
    answers(who, "revenue by day for 2026-03-02..2026-03-05 fill",
            "2026-03-02 1; 2026-03-03 5; 2026-03-04 -; 2026-03-05 -");
    shipped->context.look_up = NULL;
}

SERVER_TEST(the_change_can_be_tested_and_ordered_by)
{
    given(who, money);
    answers(who, "revenue by channel for 2026-03 vs previous having revenue_diff > 0", "Beta 2 1 1 1");
    answers(who, "revenue by channel for 2026-03 vs previous where revenue_previous >= 1",
            "Alpha 4 4 0 0; Beta 2 1 1 1");
    answers(who, "revenue by channel for 2026-03 vs previous order by revenue_change",
            "Beta 2 1 1 1; Alpha 4 4 0 0; Alpha - 0.5 - -");
    answers(who, "revenue by channel for 2026-03 vs previous top 1 by revenue_previous", "Alpha 4 4 0 0");
    answers(who, "revenue by channel for 2026-03 vs previous top 1 by revenue_diff", "Beta 2 1 1 1");
    answers(who, "revenue by channel, day for 2026-03 vs previous top 1 by revenue_diff", "Beta 2026-03-03 2 1 1 1");
    answers(who, "revenue by channel for 2026-03 vs previous order by revenue.diff",
            "Beta 2 1 1 1; Alpha 4 4 0 0; Alpha - 0.5 - -");
}

/* A day of January that February lacks stands with its own date, which a day of the asked period may have too: the
 * number of the day tells them apart, and the same question has the same order. */
SERVER_TEST(days_of_one_date_have_an_order)
{
    given(who, "SELECT pg_temp.money(1, 12, '2026-01-31 12:00+00', 100), pg_temp.money(1, 12, '2026-02-28 12:00+00', 200),"
               " pg_temp.money(1, 12, '2025-12-31 12:00+00', 300)");
    answers(who, "revenue by niche, day for 2026-01-01..2026-02-28 vs last month order by niche",
            "Music 2026-01-31 1 3 -2 -0.66666666666666666667; Music 2026-02-28 2 - - -; Music 2026-01-31 - 1 - -");
    assert_non_null(strstr(compiles(shipped, "revenue by niche, day for 2026-01 vs last month order by niche")->sql,
                           "NULLS LAST, cells.n NULLS LAST"));
}

SERVER_TEST(costs_and_revenue_are_compared_side_by_side)
{
    given(who, money);
    script(who, "INSERT INTO analytics.fact_costs (source, source_ref, user_key, date_key, cost_category, quantity, "
                "total_cost_cents, channel_id, cost_timestamp) VALUES"
                " ('t', '1', 101, 20260302, 'ai', 1, 40, 'UC-a', '2026-03-02 12:00+00'), ('t', '2', 101, 20260202, "
                "'ai', 1, 20, 'UC-a', '2026-02-02 12:00+00')");
    answers(who, "revenue, total_cost for 2026-03 vs previous", "6 5.5 0.5 0.0909090909090909 0.4 0.2 0.2 1");
    answers(who, "revenue, total_cost by day for 2026-03 vs previous",
            "2026-03-02 1 4.5 -3.5 -0.77777777777777777778 0.4 0.2 0.2 1; 2026-03-03 5 1 4 4 - - - -");
}

/* -- fill ------------------------------------------------------------------------------------------------------------
 */

SERVER_TEST(fill_makes_the_buckets_that_are_missing)
{
    given(who, money);
    answers(who, "revenue by day for 2026-03-01..2026-03-04 fill",
            "2026-03-01 -; 2026-03-02 1; 2026-03-03 5; 2026-03-04 -");
    answers(who, "revenue by day for 2026-03-01..2026-03-04 fill zero",
            "2026-03-01 0; 2026-03-02 1; 2026-03-03 5; 2026-03-04 0");
    answers(who, "revenue by day, channel_name for 2026-03-02..2026-03-03 fill",
            "2026-03-02 Alpha 1; 2026-03-02 Beta -; 2026-03-03 Alpha 3; 2026-03-03 Beta 2");
    answers(who, "revenue by month for 2026 where channel = Beta fill zero",
            "2026-01-01 0; 2026-02-01 1; 2026-03-01 2; 2026-04-01 0; 2026-05-01 0; 2026-06-01 0; 2026-07-01 0; "
            "2026-08-01 0;"
            " 2026-09-01 0; 2026-10-01 0; 2026-11-01 0"); /* none that is still to come */
    answers(who, "revenue by month fill", "2026-01-01 0.1; 2026-02-01 5.5; 2026-03-01 6");
    answers(who, "revenue by month where channel_id != UC-b and revenue > 0.2 fill", "2026-02-01 4.5; 2026-03-01 4");
    answers(who, "revenue by day for 2026-05-01..2026-05-02 fill", "2026-05-01 -; 2026-05-02 -");
    answers(who, "revenue by week, day for 2026-03-01..2026-03-02 fill",
            "2026-02-23 2026-03-01 -; 2026-03-02 2026-03-02 1");
    answers(who, "revenue by hour for 2026-03-03T11:00..2026-03-03T13:59 fill",
            "2026-03-03 11:00+00 -; 2026-03-03 12:00+00 3; 2026-03-03 13:00+00 2");
}

/* Ten thousand buckets of as many that could be there: compared one by one they took hours. */
SERVER_TEST(missing_buckets_are_not_looked_for_one_by_one)
{
    struct desk                                 *desk = who;
    struct pg_value                              values[64];
    const struct compiled                       *compiled;
    _cleanup_(pg_result_freep) struct pg_result *plan = NULL;

    given(who, money);
    compiled = compiles(shipped, "revenue by day, video for 2026-01-01..2026-03-31 fill");
    for (size_t i = 0; i < compiled->value_count; i++)
        values[i] = PG_TEXT(compiled->values[i].text);
    if (pg_query(desk->pg, arena_printf(shipped->arena, "EXPLAIN %s", compiled->sql), values, compiled->value_count,
                 &plan, &desk->error) < 0)
        fail_msg("%s", desk->error.text);
    for (size_t row = 0; row < pg_result_rows(plan); row++)
        assert_null(strstr(pg_result_text(plan, row, 0), "(SubPlan"));
}

SERVER_TEST(what_did_not_pass_is_not_missing)
{
    given(who, money);
    answers(who, "revenue by day for 2026-03-01..2026-03-04 having revenue > 2 fill",
            "2026-03-01 -; 2026-03-03 5; 2026-03-04 -");
    answers(who, "revenue by day, channel_name for 2026-03-01..2026-03-03 top 1 fill zero",
            "2026-03-01 Alpha 0; 2026-03-02 Alpha 1; 2026-03-03 Alpha 3");
    answers(who, "revenue by day for 2026-03-01..2026-03-04 fill order by day desc limit 2",
            "2026-03-04 -; 2026-03-03 5");
}

/* A carried counter has its value in every bucket; beside it what was gained is nothing there, or 0. */
SERVER_TEST(filled_counters_are_carried_and_ratios_unknown)
{
    given(who, "SELECT pg_temp.snap(1, 12, '2026-03-01 12:00+00', 100, 10), pg_temp.snap(1, 12, '2026-03-03 12:00+00', "
               "150, 15)");
    answers(who, "total_views, views_gained, snapshots by day for 2026-03-01..2026-03-03 fill",
            "2026-03-01 100 0 1; 2026-03-02 100 - -; 2026-03-03 150 50 1");
    answers(who, "total_views, views_gained, snapshots by day for 2026-03-01..2026-03-03 fill zero",
            "2026-03-01 100 0 1; 2026-03-02 100 0 0; 2026-03-03 150 50 1");
    answers(who, "views_gained, profit_margin by day for 2026-02-28..2026-03-01 fill zero",
            "2026-02-28 0 -; 2026-03-01 0 -");
}

/* Sao Paulo had no midnight on 2018-11-04, and New York the hour from one to two twice on 2018-11-04. */
SERVER_TEST(filled_buckets_keep_to_the_clocks)
{
    given(who, "SELECT pg_temp.money(1, 11, '2018-11-03 15:00+00', 100)");
    answers(who, "revenue by day for 2018-11-03..2018-11-05 fill tz America/Sao_Paulo",
            "2018-11-03 1; 2018-11-04 -; 2018-11-05 -");
    answers(who, "revenue by hour for 2018-11-04T00:00..2018-11-04T02:59 fill zero tz America/New_York",
            "2018-11-04 00:00-04 0; 2018-11-04 01:00-04 0; 2018-11-04 01:00-05 0; 2018-11-04 02:00-05 0");
}

/* -- total and other -------------------------------------------------------------------------------------------------
 */

SERVER_TEST(the_total_is_recomputed)
{
    given(who, money);
    answers(who, "revenue by channel for 2026-03 total", "row Alpha 4; row Beta 2; total - 6");
    answers(who, "revenue by channel, month total",
            "row Alpha 2026-01-01 0.1; row Alpha 2026-02-01 4; row Alpha 2026-02-01 0.5; row Beta 2026-02-01 1;"
            " row Alpha 2026-03-01 4; row Beta 2026-03-01 2; total - - 11.6");
    answers(who, "revenue by channel having revenue > 2 total", "row Alpha 8.1; row Beta 3; total - 11.1");
    answers(who, "revenue by channel for 2026-03 total limit 1", "row Alpha 4; total - 6");
    answers(who, "revenue by channel for 2026-03 total order by channel desc", "row Beta 2; row Alpha 4; total - 6");
    answers(who, "revenue by channel for 2026-05 total", "nothing");
    answers(who, "revenue for 2026-03 total", "row 6; total 6");
    answers(who, "revenue by channel for 2026-03 vs previous total",
            "row Alpha 4 4 0 0; row Beta 2 1 1 1; row Alpha - 0.5 - -; total - 6 5.5 0.5 0.0909090909090909");
}

/* Video 1 had costs in Gaming (0.4) and in Music (0.2), video 2 in Music (0.8), video 10 where the niche is unknown
 * (0.1): three videos, and not four. */
SERVER_TEST(what_does_not_add_up_is_read_again)
{
    given(
        who,
        "SELECT pg_temp.money(1, 11, '2026-01-15 12:00+00', 0, 40), pg_temp.money(1, 12, '2026-03-03 12:00+00', 0, 20),"
        " pg_temp.money(2, 12, '2026-03-03 12:00+00', 0, 80), pg_temp.money(10, 13, '2026-03-03 12:00+00', 0, 10)");
    answers(who, "cost_per_video by niche total", "row Music 0.5; row Gaming 0.4; row - 0.1; total - 0.5");
    answers(who, "cost_per_video by niche, month total",
            "row Gaming 2026-01-01 0.4; row Music 2026-03-01 0.5; row - 2026-03-01 0.1; total - - 0.5");
    answers(who, "cost_per_video by niche, month having cost_per_video >= 0.4 total",
            "row Gaming 2026-01-01 0.4; row Music 2026-03-01 0.5; total - - 0.7");
    answers(who, "cost_per_video by niche top 1 with other total", "row Music 0.5; other - 0.25; total - 0.5");
    answers(who, "cost_per_video by niche, month top 1 with other",
            "other - 2026-01-01 0.4; row Music 2026-03-01 0.5; other - 2026-03-01 0.1");
    answers(who,
            "cost_per_video by niche, month for 2026-03 vs 2026-01 having cost_per_video > 0.2 or "
            "cost_per_video_previous > 0 total",
            "row Gaming 2026-03-01 - 0.4 - -; row Music 2026-03-01 0.5 - - -; total - - 0.5 0.4 0.1 0.25");
    answers(who, "videos_with_cost.share by niche",
            "Music 0.66666666666666666667; Gaming 0.33333333333333333333; - 0.33333333333333333333");
}

/* The end of the range is where a total of carried counters stands; of buckets that passed by themselves there is none.
 */
SERVER_TEST(a_total_of_counters_is_their_state_at_the_end)
{
    given(who,
          "SELECT pg_temp.snap(1, 12, '2026-03-01 12:00+00', 100), pg_temp.snap(10, 13, '2026-03-01 12:00+00', 40),"
          " pg_temp.snap(1, 12, '2026-03-02 12:00+00', 150)");
    answers(who, "total_views by channel, day for 2026-03-01..2026-03-02 total",
            "row Alpha 2026-03-01 100; row Beta 2026-03-01 40; row Alpha 2026-03-02 150; row Beta 2026-03-02 40; total "
            "- - 190");
    answers(who, "total_views by channel, day for 2026-03-01..2026-03-02 having total_views > 100 total",
            "row Alpha 2026-03-02 150; total - - -");
    answers(who, "total_views by channel having total_views > 100 total", "row Alpha 150; total - 150");
    answers(who, "total_views by channel, day for 2026-03-01..2026-03-02 top 1 with other",
            "row Alpha 2026-03-01 100; other - 2026-03-01 40; row Alpha 2026-03-02 150; other - 2026-03-02 40");
}

SERVER_TEST(other_is_what_top_leaves_out)
{
    given(who, money);
    answers(who, "revenue by channel for 2026-03 top 1 with other total", "row Alpha 4; other - 2; total - 6");
    answers(who, "revenue by channel for 2026-03 top 5 with other", "row Alpha 4; row Beta 2");
    answers(who, "revenue by channel, month top 1 with other",
            "row Alpha 2026-01-01 0.1; row Alpha 2026-02-01 4; other - 2026-02-01 1.5; row Alpha 2026-03-01 4; other - "
            "2026-03-01 2");
    answers(who, "revenue by channel having revenue > 1 top 1 with other", "row Alpha 8.1; other - 3");
    answers(who, "revenue by channel for 2026-03 top 1 with other order by revenue", "row Alpha 4; other - 2");
    answers(who, "revenue by channel for 2026-03 vs previous top 1 with other total",
            "row Alpha 4 4 0 0; other - 2 1.5 0.5 0.3333333333333333; total - 6 5.5 0.5 0.0909090909090909");
    answers(who, "revenue by day, channel for 2026-03-02..2026-03-03 top 1 with other fill zero",
            "row 2026-03-02 Alpha 1; other 2026-03-02 - 0; row 2026-03-03 Alpha 3; other 2026-03-03 - 2");
}

/* -- shares ----------------------------------------------------------------------------------------------------------
 */

SERVER_TEST(a_share_is_of_its_bucket)
{
    given(who, money);
    answers(who, "revenue, revenue.share by channel for 2026-02",
            "Alpha 4 0.72727272727272727273; Beta 1 0.18181818181818181818; Alpha 0.5 0.09090909090909090909");
    answers(who, "revenue.share by day, channel for 2026-03",
            "2026-03-02 Alpha 1; 2026-03-03 Alpha 0.6; 2026-03-03 Beta 0.4");
    answers(who, "revenue.share for 2026-03", "1");
    answers(who, "revenue.share by channel for 2026-03 having revenue.share < 0.5", "Beta 0.33333333333333333333");
    answers(who, "revenue.share by channel for 2026-03 top 1 by revenue.share with other total",
            "row Alpha 0.66666666666666666667; other - 0.33333333333333333333; total - 1");
    answers(who, "revenue.share by channel for 2026-03 top 1",
            "Alpha 0.66666666666666666667"); /* of all, not of what is shown */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_periods_stand_on_one_row),
        cmocka_unit_test(buckets_meet_by_their_number),
        cmocka_unit_test(a_year_back_by_week_keeps_the_days_of_the_week),
        cmocka_unit_test(counters_are_compared_by_their_rules),
        cmocka_unit_test(a_running_period_is_cut_for_all_at_the_same_point),
        cmocka_unit_test(a_running_period_ends_where_the_data_end),
        cmocka_unit_test(the_change_can_be_tested_and_ordered_by),
        cmocka_unit_test(days_of_one_date_have_an_order),
        cmocka_unit_test(costs_and_revenue_are_compared_side_by_side),
        cmocka_unit_test(fill_makes_the_buckets_that_are_missing),
        cmocka_unit_test(missing_buckets_are_not_looked_for_one_by_one),
        cmocka_unit_test(what_did_not_pass_is_not_missing),
        cmocka_unit_test(filled_counters_are_carried_and_ratios_unknown),
        cmocka_unit_test(filled_buckets_keep_to_the_clocks),
        cmocka_unit_test(the_total_is_recomputed),
        cmocka_unit_test(what_does_not_add_up_is_read_again),
        cmocka_unit_test(a_total_of_counters_is_their_state_at_the_end),
        cmocka_unit_test(other_is_what_top_leaves_out),
        cmocka_unit_test(a_share_is_of_its_bucket),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
