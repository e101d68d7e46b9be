/* The warehouse that the migrations make: keys, rules, generated columns, dates, partitions, hours, retention. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "migrate_help.h"

#define ANNA "'00000000-0000-4000-8000-00000000000a'"
#define BEN "'00000000-0000-4000-8000-00000000000b'"

/* Two accounts with a user, a channel and a video each: keys 10 and 20. */
static const char company[] =
    "INSERT INTO users.accounts (user_id, email) VALUES (" ANNA ", 'anna@x'), (" BEN ", 'ben@x');"
    "INSERT INTO analytics.dim_user (user_key, user_id) VALUES (10, " ANNA "), (20, " BEN ");"
    "INSERT INTO users.channels (channel_id, user_id) VALUES ('UCa', " ANNA "), ('UCb', " BEN ");"
    "INSERT INTO analytics.dim_channel (channel_key, channel_id, user_id) VALUES (10, 'UCa', " ANNA "), (20, 'UCb', " BEN ");"
    "INSERT INTO analytics.dim_video (video_key, video_id, channel_id, video_title) VALUES (10, 'aaaaaaaaaaa', 'UCa', 'of Anna'), (20, 'bbbbbbbbbbb', 'UCb', 'of Ben')";

static struct pg *with_company(struct desk *desk, const char *name)
{
    struct pg *pg = migrated_database(desk, name);

    run_sql(pg, company);
    return pg;
}

static void add_fact(struct pg *pg, const char *at, const char *columns, const char *values)
{
    _cleanup_(mem_freep) char *sql = mem_printf(
        "INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\", %s)"
        " VALUES (10, 10, 10, 20260105, '%s', %s)", columns, at, values);

    run_sql(pg, sql);
}

/* -- five channels ------------------------------------------------------------------------------------------------------ */

static void own_channels(struct pg *pg, int from, int to)
{
    _cleanup_(mem_freep) char *sql = mem_printf("INSERT INTO users.channels (channel_id, user_id) SELECT 'UC' || n, " ANNA " FROM generate_series(%d, %d) AS n", from, to);

    run_sql(pg, sql);
}

SERVER_TEST(an_account_has_at_most_five_active_channels)
{
    struct desk *desk = who;
    struct pg   *pg = migrated_database(desk, "five");

    run_sql(pg, "INSERT INTO users.accounts (user_id, email) VALUES (" ANNA ", 'anna@x'), (" BEN ", 'ben@x')");
    own_channels(pg, 1, 5);
    assert_refused_sql(pg, "INSERT INTO users.channels (channel_id, user_id) VALUES ('UC6', " ANNA ")", "23514", "five active channels");
    assert_asked(pg, "SELECT count(*) FROM users.channels", "5");
    run_sql(pg, "INSERT INTO users.channels (channel_id, user_id, is_active) VALUES ('UC6', " ANNA ", false), ('UC7', " BEN ", true)");
    assert_refused_sql(pg, "UPDATE users.channels SET is_active = true WHERE channel_id = 'UC6'", "23514", "five");
    assert_refused_sql(pg, "UPDATE users.channels SET user_id = " ANNA " WHERE channel_id = 'UC7'", "23514", "five");
    run_sql(pg, "INSERT INTO users.channels (channel_id, user_id) VALUES ('UC5', " ANNA ") ON CONFLICT (channel_id) DO UPDATE SET channel_name = 'again'");
    run_sql(pg, "UPDATE users.channels SET is_active = false WHERE channel_id = 'UC1'; UPDATE users.channels SET is_active = true WHERE channel_id = 'UC6'");
    run_sql(pg, "DO $$ DECLARE rule text; BEGIN UPDATE users.channels SET is_active = true WHERE channel_id = 'UC1';"
                " EXCEPTION WHEN check_violation THEN GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;"
                " IF rule <> 'max_channels_per_user' THEN RAISE 'the rule is %', rule; END IF; END $$");
    pg_close(pg);
}

