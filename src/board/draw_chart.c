/* Lines, bars and heat maps in a panel, with what happened marked on the axis of time. */
#include "draw_int.h"

#include <string.h>

#include "ytempire/base/time.h"

/* -- the picture --------------------------------------------------------------------------------------------------- */

/* Rows into a chart, their numbers in the panel's unit. */
static struct chart_data *data_of(const struct drawing *drawing)
{
    const struct board_rows *rows = drawing->shown->rows;
    struct data_column      *columns = ARENA_ARRAY(drawing->arena, struct data_column, rows->column_count + 1);
    struct chart_data       *data;
    int                      value = rows_value(drawing->panel, rows);

    for (size_t i = 0; i < rows->column_count; i++) {
        const char *suffix;

        columns[i] = rows->columns[i];
        if ((int)i == value)
            columns[i] = panel_column(drawing->panel, &columns[i], &suffix);
    }
    data = chart_data_new(columns, rows->column_count);
    for (size_t row = 0; row < rows->row_count; row++)
        chart_data_row(data, &rows->cells[row * rows->column_count]);
    return data;
}

static void copy(const struct paper *paper, const struct chart_cell *cells, int rows, int columns, bool dim)
{
    for (int y = 0; y < rows && y < paper->rows; y++)
        for (int x = 0; x < columns && x < paper->columns; x++) {
            struct chart_cell *to = &paper->cells[(paper->y + y) * paper->stride + paper->x + x];

            *to = cells[y * columns + x];
            if (dim)
                to->part = BOARD_PART_DIM;
        }
}

/* -- events -------------------------------------------------------------------------------------------------------- */

static bool is_marked(const struct drawing *drawing, const struct chart *chart, const struct board_event *event)
{
    return chart->instants != NULL && chart->points > 1 &&
           event_is_marked(drawing->panel, chart->instants[0], chart->instants[chart->points - 1], event);
}

/* The last that is marked, or NULL. */
static const struct board_event *last_event(const struct drawing *drawing, const struct chart *chart)
{
    const struct board_event *last = NULL;

    for (size_t i = 0; i < drawing->pen->event_count; i++)
        if (is_marked(drawing, chart, &drawing->pen->events[i]))
            last = &drawing->pen->events[i];
    return last;
}

/* The corner of the axes, by the mark that stands there. */
static bool find_corner(const struct chart *chart, const struct chart_cell *cells, int *ret_y, int *ret_x)
{
    uint32_t corner = chart->glyphs == GLYPHS_ASCII ? '+' : 0x2514;

    for (int y = chart->rows - 1; y >= 0; y--)
        for (int x = 0; x < chart->columns / 2; x++)
            if (cells[y * chart->columns + x].points[0] == corner && cells[y * chart->columns + x].part == CHART_AXIS) {
                *ret_y = y;
                *ret_x = x;
                return true;
            }
    return false;
}

static void mark_events(const struct drawing *drawing, const struct chart *chart, const struct chart_cell *cells,
                        const struct paper *paper)
{
    int64_t first = chart->instants[0], last = chart->instants[chart->points - 1];
    int     y, left;

    if (!find_corner(chart, cells, &y, &left) || last <= first)
        return;
    for (size_t i = 0; i < drawing->pen->event_count; i++) {
        const struct board_event *event = &drawing->pen->events[i];
        int64_t                   at = event->at < last ? event->at : last;

        if (!is_marked(drawing, chart, event))
            continue;
        paper_put(paper, y,
                  left + 1 + (int)((double)(at - first) / (double)(last - first) * (chart->columns - left - 2)),
                  paper->ascii ? '!' : 0x25c6, BOARD_PART_EVENT);
    }
}

static void say_event(const struct paper *paper, const struct board_event *event)
{
    char       at[TIME_TEXT_SIZE];
    struct str text = STR_INIT;

    (void)instant_to_text(event->at, at);
    str_add(&text, paper->ascii ? "! " : "◆ ");
    if (event->kind != EVENT_DEFINITION)                    /* those begin with their day */
        str_addf(&text, "%.10s %.5s: ", at, at + 11);
    str_add(&text, event->words);
    (void)paper_text(paper, paper->rows - 1, 0, paper->columns, BOARD_PART_EVENT, str_text(&text), text.length);
    str_done(&text);
}

void draw_chart(const struct drawing *drawing, const struct paper *paper, enum chart_kind kind)
{
    _cleanup_(chart_data_freep) struct chart_data *data = data_of(drawing);
    struct chart              chart = {.kind = kind, .glyphs = drawing->pen->glyphs, .rows = paper->rows,
                                       .columns = paper->columns, .legend = paper->rows > 6};
    const struct board_event *event;
    struct chart_cell *cells = ARENA_ARRAY(drawing->arena, struct chart_cell,
                                           (size_t)paper->rows * (size_t)paper->columns);
    struct error              why = ERROR_INIT;

    if (chart_data_fill(data, &chart, &why) < 0) {
        (void)paper_text(paper, 0, 0, paper->columns, BOARD_PART_DIM, why.text, strlen(why.text));
        error_done(&why);
        return;
    }
    event = last_event(drawing, &chart);
    if (event != NULL && chart.rows > 5)
        chart.rows--;                                       /* for its words */
    chart_draw(&chart, cells);
    copy(paper, cells, chart.rows, chart.columns, drawing->dim);
    if (event == NULL)
        return;
    mark_events(drawing, &chart, cells, paper);
    if (chart.rows < paper->rows)
        say_event(paper, event);
}
