/*
 * The pivot: a result made from the rows shown: one row a value of the first dimension, one column a value of the
 * second, the measure in the cells. It is looked at through a view of its own; each of its cells knows the row it came
 * from.
 */
#include "grid_int.h"

#include <string.h>

#define COLUMNS_MOST 200
#define ROWS_MOST 200000           /* of the rows it is made from */
#define CELLS_MOST 2000000
#define WHAT "the pivot"

struct entry {                     /* a cell of the pivot */
    uint32_t         row, column, from;
    struct data_cell value;
};

struct pivoting {
    struct view   *view;
    size_t         down, across, measure;      /* columns of the view */
    struct arena  *arena;
    struct map    *rows, *columns;             /* value → its number, plus 1 */
    struct entry  *entries;
    size_t         count, room;
    uint32_t      *places;                     /* which value across stands in a place */
    uint32_t      *from;                       /* of each cell: its row, plus 1 */
    struct str     scratch;
    size_t         steps;
};

void pivot_end(struct grid *grid)
{
    struct result *result;

    if (grid->pivot == NULL)
        return;
    result = grid->pivot->result;
    view_end(grid->pivot);
    result_free(result);
    mem_free(TAKE(grid->pivot));
    mem_free(TAKE(grid->pivot_rows));
    grid->view = &grid->base;
}

/* -- what stands where --------------------------------------------------------------------------------------------- */

static bool is_dimension(const struct view *view, size_t column, bool roles)
{
    const struct data_column *known = &view->known[column];

    return roles ? known->role == ROLE_DIMENSION || known->role == ROLE_TIME : !data_type_is_number(known->type);
}

/* The first two dimensions, and the measure: that of the cursor, else the first. Results of plain SQL have no roles:
 * what is no number is a dimension there. */
static int choose(struct pivoting *pivoting, struct error *error)
{
    const struct view *view = pivoting->view;
    bool               roles = false;
    size_t             found = 0;

    pivoting->measure = NOWHERE;
    for (size_t i = 0; i < view->count; i++)
        roles |= view->known[i].role != ROLE_NONE;
    for (size_t i = 0; i < view->count; i++) {
        if (is_dimension(view, i, roles)) {
            *(found == 0 ? &pivoting->down : found == 1 ? &pivoting->across : &(size_t){0}) = i;
            found++;
        } else if (pivoting->measure == NOWHERE || i == view->column) {
            pivoting->measure = i;
        }
    }
    if (found < 2)
        return error_set(error, ERR_USAGE, "a pivot needs two dimensions, and this result has %s",
                         found == 0 ? "none" : "one");
    if (pivoting->measure == NOWHERE)
        return error_set(error, ERR_USAGE, "a pivot needs a measure, and this result has none");
    return 0;
}

static uint32_t number_of(struct map *map, struct data_cell cell, struct str *scratch)
{
    void *number;

    str_clear(scratch);                                        /* "-": NULL, "+text": text */
    str_add_char(scratch, cell.text != NULL ? '+' : '-');
    if (cell.text != NULL)
        str_add_bytes(scratch, cell.text, cell.length);
    number = map_get(map, str_text(scratch));
    if (number == NULL) {
        number = (void *)(uintptr_t)(map_count(map) + 1);
        map_put(map, str_text(scratch), number);
    }
    return (uint32_t)((uintptr_t)number - 1);
}

static struct data_cell value_at(const struct map *map, size_t number)
{
    const char *key = map_key_at(map, number);

    return key[0] == '-' ? CELL_NULL : (struct data_cell){key + 1, strlen(key + 1)};
}

