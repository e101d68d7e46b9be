/* Selected rows and columns, and what their values add up to. Sums are exact. */
#include "grid_int.h"

#include <string.h>

#include "ytempire/output.h"

#define BITS 64

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

static void put_row(struct view *view, size_t row, bool on)
{
    struct selection *selection = &view->selection;
    size_t            need = row / BITS + 1;

    if (need > selection->words) {
        need = need > selection->words * 2 ? need : selection->words * 2;
        selection->rows = mem_array(selection->rows, need, sizeof *selection->rows);
        memset(selection->rows + selection->words, 0, (need - selection->words) * sizeof *selection->rows);
        selection->words = need;
    }
    if (row_is_selected(view, row) == on)
        return;
    selection->rows[row / BITS] ^= UINT64_C(1) << row % BITS;
    selection->row_count += on ? 1 : SIZE_MAX;
}

static void drop_stats(struct view *view)
{
    for (size_t i = 0; i < view->count && view->selection.stats != NULL; i++) {
        decimal_sum_done(&view->selection.stats[i].sum);
        str_done(&view->selection.stats[i].least);
        str_done(&view->selection.stats[i].most);
    }
    mem_free(TAKE(view->selection.stats));
    view->selection.counted = 0;
}

void selection_drop(struct view *view)
{
    drop_stats(view);
    mem_free(view->selection.rows);
    view->selection = (struct selection){0};
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

static void add_row(struct view *view, struct str scratch[2])
{
    for (size_t i = 0; i < view->count; i++) {
        const struct data_column *column = &view->known[i];
        struct data_cell          cell = view->cells[i];
        struct stats             *stats = &view->selection.stats[i];

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
    view->selection.counted++;
}

static void add_read_row(struct view *view)
{
    struct str scratch[2] = {{0}};

    add_row(view, scratch);
    str_done(&scratch[0]);
    str_done(&scratch[1]);
}

/* The rows in the order they lie in the store; `bits` NULL: all. */
static int add_rows(struct view *view, const uint64_t *bits, size_t rows, struct error *error)
{
    struct str scratch[2] = {{0}};
    size_t     steps = 0;
    int        r = 0;

    drop_stats(view);
    view->selection.stats = mem_alloc((view->count + 1) * sizeof *view->selection.stats);
    for (size_t row = 0; row < rows && r >= 0; row++) {
        if (bits != NULL && !(bits[row / BITS] >> row % BITS & 1))
            continue;
        if ((r = grid_breathe(&steps, "adding up", error)) >= 0 && (r = view_read(view, row, error)) >= 0)
            add_row(view, scratch);
    }
    str_done(&scratch[0]);
    str_done(&scratch[1]);
    if (r < 0)
        selection_drop(view);
    return r;
}

static int add_shown_rows(struct view *view, struct error *error)
{
    size_t    rows = view_rows(view), store = view->result->rows != NULL ? store_rows(view->result->rows) : 0;
    uint64_t *bits;
    int       r;

    if (view->filter == NULL)
        return add_rows(view, NULL, rows, error);
    bits = mem_alloc((store / BITS + 1) * sizeof *bits);
    for (size_t i = 0; i < rows; i++) {
        size_t row = view_row_at(view, i);

        bits[row / BITS] |= UINT64_C(1) << row % BITS;
    }
    r = add_rows(view, bits, store, error);
    mem_free(bits);
    return r;
}

static int add_up(struct view *view, struct error *error)
{
    struct selection *selection = &view->selection;

    if (selection_is_empty(view)) {
        selection_drop(view);
        return 0;
    }
    if (selection->row_count == 0)
        return add_shown_rows(view, error);
    return add_rows(view, selection->rows, selection->words * BITS, error);
}

/* -- the verb ------------------------------------------------------------------------------------------------------ */

/* The row under the cursor, and a step down: pressed again and again it marks one row after the other. */
static int select_row(struct view *view, struct error *error)
{
    size_t row;
    bool   on, one_more;
    int    r;

    if (view->row >= view_rows(view))
        return error_set(error, ERR_USAGE, "there is no row");
    row = view_row_at(view, view->row);
    on = !row_is_selected(view, row);
    one_more = on && view->selection.row_count > 0 && view->selection.stats != NULL;
    put_row(view, row, on);
    r = one_more ? view_read(view, row, error) : add_up(view, error);
    if (r >= 0 && one_more)
        add_read_row(view);
    if (r >= 0 && view->row + 1 < view_rows(view))
        view->row++;
    return r;
}

static int select_column(struct view *view, struct error *error)
{
    struct view_column *column = &view->columns[view->column];

    if (view->count == 0)
        return error_set(error, ERR_USAGE, "there is no column");
    column->selected = !column->selected;
    view->selection.column_count += column->selected ? 1 : SIZE_MAX;
    return add_up(view, error);
}

int act_select(struct grid *grid, struct words words, struct error *error)
{
    struct view *view = grid->view;

    if (words.count == 0 || word_is(&words, 0, "row"))
        return select_row(view, error);
    if (word_is(&words, 0, "column"))
        return select_column(view, error);
    if (!word_is(&words, 0, "all") && !word_is(&words, 0, "off"))
        return error_set(error, ERR_USAGE, "select takes row, column, all or off, not '%s'", words.at[0]);
    selection_drop(view);
    if (word_is(&words, 0, "off"))
        return 0;
    for (size_t i = 0; i < view_rows(view); i++)
        put_row(view, view_row_at(view, i), true);
    return add_up(view, error);
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
