/* What tests of the grid share: a result made by hand, verbs as they are typed, and the screen they give. */
#ifndef UI_GRID_HELP_H
#define UI_GRID_HELP_H

#include <stdio.h>

#include "src/ui/grid.h"
#include "ui_help.h"

struct scene {
    struct result *result;
    struct grid   *grid;
    struct canvas *canvas;
    struct error   error;
};

static inline struct scene scene_new(int rows, int columns, const struct data_column *known, size_t count)
{
    struct scene scene = {.result = result_new(1, "test"), .canvas = canvas_new(rows, columns)};

    assert_int_equal(result_columns(scene.result, known, count), 0);
    scene.result->state = RESULT_DONE;
    scene.grid = grid_new(scene.result);
    return scene;
}

static inline void scene_end(struct scene *scene)
{
    grid_free(scene->grid);
    result_free(scene->result);
    canvas_free(scene->canvas);
    error_done(&scene->error);
}

/* "a|b|-": cells of a row; "-" is NULL. */
static inline void scene_add(struct scene *scene, const char *row)
{
    struct data_cell cells[32] = {{0}};

    for (size_t i = 0; i < scene->result->column_count; i++) {
        size_t length = strcspn(row, "|");

        if (length != 1 || row[0] != '-')
            cells[i] = (struct data_cell){row, length};
        row += length + (row[length] == '|');
    }
    assert_int_equal(store_add(scene->result->rows, cells, NULL), 0);
}

/* A verb and its words, split at spaces. */
static inline int scene_do(struct scene *scene, const char *line)
{
    char        text[256];
    const char *words[16];
    size_t      count = 0;

    snprintf(text, sizeof text, "%s", line);
    for (char *at = text; *at != '\0';) {
        size_t length = strcspn(at, " ");
        bool   last = at[length] == '\0';

        at[length] = '\0';
        words[count++] = at;
        at += length + !last;
    }
    error_done(&scene->error);
    return grid_act(scene->grid, words[0], words + 1, count - 1, &scene->error);
}

#define act(scene, line)                                                              \
    do {                                                                              \
        if (scene_do(scene, line) != 0)                                               \
            fail_msg("%s: %s", line, (scene)->error.text);                            \
    } while (0)

static inline void scene_draw(struct scene *scene)
{
    grid_follow(scene->grid);
    canvas_clear(scene->canvas);
    grid_draw(scene->grid, scene->canvas, canvas_area(scene->canvas), true);
}

#define shows(scene, expected)                                                        \
    do {                                                                              \
        scene_draw(scene);                                                            \
        assert_screen((scene)->canvas, expected);                                     \
    } while (0)

static inline void assert_status_at(struct scene *scene, const char *expected, const char *file, int line)
{
    struct str status = STR_INIT;

    grid_status(scene->grid, &status);
    if (strcmp(str_text(&status), expected) != 0) {
        print_error("is:  %s\nnot: %s\n", str_text(&status), expected);
        str_done(&status);
        _fail(file, line);
    }
    str_done(&status);
}
#define assert_status(scene, expected) assert_status_at(scene, expected, __FILE__, __LINE__)

/* The first column of the rows shown, from the top: "a b c". */
static inline void assert_order_at(struct scene *scene, const char *expected, const char *file, int line)
{
    struct str order = STR_INIT;

    assert_int_equal(scene_do(scene, "move top"), 0);
    assert_int_equal(scene_do(scene, "move first"), 0);
    for (size_t row, before = SIZE_MAX; (row = grid_cursor_row(scene->grid)) != before; before = row) {
        struct str cell = STR_INIT;

        if (row == SIZE_MAX)
            break;
        assert_int_equal(grid_copy_cell(scene->grid, &cell, NULL), 0);
        str_addf(&order, "%s%s", order.length > 0 ? " " : "", str_text(&cell));
        str_done(&cell);
        assert_int_equal(scene_do(scene, "move down"), 0);
    }
    if (strcmp(str_text(&order), expected) != 0) {
        print_error("is:  %s\nnot: %s\n", str_text(&order), expected);
        str_done(&order);
        _fail(file, line);
    }
    str_done(&order);
}
#define assert_order(scene, expected) assert_order_at(scene, expected, __FILE__, __LINE__)

static inline void assert_refused_at(struct scene *scene, const char *verb, int code, const char *text,
                                     const char *file, int line)
{
    int r = scene_do(scene, verb);

    if (r != code || strcmp(scene->error.text != NULL ? scene->error.text : "", text) != 0) {
        print_error("%s gives %d, %s\n", verb, r, scene->error.text != NULL ? scene->error.text : "nothing");
        _fail(file, line);
    }
}
#define assert_refused(scene, verb, code, text) assert_refused_at(scene, verb, code, text, __FILE__, __LINE__)

static const struct data_column channels[] = {
    {.name = "channel", .type = DATA_TEXT, .decimals = -1, .role = ROLE_DIMENSION},
    {.name = "total_views", .type = DATA_INT, .format = FORMAT_NUMBER, .decimals = -1, .role = ROLE_MEASURE},
    {.name = "revenue", .type = DATA_NUMERIC, .format = FORMAT_CURRENCY, .decimals = -1, .role = ROLE_MEASURE},
    {.name = "share", .type = DATA_NUMERIC, .format = FORMAT_PERCENT, .decimals = 1, .role = ROLE_MEASURE},
};

static inline struct scene channels_scene(int rows, int columns)
{
    struct scene scene = scene_new(rows, columns, channels, 4);

    scene_add(&scene, "Dude Perfect|48201334|12410.20|0.5");
    scene_add(&scene, "5-Minute Crafts|31998100|8004.77|0.332");
    scene_add(&scene, "売上チャンネル|1200|-3.5|0.0625");
    scene_add(&scene, "-|7|-|-");
    return scene;
}

#endif
