/* semantic: rolling, to_date and shift on a real server, answers worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_rows_help.h"

static struct model *model;

static int set_up_windows(void **state)
{
    static const char text[] =
        "{\"cubes\": [{\"name\": \"Facts\", \"sql_table\": \"analytics.fact_video_performance\", \"time_dimension\": \"at\","
        "\"entities\": {\"video\": {\"sql\": \"video_key\", \"sql_table\": \"analytics.dim_video\", \"key\": \"video_key\"}},"
        "\"dimensions\": {\"at\": {\"sql\": \"\\\"timestamp\\\"\", \"type\": \"time\"}, \"video\": {\"sql\": \"video_key\", \"type\": \"number\"}},"
        "\"measures\": {"
        "\"n\": {\"type\": \"count\"}, \"cash\": {\"type\": \"sum\", \"sql\": \"actual_revenue_cents\"}, \"most\": {\"type\": \"max\", \"sql\": \"actual_revenue_cents\"},"
        "\"mean\": {\"type\": \"avg\", \"sql\": \"actual_revenue_cents\"}, \"videos\": {\"type\": \"count_distinct\", \"sql\": \"video_key\"},"
        "\"per_video\": {\"type\": \"ratio\", \"numerator\": \"cash\", \"denominator\": \"videos\"},"
        "\"gained\": {\"type\": \"increase\", \"sql\": \"views\", \"per\": \"video\"}, \"views\": {\"type\": \"last\", \"sql\": \"views\", \"per\": \"video\", \"rule\": \"carry\"},"
        "\"cash_3d\": {\"type\": \"rolling\", \"measure\": \"cash\", \"window\": \"3 days\"}, \"most_3d\": {\"type\": \"rolling\", \"measure\": \"most\", \"window\": \"3 days\"},"
        "\"mean_3d\": {\"type\": \"rolling\", \"measure\": \"mean\", \"window\": \"3 days\"}, \"videos_3d\": {\"type\": \"rolling\", \"measure\": \"videos\", \"window\": \"3 days\"},"
        "\"per_video_3d\": {\"type\": \"rolling\", \"measure\": \"per_video\", \"window\": \"3 days\"}, \"gained_2d\": {\"type\": \"rolling\", \"measure\": \"gained\", \"window\": \"2 days\"},"
        "\"cash_1m\": {\"type\": \"rolling\", \"measure\": \"cash\", \"window\": \"1 month\"},"
        "\"cash_mtd\": {\"type\": \"to_date\", \"measure\": \"cash\", \"unit\": \"month\"}, \"cash_ytd\": {\"type\": \"to_date\", \"measure\": \"cash\", \"unit\": \"year\"}, \"videos_mtd\": {\"type\": \"to_date\", \"measure\": \"videos\", \"unit\": \"month\"},"
        "\"cash_so_far\": {\"type\": \"running_total\", \"sql\": \"actual_revenue_cents\"},"
        "\"cubes\": {\"type\": \"sum\", \"sql\": \"actual_revenue_cents\", \"rolling_window\": {\"trailing\": \"3 day\", \"offset\": \"end\"}},"
        "\"cubes_mtd\": {\"type\": \"sum\", \"sql\": \"actual_revenue_cents\", \"rolling_window\": {\"type\": \"to_date\", \"granularity\": \"month\"}},"
        "\"cash_before\": {\"type\": \"shift\", \"measure\": \"cash\", \"window\": \"1 month\"}, \"cash_year\": {\"type\": \"shift\", \"measure\": \"cash\", \"window\": \"1 year\"},"
        "\"views_before\": {\"type\": \"shift\", \"measure\": \"views\", \"window\": \"1 day\"},"
        "\"growth\": {\"type\": \"derived\", \"sql\": \"{cash} - {cash_before}\"}"
        "}},"
        "{\"name\": \"Days\", \"sql_table\": \"analytics.fact_channel_daily\", \"time_dimension\": \"day\", \"dimensions\": {\"day\": {\"sql\": \"metric_date\", \"type\": \"date\"}},"
        "\"measures\": {\"seen\": {\"type\": \"sum\", \"sql\": \"total_views\"}, \"seen_mtd\": {\"type\": \"to_date\", \"measure\": \"seen\", \"unit\": \"month\"}}}]}";
    int r = set_up(state);

    model = model_of_text(text);
    return r;
}

static int tear_down_windows(void **state)
{
    model_unref(model);
    return tear_down(state);
}

/* In cents. Video 1: 100 on Feb 27, 10 on Mar 1, 20 on Mar 3. Video 2: 5 on Mar 3. Video 10: 7 on Mar 7. */
static const char cash[] =
    "SELECT pg_temp.money(1, 12, '2026-02-27 12:00+00', 100), pg_temp.money(1, 12, '2026-03-01 12:00+00', 10),"
    " pg_temp.money(1, 12, '2026-03-03 12:00+00', 20), pg_temp.money(2, 12, '2026-03-03 18:00+00', 5), pg_temp.money(10, 13, '2026-03-07 12:00+00', 7)";

