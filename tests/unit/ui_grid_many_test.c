/* ui: verbs of a grid that take longer than a slice of time: in a task, on rows that lie on disk, and cancelled. */
#include "ui_grid_help.h"
#include "ytempire/engine/loop.h"

#define ROWS 100000

struct work {
    struct scene *scene;
    const char   *line;
    int           r;
    bool          ended;
};

static void work_main(void *who)
{
    struct work *work = who;

    work->r = scene_do(work->scene, work->line);
    work->ended = true;
}

static struct scene many(size_t rows)
{
    struct data_column known[] = {{.name = "n", .type = DATA_INT, .decimals = -1},
                                  {.name = "name", .type = DATA_TEXT, .decimals = -1}};
    struct scene       scene = scene_new(3, 40, known, 2);
    char               number[32], name[64];

    for (size_t i = 0; i < rows; i++) {
        size_t           value = (i * 7919 + 13) % rows;
        struct data_cell cells[2] = {{number, (size_t)snprintf(number, sizeof number, "%zu", value)},
                                     {name, (size_t)snprintf(name, sizeof name, "a channel named %06zu", value / 10)}};

        assert_int_equal(store_add(scene.result->rows, cells, NULL), 0);
    }
    assert_int_equal(store_shrink(scene.result->rows, 0, NULL), 0);
    return scene;
}

static void assert_number(struct scene *scene, long long expected)
{
    struct str cell = STR_INIT;
    long long  n = -1;

    act(scene, "move first");
    assert_int_equal(grid_copy_cell(scene->grid, &cell, NULL), 0);
    assert_int_equal(text_to_int64(str_text(&cell), cell.length, &n), 0);
    str_done(&cell);
    assert_int_equal(n, expected);
}

static void a_hundred_thousand_spilled_rows(void **state)
{
    struct loop *loop = loop_new();
    struct scene scene = many(ROWS);
    struct work  work = {.scene = &scene, .line = "sort n asc"};

    (void)state;
    loop_run_task(loop, work_main, &work);
    assert_int_equal(work.r, 0);
    act(&scene, "go 1");
    assert_number(&scene, 0);
    act(&scene, "go 77778");
    assert_number(&scene, 77777);
    work.line = "sort name desc";                       /* ten of each: in the order they lie in */
    loop_run_task(loop, work_main, &work);
    act(&scene, "go 1");
    assert_true(grid_cursor_row(scene.grid) < 100000);
    for (size_t i = 0, before = 0; i < 10; i++) {
        size_t row = grid_cursor_row(scene.grid);

        assert_true(i == 0 || row > before);
        before = row;
        act(&scene, "move down");
    }
    work.line = "search 054321";
    loop_run_task(loop, work_main, &work);
    assert_int_equal(work.r, ERR_UNKNOWN);
    work.line = "search D 005432";
    loop_run_task(loop, work_main, &work);
    assert_int_equal(work.r, 0);
    work.line = "filter n < 50";
    loop_run_task(loop, work_main, &work);
    assert_status(&scene, "row 50/50 · filter n < 50: 50 of 100,000 rows");
    scene_end(&scene);
    loop_free(loop);
}

static void a_sort_that_is_cancelled_leaves_the_order(void **state)
{
    struct loop *loop = loop_new();
    struct scene scene = many(ROWS);
    struct work  work = {.scene = &scene, .line = "sort n asc"}, second = {.scene = &scene, .line = "sort name asc"};
    struct task *task;

    (void)state;
    act(&scene, "sort n desc");
    task = task_start(loop, work_main, &work);
    assert_false(work.ended);                           /* it has been at it for longer than a slice */
    scene_draw(&scene);
    act(&scene, "move down 2");
    assert_number(&scene, 99997);
    work_main(&second);
    assert_int_equal(second.r, ERR_CONFLICT);
    assert_string_equal(scene.error.text, "the table is still at work; Ctrl-C stops that");
    error_done(&scene.error);
    task_cancel(task, ERR_INTERRUPTED);
    while (!work.ended)
        loop_turn(loop, 0);
    assert_int_equal(work.r, ERR_INTERRUPTED);
    assert_string_equal(scene.error.text, "sorting was interrupted; all is as before");
    assert_number(&scene, 99997);
    assert_string_equal(grid_order_line(scene.grid), "order by n desc");
    act(&scene, "sort name asc");
    scene_end(&scene);
    loop_free(loop);
}

/* Cancels a verb after so many turns of the loop; its code. */
static int cancelled_after(struct loop *loop, struct scene *scene, const char *line, int turns)
{
    struct work  work = {.scene = scene, .line = line};
    struct task *task = task_start(loop, work_main, &work);

    for (int i = 0; i < turns && !work.ended; i++)
        loop_turn(loop, 0);
    if (!work.ended)
        task_cancel(task, ERR_INTERRUPTED);
    while (!work.ended)
        loop_turn(loop, 0);
    return work.r;
}

