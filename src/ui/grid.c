/*
 * The state of a grid, its verbs, and what stands in the footer.
 *
 * Invariant: the cursor is on a shown column (or there is none), and on a position below view_rows (or on 0 when there
 * are no rows). A verb that may wait works on its own memory and takes its effect at the end, so that drawing and
 * moving go on meanwhile; only one waits at a time.
 */
#include "grid_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ytempire/base/utf8.h"
#include "ytempire/engine/loop.h"

#define MEASURED_ROWS 1000
#define STEPS_A_BREATH 64

/* -- a view -------------------------------------------------------------------------------------------------------- */

void view_begin(struct view *view, struct result *result)
{
    *view = (struct view){.result = result, .known = result->columns, .count = result->column_count};
    view->columns = mem_alloc((view->count + 1) * sizeof *view->columns);
    view->cells = mem_alloc((view->count + 1) * sizeof *view->cells);
    view->sorted_by = NOWHERE;
    for (size_t i = 0; i < view->count; i++) {
        struct str header = STR_INIT;

        column_header(&result->columns[i], &header);
        view->columns[i].seen = utf8_width(str_text(&header), header.length);
        str_done(&header);
    }
}

void view_end(struct view *view)
{
    selection_drop(view);
    filter_free(view->filter);
    str_done(&view->sought);
    mem_free(view->columns);
    mem_free(view->cells);
    mem_free(view->order);
    *view = (struct view){0};
}

static size_t result_rows(const struct view *view)
{
    return view->result->rows != NULL && view->known == view->result->columns ? store_rows(view->result->rows) : 0;
}

size_t view_rows(const struct view *view)
{
    if (view->order == NULL)
        return result_rows(view);
    return view->order_count + (view->filter == NULL ? result_rows(view) - view->covered : 0);
}

size_t view_row_at(const struct view *view, size_t position)
{
    if (view->order == NULL)
        return position;
    return position < view->order_count ? view->order[position] : view->covered + (position - view->order_count);
}

int view_read(struct view *view, size_t row, struct error *error)
{
    return store_row(view->result->rows, row, view->cells, error);
}

/* NOWHERE: it is not shown. */
static size_t position_of(const struct view *view, size_t row)
{
    if (view->order == NULL)
        return row;
    for (size_t i = 0; i < view->order_count; i++)             /* a millisecond for two million */
        if (view->order[i] == row)
            return i;
    return row >= view->covered ? view->order_count + (row - view->covered) : NOWHERE;
}

void view_go(struct view *view, size_t row)
{
    size_t rows = view_rows(view), position = row != NOWHERE ? position_of(view, row) : NOWHERE;

    if (position < rows)
        view->row = position;
    else
        view->row = view->row < rows ? view->row : rows > 0 ? rows - 1 : 0;
}

/* -- the grid ------------------------------------------------------------------------------------------------------ */

struct grid *grid_new(struct result *result)
{
    struct grid *grid = mem_alloc(sizeof *grid);

    view_begin(&grid->base, result);
    grid->view = &grid->base;
    grid->page = 1;
    return grid;
}

void grid_free(struct grid *grid)
{
    if (grid == NULL)
        return;
    pivot_end(grid);
    view_end(&grid->base);
    str_done(&grid->message);
    str_done(&grid->line);
    mem_free(grid->slots);
    mem_free(grid);
}

void grid_freep(struct grid **grid)
{
    grid_free(*grid);
}

void grid_say(struct grid *grid, const char *format, ...)
{
    char    text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    str_clear(&grid->message);
    str_add(&grid->message, text);
}

int grid_breathe(size_t *steps, const char *what, struct error *error)
{
    int r = ++*steps % STEPS_A_BREATH == 0 ? task_breathe() : 0;

    return r < 0 ? error_set(error, r, "%s was interrupted; all is as before", what) : 0;
}

void grid_follow(struct grid *grid)
{
    struct view *view = &grid->base;
    size_t       rows;

    if (view->known != view->result->columns && !grid->working) {      /* another result of the same command */
        struct result *result = view->result;

        pivot_end(grid);
        view_end(view);
        view_begin(view, result);
        str_clear(&grid->message);
    }
    rows = result_rows(view);
    for (; view->measured < rows && view->measured < MEASURED_ROWS; view->measured++)
        if (view_read(view, view->measured, NULL) == 0)
            columns_measure(view);
    if (view->filter != NULL && !grid->working)
        order_follow(view);
}

/* -- verbs --------------------------------------------------------------------------------------------------------- */

static const struct verb {
    const char *name;
    int (*act)(struct grid *grid, struct words words, struct error *error);
    bool        waits;
} verbs[] = {
    {"move", act_move, false},     {"go", act_go, false},          {"sort", act_sort, true},
    {"freeze", act_freeze, false}, {"hide", act_hide, false},      {"show", act_show, false},
    {"width", act_width, false},   {"search", act_search, true},   {"next", act_next, true},
    {"previous", act_previous, true}, {"filter", act_filter, true}, {"expand", act_expand, false},
    {"select", act_select, true},  {"pivot", act_pivot, true},
};

