/* Of the charts: the sheet they are drawn on, scales and their labels. */
#ifndef YTEMPIRE_OUTPUT_CHART_INT_H
#define YTEMPIRE_OUTPUT_CHART_INT_H

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/output/chart.h"

/* -- the sheet (chart.c) ------------------------------------------------------------------------------------------- */

struct sheet {
    const struct chart *chart;
    struct chart_cell  *cells;
    int                 rows, columns;
    bool                ascii;
};

struct frame { int y, x, rows, columns; };          /* a part of the sheet */

/* What lies outside is not drawn. */
void sheet_put(const struct sheet *sheet, int y, int x, uint32_t point, unsigned part);
/* At most `columns` wide, cut with "…"; returns the columns used. */
int  sheet_text(const struct sheet *sheet, int y, int x, int columns, unsigned part, const char *text);
void sheet_text_right(const struct sheet *sheet, int y, int x, int columns, unsigned part, const char *text);
int  text_columns(const char *text);
unsigned series_part(size_t series);
/* The title in the first row where there is room for one; what is left for the rest. */
struct frame sheet_title(const struct sheet *sheet);
/* Labels of the points below an axis: the first stands at cell `first`, the last at `last`, as many as fit. `axis`: row of
 * the axis' line, where ticks are set, or -1. */
void sheet_point_labels(const struct sheet *sheet, int y, int axis, struct frame within, double first, double last);

void line_draw(const struct sheet *sheet);
void bar_draw(const struct sheet *sheet);
void spark_draw(const struct sheet *sheet);
void heat_draw(const struct sheet *sheet);

/* -- scales (chart_scale.c) ---------------------------------------------------------------------------------------- */

/* Invariant: low < high, both multiples of step. */
struct scale {
    double                    low, high, step;
    const struct data_column *column;
    double                    unit;         /* by which labels are divided: 1000 with "k" */
    const char               *suffix;
    int                       decimals;
};

/* Whether it can be drawn at all; `ret_value` is kept within ±1e307, so that differences stay finite. */
bool value_is_known(double value, double *ret_value);
/* Lowest and highest known value of a series, wider than what `low` and `high` hold already. False: none is known. */
bool series_range(const struct chart *chart, const struct chart_series *series, double *low, double *high);
bool same_unit(const struct data_column *a, const struct data_column *b);

/* A scale of about `ticks` steps that holds low … high; it begins at zero where that wastes less than half. */
struct scale scale_fit(double low, double high, int ticks, const struct data_column *column);
void scale_label(const struct scale *scale, double value, struct str *to);
/* A value whole, in its column's format; and in about five columns. */
void value_label(const struct data_column *column, double value, struct str *to);
void value_label_short(const struct data_column *column, double value, struct str *to);

#endif
