/* ui: the canvas. Widths are a terminal's: CJK two columns, combining marks none. */
#include "ui_help.h"

#include "src/ui/page.h"

static struct canvas *canvas;

static void draw(enum look look, int y, int x, int columns, const char *text)
{
    canvas_text(canvas, y, x, columns, look, text, strlen(text));
}

static void text_is_clipped_and_never_cut_through_a_character(void **state)
{
    (void)state;
    canvas_resize(canvas, 4, 8);
    draw(LOOK_NORMAL, 0, 0, -1, "longer than eight");
    draw(LOOK_NORMAL, 1, 0, 3, "売上高");
    draw(LOOK_NORMAL, 1, 3, -1, "|");
    draw(LOOK_NORMAL, 2, 6, -1, "売上");
    draw(LOOK_NORMAL, 3, 7, -1, "売");
    draw(LOOK_NORMAL, 9, 0, -1, "below");
    assert_screen(canvas, "longer t\n売 |\n      売\n\n");
}

static void overwriting_half_of_a_wide_character_leaves_a_space(void **state)
{
    (void)state;
    canvas_resize(canvas, 2, 8);
    draw(LOOK_NORMAL, 0, 0, -1, "売上");
    draw(LOOK_NORMAL, 0, 1, -1, "x");
    draw(LOOK_NORMAL, 1, 0, -1, "売上");
    draw(LOOK_NORMAL, 1, 2, -1, "x");
    assert_screen(canvas, " x上\n売x\n");
}

static void combining_marks_join_their_character(void **state)
{
    (void)state;
    canvas_resize(canvas, 1, 8);
    draw(LOOK_NORMAL, 0, 0, -1, "e\xcc\x81" "a\xcc\x88" "b");
    assert_screen(canvas, "e\xcc\x81" "a\xcc\x88" "b\n");
    assert_int_equal(canvas->cells[0].points[0], 'e');
    assert_int_equal(canvas->cells[0].points[1], 0x301);
    assert_int_equal(canvas->cells[2].points[0], 'b');
}

static void control_characters_are_shown_and_bad_bytes_replaced(void **state)
{
    (void)state;
    canvas_resize(canvas, 1, 24);
    draw(LOOK_NORMAL, 0, 0, -1, "a\tb\nc\x1b[2Jd\xff" "e\xc2\x9b");
    assert_screen(canvas, "a\\tb\\nc\\x1b[2Jd\xef\xbf\xbd" "e\\x9b\n");
}

static void ascii_keeps_the_place_of_what_it_cannot_show(void **state)
{
    (void)state;
    canvas_resize(canvas, 3, 12);
    canvas->ascii = true;
    draw(LOOK_NORMAL, 0, 0, -1, "売上é|1·2…");
    canvas_box(canvas, (struct area){1, 0, 2, 12}, LOOK_BORDER, "t", NULL);
    assert_screen(canvas, "?????|1-2~\n+ t -------+\n+----------+\n");
    canvas->ascii = false;
}

static void boxes_have_title_and_note(void **state)
{
    (void)state;
    canvas_resize(canvas, 4, 20);
    canvas_box(canvas, canvas_area(canvas), LOOK_BORDER, "a long long title", "3 rows");
    canvas_rule(canvas, canvas_area(canvas), 2, LOOK_BORDER, "chart");
    assert_screen(canvas, "┌ a lon… ─ 3 rows ─┐\n│                  │\n├ chart ───────────┤\n└──────────────────┘\n");
    canvas_resize(canvas, 2, 24);
    canvas_box(canvas, canvas_area(canvas), LOOK_BORDER, "a long long title", "3 rows and many words");
    assert_screen(canvas, "┌ a long … ─ 3 rows … ─┐\n└──────────────────────┘\n");
    canvas_resize(canvas, 1, 3);
    canvas_box(canvas, (struct area){-1, -1, 3, 9}, LOOK_BORDER, "x", "y");
    assert_screen(canvas, "\n");
}

static void cutting_says_so(void **state)
{
    (void)state;
    canvas_resize(canvas, 3, 6);
    canvas_text_cut(canvas, 0, 0, 6, LOOK_NORMAL, "abcdefgh", 8);
    canvas_text_right(canvas, 1, 0, 6, LOOK_NORMAL, "12", 2);
    canvas_text_right(canvas, 2, 0, 6, LOOK_NORMAL, "12345678", 8);
    assert_screen(canvas, "abcde…\n    12\n…45678\n");
}

static int set_up(void **state)
{
    (void)state;
    canvas = canvas_new(1, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    canvas_free(canvas);
    return 0;
}

/* A server's message may be one line of megabytes, and is drawn with each frame. */
static void a_page_of_megabytes_is_cut_and_says_so(void **state)
{
    size_t      length = 4000000;
    char       *text = mem_alloc(length + 1);
    struct page page = {0};

    (void)state;
    memset(text, 'x', length);
    canvas_resize(canvas, 3, 30);
    page_draw(&page, canvas, canvas_area(canvas), text, length, LOOK_NORMAL);
    assert_int_equal(page.lines, (128 * 1024 + 29) / 30 + 1);
    assert_true(page_move(&page, "bottom"));
    canvas_clear(canvas);
    page_draw(&page, canvas, canvas_area(canvas), text, length, LOOK_NORMAL);
    assert_screen(canvas, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"
                          "xx\n"
                          "(3868928 more bytes are not sh\n");
    mem_free(text);
}

static void a_page_wraps_at_spaces_and_scrolls(void **state)
{
    static const char text[] = "one two three\n\nfour";
    struct page       page = {0};

    (void)state;
    canvas_resize(canvas, 2, 8);
    page_draw(&page, canvas, canvas_area(canvas), text, strlen(text), LOOK_NORMAL);
    assert_screen(canvas, "one two\nthree\n");
    assert_int_equal(page.lines, 4);
    assert_true(page_move(&page, "bottom"));
    canvas_clear(canvas);
    page_draw(&page, canvas, canvas_area(canvas), text, strlen(text), LOOK_NORMAL);
    assert_screen(canvas, "\nfour\n");
    assert_false(page_move(&page, "sideways"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_clipped_and_never_cut_through_a_character),
        cmocka_unit_test(overwriting_half_of_a_wide_character_leaves_a_space),
        cmocka_unit_test(combining_marks_join_their_character),
        cmocka_unit_test(control_characters_are_shown_and_bad_bytes_replaced),
        cmocka_unit_test(ascii_keeps_the_place_of_what_it_cannot_show),
        cmocka_unit_test(boxes_have_title_and_note),
        cmocka_unit_test(cutting_says_so),
        cmocka_unit_test(a_page_of_megabytes_is_cut_and_says_so),
        cmocka_unit_test(a_page_wraps_at_spaces_and_scrolls),
    };

    return cmocka_run_group_tests_name("ui: canvas", tests, set_up, tear_down);
}