struct insertion {
    struct pg   *pg;
    struct error error;
    int          result;
    bool         ended;
};

static void insert_sixth(void *who)
{
    struct insertion *insertion = who;

    insertion->result = pg_script(insertion->pg, "INSERT INTO users.channels (channel_id, user_id) VALUES ('UC6', " ANNA ")", &insertion->error);
    insertion->ended = true;
}

/* Both see four channels when they begin. */
static void two_sessions_at_once(struct desk *desk, const char *name, const char *isolation, const char *sqlstate)
{
    struct pg       *pg = migrated_database(desk, name);
    struct insertion second = {.pg = open_as(desk, name, NULL)};
    _cleanup_(mem_freep) char *begin = mem_printf("BEGIN ISOLATION LEVEL %s; SELECT count(*) FROM users.channels", isolation);
    _cleanup_(mem_freep) char *waits = mem_printf("SELECT cardinality(pg_blocking_pids(%d))", pg_backend_pid(second.pg));

    run_sql(pg, "INSERT INTO users.accounts (user_id, email) VALUES (" ANNA ", 'anna@x')");
    own_channels(pg, 1, 4);
    run_sql(second.pg, begin);
    run_sql(pg, "BEGIN; INSERT INTO users.channels (channel_id, user_id) VALUES ('UC5', " ANNA ")");
    (void)task_start(desk->loop, insert_sixth, &second);
    for (;;) {
        _cleanup_(mem_freep) char *blockers = ask(desk->pg, waits);
        if (second.ended || strcmp(blockers, "1") == 0)
            break;
        assert_int_equal(task_sleep(2000), 0);
    }
    assert_false(second.ended);
    run_sql(pg, "COMMIT");
    while (!second.ended)
        assert_int_equal(task_sleep(2000), 0);
    assert_int_equal(second.result, ERR_SERVER);
    assert_string_equal(second.error.sqlstate, sqlstate);
    error_done(&second.error);
    run_sql(second.pg, "ROLLBACK");
    assert_asked(pg, "SELECT count(*) FROM users.channels WHERE is_active", "5");
    pg_close(second.pg);
    pg_close(pg);
}

SERVER_TEST(two_sessions_at_once_do_not_make_six)
{
    two_sessions_at_once(who, "race", "READ COMMITTED", "23514");
}

SERVER_TEST(two_snapshots_at_once_do_not_make_six)
{
    two_sessions_at_once(who, "snapshots", "REPEATABLE READ", "40001");
}

/* -- keys --------------------------------------------------------------------------------------------------------------- */

SERVER_TEST(a_day_has_one_row_for_the_channel_and_one_for_each_video)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "metrics");

    run_sql(pg, "INSERT INTO analytics.youtube_metrics (user_id, channel_id, video_id, date) VALUES"
                " (" ANNA ", 'UCa', NULL, '2026-01-05'), (" ANNA ", 'UCa', 'aaaaaaaaaaa', '2026-01-05'), (" ANNA ", 'UCa', 'ccccccccccc', '2026-01-05')");
    assert_refused_sql(pg, "INSERT INTO analytics.youtube_metrics (user_id, channel_id, video_id, date) VALUES (" ANNA ", 'UCa', NULL, '2026-01-05')",
                       "23505", "youtube_metrics_key");
    pg_close(pg);
}