/* A verb is cancelled earlier and later, until it is done before: until then all stays as it was. */
static void assert_nothing_done_when_cancelled(struct scene *scene, const char *line, const char *error,
                                               const char *status)
{
    struct loop *loop = loop_new();
    int          r = ERR_INTERRUPTED;

    assert_status(scene, status);
    for (int turns = 0; (r = cancelled_after(loop, scene, line, turns)) == ERR_INTERRUPTED; turns++) {
        assert_string_equal(scene->error.text, error);
        assert_status(scene, status);
    }
    assert_true(r == 0 || r == ERR_UNKNOWN);
    loop_free(loop);
}

static void what_is_cancelled_anywhere_leaves_all_as_it_was(void **state)
{
    struct scene scene = many(ROWS);

    (void)state;
    act(&scene, "go 5");
    act(&scene, "select row");
    assert_nothing_done_when_cancelled(&scene, "sort n asc", "sorting was interrupted; all is as before",
                                       "row 6/100,000 · selected 1 row: n sum 31689, avg 31689, min 31689, max 31689, "
                                       "1 value");
    act(&scene, "go 6");
    assert_nothing_done_when_cancelled(&scene, "sort name desc", "sorting was interrupted; all is as before",
                                       "row 6/100,000 · selected 1 row: n sum 31689, avg 31689, min 31689, max 31689, "
                                       "1 value");
    act(&scene, "go 6");
    act(&scene, "move first");
    assert_nothing_done_when_cancelled(&scene, "search 054321", "the search was interrupted; all is as before",
                                       "row 6/100,000 · selected 1 row: n sum 31689, avg 31689, min 31689, max 31689, "
                                       "1 value");
    assert_nothing_done_when_cancelled(&scene, "select all", "adding up was interrupted; all is as before",
                                       "row 6/100,000 · selected 1 row: n sum 31689, avg 31689, min 31689, max 31689, "
                                       "1 value");
    assert_status(&scene, "row 6/100,000 · selected 100,000 rows: n sum 4999950000, avg 49999.5, min 0, max 99999, "
                          "100,000 values");
    act(&scene, "select off");
    assert_nothing_done_when_cancelled(&scene, "select column", "adding up was interrupted; all is as before",
                                       "row 6/100,000");
    act(&scene, "select off");
    act(&scene, "sort n off");
    act(&scene, "go 6");
    assert_nothing_done_when_cancelled(&scene, "filter n < 50", "filtering was interrupted; all is as before",
                                       "row 6/100,000");
    assert_status(&scene, "row 6/50 · filter n < 50: 50 of 100,000 rows");
    act(&scene, "select all");
    assert_status(&scene, "row 6/50 · filter n < 50: 50 of 100,000 rows · selected 50 rows: n sum 1225, avg 24.5, "
                          "min 0, max 49, 50 values");
    scene_end(&scene);
}

/* Sorted, the first row shown gives the pivot its first row and its first column. */
static void a_pivot_that_is_cancelled_anywhere_is_none(void **state)
{
    struct data_column known[] = {{.name = "channel", .type = DATA_TEXT, .decimals = -1, .role = ROLE_DIMENSION},
                                  {.name = "country", .type = DATA_TEXT, .decimals = -1, .role = ROLE_DIMENSION},
                                  {.name = "views", .type = DATA_INT, .decimals = -1, .role = ROLE_MEASURE}};
    struct scene       scene = scene_new(4, 40, known, 3);
    char               row[64];

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        size_t value = i * 7919 % ROWS;

        snprintf(row, sizeof row, "channel %zu|C%zu|%zu", value / 200, value % 200, value);
        scene_add(&scene, row);
    }
    assert_int_equal(store_shrink(scene.result->rows, 0, NULL), 0);
    act(&scene, "sort views desc");
    assert_nothing_done_when_cancelled(&scene, "pivot", "the pivot was interrupted; all is as before",
                                       "row 1/100,000");
    assert_status(&scene, "row 1/500 · pivot · views by channel and country");
    shows(&scene, " channel      ┃  C199   C198   C197\n"
                  ">channel 499  ┃ 99999  99998  99997\n"
                  " channel 498  ┃ 99799  99798  99797\n"
                  " channel 497  ┃ 99599  99598  99597\n");
    act(&scene, "pivot off");
    assert_status(&scene, "row 1/100,000");
    scene_end(&scene);
}

static size_t sent;

static int take_columns(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)sink, (void)columns, (void)count, (void)error;
    sent = 0;
    return 0;
}

static int take_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    (void)sink, (void)cells, (void)error;
    sent++;
    return 0;
}

static int take_note(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)sink, (void)note, (void)error;
    return 0;
}

