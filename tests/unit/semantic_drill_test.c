/* semantic/drill: a row of an answer becomes the question behind it, as a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_help.h"
#include "semantic_drill_help.h"

static void drills(void **state, const char *line, const char *cells, const char *dimension, const char *expected)
{
    check_line(*state, line, drilled(*state, line, cells, dimension), expected);
}

static void refuses_drill(void **state, const char *line, const char *cells, const char *dimension, int code,
                          const char *words, const char *hint)
{
    struct error error = ERROR_INIT;
    char *result = NULL;
    int r = drill(*state, line, cells, dimension, &result, &error);

    check_refusal(line, r, &error, code, words, NULL, hint);
    assert_null(result);
    error_done(&error);
}

/* -- values ----------------------------------------------------------------------------------------------------------
 */

static void a_text_is_tested_as_it_is(void **state)
{
    drills(state, "revenue by category", "Music", "channel", "revenue by category, channel where category = Music");
    drills(state, "revenue by category", "News & Politics", "channel",
           "revenue by category, channel where category = 'News & Politics'");
    drills(state, "revenue by title", "It's \"live\", (again)", "day",
           "revenue by title, day where title = 'It''s \"live\", (again)'");
    drills(state, "revenue by title", "ダッシュボード", "day", "revenue by title, day where title = ダッシュボード");
    drills(state, "revenue by title", "Канал, два", "day", "revenue by title, day where title = 'Канал, два'");
    drills(state, "revenue by title", "two\nlines\t\\", "day",
           "revenue by title, day where title = \"two\\nlines\\t\\\\\"");
    drills(state, "revenue by title", "", "day", "revenue by title, day where title = ''");
    drills(state, "revenue by title", "2026-01-31", "day", "revenue by title, day where title = '2026-01-31'");
    drills(state, "revenue by title", "12", "day", "revenue by title, day where title = '12'");
    drills(state, "revenue by title", "null", "day", "revenue by title, day where title = 'null'");
    drills(state, "revenue by title", ":x", "day", "revenue by title, day where title = ':x'");
    drills(state, "revenue by channel.niche", "Gaming", "category",
           "revenue by channel.niche, category where channel.niche = Gaming");
}

static void a_line_has_an_end(void **state)
{
    struct fixture *fixture = *state;
    char *title = arena_alloc(fixture->arena, (1u << 20) + 1);

    memset(title, 'x', 1u << 20);
    refuses_drill(state, "revenue by title", title, "day", ERR_LIMIT, "the line would be longer than", NULL);
}

static void no_value_is_null(void **state)
{
    drills(state, "revenue by niche", "-", "channel", "revenue by niche, channel where niche is null");
    drills(state, "revenue by duration", "-", "channel", "revenue by duration, channel where duration is null");
    drills(state, "revenue by published_at.month", "-", "channel",
           "revenue by published_at.month, channel where published_at is null");
    drills(state, "channels by month", "-", "niche", "channels by month, niche where created_date is null");
    drills(state, "revenue by tags", "-", "day", "revenue by tags, day where tags is null");
}

static void numbers_and_booleans_stand_bare(void **state)
{
    drills(state, "revenue by duration", "212", "channel", "revenue by duration, channel where duration = 212");
    drills(state, "revenue by duration", "-0.5", "channel", "revenue by duration, channel where duration = -0.5");
    drills(state, "revenue by dates.is_weekend", "t", "day",
           "revenue by dates.is_weekend, day where dates.is_weekend = true");
    drills(state, "channels by is_active", "f", "niche", "channels by is_active, niche where is_active = false");
    refuses_drill(state, "revenue by duration", "NaN", "channel", ERR_USAGE, "duration 'NaN' is no number", NULL);
}

static void a_list_is_not_tested_as_a_whole(void **state)
{
    refuses_drill(state, "revenue by tags", "{music,live}", "day", ERR_USAGE, "tags is a list", "'tags has …'");
}

/* -- time ------------------------------------------------------------------------------------------------------------
 */

