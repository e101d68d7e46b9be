/* ui: what the log pane shows. */
#include "ui_help.h"

#include <stdio.h>

#include "src/ui/statements.h"

static void add_numbers(struct statements *statements, int from, int to)
{
    for (int i = from; i <= to; i++) {
        char sql[32];

        snprintf(sql, sizeof sql, "SELECT %d", i);
        statements_add(statements, &(struct pg_trace){.sql = sql});
    }
}

static void passwords_are_not_shown(void **state)
{
    struct statements *statements = statements_new();
    struct canvas     *canvas = canvas_new(4, 50);
    struct str         text = STR_INIT;
    static const char *const asked[] = {
        "ALTER ROLE ann PASSWORD 'hunter2' LOGIN",
        "CREATE ROLE bob\n  Encrypted password   'it''s hunter2'",
        "SELECT 'hunter3' -- no password 'hunter2",
        "SELECT 1",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(asked); i++)
        statements_add(statements, &(struct pg_trace){.sql = asked[i]});
    statements_draw(statements, canvas, canvas_area(canvas), false);
    canvas_dump(canvas, &text);
    assert_null(strstr(str_text(&text), "hunter2"));
    assert_non_null(strstr(str_text(&text), "ALTER ROLE ann PASSWORD '*******' LOGIN\n"));
    assert_non_null(strstr(str_text(&text), "CREATE ROLE bob Encrypted password '"));
    assert_non_null(strstr(str_text(&text), "SELECT 'hunter3'"));
    assert_non_null(strstr(str_text(&text), "SELECT 1\n"));
    str_done(&text);
    canvas_free(canvas);
    statements_free(statements);
}

static void the_newest_thousand_are_kept(void **state)
{
    struct statements *statements = statements_new();
    struct canvas     *canvas = canvas_new(2, 40);
    struct str         text = STR_INIT;

    (void)state;
    add_numbers(statements, 1, 2500);
    statements_draw(statements, canvas, canvas_area(canvas), false);
    canvas_dump(canvas, &text);
    assert_non_null(strstr(str_text(&text), "SELECT 2499\n"));
    assert_non_null(strstr(str_text(&text), "SELECT 2500\n"));
    str_done(&text);
    canvas_free(canvas);
    statements_free(statements);
}

static void what_was_chosen_stays_while_more_comes(void **state)
{
    struct statements *statements = statements_new();
    struct canvas     *canvas = canvas_new(3, 40);

    (void)state;
    add_numbers(statements, 1, 20);
    statements_draw(statements, canvas, canvas_area(canvas), true);
    assert_string_equal(statements_text(statements), "SELECT 20");
    add_numbers(statements, 21, 21);
    assert_string_equal(statements_text(statements), "SELECT 21");
    assert_true(statements_move(statements, "up"));
    add_numbers(statements, 22, 1500);
    assert_int_equal(statements_count(statements), 1000);
    statements_move(statements, "top");
    assert_string_equal(statements_text(statements), "SELECT 501");
    statements_move(statements, "down");
    add_numbers(statements, 1501, 1501);
    assert_string_equal(statements_text(statements), "SELECT 502");
    statements_move(statements, "bottom");
    add_numbers(statements, 1502, 1502);
    assert_string_equal(statements_text(statements), "SELECT 1502");
    assert_false(statements_move(statements, "sideways"));
    canvas_free(canvas);
    statements_free(statements);
}

static void the_log_is_searched_both_ways_and_around(void **state)
{
    struct statements *statements = statements_new();
    struct error       error = ERROR_INIT;
    bool               around;

    (void)state;
    assert_null(statements_text(statements));
    statements_sought(statements, "x");
    assert_int_equal(statements_seek(statements, true, &around, &error), ERR_UNKNOWN);
    error_done(&error);
    add_numbers(statements, 1, 30);
    statements_sought(statements, "select 1");
    assert_int_equal(statements_seek(statements, true, &around, &error), 0);
    assert_string_equal(statements_text(statements), "SELECT 19");
    assert_false(around);
    assert_int_equal(statements_seek(statements, false, &around, &error), 0);
    assert_string_equal(statements_text(statements), "SELECT 1");
    assert_true(around);
    assert_int_equal(statements_seek(statements, true, &around, &error), 0);
    assert_string_equal(statements_text(statements), "SELECT 19");
    assert_true(around);
    statements_free(statements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords_are_not_shown),
        cmocka_unit_test(the_newest_thousand_are_kept),
        cmocka_unit_test(what_was_chosen_stays_while_more_comes),
        cmocka_unit_test(the_log_is_searched_both_ways_and_around),
    };

    return cmocka_run_group_tests_name("ui: statements", tests, NULL, NULL);
}
