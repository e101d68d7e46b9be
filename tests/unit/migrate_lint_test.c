/* migrate: what PostgreSQL's parser sees in a file, and what is worth a finding. Each rule has what breaks it and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "src/migrate/lint.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/loop.h"
#include "ytempire/migrate.h"

static struct migrate_lint *read_sql(const char *sql, const char *engine, bool no_transaction, bool down)
{
    struct migration migration = {
        .version = (char *)"0013", .name = (char *)"test", .file = (char *)"0013_test.sql", .up = (char *)(down ? "" : sql), .down = (char *)(down ? sql : ""),
        .up_line = 2, .down_line = 40, .no_transaction = no_transaction,
    };
    struct migrate_lint *lint = NULL;
    struct error         error = ERROR_INIT;

    if (migrate_lint_read(&migration, down, engine, &lint, &error) < 0)
        fail_msg("%s\n%s", sql, error.text);
    return lint;
}

static bool has_rule(const struct migrate_lint *lint, const char *rule, enum migrate_severity severity)
{
    size_t                        count;
    const struct migrate_finding *findings = migrate_lint_findings(lint, &count);

    for (size_t i = 0; i < count; i++)
        if (text_equal(findings[i].rule, rule) && findings[i].severity == severity)
            return true;
    return false;
}

static void print_findings(const struct migrate_lint *lint)
{
    size_t                        count;
    const struct migrate_finding *findings = migrate_lint_findings(lint, &count);

    for (size_t i = 0; i < count; i++)
        print_message("line %zu %s: %s\n", findings[i].line, findings[i].rule, findings[i].message);
}

/* -- what a statement does -------------------------------------------------------------------------------------------------- */

struct effect {
    const char *sql, *target, *lock;
    bool        rewrites, destructive;
};