SERVER_TEST(loading_twice_changes_nothing)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "twice_loaded");
    static const char revenue[] = "INSERT INTO analytics.fact_revenue (source, channel_id, video_key, date_key, metric_date, membership_revenue_cents)"
                                  " VALUES ('stripe', 'UCa', NULL, 20260105, '2026-01-05', 499)";

    run_sql(pg, revenue);
    assert_refused_sql(pg, revenue, "23505", "duplicate key");
    add_fact(pg, "2026-01-05 12:00+00", "views", "5");
    assert_refused_sql(pg, "INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\")"
                           " VALUES (10, 10, 10, 20260105, '2026-01-05 12:00+00')", "23505", "duplicate key");
    run_sql(pg, "INSERT INTO analytics.fact_costs (source, source_ref, date_key, cost_timestamp, total_cost_cents) VALUES ('openai', 'a', 20260105, '2026-01-05', 0.000021)");
    assert_refused_sql(pg, "INSERT INTO analytics.fact_costs (source, source_ref, date_key, cost_timestamp) VALUES ('openai', 'a', 20260105, '2026-01-05')", "23505", "duplicate key");
    assert_asked(pg, "SELECT total_cost_cents FROM analytics.fact_costs", "0.000021");
    assert_asked(pg, "SELECT total_revenue_cents FROM analytics.fact_revenue", "499.000000");
    pg_close(pg);
}

SERVER_TEST(versions_of_a_channel_do_not_overlap)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "versions");

    assert_refused_sql(pg, "INSERT INTO analytics.dim_channel (channel_id, user_id, valid_from) VALUES ('UCa', " ANNA ", '2026-01-05')", "23", "dim_channel_");
    run_sql(pg, "UPDATE analytics.dim_channel SET valid_to = '2026-01-05', is_current = false WHERE channel_id = 'UCa'");
    run_sql(pg, "INSERT INTO analytics.dim_channel (channel_id, user_id, niche, valid_from) VALUES ('UCa', " ANNA ", 'music', '2026-01-05')");
    assert_refused_sql(pg, "INSERT INTO analytics.dim_channel (channel_id, user_id, valid_from, valid_to, is_current)"
                           " VALUES ('UCa', " ANNA ", '2026-01-01', '2026-01-03', false)", "23P01", "dim_channel_no_overlap");
    assert_refused_sql(pg, "UPDATE analytics.dim_channel SET is_current = false WHERE channel_id = 'UCb'", "23514", "dim_channel_current");
    pg_close(pg);
}

/* -- generated columns -------------------------------------------------------------------------------------------------- */

SERVER_TEST(what_is_not_known_is_null_and_not_zero)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "nulls");

    add_fact(pg, "2026-01-05 01:00+00", "watch_time_minutes", "9");
    add_fact(pg, "2026-01-05 02:00+00", "views, likes", "0, 3");
    add_fact(pg, "2026-01-05 03:00+00", "views, likes", "200, 3");
    add_fact(pg, "2026-01-05 04:00+00", "views, likes, comments, shares", "1, 100000, 20000, 3");
    add_fact(pg, "2026-01-05 05:00+00", "cost_cents", "0.25");
    add_fact(pg, "2026-01-05 06:00+00", "actual_revenue_cents, cost_cents", "1.000001, 0.25");
    assert_asked(pg, "SELECT views, likes, engagement_rate, profit_cents FROM analytics.fact_video_performance ORDER BY \"timestamp\"",
                 "|||\n0|3||\n200|3|0.0150|\n1|100000|120003.0000|\n|||-0.250000\n|||0.750001");
    pg_close(pg);
}

SERVER_TEST(a_title_is_found_by_its_words_and_by_its_signs)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "words");

    run_sql(pg, "UPDATE analytics.dim_video SET video_title = '日本の料理', video_tags = '{cooking,fish}' WHERE video_key = 10");
    assert_asked(pg, "SELECT video_key FROM analytics.dim_video WHERE document @@ to_tsquery('simple', 'fish')", "10");
    assert_asked(pg, "SELECT video_key FROM analytics.dim_video WHERE video_title LIKE '%料理%'", "10");
    assert_asked(pg, "SELECT (SELECT count(*) FROM pg_indexes WHERE indexname = 'idx_dim_video_title') = (SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm')", "t");
    pg_close(pg);
}

/* -- dates -------------------------------------------------------------------------------------------------------------- */

