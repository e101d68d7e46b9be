/* migrate: what the runner does when all is not well. Against a real server, with files of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "migrate_help.h"

/* -- a folder of files -------------------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/ytempire-run-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    return mkdtemp(folder) == NULL;
}

static void take(const char *name)
{
    _cleanup_(mem_freep) char *path = path_join(folder, name);

    assert_int_equal(unlink(path), 0);
}

static int remove_folder(void **state)
{
    char **names;
    size_t count;

    (void)state;
    assert_int_equal(file_list(folder, NULL, &names, &count, NULL), 0);
    for (size_t i = 0; i < count; i++) {
        take(names[i]);
        mem_free(names[i]);
    }
    mem_free(names);
    return rmdir(folder);
}

static void put(const char *name, const char *text)
{
    _cleanup_(mem_freep) char *path = path_join(folder, name);

    assert_int_equal(file_write(path, text, strlen(text), 0644, NULL), 0);
}

static struct migrate_options options_here(void)
{
    return (struct migrate_options){.folder = folder, .storage = "native"};
}

static void up(struct pg *pg)
{
    struct migrate_options options = options_here();
    struct error           error = ERROR_INIT;

    must(migrate_up(pg, &options, NULL, NULL, NULL, &error), &error);
}

/* "0001 applied, 0002 pending" */
static void assert_status(struct pg *pg, const char *wanted)
{
    struct migrate_options options = options_here();
    struct kept            kept = KEPT_INIT;
    struct error           error = ERROR_INIT;
    struct str             got = STR_INIT;

    must(migrate_status(pg, &options, &kept.sink, &error), &error);
    for (char *line = kept.rows.data; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1) {
        const char *state = strchr(strchr(line, '|') + 1, '|') + 1;
        str_addf(&got, "%s%.4s %.*s", got.length > 0 ? ", " : "", line, (int)strcspn(state, "|"), state);
    }
    if (strcmp(str_text(&got), wanted) != 0)
        fail_msg("the status is '%s', not '%s'", str_text(&got), wanted);
    str_done(&got);
    kept_done(&kept);
}

/* Waits for what another session brings about: generously, and by looking. */
static void wait_for(struct pg *pg, const char *sql, const char *wanted)
{
    int64_t deadline = monotonic_us() + 120 * US_PER_SECOND;

    for (;;) {
        _cleanup_(mem_freep) char *got = ask(pg, sql);
        if (strcmp(got, wanted) == 0)
            return;
        if (monotonic_us() > deadline)
            fail_msg("%s\n  stays %s", sql, got);
        assert_int_equal(task_sleep(5000), 0);
    }
}

/* -- a migrator beside the test ----------------------------------------------------------------------------------------- */

struct other {
    struct pg             *pg;
    struct migrate_options options;
    struct kept            kept;
    size_t                 applied;
    struct error           error;
    int                    result;
    bool                   ended;
    struct task           *task;
};

static void other_main(void *who)
{
    struct other *other = who;

    other->result = migrate_up(other->pg, &other->options, NULL, &other->kept.sink, &other->applied, &other->error);
    other->ended = true;
}

static void other_start(struct desk *desk, struct other *other, struct pg *pg)
{
    *other = (struct other){.pg = pg, .options = options_here(), .kept = KEPT_INIT};
    other->task = task_start(desk->loop, other_main, other);
}

static void other_end(struct other *other)
{
    int64_t deadline = monotonic_us() + 120 * US_PER_SECOND;

    while (!other->ended && monotonic_us() < deadline)
        assert_int_equal(task_sleep(2000), 0);
    assert_true(other->ended);
}

static void other_done(struct other *other)
{
    kept_done(&other->kept);
    error_done(&other->error);
    pg_close(other->pg);
}

static void wait_for_text(struct other *other, const char *word)
{
    int64_t deadline = monotonic_us() + 120 * US_PER_SECOND;

    while (strstr(str_text(&other->kept.texts), word) == NULL) {
        if (other->ended || monotonic_us() > deadline)
            fail_msg("it never says '%s' but '%s'", word, str_text(&other->kept.texts));
        assert_int_equal(task_sleep(2000), 0);
    }
}