static const struct effect effects[] = {
    {"CREATE INDEX ON analytics.dim_video (category)", "analytics.dim_video", "SHARE", false, false},
    {"CREATE INDEX CONCURRENTLY i ON analytics.dim_video (category)", "analytics.dim_video", "SHARE UPDATE EXCLUSIVE", false, false},
    {"ALTER TABLE analytics.dim_video ADD COLUMN a text", "analytics.dim_video", "ACCESS EXCLUSIVE", false, false},
    {"ALTER TABLE analytics.dim_video ADD COLUMN a timestamptz DEFAULT now()", "analytics.dim_video", "ACCESS EXCLUSIVE", false, false},
    {"ALTER TABLE analytics.dim_video ADD COLUMN a uuid DEFAULT gen_random_uuid()", "analytics.dim_video", "ACCESS EXCLUSIVE", true, false},
    {"ALTER TABLE analytics.dim_video ADD COLUMN a bigserial", "analytics.dim_video", "ACCESS EXCLUSIVE", true, false},
    {"ALTER TABLE analytics.dim_video ADD COLUMN a int GENERATED ALWAYS AS (1) STORED", "analytics.dim_video", "ACCESS EXCLUSIVE", true, false},
    {"ALTER TABLE analytics.dim_video DROP COLUMN category", "analytics.dim_video", "ACCESS EXCLUSIVE", false, true},
    {"ALTER TABLE analytics.dim_video ALTER COLUMN category TYPE int USING 1", "analytics.dim_video", "ACCESS EXCLUSIVE", true, false},
    {"ALTER TABLE analytics.dim_video VALIDATE CONSTRAINT c", "analytics.dim_video", "SHARE UPDATE EXCLUSIVE", false, false},
    {"ALTER TABLE analytics.dim_video VALIDATE CONSTRAINT c, ADD CHECK (true)", "analytics.dim_video", "ACCESS EXCLUSIVE", false, false},
    {"ALTER TABLE analytics.dim_video ADD FOREIGN KEY (channel_id) REFERENCES users.channels", "analytics.dim_video", "SHARE ROW EXCLUSIVE", false, false},
    {"ALTER TABLE analytics.dim_video SET (fillfactor = 70)", "analytics.dim_video", "SHARE UPDATE EXCLUSIVE", false, false},
    {"ALTER TABLE analytics.dim_video SET UNLOGGED", "analytics.dim_video", "ACCESS EXCLUSIVE", true, false},
    {"ALTER TABLE a.b DETACH PARTITION c CONCURRENTLY", "a.b", "SHARE UPDATE EXCLUSIVE", false, false},
    {"ALTER TABLE a.b DETACH PARTITION c", "a.b", "ACCESS EXCLUSIVE", false, false},
    {"ALTER TABLE \"Odd\".b DISABLE TRIGGER ALL", "\"Odd\".b", "SHARE ROW EXCLUSIVE", false, false},
    {"CREATE TABLE a.c PARTITION OF a.b FOR VALUES FROM (1) TO (2)", "a.b", "ACCESS EXCLUSIVE", false, false},
    {"DROP TABLE a.b, a.c", "a.b", "ACCESS EXCLUSIVE", false, true},
    {"DROP INDEX CONCURRENTLY a.i", "a.i", "SHARE UPDATE EXCLUSIVE", false, false},
    {"DROP TRIGGER t ON a.b", "a.b", "ACCESS EXCLUSIVE", false, false},
    {"TRUNCATE a.b", "a.b", "ACCESS EXCLUSIVE", false, true},
    {"LOCK TABLE a.b IN SHARE MODE", "a.b", "SHARE", false, false},
    {"INSERT INTO a.b VALUES (1)", "a.b", "ROW EXCLUSIVE", false, false},
    {"UPDATE a.b SET c = 1", "a.b", "ROW EXCLUSIVE", false, false},
    {"DELETE FROM a.b WHERE c", "a.b", "ROW EXCLUSIVE", false, true},
    {"MERGE INTO a.b USING c ON true WHEN MATCHED THEN DELETE", "a.b", "ROW EXCLUSIVE", false, true},
    {"WITH gone AS (DELETE FROM a.b RETURNING 1) SELECT count(*) FROM gone", "a.b", "ROW EXCLUSIVE", false, true},
    {"COPY a.b FROM STDIN", "a.b", "ROW EXCLUSIVE", false, false},
    {"VACUUM FULL a.b", "a.b", "ACCESS EXCLUSIVE", true, false},
    {"VACUUM (FULL off) a.b", "a.b", "SHARE UPDATE EXCLUSIVE", false, false},
    {"ANALYZE a.b", "a.b", "SHARE UPDATE EXCLUSIVE", false, false},
    {"REINDEX INDEX a.i", "a.i", "ACCESS EXCLUSIVE", false, false},
    {"REINDEX TABLE CONCURRENTLY a.b", "a.b", "SHARE UPDATE EXCLUSIVE", false, false},
    {"CLUSTER a.b USING i", "a.b", "ACCESS EXCLUSIVE", true, false},
    {"REFRESH MATERIALIZED VIEW CONCURRENTLY a.v", "a.v", "EXCLUSIVE", false, false},
    {"CREATE OR REPLACE VIEW a.v AS SELECT 1", "a.v", "ACCESS EXCLUSIVE", false, false},
    {"ALTER INDEX a.i RENAME TO j", "a.i", "SHARE UPDATE EXCLUSIVE", false, false},
    {"ALTER TABLE a.b RENAME TO c", "a.b", "ACCESS EXCLUSIVE", false, false},
    {"ALTER TABLE a.b SET SCHEMA c", "a.b", "ACCESS EXCLUSIVE", false, false},
    {"CREATE TRIGGER t BEFORE INSERT ON a.b EXECUTE FUNCTION f()", "a.b", "SHARE ROW EXCLUSIVE", false, false},
    {"CREATE POLICY p ON a.b", "a.b", "ACCESS EXCLUSIVE", false, false},
    {"COMMENT ON COLUMN a.b.c IS 'x'", "a.b", "SHARE UPDATE EXCLUSIVE", false, false},
    {"SELECT public.create_hypertable('a.b', 'time')", "a.b", "ACCESS EXCLUSIVE", false, false},
    {"SELECT drop_chunks('a.b', now())", "a.b", "ACCESS EXCLUSIVE", false, true},
    {"SELECT 1", NULL, "", false, false},
    {"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1; DROP TABLE x'", NULL, "", false, false},
};

static void every_statement_has_its_lock(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(effects); i++) {
        const struct effect                          *wanted = &effects[i];
        _cleanup_(migrate_lint_freep) struct migrate_lint *lint = read_sql(wanted->sql, "timescaledb", true, false);
        size_t                          count;
        const struct migrate_statement *statement = migrate_lint_statements(lint, &count);

        assert_int_equal(count, 1);
        assert_string_equal(statement->sql, wanted->sql);
        assert_string_equal(statement->target ? statement->target : "none", wanted->target ? wanted->target : "none");
        assert_string_equal(statement->lock, wanted->lock);
        assert_int_equal(statement->rewrites, wanted->rewrites);
        assert_int_equal(statement->destructive, wanted->destructive);
        assert_false(statement->new_target);
    }
}

static void lines_are_those_of_the_file(void **state)
{
    _cleanup_(migrate_lint_freep) struct migrate_lint *lint =
        read_sql("-- a comment; with a semicolon\n\nCREATE TABLE a.b (\n  c text DEFAULT ';'\n);\n/* x; */ DROP TABLE\n a.z ;\n", "native", false, false);
    size_t                          count;
    const struct migrate_statement *statements = migrate_lint_statements(lint, &count);
    const struct migrate_finding   *finding;

    (void)state;
    assert_int_equal(count, 2);
    assert_int_equal(statements[0].line, 4);
    assert_string_equal(statements[0].sql, "CREATE TABLE a.b (\n  c text DEFAULT ';'\n)");
    assert_int_equal(statements[1].line, 7);
    assert_string_equal(statements[1].sql, "DROP TABLE\n a.z");
    finding = migrate_lint_findings(lint, &count);
    assert_int_equal(count, 1);
    assert_int_equal(finding->line, 7);
}

