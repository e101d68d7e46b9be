/* ui: results and their history. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "src/ui/result.h"

static struct result *add_done(struct results *results, const char *command)
{
    struct result *result = results_add(results, command);

    result->state = RESULT_DONE;
    return result;
}

static void columns_and_note_are_copies(void **state)
{
    struct result     *result = result_new(1, "total_views by day");
    char               name[] = "total_views", remark[] = "cut at 10,000 rows", zone[] = "UTC";
    const char        *remarks[] = {remark};
    struct data_column column = {.name = name, .type = DATA_INT, .title = name};
    struct data_note   note = {.zone = zone, .remarks = remarks, .remark_count = 1, .limited = true};

    (void)state;
    assert_int_equal(result_columns(result, &column, 1), 0);
    result_note(result, &note);
    name[0] = remark[0] = zone[0] = '?';
    remarks[0] = NULL;
    assert_string_equal(result->columns[0].name, "total_views");
    assert_string_equal(result->columns[0].title, "total_views");
    assert_string_equal(result->note.remarks[0], "cut at 10,000 rows");
    assert_string_equal(result->note.zone, "UTC");
    assert_null(result->note.range);
    assert_true(result->has_note && result->note.limited);
    assert_int_equal(store_rows(result->rows), 0);
    result_free(result);
}

static void one_goes_back_and_forth(void **state)
{
    struct results *results = results_new();

    (void)state;
    assert_null(results_current(results));
    assert_null(results_step(results, -1));
    add_done(results, "one");
    add_done(results, "two");
    add_done(results, "three");
    assert_string_equal(results_current(results)->command, "three");
    assert_string_equal(results_step(results, -1)->command, "two");
    assert_string_equal(results_step(results, -5)->command, "one");
    assert_int_equal(results_index(results), 0);
    assert_string_equal(results_step(results, 1)->command, "two");
    assert_string_equal(results_step(results, 9)->command, "three");
    assert_string_equal(results_go(results, 1)->command, "one");
    assert_null(results_go(results, 7));
    assert_string_equal(results_current(results)->command, "one");
    results_free(results);
}

static void fifty_are_kept_and_one_that_runs(void **state)
{
    struct results *results = results_new();
    struct result  *running = results_add(results, "running");

    (void)state;
    for (int i = 0; i < 60; i++)
        add_done(results, "done");
    assert_int_equal(results_count(results), 50);
    assert_ptr_equal(results_go(results, 1), running);
    assert_null(results_go(results, 2));
    assert_int_equal(results_go(results, 61)->number, 61);
    results_drop_all(results);
    assert_int_equal(results_count(results), 1);
    assert_ptr_equal(results_current(results), running);
    running->state = RESULT_DONE;
    results_drop_all(results);
    assert_null(results_current(results));
    add_done(results, "next");
    assert_int_equal(results_current(results)->number, 62);
    results_free(results);
}

/* A sort or an export of millions of rows goes on in a task while fifty other commands are asked. */
static void a_result_in_use_is_not_dropped(void **state)
{
    struct results *results = results_new();
    struct result  *used = add_done(results, "two million rows");

    (void)state;
    used->uses = 1;
    for (int i = 0; i < 60; i++)
        add_done(results, "another");
    results_drop_all(results);
    assert_int_equal(results_count(results), 1);
    assert_ptr_equal(results_current(results), used);
    used->uses = 0;
    results_drop_all(results);
    assert_int_equal(results_count(results), 0);
    results_free(results);
}

static void past_results_keep_little_memory(void **state)
{
    struct results  *results = results_new();
    struct result   *result = add_done(results, "rows");
    char             text[100];
    struct data_cell cell = {text, sizeof text};

    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(result_columns(result, &(struct data_column){.name = "text"}, 1), 0);
    for (int i = 0; i < 50000; i++)
        assert_int_equal(store_add(result->rows, &cell, NULL), 0);
    assert_true(store_memory(result->rows) > 4000000);
    add_done(results, "next");
    assert_true(store_memory(result->rows) < 1000000);
    assert_int_equal(store_row(result->rows, 0, &cell, NULL), 0);
    assert_int_equal(cell.length, 100);
    results_free(results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_and_note_are_copies),
        cmocka_unit_test(one_goes_back_and_forth),
        cmocka_unit_test(fifty_are_kept_and_one_that_runs),
        cmocka_unit_test(a_result_in_use_is_not_dropped),
        cmocka_unit_test(past_results_keep_little_memory),
    };

    return cmocka_run_group_tests_name("ui: results", tests, NULL, NULL);
}
