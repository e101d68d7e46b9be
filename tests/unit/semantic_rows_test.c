/* semantic: counters on a real server, on tables small enough to work the answer out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_rows_help.h"

/* -- last -------------------------------------------------------------------------------------------------------------- */

/* Video 1 had 110 views when its channel turned from Gaming to Music, and 180 since; Bob's video 11 in Gaming has 50. */
static const char moved[] = "SELECT pg_temp.snap(1, 11, '2026-01-10 12:00+00', 110), pg_temp.snap(11, 14, '2026-01-10 12:00+00', 50),"
                            " pg_temp.snap(1, 12, '2026-02-10 12:00+00', 180)";

SERVER_TEST(a_video_that_moves_is_counted_where_it_stands)
{
    given(who, moved);
    answers(who, "total_views by niche", "Music 180; Gaming 50");
    answers(who, "total_views where niche = Gaming", "50");         /* not 160: filtering comes after picking */
    answers(who, "total_views where niche = Music", "180");
    answers(who, "total_views where not niche = Music", "50");
    answers(who, "total_views", "230");
    answers(who, "total_views by niche until 2026-01-31", "Gaming 160");
    answers(who, "total_views by month, niche", "2026-01-01 Gaming 160; 2026-02-01 Gaming 50; 2026-02-01 Music 180");
    answers(who, "total_views by month where niche = Gaming", "2026-01-01 160; 2026-02-01 50");
    answers(who, "total_views by month where niche = Music", "2026-02-01 180");
    answers(who, "total_views by niche, current_niche", "Music Music 180; Gaming Gaming 50");
}

/* Two channels are called Alpha: `channel` groups by the durable id under its present name, `channel_name` by the name. */
SERVER_TEST(channels_of_one_name_stay_two_and_history_does_not_split_one)
{
    given(who, moved);
    answers(who, "total_views by channel", "Alpha 180; Alpha 50");
    answers(who, "total_views by channel_name", "Alpha 230");
    answers(who, "total_views by month, channel", "2026-01-01 Alpha 110; 2026-01-01 Alpha 50; 2026-02-01 Alpha 180; 2026-02-01 Alpha 50");
    answers(who, "total_views by channel_id order by channel_id", "UC-a 180; UC-c 50");
}

/* Video 1: 100 on the 1st, 150 on the 3rd. Video 2: 40 on the 1st, silent ever since. Video 10: 7 on the 20th. */
static const char silent[] = "SELECT pg_temp.snap(1, 12, '2026-03-01 06:00+00', 100), pg_temp.snap(2, 12, '2026-03-01 06:00+00', 40),"
                             " pg_temp.snap(1, 12, '2026-03-03 06:00+00', 150), pg_temp.snap(10, 13, '2026-03-20 06:00+00', 7)";

SERVER_TEST(carry_period_and_exact_are_three_numbers)
{
    given(who, silent);
    answers(who, "total_views, total_views_period, total_views_exact for 2026-03-01..2026-03-03", "190 190 150");
    answers(who, "total_views, total_views_period, total_views_exact for 2026-03-03", "190 150 150");
    answers(who, "total_views, total_views_period, total_views_exact for 2026-03-04", "190 - -");
    answers(who, "total_views_period by day for 2026-03-01..2026-03-03", "2026-03-01 140; 2026-03-03 150");
    answers(who, "total_views_exact by day for 2026-03-01..2026-03-03", "2026-03-01 140; 2026-03-03 150");
    answers(who, "total_views_period by month for 2026", "2026-03-01 197");
    answers(who, "total_views_exact by month for 2026", "2026-03-01 7");
    answers(who, "total_views_exact by month where channel = Alpha", "nothing");  /* the instant is the cube's, before filters */
}

/* publish_date is the specification's name of snapshot_time: the same buckets, the same bounds. */
SERVER_TEST(an_old_name_of_the_time_is_that_time)
{
    given(who, moved);
    answers(who, "total_views by publish_date.month", "2026-01-01 160; 2026-02-01 230");
    answers(who, "total_views for publish_date in 2026-01", "160");
    answers(who, "views_gained for publish_date in 2026-02", "70");
}

