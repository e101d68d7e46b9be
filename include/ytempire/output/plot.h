/*
 * output/plot: a chart as a script for gnuplot.
 *
 * Pure text; the caller starts gnuplot and feeds it. No text of data or of a person stands anywhere but between single
 * quotes, without control characters and with its quotes doubled, on a terminal that reads no markup; numbers stand in
 * data blocks, printed here. No name of a file is in it: gnuplot writes to its standard output.
 */
#ifndef YTEMPIRE_OUTPUT_PLOT_H
#define YTEMPIRE_OUTPUT_PLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "ytempire/output/chart.h"

enum plot_kind { PLOT_PNG, PLOT_SVG, PLOT_PDF, PLOT_SIXEL };

/* By a file's ending: .png .svg .pdf; ERR_UNKNOWN. */
int plot_kind_for_file(const char *path, enum plot_kind *ret_kind) NODISCARD;
const char *plot_kind_name(enum plot_kind kind);

#define PLOT_NO_COLOR UINT32_MAX

/* 0xrrggbb each, or PLOT_NO_COLOR: what suits the others. */
struct plot_colors {
    uint32_t ground, text, axis, series[CHART_SERIES_PARTS], heat[CHART_HEAT_LEVELS];
};

struct plot {
    enum plot_kind     kind;
    int                width, height;        /* pixels */
    struct plot_colors colors;
    const char        *about;                /* a line below: range, zone, …; or NULL */
    /* Whether the fonts have a character, else it becomes '?'. NULL: they have all. */
    bool             (*has_glyph)(void *who, uint32_t point);
    void              *who;
    const char        *mark;                 /* a word that nobody can guess: ends data blocks, and is said at the end */
};

#define PLOT_MARK_SIZE 33
/* A new one, from the system's random numbers. */
int  plot_make_mark(char mark[static PLOT_MARK_SIZE], struct error *error) NODISCARD;
/* Names of roles in a theme → colours: "chart.1", "heat.1", "chart.axis", "normal". Texts like "#5fd7ff". */
void plot_colors_init(struct plot_colors *colors);
void plot_color_set(struct plot_colors *colors, const char *role, const char *fg, const char *bg);

/* The height that shows all without waste, at most 4000. */
int  plot_height_wanted(const struct chart *chart, int height);
void plot_script(const struct plot *plot, const struct chart *chart, struct str *to);
/* Whether gnuplot's words say that it drew everything; what it said else goes into `ret_words` (may be empty). */
bool plot_is_whole(const char *said, const char *mark, struct str *ret_words);

#endif
