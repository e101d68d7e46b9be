/* ui: the grid as it is drawn, and where its cursor goes. */
#include "ui_grid_help.h"

static void header_rows_and_bars_where_there_is_room(void **state)
{
    struct scene scene = channels_scene(6, 80);

    (void)state;
    shows(&scene, " channel          total_views     revenue  share\n"
                  ">Dude Perfect      48,201,334  $12,410.20  50.0% ████████\n"
                  " 5-Minute Crafts   31,998,100   $8,004.77  33.2% █████▎\n"
                  " 売上チャンネル         1,200      -$3.50   6.3% █\n"
                  " ∅                          7           ∅      ∅\n\n");
    assert_status(&scene, "row 1/4");
    assert_int_equal(scene.canvas->cells[80 + 1].look, LOOK_CURSOR);
    assert_int_equal(scene.canvas->cells[3 * 80 + 28].look, LOOK_NORMAL);
    assert_int_equal(scene.canvas->cells[3 * 80 + 35].look, LOOK_NEGATIVE);
    assert_int_equal(scene.canvas->cells[4 * 80 + 1].look, LOOK_NULL);
    act(&scene, "move down 9");
    shows(&scene, " channel          total_views     revenue  share\n"
                  " Dude Perfect      48,201,334  $12,410.20  50.0% ████████\n"
                  " 5-Minute Crafts   31,998,100   $8,004.77  33.2% █████▎\n"
                  " 売上チャンネル         1,200      -$3.50   6.3% █\n"
                  ">∅                          7           ∅      ∅\n\n");
    scene_end(&scene);
}

static void ascii_needs_no_other_character(void **state)
{
    struct scene scene = channels_scene(6, 62);

    (void)state;
    scene.canvas->ascii = true;
    act(&scene, "sort revenue");
    act(&scene, "freeze 1");
    shows(&scene, " channel          | total_views     revenue v share\n"
                  ">Dude Perfect     |  48,201,334  $12,410.20   50.0% #####\n"
                  " 5-Minute Crafts  |  31,998,100   $8,004.77   33.2% ###\n"
                  " ??????????????   |       1,200      -$3.50    6.3% #\n"
                  " NULL             |           7        NULL    NULL\n"
                  "\n");
    scene_end(&scene);
}

static void columns_scroll_sideways_and_frozen_ones_stay(void **state)
{
    struct scene scene = channels_scene(4, 40);

    (void)state;
    shows(&scene, " channel          total_views\n"
                  ">Dude Perfect      48,201,334\n"
                  " 5-Minute Crafts   31,998,100\n"
                  " 売上チャンネル         1,200\n");
    act(&scene, "move right 3");
    shows(&scene, " total_views     revenue  share\n"
                  "> 48,201,334  $12,410.20  50.0%\n"
                  "  31,998,100   $8,004.77  33.2%\n"
                  "       1,200      -$3.50   6.3%\n");
    act(&scene, "move first");
    act(&scene, "freeze");
    assert_status(&scene, "row 1/4 · 1 column frozen");
    act(&scene, "move last");
    shows(&scene, " channel          ┃    revenue  share\n"
                  ">Dude Perfect     ┃ $12,410.20  50.0%\n"
                  " 5-Minute Crafts  ┃  $8,004.77  33.2%\n"
                  " 売上チャンネル   ┃     -$3.50   6.3%\n");
    assert_int_equal(grid_cursor_column(scene.grid), 3);
    act(&scene, "freeze off");
    act(&scene, "move left 2");
    shows(&scene, " channel          total_views\n"
                  ">Dude Perfect      48,201,334\n"
                  " 5-Minute Crafts   31,998,100\n"
                  " 売上チャンネル         1,200\n");
    scene_end(&scene);
}

static void frozen_columns_leave_room_for_others(void **state)
{
    struct scene scene = channels_scene(3, 30);

    (void)state;
    act(&scene, "freeze 3");
    act(&scene, "move last");
    shows(&scene, " channel          ┃ share\n"
                  ">Dude Perfect     ┃ 50.0%\n"
                  " 5-Minute Crafts  ┃ 33.2%\n");
    scene_end(&scene);
}