SERVER_TEST(carry_has_every_bucket_to_the_end_of_the_range_and_its_start_plays_no_part)
{
    given(who, silent);
    answers(who, "total_views by day for 2026-03-01..2026-03-05", "2026-03-01 140; 2026-03-02 140; 2026-03-03 190; 2026-03-04 190; 2026-03-05 190");
    answers(who, "total_views by day for 2026-03-02..2026-03-03", "2026-03-02 140; 2026-03-03 190");
    answers(who, "total_views by day for 2026-02-27..2026-03-01", "2026-03-01 140");       /* no data before */
    answers(who, "total_views by day for 2026-03-19..2026-03-31", "2026-03-19 190; 2026-03-20 197");   /* none after the watermark */
    answers(who, "total_views by week for 2026-03", "2026-02-23 140; 2026-03-02 190; 2026-03-09 190; 2026-03-16 197");
    answers(who, "total_views by week, day for 2026-03-01..2026-03-02", "2026-02-23 2026-03-01 140; 2026-03-02 2026-03-02 140");
    answers(who, "total_views by month", "2026-03-01 197");
    answers(who, "total_views by day, channel for 2026-03-19..2026-03-20", "2026-03-19 Alpha 190; 2026-03-20 Alpha 190; 2026-03-20 Beta 7");
    answers(who, "total_views for 2026-02", "-");
    answers(who, "total_views by day for 2026-02", "nothing");
    answers(who, "total_views by day for 2026-04", "nothing");
    answers(who, "total_views by day since 2026-03-19", "2026-03-19 190; 2026-03-20 197");
}

/* What retention does: the rows before the 2nd are gone, and the last counters of their videos are kept. */
static const char forgotten[] =
    "DELETE FROM analytics.fact_video_performance WHERE \"timestamp\" < '2026-03-02';"
    "INSERT INTO ops.counter_base (video_key, channel_key, user_key, \"timestamp\", views)"
    " VALUES (1, 12, 101, '2026-03-01 06:00+00', 100), (2, 12, 101, '2026-03-01 06:00+00', 40)";

SERVER_TEST(retention_takes_rows_and_not_the_totals)
{
    given(who, silent);
    script(who, forgotten);
    answers(who, "total_views", "197");
    answers(who, "total_views by niche", "Music 190; - 7");
    answers(who, "total_views for 2026-03-03", "190");
    answers(who, "total_views by day for 2026-03-02..2026-03-03", "2026-03-02 140; 2026-03-03 190");
    answers(who, "views_gained for 2026-03-02..2026-03-31", "50");          /* the first row after it has one before it */
    answers(who, "total_views_period for 2026-03-01..2026-03-03", "190");
    answers(who, "snapshots", "2");                                          /* what is counted are the facts */
}

SERVER_TEST(carry_ends_with_the_clock)
{
    given(who, silent);
    shipped->context.now = instant_of("2026-03-04T10:00:00Z");
    answers(who, "total_views by day for 2026-03", "2026-03-01 140; 2026-03-02 140; 2026-03-03 190; 2026-03-04 190");
    answers(who, "total_views by hour for today", "2026-03-04 00:00+00 190; 2026-03-04 01:00+00 190; 2026-03-04 02:00+00 190; 2026-03-04 03:00+00 190;"
                                                  " 2026-03-04 04:00+00 190; 2026-03-04 05:00+00 190; 2026-03-04 06:00+00 190; 2026-03-04 07:00+00 190;"
                                                  " 2026-03-04 08:00+00 190; 2026-03-04 09:00+00 190; 2026-03-04 10:00+00 190");
}

