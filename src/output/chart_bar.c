/*
 * Bars: a line a value: label, name of the series, value, bar. Negative ones stand to the left of zero.
 *
 * Every unit has a scale of its own; the zeros of all stand one below the other.
 */
#include "chart_int.h"

#include <math.h>
#include <stdio.h>

struct bars {
    const struct sheet *sheet;
    struct frame        rest;
    size_t              shown;                         /* points that there is room for */
    int                 labels, names, values;         /* columns of these, 0: not shown */
    bool                short_values;
    int                 zero, left, right;             /* column of the axis; cells on either side */
    bool                axis;
    double             *scales;                        /* cells a unit of each series */
};

/* -- scales -------------------------------------------------------------------------------------------------------- */

/* Lowest and highest of all series that share the unit of one; zero is in it. */
static void range_of(const struct chart *chart, size_t series, double *ret_low, double *ret_high)
{
    double low = 0, high = 0;

    for (size_t i = 0; i < chart->series_count; i++)
        if (same_unit(chart->series[i].column, chart->series[series].column))
            (void)series_range(chart, &chart->series[i], &low, &high);
    *ret_low = low;
    *ret_high = high;
}

/* How much of the room lies left of zero: what the unit needs that reaches furthest down. */
static double part_below_zero(const struct chart *chart)
{
    double most = 0;

    for (size_t i = 0; i < chart->series_count; i++) {
        double low, high;

        range_of(chart, i, &low, &high);
        if (low < 0)
            most = fmax(most, -low / (high - low));
    }
    return most;
}

static double cells_a_unit(const struct bars *bars, size_t series)
{
    double low, high, cells = INFINITY;

    range_of(bars->sheet->chart, series, &low, &high);
    if (low < 0)
        cells = bars->left / -low;
    if (high > 0)
        cells = fmin(cells, bars->right / high);
    return isfinite(cells) ? cells : 0;
}

/* -- widths -------------------------------------------------------------------------------------------------------- */

static void value_text(const struct bars *bars, size_t series, double value, struct str *to)
{
    const struct data_column *column = bars->sheet->chart->series[series].column;

    str_clear(to);
    if (!value_is_known(value, &value))
        str_add(to, bars->sheet->ascii ? "-" : "–");
    else if (bars->short_values)
        value_label_short(column, value, to);
    else
        value_label(column, value, to);
}

static int widest_value(const struct bars *bars)
{
    const struct chart *chart = bars->sheet->chart;
    struct str          text = STR_INIT;
    int                 widest = 0;

    for (size_t s = 0; s < chart->series_count; s++)
        for (size_t i = 0; i < bars->shown; i++) {
            value_text(bars, s, chart->series[s].values[i], &text);
            widest = text_columns(str_text(&text)) > widest ? text_columns(str_text(&text)) : widest;
        }
    str_done(&text);
    return widest;
}

static int widest_label(const struct chart *chart, size_t shown)
{
    int widest = 0;

    for (size_t i = 0; i < shown; i++)
        widest = text_columns(chart->labels[i]) > widest ? text_columns(chart->labels[i]) : widest;
    return widest;
}

static int widest_name(const struct chart *chart)
{
    int widest = 0;

    for (size_t i = 0; i < chart->series_count; i++)
        if (text_columns(chart->series[i].name) > widest)
            widest = text_columns(chart->series[i].name);
    return widest;
}

static int at_most(int wanted, int limit)
{
    return wanted < limit ? wanted : limit;
}

static void lay_out_text(struct bars *bars)
{
    const struct chart *chart = bars->sheet->chart;
    int                 columns = bars->rest.columns;

    if (columns < 8)
        return;
    bars->labels = at_most(widest_label(chart, bars->shown), columns / 3);
    if (columns >= 24 && (chart->series_count > 1 || bars->labels == 0))
        bars->names = at_most(widest_name(chart), columns / 5);
    if (columns < 16)
        return;
    bars->values = widest_value(bars);
    if (bars->values > columns / 4) {
        bars->short_values = true;
        bars->values = widest_value(bars);
    }
    if (bars->values > columns / 3)
        bars->values = 0;
}

