/* Search: the next cell, reading order, that has the text; from the end it goes on at the beginning and says so. */
#include "grid_int.h"

#include <string.h>

#include "ytempire/base/utf8.h"

struct walk {
    struct view *view;
    bool         back;
    struct str   scratch;
    size_t       steps;
};

/* A column of the row that was read, from `column` on (included); NOWHERE. */
static size_t match_from(struct walk *walk, size_t column)
{
    struct view *view = walk->view;

    while (column != NOWHERE) {
        if (!view->columns[column].hidden &&
            cell_contains(&view->known[column], view->cells[column], &view->sought, &walk->scratch))
            return column;
        column = walk->back ? column_previous(view, column) : column_next(view, column);
    }
    return NOWHERE;
}

/* Rows from `from` up to (excluded) `to`, in the walk's direction; 1 when found. */
static int walk_rows(struct walk *walk, size_t from, size_t to, struct error *error)
{
    struct view *view = walk->view;
    size_t       first = walk->back ? column_previous(view, view->count) : column_first(view);

    for (size_t row = from; row != to; row += walk->back ? SIZE_MAX : 1) {
        int    r = grid_breathe(&walk->steps, "the search", error);
        size_t column;

        if (r < 0 || (r = view_read(view, view_row_at(view, row), error)) < 0)
            return r;
        column = match_from(walk, first);
        if (column != NOWHERE) {
            view->row = row;
            view->column = column;
            return 1;
        }
    }
    return 0;
}

/* Behind the cursor in its own row. */
static int walk_rest_of_row(struct walk *walk, struct error *error)
{
    struct view *view = walk->view;
    size_t       column = walk->back ? column_previous(view, view->column) : column_next(view, view->column);
    int          r = view_read(view, view_row_at(view, view->row), error);

    if (r < 0)
        return r;
    column = match_from(walk, column);
    if (column == NOWHERE)
        return 0;
    view->column = column;
    return 1;
}

static int search(struct grid *grid, bool back, struct error *error)
{
    struct view *view = grid->view;
    struct walk  walk = {.view = view, .back = back};
    size_t       rows = view_rows(view), from = view->row;
    int          r = 0;

    if (rows > 0 && view->count > 0 && (r = walk_rest_of_row(&walk, error)) == 0) {
        r = walk_rows(&walk, back ? from - 1 : from + 1, back ? SIZE_MAX : rows, error);
        if (r == 0) {
            r = walk_rows(&walk, back ? rows - 1 : 0, back ? from - 1 : from + 1, error);
            if (r > 0)
                grid_say(grid, back ? "search went on from the end" : "search went on from the beginning");
        }
    }
    str_done(&walk.scratch);
    if (r > 0)
        view->inside = view->line = 0;
    if (r == 0)
        return error_set(error, ERR_UNKNOWN, "no cell has '%s'", str_text(&view->sought));
    return r < 0 ? r : 0;
}

static bool cursor_has_it(struct view *view)
{
    struct walk walk = {.view = view};
    bool        has = view->row < view_rows(view) && view->count > 0 &&
               view_read(view, view_row_at(view, view->row), NULL) == 0 &&
               cell_contains(&view->known[view->column], view->cells[view->column], &view->sought, &walk.scratch);

    str_done(&walk.scratch);
    return has;
}

int act_search(struct grid *grid, struct words words, struct error *error)
{
    struct view *view = grid->view;

    str_clear(&view->sought);
    for (size_t i = 0; i < words.count; i++) {
        utf8_fold(&view->sought, i > 0 ? " " : "", i > 0);
        utf8_fold(&view->sought, words.at[i], strlen(words.at[i]));
    }
    if (view->sought.length == 0 || cursor_has_it(view))       /* nothing: no search any more */
        return 0;
    return search(grid, false, error);
}

static int again(struct grid *grid, bool back, struct error *error)
{
    if (grid->view->sought.length == 0)
        return error_set(error, ERR_USAGE, "nothing was searched for yet: search TEXT");
    return search(grid, back, error);
}

int act_next(struct grid *grid, struct words words, struct error *error)
{
    (void)words;
    return again(grid, false, error);
}

int act_previous(struct grid *grid, struct words words, struct error *error)
{
    (void)words;
    return again(grid, true, error);
}
