/* Where the cursor goes. In the expanded row up and down scroll its lines, left and right go to the row before and
 * after. */
#include "grid_int.h"

#include "ytempire/base/utf8.h"

enum way { UP, DOWN, LEFT, RIGHT, PAGE_UP, PAGE_DOWN, HALF_UP, HALF_DOWN, TOP, BOTTOM, FIRST, LAST, WAYS };

static const char *const way_names[WAYS] = {"up",      "down",      "left", "right",  "page-up", "page-down",
                                            "half-up", "half-down", "top",  "bottom", "first",   "last"};

/* `at` moved by `count` steps within 0 … `end` - 1. */
static size_t step(size_t at, size_t count, bool back, size_t end)
{
    if (back)
        return at > count ? at - count : 0;
    return end == 0 ? 0 : count < end - 1 - at ? at + count : end - 1;
}

static size_t step_way(const struct grid *grid, enum way way, size_t at, size_t count, size_t end)
{
    size_t page = grid->page > 1 ? (size_t)grid->page - 1 : 1, half = page > 1 ? page / 2 : 1;

    switch (way) {
    case UP:
    case DOWN:
        return step(at, count, way == UP, end);
    case PAGE_UP:
    case PAGE_DOWN:
        return step(at, count * page, way == PAGE_UP, end);
    case HALF_UP:
    case HALF_DOWN:
        return step(at, count * half, way == HALF_UP, end);
    case TOP:
        return 0;
    case BOTTOM:
        return end > 0 ? end - 1 : 0;
    default:
        return at;
    }
}

/* -- sideways ------------------------------------------------------------------------------------------------------ */

/* Columns of text that do not fit of the cursor's column, when it is wider than what is there for it. */
static size_t beyond(const struct grid *grid)
{
    const struct view *view = grid->view;

    for (size_t i = 0; i < grid->slot_count; i++)
        if (grid->slots[i].column == view->column) {
            size_t width = column_width(view, view->column), shown = (size_t)grid->slots[i].width;

            return width > shown ? width - shown : 0;
        }
    return 0;
}

static void go_right(struct grid *grid)
{
    struct view *view = grid->view;
    size_t       left_over = beyond(grid), next = column_next(view, view->column);

    if (view->inside < left_over) {
        size_t by = grid->area.columns > 4 ? (size_t)grid->area.columns / 2 : 1;

        view->inside = view->inside + by < left_over ? view->inside + by : left_over;
    } else if (next != NOWHERE) {
        view->column = next;
        view->inside = 0;
    }
}

static void go_left(struct grid *grid)
{
    struct view *view = grid->view;
    size_t       previous = column_previous(view, view->column);
    size_t       by = grid->area.columns > 4 ? (size_t)grid->area.columns / 2 : 1;

    if (view->inside > 0)
        view->inside -= view->inside < by ? view->inside : by;
    else if (previous != NOWHERE)
        view->column = previous;
}

static void go_sideways(struct grid *grid, enum way way, size_t count)
{
    struct view *view = grid->view;

    if (view->count == 0)
        return;
    if (way == FIRST || way == LAST) {
        view->inside = 0;
        view->column = way == FIRST ? column_first(view) : column_previous(view, view->count);
        return;
    }
    for (size_t i = 0; i < count && i <= view->count; i++)
        if (way == RIGHT)
            go_right(grid);
        else
            go_left(grid);
}

/* -- verbs --------------------------------------------------------------------------------------------------------- */

static void move_expanded(struct grid *grid, enum way way, size_t count)
{
    struct view *view = grid->view;
    size_t       rows = view_rows(view);

    if (way == LEFT || way == RIGHT) {
        view->row = step(view->row, count, way == LEFT, rows);
        view->line = 0;
    } else if (way == FIRST || way == LAST) {
        view->row = way == FIRST || rows == 0 ? 0 : rows - 1;
        view->line = 0;
    } else {
        view->line = step_way(grid, way, view->line, count, view->lines);
    }
}

int act_move(struct grid *grid, struct words words, struct error *error)
{
    struct view *view = grid->view;
    size_t       count = 1, way = 0;

    while (way < WAYS && !word_is(&words, 0, way_names[way]))
        way++;
    if (way == WAYS)
        return error_set(error, ERR_USAGE, "move takes up, down, left, right, page-up, page-down, half-up, half-down, "
                                           "top, bottom, first or last");
    if (words.count > 1 && !word_to_count(words.at[1], &count))
        return error_set(error, ERR_USAGE, "'%s' is no number of steps", words.at[1]);
    if (count > UINT32_MAX)
        count = UINT32_MAX;
    if (view->expanded)
        move_expanded(grid, (enum way)way, count);
    else if (way == LEFT || way == RIGHT || way == FIRST || way == LAST)
        go_sideways(grid, (enum way)way, count);
    else
        view->row = step_way(grid, (enum way)way, view->row, count, view_rows(view));
    return 0;
}

int act_go(struct grid *grid, struct words words, struct error *error)
{
    struct view *view = grid->view;
    size_t       rows = view_rows(view), row;

    if (words.count != 1 || !word_to_count(words.at[0], &row) || row == 0)
        return error_set(error, ERR_USAGE, "go takes the number of a row, from 1");
    if (row > rows) {
        struct str text = STR_INIT;

        count_to_text(rows, &text);
        grid_say(grid, "the last row is %s", str_text(&text));
        str_done(&text);
    }
    view->row = row <= rows ? row - 1 : rows > 0 ? rows - 1 : 0;
    view->line = 0;
    return 0;
}

bool grid_click(struct grid *grid, int y, int x, bool again)
{
    struct view *view = grid->view;
    bool         header = grid->area.rows > 1 && y == grid->area.y, on_column = false;
    size_t       row = view->top + (size_t)(y - grid->area.y - (grid->area.rows > 1));

    if (view->expanded || y < grid->area.y || y >= grid->area.y + grid->area.rows)
        return false;
    for (size_t i = 0; i < grid->slot_count; i++) {
        const struct slot *slot = &grid->slots[i];

        if (x >= slot->x && x < slot->x + slot->width + 2) {
            on_column = true;
            if (view->column != slot->column)
                view->inside = 0;
            view->column = slot->column;
            break;
        }
    }
    if (header)
        return on_column;
    if (row < view_rows(view)) {
        view->row = row;
        view->expanded = again;
        view->line = 0;
    }
    return false;
}