static void a_column_wider_than_the_screen_scrolls_inside(void **state)
{
    struct scene scene = channels_scene(5, 10);

    (void)state;
    shows(&scene, " channel\n"
                  ">Dude Per…\n"
                  " 5-Minute…\n"
                  " 売上チャ…\n"
                  " ∅\n");
    act(&scene, "move right");
    shows(&scene, " channel\n"
                  ">…erfect\n"
                  " …te Craf…\n"
                  " … ャンネ…\n"
                  " …\n");
    act(&scene, "move right 2");
    assert_int_equal(grid_cursor_column(scene.grid), 1);
    shows(&scene, " total_vi…\n"
                  ">48,201,3…\n"
                  " 31,998,1…\n"
                  "     1,200\n"
                  "         7\n");
    act(&scene, "move first");
    shows(&scene, " channel\n"
                  ">Dude Per…\n"
                  " 5-Minute…\n"
                  " 売上チャ…\n"
                  " ∅\n");
    scene_end(&scene);
}

static void columns_hide_and_come_back(void **state)
{
    struct scene scene = channels_scene(3, 44);

    (void)state;
    act(&scene, "move right");
    act(&scene, "hide");
    assert_int_equal(grid_cursor_column(scene.grid), 2);
    shows(&scene, " channel             revenue  share\n"
                  ">Dude Perfect     $12,410.20  50.0% ████\n"
                  " 5-Minute Crafts   $8,004.77  33.2% ██▋\n");
    assert_status(&scene, "row 1/4 · 1 hidden · hidden: total_views; 'show' brings all back");
    act(&scene, "hide SHARE");
    act(&scene, "hide revenue");
    assert_int_equal(grid_cursor_column(scene.grid), 0);
    assert_refused(&scene, "hide", ERR_USAGE, "'channel' is the last column that is shown");
    assert_refused(&scene, "hide shara", ERR_UNKNOWN, "no column 'shara'");
    assert_string_equal(scene.error.hint, "did you mean 'share'?");
    act(&scene, "show share");
    shows(&scene, " channel          share\n"
                  ">Dude Perfect     50.0% ████████\n"
                  " 5-Minute Crafts  33.2% █████▎\n");
    act(&scene, "show");
    assert_status(&scene, "row 1/4");
    scene_end(&scene);
}

static void widths_are_set_by_hand(void **state)
{
    struct scene scene = channels_scene(3, 50);

    (void)state;
    act(&scene, "width 8");
    act(&scene, "width revenue -4");
    shows(&scene, " channel   total_views  reven…  share\n"
                  ">Dude Pe…   48,201,334  $12,4…  50.0% ██████\n"
                  " 5-Minut…   31,998,100  $8,00…  33.2% ████\n");
    act(&scene, "width channel +3");
    act(&scene, "width revenue auto");
    shows(&scene, " channel      total_views     revenue  share\n"
                  ">Dude Perfe…   48,201,334  $12,410.20  50.0% ██▌\n"
                  " 5-Minute C…   31,998,100   $8,004.77  33.2% █▋\n");
    assert_refused(&scene, "width nothing 3", ERR_UNKNOWN, "no column 'nothing'");
    scene_end(&scene);
}

static void widths_grow_with_what_comes_into_sight(void **state)
{
    struct data_column column = {.name = "n", .type = DATA_INT, .decimals = -1};
    struct scene       scene = scene_new(3, 30, &column, 1);
    char               row[32];

    (void)state;
    for (int i = 0; i < 3000; i++) {
        snprintf(row, sizeof row, "%d", i < 2000 ? i : i * 1000);
        scene_add(&scene, row);
    }
    shows(&scene, "   n\n"
                  ">  0\n"
                  "   1\n");
    act(&scene, "move bottom");
    shows(&scene, "       n\n"
                  " 2998000\n"
                  ">2999000\n");
    act(&scene, "move page-up 2");
    assert_int_equal(grid_cursor_row(scene.grid), 2997);
    act(&scene, "move half-up");
    assert_int_equal(grid_cursor_row(scene.grid), 2996);
    scene_end(&scene);
}

static void control_characters_do_not_reach_the_screen(void **state)
{
    struct data_column column = {.name = "bad\x1bname", .type = DATA_TEXT, .decimals = -1};
    struct scene       scene = scene_new(3, 30, &column, 1);

    (void)state;
    scene_add(&scene, "a\tb\nc\x1b[2Jd");
    scene_add(&scene, "e\xcc\x81" "\xff|");
    shows(&scene, " bad\\x1bname\n"
                  ">a\\tb\\nc\\x1b[2Jd\n"
                  " é�\n");
    scene_end(&scene);
}

