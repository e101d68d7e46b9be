/*
 * semantic: counters on some thousands of made-up snapshots, against SQL written by hand in another way: every bucket by
 * itself, the latest snapshot of each video picked for it. Videos move between channels, counters fall, rows lack counters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_rows_help.h"

/* 40 videos, about 60 days in which the clocks of Los Angeles change, at irregular instants; the same every time. */
static const char random_rows[] =
    "CREATE FUNCTION pg_temp.chance(a int, b int, salt text) RETURNS float LANGUAGE sql AS"
    " $$ SELECT ('x' || substr(md5(a || '/' || b || '/' || salt), 1, 7))::bit(28)::int / 268435456.0 $$;"
    "INSERT INTO analytics.dim_video (video_key, video_id, channel_id, video_title, published_at)"
    " SELECT n, 'v' || n, 'UC-a', 'Video ' || n, timestamptz '2026-09-20' + pg_temp.chance(n, 0, 'published') * interval '60 days' FROM generate_series(12, 51) AS n;"
    "INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\", views, likes, actual_revenue_cents)"
    " SELECT video, (ARRAY[11, 12, 13, 14])[1 + floor(pg_temp.chance(video, step / 12, 'channel') * 4)::int], 101, to_char(at AT TIME ZONE 'UTC', 'YYYYMMDD')::int, at,"
    "  CASE WHEN pg_temp.chance(video, step, 'null') > 0.1 THEN 100 * step + floor(pg_temp.chance(video, step, 'views') * 400)::int END,"
    "  CASE WHEN pg_temp.chance(video, step, 'no likes') > 0.3 THEN 3 * step + floor(pg_temp.chance(video, step, 'likes') * 20)::int END,"
    "  floor(pg_temp.chance(video, step, 'cents') * 1000)"
    " FROM (SELECT video, step, timestamptz '2026-10-05' + (step + pg_temp.chance(video, step, 'jitter')) * interval '17 hours' AS at"
    "        FROM generate_series(12, 51) AS video, generate_series(0, 79) AS step"
    "        WHERE pg_temp.chance(video, step, 'silent') > 0.4 AND pg_temp.chance(video, step / 30, 'long silent') > 0.3) AS made;";

static void agree(struct desk *desk, const char *line, const char *sql, size_t least)
{
    _cleanup_(mem_freep) char *ours = answer_of(desk, shipped, line), *theirs = rows_of(desk, sql);

    if (strlen(theirs) < least)
        fail_msg("%s: the other side has only '%s'", line, theirs);
    if (strcmp(ours, theirs) != 0)
        fail_msg("%s\n  is  %.3000s\n  not %.3000s", line, ours, theirs);
}

/* The state at the end of each local day, by niche as it was at the picked snapshot. */
static char *states(const char *zone, const char *from, const char *until, const char *group, const char *condition)
{
    return mem_printf(
        "WITH day AS (SELECT day::date AS day, (day + interval '1 day') AT TIME ZONE '%s' AS ends FROM generate_series(timestamp '%s', timestamp '%s', '1 day') AS day)"
        " SELECT day.day%s, sum(picked.views) FROM day CROSS JOIN generate_series(1, 51) AS v (key) CROSS JOIN LATERAL"
        " (SELECT f.views, c.niche, v.key AS video FROM analytics.fact_video_performance AS f LEFT JOIN analytics.dim_channel AS c USING (channel_key)"
        "   WHERE f.video_key = v.key AND f.views IS NOT NULL AND f.\"timestamp\" < day.ends ORDER BY f.\"timestamp\" DESC LIMIT 1) AS picked"
        " WHERE %s AND day.day <= (SELECT max(\"timestamp\") AT TIME ZONE '%s' FROM analytics.fact_video_performance)::date"
        " GROUP BY day.day%s ORDER BY 1%s",
        zone, from, until, group, condition, zone, group, *group != '\0' ? ", 2 NULLS LAST" : "");
}

SERVER_TEST(carried_counters_are_the_state_at_the_end_of_each_day)
{
    static const char *const zones[] = {"UTC", "America/Los_Angeles", "Asia/Kolkata"};

    given(who, random_rows);
    for (size_t i = 0; i < COUNT_OF(zones); i++) {
        _cleanup_(mem_freep) char *all = states(zones[i], "2026-10-05", "2026-12-31", "", "true");
        _cleanup_(mem_freep) char *part = states(zones[i], "2026-10-25", "2026-11-08", ", picked.niche", "true");
        _cleanup_(mem_freep) char *music = states(zones[i], "2026-10-20", "2026-11-20", "", "picked.niche = 'Music'");
        _cleanup_(mem_freep) char *some = states(zones[i], "2026-11-01", "2026-11-05", "", "(picked.niche <> 'Music' OR picked.niche IS NULL) AND picked.video > 20");
        _cleanup_(mem_freep) char *a = mem_printf("total_views by day for 2026-10-05..2026-12-31 tz %s", zones[i]);
        _cleanup_(mem_freep) char *b = mem_printf("total_views by day, niche for 2026-10-25..2026-11-08 tz %s", zones[i]);
        _cleanup_(mem_freep) char *c = mem_printf("total_views by day for 2026-10-20..2026-11-20 where niche = Music tz %s", zones[i]);
        _cleanup_(mem_freep) char *d = mem_printf("total_views by day for 2026-11-01..2026-11-05 where niche != Music and video.video_id not in (v12, v13, v14, v15, v16, v17, v18, v19, v20) tz %s", zones[i]);

        shipped->context.now = instant_of("2027-02-01T00:00:00Z");
        agree(who, a, all, 700);
        agree(who, b, part, 700);
        agree(who, c, music, 400);
        agree(who, d, some, 60);
    }
}