static void send_main(void *who)
{
    static const struct sink_ops ops = {.begin = take_columns, .row = take_row, .end = take_note};
    struct sink                  sink = {&ops};
    struct work                 *work = who;

    error_done(&work->scene->error);
    work->r = grid_send(work->scene->grid, &sink, &work->scene->error);
    work->ended = true;
}

static void an_export_that_is_cancelled_says_so(void **state)
{
    struct loop *loop = loop_new();
    struct scene scene = many(ROWS);
    struct work  work = {.scene = &scene};
    struct task *task;

    (void)state;
    act(&scene, "sort n asc");
    task = task_start(loop, send_main, &work);
    assert_false(work.ended);
    task_cancel(task, ERR_INTERRUPTED);
    while (!work.ended)
        loop_turn(loop, 0);
    assert_int_equal(work.r, ERR_INTERRUPTED);
    assert_true(sent < ROWS);
    assert_string_equal(scene.error.text, "writing the rows was interrupted; all is as before");
    work.ended = false;
    loop_run_task(loop, send_main, &work);
    assert_int_equal(work.r, 0);
    assert_int_equal(sent, ROWS);
    scene_end(&scene);
    loop_free(loop);
}

/* Ten rows have the text; in whichever order they are shown they are found one after the other, and round. */
static void a_search_goes_by_the_order_shown(void **state)
{
    struct scene scene = many(ROWS);

    (void)state;
    act(&scene, "sort n asc");
    act(&scene, "search d 005432");
    for (long long n = 54320; n < 54330; n++) {
        assert_number(&scene, n);
        act(&scene, "move last");
        act(&scene, "next");
    }
    assert_status(&scene, "row 54,321/100,000 · search went on from the beginning");
    assert_number(&scene, 54320);
    act(&scene, "previous");
    assert_status(&scene, "row 54,330/100,000 · search went on from the end");
    act(&scene, "sort n desc");
    act(&scene, "go 1");
    for (long long n = 54329; n >= 54320; n--) {
        act(&scene, "next");
        assert_number(&scene, n);
        act(&scene, "move last");
    }
    act(&scene, "filter n > 54325");
    act(&scene, "move bottom");
    for (long long n = 54327; n < 54330; n++) {         /* the cursor was on the cell of 54326 */
        act(&scene, "move last");
        act(&scene, "previous");
        assert_int_equal(grid_cursor_column(scene.grid), 1);
        assert_number(&scene, n);
    }
    act(&scene, "sort n off");
    act(&scene, "filter off");
    act(&scene, "go 1");
    act(&scene, "search 00543");                         /* as the rows lie */
    for (size_t i = 0, before = 0; i < 40; i++) {
        size_t row = grid_cursor_row(scene.grid);

        assert_true(i == 0 || row > before);
        before = row;
        act(&scene, "next");
    }
    scene_end(&scene);
}

static void only_one_row_has_it_and_the_cursor_is_on_it(void **state)
{
    struct scene scene = many(ROWS);

    (void)state;
    act(&scene, "sort n asc");
    act(&scene, "search 77777");
    assert_number(&scene, 77777);
    act(&scene, "next");
    assert_status(&scene, "row 77,778/100,000 · search went on from the beginning");
    act(&scene, "previous");
    assert_status(&scene, "row 77,778/100,000 · search went on from the end");
    act(&scene, "filter n = 77777");
    act(&scene, "next");
    assert_status(&scene, "row 1/1 · filter n = 77777: 1 of 100,000 rows · search went on from the beginning");
    act(&scene, "filter n < 0");
    assert_int_equal(scene_do(&scene, "next"), ERR_UNKNOWN);
    scene_end(&scene);
}

static void what_is_searched_for_stays_while_a_search_goes_on(void **state)
{
    struct loop *loop = loop_new();
    struct scene scene = many(ROWS);
    struct work  work = {.scene = &scene, .line = "search 054321"};

    (void)state;
    task_start(loop, work_main, &work);
    assert_false(work.ended);
    assert_false(grid_back(scene.grid));
    while (!work.ended)
        loop_turn(loop, 0);
    assert_int_equal(work.r, ERR_UNKNOWN);
    assert_string_equal(scene.error.text, "no cell has '054321'");
    assert_true(grid_back(scene.grid));
    scene_end(&scene);
    loop_free(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_thousand_spilled_rows),
        cmocka_unit_test(a_sort_that_is_cancelled_leaves_the_order),
        cmocka_unit_test(what_is_cancelled_anywhere_leaves_all_as_it_was),
        cmocka_unit_test(a_pivot_that_is_cancelled_anywhere_is_none),
        cmocka_unit_test(an_export_that_is_cancelled_says_so),
        cmocka_unit_test(a_search_goes_by_the_order_shown),
        cmocka_unit_test(only_one_row_has_it_and_the_cursor_is_on_it),
        cmocka_unit_test(what_is_searched_for_stays_while_a_search_goes_on),
    };

    return cmocka_run_group_tests_name("ui: many rows in a grid", tests, NULL, NULL);
}
