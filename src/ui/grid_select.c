/* Selected rows and columns, and what their values add up to. Sums are exact. */
#include "grid_int.h"

#include <string.h>

#include "ytempire/output.h"

#define BITS 64
#define WHAT "adding up"

/* -- which are selected -------------------------------------------------------------------------------------------- */

bool row_is_selected(const struct view *view, size_t row)
{
    const struct selection *selection = &view->selection;

    return row / BITS < selection->words && (selection->rows[row / BITS] >> row % BITS & 1);
}

bool selection_is_empty(const struct view *view)
{
    return view->selection.row_count == 0 && view->selection.column_count == 0;
}

/* Room for `need` words. */
static void make_room(struct selection *selection, size_t need)
{
    if (need <= selection->words)
        return;
    selection->rows = mem_array(selection->rows, need, sizeof *selection->rows);
    memset(selection->rows + selection->words, 0, (need - selection->words) * sizeof *selection->rows);
    selection->words = need;
}

static void put_row(struct selection *selection, size_t row, bool on)
{
    size_t   need = row / BITS + 1;
    uint64_t bit = UINT64_C(1) << row % BITS;

    if (need > selection->words)
        make_room(selection, need > selection->words * 2 ? need : selection->words * 2);
    if (((selection->rows[row / BITS] & bit) != 0) == on)
        return;
    selection->rows[row / BITS] ^= bit;
    selection->row_count += on ? 1 : SIZE_MAX;
}

/* `columns`: of the view that it is of. */
static void selection_free(struct selection *selection, size_t columns)
{
    for (size_t i = 0; i < columns && selection->stats != NULL; i++) {
        decimal_sum_done(&selection->stats[i].sum);
        str_done(&selection->stats[i].least);
        str_done(&selection->stats[i].most);
    }
    mem_free(selection->stats);
    mem_free(selection->rows);
    *selection = (struct selection){0};
}

/* The same rows and columns, not yet added up. */
static struct selection selection_copy(const struct selection *selection)
{
    struct selection copy = {.row_count = selection->row_count, .column_count = selection->column_count};

    make_room(&copy, selection->words);
    if (selection->words > 0)
        memcpy(copy.rows, selection->rows, selection->words * sizeof *copy.rows);
    return copy;
}

void selection_drop(struct view *view)
{
    selection_free(&view->selection, view->count);
    for (size_t i = 0; i < view->count; i++)
        view->columns[i].selected = false;
}

/* -- adding up ----------------------------------------------------------------------------------------------------- */

static void keep_extreme(const struct data_column *column, struct data_cell cell, struct str *extreme, bool least,
                         struct str scratch[2])
{
    int order = extreme->data != NULL ? cell_compare(column, cell, (struct data_cell){extreme->data, extreme->length},
                                                     scratch)
                                      : 0;

    if (extreme->data != NULL && (least ? order >= 0 : order <= 0))
        return;
    str_clear(extreme);
    str_add_bytes(extreme, cell.text, cell.length);
}

static bool has_extremes(const struct data_column *column)
{
    return data_type_is_number(column->type) || type_is_time(column->type);
}

static void add_row(const struct view *view, struct selection *selection, struct str scratch[2])
{
    for (size_t i = 0; i < view->count; i++) {
        const struct data_column *column = &view->known[i];
        struct data_cell          cell = view->cells[i];
        struct stats             *stats = &selection->stats[i];

        if (cell.text == NULL)
            continue;
        stats->values++;
        if (data_type_is_number(column->type))
            (void)decimal_sum_add(&stats->sum, cell.text, cell.length);
        if (!has_extremes(column))
            continue;
        keep_extreme(column, cell, &stats->least, true, scratch);
        keep_extreme(column, cell, &stats->most, false, scratch);
    }
    selection->counted++;
}

/* The rows in the order they lie in the store; `bits` NULL: all. */
static int add_rows(struct view *view, struct selection *selection, const uint64_t *bits, size_t rows,
                    struct error *error)
{
    struct str scratch[2] = {{0}};
    size_t     steps = 0;
    int        r = 0;

    selection->stats = mem_alloc((view->count + 1) * sizeof *selection->stats);
    for (size_t row = 0; row < rows && r >= 0; row++) {
        if (bits != NULL && bits[row / BITS] == 0)
            row |= BITS - 1;
        else if ((r = grid_breathe(&steps, WHAT, error)) < 0 ||
                 (bits != NULL && !(bits[row / BITS] >> row % BITS & 1)))
            continue;
        else if ((r = view_read(view, row, error)) >= 0)
            add_row(view, selection, scratch);
    }
    str_done(&scratch[0]);
    str_done(&scratch[1]);
    return r;
}

static int put_shown_rows(struct view *view, struct selection *selection, struct error *error)
{
    size_t rows = view_rows(view), steps = 0;
    int    r = 0;

    make_room(selection, view->result->rows != NULL ? store_rows(view->result->rows) / BITS + 1 : 0);
    for (size_t i = 0; i < rows && r >= 0; i++) {
        put_row(selection, view_row_at(view, i), true);
        r = grid_breathe(&steps, WHAT, error);
    }
    return r;
}

