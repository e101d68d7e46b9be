/* ui/form: lines that are filled in, as they are seen; and the screen of the first run, which is a list with words above. */
#include <stdio.h>

#include "ui_help.h"

#include "src/ui/form.h"
#include "src/ui/picker.h"

static struct form *form;

static int open_form(void **state)
{
    static const struct form_field fields[] = {
        {"host", "localhost", "where", false}, {"user", NULL, "you", false}, {"password", NULL, "none", true}};

    (void)state;
    form = form_new("connect", fields, 3);
    return 0;
}

static int close_form(void **state)
{
    (void)state;
    form_free(form);
    return 0;
}

static bool press(const char *key)
{
    struct input_event event = {.kind = INPUT_KEY, .bytes = "", .length = 0};

    snprintf(event.key, sizeof event.key, "%s", key);
    if (strlen(key) == 1 || (unsigned char)key[0] >= 0x80) {
        event.bytes = key;
        event.length = strlen(key);
    }
    return form_key(form, &event);
}

static bool paste(const char *text)
{
    struct input_event event = {.kind = INPUT_PASTE, .bytes = text, .length = strlen(text)};

    return form_key(form, &event);
}

static void assert_drawn(int rows, int columns, const char *expected, int cursor_y, int cursor_x)
{
    struct canvas *canvas = canvas_new(rows, columns);

    form_draw(form, canvas);
    assert_screen(canvas, expected);
    assert_int_equal(canvas->cursor_y, cursor_y);
    assert_int_equal(canvas->cursor_x, cursor_x);
    canvas_free(canvas);
}

static void text_goes_in_where_the_cursor_is(void **state)
{
    (void)state;
    assert_true(press("x"));
    assert_string_equal(form_value(form, 0), "localhostx");
    assert_false(press("Home"));
    assert_true(press("\xc3\xa9"));
    assert_false(press("Right"));
    assert_true(press("BSpace"));
    assert_string_equal(form_value(form, 0), "\xc3\xa9ocalhostx");
    assert_false(press("Left"));
    assert_true(press("Delete"));
    assert_false(press("BSpace"));
    assert_string_equal(form_value(form, 0), "ocalhostx");
    assert_false(press("End"));
    assert_false(press("Delete"));
    assert_true(press("C-u"));
    assert_string_equal(form_value(form, 0), "");
    assert_false(press("C-u"));
    assert_false(press("F5"));
}

static void a_paste_gives_its_first_line_without_control_characters(void **state)
{
    (void)state;
    press("C-u");
    assert_true(paste("db\x1b.example\t\xff\xe5\xa3\xb2\nuser"));
    assert_string_equal(form_value(form, 0), "db.example\xe5\xa3\xb2");
    assert_false(paste("\nnothing"));
}

static void a_value_has_a_bound(void **state)
{
    char *much = mem_alloc(FORM_VALUE_MOST + 2);

    (void)state;
    memset(much, 'x', FORM_VALUE_MOST + 1);
    press("C-u");
    assert_true(paste(much));
    assert_int_equal(strlen(form_value(form, 0)), FORM_VALUE_MOST);
    assert_false(press("y"));
    mem_free(much);
}

static void fields_are_gone_through_in_a_round(void **state)
{
    (void)state;
    assert_int_equal(form_at(form), 0);
    assert_true(form_move(form, "previous"));
    assert_int_equal(form_at(form), 2);
    assert_true(form_move(form, "next"));
    assert_int_equal(form_at(form), 0);
    assert_true(form_move(form, "last"));
    assert_int_equal(form_at(form), 2);
    assert_true(form_move(form, "first"));
    assert_int_equal(form_at(form), 0);
    assert_false(form_move(form, "sideways"));
}

static void it_is_a_box_with_a_status(void **state)
{
    (void)state;
    form_status(form, LOOK_OK, "connected");
    assert_drawn(8, 44,
                 " ┌ connect ────────────────── Esc closes ─┐\n"
                 " │ host      localhost                    │\n"
                 " │ user      you                          │\n"
                 " │ password  none                         │\n"
                 " │                                        │\n"
                 " │ connected                              │\n"
                 " └────────────────────────────────────────┘\n"
                 "\n",
                 1, 22);
}

static void a_secret_is_dots_one_a_character(void **state)
{
    (void)state;
    form_move(form, "last");
    paste("s\xc3\xa9\xe5\xa3\xb2t");
    press("Left");
    assert_string_equal(form_value(form, 2), "s\xc3\xa9\xe5\xa3\xb2t");
    assert_drawn(8, 44,
                 "\n"
                 " ┌ connect ────────────────── Esc closes ─┐\n"
                 " │ host      localhost                    │\n"
                 " │ user      you                          │\n"
                 " │ password  ••••                         │\n"
                 " │                                        │\n"
                 " └────────────────────────────────────────┘\n"
                 "\n",
                 4, 16);
}

static void a_long_status_keeps_the_field_that_is_filled_in_sight(void **state)
{
    (void)state;
    form_move(form, "last");
    form_status(form, LOOK_ERROR, "connection to server at \"db.example\" failed: FATAL: no such user, and more words");
    assert_drawn(7, 30,
                 " ┌ connect ──── Esc closes ─┐\n"
                 " │ host      localhost      │\n"
                 " │ user      you            │\n"
                 " │ password  none           │\n"
                 " │ connection to server at  │\n"
                 " │ \"db.example\" failed:     │\n"
                 " └──────────────────────────┘\n",
                 3, 13);
}

static void a_long_value_shows_the_part_around_the_cursor(void **state)
{
    (void)state;
    paste("-and-very-much-more");
    assert_drawn(6, 30,
                 " ┌ connect ──── Esc closes ─┐\n"
                 " │ host      ery-much-more  │\n"
                 " │ user      you            │\n"
                 " │ password  none           │\n"
                 " │                          │\n"
                 " └──────────────────────────┘\n",
                 1, 26);
}

static void a_list_may_have_words_above_and_choose_by_label(void **state)
{
    struct picker *list = picker_new("welcome");
    struct canvas *canvas = canvas_new(7, 34);

    (void)state;
    picker_heading(list, "There are two ways, and this says so at length.");
    picker_add(list, "1", "the short one", "short");
    picker_add(list, "2", "the long one", "long");
    picker_type(list, "2", 1);
    picker_type(list, "7", 1);
    assert_string_equal(picker_command(list), "long");
    picker_draw(list, canvas);
    assert_screen(canvas,
                  " ┌ welcome ──────── Esc closes ─┐\n"
                  " │ There are two ways, and this │\n"
                  " │ says so at length.           │\n"
                  " │                              │\n"
                  " │ 1  the short one             │\n"
                  " │>2  the long one              │\n"
                  " └──────────────────────────────┘\n");
    assert_int_equal(canvas->cursor_y, -1);
    canvas_free(canvas);
    picker_free(list);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_form, close_form)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(text_goes_in_where_the_cursor_is),
        CASE(a_paste_gives_its_first_line_without_control_characters),
        CASE(a_value_has_a_bound),
        CASE(fields_are_gone_through_in_a_round),
        CASE(it_is_a_box_with_a_status),
        CASE(a_secret_is_dots_one_a_character),
        CASE(a_long_status_keeps_the_field_that_is_filled_in_sight),
        CASE(a_long_value_shows_the_part_around_the_cursor),
        cmocka_unit_test(a_list_may_have_words_above_and_choose_by_label),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