static int take_row(void *who, size_t row, struct error *error)
{
    struct pivoting       *pivoting = who;
    struct view           *view = pivoting->view;
    const struct data_cell value = view->cells[pivoting->measure];
    struct entry           entry = {.from = (uint32_t)row};

    entry.row = number_of(pivoting->rows, view->cells[pivoting->down], &pivoting->scratch);
    entry.column = number_of(pivoting->columns, view->cells[pivoting->across], &pivoting->scratch);
    if (map_count(pivoting->columns) > COLUMNS_MOST) {
        error_set(error, ERR_LIMIT, "'%s' has more than %d values: too wide for a pivot",
                  view->known[pivoting->across].name, COLUMNS_MOST);
        error_hint(error, "filter, or ask by a coarser dimension");
        return ERR_LIMIT;
    }
    if (value.text != NULL)
        entry.value = (struct data_cell){arena_strndup(pivoting->arena, value.text, value.length), value.length};
    VEC_PUSH(pivoting->entries, pivoting->count, pivoting->room, entry);
    return 0;
}

static int take_rows(struct pivoting *pivoting, struct error *error)
{
    const struct each each = {.take = take_row, .who = pivoting, .what = WHAT};
    int               r;

    if (view_rows(pivoting->view) > ROWS_MOST)
        return error_set(error, ERR_LIMIT, "a pivot is made of at most %d rows; filter first", ROWS_MOST);
    if ((r = rows_each(pivoting->view, &each, error)) < 0)
        return r;
    if (map_count(pivoting->rows) * map_count(pivoting->columns) > CELLS_MOST)
        return error_set(error, ERR_LIMIT, "a pivot of %zu rows and %zu columns is too large",
                         map_count(pivoting->rows), map_count(pivoting->columns));
    return 0;
}

/* -- the result ---------------------------------------------------------------------------------------------------- */

/* Times from left to right, other values as they came. */
static void place_columns(struct pivoting *pivoting)
{
    const struct data_column *across = &pivoting->view->known[pivoting->across];
    size_t                    count = map_count(pivoting->columns);

    for (size_t i = 0; i < count; i++) {
        size_t at = i;

        for (; type_is_time(across->type) && at > 0; at--) {
            struct data_cell before = value_at(pivoting->columns, pivoting->places[at - 1]);
            struct data_cell cell = value_at(pivoting->columns, i);
            struct str       scratch[2] = {{0}};

            if (cell.text == NULL || (before.text != NULL && cell_compare(across, before, cell, scratch) <= 0))
                break;
            pivoting->places[at] = pivoting->places[at - 1];
        }
        pivoting->places[at] = (uint32_t)i;
    }
}

static int cell_of(struct pivoting *pivoting, const struct entry *entry, struct data_cell *cells, struct error *error)
{
    size_t    width = map_count(pivoting->columns), place = 0;
    uint32_t *from;

    while (pivoting->places[place] != entry->column)
        place++;
    from = &pivoting->from[entry->row * width + place];
    if (*from != 0) {
        error_set(error, ERR_USAGE,
                  "some pairs of '%s' and '%s' have more than one row: the rows differ in more than these",
                  pivoting->view->known[pivoting->down].name, pivoting->view->known[pivoting->across].name);
        error_hint(error, "filter by the other columns, or ask without them");
        return ERR_USAGE;
    }
    *from = entry->from + 1;
    cells[entry->row * width + place] = entry->value;
    return 0;
}

static void make_columns(struct pivoting *pivoting, struct result *result)
{
    const struct view  *view = pivoting->view;
    size_t              width = map_count(pivoting->columns);
    struct data_column *columns = mem_alloc((width + 1) * sizeof *columns);

    columns[0] = view->known[pivoting->down];
    for (size_t i = 0; i < width; i++) {
        struct data_cell cell = value_at(pivoting->columns, pivoting->places[i]);

        columns[i + 1] = view->known[pivoting->measure];
        columns[i + 1].member = columns[i + 1].title = NULL;
        str_clear(&pivoting->scratch);
        if (cell.text != NULL)
            data_cell_pretty(&view->known[pivoting->across], cell, &pivoting->scratch);
        else
            str_add(&pivoting->scratch, "NULL");
        columns[i + 1].name = arena_strdup(pivoting->arena, str_text(&pivoting->scratch));
    }
    (void)result_columns(result, columns, width + 1);
    mem_free(columns);
}