static void end_session(struct pg *by, struct pg *which)
{
    _cleanup_(mem_freep) char *kill = mem_printf("SELECT pg_terminate_backend(%d)", pg_backend_pid(which));
    _cleanup_(mem_freep) char *gone = mem_printf("SELECT count(*) FROM pg_stat_activity WHERE pid = %d", pg_backend_pid(which));

    run_sql(by, kill);
    wait_for(by, gone, "0");
}

/* -- one file, all or nothing ------------------------------------------------------------------------------------------- */

SERVER_TEST(a_file_that_fails_leaves_nothing_and_names_its_line)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "fails", NULL);
    struct migrate_options options = options_here();
    size_t                 applied = 7;

    put("0001_a.sql", "-- migrate:up\nCREATE TABLE a (x int);\n");
    put("0002_b.sql", "-- migrate:up\nCREATE TABLE b (x int);\n\nINSERT INTO b\nSELECT 'é', nothing_here FROM a;\n");
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, &applied, &desk->error), ERR_SERVER);
    _cleanup_(mem_freep) char *text = error_render(&desk->error);
    assert_string_equal(text, "error: 0002_b.sql:5:13: column \"nothing_here\" does not exist\n"
                              "  SELECT 'é', nothing_here FROM a\n"
                              "              ^^^^^^^^^^^^\n");
    assert_int_equal(applied, 1);
    assert_status(pg, "0001 applied, 0002 pending");
    assert_asked(pg, "SELECT to_regclass('public.b') IS NULL", "t");
    assert_false(pg_in_transaction(pg));
    pg_close(pg);
}

SERVER_TEST(an_error_without_a_place_names_its_statement)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "places", NULL);
    struct migrate_options options = options_here();

    put("0001_a.sql", "-- migrate:up\nCREATE TABLE a (x int CHECK (x > 0));\n-- why\nINSERT INTO a VALUES (1);\nINSERT INTO a\nVALUES (0);\n");
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_SERVER);
    assert_string_equal(desk->error.where, "0001_a.sql:5:1");
    assert_non_null(strstr(desk->error.text, "check constraint"));
    error_done(&desk->error);
    put("0001_a.sql", "-- migrate:up\nSELECT 1;\nDO $$\nBEGIN\n    PERFORM nothing_here;\nEND $$;\n");
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_SERVER);
    assert_string_equal(desk->error.where, "0001_a.sql:3:1");
    pg_close(pg);
}

SERVER_TEST(settings_are_as_they_were)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "settings", NULL);

    run_sql(pg, "SET statement_timeout = '77s'");
    put("0001_a.sql", "-- migrate:up\nSET search_path = pg_catalog;\nSET work_mem = '5MB';\nSET ROLE pg_monitor;\nSET statement_timeout = 0;\n");
    put("0002_b.sql", "-- migrate:up\nCREATE TABLE b ();\n-- migrate:down\nDROP TABLE b; SET work_mem = '9MB';\n");
    put("0003_c.sql", "-- migrate:no-transaction\n-- migrate:up\nVACUUM pg_am;\n");
    up(pg);
    assert_asked(pg, "SELECT to_regclass('public.b') IS NOT NULL, current_setting('work_mem'), current_setting('role'),"
                     " current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('search_path')",
                 "t|4MB|none|77s|0|\"$user\", public");
    pg_close(pg);
}