static void what_the_file_made_has_no_readers(void **state)
{
    static const char *const sqls[] = {
        "CREATE TABLE a.b (c int); CREATE INDEX ON a.b (c); ALTER TABLE a.b ALTER c TYPE text; UPDATE a.b SET c = ''; DROP TABLE a.b",
        "CREATE SCHEMA a; SELECT 1; CREATE INDEX ON a.b (c); ALTER TABLE a.b ADD CHECK (c > 0)",
        "CREATE TABLE a.b (c int); ALTER TABLE a.b RENAME TO d; CREATE INDEX ON a.d (c)",
        "CREATE TABLE a.b AS SELECT 1 AS c; ALTER TABLE a.b ADD PRIMARY KEY (c)",
        "SELECT 1 AS c INTO a.b; TRUNCATE a.b",
        "CREATE TABLE a.b (c int); CREATE INDEX i ON a.b (c); DROP INDEX a.i",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sqls); i++) {
        _cleanup_(migrate_lint_freep) struct migrate_lint *lint = read_sql(sqls[i], "native", false, false);
        size_t count;

        (void)migrate_lint_findings(lint, &count);
        if (count > 0)
            print_findings(lint);
        assert_int_equal(count, 0);
    }
}

/* IF NOT EXISTS makes nothing where the table is there already. */
static void what_may_exist_is_not_new(void **state)
{
    _cleanup_(migrate_lint_freep) struct migrate_lint *lint = read_sql("CREATE TABLE IF NOT EXISTS a.b (c int); CREATE INDEX ON a.b (c)", "native", false, false);

    (void)state;
    assert_true(has_rule(lint, "require-concurrent-index", MIGRATE_WARNING));
}

/* -- the rules ---------------------------------------------------------------------------------------------------------------- */

#define T(text) "ALTER TABLE analytics.dim_video " text
#define FACT "analytics.fact_video_performance"

struct rule {
    const char           *rule;
    enum migrate_severity severity;
    const char           *engine;
    bool                  no_transaction;
    const char           *breaks, *does_not;
};