/* Each consecutive pair of a video's snapshots, booked where and when the later one lies. */
SERVER_TEST(increases_are_sums_of_differences)
{
    static const char pairs[] =
        "SELECT (later.\"timestamp\" AT TIME ZONE 'America/Los_Angeles')::date, c.niche, sum(later.views - coalesce(earlier.views, later.views))"
        " FROM analytics.fact_video_performance AS later LEFT JOIN analytics.dim_channel AS c USING (channel_key) LEFT JOIN analytics.fact_video_performance AS earlier"
        "  ON earlier.video_key = later.video_key AND earlier.\"timestamp\" = (SELECT max(e.\"timestamp\") FROM analytics.fact_video_performance AS e"
        "   WHERE e.video_key = later.video_key AND e.views IS NOT NULL AND e.\"timestamp\" < later.\"timestamp\")"
        " WHERE later.views IS NOT NULL AND later.\"timestamp\" >= timestamp '2026-10-20' AT TIME ZONE 'America/Los_Angeles'"
        "  AND later.\"timestamp\" < timestamp '2026-11-11' AT TIME ZONE 'America/Los_Angeles' GROUP BY 1, 2 ORDER BY 1, 2 NULLS LAST";

    given(who, random_rows);
    agree(who, "views_gained by day, niche for 2026-10-20..2026-11-10 tz America/Los_Angeles", pairs, 700);
}

SERVER_TEST(the_last_inside_a_week_is_picked_by_itself)
{
    static const char weeks[] =
        "SELECT week::date, niche, sum(views) FROM (SELECT DISTINCT ON (date_trunc('week', \"timestamp\" AT TIME ZONE 'Asia/Kolkata'), video_key)"
        "  date_trunc('week', \"timestamp\" AT TIME ZONE 'Asia/Kolkata') AS week, video_key, channel_key, views FROM analytics.fact_video_performance WHERE views IS NOT NULL"
        "  ORDER BY 1, 2, \"timestamp\" DESC) AS picked LEFT JOIN analytics.dim_channel USING (channel_key) GROUP BY 1, 2 ORDER BY 1, 2 NULLS LAST";

    given(who, random_rows);
    agree(who, "total_views_period by week, niche tz Asia/Kolkata", weeks, 300);
}

/* increase = last at the end - last before the start - first sightings; parts = whole; the order of tests changes nothing. */
SERVER_TEST(identities_hold)
{
    static const char *const days[] = {"2026-10-10", "2026-10-31", "2026-11-01", "2026-11-23"};

    given(who, random_rows);
    shipped->context.now = instant_of("2027-02-01T00:00:00Z");
    for (size_t from = 0; from < COUNT_OF(days); from++)
        for (size_t to = from + 1; to < COUNT_OF(days); to++) {
            _cleanup_(mem_freep) char *line = mem_printf("views_gained for %s..%s", days[from], days[to]), *gained = answer_of(who, shipped, line);
            _cleanup_(mem_freep) char *last = mem_printf("total_views until %s", days[to]), *at_end = answer_of(who, shipped, last);
            _cleanup_(mem_freep) char *sql = mem_printf(
                "SELECT %s - coalesce(sum(views), 0) - (SELECT coalesce(sum(views), 0) FROM (SELECT DISTINCT ON (video_key) * FROM analytics.fact_video_performance"
                " WHERE views IS NOT NULL ORDER BY video_key, \"timestamp\") AS first WHERE \"timestamp\" >= '%s' AND \"timestamp\" < date '%s' + 1)"
                " FROM (SELECT DISTINCT ON (video_key) views FROM analytics.fact_video_performance WHERE views IS NOT NULL AND \"timestamp\" < '%s'"
                " ORDER BY video_key, \"timestamp\" DESC) AS before", at_end, days[from], days[to], days[from]);
            _cleanup_(mem_freep) char *expected = rows_of(who, sql);

            assert_string_equal(gained, expected);
        }
    agree(who, "total_views by niche order by niche", "SELECT niche, sum(views) FROM (SELECT DISTINCT ON (video_key) views, niche FROM analytics.fact_video_performance"
          " LEFT JOIN analytics.dim_channel USING (channel_key) WHERE views IS NOT NULL ORDER BY video_key, \"timestamp\" DESC) AS last GROUP BY 1 ORDER BY 1", 20);
    {
        _cleanup_(mem_freep) char *a = answer_of(who, shipped, "revenue, total_views by day where niche = Music and title contains 1 for 2026-11");
        _cleanup_(mem_freep) char *b = answer_of(who, shipped, "revenue, total_views by day where title contains 1 and niche = Music for 2026-11");

        assert_string_equal(a, b);
        assert_true(strlen(a) > 300);
    }
}

/* The zone moves buckets, not the total of a range given as instants. */
SERVER_TEST(a_zone_moves_buckets_only)
{
    static const char *const zones[] = {"America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati"};
    static const char        range[] = "revenue, views_gained, total_views for 2026-10-20T05:00Z..2026-11-20T17:30Z tz";
    _cleanup_(mem_freep) char *utc_line = mem_printf("%s UTC", range), *utc;

    given(who, random_rows);
    utc = answer_of(who, shipped, utc_line);
    for (size_t i = 0; i < COUNT_OF(zones); i++) {
        _cleanup_(mem_freep) char *line = mem_printf("%s %s", range, zones[i]), *there = answer_of(who, shipped, line);

        assert_string_equal(utc, there);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carried_counters_are_the_state_at_the_end_of_each_day),
        cmocka_unit_test(increases_are_sums_of_differences),
        cmocka_unit_test(the_last_inside_a_week_is_picked_by_itself),
        cmocka_unit_test(identities_hold),
        cmocka_unit_test(a_zone_moves_buckets_only),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