/* A row of a day's increments has no counters: it is not the latest snapshot. An unknown counter is skipped by itself. */
SERVER_TEST(the_latest_known_counter_counts)
{
    given(who, "SELECT pg_temp.snap(1, 12, '2026-03-01', 100, 10, 2), pg_temp.snap(1, 12, '2026-03-02', 120, NULL, 3),"
               " pg_temp.money(1, 12, '2026-03-03', 500, 200)");
    answers(who, "total_views, total_likes, total_comments, total_shares", "120 10 3 -");
    answers(who, "total_views, total_likes, revenue by day for 2026-03-01..2026-03-03",
            "2026-03-01 100 10 -; 2026-03-02 120 10 -; 2026-03-03 120 10 5");
    answers(who, "total_views_exact for 2026-03-01..2026-03-03", "120");
}

/* -- increase ---------------------------------------------------------------------------------------------------------- */

/* A counter that YouTube corrects downwards: 100, 180, 150, 220. */
static const char corrected[] = "SELECT pg_temp.snap(1, 12, '2026-03-01 12:00+00', 100), pg_temp.snap(1, 12, '2026-03-02 12:00+00', 180),"
                                " pg_temp.snap(1, 12, '2026-03-03 12:00+00', 150), pg_temp.snap(1, 12, '2026-03-04 12:00+00', 220)";

SERVER_TEST(increase_is_net_of_corrections)
{
    given(who, corrected);
    answers(who, "views_gained for 2026-03-01..2026-03-04", "120");          /* 220 - 100, not 80 + 70 */
    answers(who, "views_gained by day for 2026-03-02..2026-03-04", "2026-03-02 80; 2026-03-03 -30; 2026-03-04 70");
    answers(who, "views_gained by day for 2026-03-01..2026-03-04", "2026-03-01 0; 2026-03-02 80; 2026-03-03 -30; 2026-03-04 70");
    answers(who, "views_gained for 2026-03-03", "-30");
    answers(who, "views_gained by day top 2", "2026-03-02 80; 2026-03-04 70");
    answers(who, "views_gained for 2026-03-05..2026-03-09", "-");
}

/* The baseline is carried from before the period, however long ago; it is of the entity, not of the group. */
SERVER_TEST(increase_of_a_moved_video_is_booked_where_the_later_snapshot_lies)
{
    given(who, moved);
    answers(who, "views_gained by niche for 2026-02", "Music 70");
    answers(who, "views_gained where niche = Music for 2026-02", "70");
    answers(who, "views_gained where niche = Gaming for 2026-02", "-");
    answers(who, "views_gained by month, niche", "2026-01-01 Gaming 0; 2026-02-01 Music 70");
}

/* Video 1 was published on 2026-03-01 and first seen with 30 views; video 2 long before, first seen with 1,000. */
SERVER_TEST(a_first_sighting_counts_as_the_baseline_says)
{
    static const char zero[] = "{\"cubes\": [{\"name\": \"Facts\", \"sql_table\": \"analytics.fact_video_performance\", \"time_dimension\": \"at\","
                               "\"entities\": {\"video\": {\"sql\": \"video_key\"}}, \"dimensions\": {\"at\": {\"sql\": \"\\\"timestamp\\\"\", \"type\": \"time\"}},"
                               "\"measures\": {\"none\": {\"sql\": \"views\", \"type\": \"increase\", \"per\": \"video\"},"
                               "\"whole\": {\"sql\": \"views\", \"type\": \"increase\", \"per\": \"video\", \"baseline\": \"zero\"}}}]}";
    struct model *model = model_of_text(zero);

    given(who, "UPDATE analytics.dim_video SET published_at = '2026-03-01 10:00+00' WHERE video_key = 1;"
               "UPDATE analytics.dim_video SET published_at = '2020-01-01' WHERE video_key = 2;"
               "SELECT pg_temp.snap(1, 12, '2026-03-01 12:00+00', 30), pg_temp.snap(2, 12, '2026-03-01 12:00+00', 1000),"
               " pg_temp.snap(1, 12, '2026-03-02 12:00+00', 50), pg_temp.snap(2, 12, '2026-03-02 12:00+00', 1001)");
    answers(who, "views_gained, views_since_publish for 2026-03", "21 51");
    answers(who, "views_gained, views_since_publish by day for 2026-03", "2026-03-01 0 30; 2026-03-02 21 21");
    answers(who, "views_since_publish for 2026-03-02", "21");
    answers_with(who, model, "Facts.none, Facts.whole", "21 1051");
    answers_with(who, model, "Facts.none, Facts.whole for 2026-03-02", "21 21");
    model_unref(model);
}

