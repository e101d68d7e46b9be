/* migrate: storage, on a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "migrate_help.h"

/* Migrated once, copied for each test. */
static void make_template(struct desk *desk)
{
    static bool            made;
    struct migrate_options options = {.storage = "native"};
    struct error           error = ERROR_INIT;
    struct pg             *pg;

    if (made)
        return;
    pg = fresh_database(desk, "storage_template", NULL);
    must(migrate_up(pg, &options, NULL, NULL, NULL, &error), &error);
    pg_close(pg);
    made = true;
}

/* A warehouse with one channel and two videos: `silent0001a` and `busy000001b`. */
static struct pg *warehouse(struct desk *desk, const char *name)
{
    _cleanup_(mem_freep) char *drop = mem_printf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    _cleanup_(mem_freep) char *make = mem_printf("CREATE DATABASE %s TEMPLATE storage_template", name);
    struct pg                 *pg;

    make_template(desk);
    run_sql(desk->pg, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'storage_template'");
    run_sql(desk->pg, drop);
    run_sql(desk->pg, make);
    pg = open_as(desk, name, NULL);
    run_sql(pg, "INSERT INTO analytics.dim_channel (channel_key, channel_id, user_id, channel_name)"
                " SELECT 1, 'UC-a', user_id, 'Alpha' FROM analytics.dim_user;"
                "INSERT INTO analytics.dim_video (video_key, video_id, channel_id) VALUES (1, 'silent0001a', 'UC-a'), (2, 'busy000001b', 'UC-a')");
    return pg;
}

/* A snapshot so many days ago. */
static void snapshot(struct pg *pg, int video, int days_ago, const char *views, const char *likes)
{
    _cleanup_(mem_freep) char *sql = mem_printf(
        "INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\", views, likes, actual_revenue_cents)"
        " SELECT %d, 1, (SELECT user_key FROM analytics.dim_user), to_char(at, 'YYYYMMDD')::int, at, %s, %s, 7"
        " FROM (SELECT date_trunc('hour', now(), 'UTC') - interval '%d days') AS one (at)", video, views, likes, days_ago);

    run_sql(pg, sql);
}

static void maintain(struct pg *pg, struct kept *kept)
{
    struct error error = ERROR_INIT;

    must(storage_maintain(pg, NULL, &kept->sink, &error), &error);
}

static void assert_step(const struct kept *kept, const char *wanted)
{
    if (strstr(str_text(&kept->rows), wanted) == NULL)
        fail_msg("'%s' is not in\n%s", wanted, str_text(&kept->rows));
}

/* The last value of each counter, whether a fact or the base holds it, summed over videos. */
#define LAST_COUNTERS                                                                                                            \
    "SELECT sum(views), sum(likes) FROM ("                                                                                       \
    " SELECT video_key, (array_agg(views ORDER BY \"timestamp\" DESC) FILTER (WHERE views IS NOT NULL))[1] AS views,"            \
    "        (array_agg(likes ORDER BY \"timestamp\" DESC) FILTER (WHERE likes IS NOT NULL))[1] AS likes"                        \
    "   FROM (SELECT video_key, \"timestamp\", views, likes FROM analytics.fact_video_performance"                               \
    "         UNION ALL SELECT video_key, \"timestamp\", views, likes FROM ops.counter_base) AS seen GROUP BY video_key) AS last"

SERVER_TEST(rows_leave_the_default_partition_for_their_own)
{
    struct pg  *pg = warehouse(who, "storage_default");
    struct kept kept = KEPT_INIT;

    snapshot(pg, 1, 400, "10", "1");
    snapshot(pg, 2, 400, "20", "2");
    snapshot(pg, 2, 10, "30", "3");
    assert_asked(pg, "SELECT count(*) FROM parts.fact_video_performance_default", "3");
    run_sql(pg, "UPDATE ops.settings SET value = 'off' WHERE name = 'retention_days'");
    maintain(pg, &kept);
    assert_string_equal(str_text(&kept.columns), "step result duration_ms");
    assert_step(&kept, "partitions|2 partitions made");
    assert_step(&kept, "retention|off|");
    assert_asked(pg, "SELECT count(*) FROM parts.fact_video_performance_default", "0");
    assert_asked(pg, "SELECT count(*), sum(views) FROM analytics.fact_video_performance", "3|60");
    /* the primary key and the identity go on */
    assert_refused_sql(pg, "INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\")"
                           " SELECT video_key, channel_key, user_key, date_key, \"timestamp\" FROM analytics.fact_video_performance", "23505", "pkey");
    assert_asked(pg, "SELECT count(id), count(DISTINCT id) FROM analytics.fact_video_performance", "3|3");
    kept_done(&kept);
    pg_close(pg);
}

SERVER_TEST(partitions_are_made_ahead)
{
    struct pg  *pg = warehouse(who, "storage_ahead");
    struct kept kept = KEPT_INIT;

    run_sql(pg, "DO $$ DECLARE part regclass; BEGIN FOR part IN SELECT partition FROM ops.partitions_of('analytics.fact_video_performance')"
                " WHERE from_bound > now() LOOP EXECUTE format('DROP TABLE %s', part); END LOOP; END $$");
    assert_asked(pg, "SELECT count(*) FROM ops.partitions_of('analytics.fact_video_performance') WHERE from_bound > now()", "0");
    maintain(pg, &kept);
    assert_step(&kept, "partitions|4 partitions made");
    assert_asked(pg, "SELECT max(to_bound) > now() + interval '4 weeks' FROM ops.partitions_of('analytics.fact_video_performance')", "t");
    maintain(pg, &kept);
    assert_step(&kept, "partitions|0 partitions made");
    kept_done(&kept);
    pg_close(pg);
}

SERVER_TEST(retention_keeps_the_last_counters_of_every_video)
{
    struct pg   *pg = warehouse(who, "storage_retention");
    struct kept  kept = KEPT_INIT;
    struct error error = ERROR_INIT;
    long long    rows = -1;

    snapshot(pg, 1, 201, "400", "40");
    snapshot(pg, 1, 200, "500", "NULL");        /* likes were hidden on that day: the 40 before stand */
    snapshot(pg, 1, 199, "NULL", "NULL");       /* increments only */
    snapshot(pg, 2, 200, "100", "10");
    snapshot(pg, 2, 2, "900", "90");
    assert_asked(pg, LAST_COUNTERS, "1400|130");
    maintain(pg, &kept);                        /* the default of 90 days */
    assert_step(&kept, "retention|4 rows older than 90 days dropped");
    assert_asked(pg, "SELECT count(*) FROM analytics.fact_video_performance", "1");
    assert_asked(pg, "SELECT video_key, views, likes FROM ops.counter_base ORDER BY 1", "1|500|40\n2|100|10");
    assert_asked(pg, LAST_COUNTERS, "1400|130");
    maintain(pg, &kept);
    assert_step(&kept, "retention|0 rows older than 90 days dropped");
    /* what comes late does not put the base back */
    snapshot(pg, 1, 300, "300", "30");
    must(storage_count_past(pg, 90, &rows, &error), &error);
    assert_int_equal(rows, 0);                  /* it lies in the default partition yet */
    maintain(pg, &kept);
    assert_step(&kept, "retention|1 rows older than 90 days dropped");
    assert_asked(pg, "SELECT video_key, views, likes FROM ops.counter_base ORDER BY 1", "1|500|40\n2|100|10");
    kept_done(&kept);
    pg_close(pg);
}

SERVER_TEST(a_horizon_is_counted_before_it_is_set)
{
    struct pg   *pg = warehouse(who, "storage_horizon");
    struct kept  kept = KEPT_INIT;
    struct error error = ERROR_INIT;
    long long    rows = -1;

    must(storage_set_retention(pg, 0, &error), &error);
    snapshot(pg, 1, 100, "1", "1");
    snapshot(pg, 1, 50, "2", "2");
    snapshot(pg, 1, 20, "3", "3");
    maintain(pg, &kept);
    assert_step(&kept, "retention|off");
    assert_asked(pg, "SELECT count(*) FROM analytics.fact_video_performance", "3");
    must(storage_count_past(pg, 0, &rows, &error), &error);
    assert_int_equal(rows, 0);
    must(storage_count_past(pg, 365, &rows, &error), &error);
    assert_int_equal(rows, 0);
    must(storage_count_past(pg, 90, &rows, &error), &error);
    assert_int_equal(rows, 1);
    must(storage_count_past(pg, 30, &rows, &error), &error);
    assert_int_equal(rows, 2);
    assert_asked(pg, "SELECT count(*) FROM analytics.fact_video_performance", "3");
    must(storage_set_retention(pg, 30, &error), &error);
    assert_asked(pg, "SELECT value, reason FROM ops.settings WHERE name = 'retention_days'", "30|set by 'storage retention'");
    maintain(pg, &kept);
    assert_step(&kept, "retention|2 rows older than 30 days dropped");
    assert_int_equal(storage_set_retention(pg, -1, &error), ERR_USAGE);
    error_done(&error);
    assert_int_equal(storage_count_past(pg, 40000, &rows, &error), ERR_USAGE);
    error_done(&error);
    kept_done(&kept);
    pg_close(pg);
}

static void touch(struct pg *pg, int days_ago)
{
    _cleanup_(mem_freep) char *sql = mem_printf("INSERT INTO ops.touched_hours (relation, hour)"
                                                " SELECT 'analytics.fact_video_performance', date_trunc('hour', now(), 'UTC') - interval '%d days'", days_ago);

    run_sql(pg, sql);
}

SERVER_TEST(touched_hours_are_computed_anew)
{
    struct pg   *pg = warehouse(who, "storage_hours");
    struct error error = ERROR_INIT;
    long long    hours = -1;

    snapshot(pg, 1, 3, "100", "5");
    snapshot(pg, 2, 3, "200", "6");
    snapshot(pg, 2, 2, "250", "7");
    must(storage_refresh_hours(pg, &hours, &error), &error);
    assert_int_equal(hours, 0);
    touch(pg, 3);
    touch(pg, 3);
    touch(pg, 2);
    must(storage_refresh_hours(pg, &hours, &error), &error);
    assert_int_equal(hours, 2);
    assert_asked(pg, "SELECT count(*), sum(views), sum(revenue_cents)::int FROM analytics.video_performance_hourly", "3|550|21");
    assert_asked(pg, "SELECT count(*) FROM ops.touched_hours", "0");
    /* a correction of one hour */
    run_sql(pg, "UPDATE analytics.fact_video_performance SET views = 240 WHERE views = 250");
    touch(pg, 2);
    must(storage_refresh_hours(pg, &hours, &error), &error);
    assert_int_equal(hours, 1);
    assert_asked(pg, "SELECT sum(views) FROM analytics.video_performance_hourly", "540");
    pg_close(pg);
}

/* More hours than are taken at once, all of them before the horizon: none is computed, none is left, and it ends. */
SERVER_TEST(hours_before_the_horizon_are_let_go)
{
    struct pg   *pg = warehouse(who, "storage_old_hours");
    struct error error = ERROR_INIT;
    long long    hours = -1;

    run_sql(pg, "INSERT INTO analytics.video_performance_hourly (video_key, channel_key, user_key, hour, views)"
                " VALUES (1, 1, 1, date_trunc('hour', now(), 'UTC') - interval '200 days', 77);"
                "INSERT INTO ops.touched_hours (relation, hour) SELECT 'analytics.fact_video_performance', h"
                "  FROM generate_series(date_trunc('hour', now(), 'UTC') - interval '200 days', now() - interval '100 days', interval '1 hour') AS h");
    assert_asked(pg, "SELECT count(*) > 1000 FROM ops.touched_hours", "t");
    must(storage_refresh_hours(pg, &hours, &error), &error);
    assert_int_equal(hours, 0);
    assert_asked(pg, "SELECT count(*) FROM ops.touched_hours", "0");
    assert_asked(pg, "SELECT views FROM analytics.video_performance_hourly", "77");
    pg_close(pg);
}

SERVER_TEST(older_partitions_are_put_in_order)
{
    struct pg  *pg = warehouse(who, "storage_cluster");
    struct kept kept = KEPT_INIT;

    snapshot(pg, 1, 40, "1", "1");
    snapshot(pg, 1, 30, "1", "1");
    maintain(pg, &kept);
    assert_step(&kept, "cluster|2 partitions put in order");
    assert_asked(pg, "SELECT count(*) FROM pg_index WHERE indisclustered", "2");
    maintain(pg, &kept);
    assert_step(&kept, "cluster|0 partitions put in order");
    kept_done(&kept);
    pg_close(pg);
}

/* A reader who does not end: the step is left, nobody queues behind it, and the other steps are done. */
SERVER_TEST(who_stands_in_the_way_is_not_waited_for)
{
    struct pg   *pg = warehouse(who, "storage_busy"), *reader = open_as(who, "storage_busy", NULL);
    struct kept  kept = KEPT_INIT;
    struct error error = ERROR_INIT;

    snapshot(pg, 1, 20, "1", "1");
    touch(pg, 20);
    run_sql(reader, "BEGIN; SELECT count(*) FROM analytics.fact_video_performance");
    assert_int_equal(storage_maintain(pg, NULL, &kept.sink, &error), ERR_PARTIAL);
    assert_true(text_starts(error.text, "1 of 4 steps"));
    assert_step(&kept, "partitions|left for the next run");
    assert_step(&kept, "hours|1 hours computed anew");
    error_done(&error);
    assert_int_equal(storage_maintain(pg, "partitions", &kept.sink, &error), ERR_PARTIAL);
    error_done(&error);
    assert_int_equal(storage_maintain(pg, "partition", &kept.sink, &error), ERR_UNKNOWN);
    assert_non_null(strstr(error.hint, "cluster"));
    assert_asked(pg, "SELECT current_setting('lock_timeout'), count(*) FROM analytics.fact_video_performance", "0|1");
    error_done(&error);
    run_sql(reader, "COMMIT");
    must(storage_maintain(pg, "partitions", &kept.sink, &error), &error);
    assert_step(&kept, "partitions|1 partitions made");
    assert_null(strstr(str_text(&kept.rows), "hours|"));
    kept_done(&kept);
    pg_close(reader);
    pg_close(pg);
}

/* One transaction each: what was made stays made, and nobody waits for a table of which the partition is there. */
SERVER_TEST(a_partition_that_must_wait_holds_up_none_before_it)
{
    struct pg   *pg = warehouse(who, "storage_turns"), *reader = open_as(who, "storage_turns", NULL);
    struct kept  kept = KEPT_INIT;
    struct error error = ERROR_INIT;

    snapshot(pg, 1, 20, "1", "1");
    run_sql(pg, "INSERT INTO analytics.fact_costs (source, source_ref, date_key, cost_timestamp)"
                " VALUES ('s', 'a', 20190505, '2019-05-05'), ('s', 'b', 20200505, '2020-05-05')");
    run_sql(reader, "BEGIN; SELECT count(*) FROM analytics.fact_video_performance");
    assert_int_equal(storage_maintain(pg, "partitions", &kept.sink, &error), ERR_PARTIAL);
    error_done(&error);
    assert_asked(pg, "SELECT count(*) FROM parts.fact_costs_2019", "1");
    assert_asked(pg, "SELECT count(*) FROM parts.fact_costs_2020", "1");
    assert_asked(pg, "SELECT count(*) FROM pg_locks WHERE relation = 'analytics.fact_costs'::regclass AND mode = 'AccessExclusiveLock'", "0");
    run_sql(reader, "COMMIT");
    must(storage_maintain(pg, "partitions", &kept.sink, &error), &error);
    assert_step(&kept, "partitions|1 partitions made");
    assert_asked(pg, "SELECT result FROM ops.upkeep WHERE policy = 'partitions' AND relation = 'analytics.fact_video_performance'", "4 ahead");
    assert_asked(pg, "SELECT ops.keep_partitions()", "0");
    kept_done(&kept);
    pg_close(reader);
    pg_close(pg);
}

SERVER_TEST(storage_shows_what_there_is)
{
    struct pg   *pg = warehouse(who, "storage_show");
    struct kept  kept = KEPT_INIT;
    struct error error = ERROR_INIT;
    const char  *row;

    snapshot(pg, 1, 20, "1", "1");
    maintain(pg, &kept);
    run_sql(pg, "SELECT pg_stat_force_next_flush()");       /* else the row is added to what ANALYZE counts */
    run_sql(pg, "ANALYZE");
    must(storage_show(pg, &kept.sink, &error), &error);
    assert_string_equal(str_text(&kept.columns), "relation engine partitions rows bytes compressed_bytes oldest newest upkeep reason");
    row = strstr(str_text(&kept.rows), "analytics.fact_video_performance|native|6|1|");
    assert_non_null(row);                        /* this week, four ahead, and the one of 20 days ago */
    assert_non_null(strstr(row, "retention "));
    assert_non_null(strstr(str_text(&kept.rows), "users.accounts|native|0|1|"));
    assert_non_null(strstr(str_text(&kept.texts), "storage engine: native"));
    assert_non_null(strstr(str_text(&kept.texts), "kept for 90 days"));
    kept_done(&kept);
    pg_close(pg);
}

SERVER_TEST(an_empty_database_is_told_what_to_do)
{
    struct pg   *pg = fresh_database(who, "storage_empty", NULL);
    struct kept  kept = KEPT_INIT;
    struct error error = ERROR_INIT;

    assert_int_equal(storage_show(pg, &kept.sink, &error), ERR_SERVER);
    assert_non_null(strstr(error.hint, "migrate up"));
    error_done(&error);
    assert_int_equal(storage_maintain(pg, NULL, &kept.sink, &error), ERR_SERVER);
    assert_non_null(strstr(error.hint, "migrate up"));
    error_done(&error);
    kept_done(&kept);
    pg_close(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_leave_the_default_partition_for_their_own),
        cmocka_unit_test(partitions_are_made_ahead),
        cmocka_unit_test(retention_keeps_the_last_counters_of_every_video),
        cmocka_unit_test(a_horizon_is_counted_before_it_is_set),
        cmocka_unit_test(touched_hours_are_computed_anew),
        cmocka_unit_test(hours_before_the_horizon_are_let_go),
        cmocka_unit_test(older_partitions_are_put_in_order),
        cmocka_unit_test(who_stands_in_the_way_is_not_waited_for),
        cmocka_unit_test(a_partition_that_must_wait_holds_up_none_before_it),
        cmocka_unit_test(storage_shows_what_there_is),
        cmocka_unit_test(an_empty_database_is_told_what_to_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
