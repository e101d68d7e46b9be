/* migrate: the files, how they are cut, and their checksums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/migrate/migrate_int.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"

/* -- a folder of files -------------------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/ytempire-files-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    char **names;
    size_t count;

    (void)state;
    assert_int_equal(file_list(folder, NULL, &names, &count, NULL), 0);
    for (size_t i = 0; i < count; i++) {
        _cleanup_(mem_freep) char *path = path_join(folder, names[i]);
        assert_int_equal(unlink(path), 0);
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

static struct migration_set *load(const char *engine)
{
    struct migration_set *set = NULL;
    struct error          error = ERROR_INIT;
    int                   r = migration_set_load(folder, engine, &set, &error);

    if (r < 0)
        fail_msg("%s", error.text);
    return set;
}

static void assert_refused(const char *text, const char *where, const char *word)
{
    struct migration_set *set = NULL;
    struct error          error = ERROR_INIT;

    put("0001_one.sql", text);
    assert_int_equal(migration_set_load(folder, "native", &set, &error), ERR_SYNTAX);
    assert_string_equal(error.where, where);
    assert_non_null(strstr(error.text, word));
    error_done(&error);
}

/* -- cases -------------------------------------------------------------------------------------------------------------- */

static void parts_know_their_lines(void **state)
{
    (void)state;
    put("0001_one.sql", "-- migrate:up\n-- why\nCREATE TABLE a ();\n\n-- migrate:down\nDROP TABLE a;\n");
    _cleanup_(migration_set_freep) struct migration_set *set = load("native");
    const struct migration *one = migration_set_at(set, 0);
    assert_string_equal(one->version, "0001");
    assert_string_equal(one->name, "one");
    assert_string_equal(one->file, "0001_one.sql");
    assert_string_equal(one->up, "-- why\nCREATE TABLE a ();\n\n");
    assert_int_equal(one->up_line, 2);
    assert_string_equal(one->down, "DROP TABLE a;\n");
    assert_int_equal(one->down_line, 6);
    assert_false(one->no_transaction);
    assert_false(migration_is_of_engine(one));
}

static void files_go_by_number_and_engine(void **state)
{
    (void)state;
    put("0002_b.native.sql", "-- migrate:up\nSELECT 'native';");
    put("0002_b.timescaledb.sql", "-- migrate:up\nSELECT 'timescaledb';");
    put("10_d.sql", "-- migrate:up\nSELECT 10;");
    put("0009_c.sql", "-- migrate:up\nSELECT 9;");
    put("0001_a.sql", "-- migrate:up\nSELECT 1;");
    _cleanup_(migration_set_freep) struct migration_set *native = load("native"), *timescaledb = load("timescaledb");
    assert_int_equal(migration_set_count(native), 4);
    assert_string_equal(migration_set_at(native, 0)->file, "0001_a.sql");
    assert_string_equal(migration_set_at(native, 1)->file, "0002_b.native.sql");
    assert_string_equal(migration_set_at(timescaledb, 1)->file, "0002_b.timescaledb.sql");
    assert_string_equal(migration_set_at(native, 2)->file, "0009_c.sql");
    assert_string_equal(migration_set_at(native, 3)->file, "10_d.sql");
    assert_true(migration_is_of_engine(migration_set_at(native, 1)));
    assert_string_equal(migration_set_at(timescaledb, 1)->up, "SELECT 'timescaledb';");
    assert_string_equal(migration_set_at(native, 1)->checksum, migration_set_at(timescaledb, 1)->checksum);
    assert_string_equal(migration_set_checksum(native), migration_set_checksum(timescaledb));
    assert_ptr_equal(migration_set_find(native, "2"), migration_set_at(native, 1));
    assert_ptr_equal(migration_set_find(native, "0010"), migration_set_at(native, 3));
    assert_null(migration_set_find(native, "3"));
}

/* The digests are sha256sum's of the same bytes. */
static void line_ends_do_not_change_a_checksum(void **state)
{
    (void)state;
    put("0001_one.sql", "-- migrate:up\nSELECT 1;\n");
    _cleanup_(migration_set_freep) struct migration_set *unix_ends = load("native");
    put("0001_one.sql", "\xEF\xBB\xBF-- migrate:up\r\nSELECT 1;\r\n");
    _cleanup_(migration_set_freep) struct migration_set *windows_ends = load("native");
    put("0001_one.sql", "-- migrate:up\nSELECT 2;\n");
    _cleanup_(migration_set_freep) struct migration_set *other = load("native");
    assert_string_equal(migration_set_at(unix_ends, 0)->checksum, "2be38f331755cac1a312dea121c3da64832ace82d37707cfd1a81ccd39dffbdf");
    assert_string_equal(migration_set_at(windows_ends, 0)->checksum, migration_set_at(unix_ends, 0)->checksum);
    assert_string_equal(migration_set_at(windows_ends, 0)->up, "SELECT 1;\n");
    assert_string_not_equal(migration_set_at(other, 0)->checksum, migration_set_at(unix_ends, 0)->checksum);
    assert_string_not_equal(migration_set_checksum(other), migration_set_checksum(unix_ends));
}