SERVER_TEST(every_day_has_its_weeks_and_holidays)
{
    struct desk *desk = who;
    struct pg   *pg = migrated_database(desk, "days");

    assert_asked(pg, "SELECT count(*), min(full_date), max(full_date), min(date_key), max(date_key) FROM analytics.dim_date",
                 "13149|2005-01-01|2040-12-31|20050101|20401231");
    assert_asked(pg, "SELECT full_date, year, iso_year, week, day_of_week, day_name, month_name, is_weekend FROM analytics.dim_date"
                     " WHERE full_date IN ('2027-01-01', '2024-12-30', '2021-01-03', '2020-12-31') ORDER BY 1",
                 "2020-12-31|2020|2020|53|4|Thursday|December|f\n2021-01-03|2021|2020|53|7|Sunday|January|t\n"
                 "2024-12-30|2024|2025|1|1|Monday|December|f\n2027-01-01|2027|2026|53|5|Friday|January|f");
    /* As the Office of Personnel Management published them. */
    assert_asked(pg, "SELECT string_agg(to_char(full_date, 'MMDD'), ' ' ORDER BY full_date) FROM analytics.dim_date WHERE year = 2026 AND is_holiday",
                 "0101 0119 0216 0525 0619 0703 0907 1012 1111 1126 1225");
    assert_asked(pg, "SELECT string_agg(to_char(full_date, 'MMDD'), ' ' ORDER BY full_date) FROM analytics.dim_date WHERE year = 2021 AND is_holiday",
                 "0101 0118 0215 0531 0618 0705 0906 1011 1111 1125 1224 1231");
    assert_asked(pg, "SELECT string_agg(to_char(full_date, 'MMDD'), ' ' ORDER BY full_date) FROM analytics.dim_date WHERE year = 2020 AND is_holiday",
                 "0101 0120 0217 0525 0703 0907 1012 1111 1126 1225");
    assert_asked(pg, "SELECT holiday_name FROM analytics.dim_date WHERE full_date = '2021-12-31'", "New Year's Day");
    assert_asked(pg, "SELECT count(*) FROM analytics.dim_date WHERE is_holiday <> (holiday_name IS NOT NULL) OR is_holiday AND is_weekend", "0");
    pg_close(pg);
}

SERVER_TEST(the_fiscal_year_follows_its_setting)
{
    struct desk *desk = who;
    struct pg   *pg = migrated_database(desk, "fiscal");
    static const char asked[] = "SELECT full_date, fiscal_year, fiscal_quarter FROM analytics.dim_date WHERE full_date IN ('2026-09-30', '2026-10-01') ORDER BY 1";

    assert_asked(pg, asked, "2026-09-30|2026|3\n2026-10-01|2026|4");
    run_sql(pg, "SELECT analytics.set_fiscal_year_start(10)");
    assert_asked(pg, asked, "2026-09-30|2026|4\n2026-10-01|2027|1");
    assert_refused_sql(pg, "SELECT analytics.set_fiscal_year_start(13)", "22023", "from 1 to 12");
    pg_close(pg);
}

/* -- partitions --------------------------------------------------------------------------------------------------------- */

#define PLACES "SELECT tableoid::regclass, \"timestamp\", id FROM analytics.fact_video_performance ORDER BY \"timestamp\""

SERVER_TEST(rows_out_of_range_are_caught_and_moved)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "strays");

    run_sql(pg, "SET TimeZone = 'Asia/Tokyo'");           /* no zone of a session shifts a bound */
    add_fact(pg, "2019-12-29 23:59:59+00", "id, views", "501, 1");
    add_fact(pg, "2019-12-30 00:00:00+00", "id, views", "502, 2");
    add_fact(pg, "2020-01-05 23:59:59+00", "id, views", "503, 3");
    add_fact(pg, "infinity", "id, views", "504, 4");
    assert_asked(pg, "SELECT count(*) FROM parts.fact_video_performance_default", "4");
    assert_asked(pg, "SELECT ops.keep_partitions()", "2");
    run_sql(pg, "SET TimeZone = 'UTC'");
    assert_asked(pg, PLACES, "parts.fact_video_performance_20191223|2019-12-29 23:59:59+00|501\n"
                             "parts.fact_video_performance_20191230|2019-12-30 00:00:00+00|502\n"
                             "parts.fact_video_performance_20191230|2020-01-05 23:59:59+00|503\n"
                             "parts.fact_video_performance_default|infinity|504");
    assert_asked(pg, "SELECT from_bound, to_bound FROM ops.partitions_of('analytics.fact_video_performance') WHERE partition::text LIKE '%20191230'",
                 "2019-12-30 00:00:00+00|2020-01-06 00:00:00+00");
    assert_asked(pg, "SELECT ops.keep_partitions()", "0");
    assert_asked(pg, "SELECT result FROM ops.upkeep WHERE policy = 'default'", "2 rows to parts.fact_video_performance_20191230");
    pg_close(pg);
}

