/*
 * Sorting rows by a column: a key of eight bytes a row, level by level.
 *
 * Level 0 reads all rows in the order they lie in the store and sorts them by their keys. Rows that are equal so far
 * and have more to compare form runs; each further level reads those, again in the order of the store, and sorts within
 * the runs. So a spilled result is read from front to back once a level, never at random. What is equal for LEVELS
 * levels is compared whole. All steps are stable. Memory: 16 bytes a row, and three bits.
 */
#include <string.h>

#include "grid_int.h"

#define LEVELS 16
#define FEW 64                     /* sorted by insertion */
#define WHAT "sorting"

struct run { size_t from, to; };

struct sorter {
    struct view  *view;
    size_t        column, count, limit;        /* limit: above all row numbers */
    bool          descending;
    uint32_t     *rows, *spare;
    uint64_t     *keys, *more, *tied;          /* by row; the last two are bits */
    uint64_t     *joined;                      /* bits by position: in one run with the position before */
    struct str    scratch[3];
    size_t        steps;
    struct error *error;
};

static bool bit_get(const uint64_t *bits, size_t at)
{
    return bits[at / 64] >> at % 64 & 1;
}

static void bit_put(uint64_t *bits, size_t at, bool on)
{
    bits[at / 64] = (bits[at / 64] & ~(UINT64_C(1) << at % 64)) | (uint64_t)on << at % 64;
}

static int breathe(struct sorter *sorter)
{
    return grid_breathe(&sorter->steps, WHAT, sorter->error);
}

/* The next run from `at` on, which moves behind it. */
static bool next_run(const struct sorter *sorter, size_t *at, struct run *ret_run)
{
    size_t i = *at;

    while (i < sorter->count && !bit_get(sorter->joined, i))
        i = i % 64 == 0 && sorter->joined[i / 64] == 0 ? i + 64 : i + 1;
    if (i >= sorter->count)
        return false;
    ret_run->from = i - 1;
    while (i < sorter->count && bit_get(sorter->joined, i))
        i = i % 64 == 0 && sorter->joined[i / 64] == UINT64_MAX ? i + 64 : i + 1;
    i = i < sorter->count ? i : sorter->count;
    ret_run->to = i;
    *at = i;
    return true;
}

/* -- reading keys -------------------------------------------------------------------------------------------------- */

/* 1: it has a key; 0: it is NULL. */
static int read_key(struct sorter *sorter, size_t row, unsigned level)
{
    const struct data_cell *cell = &sorter->view->cells[sorter->column];
    uint64_t                key;
    int                     r = breathe(sorter);

    if (r < 0 || (r = view_read(sorter->view, row, sorter->error)) < 0)
        return r;
    if (cell->text == NULL)
        return 0;
    bit_put(sorter->more, row,
            cell_key(&sorter->view->known[sorter->column], *cell, level, &sorter->scratch[0], &key));
    sorter->keys[row] = sorter->descending ? ~key : key;
    return 1;
}

/* NULLs go behind all others, in the order they have. */
static int read_first_keys(struct sorter *sorter)
{
    size_t kept = 0, nulls = 0;

    for (size_t i = 0; i < sorter->count; i++) {
        uint32_t row = sorter->rows[i];
        int      r = read_key(sorter, row, 0);

        if (r < 0)
            return r;
        if (r > 0)
            sorter->rows[kept++] = row;
        else
            sorter->spare[nulls++] = row;
    }
    memcpy(sorter->rows + kept, sorter->spare, nulls * sizeof *sorter->rows);
    sorter->count = kept;
    return 0;
}

/* The rows whose next keys are needed. */
static int mark_tied(struct sorter *sorter)
{
    struct run run;

    memset(sorter->tied, 0, (sorter->limit / 64 + 1) * sizeof *sorter->tied);
    for (size_t at = 1; next_run(sorter, &at, &run);)
        for (size_t k = run.from; k < run.to; k++) {
            int r = breathe(sorter);

            if (r < 0)
                return r;
            bit_put(sorter->tied, sorter->rows[k], true);
        }
    return 0;
}