static void a_bucket_is_its_period(void **state)
{
    drills(state, "total_views by year", "2026-01-01 00:00:00+00", "channel", "total_views by year, channel for 2026");
    drills(state, "total_views by quarter", "2026-04-01 00:00:00+00", "channel",
           "total_views by quarter, channel for 2026-Q2");
    drills(state, "total_views by month", "2026-10-01 00:00:00+00", "channel",
           "total_views by month, channel for 2026-10");
    drills(state, "total_views by week", "2026-11-16 00:00:00+00", "channel",
           "total_views by week, channel for 2026-11-16..2026-11-22");
    drills(state, "total_views by day", "2026-11-20 00:00:00+00", "channel",
           "total_views by day, channel for 2026-11-20");
    drills(state, "total_views by hour", "2026-11-20 13:00:00+00", "channel",
           "total_views by hour, channel for 2026-11-20T13:00..2026-11-20T13:59");
    drills(state, "total_views by minute", "2026-11-20 13:07:00+00", "channel",
           "total_views by minute, channel for 2026-11-20T13:07");
    drills(state, "total_views by second", "2026-11-20 13:07:09+00", "channel",
           "total_views by second, channel for 2026-11-20T13:07:09");
    drills(state, "daily_views by month", "2026-10-01", "channel", "daily_views by month, channel for 2026-10");
    drills(state, "daily_views by week tz Asia/Tokyo", "2026-11-16", "channel",
           "daily_views by week, channel for 2026-11-16..2026-11-22 tz Asia/Tokyo");
}

static void the_default_day_without_a_unit_is_a_range(void **state)
{
    drills(state, "daily_views by metric_date", "2026-10-05", "channel",
           "daily_views by metric_date, channel for 2026-10-05");
}

static void another_time_is_a_test(void **state)
{
    drills(state, "revenue by published_at.quarter", "2026-04-01 00:00:00+00", "channel",
           "revenue by published_at.quarter, channel where published_at in 2026-Q2");
    drills(state, "revenue by published_at.week", "2026-11-16 00:00:00+00", "channel",
           "revenue by published_at.week, channel where published_at in 2026-11-16..2026-11-22");
    drills(state, "revenue by published_at", "2026-04-01 10:11:12+00", "channel",
           "revenue by published_at, channel where published_at = 2026-04-01T10:11:12.000Z");
    drills(state, "revenue by published_at", "2026-04-01 10:11:12.5+00", "channel",
           "revenue by published_at, channel where published_at = 2026-04-01T10:11:12.500Z");
    refuses_drill(state, "channels by valid_from", "-infinity", "niche", ERR_USAGE,
                  "valid_from '-infinity' is no time a period can be written for", NULL);
}

static void buckets_are_of_the_querys_zone(void **state)
{
    drills(state, "total_views by day tz America/New_York", "2026-11-20 05:00:00+00", "channel",
           "total_views by day, channel for 2026-11-20 tz America/New_York");
    drills(state, "total_views by month tz Asia/Tokyo", "2026-09-30 15:00:00+00", "channel",
           "total_views by month, channel for 2026-10 tz Asia/Tokyo");
    drills(state, "total_views by hour tz Asia/Kolkata", "2026-11-20 13:30:00+00", "channel",
           "total_views by hour, channel for 2026-11-20T19:00..2026-11-20T19:59 tz Asia/Kolkata");
    /* a day that begins at one o'clock */
    drills(state, "total_views by day tz America/Asuncion", "2017-10-01 04:00:00+00", "channel",
           "total_views by day, channel for 2017-10-01 tz America/Asuncion");
}

/* On 2026-10-25 Berlin's hour from two to three comes twice. */
static void the_doubled_hour_stays_two(void **state)
{
    drills(state, "total_views by hour tz Europe/Berlin", "2026-10-25 00:00:00+00", "channel",
           "total_views by hour, channel for 2026-10-25T00:00Z..2026-10-25T00:59Z tz Europe/Berlin");
    drills(state, "total_views by hour tz Europe/Berlin", "2026-10-25 01:00:00+00", "channel",
           "total_views by hour, channel for 2026-10-25T01:00Z..2026-10-25T01:59Z tz Europe/Berlin");
    drills(state, "total_views by hour tz Europe/Berlin", "2026-10-25 02:00:00+00", "channel",
           "total_views by hour, channel for 2026-10-25T03:00..2026-10-25T03:59 tz Europe/Berlin");
    /* Lord Howe puts its clock back by half an hour: the hour's label is not where it begins */
    refuses_drill(state, "total_views by hour tz Australia/Lord_Howe", "2026-04-04 14:30:00+00", "channel", ERR_USAGE,
                  "is no period: the clocks change inside it", NULL);
}

/* A first sighting counts by when the range begins: it stays. */
static void an_increase_since_publishing_keeps_its_range(void **state)
{
    drills(state, "views_since_publish by month for since 2026-01-01", "2026-10-01 00:00:00+00", "day",
           "views_since_publish by day where snapshot_time in 2026-10 for since 2026-01-01");
    drills(state, "views_since_publish, total_views by month", "2026-10-01 00:00:00+00", "day",
           "views_since_publish, total_views by day for 2026-10");
}

