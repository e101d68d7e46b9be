/* semantic: rollups on a real server: the same answers as from the facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_rollup_help.h"

SERVER_TEST(a_rollup_answers_as_the_facts)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "daily", "2026-03-06");
    same(who, "cash, n, mean, most, big by niche for 2026-03-01..2026-03-05", "Gaming 100 2 100 100 1; Music 40 3 20 30 1; - 7 1 7 7 0", "rollup daily");
    same(who, "cash by day for 2026-03-01..2026-03-05", "2026-03-01 40; 2026-03-02 -; 2026-03-03 7; 2026-03-04 -; 2026-03-05 100", "rollup daily");
    same(who, "cash by month", NULL, "rollup daily");
    same(who, "cash, n", "153 13", "rollup daily");
    same(who, "n, cash, mean, big where niche = Nothing for 2026-03-01..2026-03-05", "0 - - 0", "rollup daily");
    same(who, "views by niche for 2026-03-01..2026-03-05", "Music 170; Gaming 60", "rollup daily");
    same(who, "views, likes, rate by day, niche for 2026-02-28..2026-03-05", NULL, "rollup daily");
    same(who, "views by month", "2026-01-01 160; 2026-02-01 230; 2026-03-01 269", "rollup daily");
    same(who, "views by month, niche", NULL, "rollup daily");
    same(who, "views, gained, cash by niche, day", NULL, "rollup daily");
    same(who, "gained by niche for 2026-02..2026-03", NULL, "rollup daily");
    same(who, "gained, views by user where niche = Music", NULL, "rollup daily");
    same(who, "cash segment anns by day", NULL, "rollup daily");
    same(who, "views by channel_key, month where user = 101 having views > 0", NULL, "rollup daily");
    same(who, "cash by niche for 2026-03 vs previous total", NULL, "rollup daily");
    same(who, "views by niche, day for 2026-03-01..2026-03-09 top 1 with other total", NULL, "rollup daily");
    same(who, "cash, views by day for 2026-03-01..2026-03-09 fill zero", NULL, "rollup daily");
    same(who, "views by month for 2026-02 vs previous fill zero", "2026-02-01 230 160 70 0.4375", "rollup daily");
    same(who, "views by month for 2026-03-02..2026-03-02 vs 2026-02-01..2026-02-20 fill zero", NULL, "rollup daily");
}

SERVER_TEST(a_segment_is_answered_by_a_rollup_that_declares_it)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "of_anns", "2026-03-06");
    same(who, "cash segment anns for 2026-03-01..2026-03-05", NULL, "rollup of_anns");
    same(who, "cash, views by day segment anns for 2026-02-28..2026-03-07", NULL, "rollup of_anns");
    same(who, "cash, views by day for 2026-02-28..2026-03-07", NULL, "rollup of_anns");         /* and without it */
    same(who, "cash by niche segment anns", NULL, "facts");
    build(who, "monthly", "2026-03-01");
    same(who, "cash by month segment anns", NULL, "rollup of_anns");
}

SERVER_TEST(what_a_rollup_lacks_is_read_from_the_facts)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "daily", "2026-03-06");
    same(who, "cash for 2026-03-01T15:00..2026-03-05T11:59", "37", "rollup daily");       /* ends inside days */
    same(who, "gained for 2026-03-02T07:00..2026-03-07T05:00", NULL, "rollup daily");
    same(who, "views for 2026-03-01..2026-03-07T05:59", "239", "rollup daily");
    same(who, "cash, n for 2026-03-01..2026-03-07", "148 9", "rollup daily");             /* past the watermark */
    same(who, "views by day for 2026-03-06..2026-03-07", "2026-03-06 239; 2026-03-07 269", "rollup daily");   /* from it on */
    same(who, "views for 2026-03-06..2026-03-07", "269", "rollup daily");
    same(who, "cash by niche where video = 1", NULL, "facts");
    same(who, "videos by day", NULL, "facts");
    same(who, "period by day", NULL, "facts");
    same(who, "cash by hour", NULL, "facts");
    same(who, "cash by day tz America/Los_Angeles", NULL, "facts");
    same(who, "cash for 2026-03-01..2026-03-03 tz America/Los_Angeles", NULL, "rollup daily");   /* the zone moves buckets, not a total */
    same(who, "cash for 2026-03-03T01:00..2026-03-03T20:00", "7", "facts");                /* no whole bucket */
}