static const struct rule rules[] = {
    {"require-concurrent-index", MIGRATE_WARNING, "native", false, "CREATE INDEX i ON analytics.dim_video (category)", "CREATE TABLE a.b (c int); CREATE INDEX ON a.b (c)"},
    {"require-concurrent-index", MIGRATE_WARNING, "native", true, "CREATE INDEX i ON analytics.dim_video (category)", "CREATE INDEX CONCURRENTLY i ON analytics.dim_video (category)"},
    {"require-concurrent-drop", MIGRATE_WARNING, "native", true, "DROP INDEX analytics.i", "DROP INDEX CONCURRENTLY IF EXISTS analytics.i"},
    {"require-concurrent-reindex", MIGRATE_WARNING, "native", true, "REINDEX TABLE a.b", "REINDEX TABLE CONCURRENTLY a.b"},
    {"require-concurrent-detach", MIGRATE_WARNING, "native", true, "ALTER TABLE a.b DETACH PARTITION c", "ALTER TABLE a.b DETACH PARTITION c CONCURRENTLY"},
    {"require-concurrent-refresh", MIGRATE_WARNING, "native", false, "REFRESH MATERIALIZED VIEW a.v", "REFRESH MATERIALIZED VIEW CONCURRENTLY a.v"},
    {"cannot-run-in-transaction", MIGRATE_ERROR, "native", false, "CREATE INDEX CONCURRENTLY i ON a.b (c)", "CREATE INDEX i ON a.b (c)"},
    {"cannot-run-in-transaction", MIGRATE_ERROR, "native", false, "DROP INDEX CONCURRENTLY i", "DROP INDEX i"},
    {"cannot-run-in-transaction", MIGRATE_ERROR, "native", false, "REINDEX INDEX CONCURRENTLY i", "REINDEX INDEX i"},
    {"cannot-run-in-transaction", MIGRATE_ERROR, "native", false, "ALTER TABLE a.b DETACH PARTITION c CONCURRENTLY", "ALTER TABLE a.b DETACH PARTITION c"},
    {"cannot-run-in-transaction", MIGRATE_ERROR, "native", false, "VACUUM a.b", "ANALYZE a.b"},
    {"cannot-run-in-transaction", MIGRATE_ERROR, "native", false, "CREATE DATABASE x", "CREATE SCHEMA x"},
    {"cannot-run-in-transaction", MIGRATE_ERROR, "native", false, "ALTER SYSTEM SET work_mem = '1GB'", "ALTER DATABASE x SET work_mem = '1GB'"},
    {"one-statement-without-transaction", MIGRATE_ERROR, "native", true, "CREATE INDEX CONCURRENTLY i ON a.b (c); ANALYZE a.b", "CREATE INDEX CONCURRENTLY i ON a.b (c);\n-- done;\n"},
    {"transaction-control", MIGRATE_ERROR, "native", false, "BEGIN; SELECT 1; COMMIT", "SELECT 1"},
    {"transaction-control", MIGRATE_ERROR, "native", false, "ROLLBACK", "SAVEPOINT s; ROLLBACK TO SAVEPOINT s; RELEASE s"},
    {"set-without-local", MIGRATE_WARNING, "native", false, "SET search_path = a", "SET LOCAL search_path = a"},
    {"set-without-local", MIGRATE_WARNING, "native", false, "SET ROLE x", "RESET ROLE"},
    {"concurrent-index-if-not-exists", MIGRATE_WARNING, "native", true, "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON a.b (c)", "CREATE INDEX CONCURRENTLY i ON a.b (c)"},
    {"if-exists", MIGRATE_NOTE, "native", true, "DROP INDEX CONCURRENTLY i", "DROP INDEX CONCURRENTLY IF EXISTS i"},
    {"volatile-default", MIGRATE_WARNING, "native", false, T("ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid()"), T("ADD COLUMN a timestamptz NOT NULL DEFAULT now()")},
    {"volatile-default", MIGRATE_WARNING, "native", false, T("ADD COLUMN a int DEFAULT (1 + (random() * 2)::int)"), T("ADD COLUMN a int DEFAULT (1 + 2)")},
    {"add-not-null-column", MIGRATE_WARNING, "native", false, T("ADD COLUMN a int NOT NULL"), T("ADD COLUMN a int NOT NULL DEFAULT 0")},
    {"add-not-null-column", MIGRATE_WARNING, "native", false, T("ADD COLUMN a int NOT NULL"), T("ADD COLUMN a int")},
    {"rewrite", MIGRATE_WARNING, "native", false, T("ADD COLUMN a int GENERATED ALWAYS AS (duration_seconds * 2) STORED"), T("ADD COLUMN a int")},
    {"rewrite", MIGRATE_WARNING, "native", false, T("SET UNLOGGED"), T("SET (fillfactor = 80)")},
    {"rewrite", MIGRATE_WARNING, "native", true, "VACUUM FULL a.b", "VACUUM a.b"},
    {"rewrite", MIGRATE_WARNING, "native", false, "CLUSTER a.b USING i", "ALTER TABLE a.b CLUSTER ON i"},
    {"change-column-type", MIGRATE_WARNING, "native", false, T("ALTER COLUMN duration_seconds TYPE bigint"), T("ALTER COLUMN duration_seconds SET DEFAULT 0")},
    {"set-not-null", MIGRATE_WARNING, "native", false, T("ALTER COLUMN category SET NOT NULL"), T("ALTER COLUMN category DROP NOT NULL")},
    {"constraint-not-valid", MIGRATE_WARNING, "native", false, T("ADD CONSTRAINT c CHECK (duration_seconds > 0)"), T("ADD CONSTRAINT c CHECK (duration_seconds > 0) NOT VALID")},
    {"constraint-not-valid", MIGRATE_WARNING, "native", false, T("ADD FOREIGN KEY (channel_id) REFERENCES users.channels"), T("ADD FOREIGN KEY (channel_id) REFERENCES users.channels NOT VALID")},
    {"constraint-not-valid", MIGRATE_WARNING, "native", false, T("ADD COLUMN a int CHECK (a > 0)"), T("ADD COLUMN a int REFERENCES a.b")},
    {"validate-in-same-file", MIGRATE_WARNING, "native", false, T("ADD CONSTRAINT c CHECK (true) NOT VALID; ") T("VALIDATE CONSTRAINT c"), T("VALIDATE CONSTRAINT c")},
    {"unique-using-index", MIGRATE_WARNING, "native", false, T("ADD CONSTRAINT k UNIQUE (video_title)"), T("ADD CONSTRAINT k UNIQUE USING INDEX i")},
    {"unique-using-index", MIGRATE_WARNING, "native", false, T("ADD COLUMN a int UNIQUE"), T("ADD COLUMN a int")},
    {"rename-table", MIGRATE_WARNING, "native", false, T("RENAME TO dim_film"), "ALTER INDEX analytics.i RENAME TO j"},
    {"rename-table", MIGRATE_WARNING, "native", false, T("SET SCHEMA users"), "ALTER FUNCTION f() SET SCHEMA users"},
    {"rename-column", MIGRATE_WARNING, "native", false, T("RENAME COLUMN category TO kind"), T("RENAME CONSTRAINT a TO b")},
    {"rename-schema", MIGRATE_WARNING, "native", false, "ALTER SCHEMA users RENAME TO people", "CREATE SCHEMA people"},
    {"drop-column", MIGRATE_WARNING, "native", false, T("DROP COLUMN category"), T("ALTER COLUMN category DROP DEFAULT")},
    {"drop-table", MIGRATE_WARNING, "native", false, "DROP TABLE IF EXISTS a.b", "CREATE TABLE a.b (); DROP TABLE a.b"},
    {"drop-table", MIGRATE_WARNING, "native", false, "DROP TABLE a.b", "DROP VIEW a.b"},
    {"drop-materialized-view", MIGRATE_WARNING, "native", false, "DROP MATERIALIZED VIEW a.v", "DROP FUNCTION a.v()"},
    {"drop-sequence", MIGRATE_WARNING, "native", false, "DROP SEQUENCE a.s", "CREATE SEQUENCE a.s; DROP SEQUENCE a.s"},
    {"drop-cascade", MIGRATE_WARNING, "native", false, "DROP SCHEMA a CASCADE", "DROP SCHEMA a"},
    {"truncate", MIGRATE_WARNING, "native", false, "TRUNCATE a.b", "DELETE FROM a.b WHERE c < 1"},
    {"truncate-cascade", MIGRATE_WARNING, "native", false, "TRUNCATE a.b CASCADE", "TRUNCATE a.b"},
    {"drop-role", MIGRATE_WARNING, "native", false, "DROP ROLE reporter", "CREATE ROLE reporter"},
    {"lock-table", MIGRATE_WARNING, "native", false, "LOCK TABLE a.b", "SELECT 1 FROM a.b FOR UPDATE"},
    {"update-without-where", MIGRATE_WARNING, "native", false, "UPDATE analytics.dim_video SET category = NULL", "UPDATE analytics.dim_video SET category = NULL WHERE category = ''"},
    {"delete-without-where", MIGRATE_WARNING, "native", false, "DELETE FROM analytics.dim_video", "DELETE FROM analytics.dim_video WHERE video_key = 1"},
    {"enum-value-alone", MIGRATE_NOTE, "native", false, "ALTER TYPE t ADD VALUE 'x'; SELECT 1", "ALTER TYPE t ADD VALUE 'x'"},
    {"foreign-key-lock", MIGRATE_NOTE, "native", false, "CREATE TABLE a.b (c int REFERENCES analytics.dim_video)", "CREATE TABLE a.d (c int); CREATE TABLE a.b (c int REFERENCES a.d)"},
    {"not-looked-into", MIGRATE_NOTE, "native", false, "DO $$ BEGIN DROP TABLE x; END $$", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"},
    /* partitions */
    {"concurrent-index-on-partitioned", MIGRATE_ERROR, "native", true, "CREATE INDEX CONCURRENTLY i ON " FACT " (views)", "CREATE INDEX i ON ONLY " FACT " (views)"},
    {"concurrent-index-on-partitioned", MIGRATE_ERROR, "native", true, "CREATE INDEX CONCURRENTLY i ON " FACT " (views)", "CREATE INDEX CONCURRENTLY i ON parts.fact_costs_2026 (source)"},
    {"partition-index", MIGRATE_WARNING, "native", false, "CREATE INDEX i ON " FACT " (views)", "CREATE INDEX i ON ONLY " FACT " (views)"},
    {"unique-without-time", MIGRATE_ERROR, "native", false, "CREATE UNIQUE INDEX i ON " FACT " (video_key)", "CREATE UNIQUE INDEX i ON " FACT " (video_key, \"timestamp\")"},
    {"unique-without-time", MIGRATE_ERROR, "native", false, "CREATE TABLE a.b (c int, d date) PARTITION BY RANGE (d); CREATE UNIQUE INDEX ON a.b (c)",
     "CREATE TABLE a.b (c int, d date) PARTITION BY RANGE (d); CREATE UNIQUE INDEX ON a.b (c, d)"},
    {"make-partitions", MIGRATE_WARNING, "native", false, "CREATE TABLE parts.x PARTITION OF " FACT " FOR VALUES FROM ('2026-01-05') TO ('2026-01-12')",
     "SELECT ops.make_partitions('" FACT "', '2026-01-05', '2026-01-05')"},
    {"timescaledb-on-native", MIGRATE_ERROR, "native", false, "SELECT create_hypertable('a.b', 'c')", "SELECT create_hyper('a.b', 'c')"},
    {"timescaledb-on-native", MIGRATE_ERROR, "native", false, "CREATE EXTENSION IF NOT EXISTS timescaledb", "CREATE EXTENSION IF NOT EXISTS hll"},
    {"timescaledb-on-native", MIGRATE_ERROR, "native", false, "ALTER TABLE a.b SET (timescaledb.compress)", "ALTER TABLE a.b SET (fillfactor = 90)"},
    /* TimescaleDB */
    {"concurrent-index-on-hypertable", MIGRATE_ERROR, "timescaledb", true, "CREATE INDEX CONCURRENTLY i ON " FACT " (views)",
     "CREATE INDEX i ON " FACT " (views) WITH (timescaledb.transaction_per_chunk)"},
    {"concurrent-index-on-hypertable", MIGRATE_ERROR, "timescaledb", true, "CREATE INDEX CONCURRENTLY i ON analytics.fact_costs (source)", "CREATE INDEX CONCURRENTLY i ON analytics.dim_video (category)"},
    {"chunk-index", MIGRATE_WARNING, "timescaledb", false, "CREATE INDEX i ON " FACT " (views)", "CREATE INDEX i ON analytics.dim_video (category)"},
    {"cannot-run-in-transaction", MIGRATE_ERROR, "timescaledb", false, "CREATE INDEX i ON " FACT " (views) WITH (timescaledb.transaction_per_chunk)", "CREATE INDEX i ON " FACT " (views)"},
    {"chunk-index-unique", MIGRATE_ERROR, "timescaledb", true, "CREATE UNIQUE INDEX i ON " FACT " (views, \"timestamp\") WITH (timescaledb.transaction_per_chunk)",
     "CREATE INDEX i ON " FACT " (views, \"timestamp\") WITH (timescaledb.transaction_per_chunk)"},
    {"unique-without-time", MIGRATE_ERROR, "timescaledb", false, "SELECT create_hypertable('a.b', 'at'); CREATE UNIQUE INDEX ON a.b (c)", "SELECT create_hypertable('a.b', 'at'); CREATE UNIQUE INDEX ON a.b (c, at)"},
    {"unique-without-time", MIGRATE_ERROR, "timescaledb", false, "SELECT create_hypertable('a.b', by_range('at')); ALTER TABLE a.b ADD UNIQUE (c)",
     "SELECT create_hypertable('a.b', by_range('at')); ALTER TABLE a.b ADD UNIQUE (at, c)"},
    {"aggregate-with-data", MIGRATE_ERROR, "timescaledb", false, "CREATE MATERIALIZED VIEW a.v WITH (timescaledb.continuous) AS SELECT 1",
     "CREATE MATERIALIZED VIEW a.v WITH (timescaledb.continuous) AS SELECT 1 WITH NO DATA"},
    {"aggregate-with-data", MIGRATE_ERROR, "timescaledb", false, "CREATE MATERIALIZED VIEW a.v WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS SELECT 1",
     "CREATE MATERIALIZED VIEW a.v AS SELECT 1"},
    {"cannot-run-in-transaction", MIGRATE_ERROR, "timescaledb", false, "CALL refresh_continuous_aggregate('a.v', NULL, NULL)", "CALL tidy('a.v')"},
    {"type-change-on-compressed", MIGRATE_ERROR, "timescaledb", false, "ALTER TABLE " FACT " ALTER views TYPE numeric", "ALTER TABLE analytics.fact_costs ALTER quantity TYPE float8"},
    {"type-change-on-compressed", MIGRATE_ERROR, "timescaledb", false, "ALTER TABLE a.b SET (timescaledb.compress); ALTER TABLE a.b ALTER c TYPE text",
     "ALTER TABLE a.b SET (timescaledb.compress = false); ALTER TABLE a.b ALTER c TYPE text"},
    {"validate-on-compressed", MIGRATE_ERROR, "timescaledb", false, "ALTER TABLE " FACT " VALIDATE CONSTRAINT c", "ALTER TABLE analytics.fact_costs VALIDATE CONSTRAINT c"},
    {"not-valid-on-compressed", MIGRATE_WARNING, "timescaledb", false, "ALTER TABLE " FACT " ADD CHECK (views >= 0) NOT VALID", "ALTER TABLE " FACT " ADD CHECK (views >= 0)"},
    {"add-not-null-column", MIGRATE_ERROR, "timescaledb", false, "ALTER TABLE " FACT " ADD a int NOT NULL", "ALTER TABLE " FACT " ADD a int NOT NULL DEFAULT 0"},
    {"volatile-default", MIGRATE_ERROR, "timescaledb", false, "ALTER TABLE " FACT " ADD a uuid DEFAULT gen_random_uuid()", "ALTER TABLE " FACT " ADD a int DEFAULT 0"},
    {"column-of-aggregate", MIGRATE_WARNING, "timescaledb", false, "ALTER TABLE " FACT " DROP COLUMN likes", "ALTER TABLE analytics.fact_costs DROP COLUMN quantity"},
    {"row-security-on-hypertable", MIGRATE_ERROR, "timescaledb", false, "ALTER TABLE " FACT " ENABLE ROW LEVEL SECURITY", T("ENABLE ROW LEVEL SECURITY")},
    {"drop-view-of-aggregate", MIGRATE_ERROR, "timescaledb", false, "DROP VIEW analytics.video_performance_hourly", "DROP MATERIALIZED VIEW analytics.video_performance_hourly"},
    {"merge-on-compressed", MIGRATE_WARNING, "timescaledb", false, "MERGE INTO " FACT " f USING a.b ON true WHEN MATCHED THEN UPDATE SET views = 1", "MERGE INTO " FACT " f USING a.b ON true WHEN MATCHED THEN DO NOTHING"},
    {"drop-chunks", MIGRATE_WARNING, "timescaledb", false, "SELECT drop_chunks('a.b', older_than => now())", "SELECT show_chunks('a.b')"},
};

static void every_rule_finds_what_breaks_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        _cleanup_(migrate_lint_freep) struct migrate_lint *breaks = read_sql(rules[i].breaks, rules[i].engine, rules[i].no_transaction, false);
        _cleanup_(migrate_lint_freep) struct migrate_lint *does_not = read_sql(rules[i].does_not, rules[i].engine, rules[i].no_transaction, false);

        if (!has_rule(breaks, rules[i].rule, rules[i].severity)) {
            print_findings(breaks);
            fail_msg("%s is not found in: %s", rules[i].rule, rules[i].breaks);
        }
        for (int severity = MIGRATE_NOTE; severity <= MIGRATE_ERROR; severity++)
            if (has_rule(does_not, rules[i].rule, (enum migrate_severity)severity))
                fail_msg("%s is found in: %s", rules[i].rule, rules[i].does_not);
    }
}

