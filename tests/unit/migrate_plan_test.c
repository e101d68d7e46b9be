/* migrate: what `plan` and `verify` tell of a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "migrate_help.h"

/* -- a folder of files of the test's own --------------------------------------------------------------------------------------- */

struct bench {
    struct desk           *desk;
    struct pg             *pg;
    char                   folder[64];
    struct migrate_options options;
    struct kept            kept;
    struct error           error;
};

static int open_database(void *who, const char *database, struct pg **ret_pg, struct error *error)
{
    struct desk *desk = who;

    return pg_open(desk->loop, &(struct pg_options){.dsn = desk->dsn, .database = database}, ret_pg, error);
}

static void put(struct bench *bench, const char *name, const char *text)
{
    _cleanup_(mem_freep) char *path = path_join(bench->folder, name);

    must(file_write(path, text, strlen(text), 0644, &bench->error), &bench->error);
}

static void bench_begin(struct bench *bench, struct desk *desk, const char *database)
{
    *bench = (struct bench){.desk = desk, .pg = fresh_database(desk, database, NULL), .kept = KEPT_INIT};
    strcpy(bench->folder, "/tmp/ytempire-plan-XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    bench->options = (struct migrate_options){.folder = bench->folder, .storage = "native", .open_database = open_database, .who = desk};
    put(bench, "0001_shop.sql", "-- migrate:up\nCREATE SCHEMA shop;\nCREATE TABLE shop.orders (id bigint PRIMARY KEY, buyer text, paid boolean);\n"
                                "CREATE INDEX orders_buyer ON shop.orders (buyer);\n"
                                "CREATE FUNCTION shop.total() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM shop.orders';\n"
                                "CREATE VIEW shop.paid AS SELECT * FROM shop.orders WHERE paid;\n"
                                "-- migrate:down\nDROP VIEW shop.paid;\nDROP FUNCTION shop.total();\nDROP TABLE shop.orders;\nDROP SCHEMA shop;\n");
    must(migrate_up(bench->pg, &bench->options, NULL, NULL, NULL, &bench->error), &bench->error);
}

static void bench_end(struct bench *bench)
{
    _cleanup_(mem_freep) char *command = mem_printf("rm -r '%s'", bench->folder);

    assert_int_equal(system(command), 0);
    kept_done(&bench->kept);
    error_done(&bench->error);
    pg_close(bench->pg);
}

static void has(const struct bench *bench, const char *wanted)
{
    if (strstr(str_text(&bench->kept.rows), wanted) == NULL)
        fail_msg("'%s' is not in\n%s", wanted, str_text(&bench->kept.rows));
}

static void has_not(const struct bench *bench, const char *word)
{
    if (strstr(str_text(&bench->kept.rows), word) != NULL)
        fail_msg("'%s' is in\n%s", word, str_text(&bench->kept.rows));
}

/* -- plan ------------------------------------------------------------------------------------------------------------------------ */

static void plan(struct bench *bench)
{
    must(migrate_plan(bench->pg, &bench->options, &bench->kept.sink, &bench->error), &bench->error);
}

SERVER_TEST(nothing_pending_is_an_empty_table)
{
    struct bench bench;

    bench_begin(&bench, who, "plan_nothing");
    plan(&bench);
    assert_string_equal(str_text(&bench.kept.columns), "version file line statement target lock bytes rewrites destructive blocked_by findings");
    assert_string_equal(str_text(&bench.kept.rows), "");
    bench_end(&bench);
}

SERVER_TEST(each_pending_statement_is_told_with_its_lock)
{
    struct bench bench;

    bench_begin(&bench, who, "plan_locks");
    put(&bench, "0002_more.sql", "-- migrate:up\nALTER TABLE shop.orders ADD COLUMN note text;\nUPDATE shop.orders\n   SET note = '';\n\nCREATE TABLE shop.notes (id int);\n");
    put(&bench, "0003_last.sql", "-- migrate:up\nDROP TABLE shop.notes;\n");
    plan(&bench);
    has(&bench, "0002|0002_more.sql|2|ALTER TABLE shop.orders ADD COLUMN note text|shop.orders|ACCESS EXCLUSIVE|24576|f|f||\n");
    has(&bench, "0002|0002_more.sql|3|UPDATE shop.orders …|shop.orders|ROW EXCLUSIVE|24576|f|f||note update-without-where: ");
    has(&bench, "0002|0002_more.sql|6|CREATE TABLE shop.notes (id int)|shop.notes|||f|f||\n");
    has(&bench, "0003|0003_last.sql|2|DROP TABLE shop.notes|shop.notes|ACCESS EXCLUSIVE||f|t||warning drop-table: ");
    /* nothing was done */
    assert_asked(bench.pg, "SELECT count(*) FROM ops.migrations", "1");
    assert_asked(bench.pg, "SELECT to_regclass('shop.notes')", "");
    bench_end(&bench);
}

/* A small table is written anew in a blink; that readers of a large one wait is a warning. */
SERVER_TEST(the_size_of_the_table_weighs_the_finding)
{
    struct bench bench;

    bench_begin(&bench, who, "plan_size");
    put(&bench, "0002_index.sql", "-- migrate:up\nCREATE INDEX orders_paid ON shop.orders (paid);\n");
    plan(&bench);
    has(&bench, "note require-concurrent-index: ");
    run_sql(bench.pg, "INSERT INTO shop.orders SELECT i, repeat('x', 1000), true FROM generate_series(1, 20000) AS i");
    plan(&bench);
    has(&bench, "warning require-concurrent-index: ");
    bench_end(&bench);
}

SERVER_TEST(who_stands_in_the_way_is_named)
{
    struct bench bench;
    struct pg   *reader, *writer;

    bench_begin(&bench, who, "plan_busy");
    put(&bench, "0002_more.sql", "-- migrate:up\nALTER TABLE shop.orders ADD COLUMN note text;\nCREATE INDEX ON shop.orders (note);\nDROP INDEX shop.orders_buyer;\n");
    reader = open_as(who, "plan_busy", NULL);
    writer = open_as(who, "plan_busy", NULL);
    run_sql(reader, "SET application_name = 'a long report'; BEGIN; SELECT * FROM shop.orders");
    run_sql(writer, "SET application_name = 'the shop'; BEGIN; INSERT INTO shop.orders VALUES (1)");
    plan(&bench);
    has(&bench, "(a long report) holds ACCESS SHARE since");
    has(&bench, "(the shop) holds ROW EXCLUSIVE since");
    /* an index waits for writers only, dropping one for readers as well */
    assert_true(strstr(strstr(str_text(&bench.kept.rows), "CREATE INDEX"), "the shop") != NULL);
    assert_true(strstr(strstr(str_text(&bench.kept.rows), "DROP INDEX"), "a long report") != NULL);
    run_sql(reader, "COMMIT");
    run_sql(writer, "COMMIT");
    plan(&bench);
    has_not(&bench, "holds");
    /* its size could not be asked for without waiting */
    run_sql(writer, "BEGIN; LOCK TABLE shop.orders");
    run_sql(bench.pg, "SET lock_timeout = '10s'");
    plan(&bench);
    has(&bench, "(the shop) holds ACCESS EXCLUSIVE since");
    run_sql(writer, "COMMIT");
    pg_close(reader);
    pg_close(writer);
    bench_end(&bench);
}

SERVER_TEST(what_does_not_parse_is_told_and_the_rest_planned)
{
    struct bench bench;

    bench_begin(&bench, who, "plan_syntax");
    put(&bench, "0002_wrong.sql", "-- migrate:up\nSELECT 1;\nALTER TABEL shop.orders ADD x int;\n");
    put(&bench, "0003_right.sql", "-- migrate:up\nALTER TABLE shop.orders ADD y int;\n");
    plan(&bench);
    has(&bench, "0002|0002_wrong.sql||ALTER TABEL shop.orders ADD x int;|||||||error syntax: syntax error at or near \"TABEL\" (0002_wrong.sql:3");
    has(&bench, "0003|0003_right.sql|2|ALTER TABLE shop.orders ADD y int|shop.orders|ACCESS EXCLUSIVE|");
    bench_end(&bench);
}

/* On an empty database, with the program's own files: every statement, and none that will be refused. */
SERVER_TEST(the_shipped_files_are_planned_on_an_empty_database)
{
    struct pg             *pg = fresh_database(who, "plan_shipped", NULL);
    struct migrate_options options = {.storage = "native"};
    struct kept            kept = KEPT_INIT;
    struct error           error = ERROR_INIT;

    must(migrate_plan(pg, &options, &kept.sink, &error), &error);
    assert_non_null(strstr(str_text(&kept.rows), "|CREATE TABLE analytics.fact_video_performance ( …|analytics.fact_video_performance|"));
    assert_null(strstr(str_text(&kept.rows), "error "));
    assert_null(strstr(str_text(&kept.rows), "warning "));
    assert_asked(pg, "SELECT count(*) FROM pg_namespace WHERE nspname = 'ops'", "0");
    kept_done(&kept);
    pg_close(pg);
}

/* -- verify ---------------------------------------------------------------------------------------------------------------------- */

/* 0 or ERR_FINDING. */
static int verify(struct bench *bench)
{
    int r = migrate_verify(bench->pg, &bench->options, &bench->kept.sink, &bench->error);

    if (r < 0 && r != ERR_FINDING)
        must(r, &bench->error);
    error_done(&bench->error);
    return r;
}

SERVER_TEST(a_warehouse_as_its_files_make_it_has_no_finding)
{
    struct bench bench;

    bench_begin(&bench, who, "verify_clean");
    assert_int_equal(verify(&bench), 0);
    assert_string_equal(str_text(&bench.kept.columns), "severity where message check");
    assert_string_equal(str_text(&bench.kept.rows), "");
    assert_asked(bench.pg, "SELECT count(*) FROM pg_database WHERE datname LIKE 'ytempire%verify%'", "0");
    bench_end(&bench);
}

SERVER_TEST(files_that_changed_or_went_are_found)
{
    struct bench               bench;
    _cleanup_(mem_freep) char *path = NULL;

    bench_begin(&bench, who, "verify_files");
    put(&bench, "0002_more.sql", "-- migrate:up\nCREATE TABLE shop.more (id int);\n");
    put(&bench, "0003_less.sql", "-- migrate:up\nCREATE TABLE shop.less (id int);\n");
    must(migrate_up(bench.pg, &bench.options, NULL, NULL, NULL, &bench.error), &bench.error);
    put(&bench, "0002_more.sql", "-- migrate:up\nCREATE TABLE shop.more (id bigint);\n");
    put(&bench, "0004_next.sql", "-- migrate:up\nSELECT 1;\n");
    assert_int_equal(verify(&bench), ERR_FINDING);
    has(&bench, "error|0002_more.sql|was changed after it was applied");
    has(&bench, "note|0004_next.sql|is not applied yet|pending");
    /* and what the changed file would make */
    has(&bench, "error|shop.more.id|the column is 'integer', the files make it 'bigint'|drift");
    path = path_join(bench.folder, "0003_less.sql");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(verify(&bench), ERR_FINDING);
    has(&bench, "error|0003_less.sql|was applied, and its file is missing");
    has(&bench, "not compared with what the files make: 0003_less.sql is missing");
    bench_end(&bench);
}

SERVER_TEST(an_interrupted_file_is_found)
{
    struct bench bench;

    bench_begin(&bench, who, "verify_interrupted");
    run_sql(bench.pg, "UPDATE ops.migrations SET state = 'running'");
    assert_int_equal(verify(&bench), ERR_FINDING);
    has(&bench, "error|0001_shop.sql|was begun at ");
    bench_end(&bench);
}

SERVER_TEST(an_invalid_index_is_found)
{
    struct bench bench;

    bench_begin(&bench, who, "verify_index");
    run_sql(bench.pg, "INSERT INTO shop.orders VALUES (1, 'a', true), (2, 'a', true)");
    assert_refused_sql(bench.pg, "CREATE UNIQUE INDEX CONCURRENTLY orders_twice ON shop.orders (buyer)", "23505", "orders_twice");
    assert_int_equal(verify(&bench), ERR_FINDING);
    has(&bench, "error|shop.orders_twice|is not valid, so no query uses it");
    has(&bench, "REINDEX INDEX CONCURRENTLY shop.orders_twice");
    bench_end(&bench);
}

struct drift {
    const char *sql, *wanted;
    int         r;
};

static const struct drift drifts[] = {
    {"ALTER TABLE shop.orders ADD COLUMN extra int", "error|shop.orders.extra|the column is not made by the files: somebody added it|drift", ERR_FINDING},
    {"ALTER TABLE shop.orders ALTER buyer SET NOT NULL", "error|shop.orders.buyer|the column is 'text not null', the files make it 'text'|drift", ERR_FINDING},
    {"ALTER TABLE shop.orders ALTER paid SET DEFAULT true", "error|shop.orders.paid|the column is 'boolean default true', the files make it 'boolean'|drift", ERR_FINDING},
    {"DROP INDEX shop.orders_buyer", "error|shop.orders_buyer|the index is missing: the files make it|drift", ERR_FINDING},
    {"DROP INDEX shop.orders_buyer; CREATE INDEX orders_buyer ON shop.orders (paid)", "error|shop.orders_buyer|the index is 'CREATE INDEX orders_buyer ON shop.orders USING btree (paid)'", ERR_FINDING},
    {"CREATE INDEX orders_paid ON shop.orders (paid)", "warning|shop.orders_paid|the index is not made by the files: somebody added it|drift", 0},
    {"CREATE OR REPLACE FUNCTION shop.total() RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'", "error|shop.total()|the function was changed: its text is not that of the files|drift", ERR_FINDING},
    {"CREATE OR REPLACE VIEW shop.paid AS SELECT * FROM shop.orders", "error|shop.paid|the view was changed", ERR_FINDING},
    {"DROP VIEW shop.paid", "error|shop.paid|the view is missing: the files make it|drift", ERR_FINDING},
    {"ALTER TABLE shop.orders DROP CONSTRAINT orders_pkey", "error|shop.orders orders_pkey|the constraint is missing", ERR_FINDING},
    {"ALTER TABLE shop.orders ADD CHECK (id > 0)", "error|shop.orders orders_id_check|the constraint is not made by the files", ERR_FINDING},
    {"CREATE FUNCTION shop.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER quiet BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.t()",
     "error|shop.orders quiet|the trigger is not made by the files", ERR_FINDING},
    {"ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY", "error|shop.orders|the table is 'row level security', the files make it ''", ERR_FINDING},
    {"GRANT DELETE ON shop.orders TO PUBLIC", "warning|shop.orders|who may do what differs: granted is 'public: delete', the files grant ''|drift", 0},
    {"CREATE TABLE ops.by_hand (id int)", "warning|ops.by_hand|the table is not made by the files", 0},
};

SERVER_TEST(what_was_changed_by_hand_is_found)
{
    for (size_t i = 0; i < COUNT_OF(drifts); i++) {
        struct bench bench;

        bench_begin(&bench, who, "verify_drift");
        run_sql(bench.pg, drifts[i].sql);
        if (verify(&bench) != drifts[i].r)
            fail_msg("%s: not of that severity\n%s", drifts[i].sql, str_text(&bench.kept.rows));
        has(&bench, drifts[i].wanted);
        bench_end(&bench);
    }
}

/* What models and other people make beside the warehouse is not the files' business. */
SERVER_TEST(what_others_make_is_no_drift)
{
    struct bench bench;

    bench_begin(&bench, who, "verify_others");
    run_sql(bench.pg, "CREATE SCHEMA theirs; CREATE TABLE theirs.t (id int PRIMARY KEY); CREATE TABLE shop.mine (id int); INSERT INTO shop.orders VALUES (1)");
    assert_int_equal(verify(&bench), 0);
    assert_string_equal(str_text(&bench.kept.rows), "");
    bench_end(&bench);
}

SERVER_TEST(without_the_right_to_make_a_database_it_says_so)
{
    struct bench bench;

    bench_begin(&bench, who, "verify_right");
    run_sql(bench.pg, "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'verify_poor') THEN CREATE ROLE verify_poor LOGIN; END IF; END $$;"
                      "GRANT USAGE ON SCHEMA ops TO verify_poor; GRANT SELECT ON ALL TABLES IN SCHEMA ops TO verify_poor");
    pg_close(bench.pg);
    bench.pg = open_as(who, "verify_right", "verify_poor");
    assert_int_equal(verify(&bench), 0);
    has(&bench, "warning|verify_right|the schema was not compared with what the files make: role verify_poor may not create a scratch database");
    bench.options.open_database = NULL;
    assert_int_equal(verify(&bench), 0);
    has(&bench, "no other database can be opened here");
    bench_end(&bench);
}

SERVER_TEST(a_scratch_database_left_behind_is_dropped)
{
    struct bench bench;

    bench_begin(&bench, who, "verify_left");
    run_sql(bench.pg, "DROP DATABASE IF EXISTS ytempire_verify_999999999");
    run_sql(bench.pg, "CREATE DATABASE ytempire_verify_999999999");
    run_sql(bench.pg, "DROP DATABASE IF EXISTS ytempire_verify_mine");
    run_sql(bench.pg, "CREATE DATABASE ytempire_verify_mine");
    assert_int_equal(verify(&bench), 0);
    assert_asked(bench.pg, "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'ytempire%verify%'", "ytempire_verify_mine");
    run_sql(bench.pg, "DROP DATABASE ytempire_verify_mine");
    bench_end(&bench);
}

/* Partitions come and go, the clock moves on: none of it is drift. */
SERVER_TEST(the_shipped_warehouse_in_use_has_no_drift)
{
    struct pg             *pg = fresh_database(who, "verify_shipped", NULL);
    struct migrate_options options = {.storage = "native", .open_database = open_database, .who = who};
    struct kept            kept = KEPT_INIT;
    struct error           error = ERROR_INIT;

    must(migrate_up(pg, &options, NULL, NULL, NULL, &error), &error);
    run_sql(pg, "SELECT ops.make_partitions('analytics.fact_costs', now() - interval '3 years', now());"
                "UPDATE ops.settings SET value = 'off' WHERE name = 'retention_days'");
    must(migrate_verify(pg, &options, &kept.sink, &error), &error);
    assert_string_equal(str_text(&kept.rows), "");
    run_sql(pg, "ALTER TABLE analytics.dim_video ADD COLUMN mood text; DROP INDEX analytics.idx_dim_video_channel;"
                "CREATE OR REPLACE FUNCTION tenant.user_id() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'; CREATE TABLE analytics.mart_x (id int)");
    assert_int_equal(migrate_verify(pg, &options, &kept.sink, &error), ERR_FINDING);
    assert_non_null(strstr(str_text(&kept.rows), "error|analytics.dim_video.mood|"));
    assert_non_null(strstr(str_text(&kept.rows), "error|analytics.idx_dim_video_channel|the index is missing"));
    assert_non_null(strstr(str_text(&kept.rows), "error|tenant.user_id()|the function was changed"));
    assert_non_null(strstr(str_text(&kept.rows), "note|analytics.mart_x|"));
    error_done(&error);
    kept_done(&kept);
    pg_close(pg);
}

/* Cancelled in the middle: the scratch database goes all the same. */
static void verify_task(void *who)
{
    struct bench *bench = who;

    bench->options.lock_wait_us = migrate_verify(bench->pg, &bench->options, &bench->kept.sink, &bench->error);
}

static struct task *cancelled_task;

static int cancel_then_open(void *who, const char *database, struct pg **ret_pg, struct error *error)
{
    task_cancel(cancelled_task, ERR_INTERRUPTED);
    return open_database(who, database, ret_pg, error);
}

static void cancelled(void *who)
{
    cancelled_task = task_current();
    verify_task(who);
    task_cancel_clear(task_current());
}

SERVER_TEST(a_cancelled_verify_leaves_nothing)
{
    struct bench bench;

    bench_begin(&bench, who, "verify_cancelled");
    bench.options.open_database = cancel_then_open;
    cancelled(&bench);
    assert_int_equal(bench.options.lock_wait_us, ERR_INTERRUPTED);
    assert_asked(bench.pg, "SELECT count(*) FROM pg_database WHERE datname LIKE 'ytempire%verify%'", "0");
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_pending_is_an_empty_table),
        cmocka_unit_test(each_pending_statement_is_told_with_its_lock),
        cmocka_unit_test(the_size_of_the_table_weighs_the_finding),
        cmocka_unit_test(who_stands_in_the_way_is_named),
        cmocka_unit_test(what_does_not_parse_is_told_and_the_rest_planned),
        cmocka_unit_test(the_shipped_files_are_planned_on_an_empty_database),
        cmocka_unit_test(a_warehouse_as_its_files_make_it_has_no_finding),
        cmocka_unit_test(files_that_changed_or_went_are_found),
        cmocka_unit_test(an_interrupted_file_is_found),
        cmocka_unit_test(an_invalid_index_is_found),
        cmocka_unit_test(what_was_changed_by_hand_is_found),
        cmocka_unit_test(what_others_make_is_no_drift),
        cmocka_unit_test(without_the_right_to_make_a_database_it_says_so),
        cmocka_unit_test(a_scratch_database_left_behind_is_dropped),
        cmocka_unit_test(the_shipped_warehouse_in_use_has_no_drift),
        cmocka_unit_test(a_cancelled_verify_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
