/* ui: what the log pane shows. */
#include "ui_help.h"

#include <stdio.h>

#include "src/ui/statements.h"

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
    statements_draw(statements, canvas, canvas_area(canvas));
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
    for (int i = 1; i <= 2500; i++) {
        char sql[32];

        snprintf(sql, sizeof sql, "SELECT %d", i);
        statements_add(statements, &(struct pg_trace){.sql = sql});
    }
    statements_draw(statements, canvas, canvas_area(canvas));
    canvas_dump(canvas, &text);
    assert_non_null(strstr(str_text(&text), "SELECT 2499\n"));
    assert_non_null(strstr(str_text(&text), "SELECT 2500\n"));
    str_done(&text);
    canvas_free(canvas);
    statements_free(statements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords_are_not_shown),
        cmocka_unit_test(the_newest_thousand_are_kept),
    };

    return cmocka_run_group_tests_name("ui: statements", tests, NULL, NULL);
}