/* Undoing drops what was made: that it goes is no news, that it takes others along is. */
static void a_file_that_undoes_may_drop(void **state)
{
    _cleanup_(migrate_lint_freep) struct migrate_lint *plain = read_sql("DROP TABLE a.b; ALTER TABLE a.c DROP COLUMN d; DROP INDEX a.i", "native", false, true);
    _cleanup_(migrate_lint_freep) struct migrate_lint *cascade = read_sql("\nDROP TABLE a.b CASCADE", "native", false, true);
    size_t count;

    (void)state;
    (void)migrate_lint_findings(plain, &count);
    assert_int_equal(count, 0);
    assert_true(migrate_lint_statements(plain, &count)[0].destructive);
    assert_true(has_rule(cascade, "drop-cascade", MIGRATE_WARNING));
    assert_int_equal(migrate_lint_findings(cascade, &count)[0].line, 41);
}

/* -- what does not parse -------------------------------------------------------------------------------------------------------- */

static void a_mistake_is_shown_in_its_line(void **state)
{
    struct migration     migration = {.file = (char *)"0013_test.sql", .up = (char *)"SELECT 1;\nSELECT 'é' FRM x y\n", .down = (char *)"", .up_line = 2};
    struct migrate_lint *lint = NULL;
    struct error         error = ERROR_INIT;

    (void)state;
    assert_int_equal(migrate_lint_read(&migration, false, "native", &lint, &error), ERR_SYNTAX);
    assert_null(lint);
    assert_string_equal(error.text, "syntax error at or near \"x\"");
    assert_string_equal(error.subject, "SELECT 'é' FRM x y");
    assert_int_equal(error.at, strlen("SELECT 'é' FRM "));
    assert_true(text_starts(error.where, "0013_test.sql:3:"));
    error_done(&error);
}