/* A statement rests on what was looked up before it: after a refresh, or a load that is noted, it yields no number. */
SERVER_TEST(a_rollup_that_has_changed_since_yields_no_row)
{
    struct desk    *desk = who;
    struct fixture  rolled = *shipped;
    const struct compiled *compiled;
    const char *levels = "cash by niche for 2026-03-01..2026-03-05 top 1 with other total limit 5";

    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "daily", "2026-03-06");
    same(who, levels, NULL, "rollup daily");
    rolled.model = model;
    rolled.context.look_up = ask_server;
    rolled.context.who = desk;
    for (int i = 0; i < 2; i++) {
        struct pg_value values[16];

        compiled = compiles(&rolled, i == 0 ? "cash for 2026-03-01..2026-03-05" : levels);
        for (size_t v = 0; v < compiled->value_count; v++)
            values[v] = PG_TEXT(compiled->values[v].text);
        assert_int_equal(pg_query(desk->pg, compiled->sql, values, compiled->value_count, NULL, &desk->error), 0);
        script(who, i == 0 ? "INSERT INTO ops.touched_hours (relation, hour) VALUES ('analytics.fact_video_performance', '2026-03-03 15:00+00')"
                           : "UPDATE ops.rollup_state SET watermark = '2026-03-05'");
        script(who, "SAVEPOINT before");
        assert_int_equal(pg_query(desk->pg, compiled->sql, values, compiled->value_count, NULL, &desk->error), ERR_SERVER);
        assert_string_equal(desk->error.sqlstate, "22P02");
        assert_non_null(strstr(desk->error.text, "the rollup Facts.daily has changed since it was chosen"));
        error_done(&desk->error);
        script(who, "ROLLBACK TO SAVEPOINT before");
    }
    same(who, "cash for 2026-03-01..2026-03-05", "147", "rollup daily");
}

/* A late row is counted at once, from the facts, until the rollup has it. */
SERVER_TEST(late_rows_are_never_missing)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "daily", "2026-03-06");
    script(who, "SELECT pg_temp.money(2, 12, '2026-03-03 15:00+00', 1000), pg_temp.snap(2, 12, '2026-03-03 15:30+00', 4)");
    script(who, "INSERT INTO ops.touched_hours (relation, hour) VALUES ('analytics.fact_video_performance', '2026-03-03 15:00+00'),"
                " ('analytics.fact_video_performance', '2026-03-09 15:00+00')");
    same(who, "cash, n by day for 2026-03-01..2026-03-05", NULL, "rollup daily");
    same(who, "cash for 2026-03-03", "1007", "facts");
    same(who, "views by day for 2026-03-01..2026-03-07", NULL, "facts");          /* its next snapshot changes, too */
    same(who, "views by day for 2026-02-01..2026-03-02", NULL, "rollup daily");
    build(who, "daily", "2026-03-06");
    same(who, "views, gained, cash by day for 2026-03-01..2026-03-07", NULL, "rollup daily");
}