SERVER_TEST(who_what_and_when_is_written_down)
{
    struct desk *desk = who;
    struct pg   *pg = fresh_database(desk, "record", NULL);

    put("0001_a.sql", "-- migrate:up\nSELECT 1;\n");
    up(pg);
    assert_asked(pg, "SELECT version, name, file, state, engine, applied_by, baseline, duration_ms >= 0, applied_at >= started_at,"
                     " client LIKE '%, ytempire %', length(checksum) FROM ops.migrations",
                 "0001|a|0001_a.sql|applied|native|postgres|f|t|t|t|64");
    assert_asked(pg, "SELECT count(*) FROM ops.migrator", "0");
    assert_asked(pg, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0");
    pg_close(pg);
}

/* -- files that change -------------------------------------------------------------------------------------------------- */

SERVER_TEST(a_changed_file_stops_up_and_line_ends_do_not)
{
    char                  *text;
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "changes", NULL);
    struct migrate_options options = options_here();

    put("0001_a.sql", "-- migrate:up\nCREATE TABLE a ();\n-- migrate:down\nDROP TABLE a;\n");
    put("0002_b.sql", "-- migrate:up\nSELECT 2;\n");
    up(pg);
    put("0001_a.sql", "-- migrate:up\r\nCREATE TABLE a ();\r\n-- migrate:down\r\nDROP TABLE a;\r\n");
    put("0003_c.sql", "-- migrate:up\nCREATE TABLE c ();\n");
    assert_status(pg, "0001 applied, 0002 applied, 0003 pending");
    assert_false(migrate_is_current(pg, &options, NULL));
    up(pg);
    assert_true(migrate_is_current(pg, &options, NULL));
    put("0001_a.sql", "-- migrate:up\nCREATE TABLE a (x int);\n-- migrate:down\nDROP TABLE a;\n");
    put("0004_d.sql", "-- migrate:up\nCREATE TABLE d ();\n");
    take("0002_b.sql");
    assert_status(pg, "0001 changed, 0002 missing, 0003 applied, 0004 pending");
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_CONFLICT);
    text = error_render(&desk->error);
    assert_true(text_starts(text, "error: 0001_a.sql was changed after it was applied\n"));
    mem_free(text);
    assert_non_null(strstr(desk->error.hint, "new file"));
    assert_asked(pg, "SELECT to_regclass('public.d') IS NULL", "t");
    put("0001_a.sql", "-- migrate:up\nCREATE TABLE a ();\n-- migrate:down\nDROP TABLE a;\n");
    up(pg);
    assert_status(pg, "0001 applied, 0002 missing, 0003 applied, 0004 applied");
    assert_true(migrate_is_current(pg, &options, NULL));
    pg_close(pg);
}

SERVER_TEST(a_file_that_comes_late_is_applied_and_told)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "late", NULL);
    struct migrate_options options = options_here();
    struct kept            kept = KEPT_INIT;

    put("0003_c.sql", "-- migrate:up\nSELECT 3;\n");
    up(pg);
    put("0002_b.sql", "-- migrate:up\nSELECT 2;\n");
    must(migrate_up(pg, &options, NULL, &kept.sink, NULL, &desk->error), &desk->error);
    assert_non_null(strstr(str_text(&kept.texts), "0002_b.sql is older than 0003_c.sql"));
    assert_status(pg, "0002 applied, 0003 applied");
    kept_done(&kept);
    pg_close(pg);
}

/* -- down --------------------------------------------------------------------------------------------------------------- */

SERVER_TEST(down_goes_back_in_reverse_or_not_at_all)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "downs", NULL);
    struct migrate_options options = options_here();
    size_t                 undone = 0, count;
    char                 **files, *version, *text;

    put("0001_a.sql", "-- migrate:up\nCREATE TABLE a (x int PRIMARY KEY);\n");
    put("0002_b.sql", "-- migrate:up\nCREATE TABLE b (x int REFERENCES a);\n-- migrate:down\nDROP TABLE b;\n");
    put("0003_c.sql", "-- migrate:up\nCREATE VIEW c AS SELECT * FROM b;\n-- migrate:down\nDROP VIEW c;\n");
    up(pg);
    assert_int_equal(migrate_down(pg, &options, "0", NULL, &undone, &desk->error), ERR_FAILED);
    text = error_render(&desk->error);
    assert_true(text_starts(text, "error: 0001_a.sql:3: the file has no part 'down': it cannot be undone\n"));
    mem_free(text);
    error_done(&desk->error);
    assert_status(pg, "0001 applied, 0002 applied, 0003 applied");
    assert_int_equal(migrate_down(pg, &options, "9", NULL, &undone, &desk->error), ERR_UNKNOWN);
    error_done(&desk->error);
    must(migrate_would_undo(pg, &options, "1", &files, &count, &desk->error), &desk->error);
    assert_int_equal(count, 2);
    assert_string_equal(files[0], "0003_c.sql");
    assert_string_equal(files[1], "0002_b.sql");
    mem_free(files[0]);
    mem_free(files[1]);
    mem_free(files);
    must(migrate_before_newest(pg, &version, &desk->error), &desk->error);
    assert_string_equal(version, "0002");
    mem_free(version);
    must(migrate_down(pg, &options, "1", NULL, &undone, &desk->error), &desk->error);
    assert_int_equal(undone, 2);
    assert_status(pg, "0001 applied, 0002 pending, 0003 pending");
    must(migrate_newest(pg, &version, &desk->error), &desk->error);
    assert_string_equal(version, "0001");
    mem_free(version);
    pg_close(pg);
}