static int unknown_verb(const char *name, struct error *error)
{
    const char *names[COUNT_OF(verbs)], *near;

    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        names[i] = verbs[i].name;
    error_set(error, ERR_UNKNOWN, "a table has no command '%s'", name);
    near = nearest_word(name, strlen(name), names, COUNT_OF(names));
    if (near != NULL)
        error_hint(error, "did you mean '%s'?", near);
    return ERR_UNKNOWN;
}

int grid_act(struct grid *grid, const char *verb, const char *const *words, size_t count, struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        int r;

        if (!text_equal(verbs[i].name, verb))
            continue;
        if (verbs[i].waits && grid->working)
            return error_set(error, ERR_CONFLICT, "the table is still at work; Ctrl-C stops that");
        grid_follow(grid);
        str_clear(&grid->message);
        grid->working |= verbs[i].waits;
        r = verbs[i].act(grid, (struct words){words, count}, error);
        if (verbs[i].waits)
            grid->working = false;
        return r;
    }
    return unknown_verb(verb, error);
}

static bool does(struct grid *grid, const char *verb)
{
    return grid_act(grid, verb, (const char *const[]){"off"}, 1, NULL) >= 0;
}

bool grid_back(struct grid *grid)
{
    struct view *view = grid->view;

    if (view->expanded)
        return does(grid, "expand");
    if (view->selection.row_count > 0 || view->selection.column_count > 0)
        return does(grid, "select");
    if (grid->pivot != NULL && view == grid->pivot)
        return does(grid, "pivot");
    if (view->sought.length > 0 && !grid->working) {           /* else a search is at it */
        str_clear(&view->sought);
        return true;
    }
    return view->filter != NULL && does(grid, "filter");
}

bool word_is(const struct words *words, size_t at, const char *word)
{
    return at < words->count && text_equal_nocase(words->at[at], word);
}

bool word_to_count(const char *word, size_t *ret_count)
{
    long long value;

    if (text_to_int64(word, strlen(word), &value) < 0 || value < 0)
        return false;
    *ret_count = (size_t)value;
    return true;
}

/* -- what the cursor is on ----------------------------------------------------------------------------------------- */

size_t grid_cursor_row(const struct grid *grid)
{
    const struct view *view = grid->view;
    size_t             row;

    if (view->row >= view_rows(view))
        return NOWHERE;
    row = view_row_at(view, view->row);
    if (view == grid->pivot) {
        uint32_t from = grid->pivot_rows[row * grid->pivot_width + (view->column > 0 ? view->column - 1 : 0)];
        return from > 0 ? from - 1 : NOWHERE;
    }
    return row;
}

size_t grid_cursor_column(const struct grid *grid)
{
    return grid->view->count > 0 ? grid->view->column : NOWHERE;
}

const struct data_column *grid_column(const struct grid *grid, size_t column)
{
    return column < grid->view->count ? &grid->view->known[column] : NULL;
}

/* -- the footer ---------------------------------------------------------------------------------------------------- */

void count_to_text(size_t count, struct str *to)
{
    static const struct data_column column = {.type = DATA_INT, .format = FORMAT_NUMBER, .decimals = -1};
    char                            text[32];
    int                             length = snprintf(text, sizeof text, "%zu", count);

    data_cell_pretty(&column, (struct data_cell){text, (size_t)length}, to);
}

static void add_counts(const char *before, size_t some, const char *between, size_t all, struct str *to)
{
    str_add(to, before);
    count_to_text(some, to);
    str_add(to, between);
    count_to_text(all, to);
}

static void add_order(const struct view *view, struct str *to)
{
    size_t rows = result_rows(view);

    if (view->sorted_by != NOWHERE && view->sorted_rows < rows) {
        add_counts(" · sorted ", view->sorted_rows, " of ", rows, to);
        str_add(to, " rows");
    }
    if (view->filter != NULL) {
        str_addf(to, " · filter %s", filter_text(view->filter));
        add_counts(": ", view->order_count, " of ", view->covered, to);
        str_add(to, " rows");
    }
}

void grid_status(struct grid *grid, struct str *to)
{
    const struct view *view = grid->view;
    size_t             rows = view_rows(view), hidden = view->count - columns_shown(view);

    add_counts("row ", rows > 0 ? view->row + 1 : 0, "/", rows, to);
    if (view == grid->pivot)
        str_add(to, " · pivot");
    if (view->result->state == RESULT_RUNNING)
        str_add(to, " so far");
    add_order(view, to);
    if (hidden > 0)
        str_addf(to, " · %zu hidden", hidden);
    selection_status(view, to);
    if (grid->message.length > 0)
        str_addf(to, " · %s", str_text(&grid->message));
}
