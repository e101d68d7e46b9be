/* Shared by draw*.c: a part of the cells that is drawn on. */
#ifndef BOARD_DRAW_INT_H
#define BOARD_DRAW_INT_H

#include "board_int.h"
#include "ytempire/board/draw.h"

struct paper {
    struct chart_cell *cells;
    int                stride;                          /* cells of a row of the whole */
    int                y, x, rows, columns;             /* this part of it */
    bool               ascii;
};

struct drawing {
    struct arena             *arena;
    const struct board_panel *panel;
    const struct board_shown *shown;
    const struct board_pen   *pen;
    bool                      dim;                      /* a last picture, or an old one */
};

void paper_put(const struct paper *paper, int y, int x, uint32_t point, unsigned part);
/* At most `columns` wide, cut with "…"; control characters are blanks. The columns used. */
int  paper_text(const struct paper *paper, int y, int x, int columns, unsigned part, const char *text, size_t length);
int  paper_columns(const char *text);
struct paper paper_part(const struct paper *paper, int y, int x, int rows, int columns);

/* draw_chart.c */
void draw_chart(const struct drawing *drawing, const struct paper *paper, enum chart_kind kind);
/* draw_table.c */
void draw_table(const struct drawing *drawing, const struct paper *paper);
void draw_log(const struct drawing *drawing, const struct paper *paper);

#endif
