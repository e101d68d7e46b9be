/* migrate: storage, verify and lint's knowledge on a real TimescaleDB. Skipped aloud where there is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "migrate_help.h"

#define FACT "analytics.fact_video_performance"

static int open_database(void *who, const char *database, struct pg **ret_pg, struct error *error)
{
    struct desk *desk = who;

    return pg_open(desk->loop, &(struct pg_options){.dsn = desk->dsn, .database = database}, ret_pg, error);
}

/* The engine is what the server is found to offer. */
static struct pg *warehouse(struct desk *desk, const char *name)
{
    struct pg             *pg = fresh_database(desk, name, NULL);
    struct migrate_options options = {0};
    struct error           error = ERROR_INIT;

    must(migrate_up(pg, &options, NULL, NULL, NULL, &error), &error);
    assert_asked(pg, "SELECT value FROM ops.settings WHERE name = 'storage_engine'", "timescaledb");
    run_sql(pg, "INSERT INTO analytics.dim_channel (channel_key, channel_id, user_id, channel_name)"
                " SELECT 1, 'UC-a', user_id, 'Alpha' FROM analytics.dim_user;"
                "INSERT INTO analytics.dim_video (video_key, video_id, channel_id) VALUES (1, 'silent0001a', 'UC-a'), (2, 'busy000001b', 'UC-a')");
    return pg;
}

static void snapshot(struct pg *pg, int video, int days_ago, const char *views, const char *likes)
{
    _cleanup_(mem_freep) char *sql = mem_printf(
        "INSERT INTO " FACT " (video_key, channel_key, user_key, date_key, \"timestamp\", views, likes)"
        " SELECT %d, 1, (SELECT user_key FROM analytics.dim_user), to_char(at, 'YYYYMMDD')::int, at, %s, %s"
        " FROM (SELECT date_trunc('hour', now(), 'UTC') - interval '%d days') AS one (at)", video, views, likes, days_ago);

    run_sql(pg, sql);
}

static void maintain(struct pg *pg, struct kept *kept)
{
    struct error error = ERROR_INIT;

    must(storage_maintain(pg, NULL, &kept->sink, &error), &error);
}

static void has(const struct kept *kept, const char *wanted)
{
    if (strstr(str_text(&kept->rows), wanted) == NULL)
        fail_msg("'%s' is not in\n%s", wanted, str_text(&kept->rows));
}

SERVER_TEST(retention_keeps_the_last_counters_of_every_video)
{
    struct pg   *pg = warehouse(who, "ts_retention");
    struct kept  kept = KEPT_INIT;
    struct error error = ERROR_INIT;
    long long    rows = -1;

    snapshot(pg, 1, 201, "400", "40");
    snapshot(pg, 1, 200, "500", "NULL");
    snapshot(pg, 1, 199, "NULL", "NULL");
    snapshot(pg, 2, 200, "100", "10");
    snapshot(pg, 2, 2, "900", "90");
    must(storage_count_past(pg, 90, &rows, &error), &error);
    assert_int_equal(rows, 4);
    assert_asked(pg, "SELECT count(*) FROM " FACT, "5");
    maintain(pg, &kept);
    has(&kept, "retention|4 rows older than 90 days dropped");
    assert_asked(pg, "SELECT count(*) FROM " FACT, "1");
    assert_asked(pg, "SELECT video_key, views, likes FROM ops.counter_base ORDER BY 1", "1|500|40\n2|100|10");
    kept_done(&kept);
    pg_close(pg);
}