static void two_times_are_two_bounds(void **state)
{
    drills(state, "revenue by month, published_at.year", "2026-10-01 00:00:00+00|2025-01-01 00:00:00+00", "channel",
           "revenue by month, published_at.year, channel where published_at in 2025 for 2026-10");
    drills(state, "revenue by month, day", "2026-10-01 00:00:00+00|2026-10-05 00:00:00+00", "channel",
           "revenue by month, day, channel for 2026-10-05");
    drills(state, "revenue by day, month", "2026-10-05 00:00:00+00|2026-10-01 00:00:00+00", "channel",
           "revenue by day, month, channel for 2026-10-05");
    /* a week is cut by the month's end */
    drills(state, "revenue by month, week", "2026-11-01 00:00:00+00|2026-11-30 00:00:00+00", "channel",
           "revenue by month, week, channel for 2026-11-30");
}

/* What the bucket and the range have in common takes the range's place. */
static void a_bucket_is_cut_by_the_range(void **state)
{
    drills(state, "revenue by day for last 30 days", "2026-11-20 00:00:00+00", "channel",
           "revenue by day, channel for 2026-11-20");
    drills(state, "revenue by day for last 2 months", "2026-10-20 00:00:00+00", "channel",
           "revenue by day, channel for 2026-10-20");
    drills(state, "revenue by month for last 30 days", "2026-11-01 00:00:00+00", "channel",
           "revenue by month, channel for 2026-11-01..2026-11-23");
    drills(state, "revenue by week for last month", "2026-10-26 00:00:00+00", "channel",
           "revenue by week, channel for 2026-10-26..2026-10-31");
    drills(state, "revenue by day for ytd", "2026-11-24 00:00:00+00", "channel",
           "revenue by day, channel for 2026-11-24T00:00..2026-11-24T11:59");
    drills(state, "revenue by day for 7d", "2026-11-24 00:00:00+00", "channel",
           "revenue by day, channel for 2026-11-24T00:00..2026-11-24T11:59");
    drills(state, "revenue by month for 2026", "2026-10-01 00:00:00+00", "channel",
           "revenue by month, channel for 2026-10");
    drills(state, "revenue by month for since 2026-10-15", "2026-10-01 00:00:00+00", "channel",
           "revenue by month, channel for 2026-10-15..2026-10-31");
    drills(state, "revenue by month for since 2026-10-15", "2026-11-01 00:00:00+00", "channel",
           "revenue by month, channel for 2026-11");
    drills(state, "revenue by month for 2026-10-15", "2026-10-01 00:00:00+00", "channel",
           "revenue by month, channel for 2026-10-15");
    drills(state, "revenue by day for since 3 days ago", "2026-11-22 00:00:00+00", "channel",
           "revenue by day, channel for 2026-11-22");
    drills(state, "revenue by day for all time", "2026-11-22 00:00:00+00", "channel",
           "revenue by day, channel for 2026-11-22");
    drills(state, "revenue by day for snapshot_time in 2026, published_at in 2025", "2026-11-22 00:00:00+00", "channel",
           "revenue by day, channel for published_at in 2025, 2026-11-22");
}

static void a_range_is_kept_where_it_is_less_than_the_bucket(void **state)
{
    drills(state, "revenue by month for today", "2026-11-01 00:00:00+00", "hour", "revenue by hour for today");
    drills(state, "revenue by month for 7d", "2026-11-01 00:00:00+00", "day", "revenue by day for 7d");
    drills(state, "revenue by day for 2026-11-20T10:00..2026-11-21T10:29:30", "2026-11-21 00:00:00+00", "hour",
           "revenue by hour for 2026-11-21T00:00..2026-11-21T10:29:30");
    drills(state, "revenue by day for since 2026-10-25T01:30Z tz Europe/Berlin", "2026-10-24 22:00:00+00", "hour",
           "revenue by hour for 2026-10-25T01:30Z..2026-10-25T22:59Z tz Europe/Berlin");
}

/* The clock comes with the row. */
static void a_relative_range_needs_the_clock(void **state)
{
    struct fixture *fixture = *state;
    const char *line = "revenue by month for last 30 days";
    struct drill_row row = row_of(fixture, line, "2026-11-01 00:00:00+00");
    struct error error = ERROR_INIT;
    char *result;

    row.now = 0;
    check_refusal(line,
                  query_drill(fixture->arena, fixture->model, parses(fixture, line), &row, "day", &result, &error),
                  &error, ERR_USAGE, "without the clock of the answer", NULL, NULL);
    error_done(&error);
    row.now = instant_of("2027-03-01T00:00:00Z");
    check_refusal(line,
                  query_drill(fixture->arena, fixture->model, parses(fixture, line), &row, "day", &result, &error),
                  &error, ERR_USAGE, "and 'for last 30 days' do not meet", NULL, NULL);
    error_done(&error);
}

