/* Sparklines (Tufte, Beautiful Evidence, 2006): a line of text high, from the lowest value to the highest. */
#include "chart_int.h"

#include <math.h>
#include <stdio.h>

#include "ytempire/base/utf8.h"

static uint32_t level_glyph(double part, enum chart_glyphs glyphs)
{
    static const uint32_t halves[] = {'_', 0x2584, 0x2588};

    if (glyphs == GLYPHS_ASCII)
        return (unsigned char)"_.-:=+*#"[lround(part * 7)];
    return glyphs == GLYPHS_BLOCKS ? halves[lround(part * 2)] : 0x2581u + (unsigned)lround(part * 7);
}

/* Values that never change are half high, and none at all is nothing. */
static uint32_t glyph_of(double value, double low, double high, enum chart_glyphs glyphs)
{
    if (!value_is_known(value, &value))
        return ' ';
    if (high > low)
        return level_glyph(fmin(fmax((value - low) / (high - low), 0), 1), glyphs);
    return level_glyph(value == 0 ? 0 : 0.5, glyphs);
}

static void range_of(const double *values, size_t count, double *ret_low, double *ret_high)
{
    const struct chart        chart = {.points = count};
    const struct chart_series series = {.values = values};

    *ret_low = INFINITY;
    *ret_high = -INFINITY;
    (void)series_range(&chart, &series, ret_low, ret_high);
}

void chart_spark(struct str *to, const double *values, size_t count, size_t columns, enum chart_glyphs glyphs)
{
    size_t first = count > columns ? count - columns : 0;
    double low, high;

    range_of(values + first, count - first, &low, &high);
    for (size_t i = first; i < count; i++) {
        char bytes[4];

        str_add_bytes(to, bytes, utf8_encode(glyph_of(values[i], low, high, glyphs), bytes));
    }
}

/* -- as a chart: a row a series ------------------------------------------------------------------------------------ */

struct sparks {
    int names, values, columns;        /* of each part */
};

static void last_text(const struct chart *chart, size_t series, struct str *to)
{
    double value;

    str_clear(to);
    for (size_t i = chart->points; i-- > 0;)
        if (value_is_known(chart->series[series].values[i], &value)) {
            value_label(chart->series[series].column, value, to);
            return;
        }
}

static struct sparks lay_out(const struct sheet *sheet)
{
    const struct chart *chart = sheet->chart;
    struct sparks       sparks = {.columns = sheet->columns};
    struct str          text = STR_INIT;

    for (size_t i = 0; i < chart->series_count; i++) {
        int name = text_columns(chart->series[i].name), value;

        last_text(chart, i, &text);
        value = text_columns(str_text(&text));
        sparks.names = name > sparks.names ? name : sparks.names;
        sparks.values = value > sparks.values ? value : sparks.values;
    }
    str_done(&text);
    sparks.names = sparks.names > sheet->columns / 3 ? sheet->columns / 3 : sparks.names;
    if (sheet->columns < 16)
        sparks.names = sparks.values = 0;
    if (sparks.names > 0)
        sparks.columns -= sparks.names + 1;
    if (sparks.values >= sparks.columns / 2)
        sparks.values = 0;
    if (sparks.values > 0)
        sparks.columns -= sparks.values + 1;
    if ((size_t)sparks.columns > chart->points)
        sparks.columns = (int)chart->points;
    return sparks;
}

static double mean_of(const double *values, size_t count)
{
    double sum = 0, value;
    size_t known = 0;

    for (size_t i = 0; i < count; i++)
        if (value_is_known(values[i], &value))
            sum += (value - sum) / (double)++known;
    return sum;
}

/* Of the points that share a column the one furthest from the mean, so that peaks and dips stay. */
static double of_bucket(const struct chart *chart, size_t series, size_t column, size_t columns, double mean)
{
    double found = NAN;

    for (size_t i = column * chart->points / columns; i < (column + 1) * chart->points / columns; i++) {
        double value;

        if (value_is_known(chart->series[series].values[i], &value) &&
            !(fabs(value - mean) <= fabs(found - mean)))
            found = value;
    }
    return found;
}

static void draw_row(const struct sheet *sheet, int y, size_t series, const struct sparks *sparks)
{
    const struct chart *chart = sheet->chart;
    struct str          text = STR_INIT;
    double              low, high, mean = mean_of(chart->series[series].values, chart->points);
    int                 x = 0;

    range_of(chart->series[series].values, chart->points, &low, &high);
    if (sparks->names > 0) {
        (void)sheet_text(sheet, y, 0, sparks->names, CHART_TEXT, chart->series[series].name);
        x = sparks->names + 1;
    }
    for (int i = 0; i < sparks->columns; i++, x++) {
        double value = of_bucket(chart, series, (size_t)i, (size_t)sparks->columns, mean);

        sheet_put(sheet, y, x, glyph_of(value, low, high, chart->glyphs), series_part(series));
    }
    if (sparks->values > 0) {
        last_text(chart, series, &text);
        sheet_text_right(sheet, y, x + 1, sparks->values, CHART_TEXT, str_text(&text));
    }
    str_done(&text);
}

void spark_draw(const struct sheet *sheet)
{
    struct frame  rest = sheet_title(sheet);
    struct sparks sparks;

    if (rest.rows < (int)sheet->chart->series_count && rest.y > 0)
        rest = (struct frame){.rows = sheet->rows, .columns = sheet->columns};
    sparks = lay_out(sheet);
    for (size_t i = 0; i < sheet->chart->series_count && (int)i < rest.rows; i++)
        draw_row(sheet, rest.y + (int)i, i, &sparks);
}