SERVER_TEST(up_goes_as_far_as_it_is_told)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "upto", NULL);
    struct migrate_options options = options_here();
    size_t                 applied;

    put("0001_a.sql", "-- migrate:up\nSELECT 1;\n");
    put("0002_b.sql", "-- migrate:up\nSELECT 2;\n");
    put("0003_c.sql", "-- migrate:up\nSELECT 3;\n");
    must(migrate_up(pg, &options, "2", NULL, &applied, &desk->error), &desk->error);
    assert_int_equal(applied, 2);
    assert_status(pg, "0001 applied, 0002 applied, 0003 pending");
    assert_int_equal(migrate_up(pg, &options, "7", NULL, &applied, &desk->error), ERR_UNKNOWN);
    pg_close(pg);
}

SERVER_TEST(a_baseline_notes_and_runs_nothing)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "baseline", NULL);
    struct migrate_options options = options_here();
    size_t                 marked;

    put("0001_a.sql", "-- migrate:up\nCREATE TABLE a ();\n");
    put("0002_b.sql", "-- migrate:up\nCREATE TABLE b ();\n");
    must(migrate_baseline(pg, &options, "1", NULL, &marked, &desk->error), &desk->error);
    assert_int_equal(marked, 1);
    assert_status(pg, "0001 applied, 0002 pending");
    assert_asked(pg, "SELECT to_regclass('public.a') IS NULL, baseline FROM ops.migrations", "t|t");
    up(pg);
    assert_asked(pg, "SELECT to_regclass('public.a') IS NULL, to_regclass('public.b') IS NOT NULL", "t|t");
    pg_close(pg);
}

/* -- two at once -------------------------------------------------------------------------------------------------------- */

SERVER_TEST(two_migrators_take_turns)
{
    struct desk *desk = who;
    struct pg   *pg = fresh_database(desk, "turns", NULL);
    struct other one, two;

    run_sql(pg, "CREATE TABLE gate ()");
    put("0001_a.sql", "-- migrate:up\nCREATE TABLE a ();\nINSERT INTO gate SELECT;\nLOCK TABLE gate IN ACCESS EXCLUSIVE MODE;\n");
    put("0002_b.sql", "-- migrate:up\nCREATE TABLE b ();\n");
    run_sql(pg, "BEGIN; LOCK TABLE gate IN SHARE ROW EXCLUSIVE MODE");
    other_start(desk, &one, open_as(desk, "turns", NULL));
    wait_for_text(&one, "0001_a.sql waits for a lock");
    other_start(desk, &two, open_as(desk, "turns", NULL));
    wait_for_text(&two, "waiting for another migrator: ytempire (process ");
    assert_non_null(strstr(str_text(&two.kept.texts), ", at 0001_a.sql up"));
    run_sql(pg, "COMMIT");
    other_end(&one);
    other_end(&two);
    must(one.result, &one.error);
    must(two.result, &two.error);
    assert_int_equal(one.applied, 2);
    assert_int_equal(two.applied, 0);
    assert_status(pg, "0001 applied, 0002 applied");
    other_done(&one);
    other_done(&two);
    pg_close(pg);
}

/* The tables of the runner itself are made only once, whoever comes first. */
SERVER_TEST(many_begin_on_an_empty_database)
{
    struct desk *desk = who;
    struct pg   *pg = fresh_database(desk, "many", NULL);
    struct other others[6];
    size_t       applied = 0;

    put("0001_a.sql", "-- migrate:up\nCREATE TABLE a ();\n");
    for (size_t i = 0; i < COUNT_OF(others); i++)
        other_start(desk, &others[i], open_as(desk, "many", NULL));
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        other_end(&others[i]);
        must(others[i].result, &others[i].error);
        applied += others[i].applied;
        other_done(&others[i]);
    }
    assert_int_equal(applied, 1);
    pg_close(pg);
}