/* -- the dimension ---------------------------------------------------------------------------------------------------
 */

static void a_finer_granularity_takes_the_place(void **state)
{
    drills(state, "revenue by month", "2026-10-01 00:00:00+00", "day", "revenue by day for 2026-10");
    drills(state, "revenue by channel, month", "Alpha|2026-10-01 00:00:00+00", "week",
           "revenue by channel, week where channel = Alpha for 2026-10");
    drills(state, "revenue by day", "2026-11-20 00:00:00+00", "hour", "revenue by hour for 2026-11-20");
    drills(state, "revenue by snapshot_time.month", "2026-10-01 00:00:00+00", "day",
           "revenue by snapshot_time.day for 2026-10");
    drills(state, "revenue by month", "2026-10-01 00:00:00+00", "snapshot_time.day", "revenue by day for 2026-10");
    drills(state, "revenue by published_at.year", "2026-01-01 00:00:00+00", "month",
           "revenue by published_at.month where published_at in 2026");
    drills(state, "revenue by published_at.year, month", "2026-01-01 00:00:00+00|2026-10-01 00:00:00+00", "day",
           "revenue by published_at.year, day where published_at in 2026 for 2026-10");
    drills(state, "revenue by published_at.year, month", "2026-01-01 00:00:00+00|2026-10-01 00:00:00+00",
           "published_at.day", "revenue by published_at.day, month where published_at in 2026 for 2026-10");
    drills(state, "revenue +published_at.month", "2026-10-01 00:00:00+00", "day",
           "revenue where published_at in 2026-10 +published_at.day");
    drills(state,
           "{\"measures\": [\"VideoPerformance.revenue\"], \"timeDimensions\": [{\"dimension\": "
           "\"VideoPerformance.snapshot_time\", \"granularity\": \"month\", \"dateRange\": \"last 3 months\"}]}",
           "2026-10-01 00:00:00+00", "day",
           "VideoPerformance.revenue by VideoPerformance.snapshot_time.day for 2026-10");
    drills(state, "revenue by category", "Music", "month", "revenue by category, month where category = Music");
    refuses_drill(state, "daily_views by day", "2026-10-05", "hour", ERR_USAGE, "has no 'hour'", NULL);
    refuses_drill(state, "revenue by published_at.year, channel.valid_from.year",
                  "2026-01-01 00:00:00+00|2026-01-01 00:00:00+00", "day", ERR_AMBIGUOUS,
                  "'day' could be of several times", "published_at.day");
}

static void what_is_there_is_not_added(void **state)
{
    refuses_drill(state, "revenue by channel", "Alpha", "channel", ERR_USAGE, "'channel' is in the query already",
                  NULL);
    refuses_drill(state, "revenue by channel", "Alpha", "VideoPerformance.channel", ERR_USAGE,
                  "'channel' is in the query already", NULL);
    refuses_drill(state, "revenue by month", "2026-10-01 00:00:00+00", "month", ERR_USAGE,
                  "'month' is in the query already", NULL);
    refuses_drill(state, "revenue +channel", "Alpha", "channel", ERR_USAGE, "'channel' is in the query already", NULL);
}

static void what_is_unknown_is_said(void **state)
{
    refuses_drill(state, "revenue by niche", "Gaming", "chanel", ERR_UNKNOWN, "unknown dimension 'chanel'",
                  "did you mean 'channel'?");
    refuses_drill(state, "revenue by niche", "Gaming", "", ERR_UNKNOWN, "unknown dimension", NULL);
    refuses_drill(state, "revenue by niche", "Gaming", "a, b", ERR_UNKNOWN, "unknown dimension 'a, b'", NULL);
    refuses_drill(state, "revenue by niche", "Gaming", "total_views", ERR_UNKNOWN, "total_views", NULL);
    refuses_drill(state, "revenue, total_cost by niche", "Gaming", "cost_category", ERR_UNKNOWN, "cost_category", NULL);
}

/* -- the rest of the query -------------------------------------------------------------------------------------------
 */

static void the_row_stands_outside_an_or(void **state)
{
    drills(state, "revenue by niche where category = Music or category = Gaming", "Tech", "channel",
           "revenue by niche, channel where (category = Music or category = Gaming) and niche = Tech");
    drills(state, "revenue by niche where category = Music and not title contains x", "Tech", "channel",
           "revenue by niche, channel where category = Music and not title contains x and niche = Tech");
    /* drilled again, a test stands once */
    drills(state, "revenue by niche, channel where niche = Tech", "Tech|Alpha", "day",
           "revenue by niche, channel, day where niche = Tech and channel = Alpha");
    drills(state, "revenue by week, channel for 2026-11-16..2026-11-22", "2026-11-16 00:00:00+00|Alpha", "category",
           "revenue by week, channel, category where channel = Alpha for 2026-11-16..2026-11-22");
}