SERVER_TEST(a_stretch_ends_with_its_bucket)
{
    given(who, cash);
    /* the last day of February is in the stretch of the first of March; a day without rows of its own has one, too */
    answers_with(who, model, "cash, cash_3d by day for 2026-03-01..2026-03-05",
                 "2026-03-01 10 110; 2026-03-02 - 10; 2026-03-03 25 35; 2026-03-04 - 25; 2026-03-05 - 25");
    answers_with(who, model, "cash_3d by day for 2026-03-06..2026-03-12", "2026-03-07 7; 2026-03-08 7; 2026-03-09 7");
    answers_with(who, model, "cubes by day for 2026-03-01..2026-03-02", "2026-03-01 110; 2026-03-02 10");
    answers_with(who, model, "most_3d, mean_3d by day for 2026-03-02..2026-03-04",
                 "2026-03-02 10 10; 2026-03-03 20 11.6666666666666667; 2026-03-04 20 12.5");
    answers_with(who, model, "cash_3d by video, day for 2026-03-03..2026-03-04", "1 2026-03-03 30; 2 2026-03-03 5; 1 2026-03-04 20; 2 2026-03-04 5");
    answers_with(who, model, "cash_3d for 2026-03-01..2026-03-03", "35");
    answers_with(who, model, "cash_3d by video for 2026-03-01..2026-03-03", "1 30; 2 5");
    answers_with(who, model, "cash_1m by day for 2026-03-26..2026-03-28", "2026-03-26 142; 2026-03-27 42; 2026-03-28 42");
    answers_with(who, model, "cash_3d by hour for 2026-03-03T11:00..2026-03-03T12:59", "2026-03-03 11:00+00 10; 2026-03-03 12:00+00 30");
    answers_with(who, model, "cash_3d by week for 2026-03-02..2026-03-08", "2026-03-02 7");
    answers_with(who, model, "cash_3d by month for 2026-02..2026-03", "2026-02-01 100");
    answers_with(who, model, "cash_3d by day where video = 2 for 2026-03-01..2026-03-05", "2026-03-03 5; 2026-03-04 5; 2026-03-05 5");
}

SERVER_TEST(what_does_not_add_up_reads_its_rows)
{
    given(who, cash);
    answers_with(who, model, "videos, videos_3d by day for 2026-03-01..2026-03-05",
                 "2026-03-01 1 1; 2026-03-02 - 1; 2026-03-03 2 2; 2026-03-04 - 2; 2026-03-05 - 2");
    answers_with(who, model, "per_video_3d by day for 2026-03-01..2026-03-03", "2026-03-01 110; 2026-03-02 10; 2026-03-03 17.5");
    answers_with(who, model, "videos_3d for 2026-03-01..2026-03-03", "2");
    answers_with(who, model, "videos_mtd by day for 2026-03-01..2026-03-03", "2026-03-01 1; 2026-03-02 1; 2026-03-03 2");
    answers_with(who, model, "videos_3d by day total for 2026-03-02..2026-03-03", "row 2026-03-02 1; row 2026-03-03 2; total - 2");
}