SERVER_TEST(a_migrator_that_stays_too_long_is_named)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "named", NULL), *late = open_as(desk, "named", NULL);
    struct migrate_options options = options_here();

    put("0001_a.sql", "-- migrate:up\nSELECT 1;\n");
    run_sql(pg, "SET application_name = 'night shift'");
    assert_asked(pg, "SELECT pg_try_advisory_lock(hashtextextended('ytempire migrate', 0))", "t");
    options.lock_wait_us = 1000;
    assert_int_equal(migrate_up(late, &options, NULL, NULL, NULL, &desk->error), ERR_CONFLICT);
    assert_non_null(strstr(desk->error.text, "another migrator is at work: night shift (process "));
    assert_asked(late, "SELECT count(*) FROM pg_namespace WHERE nspname = 'ops'", "0");
    pg_close(late);
    pg_close(pg);
}

/* -- ends that nobody wanted -------------------------------------------------------------------------------------------- */

SERVER_TEST(a_migrator_killed_in_mid_file_leaves_nothing)
{
    struct desk *desk = who;
    struct pg   *pg = fresh_database(desk, "killed", NULL);
    struct other other;

    run_sql(pg, "CREATE TABLE gate AS SELECT 1 AS shut");
    put("0001_a.sql", "-- migrate:up\nCREATE TABLE a ();\n");
    put("0002_b.sql", "-- migrate:up\nCREATE TABLE b ();\nSELECT pg_sleep(600) FROM gate;\n");
    other_start(desk, &other, open_as(desk, "killed", NULL));
    wait_for(pg, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600) FROM gate%' AND state = 'active' AND pid <> pg_backend_pid()", "1");
    assert_asked(pg, "SELECT doing FROM ops.migrator", "0002_b.sql up");
    end_session(pg, other.pg);
    other_end(&other);
    assert_int_equal(other.result, ERR_CONNECT);
    assert_int_equal(other.applied, 1);
    other_done(&other);
    assert_status(pg, "0001 applied, 0002 pending");
    assert_asked(pg, "SELECT to_regclass('public.b') IS NULL", "t");
    run_sql(pg, "DELETE FROM gate");
    up(pg);                                             /* the lock went with the session */
    assert_status(pg, "0001 applied, 0002 applied");
    pg_close(pg);
}

SERVER_TEST(an_interrupted_task_rolls_back_and_lets_go)
{
    struct desk *desk = who;
    struct pg   *pg = fresh_database(desk, "interrupted", NULL);
    struct other other;

    run_sql(pg, "CREATE TABLE gate AS SELECT 1 AS shut");
    put("0001_a.sql", "-- migrate:up\nCREATE TABLE a ();\nSELECT pg_sleep(600) FROM gate;\n");
    other_start(desk, &other, open_as(desk, "interrupted", NULL));
    wait_for(pg, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600) FROM gate%' AND state = 'active' AND pid <> pg_backend_pid()", "1");
    task_cancel(other.task, ERR_INTERRUPTED);
    other_end(&other);
    assert_int_equal(other.result, ERR_INTERRUPTED);
    assert_false(pg_in_transaction(other.pg));
    assert_asked(pg, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0");
    assert_asked(pg, "SELECT count(*) FROM ops.migrator", "0");
    assert_status(pg, "0001 pending");
    other_done(&other);
    pg_close(pg);
}

SERVER_TEST(a_reader_is_waited_for_without_blocking_others)
{
    struct desk *desk = who;
    struct pg   *pg = fresh_database(desk, "reader", NULL), *third = open_as(desk, "reader", NULL);
    struct other other;

    run_sql(pg, "CREATE TABLE a (x int)");
    put("0001_a.sql", "-- migrate:up\nCREATE TABLE b ();\nALTER TABLE a ADD COLUMN y int;\n");
    run_sql(pg, "BEGIN; SELECT * FROM a");
    other_start(desk, &other, open_as(desk, "reader", NULL));
    wait_for_text(&other, "0001_a.sql waits for a lock");
    run_sql(third, "SET lock_timeout = '20s'; SELECT * FROM a");      /* gets through in between */
    run_sql(pg, "COMMIT");
    other_end(&other);
    must(other.result, &other.error);
    assert_asked(pg, "SELECT count(*) FROM pg_attribute WHERE attrelid = 'a'::regclass AND attname = 'y'", "1");
    other_done(&other);
    pg_close(third);
    pg_close(pg);
}

SERVER_TEST(a_lock_that_is_never_to_be_had_is_an_error)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "never", NULL), *two = open_as(desk, "never", NULL);
    struct migrate_options options = options_here();

    run_sql(pg, "CREATE TABLE a (x int)");
    put("0001_a.sql", "-- migrate:up\nSELECT 1;\nALTER TABLE a ADD COLUMN y int;\n");
    run_sql(pg, "BEGIN; SELECT * FROM a");
    options.lock_wait_us = 1000;
    assert_int_equal(migrate_up(two, &options, NULL, NULL, NULL, &desk->error), ERR_SERVER);
    assert_string_equal(desk->error.sqlstate, "55P03");
    assert_string_equal(desk->error.where, "0001_a.sql:3:1");
    assert_non_null(strstr(desk->error.hint, "migrate plan"));
    pg_close(two);
    pg_close(pg);
}