/* Its parts need not be among the first, nor above the threshold, and come in their own order. */
static void what_was_about_the_whole_answer_goes(void **state)
{
    drills(state, "revenue by niche having revenue > 100 top 5 by revenue", "Tech", "channel",
           "revenue by niche, channel where niche = Tech");
    drills(state, "revenue by niche order by revenue desc limit 10 offset 10", "Tech", "channel",
           "revenue by niche, channel where niche = Tech");
    drills(state, "revenue by niche order none", "Tech", "channel", "revenue by niche, channel where niche = Tech");
    drills(state, "revenue by niche where revenue > 100", "Tech", "channel",
           "revenue by niche, channel where niche = Tech");
    drills(state, "revenue by niche where category = Music and revenue > 100 and (cost > 1 or cost < 0)", "Tech",
           "channel", "revenue by niche, channel where category = Music and niche = Tech");
    drills(state, "{\"measures\": [\"VideoPerformance.revenue\"], \"dimensions\": [\"VideoPerformance.niche\"]}",
           "Tech", "channel",
           "VideoPerformance.revenue by VideoPerformance.niche, channel where VideoPerformance.niche = Tech");
}

static void what_says_which_rows_stays(void **state)
{
    drills(state, "revenue by niche segment viral_videos tz Asia/Tokyo", "Tech", "channel",
           "revenue by niche, channel where niche = Tech segment viral_videos tz Asia/Tokyo");
    drills(state, "revenue, daily_views by day mixed_days", "2026-10-05 00:00:00+00", "channel",
           "revenue, daily_views by day, channel for 2026-10-05 mixed_days");
    drills(state, "from Costs quantity by cost_category", "ai", "channel",
           "from Costs quantity by cost_category, channel where cost_category = ai");
    drills(state, "revenue, total_cost by channel", "Alpha", "niche",
           "revenue, total_cost by channel, niche where channel = Alpha");
}

static const char *value_of_n(void *who, const char *name)
{
    (void)who;
    return strcmp(name, "n") == 0 ? "Tech" : NULL;
}

/* A variable stays one: its value is not looked at. */
static void a_variable_stays(void **state)
{
    struct fixture fixture = *(struct fixture *)*state;

    fixture.context.variable = value_of_n;
    check_line(&fixture, ":n",
               drilled(&fixture, "revenue by day where niche = :n", "2026-11-20 00:00:00+00", "channel"),
               "revenue by day, channel where niche = :n for 2026-11-20");
}

/* `vs` is not answered yet: its line is looked at, not compiled. */
static void a_comparison_stays_with_the_period_it_follows(void **state)
{
    static const char *const lines[][4] = {
        {" vs previous", "Tech", "revenue by niche", "revenue by niche, channel where niche = Tech vs previous"},
        {" vs previous", "2026-10-01", "revenue by month", "revenue by month, channel for 2026-10"},
        {" vs last year", "2026-10-01", "revenue by month", "revenue by month, channel for 2026-10 vs last year"},
        {" vs 2025", "2026-10-01", "revenue by month", "revenue by month, channel for 2026-10"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct drill_row row = row_of(fixture, lines[i][2], lines[i][1]);
        struct query *query = parses(fixture, arena_printf(fixture->arena, "%s%s", lines[i][2], lines[i][0]));
        struct error error = ERROR_INIT;
        char *line;

        if (query_drill(fixture->arena, fixture->model, query, &row, "channel", &line, &error) < 0)
            fail_with(lines[i][2], &error);
        assert_string_equal(line, lines[i][3]);
        assert_string_equal(query_to_line(fixture->arena, parses(fixture, line)), line);
    }
}

static void refuses_row(struct fixture *fixture, const char *asked, const char *line, const char *cells,
                        const char *words)
{
    struct drill_row row = row_of(fixture, asked, cells);
    struct error error = ERROR_INIT;
    char *result;

    check_refusal(line,
                  query_drill(fixture->arena, fixture->model, parses(fixture, line), &row, "day", &result, &error),
                  &error, ERR_USAGE, words, NULL, NULL);
    error_done(&error);
}

static void a_row_that_is_no_group_is_refused(void **state)
{
    refuses_row(*state, "revenue by niche", "revenue by niche top 3 with other", "other", "may be the rest");
    refuses_row(*state, "revenue by niche", "revenue by niche top 3 with other", "-", "may be the rest");
    refuses_row(*state, "revenue by niche", "revenue by niche total", "-", "the row is the total");
    refuses_row(*state, "revenue by niche", "revenue by niche ungrouped", "Tech", "ungrouped");
    refuses_row(*state, "revenue by niche", "revenue by niche, channel", "Tech",
                "the row is not of this query: it has no 'channel'");
}

static void the_query_before_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    const char *line =
        "revenue by month, niche where category = Music having revenue > 1 for 2026 order by revenue desc limit 3";
    struct query *query = parses(fixture, line);
    struct drill_row row = row_of(fixture, line, "2026-10-01 00:00:00+00|Tech");
    char *result;

    assert_int_equal(query_drill(fixture->arena, fixture->model, query, &row, "day", &result, NULL), 0);
    assert_int_equal(query_rows_behind(fixture->arena, fixture->model, query, &row, 2, &result, NULL), 0);
    assert_int_equal(query_order_by(fixture->arena, query, "niche", true, &result, NULL), 0);
    assert_string_equal(query_to_line(fixture->arena, query), line);
}

