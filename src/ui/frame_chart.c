/* The chart in a frame: fed by a slice of rows a frame, drawn anew only when it would be another. */
#include "cells.h"
#include "console.h"

#include <string.h>

#include "ytempire/base/mem.h"

#define CHART_ROWS_A_FRAME 20000

static void feed_chart(struct pane *pane)
{
    const struct result *result = pane->result;
    size_t               rows = store_rows(result->rows), end = pane->chart_rows + CHART_ROWS_A_FRAME;
    struct data_cell    *cells;

    if (pane->chart_data == NULL)
        pane->chart_data = chart_data_new(result->columns, result->column_count);
    if (end > rows)
        end = rows;
    if (pane->chart_rows == end)
        return;
    cells = mem_array(NULL, result->column_count + 1, sizeof *cells);
    for (; pane->chart_rows < end; pane->chart_rows++)
        if (store_row(result->rows, pane->chart_rows, cells, NULL) >= 0)
            chart_data_row(pane->chart_data, cells);
    mem_free(cells);
}

/* The font of Linux' own console has no braille. */
enum chart_glyphs frame_glyphs(const struct console *console)
{
    return console->canvas->ascii                                   ? GLYPHS_ASCII
           : text_equal(terminal_name(console->terminal), "linux") ? GLYPHS_BLOCKS
                                                                     : GLYPHS_BRAILLE;
}

static bool chart_is_drawn(const struct pane *pane, const struct chart *chart)
{
    const struct chart *drawn = &pane->chart_drawn;

    return pane->chart_cells != NULL && pane->chart_drawn_rows == pane->chart_rows && drawn->kind == chart->kind &&
           drawn->glyphs == chart->glyphs && drawn->rows == chart->rows && drawn->columns == chart->columns;
}

/* Anew only when it would be another: a hundred thousand points are too many for each key. */
static int renew_chart(struct pane *pane, struct chart *chart, struct error *error)
{
    int r;

    if (chart_is_drawn(pane, chart))
        return 0;
    mem_free(TAKE(pane->chart_cells));
    r = chart_data_fill(pane->chart_data, chart, error);
    if (r < 0)
        return r;
    pane->chart_cells = mem_array(NULL, (size_t)chart->rows * (size_t)chart->columns, sizeof *pane->chart_cells);
    chart_draw(chart, pane->chart_cells);
    pane->chart_drawn = (struct chart){
        .kind = pane->chart, .glyphs = chart->glyphs, .rows = chart->rows, .columns = chart->columns};
    pane->chart_drawn_rows = pane->chart_rows;
    return 0;
}

void frame_draw_chart(struct console *console, struct pane *pane, struct area area)
{
    struct chart chart = {.kind = pane->chart,
                          .rows = area.rows,
                          .columns = area.columns,
                          .legend = true,
                          .glyphs = frame_glyphs(console)};
    struct error error = ERROR_INIT;

    feed_chart(pane);
    if (pane->chart_rows < store_rows(pane->result->rows))
        console_touch_rows(console);         /* the rest in the frames to come */
    if (renew_chart(pane, &chart, &error) < 0)
        canvas_text_cut(console->canvas, area.y, area.x, area.columns, LOOK_WARN, error.text, strlen(error.text));
    else
        cells_put(console->canvas, area, pane->chart_cells, cells_look);
    error_done(&error);
}