/* Only what is materialised is looked at: the tail is computed when it is asked for in any case. */
SERVER_TEST(touched_hours_are_materialised)
{
    struct pg   *pg = warehouse(who, "ts_hours");
    struct error error = ERROR_INIT;
    long long    hours = -1;

    run_sql(pg, "ALTER MATERIALIZED VIEW analytics.video_performance_hourly SET (timescaledb.materialized_only = true)");
    snapshot(pg, 1, 30, "100", "5");
    snapshot(pg, 2, 30, "200", "6");
    snapshot(pg, 2, 20, "250", "7");
    assert_asked(pg, "SELECT count(*) FROM analytics.video_performance_hourly", "0");
    run_sql(pg, "INSERT INTO ops.touched_hours (relation, hour) SELECT '" FACT "', date_trunc('hour', \"timestamp\", 'UTC') FROM " FACT);
    must(storage_refresh_hours(pg, &hours, &error), &error);
    assert_int_equal(hours, 2);
    assert_asked(pg, "SELECT count(*), sum(views) FROM analytics.video_performance_hourly", "3|550");
    assert_asked(pg, "SELECT count(*) FROM ops.touched_hours", "0");
    run_sql(pg, "UPDATE " FACT " SET views = 240 WHERE views = 250;"
                "INSERT INTO ops.touched_hours (relation, hour) SELECT '" FACT "', \"timestamp\" FROM " FACT " WHERE views = 240");
    must(storage_refresh_hours(pg, &hours, &error), &error);
    assert_int_equal(hours, 1);
    assert_asked(pg, "SELECT sum(views) FROM analytics.video_performance_hourly", "540");
    pg_close(pg);
}

/* TimescaleDB lets the owner refresh, and run the policy: a role that owns aggregates and reads their facts, and that no
 * client is. */
SERVER_TEST(the_aggregate_has_an_owner_of_its_own)
{
    struct desk *desk = who;
    struct pg   *pg = warehouse(who, "ts_owner"), *client = NULL;
    struct error error = ERROR_INIT;
    _cleanup_(mem_freep) char *dsn = mem_printf("%s user=ytempire_rollup", desk->dsn), *run = NULL;

    assert_asked(pg, "SELECT owner FROM timescaledb_information.jobs WHERE proc_name = 'policy_refresh_continuous_aggregate'", "ytempire_rollup");
    assert_asked(pg, "SELECT rolcanlogin, rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = 'ytempire_rollup'", "t|f");
    assert_asked(pg, "SELECT string_agg(format('%s %s', oid::regclass, relkind), ', ') FROM pg_class"
                     " WHERE relowner = 'ytempire_rollup'::regrole AND relnamespace::regnamespace::text !~ '^(_timescaledb|pg_toast)'",
                 "analytics.video_performance_hourly v");
    assert_asked(pg, "SELECT string_agg(oid::regclass::text, ', ' ORDER BY relname) FROM pg_class WHERE relnamespace IN ('analytics'::regnamespace, 'users'::regnamespace, 'ops'::regnamespace)"
                     " AND relkind IN ('r', 'p') AND has_table_privilege('ytempire_rollup', oid, 'SELECT, INSERT, UPDATE, DELETE')",
                 "analytics.fact_costs, " FACT);
    if (pg_open(desk->loop, &(struct pg_options){.dsn = dsn, .database = "ts_owner"}, &client, &error) >= 0)
        assert_true(pg_ready(client, &error) < 0);
    assert_non_null(strstr(error.text, "too many connections for role"));
    error_done(&error);
    pg_close(client);
    /* what the role may do is enough for the policy, which the scheduler shall not run at the same time */
    run_sql(pg, "SELECT _timescaledb_functions.stop_background_workers();"
                "ALTER MATERIALIZED VIEW analytics.video_performance_hourly SET (timescaledb.materialized_only = true);"
                "INSERT INTO " FACT " (video_key, channel_key, user_key, date_key, \"timestamp\", views)"
                " SELECT 1, 1, user_key, 20260105, now() - interval '2 hours', 5 FROM analytics.dim_user");
    run = ask(pg, "SELECT format('CALL run_job(%s)', job_id) FROM timescaledb_information.jobs WHERE proc_name = 'policy_refresh_continuous_aggregate'");
    run_sql(pg, "SET ROLE ytempire_rollup");
    run_sql(pg, run);
    run_sql(pg, "RESET ROLE");
    assert_asked(pg, "SELECT sum(views) FROM analytics.video_performance_hourly", "5");
    pg_close(pg);
}