/* Carried buckets run to where the data end, which the rollup knows of what it holds, and the facts of the rest. */
SERVER_TEST(carried_buckets_end_where_the_data_end)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "daily", "2026-03-20");                         /* the last row is of the 7th */
    same(who, "views by day for 2026-03-05..2026-03-15", "2026-03-05 230; 2026-03-06 239; 2026-03-07 269", "rollup daily");
    same(who, "views by day for 2026-03-05T10:00..2026-03-07T05:00", NULL, "rollup daily");
    same(who, "views by day, niche for 2026-03-04T05:00..2026-03-04T20:00", NULL, "rollup daily");
    same(who, "views by day for 2026-03-07T07:00..2026-03-15", NULL, "rollup daily");
    same(who, "views by day for 2026-03-09..2026-03-15", NULL, "rollup daily");
    same(who, "views by week for 2026-02-01..2026-04-15", NULL, "rollup daily");
    same(who, "views by month, niche for 2025..2026", NULL, "rollup daily");
    same(who, "views by day for 2026-03-18..2026-03-25", NULL, "rollup daily");
    script(who, "SELECT pg_temp.money(2, 12, '2026-03-12 15:00+00', 1)");      /* late, after the range: it goes on */
    script(who, "INSERT INTO ops.touched_hours (relation, hour) VALUES ('analytics.fact_video_performance', '2026-03-12 15:00+00')");
    same(who, "views by day for 2026-03-07..2026-03-10", "2026-03-07 269; 2026-03-08 269; 2026-03-09 269; 2026-03-10 269", "rollup daily");
    same(who, "views by day, niche for 2026-03-09..2026-03-10", NULL, "rollup daily");
    script(who, "SELECT pg_temp.money(2, 12, '2026-03-25 15:00+00', 1)");      /* past the watermark */
    same(who, "views by day for 2026-03-10..2026-03-11", NULL, "rollup daily");
}

/* Whole buckets of the rollup fill the stretches; what lies around them is read from the facts. */
SERVER_TEST(stretches_of_time_from_a_rollup)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "daily", "2026-03-06");
    same(who, "cash7, cash_mtd by day for 2026-03-01..2026-03-09", NULL, "rollup daily");
    same(who, "cash7, n3, gained3 by day, niche for 2026-02-08..2026-03-09", NULL, "rollup daily");
    same(who, "cash_ever by day, niche for 2026-03-01..2026-03-09", NULL, "rollup daily");
    same(who, "cash_mtd by week for 2026-02..2026-03", NULL, "facts");            /* a week lies in two months */
    same(who, "cash7, gained3 for 2026-03-01..2026-03-05T11:00", NULL, "rollup daily");
    same(who, "cash7, cash, gained3 by niche for 2026-03-01..2026-03-07 total", NULL, "rollup daily");
    same(who, "cash7 by day, niche for 2026-03-01..2026-03-07 top 1 with other total", NULL, "rollup daily");
    same(who, "cash7 by day for 2026-03-01..2026-03-07 vs previous", NULL, "rollup daily");
    same(who, "cash7 by day for 2026-03-08..2026-03-20", NULL, "rollup daily");
    same(who, "cash7 by day for 2026-04-08..2026-04-20", NULL, "facts");          /* no bucket of it is reached */
    same(who, "videos3 by day", NULL, "facts");
    same(who, "cash7 by hour for 2026-03-01..2026-03-02", NULL, "facts");
    script(who, "SELECT pg_temp.money(2, 12, '2026-02-26 15:00+00', 1000)");
    script(who, "INSERT INTO ops.touched_hours (relation, hour) VALUES ('analytics.fact_video_performance', '2026-02-26 15:00+00')");
    same(who, "cash7 by day for 2026-03-01..2026-03-04", NULL, "rollup daily");
}

