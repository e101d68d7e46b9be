/* ui: what is selected in a grid, its sums, copies, exports, and the pivot. */
#include "ui_grid_help.h"
#include "ytempire/output.h"

static void selected_rows_add_up(void **state)
{
    struct scene scene = channels_scene(6, 60);

    (void)state;
    act(&scene, "move right 2");
    act(&scene, "select row");
    act(&scene, "select row");
    act(&scene, "select row");
    assert_status(&scene,
                  "row 4/4 · selected 3 rows: revenue sum $20,411.47, avg $6,803.82, min -$3.50, max $12,410.20, "
                  "3 values");
    shows(&scene, " channel          total_views     revenue  share\n"
                  "*Dude Perfect      48,201,334  $12,410.20  50.0% █████▌\n"
                  "*5-Minute Crafts   31,998,100   $8,004.77  33.2% ███▋\n"
                  "*売上チャンネル         1,200      -$3.50   6.3% ▊\n"
                  ">∅                          7           ∅      ∅\n"
                  "\n");
    act(&scene, "select row");
    act(&scene, "move left");
    assert_status(&scene,
                  "row 4/4 · selected 4 rows: total_views sum 80,200,641, avg 20,050,160.25, min 7, max 48,201,334, "
                  "4 values");
    act(&scene, "select row");                                  /* and off again */
    act(&scene, "move left");
    assert_status(&scene, "row 4/4 · selected 3 rows: channel 3 values");
    act(&scene, "select off");
    assert_status(&scene, "row 4/4");
    scene_end(&scene);
}

static void sums_are_exact_and_leave_null_out(void **state)
{
    struct data_column known[] = {{.name = "n", .type = DATA_NUMERIC, .decimals = -1},
                                  {.name = "day", .type = DATA_DATE, .decimals = -1}};
    struct scene       scene = scene_new(3, 40, known, 2);

    (void)state;
    scene_add(&scene, "123456789012345678901234567890.1|2026-01-31");
    scene_add(&scene, "0.000000000000000000000000000002|-");
    scene_add(&scene, "-|1999-12-31");
    act(&scene, "select all");
    assert_status(&scene,
                  "row 1/3 · selected 3 rows: n sum 123456789012345678901234567890.100000000000000000000000000002, "
                  "avg 61728394506172839450617283945.050000000000000000000000000001, "
                  "min 0.000000000000000000000000000002, max 123456789012345678901234567890.1, 2 values");
    act(&scene, "move right");
    assert_status(&scene, "row 1/3 · selected 3 rows: day min 1999-12-31, max 2026-01-31, 2 values");
    scene_end(&scene);
}

static void a_column_adds_up_over_the_rows_shown(void **state)
{
    struct scene scene = channels_scene(4, 60);

    (void)state;
    act(&scene, "filter total_views > 1000000");
    act(&scene, "sort total_views asc");
    act(&scene, "select column");
    assert_status(&scene,
                  "row 1/2 · filter total_views > 1000000: 2 of 4 rows · selected 2 rows: total_views sum 80,199,434, "
                  "avg 40,099,717, min 31,998,100, max 48,201,334, 2 values");
    scene_draw(&scene);
    assert_int_equal(scene.canvas->cells[2 * 60 + 20].look, LOOK_SELECTED);
    assert_int_equal(scene.canvas->cells[2 * 60 + 2].look, LOOK_NORMAL);
    act(&scene, "select column");
    assert_status(&scene, "row 1/2 · filter total_views > 1000000: 2 of 4 rows");
    assert_refused(&scene, "select some", ERR_USAGE, "select takes row, column, all or off, not 'some'");
    scene_end(&scene);
}

static void assert_copy(struct scene *scene, const char *format, const char *expected)
{
    struct str text = STR_INIT;

    assert_int_equal(grid_copy(scene->grid, format, &text, NULL), 0);
    assert_string_equal(str_text(&text), expected);
    str_done(&text);
}

static void copies_are_what_was_selected_else_the_row(void **state)
{
    struct scene scene = channels_scene(6, 60);
    struct str   text = STR_INIT;

    (void)state;
    act(&scene, "hide share");
    act(&scene, "move down");
    assert_copy(&scene, "csv", "channel,total_views,revenue\n5-Minute Crafts,31998100,8004.77\n");
    act(&scene, "sort total_views asc");
    act(&scene, "go 1");
    act(&scene, "select row");
    act(&scene, "move down");
    act(&scene, "select row");
    assert_copy(&scene, "csv", "channel,total_views,revenue\n,7,\n5-Minute Crafts,31998100,8004.77\n");
    act(&scene, "move first");
    act(&scene, "select column");
    assert_copy(&scene, "tsv", "channel\n\\N\n5-Minute Crafts\n");
    assert_int_equal(grid_copy(scene.grid, "xml", &text, &scene.error), ERR_UNKNOWN);
    assert_int_equal(grid_copy_cell(scene.grid, &text, NULL), 0);
    assert_string_equal(str_text(&text), "Dude Perfect");
    str_done(&text);
    scene_end(&scene);
}