static void nothing_to_show_says_why(void **state)
{
    struct scene scene = scene_new(3, 40, channels, 2), empty = scene_new(2, 20, NULL, 0);

    (void)state;
    shows(&scene, " channel  total_views\n"
                  " no rows\n"
                  "\n");
    assert_status(&scene, "row 0/0");
    scene.result->state = RESULT_RUNNING;
    shows(&scene, " channel  total_views\n"
                  " waiting for rows\n"
                  "\n");
    assert_status(&scene, "row 0/0 so far");
    act(&scene, "move down");
    act(&scene, "move bottom");
    act(&scene, "sort");
    act(&scene, "sort");
    act(&scene, "expand");
    shows(&scene, " no row\n"
                  "\n"
                  "\n");
    assert_int_equal(grid_cursor_row(scene.grid), SIZE_MAX);
    shows(&empty, " no columns\n"
                  "\n");
    act(&empty, "move right");
    act(&empty, "freeze");
    act(&empty, "expand");
    shows(&empty, " no columns\n"
                  "\n");
    assert_refused(&empty, "hide", ERR_USAGE, "there is no column");
    assert_refused(&empty, "sort", ERR_USAGE, "there is no column to sort by");
    assert_refused(&empty, "select column", ERR_USAGE, "there is no column");
    scene_end(&scene);
    scene_end(&empty);
}

static void a_row_on_its_side_wraps_and_scrolls(void **state)
{
    struct data_column known[] = {{.name = "id", .type = DATA_INT, .decimals = -1},
                                  {.name = "description", .type = DATA_TEXT, .decimals = -1},
                                  {.name = "tags", .type = DATA_TEXT, .decimals = -1}};
    struct scene       scene = scene_new(5, 30, known, 3);

    (void)state;
    scene_add(&scene, "1|two\nlines|-");
    scene_add(&scene, "2|a long text that does not fit on one line or on two, and 売上チャンネル|x");
    act(&scene, "expand");
    shows(&scene, " id          1\n"
                  " descripti…  two\n"
                  "             lines\n"
                  " tags        ∅\n"
                  "\n");
    act(&scene, "move right");
    shows(&scene, " id          2\n"
                  " descripti…  a long text that\n"
                  "             does not fit on\n"
                  "             one line or on\n"
                  "             two, and 売上チャ\n");
    act(&scene, "move down 2");
    shows(&scene, "             does not fit on\n"
                  "             one line or on\n"
                  "             two, and 売上チャ\n"
                  "             ンネル\n"
                  " tags        x\n");
    act(&scene, "move bottom");
    shows(&scene, "             does not fit on\n"
                  "             one line or on\n"
                  "             two, and 売上チャ\n"
                  "             ンネル\n"
                  " tags        x\n");
    act(&scene, "move up");
    shows(&scene, " descripti…  a long text that\n"
                  "             does not fit on\n"
                  "             one line or on\n"
                  "             two, and 売上チャ\n"
                  "             ンネル\n");
    act(&scene, "hide description");
    shows(&scene, " id    2\n"
                  " tags  x\n"
                  "\n"
                  "\n"
                  "\n");
    act(&scene, "expand off");
    assert_status(&scene, "row 2/2 · 1 hidden");
    scene_end(&scene);
}

static void smallest_sizes_draw(void **state)
{
    struct scene scene = channels_scene(1, 12);

    (void)state;
    shows(&scene, ">Dude Perfe…\n");
    for (int columns = 0; columns < 30; columns++)
        for (int rows = 0; rows < 4; rows++) {
            canvas_resize(scene.canvas, rows, columns);
            act(&scene, "move last");
            scene_draw(&scene);
            act(&scene, "freeze 2");
            act(&scene, "move first");
            scene_draw(&scene);
            act(&scene, "expand");
            scene_draw(&scene);
            act(&scene, "expand");
            act(&scene, "freeze off");
            scene_draw(&scene);
        }
    scene_end(&scene);
}