/* Who compares need not be who migrated. */
SERVER_TEST(no_drift_is_found_under_another_owner)
{
    struct desk           *desk = who;
    struct migrate_options options = {.open_database = open_database, .who = who};
    struct kept            kept = KEPT_INIT;
    struct pg             *pg;

    run_sql(desk->pg, "CREATE ROLE another_owner LOGIN CREATEROLE");
    pg = fresh_database(desk, "ts_other", "another_owner");
    must(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), &desk->error);
    pg_close(pg);
    pg = open_as(desk, "ts_other", NULL);
    must(migrate_verify(pg, &options, &kept.sink, &desk->error), &desk->error);
    assert_null(strstr(str_text(&kept.rows), "error|"));    /* a warning tells of extensions that only a superuser makes */
    kept_done(&kept);
    pg_close(pg);
}

SERVER_TEST(storage_shows_chunks_as_partitions)
{
    struct pg   *pg = warehouse(who, "ts_show");
    struct kept  kept = KEPT_INIT;
    struct error error = ERROR_INIT;

    snapshot(pg, 1, 20, "1", "1");
    snapshot(pg, 1, 10, "1", "1");
    run_sql(pg, "SELECT compress_chunk(c) FROM show_chunks('" FACT "', older_than => now() - interval '15 days') AS c");
    must(storage_show(pg, &kept.sink, &error), &error);
    has(&kept, FACT "|timescaledb|2|");
    has(&kept, "policy_compression ");
    has(&kept, "analytics.video_performance_hourly|timescaledb|");
    assert_non_null(strstr(str_text(&kept.texts), "storage engine: timescaledb"));
    kept_done(&kept);
    pg_close(pg);
}

SERVER_TEST(a_warehouse_in_use_has_no_drift)
{
    struct pg             *pg = warehouse(who, "ts_drift");
    struct migrate_options options = {.open_database = open_database, .who = who};
    struct kept            kept = KEPT_INIT;
    struct error           error = ERROR_INIT;

    snapshot(pg, 1, 20, "1", "1");
    run_sql(pg, "SELECT compress_chunk(c) FROM show_chunks('" FACT "') AS c");
    must(migrate_verify(pg, &options, &kept.sink, &error), &error);
    assert_string_equal(str_text(&kept.rows), "");
    run_sql(pg, "ALTER TABLE " FACT " ADD COLUMN mood text; DROP INDEX analytics.idx_costs_user_category");
    assert_int_equal(migrate_verify(pg, &options, &kept.sink, &error), ERR_FINDING);
    has(&kept, "error|" FACT ".mood|the column is not made by the files");
    has(&kept, "error|analytics.idx_costs_user_category|the index is missing");
    error_done(&error);
    kept_done(&kept);
    pg_close(pg);
}

/* -- what lint says TimescaleDB refuses, it refuses ------------------------------------------------------------------------------ */