/* -- outside a transaction ---------------------------------------------------------------------------------------------- */

#define INDEX_FILE "-- migrate:no-transaction\n-- migrate:up\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_x ON a (x);\n-- migrate:down\nDROP INDEX CONCURRENTLY a_x;\n"
#define INDEX_STATE "SELECT (SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('a_x')), (SELECT state FROM ops.migrations)"

SERVER_TEST(an_index_is_made_concurrently_and_undone)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "outside", NULL);
    struct migrate_options options = options_here();

    run_sql(pg, "CREATE TABLE a AS SELECT generate_series(1, 100) AS x");
    put("0001_a.sql", INDEX_FILE);
    up(pg);
    assert_asked(pg, INDEX_STATE, "t|applied");
    must(migrate_down(pg, &options, "0", NULL, NULL, &desk->error), &desk->error);
    assert_asked(pg, INDEX_STATE, "|");
    pg_close(pg);
}

/* A transaction that began before keeps it from ending. */
SERVER_TEST(an_index_whose_migrator_was_killed_is_looked_into)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "halves", NULL), *old = open_as(desk, "halves", NULL);
    struct migrate_options options = options_here();
    struct other           other;

    run_sql(pg, "CREATE TABLE a AS SELECT generate_series(1, 100) AS x; CREATE TABLE b ()");
    put("0001_a.sql", INDEX_FILE);
    run_sql(old, "BEGIN; INSERT INTO a VALUES (101)");
    other_start(desk, &other, open_as(desk, "halves", NULL));
    wait_for(pg, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE UNIQUE INDEX CONC%' AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()", "1");
    assert_status(pg, "0001 running");
    end_session(pg, other.pg);
    other_end(&other);
    assert_int_equal(other.result, ERR_CONNECT);
    other_done(&other);
    assert_asked(pg, INDEX_STATE, "f|running");
    assert_status(pg, "0001 failed");
    assert_false(migrate_is_current(pg, &options, NULL));
    run_sql(old, "COMMIT");

    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_CONFLICT);
    assert_non_null(strstr(desk->error.text, "index public.a_x exists and is not valid"));
    assert_non_null(strstr(desk->error.hint, "--recover repair"));
    error_done(&desk->error);
    options.recover = "resume";                          /* IF NOT EXISTS would take the half for the whole */
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_CONFLICT);
    error_done(&desk->error);
    options.recover = "repair";
    must(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), &desk->error);
    assert_asked(pg, INDEX_STATE, "t|applied");
    pg_close(old);
    pg_close(pg);
}

SERVER_TEST(an_index_that_cannot_be_unique_says_what_it_left)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "twice", NULL);
    struct migrate_options options = options_here();

    run_sql(pg, "CREATE TABLE a AS SELECT 1 AS x UNION ALL SELECT 1");
    put("0001_a.sql", INDEX_FILE);
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_SERVER);
    assert_string_equal(desk->error.sqlstate, "23505");
    assert_string_equal(desk->error.where, "0001_a.sql:3:1");
    error_done(&desk->error);
    assert_asked(pg, INDEX_STATE, "f|running");
    run_sql(pg, "DELETE FROM a");
    options.recover = "repair";
    must(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), &desk->error);
    assert_asked(pg, INDEX_STATE, "t|applied");
    pg_close(pg);
}

static void pretend_interrupted(struct pg *pg, const char *state)
{
    _cleanup_(mem_freep) char *sql = mem_printf("UPDATE ops.migrations SET state = '%s'", state);

    run_sql(pg, sql);
}

