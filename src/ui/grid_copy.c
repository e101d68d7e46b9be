/* Rows of a grid for others: the clipboard and exports. Columns and rows as they are shown; values are exact. */
#include "grid_int.h"

#include <string.h>

#include "ytempire/output.h"

/* Columns that go out: the shown ones; of those the selected ones when `selected` and there are any. */
static size_t choose_columns(const struct view *view, bool selected, size_t *chosen)
{
    size_t count = 0;

    for (size_t i = 0; i < view->count; i++)
        if (!view->columns[i].hidden && (!selected || view->selection.column_count == 0 || view->columns[i].selected))
            chosen[count++] = i;
    return count;
}

struct sending {
    struct view        *view;
    struct sink        *sink;
    size_t             *chosen, count;
    struct data_column *columns;
    struct data_cell   *cells;
};

/* The row that was read. */
static int send_row(void *who, size_t row, struct error *error)
{
    struct sending *sending = who;

    (void)row;
    for (size_t i = 0; i < sending->count; i++)
        sending->cells[i] = sending->view->cells[sending->chosen[i]];
    return sink_row(sending->sink, sending->cells, error);
}

static int send_rows(struct sending *sending, bool selected, struct error *error)
{
    struct view *view = sending->view;
    struct each  each = {.take = send_row, .who = sending, .what = "writing the rows"};
    int          r;

    if (selected && selection_is_empty(view)) {
        if (view->row >= view_rows(view))
            return 0;
        r = view_read(view, view_row_at(view, view->row), error);
        return r < 0 ? r : send_row(sending, 0, error);
    }
    if (selected && view->selection.row_count > 0)
        each.wanted = row_is_selected;
    return rows_each(view, &each, error);
}

static int send(struct grid *grid, struct sink *sink, bool selected, struct error *error)
{
    struct view         *view = grid->view;
    const struct result *result = grid->base.result;
    struct sending       sending = {.view = view, .sink = sink};
    int                  r;

    sending.chosen = mem_alloc((view->count + 1) * sizeof *sending.chosen);
    sending.columns = mem_alloc((view->count + 1) * sizeof *sending.columns);
    sending.cells = mem_alloc((view->count + 1) * sizeof *sending.cells);
    sending.count = choose_columns(view, selected, sending.chosen);
    for (size_t i = 0; i < sending.count; i++)
        sending.columns[i] = view->known[sending.chosen[i]];
    r = sink_begin(sink, sending.columns, sending.count, error);
    if (r >= 0)
        r = send_rows(&sending, selected, error);
    if (r >= 0)
        r = sink_end(sink, result->has_note ? &result->note : NULL, error);
    mem_free(sending.chosen);
    mem_free(sending.columns);
    mem_free(sending.cells);
    return r;
}

int grid_send(struct grid *grid, struct sink *sink, struct error *error)
{
    int r;

    if (grid->working)
        return error_set(error, ERR_CONFLICT, "the table is still at work; Ctrl-C stops that");
    grid->working = true;
    r = send(grid, sink, false, error);
    grid->working = false;
    return r;
}

int grid_copy(struct grid *grid, const char *format, struct str *to, struct error *error)
{
    const struct format *found = format_find(format);
    struct style         style = {.no_footer = true};
    struct output       *output;
    struct writer       *writer;
    struct sink         *sink;
    size_t               length;
    int                  r;

    if (found == NULL)
        return error_set(error, ERR_UNKNOWN, "no format '%s'", format);
    if (grid->working)
        return error_set(error, ERR_CONFLICT, "the table is still at work; Ctrl-C stops that");
    output = output_new(-1, "the copy");
    writer = writer_new(found, &style, output);
    sink = sink_writer_new(writer);
    grid->working = true;
    r = send(grid, sink, true, error);
    grid->working = false;
    if (r >= 0) {
        const char *bytes = output_bytes(output, &length);

        str_add_bytes(to, bytes, length);
    }
    sink_writer_free(sink);
    writer_free(writer);
    output_free(output);
    return r;
}

int grid_copy_cell(struct grid *grid, struct str *to, struct error *error)
{
    struct view *view = grid->view;
    int          r;

    if (view->row >= view_rows(view) || view->count == 0)
        return error_set(error, ERR_USAGE, "there is no cell to copy");
    if ((r = view_read(view, view_row_at(view, view->row), error)) < 0)
        return r;
    if (view->cells[view->column].text != NULL)
        str_add_bytes(to, view->cells[view->column].text, view->cells[view->column].length);
    return 0;
}
