/*
 * Rows that are wanted in another order than that of the store: of a batch of them the cells are copied in the order
 * they lie in the store, so that a spilled block is read once a batch, not once a row. A batch has as many rows as fit
 * by the average of all; what does not fit is read when it is asked for.
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

struct ahead {
    size_t     count, most, rows[AHEAD_ROWS], at[AHEAD_ROWS];
    uint64_t   places[AHEAD_ROWS];
    struct str bytes;              /* of each cell its length, then its text */
};

static size_t average_bytes(const struct view *view)
{
    size_t rows = view->result->rows != NULL ? store_rows(view->result->rows) : 0;

    return view->count * sizeof(uint32_t) + (rows > 0 ? (size_t)(store_bytes(view->result->rows) / rows) + 1 : 1);
}

struct ahead *ahead_new(const struct view *view)
{
    struct ahead *ahead = mem_alloc(sizeof *ahead);
    size_t        fit = AHEAD_BYTES / average_bytes(view);

    ahead->most = fit == 0 ? 1 : fit < AHEAD_ROWS ? fit : AHEAD_ROWS;
    return ahead;
}

void ahead_free(struct ahead *ahead)
{
    if (ahead == NULL)
        return;
    str_done(&ahead->bytes);
    mem_free(ahead);
}

size_t ahead_count(const struct ahead *ahead)
{
    return ahead->count;
}

bool ahead_is_full(const struct ahead *ahead)
{
    return ahead->count == ahead->most;
}

void ahead_clear(struct ahead *ahead)
{
    ahead->count = 0;
    str_clear(&ahead->bytes);
}

void ahead_add(struct ahead *ahead, size_t row)
{
    ahead->rows[ahead->count++] = row;
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

int ahead_load(struct ahead *ahead, struct view *view, size_t *steps, const char *what, struct error *error)
{
    int r = 0;

    for (size_t i = 0; i < ahead->count; i++)
        ahead->places[i] = (uint64_t)ahead->rows[i] << INDEX_BITS | i;
    qsort(ahead->places, ahead->count, sizeof *ahead->places, compare_places);
    for (size_t i = 0; i < ahead->count && r >= 0; i++) {
        size_t place = ahead->places[i] & ((1 << INDEX_BITS) - 1);

        if ((r = grid_breathe(steps, what, error)) >= 0 && (r = view_read(view, ahead->rows[place], error)) >= 0)
            keep_cells(ahead, view, place);
    }
    return r;
}

int ahead_read(const struct ahead *ahead, struct view *view, size_t place, struct error *error)
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