/* Trees of these would not fit on a task's stack. */
static void what_nests_too_deep_is_refused(void **state)
{
    static const char *const parts[][3] = {{"SELECT ", "1+", "1"}, {"SELECT ", "f(1, ", "1"}, {"SELECT ", "f(1,1)+", "1"}, {"SELECT ", "NOT ", "true"},
                                           {"SELECT a", " IS NULL", ""}, {"SELECT ", "(", "1"}, {"SELECT 1", " UNION SELECT 1", ""}, {"SELECT 1", "::int", ""}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        struct str           sql = STR_INIT;
        struct migration     migration = {.file = (char *)"0013_test.sql", .down = (char *)""};
        struct migrate_lint *lint = NULL;
        struct error         error = ERROR_INIT;

        str_add(&sql, parts[i][0]);
        str_add_repeat(&sql, parts[i][1], 200000);
        str_add(&sql, parts[i][2]);
        migration.up = sql.data;
        assert_int_equal(migrate_lint_read(&migration, false, "native", &lint, &error), ERR_SYNTAX);
        assert_non_null(strstr(error.text, "nested too deep"));
        error_done(&error);
        str_done(&sql);
    }
}

static void read_deep(void *who)
{
    static const char *const parts[][3] = {{"SELECT ", "1+", "1"}, {"SELECT ", "NOT ", "true"}, {"SELECT a", " IS NULL", ""}, {"SELECT 1", " UNION SELECT 1", ""}};

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        struct str           sql = STR_INIT;
        struct migration     migration = {.file = (char *)"0013_test.sql", .down = (char *)""};
        struct migrate_lint *lint = NULL;

        str_add(&sql, parts[i][0]);
        str_add_repeat(&sql, parts[i][1], 470 * (i == 1 ? 3 : 1));
        str_add(&sql, parts[i][2]);
        migration.up = sql.data;
        (void)!migrate_lint_read(&migration, false, "native", &lint, NULL);
        *(size_t *)who += lint != NULL;
        migrate_lint_free(lint);
        str_done(&sql);
    }
}

