/* Which rows are shown, and in which order: an array of row numbers, made anew from the rows there are. */
#include "grid_int.h"

#include <string.h>

#include "ytempire/base/time.h"

#define FOLLOW_US 4000             /* for rows that arrive, at each call */

struct wish {                      /* an order that is to be made */
    struct filter *filter;
    size_t         column;         /* NOWHERE: not sorted */
    bool           descending;
};

/* -- making one ---------------------------------------------------------------------------------------------------- */

static int take_rows(struct view *view, struct filter *filter, size_t rows, uint32_t *order, size_t *ret_count,
                     struct error *error)
{
    size_t count = 0, steps = 0;

    for (size_t row = 0; row < rows; row++) {
        int r = grid_breathe(&steps, filter != NULL ? "filtering" : "sorting", error);

        if (r < 0 || (filter != NULL && (r = view_read(view, row, error)) < 0))
            return r;
        if (filter != NULL && !filter_holds(filter, view))
            continue;
        order[count++] = (uint32_t)row;
    }
    *ret_count = count;
    return 0;
}

/* The cursor stays on its row; at the top it stays at the top, since what is there is what was asked for. */
static size_t cursor_row(const struct view *view)
{
    return view->row > 0 && view->row < view_rows(view) ? view_row_at(view, view->row) : NOWHERE;
}

static void take_effect(struct view *view, const struct wish *wish, uint32_t *order, size_t count, size_t covered)
{
    size_t row = cursor_row(view);

    mem_free(view->order);
    view->order = order;
    view->order_count = count;
    view->order_room = covered + 1;
    view->covered = covered;
    if (view->filter != wish->filter)
        filter_free(view->filter);
    view->filter = wish->filter;
    view->sorted_by = wish->column;
    view->descending = wish->descending;
    view->sorted_rows = covered;
    view->line = 0;
    view_go(view, row);
}

static int make_order(struct view *view, const struct wish *wish, struct error *error)
{
    size_t    rows = view->result->rows != NULL ? store_rows(view->result->rows) : 0, count = 0;
    uint32_t *order;
    int       r;

    if (wish->filter == NULL && wish->column == NOWHERE) {
        take_effect(view, wish, NULL, 0, 0);
        return 0;
    }
    if (rows >= UINT32_MAX)
        return error_set(error, ERR_LIMIT, "more than %u rows cannot be sorted or filtered here", UINT32_MAX - 1);
    order = mem_try_alloc((rows + 1) * sizeof *order);
    if (order == NULL)
        return error_set(error, ERR_MEMORY, "out of memory for the order of %zu rows", rows);
    r = take_rows(view, wish->filter, rows, order, &count, error);
    if (r >= 0 && wish->column != NOWHERE)
        r = rows_sort(view, order, count, wish->column, wish->descending, error);
    if (r < 0) {
        mem_free(order);
        return r;
    }
    take_effect(view, wish, order, count, rows);
    return 0;
}

void order_follow(struct view *view)
{
    size_t  rows = view->result->rows != NULL ? store_rows(view->result->rows) : 0;
    int64_t until = 0;

    for (size_t steps = 0; view->covered < rows && rows < UINT32_MAX; steps++) {
        if (steps % 64 == 0) {
            int64_t now = monotonic_us();

            until = until == 0 ? now + FOLLOW_US : until;
            if (now > until)
                return;
        }
        if (view_read(view, view->covered, NULL) == 0 && filter_holds(view->filter, view)) {
            if (view->order_count == view->order_room)
                view->order = mem_array(view->order, view->order_room *= 2, sizeof *view->order);
            view->order[view->order_count++] = (uint32_t)view->covered;
        }
        view->covered++;
    }
}

/* -- verbs --------------------------------------------------------------------------------------------------------- */

/* What a person wants to see first: the largest numbers, else the beginning. */
static bool descends_first(const struct data_column *column)
{
    return data_type_is_number(column->type) && column->role != ROLE_DIMENSION;
}

/* Once, the other way, off. */
static void turn(const struct view *view, size_t column, struct wish *wish)
{
    bool first = descends_first(&view->known[column]);

    wish->column = column;
    wish->descending = first;
    if (view->sorted_by != column)
        return;
    if (view->descending == first)
        wish->descending = !first;
    else
        wish->column = NOWHERE;
}

static bool is_direction(const char *word)
{
    return text_equal_nocase(word, "asc") || text_equal_nocase(word, "desc") || text_equal_nocase(word, "off");
}

static void say_sorted(struct grid *grid, size_t rows)
{
    const struct view *view = grid->view;
    struct str         text = STR_INIT;

    if (view->sorted_by == NOWHERE) {
        grid_say(grid, "not sorted");
        return;
    }
    count_to_text(rows, &text);
    if (view->result->state == RESULT_RUNNING)
        grid_say(grid, "sorted the %s rows that are here; 'sort' again when all are, or order by on the server",
                 str_text(&text));
    str_done(&text);
}

int act_sort(struct grid *grid, struct words words, struct error *error)
{
    struct view *view = grid->view;
    const char *direction = words.count > 0 && is_direction(words.at[words.count - 1]) ? words.at[--words.count] : NULL;
    size_t       column = view->column;
    struct wish  wish = {.filter = view->filter, .column = NOWHERE};
    int          r = 0;

    if (words.count > 1)
        return error_set(error, ERR_USAGE, "sort takes one column, and asc, desc or off");
    if (words.count == 1 && (r = column_find(view, words.at[0], &column, error)) < 0)
        return r;
    if (column >= view->count)
        return error_set(error, ERR_USAGE, "there is no column to sort by");
    if (direction == NULL)
        turn(view, column, &wish);
    else if (!text_equal_nocase(direction, "off"))
        wish = (struct wish){view->filter, column, text_equal_nocase(direction, "desc")};
    if ((r = make_order(view, &wish, error)) < 0)
        return r;
    if (words.count == 1 && !view->columns[column].hidden)
        view->column = column;
    say_sorted(grid, view->sorted_rows);
    return 0;
}

int act_filter(struct grid *grid, struct words words, struct error *error)
{
    struct view *view = grid->view;
    struct wish  wish = {.column = view->sorted_by, .descending = view->descending};
    struct str   text = STR_INIT;
    int          r = 0;

    if (words.count == 0)
        return error_set(error, ERR_USAGE, "filter takes a text, COLUMN = VALUE (also <> < <= > >= ~), or off");
    for (size_t i = 0; i < words.count; i++) {
        str_add(&text, i > 0 ? " " : "");
        str_add(&text, words.at[i]);
    }
    if (!text_equal_nocase(str_text(&text), "off"))
        r = filter_parse(view, str_text(&text), &wish.filter, error);
    str_done(&text);
    if (r >= 0 && (r = make_order(view, &wish, error)) < 0)
        filter_free(wish.filter);
    return r;
}

const char *grid_order_line(const struct grid *grid)
{
    const struct view *view = grid->view;
    struct str        *line = &((struct grid *)(uintptr_t)grid)->line;

    if (view->sorted_by == NOWHERE)
        return NULL;
    str_clear(line);
    str_addf(line, "order by %s%s", view->known[view->sorted_by].name, view->descending ? " desc" : " asc");
    return str_text(line);
}