/* increase over a range = last at its end - last at its start - what was first sighted inside it */
SERVER_TEST(increase_and_last_agree)
{
    given(who, "SELECT pg_temp.snap(1, 12, '2026-03-01', 100), pg_temp.snap(1, 12, '2026-03-05', 90), pg_temp.snap(1, 12, '2026-03-09', 130),"
               " pg_temp.snap(2, 12, '2026-03-06', 500), pg_temp.snap(2, 12, '2026-03-08', 520), pg_temp.snap(10, 13, '2026-02-01', 7)");
    answers(who, "total_views until 2026-03-04", "107");
    answers(who, "total_views until 2026-03-10", "657");
    answers(who, "views_gained for 2026-03-05..2026-03-10", "50");           /* 657 - 107 - 500 */
}

/* -- time -------------------------------------------------------------------------------------------------------------- */

/* In Los Angeles the hour from 01:00 came twice on 2026-11-01: 08:30Z and 09:30Z are both 01:30. */
SERVER_TEST(the_doubled_hour_stays_two)
{
    given(who, "SELECT pg_temp.money(1, 12, '2026-11-01 08:30+00', 100), pg_temp.money(1, 12, '2026-11-01 09:30+00', 200),"
               " pg_temp.snap(2, 12, '2026-11-01 07:10+00', 1), pg_temp.snap(2, 12, '2026-11-01 08:30+00', 2), pg_temp.snap(2, 12, '2026-11-01 10:30+00', 5)");
    answers(who, "revenue by hour where revenue > 0 tz America/Los_Angeles", "2026-11-01 01:00-07 1; 2026-11-01 01:00-08 2");
    answers(who, "total_views by hour tz America/Los_Angeles",
            "2026-11-01 00:00-07 1; 2026-11-01 01:00-07 2; 2026-11-01 01:00-08 2; 2026-11-01 02:00-08 5");
    answers(who, "views_gained by hour tz America/Los_Angeles where views_gained != 0", "2026-11-01 01:00-07 1; 2026-11-01 02:00-08 3");
    answers(who, "revenue by day for 2026-11-01 tz America/Los_Angeles", "2026-11-01 3");
}

/* A day of 25 hours and one of 23: ranges are local days. */
SERVER_TEST(days_follow_the_clocks)
{
    given(who, "SELECT pg_temp.money(1, 12, '2026-11-01 07:00+00', 1000), pg_temp.money(1, 12, '2026-11-02 07:59+00', 10),"
               " pg_temp.money(1, 12, '2026-11-02 08:00+00', 1), pg_temp.money(2, 12, '2026-03-08 08:00+00', 20000), pg_temp.money(2, 12, '2026-03-09 06:59+00', 300),"
               " pg_temp.money(2, 12, '2026-03-09 07:00+00', 7)");
    answers(who, "revenue for 2026-11-01 tz America/Los_Angeles", "10.1");
    answers(who, "revenue for 2026-03-08 tz America/Los_Angeles", "203");
    answers(who, "revenue by day tz America/Los_Angeles", "2026-03-08 203; 2026-03-09 0.07; 2026-11-01 10.1; 2026-11-02 0.01");
    answers(who, "revenue by day", "2026-03-08 200; 2026-03-09 3.07; 2026-11-01 10; 2026-11-02 0.11");
}

