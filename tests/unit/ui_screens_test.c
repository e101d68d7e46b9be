/* ui: where panels lie, and what becomes of a view when its question is asked again. */
#include "src/ui/layout.h"
#include "ui_grid_help.h"

static const struct screen_panel panels[] = {
    {.name = "queue", .side = SIDE_RIGHT, .share = 3}, {.name = "log", .side = SIDE_RIGHT, .share = 1},
    {.name = "sources", .side = SIDE_LEFT, .share = 1}, {.name = "workers", .side = SIDE_LEFT, .share = 1}, {0},
};
static const struct screen screen = {.name = "jobs", .left_columns = 30, .panels = panels};

static void assert_area(struct area is, int y, int x, int rows, int columns)
{
    assert_int_equal(is.y, y);
    assert_int_equal(is.x, x);
    assert_int_equal(is.rows, rows);
    assert_int_equal(is.columns, columns);
}

static void both_sides_where_there_is_room_for_them(void **state)
{
    struct area areas[PANELS_MOST];

    (void)state;
    layout_panels(&screen, 0, false, (struct area){1, 0, 24, 100}, areas);
    assert_area(areas[0], 1, 30, 16, 70);
    assert_area(areas[1], 17, 30, 8, 70);
    assert_area(areas[2], 1, 0, 12, 30);
    assert_area(areas[3], 13, 0, 12, 30);
}

static void a_narrow_screen_has_the_side_of_the_keys(void **state)
{
    struct area areas[PANELS_MOST];

    (void)state;
    layout_panels(&screen, 0, false, (struct area){1, 0, 24, 73}, areas);
    assert_area(areas[0], 1, 0, 16, 73);
    assert_area(areas[2], 0, 0, 0, 0);
    layout_panels(&screen, 3, false, (struct area){1, 0, 24, 73}, areas);
    assert_area(areas[0], 0, 0, 0, 0);
    assert_area(areas[2], 1, 0, 12, 73);
    assert_area(areas[3], 13, 0, 12, 73);
}

static void a_low_screen_has_the_panel_of_the_keys(void **state)
{
    struct area areas[PANELS_MOST];

    (void)state;
    layout_panels(&screen, 1, false, (struct area){1, 0, 7, 100}, areas);
    assert_area(areas[0], 0, 0, 0, 0);
    assert_area(areas[1], 1, 30, 7, 70);
    assert_area(areas[2], 1, 0, 7, 30);
    assert_area(areas[3], 0, 0, 0, 0);
    layout_panels(&screen, 1, false, (struct area){1, 0, 3, 40}, areas);
    assert_area(areas[1], 1, 0, 3, 40);
}

static void alone_it_has_it_all(void **state)
{
    struct area areas[PANELS_MOST];

    (void)state;
    layout_panels(&screen, 2, true, (struct area){1, 0, 24, 100}, areas);
    assert_area(areas[0], 0, 0, 0, 0);
    assert_area(areas[2], 1, 0, 24, 100);
}

/* -- asked again --------------------------------------------------------------------------------------------------- */

static const struct data_column job_columns[] = {
    {.name = "id", .type = DATA_INT, .decimals = -1},
    {.name = "state", .type = DATA_TEXT, .decimals = -1},
    {.name = "progress", .type = DATA_NUMERIC, .decimals = -1, .full = 100},
};

static struct scene jobs(const char *const *rows)
{
    struct scene scene = scene_new(6, 60, job_columns, COUNT_OF(job_columns));

    for (; *rows != NULL; rows++)
        scene_add(&scene, *rows);
    return scene;
}
#define JOBS(...) jobs((const char *const[]){__VA_ARGS__, NULL})

static void again(struct scene *now, const struct scene *before, const char *key)
{
    grid_free(now->grid);
    now->grid = grid_again(before->grid, now->result, key);
}

static void a_number_with_an_end_has_a_bar(void **state)
{
    struct scene scene = JOBS("2|running|50.0", "1|completed|100.0");

    (void)state;
    shows(&scene, " id  state      progress\n"
                  "> 2  running        50.0 █████\n"
                  "  1  completed     100.0 ██████████\n\n\n\n");
    scene_end(&scene);
}

static void the_cursor_stays_on_its_row(void **state)
{
    struct scene before = JOBS("2|running|50.0", "1|completed|100.0"),
                 now = JOBS("3|available|-", "2|running|75.0", "1|completed|100.0");

    (void)state;
    again(&now, &before, "id");
    shows(&now, " id  state      progress\n"
                "  3  available         ∅\n"
                "> 2  running        75.0 ███████▌\n"
                "  1  completed     100.0 ██████████\n\n\n");
    scene_end(&before);
    scene_end(&now);
}

static void a_row_that_is_gone_leaves_the_place(void **state)
{
    struct scene before = JOBS("3|running|-", "2|running|-", "1|running|-"), now = JOBS("3|running|-", "1|running|-");

    (void)state;
    act(&before, "move bottom");
    act(&before, "move up");
    again(&now, &before, "id");
    assert_int_equal(grid_cursor_row(now.grid), 1);
    scene_end(&before);
    scene_end(&now);
}

static void order_filter_and_widths_go_over(void **state)
{
    struct scene before = JOBS("3|running|1", "2|completed|2", "1|running|3"),
                 now = JOBS("4|running|-", "3|running|50", "2|completed|2", "1|running|3");

    (void)state;
    act(&before, "sort id asc");
    act(&before, "filter running");
    act(&before, "hide state");
    again(&now, &before, "id");
    assert_order(&now, "1 3 4");
    shows(&now, " id ▲ progress\n"
                "  1          3 ▎\n"
                "  3         50 █████\n"
                "> 4          ∅\n\n\n");
    scene_end(&before);
    scene_end(&now);
}

static void without_a_key_the_end_is_followed(void **state)
{
    struct scene before = JOBS("1|a|-", "2|b|-"), now = JOBS("1|a|-", "2|b|-", "3|c|-");

    (void)state;
    act(&before, "move bottom");
    again(&now, &before, NULL);
    assert_int_equal(grid_cursor_row(now.grid), 2);
    scene_end(&before);
    scene_end(&now);
}

static void other_columns_are_another_view(void **state)
{
    static const struct data_column other[] = {{.name = "name", .type = DATA_TEXT, .decimals = -1}};
    struct scene before = JOBS("2|running|-", "1|running|-"), now = scene_new(6, 60, other, COUNT_OF(other));

    (void)state;
    scene_add(&now, "x");
    act(&before, "filter running");
    again(&now, &before, "id");
    shows(&now, " name\n>x\n\n\n\n\n");
    scene_end(&before);
    scene_end(&now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_where_there_is_room_for_them),
        cmocka_unit_test(a_narrow_screen_has_the_side_of_the_keys),
        cmocka_unit_test(a_low_screen_has_the_panel_of_the_keys),
        cmocka_unit_test(alone_it_has_it_all),
        cmocka_unit_test(a_number_with_an_end_has_a_bar),
        cmocka_unit_test(the_cursor_stays_on_its_row),
        cmocka_unit_test(a_row_that_is_gone_leaves_the_place),
        cmocka_unit_test(order_filter_and_widths_go_over),
        cmocka_unit_test(without_a_key_the_end_is_followed),
        cmocka_unit_test(other_columns_are_another_view),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