SERVER_TEST(every_table_has_partitions_ahead_and_a_default)
{
    struct desk *desk = who;
    struct pg   *pg = migrated_database(desk, "ahead");

    assert_asked(pg, "SELECT relation, count(*) FILTER (WHERE p.from_bound IS NULL) AS defaults, bool_or(now() >= p.from_bound AND now() < p.to_bound) AS today,"
                     " max(p.to_bound) > now() + ahead * ('1 ' || step)::interval AS ahead"
                     " FROM ops.partitioned, ops.partitions_of(relation) AS p GROUP BY relation, ahead, step ORDER BY 1",
                 "analytics.fact_channel_daily|1|t|t\nanalytics.fact_costs|1|t|t\nanalytics.fact_revenue|1|t|t\nanalytics.fact_video_performance|1|t|t");
    assert_asked(pg, "SELECT count(*) FROM ops.partitions_of('analytics.fact_video_performance') WHERE to_bound - from_bound <> interval '7 days' OR extract(isodow FROM from_bound) <> 1", "0");
    pg_close(pg);
}

/* Each time the default partition is taken off and put back: nothing may pile up on it. */
SERVER_TEST(moving_rows_again_and_again_leaves_the_same_constraints)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "piles");
    static const char constraints[] = "SELECT string_agg(conname || ' ' || pg_get_constraintdef(oid), '; ' ORDER BY conname, oid) FROM pg_constraint"
                                      " WHERE conrelid = 'parts.fact_video_performance_default'::regclass";
    _cleanup_(mem_freep) char *before = ask(pg, constraints);

    for (int year = 2010; year < 2014; year++) {
        _cleanup_(mem_freep) char *at = mem_printf("%d-06-01 00:00+00", year);
        add_fact(pg, at, "views", "1");
        assert_asked(pg, "SELECT ops.keep_partitions()", "1");
    }
    assert_asked(pg, constraints, before);
    assert_asked(pg, "SELECT count(*) FROM pg_index WHERE indrelid = 'parts.fact_video_performance_default'::regclass", "3");
    assert_refused_sql(pg, "INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\")"
                           " VALUES (999, 10, 10, 20260105, '1999-01-01')", "23503", "foreign key");
    pg_close(pg);
}

/* A year typed wrong in a file must not make partitions by the ten thousand, nor an infinite time go on for ever. */
SERVER_TEST(absurd_ranges_make_few_partitions)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "absurd");

    assert_asked(pg, "SELECT ops.make_partitions('analytics.fact_video_performance', '2026-01-01', 'infinity')", "0");
    assert_asked(pg, "SELECT ops.make_partitions('analytics.fact_video_performance', '-infinity', '2026-01-01')", "0");
    assert_asked(pg, "SELECT ops.make_partitions('analytics.fact_video_performance', '0202-01-01', '2026-01-01')", "0");
    assert_asked(pg, "SELECT ops.make_partitions('analytics.fact_video_performance', '2010-06-01', '2011-05-31')", "53");
    assert_refused_sql(pg, "SELECT ops.make_partitions('analytics.nothing', '2026-01-01', '2026-01-01')", "42809", "not partitioned");
    add_fact(pg, "0202-01-01 00:00+00", "views", "1");
    assert_asked(pg, "SELECT ops.keep_partitions()", "1");
    pg_close(pg);
}