/* In São Paulo midnight did not exist on 2018-11-04: that day begins at 01:00, and those after it at midnight again. */
SERVER_TEST(a_day_without_midnight_does_not_shift_those_after_it)
{
    given(who, "SELECT pg_temp.snap(1, 12, '2018-11-04 12:00+00', 10), pg_temp.snap(1, 12, '2018-11-06 12:00+00', 30)");
    answers(who, "total_views by day tz America/Sao_Paulo", "2018-11-04 10; 2018-11-05 10; 2018-11-06 30");
    answers(who, "views_gained by day tz America/Sao_Paulo", "2018-11-04 0; 2018-11-06 20");
}

SERVER_TEST(weeks_go_over_the_end_of_the_year)
{
    given(who, "SELECT pg_temp.money(1, 12, '2026-12-28 00:00+00', 100), pg_temp.money(1, 12, '2027-01-03 23:59+00', 200), pg_temp.money(1, 12, '2027-01-04', 400)");
    answers(who, "revenue by week", "2026-12-28 3; 2027-01-04 4");
    answers(who, "revenue by year", "2026-01-01 1; 2027-01-01 6");
    answers(who, "revenue by iso_year, iso_week order by iso_year, iso_week", "2026 53 3; 2027 1 4");
    answers(who, "revenue by quarter", "2026-10-01 1; 2027-01-01 6");
}

SERVER_TEST(attributes_of_a_date_are_those_of_the_local_day)
{
    given(who, "SELECT pg_temp.money(1, 12, '2026-11-21 07:00+00', 100), pg_temp.money(1, 12, '2026-11-23 07:00+00', 200)");    /* Sat, Mon in UTC */
    answers(who, "revenue by is_weekend", "f 2; t 1");
    answers(who, "revenue by is_weekend tz America/Los_Angeles", "t 2; f 1");
    answers(who, "revenue where is_weekend = true tz America/Los_Angeles", "2");
}

/* A zone, or the baseline of a day, reaches into the year before the first: it was a year PostgreSQL does not have. */
SERVER_TEST(the_first_day_of_the_calendar_can_be_asked_for)
{
    given(who, silent);
    answers(who, "views_gained since 0001-01-01 tz Asia/Tokyo", "50");
    answers(who, "subscribers_increase, daily_views since 0001-01-01", "- -");
    answers(who, "views_gained for 9999", "-");
    answers(who, "total_views where published_at > 0001-01-01 and published_at < 9999-12-31", "197");
}

/* -- the specification's own file -------------------------------------------------------------------------------------- */

SERVER_TEST(the_specifications_cube_answers_by_its_own_formulas)
{
    _cleanup_(mem_freep) char *folder = path_join(program_data_folder(), "tests/golden/spec_model");
    struct model              *model = model_of_folder(folder);

    given(who, "SELECT pg_temp.snap(1, 12, '2026-11-20', 100, 20), pg_temp.snap(1, 12, '2026-11-10', 50, 1), pg_temp.money(2, 12, '2026-11-21', 1000, 250)");
    answers_with(who, model, "total_views", "150");
    answers_with(who, model, "engagement_rate", "0.11");                     /* (0.20 + 0.02) / 2 */
    answers_with(who, model, "revenue, profit, cost_per_video", "10 7.5 2.5");
    answers_with(who, model, "total_views by channel, content_type", "12 standard 150");
    answers_with(who, model, "total_views by publish_date.month", "2026-11-01 150");
    answers_with(who, model, "total_views by day", "2026-11-10 50; 2026-11-20 100; 2026-11-21 -");
    answers_with(who, model, "total_views segment viral_videos", "100");
    answers_with(who, model, "revenue segment profitable_videos", "10");
    answers_with(who, model, "total_views segment recent_videos", "100");    /* the query's clock is 2026-11-24 */
    answers_with(who, model, "revenue segment high_cost_videos", "-");
    model_unref(model);
}