/* Calendar days are not shifted by a zone; they are counted as midnights in UTC. */
SERVER_TEST(facts_of_days_have_rollups)
{
    static const char *const zones[] = {"", " tz America/Los_Angeles", " tz Pacific/Kiritimati"};

    given(who, "INSERT INTO analytics.fact_channel_daily (channel_id, channel_key, user_key, date_key, metric_date, total_views, subscriber_count)"
               " SELECT c.channel_id, c.channel_key, 101, to_char(d, 'YYYYMMDD')::integer, d::date, extract(doy FROM d) * c.channel_key, CASE WHEN extract(day FROM d) <> 13 THEN 100 + extract(doy FROM d) * 3 END"
               " FROM analytics.dim_channel AS c, generate_series(timestamp '2025-12-20', '2026-03-07', '1 day') AS d"
               " WHERE c.channel_key IN (12, 13) AND (c.channel_key = 12 OR extract(day FROM d) % 3 = 0)");
    script(who, "DELETE FROM ops.rollup_state");
    build_of(who, "Days", "by_day", "2026-03-05");
    build_of(who, "Days", "by_month", "2026-03-01");
    for (size_t z = 0; z < COUNT_OF(zones); z++) {
        char line[200];

#define SAME(text, source) (snprintf(line, sizeof line, "%s%s", text, zones[z]), same(who, line, NULL, source))
        SAME("Days.seen, Days.rows by who for 2026-01-03..2026-03-07", "rollup by_day");
        SAME("Days.seen, Days.subs, Days.won by day, who for 2026-02-26..2026-03-07", "rollup by_day");
        SAME("Days.seen, Days.subs, Days.won by month, who", "rollup by_day");
        SAME("Days.seen, Days.rows by month for 2025-12..2026-02", "rollup by_month");
        SAME("Days.subs, Days.won by month for 2026-01..2026-02", "rollup by_month");
        SAME("Days.subs by month for 2026-01..2026-12", "rollup by_month");
        SAME("Days.seen for 2026-01-01..2026-01-31", "rollup by_month");
        SAME("Days.seen for 2026-01-02..2026-01-31", "rollup by_day");
        SAME("Days.subs by week, who for 2026-02-01..2026-04-15", "rollup by_day");
        SAME("Days.subs by day for 2026-01-12..2026-01-14 total", "rollup by_day");
        SAME("Days.seen by who, week for 2026-02 vs previous", "rollup by_day");
        SAME("Days.seen by who for 2026-03-06..2026-03-07", "facts");
#undef SAME
    }
    script(who, "UPDATE analytics.fact_channel_daily SET total_views = 5000, subscriber_count = 9 WHERE metric_date = '2026-02-10' AND channel_key = 12");
    script(who, "INSERT INTO ops.rollup_touched (cube, name, hour) SELECT cube, name, '2026-02-10 00:00+00' FROM ops.rollup_state");
    same(who, "Days.seen by day for 2026-02-01..2026-02-20", NULL, "rollup by_day");
    same(who, "Days.seen for 2026-02-10", NULL, "facts");
    same(who, "Days.subs by day for 2026-02-01..2026-02-20", NULL, "facts");
    same(who, "Days.subs by day for 2026-02-01..2026-02-09", NULL, "rollup by_day");
}

/* A count of distinct values is its own alone: nothing is made of two. */
SERVER_TEST(distinct_values_are_read_where_each_cell_is_a_row_of_the_rollup)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "distinct", "2026-03-06");
    build(who, "distinct_by_user", "2026-03-06");
    same(who, "videos by day for 2026-03-01..2026-03-05", "2026-03-01 2; 2026-03-02 1; 2026-03-03 1; 2026-03-04 1; 2026-03-05 1", "rollup distinct");
    same(who, "videos by day, month fill zero for 2026-03-01..2026-03-09", NULL, "rollup distinct");
    same(who, "videos by day for 2026-03-01T15:00..2026-03-07T11:00", "2026-03-01 1; 2026-03-02 1; 2026-03-03 1; 2026-03-04 1; 2026-03-05 1; 2026-03-06 1; 2026-03-07 1",
         "rollup distinct");                                                      /* its ends inside buckets, and past the watermark */
    same(who, "videos by day for 2026-03-04..2026-03-07 vs previous", NULL, "rollup distinct");
    same(who, "videos by day having videos > 1", NULL, "rollup distinct");
    same(who, "videos, n by user, day for 2026-01..2026-03", NULL, "rollup distinct_by_user");
    same(who, "videos by day, user where user = 101", NULL, "rollup distinct_by_user");
    same(who, "videos by month", NULL, "facts");
    same(who, "videos by user", NULL, "facts");
    same(who, "videos", NULL, "facts");
    same(who, "videos by day where user = 101", NULL, "facts");
    same(who, "videos by day, niche", NULL, "facts");
    same(who, "videos by day total", NULL, "facts");
    same(who, "videos, videos.share by user, day", NULL, "facts");
    same(who, "videos by user, day top 1 with other", NULL, "facts");
    same(who, "videos by user, day top 1", NULL, "facts");
    same(who, "videos3 by day for 2026-03-01..2026-03-05", NULL, "facts");
    script(who, "SELECT pg_temp.money(2, 12, '2026-03-03 15:00+00', 1)");
    script(who, "INSERT INTO ops.touched_hours (relation, hour) VALUES ('analytics.fact_video_performance', '2026-03-03 15:00+00')");
    same(who, "videos by day for 2026-03-01..2026-03-05", "2026-03-01 2; 2026-03-02 1; 2026-03-03 2; 2026-03-04 1; 2026-03-05 1", "rollup distinct");
}