static const struct {
    const char *rule, *refused, *accepted;
    bool        in_transaction;
} claims[] = {
    {"concurrent-index-on-hypertable", "CREATE INDEX CONCURRENTLY i ON " FACT " (views)", "CREATE INDEX i ON " FACT " (views) WITH (timescaledb.transaction_per_chunk)", false},
    {"cannot-run-in-transaction", "CREATE INDEX i2 ON " FACT " (likes) WITH (timescaledb.transaction_per_chunk)", "CREATE INDEX i2 ON " FACT " (likes)", true},
    {"chunk-index-unique", "CREATE UNIQUE INDEX u ON " FACT " (video_key, \"timestamp\") WITH (timescaledb.transaction_per_chunk)",
     "CREATE UNIQUE INDEX u ON " FACT " (video_key, \"timestamp\")", false},
    {"unique-without-time", "CREATE UNIQUE INDEX u2 ON " FACT " (video_key)", "CREATE UNIQUE INDEX u2 ON " FACT " (\"timestamp\", video_key)", true},
    {"aggregate-with-data", "CREATE MATERIALIZED VIEW a WITH (timescaledb.continuous) AS SELECT time_bucket('1 day', \"timestamp\") AS b, max(views) AS v FROM " FACT " GROUP BY 1",
     "CREATE MATERIALIZED VIEW a WITH (timescaledb.continuous) AS SELECT time_bucket('1 day', \"timestamp\") AS b, max(views) AS v FROM " FACT " GROUP BY 1 WITH NO DATA", true},
    {"cannot-run-in-transaction", "CALL refresh_continuous_aggregate('analytics.video_performance_hourly', NULL, NULL)", "SELECT 1", true},
    {"type-change-on-compressed", "ALTER TABLE pressed ALTER COLUMN c TYPE numeric", "ALTER TABLE loose ALTER COLUMN c TYPE numeric", true},
    {"validate-on-compressed", "ALTER TABLE " FACT " ADD CONSTRAINT c CHECK (views >= 0) NOT VALID; ALTER TABLE " FACT " VALIDATE CONSTRAINT c",
     "ALTER TABLE analytics.fact_costs ADD CONSTRAINT c CHECK (quantity >= 0) NOT VALID; ALTER TABLE analytics.fact_costs VALIDATE CONSTRAINT c", true},
    {"add-not-null-column", "ALTER TABLE " FACT " ADD COLUMN a int NOT NULL", "ALTER TABLE " FACT " ADD COLUMN a int NOT NULL DEFAULT 0", true},
    {"volatile-default", "ALTER TABLE " FACT " ADD COLUMN b uuid DEFAULT gen_random_uuid()", "ALTER TABLE " FACT " ADD COLUMN b int DEFAULT 0", true},
    {"row-security-on-hypertable", "ALTER TABLE " FACT " ENABLE ROW LEVEL SECURITY", "ALTER TABLE analytics.dim_date ENABLE ROW LEVEL SECURITY", true},
    {"drop-view-of-aggregate", "DROP VIEW analytics.video_performance_hourly", "SELECT 1", true},
    {"merge-on-compressed", "MERGE INTO pressed AS p USING (SELECT 1 AS c) AS o ON p.c = o.c WHEN MATCHED THEN UPDATE SET c = 2",
     "INSERT INTO " FACT " (video_key, channel_key, user_key, date_key, \"timestamp\") SELECT video_key, channel_key, user_key, date_key, \"timestamp\" FROM " FACT
     " ON CONFLICT (video_key, \"timestamp\") DO UPDATE SET views = 1", true},
};

SERVER_TEST(what_lint_says_is_refused_is_refused)
{
    struct pg *pg = warehouse(who, "ts_claims");

    snapshot(pg, 1, 20, "1", "1");
    run_sql(pg, "SELECT compress_chunk(c) FROM show_chunks('" FACT "') AS c");
    run_sql(pg, "CREATE TABLE loose (at timestamptz NOT NULL, c int); SELECT create_hypertable('loose', 'at'); INSERT INTO loose VALUES (now(), 1);"
                "CREATE TABLE pressed (at timestamptz NOT NULL, c int); SELECT create_hypertable('pressed', 'at'); INSERT INTO pressed VALUES (now(), 1);"
                "ALTER TABLE pressed SET (timescaledb.compress); SELECT compress_chunk(c) FROM show_chunks('pressed') AS c");
    for (size_t i = 0; i < COUNT_OF(claims); i++) {
        struct error error = ERROR_INIT;

        if (claims[i].in_transaction)
            run_sql(pg, "BEGIN");
        if (pg_script(pg, claims[i].refused, &error) >= 0)
            fail_msg("%s: not refused: %s", claims[i].rule, claims[i].refused);
        error_done(&error);
        if (pg_in_transaction(pg))
            run_sql(pg, "ROLLBACK");
        if (claims[i].in_transaction)
            run_sql(pg, "BEGIN");
        if (pg_script(pg, claims[i].accepted, &error) < 0)
            fail_msg("%s: refused with '%s': %s", claims[i].rule, error.text, claims[i].accepted);
        if (pg_in_transaction(pg))
            run_sql(pg, "ROLLBACK");
    }
    pg_close(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retention_keeps_the_last_counters_of_every_video),
        cmocka_unit_test(touched_hours_are_materialised),
        cmocka_unit_test(the_aggregate_has_an_owner_of_its_own),
        cmocka_unit_test(no_drift_is_found_under_another_owner),
        cmocka_unit_test(storage_shows_chunks_as_partitions),
        cmocka_unit_test(a_warehouse_in_use_has_no_drift),
        cmocka_unit_test(what_lint_says_is_refused_is_refused),
    };

    unsetenv("YTEMPIRE_TEST_DSN");            /* a server with the library, of our own */
    setenv("YTEMPIRE_TEST_PRELOAD", "timescaledb", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