/* -- hours -------------------------------------------------------------------------------------------------------------- */

#define TOUCH(at) "INSERT INTO ops.touched_hours (relation, hour) VALUES ('analytics.fact_video_performance', '" at "')"
#define HOURS "SELECT hour, views, likes, avg_engagement_rate, revenue_cents, cost_cents FROM analytics.video_performance_hourly ORDER BY hour"

/* Alike on both engines. */
SERVER_TEST(hours_follow_what_loads_have_touched)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "alike");
    long long    hours = 0;

    run_sql(pg, "UPDATE ops.settings SET value = 'off' WHERE name = 'retention_days'");
    add_fact(pg, "2026-01-05 10:05+00", "views, likes, actual_revenue_cents, cost_cents", "100, 4, 1.5, 0.5");
    add_fact(pg, "2026-01-05 10:55+00", "views, likes, actual_revenue_cents", "110, 3, 2");
    run_sql(pg, TOUCH("2026-01-05 10:00+00"));
    must(storage_refresh_hours(pg, &hours, &desk->error), &desk->error);
    assert_int_equal(hours, 1);
    assert_asked(pg, HOURS, "2026-01-05 10:00:00+00|110|4|0.03365000000000000000|3.500000|0.500000");
    add_fact(pg, "2026-01-05 10:30+00", "views, likes", "500, 5");                  /* late */
    add_fact(pg, "2025-12-01 00:00+00", "views", "7");                              /* history */
    run_sql(pg, TOUCH("2026-01-05 10:00+00") ";" TOUCH("2025-12-01 00:00+00"));
    must(storage_refresh_hours(pg, &hours, &desk->error), &desk->error);
    assert_int_equal(hours, 2);
    assert_asked(pg, "SELECT hour, views FROM analytics.video_performance_hourly ORDER BY 1", "2025-12-01 00:00:00+00|7\n2026-01-05 10:00:00+00|500");
    assert_asked(pg, "SELECT count(*) FROM ops.touched_hours", "0");
    pg_close(pg);
}

SERVER_TEST(touched_hours_are_computed_anew_and_no_others)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "hours");

    run_sql(pg, "UPDATE ops.settings SET value = 'off' WHERE name = 'retention_days'");
    add_fact(pg, "2026-01-05 10:05+00", "views, likes, actual_revenue_cents, cost_cents", "100, 4, 1.5, 0.5");
    add_fact(pg, "2026-01-05 10:55+00", "views, likes, actual_revenue_cents", "110, 3, 2");
    add_fact(pg, "2026-01-05 11:00+00", "views", "120");
    run_sql(pg, TOUCH("2026-01-05 10:00+00") ";" TOUCH("2026-01-05 10:00+00"));
    assert_asked(pg, "SELECT ops.refresh_hours()", "1");
    assert_asked(pg, HOURS, "2026-01-05 10:00:00+00|110|4|0.03365000000000000000|3.500000|0.500000");
    assert_asked(pg, "SELECT count(*) FROM ops.touched_hours", "0");
    add_fact(pg, "2026-01-05 10:30+00", "views, likes", "500, 5");                  /* late */
    run_sql(pg, "DELETE FROM analytics.fact_video_performance WHERE \"timestamp\" = '2026-01-05 10:55+00'");
    run_sql(pg, TOUCH("2026-01-05 10:00+00") ";" TOUCH("2026-01-05 11:00+00"));
    assert_asked(pg, "SELECT ops.refresh_hours(1)", "1");                           /* the oldest first */
    assert_asked(pg, "SELECT hour, views FROM analytics.video_performance_hourly", "2026-01-05 10:00:00+00|500");
    assert_asked(pg, "SELECT ops.refresh_hours()", "1");
    assert_asked(pg, "SELECT hour, views FROM analytics.video_performance_hourly ORDER BY 1", "2026-01-05 10:00:00+00|500\n2026-01-05 11:00:00+00|120");
    assert_asked(pg, "SELECT ops.refresh_hours()", "0");
    pg_close(pg);
}

