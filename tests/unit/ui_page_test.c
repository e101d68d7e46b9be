/* ui: a text that is read. */
#include "ui_help.h"

#include "src/ui/page.h"

static void draw(struct page *page, struct canvas *canvas, const char *text)
{
    canvas_clear(canvas);
    page_draw(page, canvas, canvas_area(canvas), text, strlen(text), LOOK_NORMAL);
}

static void in_another_width_the_same_text_stays_in_sight(void **state)
{
    static const char text[] = "one two three\nfour five six\nseven eight\nnine";
    struct canvas *canvas = canvas_new(2, 8);
    struct page    page = {0};

    (void)state;
    draw(&page, canvas, text);
    assert_screen(canvas, "one two\nthree\n");
    assert_true(page_move(&page, "bottom"));
    draw(&page, canvas, text);
    assert_screen(canvas, "eight\nnine\n");
    canvas_resize(canvas, 2, 20);
    draw(&page, canvas, text);
    assert_screen(canvas, "seven eight\nnine\n");
    canvas_resize(canvas, 6, 20);
    draw(&page, canvas, text);
    assert_screen(canvas, "one two three\nfour five six\nseven eight\nnine\n\n\n");
    page_done(&page);
    canvas_free(canvas);
}

static void what_is_wrapped_is_as_wide_as_it_is_drawn(void **state)
{
    struct canvas *canvas = canvas_new(3, 10);
    struct page    page = {0};

    (void)state;
    draw(&page, canvas, "\tab\tcd\tef\tgh");
    assert_screen(canvas, "\\tab\\tcd\\t\nef\\tgh\n\n");
    page_done(&page);
    canvas_free(canvas);
}

static int seek(struct page *page, const char *text, bool back, bool *ret_around)
{
    struct error error = ERROR_INIT;
    int          r = page_seek(page, text, strlen(text), back, ret_around, &error);

    error_done(&error);
    return r;
}

static void a_search_goes_from_place_to_place_and_around(void **state)
{
    static const char text[] = "Range: a\nb\nc\nd\nthe range\nf\ng\nh\nRANGE";
    struct canvas *canvas = canvas_new(3, 20);
    struct page    page = {0};
    bool           around;

    (void)state;
    draw(&page, canvas, text);
    sought_set(&page.sought, "rAnGe");
    assert_int_equal(seek(&page, text, false, &around), 0);
    assert_false(around);
    assert_int_equal(page.top, 0);
    assert_int_equal(seek(&page, text, false, &around), 0);
    draw(&page, canvas, text);
    assert_screen(canvas, "d\nthe range\nf\n");
    assert_int_equal(canvas->cells[1 * 20 + 4].look, LOOK_MATCH);
    assert_int_equal(canvas->cells[1 * 20 + 3].look, LOOK_NORMAL);
    assert_int_equal(seek(&page, text, false, &around), 0);
    draw(&page, canvas, text);
    assert_screen(canvas, "g\nh\nRANGE\n");
    assert_false(around);
    assert_int_equal(seek(&page, text, false, &around), 0);
    assert_true(around);
    assert_int_equal(page.top, 0);
    assert_int_equal(seek(&page, text, true, &around), 0);
    assert_true(around);
    assert_int_equal(page.found, strlen(text) - 5);
    sought_set(&page.sought, "nowhere");
    assert_int_equal(seek(&page, text, false, &around), ERR_UNKNOWN);
    page_done(&page);
    canvas_free(canvas);
}

static void what_is_sought_is_marked_over_the_end_of_a_line_and_in_any_script(void **state)
{
    static const char text[] = "xx Straße yy";
    struct canvas *canvas = canvas_new(2, 6);
    struct page    page = {0};

    (void)state;
    sought_set(&page.sought, "STRASSE");
    draw(&page, canvas, text);
    assert_screen(canvas, "xx Str\naße yy\n");
    assert_int_equal(canvas->cells[2].look, LOOK_NORMAL);
    assert_int_equal(canvas->cells[3].look, LOOK_MATCH);
    assert_int_equal(canvas->cells[8].look, LOOK_MATCH);
    assert_int_equal(canvas->cells[9].look, LOOK_NORMAL);
    sought_set(&page.sought, "cdefgh");
    draw(&page, canvas, "abcdefghij");
    assert_screen(canvas, "abcdef\nghij\n");
    assert_int_equal(canvas->cells[1].look, LOOK_NORMAL);
    assert_int_equal(canvas->cells[2].look, LOOK_MATCH);
    assert_int_equal(canvas->cells[7].look, LOOK_MATCH);
    assert_int_equal(canvas->cells[8].look, LOOK_NORMAL);
    page_done(&page);
    canvas_free(canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_another_width_the_same_text_stays_in_sight),
        cmocka_unit_test(what_is_wrapped_is_as_wide_as_it_is_drawn),
        cmocka_unit_test(a_search_goes_from_place_to_place_and_around),
        cmocka_unit_test(what_is_sought_is_marked_over_the_end_of_a_line_and_in_any_script),
    };

    return cmocka_run_group_tests_name("ui: page", tests, NULL, NULL);
}