static void lay_out(struct bars *bars)
{
    const struct chart *chart = bars->sheet->chart;
    size_t              rows;
    int                 from, room;

    bars->rest = sheet_title(bars->sheet);
    rows = (size_t)bars->rest.rows;
    bars->shown = chart->points;
    if (chart->points > rows / chart->series_count)        /* the last line says how many more there are */
        bars->shown = rows > chart->series_count ? (rows - 1) / chart->series_count : 1;
    lay_out_text(bars);
    from = bars->labels + (bars->labels > 0) + bars->names + (bars->names > 0) + bars->values + (bars->values > 0);
    room = bars->rest.columns - from;
    bars->axis = room >= 3;
    room -= bars->axis;
    bars->left = (int)lround(part_below_zero(chart) * room);
    if (part_below_zero(chart) > 0 && bars->left == 0 && room > 1)
        bars->left = 1;
    bars->right = room - bars->left;
    bars->zero = from + bars->left;
    bars->scales = mem_array(NULL, chart->series_count, sizeof *bars->scales);
    for (size_t i = 0; i < chart->series_count; i++)
        bars->scales[i] = cells_a_unit(bars, i);
}

/* -- bars ---------------------------------------------------------------------------------------------------------- */

/* The end of a bar that fills `eighths` of its cell; to the left the fonts have a half and an eighth only. */
static uint32_t end_glyph(const struct sheet *sheet, int eighths, bool left)
{
    if (sheet->chart->glyphs == GLYPHS_BLOCKS)
        return left ? 0x2590 : 0x258c;
    if (left)
        return eighths >= 4 ? 0x2590 : 0x2595;
    return 0x2590u - (unsigned)eighths;
}

static void draw_bar(const struct bars *bars, int y, double cells, unsigned part)
{
    const struct sheet *sheet = bars->sheet;
    bool                left = cells < 0;
    int                 eighths = (int)lround(fabs(cells) * 8), room = left ? bars->left : bars->right, full;
    int                 step = left ? -1 : 1, x = left ? bars->zero - 1 : bars->zero + bars->axis;

    if (cells != 0 && eighths == 0)                        /* little is not nothing */
        eighths = 1;
    if (sheet->ascii)
        eighths = (eighths + (eighths < 8 ? 7 : 4)) / 8 * 8;
    else if (sheet->chart->glyphs == GLYPHS_BLOCKS)
        eighths = eighths < 4 && eighths > 0 ? 4 : (eighths + 2) / 4 * 4;
    full = eighths / 8;
    for (int i = 0; i < full && i < room; i++, x += step)
        sheet_put(sheet, y, x, sheet->ascii ? '#' : 0x2588, part);
    if (full < room && eighths % 8 > 0)
        sheet_put(sheet, y, x, end_glyph(sheet, eighths % 8, left), part);
}

static void draw_line(const struct bars *bars, int y, size_t point, size_t series, struct str *text)
{
    const struct sheet *sheet = bars->sheet;
    const struct chart *chart = sheet->chart;
    double              value = chart->series[series].values[point];
    int                 x = 0;

    if (bars->labels > 0) {
        if (series == 0)
            (void)sheet_text(sheet, y, 0, bars->labels, CHART_TEXT, chart->labels[point]);
        x = bars->labels + 1;
    }
    if (bars->names > 0) {
        (void)sheet_text(sheet, y, x, bars->names, series_part(series), chart->series[series].name);
        x += bars->names + 1;
    }
    if (bars->values > 0) {
        value_text(bars, series, value, text);
        sheet_text_right(sheet, y, x, bars->values, CHART_TEXT, str_text(text));
    }
    if (bars->axis)
        sheet_put(sheet, y, bars->zero, sheet->ascii ? '|' : 0x2502, CHART_AXIS);
    if (value_is_known(value, &value))
        draw_bar(bars, y, value * bars->scales[series], series_part(series));
}

static void draw_more(const struct bars *bars, int y)
{
    const char *dots = bars->sheet->ascii ? "..." : "…";
    char        text[64];

    (void)snprintf(text, sizeof text, "%s %zu more", dots, bars->sheet->chart->points - bars->shown);
    (void)sheet_text(bars->sheet, y, 0, bars->rest.columns, CHART_AXIS, bars->rest.columns < 8 ? dots : text);
}

void bar_draw(const struct sheet *sheet)
{
    struct bars bars = {.sheet = sheet};
    struct str  text = STR_INIT;
    int         y, end;

    lay_out(&bars);
    y = bars.rest.y;
    end = bars.rest.y + bars.rest.rows;
    for (size_t i = 0; i < bars.shown; i++)
        for (size_t s = 0; s < sheet->chart->series_count && y < end; s++)
            draw_line(&bars, y++, i, s, &text);
    if (bars.shown < sheet->chart->points && y < end)
        draw_more(&bars, y);
    mem_free(bars.scales);
    str_done(&text);
}