SERVER_TEST(the_smallest_that_answers_is_taken_and_the_others_have_reasons)
{
    struct fixture         asked = *shipped;
    const struct compiled *compiled;

    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "daily", "2026-03-01");
    build(who, "monthly", "2026-03-01");
    same(who, "cash by month for 2026-01..2026-02", NULL, "rollup monthly");
    same(who, "cash by day for 2026-01..2026-02", NULL, "rollup daily");
    asked.model = model;
    asked.context.look_up = ask_server;
    asked.context.who = who;
    compiled = compiles(&asked, "cash by day, niche for 2026-01");
    assert_int_equal(compiled->rollup_note_count, 7);
    assert_non_null(strstr(compiled->rollup_notes[0], "Facts.monthly: grain_too_coarse"));
    assert_non_null(strstr(compiled->rollup_notes[1], "Facts.distinct: measure_missing"));
    compiled = compiles(&asked, "cash by day for 2026-01");
    assert_string_equal(compiled->steps[0], "rollup Facts.daily (4 rows)");
    script(who, "ALTER TABLE parts.rollup_facts_daily RENAME TO kept; CREATE VIEW parts.rollup_facts_daily AS TABLE parts.kept");
    compiled = compiles(&asked, "cash by day for 2026-01");         /* as one of TimescaleDB's stands there */
    assert_string_equal(compiled->steps[0], "rollup Facts.daily (4 rows, a continuous aggregate)");
    script(who, "UPDATE ops.rollup_state SET definition = 'x' WHERE name = 'monthly'");
    compiled = compiles(&asked, "cash by month for 2026-01");
    assert_string_equal(compiled->note.source, "rollup daily");
    assert_non_null(strstr(compiled->rollup_notes[0], "Facts.monthly: stale"));
}

/* What a video or a channel is called now, is said of its days in the rollup too. */
SERVER_TEST(who_is_renamed_is_renamed_in_a_rollup)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "named", "2026-03-06");
    script(who, "UPDATE analytics.dim_video SET video_title = 'New' WHERE video_key = 1; UPDATE analytics.dim_channel SET channel_name = 'Gamma' WHERE channel_key = 12");
    same(who, "cash by title for 2026-03-01..2026-03-05", "Video 11 100; Video 2 30; New 10; Video 10 7", "rollup named");
    same(who, "views, gained by name, month", NULL, "rollup named");
    same(who, "cash by name, title for 2026-03", NULL, "rollup named");
    same(who, "cash, views by day, name for 2026-03-01..2026-03-05", NULL, "rollup named");
    same(who, "views by day, name for 2026-03-02..2026-03-05 top 1 with other", NULL, "rollup named");
}

/* A name is reached through one table after another: what the first is reached by must be kept. */
SERVER_TEST(a_dimension_behind_two_joins_needs_the_key_of_the_first)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "monthly", "2026-03-01");
    same(who, "cash by name for 2026-01..2026-02", NULL, "facts");
    same(who, "cash for 2026-01..2026-02 where name = Alpha", NULL, "facts");
    build(who, "daily", "2026-03-01");
    same(who, "cash by name for 2026-01..2026-02", NULL, "rollup daily");
}

SERVER_TEST(of_a_measure_over_several_cubes_a_rollup_keeps_what_is_of_its_own)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    script(who, "INSERT INTO analytics.fact_costs (user_key, date_key, cost_timestamp, cost_category, total_cost_cents, source, source_ref)"
                " VALUES (101, 20260303, '2026-03-03 10:00+00', 'ai', 4, 'test', '1')");
    build(who, "netted", "2026-03-06");
    same(who, "net by day for 2026-03-01..2026-03-05", NULL, "rollup netted and facts");
}