static void everything_shown_goes_to_a_sink(void **state)
{
    struct scene   scene = channels_scene(6, 60);
    struct style   style = {0};
    struct output *output = output_new(-1, "test");
    struct writer *writer = writer_new(format_find("csv"), &style, output);
    struct sink   *sink = sink_writer_new(writer);
    struct str     text = STR_INIT;
    const char    *bytes;
    size_t         length;

    (void)state;
    act(&scene, "sort total_views asc");
    act(&scene, "filter revenue <> null");
    act(&scene, "hide revenue");
    assert_int_equal(grid_send(scene.grid, sink, NULL), 0);
    bytes = output_bytes(output, &length);
    str_add_bytes(&text, bytes, length);
    assert_string_equal(str_text(&text), "channel,total_views,share\n"
                                         "売上チャンネル,1200,0.0625\n"
                                         "5-Minute Crafts,31998100,0.332\n"
                                         "Dude Perfect,48201334,0.5\n");
    str_done(&text);
    sink_writer_free(sink);
    writer_free(writer);
    output_free(output);
    scene_end(&scene);
}

/* In an order that is not the store's, more than is read ahead at once. */
#define SENT_ROWS 70001
#define LONG_ROWS 71
#define LONG 200000

struct check {
    struct sink sink;
    size_t      count, last;
    size_t      long_rows;
};

static int check_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)sink, (void)columns, (void)error;
    assert_int_equal(count, 2);
    return 0;
}

static int check_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct check *check = (struct check *)sink;
    long long     n = -1;

    assert_int_equal(text_to_int64(cells[1].text, cells[1].length, &n), 0);
    assert_int_equal(n, check->last - check->count);
    check->count++;
    if (n >= LONG_ROWS) {
        assert_true(n % 3 == 0 ? cells[0].text == NULL : cells[0].length == 0);
    } else {
        assert_int_equal(cells[0].length, LONG);
        assert_int_equal(cells[0].text[LONG - 1], 'a' + n % 26);
        check->long_rows++;
    }
    (void)error;
    return 0;
}

static int check_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)sink, (void)note, (void)error;
    return 0;
}

/* Rows n = 0, 1, … all over the store; the first are long: they do not fit into what is read ahead. */
static struct scene long_rows(char *text)
{
    struct data_column known[] = {{.name = "text", .type = DATA_TEXT, .decimals = -1},
                                  {.name = "n", .type = DATA_INT, .decimals = -1}};
    struct scene       scene = scene_new(3, 40, known, 2);
    char               number[32];

    for (size_t i = 0; i < SENT_ROWS; i++) {
        size_t           n = i * 7919 % SENT_ROWS;
        struct data_cell cells[2] = {{0}, {number, (size_t)snprintf(number, sizeof number, "%zu", n)}};

        memset(text, 'a' + (int)(n % 26), n < LONG_ROWS ? LONG : 0);
        if (n < LONG_ROWS)
            cells[0] = (struct data_cell){text, LONG};
        else if (n % 3 != 0)
            cells[0] = (struct data_cell){"", 0};
        assert_int_equal(store_add(scene.result->rows, cells, NULL), 0);
    }
    assert_int_equal(store_shrink(scene.result->rows, 0, NULL), 0);
    return scene;
}

static void many_sorted_rows_go_to_a_sink(void **state)
{
    static const struct sink_ops ops = {.begin = check_begin, .row = check_row, .end = check_end};
    struct check                 check = {.sink = {&ops}, .last = SENT_ROWS - 1};
    char                        *text = mem_alloc(LONG);
    struct scene                 scene = long_rows(text);

    (void)state;
    act(&scene, "sort n desc");
    assert_int_equal(grid_send(scene.grid, &check.sink, NULL), 0);
    assert_int_equal(check.count, SENT_ROWS);
    assert_int_equal(check.long_rows, LONG_ROWS);
    act(&scene, "filter n <= 40");
    check.count = check.long_rows = 0;
    check.last = 40;
    assert_int_equal(grid_send(scene.grid, &check.sink, NULL), 0);
    assert_int_equal(check.count, 41);
    act(&scene, "filter n < 0");
    check.count = 0;
    assert_int_equal(grid_send(scene.grid, &check.sink, NULL), 0);
    assert_int_equal(check.count, 0);
    mem_free(text);
    scene_end(&scene);
}

/* -- the pivot
 * --------------------------------------------------------------------------------------------------------- */

static const struct data_column by_day[] = {
    {.name = "channel", .type = DATA_TEXT, .decimals = -1, .role = ROLE_DIMENSION},
    {.name = "day", .type = DATA_DATE, .decimals = -1, .role = ROLE_TIME, .unit = UNIT_DAY},
    {.name = "views", .type = DATA_INT, .format = FORMAT_NUMBER, .decimals = -1, .role = ROLE_MEASURE},
    {.name = "revenue", .type = DATA_NUMERIC, .format = FORMAT_CURRENCY, .decimals = -1, .role = ROLE_MEASURE},
};

static struct scene by_day_scene(void)
{
    struct scene scene = scene_new(5, 60, by_day, 4);