static void a_click_moves_and_a_second_one_opens(void **state)
{
    struct scene scene = channels_scene(6, 60);

    (void)state;
    scene_draw(&scene);
    assert_false(grid_click(scene.grid, 2, 25, false));
    assert_int_equal(grid_cursor_row(scene.grid), 1);
    assert_int_equal(grid_cursor_column(scene.grid), 1);
    assert_true(grid_click(scene.grid, 0, 33, false));
    assert_int_equal(grid_cursor_column(scene.grid), 2);
    assert_int_equal(grid_cursor_row(scene.grid), 1);
    assert_false(grid_click(scene.grid, 5, 2, false));          /* below the last row */
    assert_int_equal(grid_cursor_row(scene.grid), 1);
    assert_false(grid_click(scene.grid, 3, 2, true));
    shows(&scene, " channel      売上チャンネル\n"
                  " total_views  1,200\n"
                  " revenue      -$3.50\n"
                  " share        6.3%\n"
                  "\n"
                  "\n");
    scene_end(&scene);
}

static void what_is_no_verb_is_refused(void **state)
{
    struct scene scene = channels_scene(6, 60);

    (void)state;
    assert_refused(&scene, "frees", ERR_UNKNOWN, "a table has no command 'frees'");
    assert_string_equal(scene.error.hint, "did you mean 'freeze'?");
    assert_refused(&scene, "freeze x", ERR_USAGE, "freeze takes a number of columns or 'off', not 'x'");
    assert_refused(
        &scene, "move away", ERR_USAGE,
        "move takes up, down, left, right, page-up, page-down, half-up, half-down, top, bottom, first or last");
    assert_refused(&scene, "move up x", ERR_USAGE, "'x' is no number of steps");
    assert_refused(&scene, "go x", ERR_USAGE, "go takes the number of a row, from 1");
    assert_refused(&scene, "go 0", ERR_USAGE, "go takes the number of a row, from 1");
    assert_refused(&scene, "expand x", ERR_USAGE, "expand takes on or off, not 'x'");
    act(&scene, "go 3");
    assert_int_equal(grid_cursor_row(scene.grid), 2);
    act(&scene, "go 9");
    assert_status(&scene, "row 4/4 · the last row is 4");
    scene_end(&scene);
}

static void units_stand_in_the_header(void **state)
{
    struct data_column known[] = {
        {.name = "week", .type = DATA_DATE, .unit = UNIT_WEEK, .decimals = -1, .role = ROLE_TIME},
        {.name = "published", .type = DATA_TIMESTAMPTZ, .unit = UNIT_MONTH, .decimals = -1, .role = ROLE_TIME},
        {.name = "watched", .type = DATA_INT, .format = FORMAT_DURATION, .decimals = -1, .role = ROLE_MEASURE},
        {.name = "paid", .type = DATA_NUMERIC, .format = FORMAT_CURRENCY, .currency = "EUR", .decimals = -1},
    };
    struct scene scene = scene_new(2, 60, known, 4);

    (void)state;
    scene_add(&scene, "2026-01-26|2026-01-01 00:00:00+00|3725|5");
    shows(&scene, " week        published (month)  watched (h:m:s)  paid (EUR)\n"
                  ">2026-01-26  2026-01-01                 1:02:05       €5.00\n");
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_rows_and_bars_where_there_is_room),
        cmocka_unit_test(ascii_needs_no_other_character),
        cmocka_unit_test(columns_scroll_sideways_and_frozen_ones_stay),
        cmocka_unit_test(frozen_columns_leave_room_for_others),
        cmocka_unit_test(a_column_wider_than_the_screen_scrolls_inside),
        cmocka_unit_test(columns_hide_and_come_back),
        cmocka_unit_test(widths_are_set_by_hand),
        cmocka_unit_test(widths_grow_with_what_comes_into_sight),
        cmocka_unit_test(control_characters_do_not_reach_the_screen),
        cmocka_unit_test(nothing_to_show_says_why),
        cmocka_unit_test(a_row_on_its_side_wraps_and_scrolls),
        cmocka_unit_test(smallest_sizes_draw),
        cmocka_unit_test(a_click_moves_and_a_second_one_opens),
        cmocka_unit_test(what_is_no_verb_is_refused),
        cmocka_unit_test(units_stand_in_the_header),
    };

    return cmocka_run_group_tests_name("ui: grid", tests, NULL, NULL);
}