/* The hour from 18:00 UTC on lies in two days of Kolkata. */
SERVER_TEST(an_hour_touched_may_lie_in_two_buckets)
{
    model = in_zone;
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "daily", "2026-03-05T18:30:00Z");
    script(who, "SELECT pg_temp.money(2, 12, '2026-03-03 18:10+00', 1000), pg_temp.money(2, 12, '2026-03-03 18:45+00', 500)");
    script(who, "INSERT INTO ops.touched_hours (relation, hour) VALUES ('analytics.fact_video_performance', '2026-03-03 18:00+00')");
    same(who, "cash by day for 2026-03-01..2026-03-05", NULL, "rollup daily");
    same(who, "cash for 2026-03-04..2026-03-05", "600", "rollup daily");           /* one of the two is before the range */
    same(who, "cash for 2026-03-02..2026-03-03", "1007", "rollup daily");          /* … or after it */
}

/* A load that is committed while a refresh reads: the hour was past the watermark when it was noted. */
SERVER_TEST(a_load_beside_a_refresh_is_noted)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "daily", "2026-03-03");
    script(who, "UPDATE ops.rollup_state SET watermark = '2026-03-02'");           /* as the load sees it */
    script(who, "SELECT pg_temp.money(2, 12, '2026-03-02 15:00+00', 1000)");
    script(who, "INSERT INTO ops.touched_hours (relation, hour) VALUES ('analytics.fact_video_performance', '2026-03-02 15:00+00')");
    script(who, "UPDATE ops.rollup_state SET watermark = '2026-03-03'");           /* the refresh is committed */
    same(who, "cash by day for 2026-03-01..2026-03-05", NULL, "rollup daily");
}

SERVER_TEST(more_touched_hours_than_are_listed)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "daily", "2026-03-06");
    script(who, "SELECT pg_temp.money(2, 12, '2026-03-05 15:00+00', 1000)");
    script(who, "INSERT INTO ops.touched_hours (relation, hour) SELECT 'analytics.fact_video_performance', h"
                " FROM generate_series('2026-01-01 00:00+00'::timestamptz, '2026-03-05 15:00+00', '1 hour') AS h");
    same(who, "cash by day for 2025-12-01..2026-03-05", NULL, "facts");
    same(who, "cash by month", NULL, "facts");
}

/* A name is cut by PostgreSQL at 63 bytes: the table that is made aside would be the table itself. */
static void long_names_stay_apart(void **state)
{
    static const char text[] = "{\"cubes\": [{\"name\": \"Facts_of_a_cube_with_a_long_name\", \"sql_table\": \"t\", \"time_dimension\": \"at\","
        " \"dimensions\": {\"at\": {\"sql\": \"a\", \"type\": \"time\"}}, \"measures\": {\"n\": {\"type\": \"count\"}}, \"pre_aggregations\": {"
        "\"a_rollup_with_a_name_as_long_as_one\": {\"measures\": [\"n\"], \"time_dimension\": \"at\", \"granularity\": \"day\"},"
        "\"a_rollup_with_a_name_as_long_as_two\": {\"measures\": [\"n\"], \"time_dimension\": \"at\", \"granularity\": \"day\"}}}]}";
    struct model          *long_names = model_of_text(text);
    struct arena          *arena = arena_new();
    struct semantic_rollup one, two;
    struct error           error = ERROR_INIT;

    (void)state;
    assert_int_equal(model_rollup_fill(long_names, arena, "Facts_of_a_cube_with_a_long_name", "a_rollup_with_a_name_as_long_as_one", 0, NULL, 0, &one, &error), 0);
    assert_int_equal(model_rollup_fill(long_names, arena, "Facts_of_a_cube_with_a_long_name", "a_rollup_with_a_name_as_long_as_two", 0, NULL, 0, &two, &error), 0);
    assert_string_not_equal(one.relation, two.relation);
    assert_true(strlen(strchr(one.relation, '.') + 1) + strlen("_new") <= 63);
    arena_free(arena);
    model_unref(long_names);
}

