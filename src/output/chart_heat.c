/* Heat maps: a row a series, five shades between the lowest and the highest value of all; what is unknown is blank. */
#include "chart_int.h"

#include <math.h>
#include <stdio.h>

struct heat {
    const struct sheet *sheet;
    struct frame        map;
    double              low, high;
    int                 cell;              /* columns a point; 1 where several points share one */
    int                 columns;           /* that are drawn */
    size_t              shown;             /* series */
};

static uint32_t shade(const struct sheet *sheet, size_t level)
{
    static const uint32_t shades[CHART_HEAT_LEVELS] = {0xb7, 0x2591, 0x2592, 0x2593, 0x2588};

    return sheet->ascii ? (unsigned char)".:+*#"[level] : shades[level];
}

static size_t level_of(const struct heat *heat, double value)
{
    double part = heat->high > heat->low ? (value - heat->low) / (heat->high - heat->low) : 0.5;
    long   level = (long)(part * CHART_HEAT_LEVELS);

    return level < 0 ? 0 : level >= CHART_HEAT_LEVELS ? CHART_HEAT_LEVELS - 1 : (size_t)level;
}

/* Of points that share a column the largest. */
static double value_at(const struct heat *heat, size_t series, int column)
{
    const struct chart *chart = heat->sheet->chart;
    size_t              points = chart->points, drawn = (size_t)(heat->columns / heat->cell);
    size_t              place = (size_t)(column / heat->cell);
    double              found = NAN, value;

    for (size_t i = place * points / drawn; i < (place + 1) * points / drawn; i++)
        if (value_is_known(chart->series[series].values[i], &value) && !(value <= found))
            found = value;
    return found;
}

static void draw_row(const struct heat *heat, int y, size_t series)
{
    for (int x = 0; x < heat->columns; x++) {
        double value = value_at(heat, series, x);

        if (isnan(value))
            continue;
        sheet_put(heat->sheet, y, heat->map.x + x, shade(heat->sheet, level_of(heat, value)),
                  CHART_HEAT_LEVEL + (unsigned)level_of(heat, value));
    }
}

/* "0 ·· 20k ░░ 40k …": what lies between two numbers has the shade between them. */
static void draw_legend(const struct heat *heat, int y)
{
    const struct sheet       *sheet = heat->sheet;
    const struct data_column *column = sheet->chart->series[0].column;
    struct str                text = STR_INIT;
    int                       x = heat->map.x;

    for (size_t i = 0; i <= CHART_HEAT_LEVELS; i++) {
        double edge = heat->low + (heat->high - heat->low) * (double)i / CHART_HEAT_LEVELS;

        str_clear(&text);
        value_label_short(column, edge, &text);
        x += sheet_text(sheet, y, x, sheet->columns - x, CHART_AXIS, str_text(&text)) + 1;
        for (int k = 0; k < 2 && i < CHART_HEAT_LEVELS; k++, x++)
            sheet_put(sheet, y, x, shade(sheet, i), CHART_HEAT_LEVEL + (unsigned)i);
        x++;
    }
    str_done(&text);
}

static void draw_names(const struct heat *heat, int columns)
{
    const struct chart *chart = heat->sheet->chart;

    for (size_t i = 0; i < heat->shown && columns > 0; i++)
        (void)sheet_text(heat->sheet, heat->map.y + (int)i, 0, columns, CHART_TEXT, chart->series[i].name);
}

static int widest_name(const struct chart *chart)
{
    int widest = 0;

    for (size_t i = 0; i < chart->series_count; i++)
        if (text_columns(chart->series[i].name) > widest)
            widest = text_columns(chart->series[i].name);
    return widest;
}

/* The axis of points and the shades take a row each where there is room; returns the columns of names. */
static int lay_out(struct heat *heat)
{
    const struct chart *chart = heat->sheet->chart;
    struct frame        rest = sheet_title(heat->sheet);
    int                 names = 0;

    if (rest.columns >= 16)
        names = widest_name(chart) > rest.columns / 3 ? rest.columns / 3 : widest_name(chart);
    heat->map = (struct frame){rest.y, names > 0 ? names + 1 : 0, rest.rows, 0};
    if (rest.columns >= 16 && rest.rows >= 3)
        heat->map.rows -= chart->legend ? 2 : 1;
    heat->map.columns = rest.columns - heat->map.x;
    heat->shown = chart->series_count > (size_t)heat->map.rows ? (size_t)heat->map.rows : chart->series_count;
    heat->cell = chart->points < (size_t)heat->map.columns ? heat->map.columns / (int)chart->points : 1;
    heat->cell = heat->cell > 6 ? 6 : heat->cell;
    heat->columns = chart->points < (size_t)heat->map.columns ? (int)chart->points * heat->cell : heat->map.columns;
    return names;
}

static void draw_more(const struct heat *heat)
{
    char text[64];

    (void)snprintf(text, sizeof text, "%s %zu more", heat->sheet->ascii ? "..." : "…",
                   heat->sheet->chart->series_count - heat->shown);
    (void)sheet_text(heat->sheet, heat->map.y + (int)heat->shown, 0, heat->map.x - 1, CHART_AXIS, text);
}

void heat_draw(const struct sheet *sheet)
{
    struct heat heat = {.sheet = sheet, .low = INFINITY, .high = -INFINITY};
    int         names = lay_out(&heat), y = heat.map.y + (int)heat.shown;
    bool        known = false;

    for (size_t i = 0; i < sheet->chart->series_count; i++)
        known |= series_range(sheet->chart, &sheet->chart->series[i], &heat.low, &heat.high);
    draw_names(&heat, names);
    for (size_t i = 0; i < heat.shown; i++)
        draw_row(&heat, heat.map.y + (int)i, i);
    if (heat.map.rows == sheet->rows - heat.map.y)         /* no room for more */
        return;
    heat.map.columns = sheet->columns - heat.map.x;
    sheet_point_labels(sheet, y, -1, heat.map, heat.map.x + (heat.cell - 1) / 2.0,
                       heat.map.x + heat.columns - 1 - (heat.cell - 1) / 2.0);
    if (heat.shown < sheet->chart->series_count)
        draw_more(&heat);
    if (sheet->chart->legend && known)
        draw_legend(&heat, y + 1);
}