SERVER_TEST(to_date_begins_with_its_unit)
{
    given(who, cash);
    answers_with(who, model, "cash_mtd by day for 2026-02-27..2026-03-03",
                 "2026-02-27 100; 2026-02-28 100; 2026-03-01 10; 2026-03-02 10; 2026-03-03 35");
    answers_with(who, model, "cubes_mtd by day for 2026-02-28..2026-03-01", "2026-02-28 100; 2026-03-01 10");
    answers_with(who, model, "cash_mtd for 2026-03-02..2026-03-03", "35");
    answers_with(who, model, "cash_mtd by month for 2026-02..2026-03", "2026-02-01 100; 2026-03-01 42");
    answers_with(who, model, "cash_so_far by month for 2026-03", "2026-03-01 142");
    answers_with(who, model, "cash_so_far by day for 2026-03-02..2026-03-03", "2026-03-02 110; 2026-03-03 135");
    answers_with(who, model, "cash_so_far by month", "2026-02-01 100; 2026-03-01 142");
    answers_with(who, model, "cash_so_far", "142");
    answers_with(who, model, "cash_mtd by day for 2026-03-01..2026-03-03 vs 2026-02-27..2026-02-28",
                 "2026-03-01 10 100 -90 -0.9; 2026-03-02 10 100 -90 -0.9; 2026-03-03 35 - - -");
}

SERVER_TEST(changes_roll_and_states_do_not)
{
    given(who, "SELECT pg_temp.snap(1, 12, '2026-03-01 12:00+00', 100), pg_temp.snap(1, 12, '2026-03-02 12:00+00', 130),"
               " pg_temp.snap(1, 12, '2026-03-04 12:00+00', 120)");
    answers_with(who, model, "gained, gained_2d by day for 2026-03-02..2026-03-05", "2026-03-02 30 30; 2026-03-03 - 30; 2026-03-04 -10 -10; 2026-03-05 - -10");
    answers_with(who, model, "views, views_before by day for 2026-03-02..2026-03-04", "2026-03-02 130 100; 2026-03-03 130 130; 2026-03-04 120 130");
}

SERVER_TEST(a_shift_is_the_bucket_before)
{
    given(who, cash);
    answers_with(who, model, "cash, cash_before, growth by month for 2026-03", "2026-03-01 42 100 -58");
    answers_with(who, model, "cash, cash_before by month for 2026-02..2026-03", "2026-02-01 100 -; 2026-03-01 42 100");
    answers_with(who, model, "cash_before for 2026-03", "100");
    answers_with(who, model, "cash_before by video for 2026-03", "1 100; 2 -; 10 -");
    answers_with(who, model, "cash_before by day for 2026-03-26..2026-03-28", "2026-03-27 100");
    answers_with(who, model, "cash, cash_before by month for 2026-03 vs previous",
                 "2026-03-01 42 100 -58 -0.58 100 - - -");
    /* days of another year meet by their date, also behind a 29th of February */
    script(who, "SELECT pg_temp.money(1, 12, '2024-02-29 12:00+00', 29), pg_temp.money(1, 12, '2024-03-01 12:00+00', 31), pg_temp.money(1, 12, '2025-03-01 12:00+00', 51)");
    answers_with(who, model, "cash, cash_year by day for 2025-02-27..2025-03-02", "2024-02-29 - 29; 2025-03-01 51 31");
}