/* -- what can be drilled by ------------------------------------------------------------------------------------------
 */

static const char *candidates(struct fixture *fixture, const char *line, const char *cells)
{
    const char *const *names;
    struct error error = ERROR_INIT;
    struct str all = STR_INIT;
    const char *text;
    size_t count;

    if (query_drill_candidates(fixture->arena, fixture->model, parses(fixture, line), &names, &count, &error) < 0)
        fail_with(line, &error);
    for (size_t i = 0; i < count; i++) {
        str_addf(&all, "%s%s", i > 0 ? " " : "", names[i]);
        (void)compiles(fixture, drilled(fixture, line, cells, names[i]));
    }
    text = arena_strdup(fixture->arena, str_text(&all));
    str_done(&all);
    return text;
}

static void begins(struct fixture *fixture, const char *line, const char *cells, const char *expected)
{
    const char *all = candidates(fixture, line, cells);

    if (strncmp(all, expected, strlen(expected)) != 0 ||
        (all[strlen(expected)] != ' ' && all[strlen(expected)] != '\0'))
        fail_msg("%s\n  is  %s\n  not %s …", line, all, expected);
}

static void the_best_comes_first(void **state)
{
    begins(*state, "revenue by category", "Music",
           "day published_at.day channel channel_id channel_name channel_handle niche sub_niche current_niche video "
           "video_id "
           "title tags content_type");
    begins(*state, "revenue by month, niche", "2026-10-01 00:00:00+00|Tech",
           "day published_at.day channel channel_id channel_name channel_handle sub_niche");
    begins(*state, "revenue by year", "2026-01-01 00:00:00+00", "quarter published_at.day");
    begins(*state, "revenue by quarter", "2026-01-01 00:00:00+00", "month published_at.day");
    begins(*state, "revenue by week", "2026-11-16 00:00:00+00", "day published_at.day");
    begins(*state, "revenue by day", "2026-11-16 00:00:00+00", "hour published_at.day");
    begins(*state, "revenue by hour", "2026-11-16 07:00:00+00", "minute published_at.day");
    begins(*state, "revenue by second", "2026-11-16 07:00:00+00", "published_at.day channel");
    begins(*state, "revenue by published_at.year, month", "2026-01-01 00:00:00+00|2026-10-01 00:00:00+00",
           "day published_at.quarter channel");
    begins(*state, "revenue by snapshot_time.month", "2026-10-01 00:00:00+00", "snapshot_time.day published_at.day");
    begins(*state, "revenue by month, day", "2026-10-01 00:00:00+00|2026-10-05 00:00:00+00", "hour published_at.day");
    begins(*state, "daily_views by day", "2026-10-05",
           "channel channel_id channel_name niche current_niche user channel.channel_id");
    begins(*state, "revenue, total_cost by day", "2026-10-05 00:00:00+00",
           "hour published_at.day channel channel_id channel_name niche current_niche video");
}

static void what_is_joined_comes_after(void **state)
{
    const char *all = candidates(*state, "total_cost by cost_category", "ai");

    assert_non_null(strstr(all, "user channel.channel_id channel.channel_name"));
    assert_non_null(strstr(all, "dates.is_weekend"));
    assert_null(strstr(all, "channel_key"));                                             /* hidden */
    assert_null(strstr(all, "cost_category"));                                           /* there */
    assert_null(strstr(candidates(*state, "revenue by niche", "Tech"), "publish_date")); /* an old name */
}

/* -- the rows behind -------------------------------------------------------------------------------------------------
 */