static int read_more_keys(struct sorter *sorter, unsigned level)
{
    int r = mark_tied(sorter);

    for (size_t row = 0; r >= 0 && row < sorter->limit; row++) {
        if (row % 64 == 0 && sorter->tied[row / 64] == 0)
            row += 63;
        else if (bit_get(sorter->tied, row))
            r = read_key(sorter, row, level);
    }
    return r < 0 ? r : 0;
}

/* -- sorting by keys ----------------------------------------------------------------------------------------------- */

static void sort_few(struct sorter *sorter, struct run run)
{
    for (size_t i = run.from + 1; i < run.to; i++) {
        uint32_t row = sorter->rows[i];
        size_t   at = i;

        for (; at > run.from && sorter->keys[sorter->rows[at - 1]] > sorter->keys[row]; at--)
            sorter->rows[at] = sorter->rows[at - 1];
        sorter->rows[at] = row;
    }
}

/* One byte of the key; what is there in `from` goes to `to`. */
static int sort_digit(struct sorter *sorter, const uint32_t *from, uint32_t *to, size_t count, unsigned shift)
{
    size_t places[256] = {0}, sum = 0;

    for (size_t i = 0; i < count; i++) {
        int r = breathe(sorter);

        if (r < 0)
            return r;
        places[sorter->keys[from[i]] >> shift & 255]++;
    }
    for (size_t i = 0; i < 256; i++) {
        size_t n = places[i];

        places[i] = sum;
        sum += n;
    }
    for (size_t i = 0; i < count; i++) {
        int r = breathe(sorter);

        if (r < 0)
            return r;
        to[places[sorter->keys[from[i]] >> shift & 255]++] = from[i];
    }
    return 0;
}

static int sort_run(struct sorter *sorter, struct run run)
{
    uint32_t *from = sorter->rows + run.from, *to = sorter->spare + run.from, *swap;
    size_t    count = run.to - run.from;
    uint64_t  differ = 0;
    int       r = 0;

    if (count <= FEW) {
        sort_few(sorter, run);
        return 0;
    }
    for (size_t i = 1; i < count && r >= 0; i++) {
        differ |= sorter->keys[from[i]] ^ sorter->keys[from[0]];
        r = breathe(sorter);
    }
    for (unsigned shift = 0; r >= 0 && shift < 64; shift += 8) {
        if ((differ >> shift & 255) == 0)
            continue;
        if ((r = sort_digit(sorter, from, to, count, shift)) < 0)
            return r;
        swap = from;
        from = to;
        to = swap;
    }
    if (r < 0)
        return r;
    if (from != sorter->rows + run.from)
        memcpy(to, from, count * sizeof *to);
    return 0;
}

/* Of a run that was sorted those parts remain that are equal and have more to compare. */
static int part_run(struct sorter *sorter, struct run run)
{
    for (size_t from = run.from, end; from < run.to; from = end) {
        uint64_t key = sorter->keys[sorter->rows[from]];
        bool     more = false;

        for (end = from; end < run.to && sorter->keys[sorter->rows[end]] == key; end++) {
            int r = breathe(sorter);

            if (r < 0)
                return r;
            more |= bit_get(sorter->more, sorter->rows[end]);
        }
        for (size_t i = from; i < end; i++) {
            int r = breathe(sorter);

            if (r < 0)
                return r;
            bit_put(sorter->joined, i, more && i > from);
        }
    }
    return 0;
}

static int sort_level(struct sorter *sorter)
{
    struct run run;

    for (size_t at = 1; next_run(sorter, &at, &run);) {
        int r = sort_run(sorter, run);

        if (r < 0 || (r = part_run(sorter, run)) < 0)
            return r;
    }
    return 0;
}

/* -- comparing whole values ---------------------------------------------------------------------------------------- */

