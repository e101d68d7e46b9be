/*
 * canvas: what is drawn: a rectangle of cells, each with text and a role of the theme.
 *
 * Pure and cheap: a frame is drawn whole, the terminal sends what differs. All text comes through canvas_text, which
 * clips, keeps double-width characters whole (one that is cut becomes a space), joins combining marks to their cell,
 * and never lets a control character through (it is shown as "\x1b", as the formats for people do).
 */
#ifndef YTEMPIRE_UI_CANVAS_H
#define YTEMPIRE_UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/str.h"

/* What a thing is, not how it looks: themes/NAME.json gives each a colour. name in the theme file */
#define ROLE_LIST(X)                                                                                              \
    X(LOOK_NORMAL, "normal") X(LOOK_DIM, "dim") X(LOOK_TITLE, "title") X(LOOK_BORDER, "panel.border")              \
    X(LOOK_BORDER_FOCUS, "panel.border.focus") X(LOOK_BAR, "bar") X(LOOK_BAR_ACTIVE, "bar.active")                 \
    X(LOOK_KEY, "key") X(LOOK_OK, "ok") X(LOOK_WARN, "warn") X(LOOK_ERROR, "error") X(LOOK_HINT, "hint")           \
    X(LOOK_HEADER, "grid.header") X(LOOK_CURSOR, "grid.cursor") X(LOOK_SELECTED, "grid.selected")                  \
    X(LOOK_MATCH, "grid.match") X(LOOK_NULL, "grid.null") X(LOOK_NEGATIVE, "grid.negative")                        \
    X(LOOK_PROMPT, "prompt") X(LOOK_COMMAND, "syntax.command") X(LOOK_KEYWORD, "syntax.keyword")                   \
    X(LOOK_MEASURE, "syntax.measure") X(LOOK_DIMENSION, "syntax.dimension") X(LOOK_SEGMENT, "syntax.segment")      \
    X(LOOK_STRING, "syntax.string") X(LOOK_NUMBER, "syntax.number") X(LOOK_PERIOD, "syntax.period")                \
    X(LOOK_UNKNOWN, "syntax.unknown") X(LOOK_GHOST, "syntax.ghost") X(LOOK_COMMENT, "syntax.comment")              \
    X(LOOK_POPUP, "popup") X(LOOK_POPUP_SELECTED, "popup.selected") X(LOOK_POPUP_TEXT, "popup.text")               \
    X(LOOK_AXIS, "chart.axis") X(LOOK_CHART_1, "chart.1") X(LOOK_CHART_2, "chart.2") X(LOOK_CHART_3, "chart.3")    \
    X(LOOK_CHART_4, "chart.4") X(LOOK_CHART_5, "chart.5") X(LOOK_CHART_6, "chart.6") X(LOOK_HEAT_1, "heat.1")      \
    X(LOOK_HEAT_2, "heat.2") X(LOOK_HEAT_3, "heat.3") X(LOOK_HEAT_4, "heat.4") X(LOOK_HEAT_5, "heat.5")

enum look {
#define X(look, name) look,
    ROLE_LIST(X)
#undef X
    LOOK_COUNT
};

const char *look_name(enum look look);

#define CELL_POINTS 4                  /* a base character and three marks; more are dropped */

struct cell {
    uint32_t points[CELL_POINTS];      /* points[0] 0: a space; the right half of a wide character has width 0 */
    uint8_t  width;                    /* 1 or 2; 0: covered by the cell to the left */
    uint8_t  look;                     /* enum look */
};

struct area { int y, x, rows, columns; };

struct canvas {
    int          rows, columns;
    struct cell *cells;                /* rows × columns */
    bool         ascii;                /* no character outside ASCII is to be used for boxes and bars */
    int          cursor_y, cursor_x;   /* where the terminal's cursor goes; -1: hidden */
};

struct canvas *canvas_new(int rows, int columns);
void           canvas_free(struct canvas *canvas);
void           canvas_resize(struct canvas *canvas, int rows, int columns);   /* contents are lost */
void           canvas_clear(struct canvas *canvas);

struct area    canvas_area(const struct canvas *canvas);
/* The part of `area` that lies inside the canvas; may be empty. */
struct area    area_clip(const struct canvas *canvas, struct area area);
void           canvas_fill(struct canvas *canvas, struct area area, enum look look);

/* Columns that canvas_text uses for a character; of a control character, for its escape. */
int canvas_point_width(uint32_t point);
/* Bytes of the longest beginning of a text that canvas_text shows in so many columns. */
size_t canvas_fits(const char *text, size_t length, int columns);
/* Text at a place, at most `columns` wide (negative: to the canvas' edge). Returns the columns used. */
int canvas_text(struct canvas *canvas, int y, int x, int columns, enum look look, const char *text, size_t length);
int canvas_print(struct canvas *canvas, int y, int x, int columns, enum look look, const char *format, ...)
        PRINTF_LIKE(6, 7);
/* The same, so that the text ends at column x + columns; cut on its left with "…" when too long. */
void canvas_text_right(struct canvas *canvas, int y, int x, int columns, enum look look, const char *text,
                       size_t length);
/* Cut on its right with "…" (ASCII "~") when too long. Returns the columns used. */
int canvas_text_cut(struct canvas *canvas, int y, int x, int columns, enum look look, const char *text, size_t length);
/* Changes only the look of cells that are there. */
void canvas_look(struct canvas *canvas, struct area area, enum look look);
/* A box around the area with a title in its upper edge and a note at its right end ("" or NULL: none). */
void canvas_box(struct canvas *canvas, struct area area, enum look border, const char *title, const char *note);
/* A horizontal line of the box, joined to its sides: ├ title ──┤ */
void canvas_rule(struct canvas *canvas, struct area box, int y, enum look border, const char *title);

/* The cells as lines of UTF-8, spaces at the end of a line cut: for tests and for `console snapshot`. */
void canvas_dump(const struct canvas *canvas, struct str *to);

#endif
