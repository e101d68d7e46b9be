/*
 * board/draw: panels as cells of characters, for the console's screen and for snapshots.
 *
 * Cells are those of charts (output/chart.h); their parts are a chart's and those below, which a theme or a page gives
 * colours. Colour is never the only sign: what is stale, failed, missing, zero, unknown or hidden has a word and a mark
 * of its own in each panel. Pure.
 */
#ifndef YTEMPIRE_BOARD_DRAW_H
#define YTEMPIRE_BOARD_DRAW_H

#include "ytempire/board.h"
#include "ytempire/output/chart.h"

/* Behind the parts of charts. */
enum board_part {
    BOARD_PART_BORDER = 200,
    BOARD_PART_TITLE,
    BOARD_PART_VALUE,                   /* the one number of a panel that no threshold judges */
    BOARD_PART_DIM,                     /* ages, what is missing, last pictures of what failed */
    BOARD_PART_OK, BOARD_PART_WARN, BOARD_PART_ERROR,
    BOARD_PART_EVENT,
};

struct board_pen {
    int64_t                   now;
    enum chart_glyphs         glyphs;   /* ASCII: borders too */
    const struct board_event *events;   /* by time; each panel takes the kinds it marks */
    size_t                    event_count;
    bool                      focused;  /* drawn with a double border */
};

/* A panel with its border, title and foot into `ret_cells`, rows × columns, the caller's. Any size works. */
void board_draw_panel(const struct board_panel *panel, const struct board_shown *shown, const struct board_pen *pen,
                      int rows, int columns, struct chart_cell *ret_cells);
/* All panels of a layout that are shown, in a window; what lies between them is blank. */
void board_draw(const struct board *board, const struct board_shown *shown, const struct board_layout *layout,
                const struct board_pen *pen, int rows, int columns, struct chart_cell *ret_cells);

enum board_page { PAGE_TEXT, PAGE_MARKDOWN, PAGE_SVG };
int  board_page_from_text(const char *text, enum board_page *ret_page) NODISCARD;       /* "svg"; ERR_UNKNOWN */
/* The whole board as a page for people, with the age of every number; text and svg at `columns`. `head`: range, user
 * and time in words. */
void board_snapshot(const struct board *board, const struct board_shown *shown, const struct board_pen *pen,
                    enum board_page page, int columns, const char *head, struct str *to);

#endif
