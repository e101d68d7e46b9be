/* Of plots: what the kinds share. */
#ifndef YTEMPIRE_OUTPUT_PLOT_INT_H
#define YTEMPIRE_OUTPUT_PLOT_INT_H

#include "chart_int.h"
#include "ytempire/output/plot.h"

struct sketch {
    const struct plot  *plot;
    const struct chart *chart;
    struct str         *to;
    struct plot_colors  colors;          /* none missing */
    size_t              blocks;          /* data blocks so far */
};

/* Text as gnuplot's single-quoted string: the only way that text gets into a script. */
void sketch_text(struct sketch *sketch, const char *text);
/* `set NAME 'text' textcolor …` */
void sketch_label(struct sketch *sketch, const char *name, const char *text);
/* A number as gnuplot reads it; NaN is NaN. */
void sketch_number(struct sketch *sketch, double value);
/* Begins and ends a data block; returns its number: "$d0" is the first. */
size_t sketch_block(struct sketch *sketch);
void   sketch_block_end(struct sketch *sketch);
/* Tics of a scale with labels in its column's format, and the range. `axis`: "x", "y". */
void sketch_scale(struct sketch *sketch, const char *axis, const struct scale *scale);
/* Labels of the points along the x axis, as many as fit into `width` pixels. */
void sketch_point_labels(struct sketch *sketch, int width);
/* Where a point stands on the x axis: its second, or its number. */
double sketch_place(const struct chart *chart, size_t point);
uint32_t sketch_series_color(const struct sketch *sketch, size_t series);

/* Series of one unit share a panel: `ret_panels` (series_count) has the panel of each; returns how many there are. */
size_t sketch_panels(const struct chart *chart, size_t *ret_panels);

void sketch_lines(struct sketch *sketch);
void sketch_bars(struct sketch *sketch);
void sketch_sparks(struct sketch *sketch);
void sketch_heat(struct sketch *sketch);

#endif
