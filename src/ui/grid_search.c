/*
 * Search: the next cell, reading order, that has the text; from the end it goes on at the beginning and says so.
 *
 * Rows are read in the order they lie in the store, whatever order they are shown in: part by part, near the cursor
 * first, the rows of a part are marked in a bit set, and the marked ones are read from one end of the store to the
 * other. One that has the text unmarks what is farther away than itself, so the last one found is the nearest. Memory:
 * a bit a row.
 */
#include "grid_int.h"

#include <string.h>

#include "ytempire/base/utf8.h"

#define BITS 64
#define PART_FIRST 256             /* rows; each further part is twice as long … */
#define PART_MOST 262144           /* … up to this */

struct walk {
    struct view  *view;
    bool          back;
    struct str    scratch;
    size_t        steps;
    size_t        from, rows;      /* where the cursor was, and how many positions there are */
    uint64_t     *marked;          /* a bit a row of the store */
    size_t        words, word;
    size_t        found, column;   /* the nearest so far: its distance from `from`, and the cell */
    struct error *error;
};

static int breathe(struct walk *walk)
{
    return grid_breathe(&walk->steps, "the search", walk->error);
}

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

/* Behind the cursor in its own row. */
static int walk_rest_of_row(struct walk *walk)
{
    struct view *view = walk->view;
    size_t       column = walk->back ? column_previous(view, view->column) : column_next(view, view->column);
    int          r = view_read(view, view_row_at(view, view->row), walk->error);

    if (r < 0)
        return r;
    column = match_from(walk, column);
    if (column == NOWHERE)
        return 0;
    view->column = column;
    return 1;
}

/* 1: the row after the cursor's in the walk's direction; `rows`: the cursor's own. */
static size_t position_at(const struct walk *walk, size_t distance)
{
    size_t at = walk->back ? walk->from + walk->rows - distance : walk->from + distance;

    return at < walk->rows ? at : at - walk->rows;
}

static void mark(struct walk *walk, size_t distance, bool on)
{
    size_t   row = view_row_at(walk->view, position_at(walk, distance));
    uint64_t bit = UINT64_C(1) << row % BITS;

    walk->marked[row / BITS] = on ? walk->marked[row / BITS] | bit : walk->marked[row / BITS] & ~bit;
}

/* The next that is marked, which it is no more. */
static bool next_marked(struct walk *walk, size_t *ret_row)
{
    uint64_t bits;
    unsigned at;

    while (walk->marked[walk->word] == 0) {
        if (walk->word == (walk->back ? 0 : walk->words - 1))
            return false;
        walk->word += walk->back ? SIZE_MAX : 1;
    }
    bits = walk->marked[walk->word];
    at = (unsigned)(walk->back ? BITS - 1 - __builtin_clzll(bits) : __builtin_ctzll(bits));
    walk->marked[walk->word] &= ~(UINT64_C(1) << at);
    *ret_row = walk->word * BITS + at;
    return true;
}

/* The row has it: those farther away need not be read. `end`: none that is marked is as far. */
static void keep_nearest(struct walk *walk, size_t row, size_t column, size_t *end)
{
    do
        mark(walk, --*end, false);
    while (view_row_at(walk->view, position_at(walk, *end)) != row);
    walk->found = *end;
    walk->column = column;
}

/* Distances from `near` up to (excluded) `end`; 1 when found. */
static int walk_part(struct walk *walk, size_t near, size_t end)
{
    struct view *view = walk->view;
    size_t       first = walk->back ? column_previous(view, view->count) : column_first(view), row = 0;
    int          r = 0;

    for (size_t i = near; i < end && r >= 0; i++) {
        mark(walk, i, true);
        r = breathe(walk);
    }
    walk->word = walk->back ? walk->words - 1 : 0;
    while (r >= 0 && next_marked(walk, &row)) {
        size_t column;

        if ((r = breathe(walk)) < 0 || (r = view_read(view, row, walk->error)) < 0)
            break;
        column = match_from(walk, first);
        if (column != NOWHERE)
            keep_nearest(walk, row, column, &end);
    }
    return r < 0 ? r : walk->found != NOWHERE;
}

static int walk_all(struct walk *walk)
{
    int r = 0;

    walk->words = store_rows(walk->view->result->rows) / BITS + 1;
    walk->marked = mem_try_alloc(walk->words * sizeof *walk->marked);
    if (walk->marked == NULL)
        return error_set(walk->error, ERR_MEMORY, "out of memory for the search");
    for (size_t near = 1, part = PART_FIRST; r == 0 && near <= walk->rows; near += part) {
        part = near > part && part < PART_MOST ? part * 2 : part;
        r = walk_part(walk, near, part <= walk->rows - near ? near + part : walk->rows + 1);
    }
    mem_free(walk->marked);
    return r;
}

/* The cursor to what was found; a column that was hidden meanwhile is none for it. */
static void go_there(struct grid *grid, const struct walk *walk)
{
    struct view *view = walk->view;

    view->row = position_at(walk, walk->found);
    if (!view->columns[walk->column].hidden)
        view->column = walk->column;
    if (walk->back ? view->row >= walk->from : view->row <= walk->from)
        grid_say(grid, walk->back ? "search went on from the end" : "search went on from the beginning");
}

static int search(struct grid *grid, bool back, struct error *error)
{
    struct view *view = grid->view;
    struct walk  walk = {.view = view, .back = back, .from = view->row, .rows = view_rows(view), .found = NOWHERE,
                         .error = error};
    int          r = 0;

    if (walk.rows > 0 && view->count > 0 && (r = walk_rest_of_row(&walk)) == 0 && (r = walk_all(&walk)) > 0)
        go_there(grid, &walk);
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