static int compare_rows(struct sorter *sorter, uint32_t a, uint32_t b, int *ret_order)
{
    struct data_cell *cells = sorter->view->cells, first;
    int               r = breathe(sorter);

    if (r < 0 || (r = view_read(sorter->view, a, sorter->error)) < 0)
        return r;
    str_clear(&sorter->scratch[0]);
    str_add_bytes(&sorter->scratch[0], cells[sorter->column].text, cells[sorter->column].length);
    if ((r = view_read(sorter->view, b, sorter->error)) < 0)
        return r;
    first = (struct data_cell){str_text(&sorter->scratch[0]), sorter->scratch[0].length};
    *ret_order = cell_compare(&sorter->view->known[sorter->column], first, cells[sorter->column], &sorter->scratch[1]);
    if (sorter->descending)
        *ret_order = -*ret_order;
    return 0;
}

static int merge(struct sorter *sorter, size_t from, size_t middle, size_t to)
{
    size_t a = from, b = middle, at = from;

    memcpy(sorter->spare + from, sorter->rows + from, (to - from) * sizeof *sorter->rows);
    while (a < middle && b < to) {
        int order = 0, r = compare_rows(sorter, sorter->spare[a], sorter->spare[b], &order);

        if (r < 0)
            return r;
        sorter->rows[at++] = sorter->spare[order <= 0 ? a++ : b++];
    }
    memcpy(sorter->rows + at, sorter->spare + (a < middle ? a : b), (to - at) * sizeof *sorter->rows);
    return 0;
}

static int sort_whole(struct sorter *sorter, struct run run)
{
    size_t count = run.to - run.from;

    for (size_t width = 1; width < count; width *= 2)
        for (size_t from = run.from; from + width < run.to; from += 2 * width) {
            size_t to = from + 2 * width < run.to ? from + 2 * width : run.to;
            int    r = merge(sorter, from, from + width, to);

            if (r < 0)
                return r;
        }
    return 0;
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

static int sort(struct sorter *sorter)
{
    size_t     at = 1;
    struct run run;
    int        r = read_first_keys(sorter);

    memset(sorter->joined, 0xff, (sorter->count / 64 + 1) * sizeof *sorter->joined);
    for (unsigned level = 1; r >= 0; level++) {
        if ((r = sort_level(sorter)) < 0)
            return r;
        at = 1;
        if (level == LEVELS || !next_run(sorter, &at, &run))
            break;
        r = read_more_keys(sorter, level);
    }
    for (at = 1; r >= 0 && next_run(sorter, &at, &run);)
        r = sort_whole(sorter, run);
    return r;
}

int rows_sort(struct view *view, uint32_t *rows, size_t count, size_t column, bool descending, struct error *error)
{
    struct sorter sorter = {.view = view, .column = column, .count = count, .descending = descending, .rows = rows,
                            .error = error, .limit = count > 0 ? rows[count - 1] + (size_t)1 : 0};
    int           r;

    sorter.spare = mem_try_alloc((count + 1) * sizeof *sorter.spare);
    sorter.keys = mem_try_alloc((sorter.limit + 1) * sizeof *sorter.keys);
    sorter.more = mem_try_alloc((sorter.limit / 64 + 1) * sizeof *sorter.more);
    sorter.tied = mem_try_alloc((sorter.limit / 64 + 1) * sizeof *sorter.tied);
    sorter.joined = mem_try_alloc((count / 64 + 1) * sizeof *sorter.joined);
    if (sorter.spare != NULL && sorter.keys != NULL && sorter.more != NULL && sorter.tied != NULL &&
        sorter.joined != NULL)
        r = sort(&sorter);
    else
        r = error_set(error, ERR_MEMORY, "out of memory for sorting %zu rows", count);
    mem_free(sorter.spare);
    mem_free(sorter.keys);
    mem_free(sorter.more);
    mem_free(sorter.tied);
    mem_free(sorter.joined);
    for (size_t i = 0; i < COUNT_OF(sorter.scratch); i++)
        str_done(&sorter.scratch[i]);
    return r;
}