/* Wide as it is a row of the pivot counts as many steps as it has cells. */
static int breathe_row(struct pivoting *pivoting, struct error *error)
{
    int r = 0;

    for (size_t i = 0; i <= map_count(pivoting->columns) && r >= 0; i++)
        r = grid_breathe(&pivoting->steps, WHAT, error);
    return r;
}

static int fill(struct pivoting *pivoting, struct result *result, struct error *error)
{
    size_t            width = map_count(pivoting->columns), rows = map_count(pivoting->rows);
    struct data_cell *cells = mem_alloc((width * rows + 1) * sizeof *cells);
    struct data_cell *row = mem_alloc((width + 1) * sizeof *row);
    int               r = 0;

    pivoting->from = mem_alloc((width * rows + 1) * sizeof *pivoting->from);
    pivoting->places = mem_alloc((width + 1) * sizeof *pivoting->places);
    place_columns(pivoting);
    make_columns(pivoting, result);
    for (size_t i = 0; i < pivoting->count && r >= 0; i++)
        if ((r = grid_breathe(&pivoting->steps, WHAT, error)) >= 0)
            r = cell_of(pivoting, &pivoting->entries[i], cells, error);
    for (size_t i = 0; i < rows && r >= 0; i++) {
        row[0] = value_at(pivoting->rows, i);
        memcpy(row + 1, cells + i * width, width * sizeof *row);
        if ((r = breathe_row(pivoting, error)) >= 0)
            r = store_add(result->rows, row, error);
    }
    mem_free(cells);
    mem_free(row);
    return r;
}

/* The view is the grid's when nothing can fail any more. */
static int show(struct grid *grid, struct pivoting *pivoting, struct result *result, struct error *error)
{
    struct view *view = mem_alloc(sizeof *view);
    int          r = 0;

    result->state = RESULT_DONE;
    view_begin(view, result);
    for (size_t i = 0; i < store_rows(result->rows) && r >= 0; i++)
        if ((r = breathe_row(pivoting, error)) >= 0 && view_read(view, i, NULL) == 0)
            columns_measure(view);
    if (r < 0) {
        view_end(view);
        mem_free(view);
        return r;
    }
    view->frozen = 1;
    view->column = view->count > 1 ? 1 : 0;
    grid->pivot = grid->view = view;
    grid->pivot_rows = TAKE(pivoting->from);
    grid->pivot_width = map_count(pivoting->columns);
    grid_say(grid, "%s by %s and %s%s", grid->base.known[pivoting->measure].name, grid->base.known[pivoting->down].name,
             grid->base.known[pivoting->across].name,
             grid->base.result->state == RESULT_RUNNING ? ", of the rows so far" : "");
    return 0;
}

static int make_pivot(struct grid *grid, struct error *error)
{
    struct pivoting pivoting = {.view = &grid->base, .arena = arena_new(), .rows = map_new(), .columns = map_new()};
    struct result  *result = result_new(0, "pivot");
    int             r = choose(&pivoting, error);

    if (r >= 0)
        r = take_rows(&pivoting, error);
    if (r >= 0)
        r = fill(&pivoting, result, error);
    if (r >= 0)
        r = show(grid, &pivoting, result, error);
    if (r < 0)
        result_free(result);
    map_free(pivoting.rows);
    map_free(pivoting.columns);
    arena_free(pivoting.arena);
    mem_free(pivoting.entries);
    mem_free(pivoting.places);
    mem_free(pivoting.from);
    str_done(&pivoting.scratch);
    return r;
}

int act_pivot(struct grid *grid, struct words words, struct error *error)
{
    bool on = grid->pivot == NULL;

    if (words.count > 0 && !word_is(&words, 0, "on") && !word_is(&words, 0, "off"))
        return error_set(error, ERR_USAGE, "pivot takes on or off, not '%s'", words.at[0]);
    if (words.count > 0)
        on = word_is(&words, 0, "on");
    if (!on || grid->pivot != NULL) {
        if (!on)
            pivot_end(grid);
        return 0;
    }
    return make_pivot(grid, error);
}