SERVER_TEST(hours_below_the_horizon_keep_what_they_had)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "horizon");

    run_sql(pg, "UPDATE ops.settings SET value = '90' WHERE name = 'retention_days'");
    run_sql(pg, "INSERT INTO analytics.video_performance_hourly (video_key, channel_key, user_key, hour, views) VALUES (10, 10, 10, '2020-01-05 10:00+00', 7)");
    run_sql(pg, TOUCH("2020-01-05 10:00+00"));
    assert_asked(pg, "SELECT ops.refresh_hours()", "0");
    assert_asked(pg, "SELECT hour, views FROM analytics.video_performance_hourly", "2020-01-05 10:00:00+00|7");
    assert_asked(pg, "SELECT count(*) FROM ops.touched_hours", "0");
    pg_close(pg);
}

/* -- retention ---------------------------------------------------------------------------------------------------------- */

SERVER_TEST(the_last_counters_stay_when_their_rows_go)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "retention");

    add_fact(pg, "2020-01-06 10:00+00", "views, likes", "100, 9");
    add_fact(pg, "2020-01-07 10:00+00", "views", "150");
    add_fact(pg, "2020-01-08 08:00+00", "watch_time_minutes", "3");                 /* a row of increments is no counter */
    add_fact(pg, "2020-01-15 10:00+00", "views", "140");
    add_fact(pg, "2020-02-15 10:00+00", "cost_cents", "5");
    run_sql(pg, "SELECT ops.keep_partitions()");
    assert_asked(pg, "SELECT ops.apply_retention(90, true)", "5");
    assert_asked(pg, "SELECT count(*) FROM analytics.fact_video_performance", "5");
    assert_asked(pg, "SELECT ops.apply_retention(90)", "5");
    assert_asked(pg, "SELECT count(*) FROM analytics.fact_video_performance", "0");
    assert_asked(pg, "SELECT video_key, \"timestamp\", views, likes, dislikes FROM ops.counter_base", "10|2020-01-15 10:00:00+00|140|9|");
    add_fact(pg, "2019-03-01 10:00+00", "views, likes", "1, 1");                    /* older than what is kept */
    run_sql(pg, "SELECT ops.keep_partitions(); SELECT ops.apply_retention(90)");
    assert_asked(pg, "SELECT views, likes FROM ops.counter_base", "140|9");
    assert_asked(pg, "SELECT ops.apply_retention(90)", "0");
    pg_close(pg);
}

SERVER_TEST(storage_tells_the_span_of_each_table)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "spans");

    add_fact(pg, "2020-01-06 10:00+00", "views", "100");
    run_sql(pg, "SELECT ops.keep_partitions()");
    add_fact(pg, "2038-01-01 00:00+00", "views", "100");                            /* lies in the default partition */
    assert_asked(pg, "SELECT oldest, newest, rows >= 0, bytes > 0 FROM ops.storage() WHERE relation = 'analytics.fact_video_performance'",
                 "2020-01-06 10:00:00+00|2038-01-01 00:00:00+00|t|t");
    add_fact(pg, "2004-01-01 00:00+00", "views", "100");
    assert_asked(pg, "SELECT oldest, newest FROM ops.storage() WHERE relation = 'analytics.fact_video_performance'",
                 "2004-01-01 00:00:00+00|2038-01-01 00:00:00+00");
    pg_close(pg);
}

/* -- money -------------------------------------------------------------------------------------------------------------- */