/* What is not refused fits the stack of a task, where lint is called. */
static void the_deepest_that_is_read_fits_a_task(void **state)
{
    struct loop *loop = loop_new();
    size_t       read = 0;

    (void)state;
    loop_run_task(loop, read_deep, &read);
    loop_free(loop);
    assert_true(read >= 3);
}

/* A long list is no deep tree. */
static void a_long_list_is_read(void **state)
{
    struct str sql = STR_INIT;

    (void)state;
    str_add(&sql, "INSERT INTO a.b VALUES (1, -2.5, 'x''y', now())");
    str_add_repeat(&sql, ", (1, -2.5, 'x''y', now())", 20000);
    migrate_lint_free(read_sql(sql.data, "native", false, false));
    str_done(&sql);
}

/* -- the shipped files ------------------------------------------------------------------------------------------------------------- */

static void the_shipped_files_have_no_error(void **state)
{
    static const char *const engines[] = {"native", "timescaledb"};

    (void)state;
    for (size_t e = 0; e < COUNT_OF(engines); e++) {
        _cleanup_(migration_set_freep) struct migration_set *set = NULL;
        _cleanup_(lint_schema_freep) struct lint_schema     *schema = lint_schema_new_empty();
        struct error error = ERROR_INIT;
        size_t       count = 0, statements = 0;

        assert_int_equal(migration_set_load(NULL, engines[e], &set, &error), 0);
        for (size_t i = 0; i < migration_set_count(set); i++)
            for (int down = 0; down < 2; down++) {
                _cleanup_(migrate_lint_freep) struct migrate_lint *lint = NULL;
                const struct migrate_finding *findings;

                if (lint_read(migration_set_at(set, i), down, engines[e], schema, &lint, &error) < 0)
                    fail_msg("%s: %s", error.where, error.text);
                (void)migrate_lint_statements(lint, &count);
                statements += count;
                findings = migrate_lint_findings(lint, &count);
                for (size_t f = 0; f < count; f++)
                    if (findings[f].severity == MIGRATE_ERROR)
                        fail_msg("%s:%zu %s: %s", migration_set_at(set, i)->file, findings[f].line, findings[f].rule, findings[f].message);
            }
        assert_true(statements > 200);
    }
}