#define EXTREME(type)                                                                                                  \
    "{\"cubes\": [{\"name\": \"F\", \"sql_table\": \"a.t\", \"time_dimension\": \"at\","                                       \
    " \"dimensions\": {\"at\": {\"sql\": \"at\", \"type\": \"time\"}},"                                                       \
    " \"measures\": {\"m\": {\"sql\": \"x\", \"type\": \"" type "\"}},"                                                      \
    " \"pre_aggregations\": {\"r\": {\"measures\": [\"m\"], \"time_dimension\": \"at\", \"granularity\": \"month\"}}}]}"

/* What was built of the smallest is not the largest; and what may be said by an aggregate says it in UTC's buckets. */
static void another_aggregate_is_another_definition(void **state)
{
    static const char *const kinds[] = {EXTREME("min"), EXTREME("max"), EXTREME("sum"), EXTREME("count")};
    struct arena          *arena = arena_new();
    struct semantic_rollup rollups[COUNT_OF(kinds)];
    struct error           error = ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct model *extreme = model_of_text(kinds[i]);
        const char   *why = "";

        assert_int_equal(model_rollup_aggregate(extreme, arena, "F", "r", 0, &rollups[i], &why, &error), 0);
        assert_null(why);
        assert_non_null(strstr(rollups[i].sql, "time_bucket(interval '1 month', t.at) AS at"));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(rollups[i].definition, rollups[k].definition);
        model_unref(extreme);
    }
    arena_free(arena);
}

/* Its hours need no zone to be cut, nor to be numbered: a value that nothing uses is refused by the server. */
SERVER_TEST(hours_are_compared_from_a_rollup)
{
    given(who, world_of_rollups);
    script(who, "DELETE FROM ops.rollup_state");
    build(who, "hourly", "2026-03-07");
    same(who, "cash by hour for 2026-03-03..2026-03-05 vs previous",
         "2026-03-03 12:00+00 7 - - -; 2026-03-04 06:00+00 - - - -; 2026-03-04 12:00+00 - 10 - -;"
         " 2026-03-04 18:00+00 - 30 - -; 2026-03-05 06:00+00 - - - -; 2026-03-05 12:00+00 100 - - -",
         "rollup hourly");
}

/* A key of one fact beside the name of another, which a rollup answers. */
SERVER_TEST(a_key_meets_a_name_out_of_a_rollup)
{
    static const char text[] =
        "{\"cubes\": [{\"name\": \"A\", \"sql_table\": \"analytics.fact_video_performance\", \"time_dimension\": \"at\","
        "\"joins\": {\"channel\": {\"cube\": \"Channels\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.channel_key = {channel}.channel_key\"}},"
        "\"dimensions\": {\"at\": {\"sql\": \"\\\"timestamp\\\"\", \"type\": \"time\"}, \"shop\": {\"sql\": \"{channel}.channel_id\", \"key\": \"{channel}.channel_id\", \"type\": \"string\"}},"
        "\"measures\": {\"videos\": {\"type\": \"count_distinct\", \"sql\": \"video_key\"}}},"
        "{\"name\": \"Channels\", \"sql_table\": \"analytics.dim_channel\"},"
        "{\"name\": \"B\", \"sql_table\": \"analytics.fact_channel_daily\", \"time_dimension\": \"day\","
        "\"dimensions\": {\"day\": {\"sql\": \"metric_date\", \"type\": \"date\"}, \"shop\": {\"sql\": \"channel_id\", \"type\": \"string\"}},"
        "\"measures\": {\"seen\": {\"type\": \"sum\", \"sql\": \"total_views\"}},"
        "\"pre_aggregations\": {\"shops\": {\"type\": \"rollup\", \"measures\": [\"seen\"], \"dimensions\": [\"shop\"], \"time_dimension\": \"day\", \"granularity\": \"day\"}}}]}";

    model = model_of_text(text);
    given(who, world_of_rollups);
    script(who, "INSERT INTO analytics.fact_channel_daily (channel_id, channel_key, user_key, date_key, metric_date, total_views)"
                " VALUES ('UC-a', 12, 101, 20260301, '2026-03-01', 5), ('UC-c', 14, 102, 20260302, '2026-03-02', 6)");
    script(who, "DELETE FROM ops.rollup_state");
    build_of(who, "B", "shops", "2026-03-03");
    same(who, "A.videos, B.seen by shop top 1 with other", NULL, "facts and rollup shops");
    model_unref(model);
}