SERVER_TEST(an_index_that_is_whole_is_marked)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "wholes", NULL);
    struct migrate_options options = options_here();

    run_sql(pg, "CREATE TABLE a (x int)");
    put("0001_a.sql", INDEX_FILE);
    up(pg);
    pretend_interrupted(pg, "running");
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_CONFLICT);
    assert_non_null(strstr(desk->error.text, "index public.a_x exists and is valid"));
    assert_non_null(strstr(desk->error.hint, "--recover mark"));
    error_done(&desk->error);
    options.recover = "repair";
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_CONFLICT);
    assert_non_null(strstr(desk->error.text, "nothing to repair"));
    error_done(&desk->error);
    options.recover = "mark";
    must(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), &desk->error);
    assert_status(pg, "0001 applied");
    pretend_interrupted(pg, "undoing");
    options.recover = "resume";
    must(migrate_up(pg, &options, "1", NULL, NULL, &desk->error), &desk->error);      /* undone, and applied again */
    assert_asked(pg, INDEX_STATE, "t|applied");
    pg_close(pg);
}

SERVER_TEST(what_never_began_is_resumed)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "nothings", NULL);
    struct migrate_options options = options_here();

    run_sql(pg, "CREATE TYPE mood AS ENUM ('fine')");
    put("0001_a.sql", "-- migrate:no-transaction\n-- migrate:up\nALTER TYPE mood ADD VALUE 'it''s ok';\n");
    up(pg);
    run_sql(pg, "DROP TYPE mood; CREATE TYPE mood AS ENUM ('fine')");
    pretend_interrupted(pg, "running");
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_CONFLICT);
    assert_non_null(strstr(desk->error.text, "type mood has no value 'it's ok'"));
    error_done(&desk->error);
    options.recover = "resume";
    must(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), &desk->error);
    assert_asked(pg, "SELECT string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_enum", "fine, it's ok");
    assert_status(pg, "0001 applied");
    pg_close(pg);
}

SERVER_TEST(a_statement_refused_before_it_began_is_forgotten)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "refusals", NULL);
    struct migrate_options options = options_here();

    put("0001_a.sql", "-- migrate:no-transaction\n-- migrate:up\nVACUUM nothing_here;\n");
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_SERVER);
    error_done(&desk->error);
    assert_status(pg, "0001 pending");
    put("0001_a.sql", "-- migrate:no-transaction\n-- migrate:up\nCREATE INDEX CONCURRENTLY a_x ON nothing_here (x);\n");
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_SERVER);
    assert_status(pg, "0001 pending");
    pg_close(pg);
}

/* -- engine, settings --------------------------------------------------------------------------------------------------- */

SERVER_TEST(the_engine_is_chosen_once_with_its_reason)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "engines", NULL);
    struct migrate_options options = {.folder = folder, .private_database = true};
    struct kept            kept = KEPT_INIT;

    put("0001_a.native.sql", "-- migrate:up\nSELECT 1;\n");
    put("0001_a.timescaledb.sql", "-- migrate:up\nSELECT 1;\n");
    options.storage = "columnar";
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_USAGE);
    error_done(&desk->error);
    assert_asked(pg, "SELECT count(*) FROM ops.migrations", "0");
    options.storage = NULL;
    if (getenv("YTEMPIRE_TEST_DSN") == NULL) {          /* the test's own server has no TimescaleDB preloaded */
        options.storage = "timescaledb";
        assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_FAILED);
        assert_non_null(strstr(desk->error.text, "the storage engine cannot be timescaledb: "));
        error_done(&desk->error);
        options.storage = NULL;
        must(migrate_up(pg, &options, NULL, &kept.sink, NULL, &desk->error), &desk->error);
        assert_int_equal(strncmp(str_text(&kept.texts), "storage engine: native (", 24), 0);
        assert_asked(pg, "SELECT value, reason ~ 'timescaledb (is not in shared_preload_libraries|.*not installed)|extension timescaledb'"
                         " FROM ops.settings WHERE name = 'storage_engine'", "native|t");
    }
    options.storage = "timescaledb";
    must(migrate_up(pg, &(struct migrate_options){.folder = folder, .storage = "native"}, NULL, NULL, NULL, &desk->error), &desk->error);
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_CONFLICT);
    assert_asked(pg, "SELECT value FROM ops.settings WHERE name = 'retention_days'", "off");
    kept_done(&kept);
    pg_close(pg);
}

/* -- the stamp ---------------------------------------------------------------------------------------------------------- */