/* What lint knows from the start is what it would have learnt from the shipped files. */
static void what_is_known_is_what_the_files_make(void **state)
{
    static const char *const relations[] = {FACT, "analytics.fact_channel_daily", "analytics.fact_costs", "analytics.fact_revenue",
                                            "analytics.video_performance_hourly", "analytics.dim_video", "users.accounts"};
    _cleanup_(migration_set_freep) struct migration_set *set = NULL;
    _cleanup_(lint_schema_freep) struct lint_schema     *learnt = lint_schema_new_empty(), *known = lint_schema_new("timescaledb");
    struct error error = ERROR_INIT;

    (void)state;
    assert_int_equal(migration_set_load(NULL, "timescaledb", &set, &error), 0);
    for (size_t i = 0; i < migration_set_count(set); i++) {
        _cleanup_(migrate_lint_freep) struct migrate_lint *lint = NULL;

        assert_int_equal(lint_read(migration_set_at(set, i), false, "timescaledb", learnt, &lint, &error), 0);
    }
    for (size_t i = 0; i < COUNT_OF(relations); i++) {
        const struct relation_known *a = lint_schema_find(learnt, relations[i]), *b = lint_schema_find(known, relations[i]);

        assert_int_equal(a->hypertable, b->hypertable);
        assert_int_equal(a->compressed, b->compressed);
        assert_int_equal(a->is_aggregate, b->is_aggregate);
        assert_int_equal(a->has_aggregate, b->has_aggregate);
        assert_string_equal(a->time_column ? a->time_column : "none", b->time_column ? b->time_column : "none");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_has_its_lock),
        cmocka_unit_test(lines_are_those_of_the_file),
        cmocka_unit_test(what_the_file_made_has_no_readers),
        cmocka_unit_test(what_may_exist_is_not_new),
        cmocka_unit_test(every_rule_finds_what_breaks_it),
        cmocka_unit_test(a_file_that_undoes_may_drop),
        cmocka_unit_test(a_mistake_is_shown_in_its_line),
        cmocka_unit_test(what_nests_too_deep_is_refused),
        cmocka_unit_test(the_deepest_that_is_read_fits_a_task),
        cmocka_unit_test(a_long_list_is_read),
        cmocka_unit_test(the_shipped_files_have_no_error),
        cmocka_unit_test(what_is_known_is_what_the_files_make),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