/* Days of money are Pacific: a channel that changed hands at midnight there belongs to the new one on that day. */
SERVER_TEST(revenue_is_summed_anew_from_its_ledger)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "ledger");

    run_sql(pg, "UPDATE analytics.dim_channel SET valid_to = '2026-01-06 00:00-08', is_current = false WHERE channel_key = 10;"
                "INSERT INTO analytics.dim_channel (channel_key, channel_id, user_id, valid_from) VALUES (11, 'UCa', " BEN ", '2026-01-06 00:00-08')");
    run_sql(pg, "INSERT INTO ops.revenue_ledger (source, source_ref, kind, metric_date, channel_id, amount_cents) VALUES"
                " ('s', '1', 'membership', '2026-01-05', 'UCa', 499), ('s', '2', 'membership', '2026-01-05', 'UCa', -499),"
                " ('s', '3', 'ad', '2026-01-05', 'UCa', 0.25), ('s', '4', 'ad', '2026-01-06', 'UCa', 1), ('other', '4', 'ad', '2026-01-06', 'UCa', 7)");
    run_sql(pg, "INSERT INTO ops.rollup_state (cube, name, relation, fact, definition) VALUES ('R', 'daily', '', 'analytics.fact_revenue', '')");
    assert_asked(pg, "SELECT ops.sum_revenue('s', '2026-01-01', '2026-01-31')", "2");
    assert_asked(pg, "WITH seen AS (DELETE FROM ops.rollup_touched RETURNING hour) SELECT DISTINCT hour FROM seen ORDER BY 1",
                 "2026-01-05 00:00:00+00\n2026-01-06 00:00:00+00");
    assert_asked(pg, "SELECT count(*) FROM ops.touched_hours WHERE relation = 'analytics.fact_revenue'", "0");
    assert_asked(pg, "SELECT metric_date, channel_key, user_key, membership_revenue_cents, total_revenue_cents FROM analytics.fact_revenue ORDER BY 1",
                 "2026-01-05|10|10|0.000000|0.250000\n2026-01-06|11|20|0.000000|1.000000");
    run_sql(pg, "DELETE FROM ops.revenue_ledger WHERE source_ref = '4'");
    assert_asked(pg, "SELECT ops.sum_revenue('s', '2026-01-01', '2026-01-31')", "1");
    assert_asked(pg, "SELECT count(*) FROM ops.rollup_touched WHERE hour = '2026-01-06 00:00+00'", "1");      /* a day that went */
    pg_close(pg);
}

int main(void)
{
    const struct CMUnitTest both[] = {
        cmocka_unit_test(an_account_has_at_most_five_active_channels),
        cmocka_unit_test(two_sessions_at_once_do_not_make_six),
        cmocka_unit_test(two_snapshots_at_once_do_not_make_six),
        cmocka_unit_test(a_day_has_one_row_for_the_channel_and_one_for_each_video),
        cmocka_unit_test(loading_twice_changes_nothing),
        cmocka_unit_test(versions_of_a_channel_do_not_overlap),
        cmocka_unit_test(what_is_not_known_is_null_and_not_zero),
        cmocka_unit_test(a_title_is_found_by_its_words_and_by_its_signs),
        cmocka_unit_test(every_day_has_its_weeks_and_holidays),
        cmocka_unit_test(the_fiscal_year_follows_its_setting),
        cmocka_unit_test(hours_follow_what_loads_have_touched),
        cmocka_unit_test(the_last_counters_stay_when_their_rows_go),
        cmocka_unit_test(storage_tells_the_span_of_each_table),
        cmocka_unit_test(revenue_is_summed_anew_from_its_ledger),
    };
    const struct CMUnitTest native[] = {
        cmocka_unit_test(rows_out_of_range_are_caught_and_moved),
        cmocka_unit_test(every_table_has_partitions_ahead_and_a_default),
        cmocka_unit_test(moving_rows_again_and_again_leaves_the_same_constraints),
        cmocka_unit_test(absurd_ranges_make_few_partitions),
        cmocka_unit_test(touched_hours_are_computed_anew_and_no_others),
        cmocka_unit_test(hours_below_the_horizon_keep_what_they_had),
    };
    int failed;

    prepare_engine();
    failed = cmocka_run_group_tests(both, NULL, NULL);

    return is_native() ? failed + cmocka_run_group_tests(native, NULL, NULL) : failed;
}