static void a_stamp_knows_its_files(void **state)
{
    struct migrate_options     options = options_here();
    struct error               error = ERROR_INIT;
    _cleanup_(mem_freep) char *stamp = path_join(folder, "stamp"), *file = path_join(folder, "0001_a.sql");
    struct timespec            times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};

    (void)state;
    put("0001_a.sql", "-- migrate:up\nSELECT 1;\n");
    assert_false(migrate_stamp_is_current(&options, stamp));
    must(migrate_stamp(&options, stamp, &error), &error);
    assert_true(migrate_stamp_is_current(&options, stamp));
    assert_int_equal(utimensat(AT_FDCWD, file, times, 0), 0);              /* copied: the same bytes at another time */
    assert_true(migrate_stamp_is_current(&options, stamp));
    put("0001_a.sql", "-- migrate:up\nSELECT 2;\n");                       /* the same size */
    assert_false(migrate_stamp_is_current(&options, stamp));
    put("0001_a.sql", "-- migrate:up\nSELECT 1;\n");
    assert_true(migrate_stamp_is_current(&options, stamp));
    put("0002_b.sql", "-- migrate:up\nSELECT 1;\n");
    assert_false(migrate_stamp_is_current(&options, stamp));
    take("0002_b.sql");
    must(migrate_stamp_drop(stamp, &error), &error);
    must(migrate_stamp_drop(stamp, &error), &error);
    assert_false(migrate_stamp_is_current(&options, stamp));
    put("stamp", "short");
    assert_false(migrate_stamp_is_current(&options, stamp));
}

static void a_new_file_has_the_next_number(void **state)
{
    struct migrate_options options = options_here();
    struct kept            kept = KEPT_INIT;
    struct error           error = ERROR_INIT;

    (void)state;
    put("0009_a.sql", "-- migrate:up\nSELECT 1;\n");
    must(migrate_new(&options, "add_language", false, true, &kept.sink, &error), &error);
    assert_string_equal(str_text(&kept.columns), "file");
    assert_non_null(strstr(str_text(&kept.rows), "/0010_add_language.sql\n"));
    assert_int_equal(migrate_new(&options, "Add Language", false, false, &kept.sink, &error), ERR_USAGE);
    error_done(&error);
    put("0010_add_language.sql", "-- migrate:up\nSELECT 1;\n");
    must(migrate_new(&options, "rollup", true, false, &kept.sink, &error), &error);
    assert_non_null(strstr(str_text(&kept.rows), "/0011_rollup.native.sql\n"));
    assert_non_null(strstr(str_text(&kept.rows), "/0011_rollup.timescaledb.sql\n"));
    kept_done(&kept);
}

#define RUN_TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(a_stamp_knows_its_files),
        RUN_TEST(a_new_file_has_the_next_number),
        RUN_TEST(a_file_that_fails_leaves_nothing_and_names_its_line),
        RUN_TEST(an_error_without_a_place_names_its_statement),
        RUN_TEST(settings_are_as_they_were),
        RUN_TEST(who_what_and_when_is_written_down),
        RUN_TEST(a_changed_file_stops_up_and_line_ends_do_not),
        RUN_TEST(a_file_that_comes_late_is_applied_and_told),
        RUN_TEST(down_goes_back_in_reverse_or_not_at_all),
        RUN_TEST(up_goes_as_far_as_it_is_told),
        RUN_TEST(a_baseline_notes_and_runs_nothing),
        RUN_TEST(two_migrators_take_turns),
        RUN_TEST(many_begin_on_an_empty_database),
        RUN_TEST(a_migrator_that_stays_too_long_is_named),
        RUN_TEST(a_migrator_killed_in_mid_file_leaves_nothing),
        RUN_TEST(an_interrupted_task_rolls_back_and_lets_go),
        RUN_TEST(a_reader_is_waited_for_without_blocking_others),
        RUN_TEST(a_lock_that_is_never_to_be_had_is_an_error),
        RUN_TEST(an_index_is_made_concurrently_and_undone),
        RUN_TEST(an_index_whose_migrator_was_killed_is_looked_into),
        RUN_TEST(an_index_that_cannot_be_unique_says_what_it_left),
        RUN_TEST(an_index_that_is_whole_is_marked),
        RUN_TEST(what_never_began_is_resumed),
        RUN_TEST(a_statement_refused_before_it_began_is_forgotten),
        RUN_TEST(the_engine_is_chosen_once_with_its_reason),
    };

    prepare_engine();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