/* Its primaryKey is none: told by lint on the database, and never used to leave rows out. */
SERVER_TEST(a_key_that_is_not_unique_is_reported_and_ignored)
{
    _cleanup_(mem_freep) char            *folder = path_join(program_data_folder(), "tests/golden/spec_model");
    _cleanup_(arena_freep) struct arena  *arena = arena_new();
    struct desk                          *desk = who;
    struct model                         *model = model_of_folder(folder);
    size_t                                count, found = 0;
    const struct model_check             *checks = model_checks(model, arena, &count);

    given(who, "SELECT pg_temp.snap(1, 12, '2026-11-20', 100), pg_temp.snap(1, 12, '2026-11-21', 101)");
    for (size_t i = 0; i < count; i++) {
        _cleanup_(pg_result_freep) struct pg_result *result = NULL;

        assert_int_equal(pg_query(desk->pg, checks[i].sql, NULL, 0, &result, &desk->error), 0);
        if (strcmp(pg_result_text(result, 0, 0), "t") == 0)
            continue;
        found++;
        assert_int_equal(checks[i].severity, FINDING_WARNING);
        assert_string_equal(checks[i].message, "the primary key is not unique, so it is not used as one");
        assert_string_equal(checks[i].where, "VideoPerformance.video");
    }
    assert_int_equal(found, 1);
    answers_with(who, model, "total_views", "201");
    model_unref(model);
}

/* Of a counter the picked snapshot is tested: the same segment on the shipped cube. */
SERVER_TEST(segments_test_the_picked_snapshot)
{
    given(who, "SELECT pg_temp.snap(1, 12, '2026-11-10', 50, 20), pg_temp.snap(1, 12, '2026-11-20', 100, 2), pg_temp.snap(2, 12, '2026-11-01', 10, 9)");
    answers(who, "total_views segment viral_videos", "10");                  /* video 1 was viral, and is no more */
    answers(who, "total_views by day for 2026-11-10..2026-11-20 segment viral_videos top 1", "2026-11-10 60");
    answers(who, "total_views segment recent_videos", "100");
    answers(who, "total_views segment recent_videos, viral_videos", "-");
    script(who, "UPDATE analytics.dim_video SET is_active = false WHERE video_key = 2");
    answers(who, "total_views, total_likes segment live_videos", "100 2");
}

/* Lord Howe went from +10:30 to +11 at 15:30Z: hours are labelled 14:30Z, 15:00Z (02:00 at +11), 16:00Z. */
SERVER_TEST(an_hour_of_thirty_minutes_is_carried_too)
{
    given(who, "SELECT pg_temp.snap(1, 11, '2024-10-05 14:40+00', 100), pg_temp.snap(1, 11, '2024-10-05 16:10+00', 150)");
    answers(who, "total_views by hour for 2024-10-06 tz Australia/Lord_Howe",
            "2024-10-06 01:00+10:30 100; 2024-10-06 01:30+10:30 100; 2024-10-06 03:00+11 150");
}

static const char conditions[] =
    "{\"cubes\": [{\"name\": \"F\", \"sql_table\": \"analytics.fact_video_performance\", \"sql_where\": \"channel_key = 12 OR channel_key = 11\", \"time_dimension\": \"at\","
    "\"entities\": {\"video\": {\"sql\": \"video_key\", \"sql_table\": \"analytics.dim_video\", \"key\": \"video_key\"}},"
    "\"joins\": {\"c\": {\"cube\": \"C\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.channel_key = {c}.channel_key OR {c}.channel_key IS NULL\"}},"
    "\"dimensions\": {\"at\": {\"sql\": \"\\\"timestamp\\\"\", \"type\": \"time\"}, \"place\": {\"sql\": \"{c}.channel_key\", \"type\": \"number\"}},"
    "\"measures\": {\"n\": {\"type\": \"count\"}, \"views\": {\"type\": \"last\", \"sql\": \"views\", \"per\": \"video\", \"rule\": \"carry\"}}},"
    "{\"name\": \"C\", \"sql_table\": \"analytics.dim_channel\", \"sql_where\": \"is_current\"}]}";

