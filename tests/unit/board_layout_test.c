/* board: the grid as areas of a window. */
#include "board_help.h"

#define STAT "{\"kind\": \"stat\", \"title\": \"s\", \"query\": \"v\", \"width\": 3}"
#define LINE "{\"kind\": \"line\", \"title\": \"l\", \"query\": \"v\", \"width\": 6}"
#define TABLE "{\"kind\": \"table\", \"title\": \"t\", \"query\": \"v\", \"width\": 6}"

static void assert_area(const struct board_layout *layout, size_t panel, int y, int x, int rows, int columns)
{
    const struct board_area *area = &layout->areas[panel];

    if (area->y != y || area->x != x || area->rows != rows || area->columns != columns)
        fail_msg("panel %zu is at %d,%d and is %d x %d", panel, area->y, area->x, area->rows, area->columns);
}

/* Of each band the panels fill the width, without overlap. */
static void assert_filled(const struct board *board, const struct board_layout *layout, int columns)
{
    int x = 0, band = 0;

    for (size_t i = 0; i < board->panel_count; i++) {
        if (layout->areas[i].band != band) {
            assert_int_equal(x, columns);
            x = 0;
            band = layout->areas[i].band;
        }
        assert_int_equal(layout->areas[i].x, x);
        x += layout->areas[i].columns;
    }
    assert_int_equal(x, columns);
}

static void a_board_fits_into_80_by_24(void **state)
{
    struct arena       *arena = arena_new();
    struct board        board = board_of(arena, STAT "," STAT "," STAT "," STAT "," LINE "," TABLE);
    struct board_layout layout;

    (void)state;
    board_lay_out(arena, &board, 20, 80, 0, &layout);
    assert_filled(&board, &layout, 80);
    assert_int_equal(layout.bands, 2);
    assert_area(&layout, 0, 0, 0, 4, 20);
    assert_area(&layout, 3, 0, 60, 4, 20);
    assert_area(&layout, 4, 4, 0, 16, 40);      /* what is left over is the picture's */
    assert_area(&layout, 5, 4, 40, 16, 40);
    assert_int_equal(layout.last_first, 0);
    assert_true(layout.areas[5].shown);
    arena_free(arena);
}

static void a_wider_window_has_wider_panels(void **state)
{
    struct arena       *arena = arena_new();
    struct board        board = board_of(arena, STAT "," STAT "," STAT "," STAT "," LINE "," TABLE);
    struct board_layout layout;

    (void)state;
    board_lay_out(arena, &board, 36, 120, 0, &layout);
    assert_filled(&board, &layout, 120);
    assert_area(&layout, 1, 0, 30, 4, 30);
    assert_area(&layout, 4, 4, 0, 24, 60);      /* to three times its lines, no more */
    arena_free(arena);
}

static void a_narrow_window_is_scrolled_by_bands(void **state)
{
    struct arena       *arena = arena_new();
    struct board        board = board_of(arena, STAT "," STAT "," STAT "," STAT "," LINE "," TABLE);
    struct board_layout layout;

    (void)state;
    board_lay_out(arena, &board, 7, 40, 0, &layout);
    assert_filled(&board, &layout, 40);
    assert_int_equal(layout.bands, 4);
    assert_area(&layout, 0, 0, 0, 4, 20);
    assert_area(&layout, 2, 4, 0, 4, 20);
    assert_true(layout.areas[1].shown);
    assert_false(layout.areas[2].shown);        /* three lines are too few */
    board_lay_out(arena, &board, 7, 40, 2, &layout);
    assert_area(&layout, 4, 0, 0, 7, 40);       /* no higher than the window */
    assert_true(layout.areas[4].shown);
    assert_int_equal(layout.areas[0].y, -8);
    assert_false(layout.areas[0].shown);
    board_lay_out(arena, &board, 7, 40, 99, &layout);
    assert_int_equal(layout.first, 3);
    assert_true(layout.areas[5].shown);
    arena_free(arena);
}

static void a_band_that_is_cut_is_shown_where_it_has_four_lines(void **state)
{
    struct arena       *arena = arena_new();
    struct board        board = board_of(arena, STAT "," LINE);
    struct board_layout layout;

    (void)state;
    board_lay_out(arena, &board, 9, 80, 0, &layout);
    assert_int_equal(layout.bands, 1);
    board = board_of(arena, STAT "," STAT "," STAT "," STAT "," LINE);
    board_lay_out(arena, &board, 9, 80, 0, &layout);
    assert_area(&layout, 4, 4, 0, 5, 80);
    assert_true(layout.areas[4].shown);
    assert_int_equal(layout.last_first, 1);
    arena_free(arena);
}

static void no_window_is_too_small(void **state)
{
    struct arena       *arena = arena_new();
    struct board        board = board_of(arena, STAT "," STAT "," STAT "," STAT "," LINE "," TABLE);
    struct board_layout layout;

    (void)state;
    for (int rows = 1; rows < 30; rows++)
        for (int columns = 0; columns < 90; columns++)
            for (int first = -1; first < 7; first++) {
                board_lay_out(arena, &board, rows, columns, first, &layout);
                if (columns > 0)
                    assert_filled(&board, &layout, columns);
                for (size_t i = 0; i < board.panel_count; i++)
                    assert_true(
                        !layout.areas[i].shown ||
                        (layout.areas[i].y >= 0 && layout.areas[i].y + layout.areas[i].rows <= rows));
            }
    arena_free(arena);
}

static void without_a_window_it_is_as_high_as_it_needs(void **state)
{
    struct arena       *arena = arena_new();
    struct board        board = board_of(arena, STAT "," LINE "," TABLE);
    struct board_layout layout;

    (void)state;
    board_lay_out(arena, &board, 0, 80, 0, &layout);
    assert_int_equal(layout.rows, 16);
    assert_area(&layout, 2, 8, 0, 8, 80);
    assert_true(layout.areas[2].shown);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_board_fits_into_80_by_24),
        cmocka_unit_test(a_wider_window_has_wider_panels),
        cmocka_unit_test(a_narrow_window_is_scrolled_by_bands),
        cmocka_unit_test(a_band_that_is_cut_is_shown_where_it_has_four_lines),
        cmocka_unit_test(no_window_is_too_small),
        cmocka_unit_test(without_a_window_it_is_as_high_as_it_needs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
