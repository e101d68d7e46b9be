/*
 * output/chart: charts as text, drawn in braille, blocks or ASCII.
 *
 * Series are numbers over labels; NaN is a gap, and zero is not a gap. A chart is drawn into a grid of cells that the
 * caller prints (the command `chart`) or puts on its screen (the console). More points than columns are reduced bucket by
 * bucket to minimum and maximum, so that no peak disappears. Axes: "nice" steps of 1, 2, 5 × 10^n (Heckbert, Nice Numbers
 * for Graph Labels, Graphics Gems 1990), labels with SI suffixes or the column's own format.
 */
#ifndef YTEMPIRE_OUTPUT_CHART_H
#define YTEMPIRE_OUTPUT_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/data.h"

enum chart_kind { CHART_LINE, CHART_BAR, CHART_SPARK, CHART_HEAT };
enum chart_glyphs { GLYPHS_BRAILLE, GLYPHS_BLOCKS, GLYPHS_ASCII };

const char *chart_kind_name(enum chart_kind kind);
int  chart_kind_from_text(const char *text, enum chart_kind *ret_kind) NODISCARD;      /* ERR_UNKNOWN */

struct chart_series {
    const char               *name;
    const double             *values;       /* NaN: nothing is known */
    const struct data_column *column;       /* how its numbers are written, or NULL */
};

struct chart {
    enum chart_kind            kind;
    enum chart_glyphs          glyphs;
    const char                *title;       /* or NULL */
    const char *const         *labels;      /* one a point: "2026-01-31", "Music" */
    size_t                     points;
    const struct chart_series *series;      /* of a heat map: one a row */
    size_t                     series_count;
    int                        rows, columns;
    bool                       legend;
};

/* One cell: a code point and what it belongs to: 0 text, 1 axis, 2 + n series n, 100 + 0…4 heat. */
struct chart_cell { uint32_t point; uint8_t part; uint8_t width; };

/* Draws into `ret_cells`, rows × columns, the caller's. A size too small for axes is drawn without them; 1×1 works. */
void chart_draw(const struct chart *chart, struct chart_cell *ret_cells);

/* Rows of a result gathered for a chart: the time or dimension column gives labels, a second dimension gives series (at most
 * 6, the largest; the rest are told), each measure one. Feed it like a sink; memory is bounded (100,000 points). */
struct chart_data;
struct chart_data *chart_data_new(const struct data_column *columns, size_t count);
void               chart_data_free(struct chart_data *data);
void               chart_data_freep(struct chart_data **data);
void               chart_data_row(struct chart_data *data, const struct data_cell *cells);
/* The kind that suits: line for time, bar for a dimension, heat for time or two dimensions when asked, spark for one row high. */
enum chart_kind    chart_data_kind(const struct chart_data *data);
/* Fills labels, points and series (borrowed from data). ERR_USAGE: nothing numeric, no rows, in words. */
int                chart_data_fill(struct chart_data *data, struct chart *chart, struct error *error) NODISCARD;
const char        *chart_data_remark(const struct chart_data *data);       /* "6 of 41 categories are drawn", or NULL */

/* "▁▂▃▅▇" of the last `columns` values; ASCII where asked. */
void chart_spark(struct str *to, const double *values, size_t count, size_t columns, enum chart_glyphs glyphs);

#endif