static void what_is_out_of_order_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_refused("SELECT 1;\n", "0001_one.sql:1", "there is no line '-- migrate:up'");
    assert_refused("\nSELECT 1;\n-- migrate:up\n", "0001_one.sql:2", "before '-- migrate:up'");
    assert_refused("-- migrate:up\nSELECT 1;\n-- migrate:up\n", "0001_one.sql:3", "stands once");
    assert_refused("-- migrate:down\nSELECT 1;\n-- migrate:up\n", "0001_one.sql:1", "after '-- migrate:up'");
    assert_refused("-- migrate:upp\nSELECT 1;\n", "0001_one.sql:1", "no-transaction");
    assert_refused("-- migrate:up\n\nCREATE TABLE a ();\nCOMMIT;\n", "0001_one.sql:4", "may not begin or end one");
    assert_refused("-- migrate:up\nSELECT 1;\n-- migrate:down\n\n/* \n */ begin;", "0001_one.sql:6", "may not begin or end one");
    assert_refused("-- migrate:no-transaction\n-- migrate:up\nSELECT 1;\nSELECT 2;\n", "0001_one.sql:4", "exactly one");
    assert_refused("-- migrate:no-transaction\n-- migrate:up\n-- nothing\n", "0001_one.sql:3", "exactly one");
    assert_refused("-- migrate:up\nSELECT 1;\nSELECT '\xff';\n", "0001_one.sql:3", "UTF-8");
}

static void names_and_pairs_are_checked(void **state)
{
    struct migration_set *set = NULL;
    struct error          error = ERROR_INIT;

    (void)state;
    put("0001_one.native.sql", "-- migrate:up\nSELECT 1;\n");
    assert_int_equal(migration_set_load(folder, "native", &set, &error), ERR_SYNTAX);
    assert_non_null(strstr(error.text, "one for the other"));
    error_done(&error);
    put("0001_one.timescaledb.sql", "-- migrate:up\nSELECT 1;\n");
    put("001_two.sql", "-- migrate:up\nSELECT 1;\n");
    assert_int_equal(migration_set_load(folder, "native", &set, &error), ERR_SYNTAX);
    assert_non_null(strstr(error.text, "its number is taken"));
    error_done(&error);
    put("two.sql", "-- migrate:up\nSELECT 1;\n");
    assert_int_equal(migration_set_load(folder, "native", &set, &error), ERR_SYNTAX);
    error_done(&error);
    assert_int_equal(migration_set_load("/nowhere/at/all", "native", &set, &error), ERR_IO);
    error_done(&error);
}

static void rolling_back_to_a_savepoint_is_no_end(void **state)
{
    (void)state;
    put("0001_one.sql", "-- migrate:up\nSAVEPOINT a;\nROLLBACK TO a;\n");
    _cleanup_(migration_set_freep) struct migration_set *set = load("native");
    assert_int_equal(migration_set_count(set), 1);
}

/* -- cutting ------------------------------------------------------------------------------------------------------------ */

static void assert_cut(const char *sql, ...)
{
    size_t      cursor = 0, at, length;
    const char *wanted;
    va_list     args;

    va_start(args, sql);
    while ((wanted = va_arg(args, const char *)) != NULL) {
        assert_true(migrate_split(sql, &cursor, &at, &length));
        _cleanup_(mem_freep) char *got = mem_strndup(sql + at, length);
        assert_string_equal(got, wanted);
    }
    assert_false(migrate_split(sql, &cursor, &at, &length));
    va_end(args);
}

static void semicolons_cut_where_psql_cuts(void **state)
{
    (void)state;
    assert_cut("", NULL);
    assert_cut(" ;; -- nothing;\n /* ; /* ; */ ; */ ;", NULL);
    assert_cut("a; b ;c", "a", "b", "c", NULL);
    assert_cut("-- why;\nselect ';' || \"a;b\" -- ;\n ; b", "select ';' || \"a;b\"", "b", NULL);
    assert_cut("select 'it''s;' , e'\\';' ; b", "select 'it''s;' , e'\\';'", "b", NULL);
    assert_cut("select '\\'; b", "select '\\'", "b", NULL);
    assert_cut("do $$ begin; end; $$; b", "do $$ begin; end; $$", "b", NULL);
    assert_cut("do $a$ $$;$b$; $a$; select $1;", "do $a$ $$;$b$; $a$", "select $1", NULL);
    assert_cut("create rule r as on insert to t do (a; b); c", "create rule r as on insert to t do (a; b)", "c", NULL);
    assert_cut("create function f() returns int begin atomic select case when true then 1 end; select 2; end; b",
               "create function f() returns int begin atomic select case when true then 1 end; select 2; end", "b", NULL);
    assert_cut("create table t (atomic int); b", "create table t (atomic int)", "b", NULL);
    assert_cut("select 'open; b", "select 'open; b", NULL);
    assert_cut("select $x$ open; b", "select $x$ open; b", NULL);
    assert_cut("select 1 /* open; b", "select 1", NULL);
}

/* -- the shipped ones --------------------------------------------------------------------------------------------------- */

static void the_shipped_files_load_for_both_engines(void **state)
{
    struct error error = ERROR_INIT;

    (void)state;
    for (int i = 0; i < 2; i++) {
        _cleanup_(migration_set_freep) struct migration_set *set = NULL;
        assert_int_equal(migration_set_load(NULL, i == 0 ? "native" : "timescaledb", &set, &error), 0);
        assert_true(migration_set_count(set) >= 12);
        for (size_t n = 0; n < migration_set_count(set); n++) {
            size_t cursor = 0, at, length;
            assert_true(migrate_split(migration_set_at(set, n)->down, &cursor, &at, &length));    /* all can be undone */
        }
    }
}

#define FILES_TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILES_TEST(parts_know_their_lines),
        FILES_TEST(files_go_by_number_and_engine),
        FILES_TEST(line_ends_do_not_change_a_checksum),
        FILES_TEST(what_is_out_of_order_is_refused_with_its_line),
        FILES_TEST(names_and_pairs_are_checked),
        FILES_TEST(rolling_back_to_a_savepoint_is_no_end),
        cmocka_unit_test(semicolons_cut_where_psql_cuts),
        cmocka_unit_test(the_shipped_files_load_for_both_engines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
