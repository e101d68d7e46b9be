/* ui: the prompt in vi mode, as the person's inputrc says. */
#include "ui_prompt_help.h"

static void the_mode_is_shown_and_escape_is_at_once(void **state)
{
    (void)state;
    type("total_views");
    assert_drawn(2, 40, "\n (ins)ytempire> total_views\n");
    assert_looks(1, "ppppppppppppppppmmmmmmmmmmm");
    type("\x1b");
    assert_drawn(2, 40, "\n (cmd)ytempire> total_views\n");
    assert_cursor(1, 26);
    type("0xA!");
    assert_text("otal_views!");
    assert_drawn(2, 40, "\n (ins)ytempire> otal_views!\n");
    type("\x1b" "0Crevenue\x1b");                 /* ESC and 0 at once are no Alt-0 */
    assert_drawn(2, 40, "\n (cmd)ytempire> revenue\n");
}

static void undo_and_changes(void **state)
{
    (void)state;
    type("revenue by day\x1b" "bdwu");
    assert_text("revenue by day");
    type("0rRfbx");                               /* r and f take a key that is theirs */
    assert_text("Revenue y day");
    type("0f");
    type("\t");                                   /* Tab is what f looks for */
    assert_false(prompt_has_popup(prompt));
    type("\x03");
    assert_drawn(2, 40, "\n (ins)ytempire>\n");
}

static void a_paste_in_command_mode_is_inserted(void **state)
{
    (void)state;
    type("ab\x1b");
    paste("dd\nx");
    assert_text("add\nxb");
    type("\x1b" "u");
    assert_text("ab");
    type("d");                                    /* an operator waits */
    paste("!");
    assert_text("a!b");
}

static void history_and_lines(void **state)
{
    (void)state;
    type("revenue by day\r");
    type("x\x1b" "k");
    assert_text("revenue by day");
    type("Aextra\x03");
    type("\x1b" "k");
    assert_text("revenue by day");
    type("j\x03(one\rtwo)\x1b" "kx");             /* k goes up in the text; x is on its first line */
    assert_text("(on\ntwo)");
    type("\r");
    assert_lines("revenue by day|(on\ntwo)|");
    type("(open\x1b\r");                          /* ESC and Enter at once are Alt-Enter */
    assert_text("(open\n");
    type("x\x1b");
    type("\r");                                   /* Enter in command mode: a new line at the end */
    assert_text("(open\nx\n");
    type(")\r");
    assert_lines("(open\nx\n)|");
    type("\x1b/rev\r");
    assert_text("revenue by day");
}

static void a_search_is_shown(void **state)
{
    (void)state;
    type("revenue by day\r\x1b/rev");
    assert_drawn(2, 40, "\n/rev\n");
    type("\x03");
    assert_drawn(2, 40, "\n (ins)ytempire>\n");
}

static void ghost_and_popup_are_for_inserting(void **state)
{
    (void)state;
    type("revenue by day\rrev");
    assert_drawn(2, 40, "\n (ins)ytempire> revenue by day\n");
    type("\x1b");
    assert_drawn(2, 40, "\n (cmd)ytempire> rev\n");
    type("A\x06");
    assert_text("revenue");
    type("\x1b[C");
    assert_text("revenue by day");
    type("\x03total_\t");
    assert_true(prompt_has_popup(prompt));
    type("\x1b");                                 /* closes it, and stays in insertion */
    assert_false(prompt_has_popup(prompt));
    assert_drawn(2, 40, "\n (ins)ytempire> total_\n");
    type("\t\x1b[B\r");
    assert_text("total_likes ");
}

static void characters_that_are_not_ascii(void **state)
{
    (void)state;
    /* two kills in a row leak the first in readline 8.2 itself */
    type("größe 売上\x1b" "xhlx");
    assert_text("größe ");
    type("0frx");
    assert_text("göße ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        prompt_test(the_mode_is_shown_and_escape_is_at_once),
        prompt_test(undo_and_changes),
        prompt_test(a_paste_in_command_mode_is_inserted),
        prompt_test(history_and_lines),
        prompt_test(a_search_is_shown),
        prompt_test(ghost_and_popup_are_for_inserting),
        prompt_test(characters_that_are_not_ascii),
    };
    int failed;

    set_up_program("C.UTF-8", "set editing-mode vi\n");
    failed = cmocka_run_group_tests_name("ui_prompt_vi", tests, NULL, NULL);
    tear_down_program();
    return failed;
}
