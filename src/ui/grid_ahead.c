/*
 * The shown rows, one after the other. Those of a sorted view are wanted in another order than that of the store: of a
 * batch of them the cells are copied in the order they lie in the store, so that a spilled block is read once a batch,
 * not once a row. A batch has as many rows as fit by the average of all; what does not fit is read when its turn comes.
 */
#include <stdlib.h>
#include <string.h>

#include "grid_int.h"

#define AHEAD_ROWS 32768
#define AHEAD_BYTES ((size_t)8 << 20)
#define INDEX_BITS 16              /* of a place in the batch, below the row */
#define IS_NULL UINT32_MAX

_Static_assert(AHEAD_ROWS <= 1 << INDEX_BITS, "a place in the batch fits");
_Static_assert(AHEAD_BYTES < IS_NULL, "a length fits");

struct ahead {                     /* a batch */
    size_t     count, most, rows[AHEAD_ROWS], at[AHEAD_ROWS];
    uint64_t   places[AHEAD_ROWS];
    struct str bytes;              /* of each cell its length, then its text */
};

struct walk {
    struct view       *view;
    const struct each *each;
    struct ahead      *ahead;      /* NULL: the rows come as they lie in the store */
    size_t             steps;
};

static int breathe(struct walk *walk, struct error *error)
{
    return grid_breathe(&walk->steps, walk->each->what, error);
}

static size_t average_bytes(const struct view *view)
{
    size_t rows = view->result->rows != NULL ? store_rows(view->result->rows) : 0;

    return view->count * sizeof(uint32_t) + (rows > 0 ? (size_t)(store_bytes(view->result->rows) / rows) + 1 : 1);
}

static struct ahead *ahead_new(const struct view *view)
{
    struct ahead *ahead = mem_alloc(sizeof *ahead);
    size_t        fit = AHEAD_BYTES / average_bytes(view);

    ahead->most = fit == 0 ? 1 : fit < AHEAD_ROWS ? fit : AHEAD_ROWS;
    return ahead;
}

static int compare_places(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void keep_cells(struct ahead *ahead, const struct view *view, size_t place)
{
    size_t need = 0;

    for (size_t i = 0; i < view->count; i++)
        need += sizeof(uint32_t) + (view->cells[i].text != NULL ? view->cells[i].length : 0);
    ahead->at[place] = NOWHERE;
    if (need > AHEAD_BYTES - ahead->bytes.length)
        return;
    ahead->at[place] = ahead->bytes.length;
    for (size_t i = 0; i < view->count; i++) {
        uint32_t length = view->cells[i].text != NULL ? (uint32_t)view->cells[i].length : IS_NULL;

        str_add_bytes(&ahead->bytes, (const char *)&length, sizeof length);
        if (length != IS_NULL)
            str_add_bytes(&ahead->bytes, view->cells[i].text, length);
    }
}

static int read_ahead(struct walk *walk, struct error *error)
{
    struct ahead *ahead = walk->ahead;
    int           r = 0;

    for (size_t i = 0; i < ahead->count; i++)
        ahead->places[i] = (uint64_t)ahead->rows[i] << INDEX_BITS | i;
    qsort(ahead->places, ahead->count, sizeof *ahead->places, compare_places);
    for (size_t i = 0; i < ahead->count && r >= 0; i++) {
        size_t place = ahead->places[i] & ((1 << INDEX_BITS) - 1);

        if ((r = breathe(walk, error)) >= 0 && (r = view_read(walk->view, ahead->rows[place], error)) >= 0)
            keep_cells(ahead, walk->view, place);
    }
    return r;
}

/* Into view->cells. */
static int take_out(const struct ahead *ahead, struct view *view, size_t place, struct error *error)
{
    const char *at;

    if (ahead->at[place] == NOWHERE)
        return view_read(view, ahead->rows[place], error);
    at = str_text(&ahead->bytes) + ahead->at[place];
    for (size_t i = 0; i < view->count; i++) {
        uint32_t length;

        memcpy(&length, at, sizeof length);
        at += sizeof length;
        view->cells[i] = length != IS_NULL ? (struct data_cell){at, length} : CELL_NULL;
        at += length != IS_NULL ? length : 0;
    }
    return 0;
}

static int give_batch(struct walk *walk, struct error *error)
{
    struct ahead *ahead = walk->ahead;
    int           r = read_ahead(walk, error);

    for (size_t i = 0; i < ahead->count && r >= 0; i++)
        if ((r = breathe(walk, error)) >= 0 && (r = take_out(ahead, walk->view, i, error)) >= 0)
            r = walk->each->take(walk->each->who, ahead->rows[i], error);
    ahead->count = 0;
    str_clear(&ahead->bytes);
    return r;
}

static int give_row(struct walk *walk, size_t row, struct error *error)
{
    struct ahead *ahead = walk->ahead;
    int           r;

    if (ahead == NULL) {
        r = view_read(walk->view, row, error);
        return r < 0 ? r : walk->each->take(walk->each->who, row, error);
    }
    ahead->rows[ahead->count++] = row;
    return ahead->count == ahead->most ? give_batch(walk, error) : 0;
}

int rows_each(struct view *view, const struct each *each, struct error *error)
{
    struct walk walk = {.view = view, .each = each};
    size_t      rows = view_rows(view);
    int         r = 0;

    if (view->sorted_by != NOWHERE)
        walk.ahead = ahead_new(view);
    for (size_t i = 0; i < rows && r >= 0; i++) {
        size_t row = view_row_at(view, i);

        if ((r = breathe(&walk, error)) >= 0 && (each->wanted == NULL || each->wanted(view, row)))
            r = give_row(&walk, row, error);
    }
    if (walk.ahead != NULL) {
        r = r < 0 ? r : give_batch(&walk, error);
        str_done(&walk.ahead->bytes);
        mem_free(walk.ahead);
    }
    return r;
}