static int add_shown_rows(struct view *view, struct selection *selection, struct error *error)
{
    struct selection shown = {0};
    int              r;

    if (view->filter == NULL)
        return add_rows(view, selection, NULL, view_rows(view), error);
    r = put_shown_rows(view, &shown, error);
    if (r >= 0)
        r = add_rows(view, selection, shown.rows, shown.words * BITS, error);
    selection_free(&shown, 0);
    return r;
}

/* Adds `next` up and makes it the selection; when that fails the selection stays what it was. */
static int take_effect(struct view *view, struct selection *next, struct error *error)
{
    int r = 0;

    if (next->row_count > 0)
        r = add_rows(view, next, next->rows, next->words * BITS, error);
    else if (next->column_count > 0)
        r = add_shown_rows(view, next, error);
    if (r < 0) {
        selection_free(next, view->count);
        return r;
    }
    selection_free(&view->selection, view->count);
    view->selection = *next;
    return 0;
}

/* -- the verb ------------------------------------------------------------------------------------------------------ */

/* One row more needs no other to be read. */
static int add_one_row(struct view *view, size_t row, struct error *error)
{
    struct str scratch[2] = {{0}};
    int        r = view_read(view, row, error);

    if (r < 0)
        return r;
    put_row(&view->selection, row, true);
    add_row(view, &view->selection, scratch);
    str_done(&scratch[0]);
    str_done(&scratch[1]);
    return 0;
}

/* The row under the cursor, and a step down: pressed again and again it marks one row after the other. */
static int select_row(struct view *view, struct error *error)
{
    struct selection next;
    size_t           row;
    bool             on;
    int              r;

    if (view->row >= view_rows(view))
        return error_set(error, ERR_USAGE, "there is no row");
    row = view_row_at(view, view->row);
    on = !row_is_selected(view, row);
    if (on && view->selection.row_count > 0 && view->selection.stats != NULL) {
        r = add_one_row(view, row, error);
    } else {
        next = selection_copy(&view->selection);
        put_row(&next, row, on);
        r = take_effect(view, &next, error);
    }
    if (r >= 0 && view->row + 1 < view_rows(view))
        view->row++;
    return r;
}

static int select_column(struct view *view, struct error *error)
{
    struct view_column *column = &view->columns[view->column];
    struct selection    next;
    int                 r;

    if (view->count == 0)
        return error_set(error, ERR_USAGE, "there is no column");
    next = selection_copy(&view->selection);
    next.column_count += column->selected ? SIZE_MAX : 1;
    r = take_effect(view, &next, error);
    if (r >= 0)
        column->selected = !column->selected;
    return r;
}

static int select_all(struct view *view, struct error *error)
{
    struct selection next = {0};
    int              r = put_shown_rows(view, &next, error);

    if (r < 0)
        selection_free(&next, 0);
    else
        r = take_effect(view, &next, error);
    for (size_t i = 0; r >= 0 && i < view->count; i++)
        view->columns[i].selected = false;
    return r;
}

int act_select(struct grid *grid, struct words words, struct error *error)
{
    struct view *view = grid->view;

    if (words.count == 0 || word_is(&words, 0, "row"))
        return select_row(view, error);
    if (word_is(&words, 0, "column"))
        return select_column(view, error);
    if (word_is(&words, 0, "all"))
        return select_all(view, error);
    if (!word_is(&words, 0, "off"))
        return error_set(error, ERR_USAGE, "select takes row, column, all or off, not '%s'", words.at[0]);
    selection_drop(view);
    return 0;
}

/* -- the footer ---------------------------------------------------------------------------------------------------- */

static void add_value(const struct data_column *column, const char *name, const struct str *value, struct str *to)
{
    str_add(to, name);
    column_show_cell(column, (struct data_cell){str_text(value), value->length}, to);
}

static void add_sums(const struct data_column *column, const struct stats *stats, struct str *to)
{
    struct str         text = STR_INIT;
    struct data_column finer = *column;

    decimal_sum_text(&stats->sum, &text);
    add_value(column, "sum ", &text, to);
    str_clear(&text);
    decimal_sum_average(&stats->sum, &text);
    if (finer.decimals == 0)
        finer.decimals = 2;                            /* 4.5 is not 5 */
    add_value(&finer, ", avg ", &text, to);
    str_done(&text);
}

void selection_status(const struct view *view, struct str *to)
{
    const struct selection   *selection = &view->selection;
    const struct data_column *column = view->column < view->count ? &view->known[view->column] : NULL;
    const struct stats       *stats;

    if (selection_is_empty(view) || selection->stats == NULL)
        return;
    str_add(to, " · selected ");
    count_to_text(selection->counted, to);
    str_add(to, selection->counted == 1 ? " row" : " rows");
    if (column == NULL)
        return;
    stats = &selection->stats[view->column];
    str_add(to, ": ");
    output_safe_text(to, column->name, strlen(column->name));
    str_add_char(to, ' ');
    if (stats->sum.count > 0) {
        add_sums(column, stats, to);
        str_add(to, ", ");
    }
    if (stats->values > 0 && has_extremes(column)) {
        add_value(column, "min ", &stats->least, to);
        add_value(column, ", max ", &stats->most, to);
        str_add(to, ", ");
    }
    count_to_text(stats->values, to);
    str_add(to, stats->values == 1 ? " value" : " values");
}