static void behind(void **state, const char *line, const char *cells, size_t column, const char *expected)
{
    check_line(*state, line, rows_behind(*state, line, cells, column), expected);
}

static void rows_behind_a_measure(void **state)
{
    behind(state, "revenue by category", "Music", 1, "revenue by video, snapshot_time where category = Music");
    behind(state,
           "total_views by month, niche where category = Music or category = Gaming having total_views > 5 top 3",
           "2026-10-01 00:00:00+00|-", 2,
           "total_views by video, snapshot_time where (category = Music or category = Gaming) and niche is null for "
           "2026-10");
    behind(state, "engagement_rate by day", "2026-10-05 00:00:00+00", 1,
           "engagement_rate, total_interactions, total_views by video, snapshot_time for 2026-10-05");
    behind(state, "revenue_per_thousand_views, revenue by niche segment viral_videos tz Asia/Tokyo", "Tech", 1,
           "revenue_per_thousand_views, revenue, views_gained by video, snapshot_time where niche = Tech "
           "segment viral_videos tz Asia/Tokyo");
    behind(state, "subscribers by month", "2026-10-01", 1, "subscribers by channel, metric_date for 2026-10");
    behind(state, "daily_engagement_rate by niche", "Tech", 1,
           "daily_engagement_rate, daily_interactions, daily_views by channel, metric_date where niche = Tech");
    behind(state, "revenue, total_cost by Costs.channel where Costs.niche = Tech", "Alpha", 1,
           "revenue by video, snapshot_time where niche = Tech and channel = Alpha");
    behind(state, "revenue", "", 0, "revenue by video, snapshot_time");
}

static void refuses_rows(struct fixture *fixture, const char *line, const char *cells, size_t column, const char *words)
{
    struct drill_row row = row_of(fixture, line, cells);
    struct error error = ERROR_INIT;
    char *result;

    check_refusal(
        line, query_rows_behind(fixture->arena, fixture->model, parses(fixture, line), &row, column, &result, &error),
        &error, ERR_USAGE, words, NULL, NULL);
    error_done(&error);
}

static void rows_that_cannot_be_told_apart_are_refused(void **state)
{
    refuses_rows(*state, "total_cost by channel", "Alpha", 1, "Costs has no key");
    refuses_rows(*state, "channels by niche", "Tech", 1,
                 "Channels has no key that can be asked for"); /* it is hidden */
    refuses_rows(*state, "revenue by niche", "Tech", 0, "'niche' is no measure");
    refuses_rows(*state, "revenue by niche", "Tech", 7, "no measure");
}

static void a_public_key_tells_rows_apart(void **state)
{
    struct fixture fixture = *(struct fixture *)*state;

    fixture.model = model_of_text(
        "{\"cubes\": [{\"name\": \"Orders\", \"sql_table\": \"shop.orders\", \"time_dimension\": \"at\","
        " \"dimensions\": {\"id\": {\"sql\": \"id\", \"type\": \"number\", \"primary_key\": true},"
        " \"total\": {\"sql\": \"kind\", \"type\": \"string\"}, \"at\": {\"sql\": \"at\", \"type\": \"time\"}},"
        " \"measures\": {\"amount\": {\"sql\": \"amount\", \"type\": \"sum\"}}}]}");
    check_line(&fixture, "amount", rows_behind(&fixture, "amount by Orders.total", "x", 1),
               "amount by id, at where Orders.total = x");
    check_line(&fixture, "amount", drilled(&fixture, "amount by id", "5", "total"),
               "amount by id, Orders.total where id = 5");
    model_unref(fixture.model);
}

/* -- order -----------------------------------------------------------------------------------------------------------
 */

static void orders(void **state, const char *line, const char *column, bool descending, const char *expected)
{
    struct fixture *fixture = *state;
    struct error error = ERROR_INIT;
    char *result;

    if (query_order_by(fixture->arena, parses(fixture, line), column, descending, &result, &error) < 0)
        fail_with(line, &error);
    check_line(fixture, line, result, expected);
}

static void an_order_takes_the_place_of_another(void **state)
{
    orders(state, "revenue by niche", "revenue", true, "revenue by niche order by revenue desc");
    orders(state, "revenue by niche order by revenue desc, niche limit 5", "niche", false,
           "revenue by niche order by niche asc limit 5");
    orders(state, "revenue by month top 3 by revenue", "month", true,
           "revenue by month order by month desc top 3 by revenue");
    orders(state, "revenue by niche order none", "niche", true, "revenue by niche order by niche desc");
    orders(state, "revenue, Costs.quantity by channel.niche", "channel.niche", false,
           "revenue, Costs.quantity by channel.niche order by channel.niche asc");
    orders(state, "VideoPerformance.revenue by VideoPerformance.published_at.month", "published_at.month", true,
           "VideoPerformance.revenue by VideoPerformance.published_at.month order by "
           "VideoPerformance.published_at.month desc");
    orders(state, "revenue by niche +cost", "cost", true, "revenue by niche order by cost desc +cost");
    orders(state, "revenue by niche, channel.niche", "niche", true,
           "revenue by niche, channel.niche order by niche desc");
}

