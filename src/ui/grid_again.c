/* The same question asked again: the view that a person has made goes over to the new rows. */
#include "grid_int.h"

#include <string.h>

static bool same_columns(const struct result *a, const struct result *b)
{
    if (a->column_count != b->column_count)
        return false;
    for (size_t i = 0; i < a->column_count; i++)
        if (!text_equal(a->columns[i].name, b->columns[i].name))
            return false;
    return true;
}

static size_t column_named(const struct result *result, const char *name)
{
    for (size_t i = 0; name != NULL && i < result->column_count; i++)
        if (text_equal(result->columns[i].name, name))
            return i;
    return NOWHERE;
}

static void take_columns(struct view *to, const struct view *from)
{
    for (size_t i = 0; i < to->count; i++) {
        to->columns[i].set = from->columns[i].set;
        to->columns[i].hidden = from->columns[i].hidden;
        if (to->columns[i].seen < from->columns[i].seen)       /* no column shrinks and grows with each answer */
            to->columns[i].seen = from->columns[i].seen;
    }
    to->column = from->column;
    to->left = from->left;
    to->frozen = from->frozen;
}

/* Few rows, so nothing waits. What cannot be done again is not. */
static void take_order(struct grid *grid, const struct view *from)
{
    const char *filter = from->filter != NULL ? filter_text(from->filter) : NULL;

    if (from->sorted_by != NOWHERE) {
        const char *words[] = {from->known[from->sorted_by].name, from->descending ? "desc" : "asc"};

        (void)!grid_act(grid, "sort", words, COUNT_OF(words), NULL);
    }
    if (filter != NULL)
        (void)!grid_act(grid, "filter", &filter, 1, NULL);
}

/* The row of the new result that has in its column `key` what the chosen one had; NOWHERE. */
static size_t find_row(struct view *now, struct view *before, size_t key)
{
    size_t     row = view_row_at(before, before->row), found = NOWHERE, rows = store_rows(now->result->rows);
    struct str value = STR_INIT;

    if (key == NOWHERE || before->row >= view_rows(before) || view_read(before, row, NULL) < 0 ||
        before->cells[key].text == NULL)
        return NOWHERE;
    str_add_bytes(&value, before->cells[key].text, before->cells[key].length);
    for (size_t i = 0; i < rows && found == NOWHERE; i++)
        if (view_read(now, i, NULL) == 0 && now->cells[key].text != NULL && now->cells[key].length == value.length &&
            memcmp(now->cells[key].text, str_text(&value), value.length) == 0)
            found = i;
    str_done(&value);
    return found;
}

/* On its row wherever that is now, so that no key acts on another than the one that was chosen; without a key, at the
 * end it follows the end. What was seen from the top on still is. */
static void take_cursor(struct view *now, struct view *before, size_t key)
{
    size_t rows = view_rows(now), distance = before->row >= before->top ? before->row - before->top : 0;
    bool   was_last = before->row > 0 && before->row + 1 == view_rows(before);

    now->row = before->row;
    if (key == NOWHERE && was_last)
        now->row = rows;
    view_go(now, find_row(now, before, key));
    now->top = before->top > 0 && now->row >= distance ? now->row - distance : 0;
}

struct grid *grid_again(struct grid *before, struct result *result, const char *key)
{
    struct grid *grid = grid_new(result);
    struct view *from = &before->base, *to = &grid->base;

    if (from->known != from->result->columns || !same_columns(from->result, result))
        return grid;
    grid_follow(grid);
    take_order(grid, from);                /* before columns are hidden: a filter looks at what is shown */
    take_columns(to, from);
    take_cursor(to, from, column_named(result, key));
    to->expanded = from->expanded;
    to->line = from->line;
    str_add(&to->sought, str_text(&from->sought));
    grid->page = before->page;
    str_clear(&grid->message);
    return grid;
}