/* In Lord Howe an hour's label may come after half an hour: the end of its bucket is not an hour after its start. */
static void hours_that_break_are_not_kept(void **state)
{
    static const struct { const char *zone, *unit; bool kept; } cases[] = {
        {"Australia/Lord_Howe", "hour", false}, {"Australia/Lord_Howe", "day", true}, {"Asia/Kolkata", "hour", true},
        {"America/Los_Angeles", "hour", true},  {"UTC", "hour", true},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct semantic_rollup rollup;
        struct error           error = ERROR_INIT;
        struct model          *zoned = model_of_text(arena_printf(
            arena,
            "{\"time_zone\": \"%s\", \"cubes\": [{\"name\": \"F\", \"sql_table\": \"a.t\", \"time_dimension\": \"at\","
            " \"dimensions\": {\"at\": {\"sql\": \"at\", \"type\": \"time\"}}, \"measures\": {\"n\": {\"type\": \"count\"}},"
            " \"pre_aggregations\": {\"r\": {\"measures\": [\"n\"], \"time_dimension\": \"at\", \"granularity\": \"%s\"}}}]}",
            cases[i].zone, cases[i].unit));

        assert_int_equal(model_rollup_fill(zoned, arena, "F", "r", 0, NULL, 0, &rollup, &error), 0);
        if (cases[i].kept != (rollup.fault == NULL))
            fail_msg("%s by %s: %s", cases[i].zone, cases[i].unit, rollup.fault != NULL ? rollup.fault : "is kept");
        if (!cases[i].kept)
            assert_non_null(strstr(rollup.fault, "part of an hour"));
        model_unref(zoned);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_names_stay_apart),
        cmocka_unit_test(another_aggregate_is_another_definition),
        cmocka_unit_test(hours_are_compared_from_a_rollup),
        cmocka_unit_test(a_rollup_answers_as_the_facts),
        cmocka_unit_test(a_segment_is_answered_by_a_rollup_that_declares_it),
        cmocka_unit_test(what_a_rollup_lacks_is_read_from_the_facts),
        cmocka_unit_test(a_rollup_that_has_changed_since_yields_no_row),
        cmocka_unit_test(late_rows_are_never_missing),
        cmocka_unit_test(stretches_of_time_from_a_rollup),
        cmocka_unit_test(facts_of_days_have_rollups),
        cmocka_unit_test(carried_buckets_end_where_the_data_end),
        cmocka_unit_test(distinct_values_are_read_where_each_cell_is_a_row_of_the_rollup),
        cmocka_unit_test(the_smallest_that_answers_is_taken_and_the_others_have_reasons),
        cmocka_unit_test(who_is_renamed_is_renamed_in_a_rollup),
        cmocka_unit_test(a_dimension_behind_two_joins_needs_the_key_of_the_first),
        cmocka_unit_test(of_a_measure_over_several_cubes_a_rollup_keeps_what_is_of_its_own),
        cmocka_unit_test_teardown(an_hour_touched_may_lie_in_two_buckets, with_plain_model),
        cmocka_unit_test(a_load_beside_a_refresh_is_noted),
        cmocka_unit_test(more_touched_hours_than_are_listed),
        cmocka_unit_test(hours_that_break_are_not_kept),
        cmocka_unit_test_teardown(a_key_meets_a_name_out_of_a_rollup, with_plain_model),
    };

    return cmocka_run_group_tests(tests, set_up_rollups, tear_down_rollups);
}