/* What binds less than the range or the target's condition beside it stands in brackets. */
SERVER_TEST(conditions_with_or_stand_in_brackets)
{
    struct model *model = model_of_text(conditions);

    given(who, moved);
    answers_with(who, model, "views by day for 2026-02-09..2026-02-20", "2026-02-09 110; 2026-02-10 180");
    answers_with(who, model, "views by day for 2026-02-08..2026-02-09", "2026-02-08 110; 2026-02-09 110");
    answers_with(who, model, "views by month for 2026-01..2026-12", "2026-01-01 110; 2026-02-01 180");
    answers_with(who, model, "n by place", "12 1; - 1");
    model_unref(model);
}

static const char far_conditions[] =
    "{\"cubes\": [{\"name\": \"F\", \"sql_table\": \"analytics.fact_video_performance\", \"time_dimension\": \"at\","
    "\"joins\": {\"c\": {\"cube\": \"C\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.channel_key = {c}.channel_key\"}},"
    "\"dimensions\": {\"at\": {\"sql\": \"\\\"timestamp\\\"\", \"type\": \"time\"}, \"place\": {\"sql\": \"{c}.channel_key\", \"type\": \"number\"}},"
    "\"measures\": {\"n\": {\"type\": \"count\"}}},"
    "{\"name\": \"C\", \"sql_table\": \"analytics.dim_channel\", \"sql_where\": \"{u}.subscription_tier = 'growth'\","
    "\"joins\": {\"u\": {\"cube\": \"U\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.user_id = {u}.user_id\"}}},"
    "{\"name\": \"U\", \"sql_table\": \"analytics.dim_user\"}]}";

/* The condition of a joined table that reads another one is of the first, and not of what it reads. */
SERVER_TEST(a_condition_of_a_joined_table_may_read_another)
{
    struct model *model = model_of_text(far_conditions);

    given(who, moved);
    answers_with(who, model, "n by place", "11 1; 12 1; - 1");
    model_unref(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_video_that_moves_is_counted_where_it_stands),
        cmocka_unit_test(channels_of_one_name_stay_two_and_history_does_not_split_one),
        cmocka_unit_test(carry_period_and_exact_are_three_numbers),
        cmocka_unit_test(an_old_name_of_the_time_is_that_time),
        cmocka_unit_test(carry_has_every_bucket_to_the_end_of_the_range_and_its_start_plays_no_part),
        cmocka_unit_test(retention_takes_rows_and_not_the_totals),
        cmocka_unit_test(carry_ends_with_the_clock),
        cmocka_unit_test(the_latest_known_counter_counts),
        cmocka_unit_test(increase_is_net_of_corrections),
        cmocka_unit_test(increase_of_a_moved_video_is_booked_where_the_later_snapshot_lies),
        cmocka_unit_test(a_first_sighting_counts_as_the_baseline_says),
        cmocka_unit_test(increase_and_last_agree),
        cmocka_unit_test(the_doubled_hour_stays_two),
        cmocka_unit_test(days_follow_the_clocks),
        cmocka_unit_test(a_day_without_midnight_does_not_shift_those_after_it),
        cmocka_unit_test(weeks_go_over_the_end_of_the_year),
        cmocka_unit_test(attributes_of_a_date_are_those_of_the_local_day),
        cmocka_unit_test(the_first_day_of_the_calendar_can_be_asked_for),
        cmocka_unit_test(the_specifications_cube_answers_by_its_own_formulas),
        cmocka_unit_test(a_key_that_is_not_unique_is_reported_and_ignored),
        cmocka_unit_test(segments_test_the_picked_snapshot),
        cmocka_unit_test(an_hour_of_thirty_minutes_is_carried_too),
        cmocka_unit_test(conditions_with_or_stand_in_brackets),
        cmocka_unit_test(a_condition_of_a_joined_table_may_read_another),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