static void windows_that_mean_nothing_are_refused(void **state)
{
    static const struct { const char *measure, *words; } cases[] = {
        {"{\"type\": \"rolling\", \"measure\": \"views\", \"window\": \"3 days\"}", "'views' is a state"},
        {"{\"type\": \"rolling\", \"measure\": \"roll\", \"window\": \"3 days\"}", "over a stretch of time already"},
        {"{\"type\": \"rolling\", \"measure\": \"n\", \"window\": \"some days\"}", "'some days' is no stretch"},
        {"{\"type\": \"rolling\", \"measure\": \"n\", \"window\": \"0 days\"}", "is no stretch"},
        {"{\"type\": \"rolling\", \"measure\": \"n\"}", "is no stretch"},
        {"{\"type\": \"rolling\", \"window\": \"3 days\"}", "has no 'measure'"},
        {"{\"type\": \"to_date\", \"measure\": \"n\", \"unit\": \"hour\"}", "no unit to count from"},
        {"{\"type\": \"shift\", \"measure\": \"nobody\", \"window\": \"1 day\"}", "nobody"},
        {"{\"type\": \"sum\", \"sql\": \"views\", \"rolling_window\": {\"trailing\": \"3 day\", \"offset\": \"start\"}}", "does not end with the bucket"},
        {"{\"type\": \"sum\", \"sql\": \"views\", \"window\": \"3 days\"}", "'window' means nothing"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        _cleanup_(mem_freep) char *text = mem_printf(
            "{\"cubes\": [{\"name\": \"A\", \"sql_table\": \"t\", \"time_dimension\": \"at\", \"entities\": {\"video\": {\"sql\": \"k\"}}, \"dimensions\": {\"at\": {\"sql\": \"a\", \"type\": \"time\"}},"
            " \"measures\": {\"n\": {\"type\": \"count\"}, \"views\": {\"type\": \"last\", \"sql\": \"v\", \"per\": \"video\", \"rule\": \"carry\"},"
            " \"roll\": {\"type\": \"rolling\", \"measure\": \"n\", \"window\": \"2 days\"}, \"x\": %s}}]}", cases[i].measure);
        struct model_file     file = {.name = "a.json", .text = text, .length = strlen(text)};
        struct model         *loaded = model_load_any(&file, 1);
        const struct finding *findings;
        size_t                count;
        bool                  found = false;

        findings = model_findings(loaded, &count);
        for (size_t k = 0; k < count; k++)
            found |= strstr(findings[k].message, cases[i].words) != NULL;
        if (!found)
            fail_msg("%s: %s", cases[i].measure, count > 0 ? findings[0].message : "nothing is found");
        model_unref(loaded);
    }
}

static void a_shift_needs_a_period(void **state)
{
    struct fixture asked = *shipped;

    (void)state;
    asked.model = model;
    refuses(&asked, "cash_before", ERR_USAGE, "a measure of an earlier time moves the period of the query", NULL, NULL);
    refuses(&asked, "cash_before since 2026-01", ERR_USAGE, "a period of two ends", NULL, NULL);
}

/* The week from 2026-02-23 ends with the 1st of March: asked for before that, it is of February. */
SERVER_TEST(to_date_of_a_bucket_that_is_not_over)
{
    static const char money[] = "SELECT pg_temp.money(1, 12, '2025-12-02 12:00+00', 3), pg_temp.money(1, 12, '2025-12-30 12:00+00', 4),"
                                " pg_temp.money(1, 12, '2026-02-02 12:00+00', 50), pg_temp.money(2, 12, '2026-02-27 12:00+00', 100)";

    given(who, money);
    answers_with(who, model, "cash_mtd, videos_mtd by week for 2026-02-23..2026-02-28", "2026-02-23 150 2");
    answers_with(who, model, "cash_mtd by week for 2026-02-16..2026-02-28", "2026-02-16 50; 2026-02-23 150");
    answers_with(who, model, "cash_mtd by quarter for 2026-01..2026-02", "2026-01-01 150");
    answers_with(who, model, "cash_mtd, cash_ytd by week for 2025-12-29..2025-12-31", "2025-12-29 7 7");
    answers_with(who, model, "cash_ytd by week for 2025-12-29..2026-01-04", "nothing");
    shipped->context.now = instant_of("2026-02-28T12:00:00Z");
    answers_with(who, model, "cash_mtd by week for 2026-02-23..2026-03-08", "2026-02-23 150");
    answers_with(who, model, "cash_mtd by week since 2026-02-16", "2026-02-16 50; 2026-02-23 150");
    answers_with(who, model, "cash_mtd by quarter for 2026", "2026-01-01 150");
    script(who, "INSERT INTO analytics.fact_channel_daily (channel_id, channel_key, user_key, date_key, metric_date, total_views)"
                " VALUES ('UC-a', 12, 101, 20260202, '2026-02-02', 5), ('UC-a', 12, 101, 20260228, '2026-02-28', 6)");
    answers_with(who, model, "Days.seen_mtd by week for 2026-02-23..2026-02-28", "2026-02-23 11");
    answers_with(who, model, "Days.seen_mtd by week for 2026-02-23..2026-03-08", "2026-02-23 11");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stretch_ends_with_its_bucket),
        cmocka_unit_test(what_does_not_add_up_reads_its_rows),
        cmocka_unit_test(to_date_begins_with_its_unit),
        cmocka_unit_test(changes_roll_and_states_do_not),
        cmocka_unit_test(a_shift_is_the_bucket_before),
        cmocka_unit_test(windows_that_mean_nothing_are_refused),
        cmocka_unit_test(a_shift_needs_a_period),
        cmocka_unit_test(to_date_of_a_bucket_that_is_not_over),
    };

    return cmocka_run_group_tests(tests, set_up_windows, tear_down_windows);
}
