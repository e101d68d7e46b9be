/* migrate: statistics and the schedules that are shipped, on a real server and both storage engines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "migrate_help.h"

static const struct migrate_options options = {.storage = TEST_STORAGE};

static struct pg *warehouse(struct desk *desk, const char *name)
{
    struct error error = ERROR_INIT;
    struct pg   *pg = fresh_database(desk, name, NULL);

    must(migrate_up(pg, &options, NULL, NULL, NULL, &error), &error);
    return pg;
}

/* 1,000 snapshots of one video, in three weeks. */
static void fill(struct pg *pg)
{
    run_sql(pg, "INSERT INTO analytics.dim_channel (channel_key, channel_id, user_id, channel_name)"
                " SELECT 1, 'UC-a', user_id, 'Alpha' FROM analytics.dim_user;"
                "INSERT INTO analytics.dim_video (video_key, video_id, channel_id) VALUES (1, 'busy000001b', 'UC-a');"
                "INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\", views)"
                " SELECT 1, 1, (SELECT user_key FROM analytics.dim_user), to_char(at, 'YYYYMMDD')::int, at, 7"
                " FROM generate_series(1, 1000) AS n, LATERAL (SELECT timestamptz '2026-11-20 00:00Z' - n * interval '30 minutes') AS one (at)");
    run_sql(pg, "SELECT pg_stat_force_next_flush()");
}

static char *analyze(struct pg *pg)
{
    struct kept  kept = KEPT_INIT;
    struct error error = ERROR_INIT;
    char        *rows;

    run_sql(pg, "SELECT pg_stat_force_next_flush()");
    must(storage_analyze(pg, &kept.sink, &error), &error);
    assert_string_equal(str_text(&kept.columns), "relation rows changed result duration_ms");
    rows = mem_strdup(str_text(&kept.rows));
    kept_done(&kept);
    return rows;
}

SERVER_TEST(what_has_changed_is_analyzed_once_and_the_table_above_its_parts_too)
{
    struct pg *pg = warehouse(who, "statistics");
    _cleanup_(mem_freep) char *first = NULL, *second = NULL, *third = NULL;

    run_sql(pg, "ALTER TABLE analytics.dim_date SET (autovacuum_enabled = off)");
    fill(pg);
    first = analyze(pg);
    assert_non_null(strstr(first, "analytics.fact_video_performance|1000|"));
    assert_asked(pg, "SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'fact_video_performance' AND inherited AND attname = 'views'", "t");
    assert_asked(pg, "SELECT result FROM ops.upkeep WHERE policy = 'analyze' AND relation = 'analytics.fact_video_performance'", "done");
    run_sql(pg, "SELECT pg_stat_force_next_flush()");
    second = analyze(pg);
    assert_null(strstr(second, "fact_video_performance"));
    assert_null(strstr(second, "dim_date"));
    run_sql(pg, "UPDATE analytics.fact_video_performance SET views = 8");
    third = analyze(pg);
    assert_non_null(strstr(third, "analytics.fact_video_performance|"));
    pg_close(pg);
}

SERVER_TEST(who_holds_a_relation_is_not_waited_for_and_the_others_are_done)
{
    struct pg   *pg = warehouse(who, "statistics_held"), *other = open_as(who, "statistics_held", NULL);
    struct kept  kept = KEPT_INIT;
    struct error error = ERROR_INIT;

    fill(pg);
    run_sql(pg, "CREATE TABLE analytics.held (n integer); INSERT INTO analytics.held SELECT generate_series(1, 500)");
    run_sql(pg, "SELECT pg_stat_force_next_flush()");
    run_sql(other, "BEGIN; LOCK TABLE analytics.held IN SHARE UPDATE EXCLUSIVE MODE");
    assert_int_equal(storage_analyze(pg, &kept.sink, &error), ERR_PARTIAL);
    assert_non_null(strstr(str_text(&kept.rows), "analytics.held|500|500|left for the next run"));
    assert_non_null(strstr(str_text(&kept.rows), "analytics.fact_video_performance|1000|1000|analyzed"));
    error_done(&error);
    kept_done(&kept);
    pg_close(other);
    pg_close(pg);
}

SERVER_TEST(shipped_schedules_are_there_once_and_what_a_person_did_to_them_stays)
{
    struct pg   *pg = warehouse(who, "schedules_shipped");
    struct error error = ERROR_INIT;
    _cleanup_(mem_freep) char *before = ask(pg, "SELECT max(version) FROM ops.migrations WHERE version < '0022'");

    assert_asked(pg, "SELECT string_agg(name, ',' ORDER BY name), bool_and(enabled), bool_and(next_run IS NULL) FROM ops.schedules"
                     " WHERE name IN ('rollups', 'storage', 'statistics', 'backup', 'backup verify')",
                 "backup,backup verify,rollups,statistics,storage|t|t");
    run_sql(pg, "UPDATE ops.schedules SET cron = '0 4 * * *' WHERE name = 'backup';"
                "UPDATE ops.schedules SET enabled = false WHERE name = 'storage';"
                "DELETE FROM ops.schedules WHERE name = 'rollups'");
    must(migrate_up(pg, &options, NULL, NULL, NULL, &error), &error);
    assert_asked(pg, "SELECT count(*) FROM ops.schedules WHERE name = 'rollups'", "0");
    must(migrate_down(pg, &options, before, NULL, NULL, &error), &error);
    assert_asked(pg, "SELECT string_agg(name || ' ' || cron, ',' ORDER BY name) FROM ops.schedules WHERE name IN ('rollups', 'storage', "
                     "'statistics', 'backup', 'backup verify')", "backup 0 4 * * *,storage 25 * * * *");
    must(migrate_up(pg, &options, NULL, NULL, NULL, &error), &error);
    assert_asked(pg, "SELECT cron FROM ops.schedules WHERE name = 'backup'", "0 4 * * *");
    assert_asked(pg, "SELECT enabled FROM ops.schedules WHERE name = 'storage'", "f");
    pg_close(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_changed_is_analyzed_once_and_the_table_above_its_parts_too),
        cmocka_unit_test(who_holds_a_relation_is_not_waited_for_and_the_others_are_done),
        cmocka_unit_test(shipped_schedules_are_there_once_and_what_a_person_did_to_them_stays),
    };

    prepare_engine();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