/* Every column of an answer is one it can be ordered by, under its own name and its member's. */
static void every_column_can_be_ordered_by(void **state)
{
    static const char *const lines[] = {
        "revenue, Costs.quantity by month, channel",
        "from Costs quantity, total_cost by Costs.channel.niche",
        "VideoPerformance.revenue by day, published_at.year, duration",
        "revenue by niche +cost, week",
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        const struct compiled *compiled = compiles(fixture, lines[i]);

        for (size_t c = 0; c < 2 * compiled->column_count; c++) {
            const struct data_column *column = &compiled->columns[c / 2];
            struct error error = ERROR_INIT;
            char *line;

            if (query_order_by(fixture->arena, parses(fixture, lines[i]), c % 2 ? column->member : column->name, true,
                               &line, &error) < 0)
                fail_with(lines[i], &error);
            (void)compiles(fixture, line);
        }
    }
}

static void refuses_order(struct fixture *fixture, const char *line, const char *column, int code, const char *words,
                          const char *hint)
{
    struct error error = ERROR_INIT;
    char *result;

    check_refusal(line, query_order_by(fixture->arena, parses(fixture, line), column, true, &result, &error), &error,
                  code, words, NULL, hint);
    error_done(&error);
}

static void a_column_that_is_not_there_is_no_order(void **state)
{
    refuses_order(*state, "revenue by niche", "category", ERR_UNKNOWN, "the answer has no column 'category'",
                  "it has revenue, niche");
    refuses_order(*state, "revenue by niche", "nich", ERR_UNKNOWN, "no column 'nich'", "did you mean 'niche'?");
    refuses_order(*state, "revenue by niche", "", ERR_UNKNOWN, "no column ''", NULL);
    refuses_order(*state, "revenue by channel.niche, current_channel.niche", "niche", ERR_AMBIGUOUS,
                  "'niche' could be several columns", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_tested_as_it_is),
        cmocka_unit_test(a_line_has_an_end),
        cmocka_unit_test(no_value_is_null),
        cmocka_unit_test(numbers_and_booleans_stand_bare),
        cmocka_unit_test(a_list_is_not_tested_as_a_whole),
        cmocka_unit_test(a_bucket_is_its_period),
        cmocka_unit_test(the_default_day_without_a_unit_is_a_range),
        cmocka_unit_test(another_time_is_a_test),
        cmocka_unit_test(buckets_are_of_the_querys_zone),
        cmocka_unit_test(the_doubled_hour_stays_two),
        cmocka_unit_test(an_increase_since_publishing_keeps_its_range),
        cmocka_unit_test(two_times_are_two_bounds),
        cmocka_unit_test(a_bucket_is_cut_by_the_range),
        cmocka_unit_test(a_range_is_kept_where_it_is_less_than_the_bucket),
        cmocka_unit_test(a_relative_range_needs_the_clock),
        cmocka_unit_test(a_finer_granularity_takes_the_place),
        cmocka_unit_test(what_is_there_is_not_added),
        cmocka_unit_test(what_is_unknown_is_said),
        cmocka_unit_test(the_row_stands_outside_an_or),
        cmocka_unit_test(what_was_about_the_whole_answer_goes),
        cmocka_unit_test(what_says_which_rows_stays),
        cmocka_unit_test(a_variable_stays),
        cmocka_unit_test(a_comparison_stays_with_the_period_it_follows),
        cmocka_unit_test(a_row_that_is_no_group_is_refused),
        cmocka_unit_test(the_query_before_is_left_alone),
        cmocka_unit_test(the_best_comes_first),
        cmocka_unit_test(what_is_joined_comes_after),
        cmocka_unit_test(rows_behind_a_measure),
        cmocka_unit_test(rows_that_cannot_be_told_apart_are_refused),
        cmocka_unit_test(a_public_key_tells_rows_apart),
        cmocka_unit_test(an_order_takes_the_place_of_another),
        cmocka_unit_test(every_column_can_be_ordered_by),
        cmocka_unit_test(a_column_that_is_not_there_is_no_order),
    };

    return cmocka_run_group_tests_name("semantic drill", tests, fixture_shipped, fixture_done);
}
