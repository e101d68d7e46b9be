/*
 * output/chart: charts as text, drawn in braille, blocks or ASCII.
 *
 * Series are numbers over labels; NaN (and what is infinite) is a gap, and zero is not a gap. A chart is drawn into a grid of
 * cells that the caller prints (the command `chart`) or puts on its screen (the console). More points than columns are
 * reduced bucket by bucket to minimum and maximum, so that no peak disappears. Axes: "nice" steps of 1, 2, 5 × 10^n
 * (Heckbert, Nice Numbers for Graph Labels, Graphics Gems 1990), labels with SI suffixes in the column's own format.
 * Series of different units never share a scale: lines stand in panels one above the other, bars are each measured by their
 * own. Pure but for chart_data, which keeps what it is fed; nothing here blocks.
 */
#ifndef YTEMPIRE_OUTPUT_CHART_H
#define YTEMPIRE_OUTPUT_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/data.h"

enum chart_kind { CHART_LINE, CHART_BAR, CHART_SPARK, CHART_HEAT };
/* BLOCKS: of the half blocks and shades that the fonts of a bare console have too. */
enum chart_glyphs { GLYPHS_BRAILLE, GLYPHS_BLOCKS, GLYPHS_ASCII };

#define CHART_KINDS "line|bar|spark|heat"

const char *chart_kind_name(enum chart_kind kind);
int  chart_kind_from_text(const char *text, enum chart_kind *ret_kind) NODISCARD;      /* ERR_UNKNOWN */

struct chart_series {
    const char               *name;
    const double             *values;       /* one a point */
    const struct data_column *column;       /* how its numbers are written, or NULL */
};

struct chart {
    enum chart_kind            kind;
    enum chart_glyphs          glyphs;
    const char                *title;       /* or NULL */
    const char *const         *labels;      /* one a point: "2026-01-31", "Music" */
    const int64_t             *instants;    /* one a point, where all are times, in order; or NULL */
    size_t                     points;
    const struct chart_series *series;      /* of a heat map: one a row */
    size_t                     series_count;
    int                        rows, columns;
    bool                       legend;      /* names of several lines, the shades of a heat map */
};

/* What a cell belongs to; a theme or chart_print gives it a colour. Series 0 … 5 are told apart. */
enum chart_part { CHART_TEXT = 0, CHART_AXIS = 1, CHART_SERIES = 2, CHART_HEAT_LEVEL = 100 };
#define CHART_SERIES_PARTS 6
#define CHART_HEAT_LEVELS 5

#define CHART_POINTS 4                       /* a base character and three marks */

struct chart_cell {
    uint32_t points[CHART_POINTS];          /* points[0] is never 0 but in the right half of a wide character */
    uint8_t  part;                          /* CHART_SERIES + n, CHART_HEAT_LEVEL + n, … */
    uint8_t  width;                         /* 1 or 2; 0: covered by the cell to the left */
};

/* Draws into `ret_cells`, rows × columns, the caller's. A size too small for axes is drawn without them; 1×1 works. */
void chart_draw(const struct chart *chart, struct chart_cell *ret_cells);
/* The rows that show all there is to show without waste: of bars one each, of lines `most`. At most `most`. */
int  chart_rows_wanted(const struct chart *chart, int most);
/* The cells as lines of UTF-8, blanks at the end of a line cut. `color`: with the eight colours of ECMA-48. */
void chart_print(const struct chart_cell *cells, int rows, int columns, bool color, struct str *to);

/* Rows of a result gathered for a chart: the time column, else the first dimension gives labels; other dimensions give
 * series (at most 6, of a heat map as many as its rows hold: the largest; the rest are told), each measure one. Whole days,
 * weeks, months, … that have no row are gaps. Feed it like a sink; memory is bounded (100,000 rows). */
struct chart_data;
struct chart_data *chart_data_new(const struct data_column *columns, size_t count);   /* columns are copied */
void               chart_data_free(struct chart_data *data);
void               chart_data_freep(struct chart_data **data);
void               chart_data_row(struct chart_data *data, const struct data_cell *cells);
/* The kind that suits: line for more than one point of time, else bar. */
enum chart_kind    chart_data_kind(const struct chart_data *data);
/* Fills labels, points and series (borrowed from data until the next fill); reads kind and rows. ERR_USAGE: nothing
 * numeric, no rows, in words. */
int                chart_data_fill(struct chart_data *data, struct chart *chart, struct error *error) NODISCARD;
/* After a fill: "6 of 41 values of category are drawn", or NULL. */
const char        *chart_data_remark(const struct chart_data *data);

/* "▁▂▃▅▇" of the last `columns` values; ASCII where asked. */
void chart_spark(struct str *to, const double *values, size_t count, size_t columns, enum chart_glyphs glyphs);

#endif