    scene_add(&scene, "Beta|2026-01-02|20|2");
    scene_add(&scene, "Alpha|2026-01-01|1000|1.5");
    scene_add(&scene, "Beta|2026-01-01|10|1");
    scene_add(&scene, "Alpha|-|-|4");
    scene_add(&scene, "-|2026-01-03|30|-3");
    return scene;
}

static void a_pivot_puts_the_second_dimension_across(void **state)
{
    struct scene scene = by_day_scene();

    (void)state;
    act(&scene, "pivot");
    shows(&scene, " channel  ┃ 2026-01-01  2026-01-02  2026-01-03  NULL\n"
                  ">Beta     ┃         10          20           ∅     ∅\n"
                  " Alpha    ┃      1,000           ∅           ∅     ∅\n"
                  " ∅        ┃          ∅           ∅          30     ∅\n"
                  "\n");
    assert_status(&scene, "row 1/3 · pivot · views by channel and day");
    assert_int_equal(grid_cursor_row(scene.grid), 2);
    assert_string_equal(grid_column(scene.grid, 1)->name, "2026-01-01");
    act(&scene, "move right 2");
    assert_int_equal(grid_cursor_row(scene.grid), SIZE_MAX);     /* no row has this day */
    act(&scene, "sort 2026-01-01 desc");
    shows(&scene, " channel  ┃ 2026-01-01 ▼ 2026-01-02  2026-01-03  NULL\n"
                  ">Alpha    ┃      1,000            ∅           ∅     ∅\n"
                  " Beta     ┃         10           20           ∅     ∅\n"
                  " ∅        ┃          ∅            ∅          30     ∅\n"
                  "\n");
    act(&scene, "select all");
    assert_status(&scene,
                  "row 1/3 · pivot · selected 3 rows: 2026-01-01 sum 1,010, avg 505, min 10, max 1,000, 2 values");
    act(&scene, "pivot off");
    assert_status(&scene, "row 1/5");
    act(&scene, "move last");
    act(&scene, "pivot on");
    shows(&scene, " channel  ┃ 2026-01-01  2026-01-02  2026-01-03   NULL\n"
                  ">Beta     ┃      $1.00       $2.00           ∅      ∅\n"
                  " Alpha    ┃      $1.50           ∅           ∅  $4.00\n"
                  " ∅        ┃          ∅           ∅      -$3.00      ∅\n"
                  "\n");
    act(&scene, "pivot");
    assert_status(&scene, "row 1/5");
    scene_end(&scene);
}

static void a_pivot_that_cannot_be_is_refused(void **state)
{
    struct data_column known[] = {
        by_day[0], {.name = "video", .type = DATA_INT, .decimals = -1, .role = ROLE_DIMENSION}, by_day[2]};
    struct scene       scene = channels_scene(6, 60), wide = scene_new(4, 60, known, 3), twice = by_day_scene();
    char               row[64];

    (void)state;
    assert_refused(&scene, "pivot", ERR_USAGE, "a pivot needs two dimensions, and this result has one");
    assert_refused(&scene, "pivot maybe", ERR_USAGE, "pivot takes on or off, not 'maybe'");
    for (int i = 0; i < 201; i++) {
        snprintf(row, sizeof row, "a|%d|1", i);
        scene_add(&wide, row);
    }
    assert_refused(&wide, "pivot", ERR_LIMIT, "'video' has more than 200 values: too wide for a pivot");
    act(&wide, "filter video < 200");
    act(&wide, "pivot");
    assert_status(&wide, "row 1/1 · pivot · views by channel and video");
    scene_add(&twice, "Beta|2026-01-02|21|2");
    assert_refused(&twice, "pivot", ERR_USAGE,
                   "some pairs of 'channel' and 'day' have more than one row: the rows differ in more than these");
    assert_status(&twice, "row 1/6");
    scene_end(&scene);
    scene_end(&wide);
    scene_end(&twice);
}

static void another_result_of_the_command_begins_anew(void **state)
{
    struct scene scene = by_day_scene();

    (void)state;
    act(&scene, "sort views desc");
    act(&scene, "pivot");
    assert_int_equal(result_columns(scene.result, channels, 2), 0);
    scene_add(&scene, "Dude Perfect|5");
    shows(&scene, " channel       total_views\n"
                  ">Dude Perfect            5\n"
                  "\n"
                  "\n"
                  "\n");
    assert_status(&scene, "row 1/1");
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selected_rows_add_up),
        cmocka_unit_test(sums_are_exact_and_leave_null_out),
        cmocka_unit_test(a_column_adds_up_over_the_rows_shown),
        cmocka_unit_test(copies_are_what_was_selected_else_the_row),
        cmocka_unit_test(everything_shown_goes_to_a_sink),
        cmocka_unit_test(many_sorted_rows_go_to_a_sink),
        cmocka_unit_test(a_pivot_puts_the_second_dimension_across),
        cmocka_unit_test(a_pivot_that_cannot_be_is_refused),
        cmocka_unit_test(another_result_of_the_command_begins_anew),
    };

    return cmocka_run_group_tests_name("ui: selection and pivot of a grid", tests, NULL, NULL);
}
