/* engine: COPY both ways, against a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "server.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static long long one_int(struct desk *desk, const char *sql)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;

    assert_int_equal(pg_query(desk->pg, sql, NULL, 0, &result, &desk->error), 0);
    return pg_result_int(result, 0, 0);
}

static int gather(void *who, const char *bytes, size_t length, struct error *error)
{
    (void)error;
    str_add_bytes(who, bytes, length);
    return 0;
}

static int refuse(void *who, const char *bytes, size_t length, struct error *error)
{
    (void)bytes;
    (void)length;
    return ++*(int *)who == 3 ? error_set(error, ERR_CLOSED, "the pipe is closed") : 0;
}

SERVER_TEST(rows_go_in_and_come_out)
{
    struct desk *desk = who;
    struct str out = STR_INIT;
    long long rows = 0;

    assert_int_equal(pg_script(desk->pg, "create temp table t (a int, b text)", &desk->error), 0);
    assert_int_equal(pg_copy_begin(desk->pg, "copy t from stdin (format csv)", &desk->error), 0);
    assert_int_equal(pg_copy_put(desk->pg, "1,\"a,b\"\n2,", 10, &desk->error), 0);
    assert_int_equal(pg_copy_put(desk->pg, "\n", 1, &desk->error), 0);
    assert_int_equal(pg_copy_end(desk->pg, &rows, &desk->error), 0);
    assert_int_equal(rows, 2);
    assert_int_equal(pg_copy_out(desk->pg, "copy (select * from t order by a) to stdout (format csv, header)", gather, &out, &desk->error), 0);
    assert_string_equal(str_text(&out), "a,b\n1,\"a,b\"\n2,\n");
    str_done(&out);
}

SERVER_TEST(a_bad_row_is_the_servers_error_and_the_session_lives)
{
    struct desk *desk = who;
    long long rows = -1;

    assert_int_equal(pg_script(desk->pg, "create temp table t (a int)", &desk->error), 0);
    assert_int_equal(pg_copy_begin(desk->pg, "copy t from stdin", &desk->error), 0);
    assert_int_equal(pg_copy_put(desk->pg, "1\nx\n", 4, &desk->error), 0);
    assert_int_equal(pg_copy_end(desk->pg, &rows, &desk->error), ERR_SERVER);
    assert_string_equal(desk->error.sqlstate, "22P02");
    assert_int_equal(rows, -1);
    error_done(&desk->error);
    assert_int_equal(one_int(desk, "select count(*) from t"), 0);
}

SERVER_TEST(a_long_load_ends_when_the_server_refuses)
{
    struct desk *desk = who;
    char block[65536];
    int code = 0;

    memset(block, 'x', sizeof block);
    for (size_t i = 99; i < sizeof block; i += 100)
        block[i] = '\n';
    assert_int_equal(pg_script(desk->pg, "create temp table t (a int)", &desk->error), 0);
    assert_int_equal(pg_copy_begin(desk->pg, "copy t from stdin", &desk->error), 0);
    for (int i = 0; i < 500 && code == 0; i++)
        code = pg_copy_put(desk->pg, block, sizeof block, &desk->error);
    if (code == 0)
        code = pg_copy_end(desk->pg, NULL, &desk->error);
    assert_int_equal(code, ERR_SERVER);
    assert_string_equal(desk->error.sqlstate, "22P02");
    assert_int_equal(pg_copy_abandon(desk->pg, "nothing left to do"), 0);
    error_done(&desk->error);
    assert_int_equal(one_int(desk, "select 1"), 1);
}

SERVER_TEST(an_abandoned_load_leaves_nothing)
{
    struct desk *desk = who;

    assert_int_equal(pg_script(desk->pg, "create temp table t (a int)", &desk->error), 0);
    assert_int_equal(pg_copy_begin(desk->pg, "copy t from stdin", &desk->error), 0);
    assert_int_equal(pg_copy_put(desk->pg, "1\n", 2, &desk->error), 0);
    assert_int_equal(pg_copy_abandon(desk->pg, "the file is cut"), 0);
    assert_int_equal(one_int(desk, "select count(*) from t"), 0);
}

static void cancel_main(void *who)
{
    task_cancel(who, ERR_INTERRUPTED);
}

SERVER_TEST(a_cancelled_load_is_rolled_back)
{
    struct desk *desk = who;
    int code = 0;

    assert_int_equal(pg_script(desk->pg, "create temp table t (a int)", &desk->error), 0);
    assert_int_equal(pg_copy_begin(desk->pg, "copy t from stdin", &desk->error), 0);
    loop_timer(desk->loop, 20000, cancel_main, task_current());
    while (code == 0)
        code = pg_copy_put(desk->pg, "12345\n67890\n", 12, &desk->error);
    assert_int_equal(code, ERR_INTERRUPTED);
    assert_int_equal(pg_copy_abandon(desk->pg, NULL), 0);
    task_cancel_clear(task_current());
    error_done(&desk->error);
    assert_int_equal(one_int(desk, "select count(*) from t"), 0);
}

SERVER_TEST(a_cancel_before_the_end_keeps_nothing)
{
    struct desk *desk = who;

    assert_int_equal(pg_script(desk->pg, "create temp table t (a int)", &desk->error), 0);
    assert_int_equal(pg_copy_begin(desk->pg, "copy t from stdin", &desk->error), 0);
    assert_int_equal(pg_copy_put(desk->pg, "1\n", 2, &desk->error), 0);
    task_cancel(task_current(), ERR_TIMEOUT);
    assert_int_equal(pg_copy_end(desk->pg, NULL, &desk->error), ERR_TIMEOUT);
    task_cancel_clear(task_current());
    error_done(&desk->error);
    assert_int_equal(one_int(desk, "select count(*) from t"), 0);
}

SERVER_TEST(a_reader_that_went_away_stops_the_copy)
{
    struct desk *desk = who;
    int calls = 0;

    assert_int_equal(pg_copy_out(desk->pg, "copy (select generate_series(1, 100000000)) to stdout", refuse, &calls, &desk->error), ERR_CLOSED);
    assert_int_equal(calls, 3);
    error_done(&desk->error);
    assert_int_equal(one_int(desk, "select 1"), 1);
}

SERVER_TEST(what_is_no_copy_is_refused)
{
    struct desk *desk = who;
    struct str out = STR_INIT;

    assert_int_equal(pg_copy_out(desk->pg, "select 1", gather, &out, &desk->error), ERR_USAGE);
    error_done(&desk->error);
    assert_int_equal(pg_copy_begin(desk->pg, "copy (select 1) to stdout", &desk->error), ERR_USAGE);
    error_done(&desk->error);
    assert_int_equal(pg_copy_begin(desk->pg, "copy nowhere from stdin", &desk->error), ERR_SERVER);
    assert_string_equal(desk->error.sqlstate, "42P01");
    error_done(&desk->error);
    assert_int_equal(pg_copy_put(desk->pg, "1\n", 2, &desk->error), ERR_FAILED);
    error_done(&desk->error);
    assert_int_equal(one_int(desk, "select 1"), 1);
    str_done(&out);
}

SERVER_TEST(a_large_load_arrives_whole)
{
    struct desk *desk = who;
    struct str rows = STR_INIT;
    long long loaded = 0;

    for (int i = 0; i < 200000; i++)
        str_addf(&rows, "%d\tchannel %d\n", i, i % 250);
    assert_int_equal(pg_script(desk->pg, "create temp table t (a int, b text)", &desk->error), 0);
    assert_int_equal(pg_copy_begin(desk->pg, "copy t from stdin", &desk->error), 0);
    assert_int_equal(pg_copy_put(desk->pg, str_text(&rows), rows.length, &desk->error), 0);
    assert_int_equal(pg_copy_end(desk->pg, &loaded, &desk->error), 0);
    assert_int_equal(loaded, 200000);
    assert_int_equal(one_int(desk, "select sum(a) from t"), 19999900000);
    str_done(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_go_in_and_come_out),
        cmocka_unit_test(a_bad_row_is_the_servers_error_and_the_session_lives),
        cmocka_unit_test(a_long_load_ends_when_the_server_refuses),
        cmocka_unit_test(an_abandoned_load_leaves_nothing),
        cmocka_unit_test(a_cancelled_load_is_rolled_back),
        cmocka_unit_test(a_cancel_before_the_end_keeps_nothing),
        cmocka_unit_test(a_reader_that_went_away_stops_the_copy),
        cmocka_unit_test(what_is_no_copy_is_refused),
        cmocka_unit_test(a_large_load_arrives_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
