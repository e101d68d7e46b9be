/*
 * The grid as areas of a window. Invariant: the panels of a band lie beside each other, fill the width exactly, and are
 * equally high; bands follow each other without a gap.
 */
#include "board_int.h"

#define LINES_A_CELL 4                  /* a border, a value, what is said of it, a border */
#define STAT_COLUMNS 16
#define PICTURE_COLUMNS 30
#define CUT_LEAST 4                     /* a band that does not fit whole is shown from so many lines on */
#define ROWS_ENDLESS (1 << 20)
#define GROWTH_MOST 3                   /* a band grows to so many times its lines */

struct band {
    size_t from, to;                    /* panels */
    int    cells, rows, least, y;        /* least: rows before it grows */
    bool   grows;
};

struct laying {
    const struct board *board;
    struct band        *bands;
    int                *cells;          /* of each panel, in a window of this width */
    int                 count, rows, columns;
};

bool panel_is_picture(const struct board_panel *panel)
{
    return panel->kind != BOARD_STAT && panel->kind != BOARD_GAUGE && panel->kind != BOARD_TEXT;
}

static int cells_of(const struct board_panel *panel, int columns)
{
    int least = panel_is_picture(panel) ? PICTURE_COLUMNS : STAT_COLUMNS;
    int cells = (least * BOARD_GRID + columns - 1) / columns;

    cells = cells > panel->width ? cells : panel->width;
    return cells < BOARD_GRID ? cells : BOARD_GRID;
}

static void make_bands(struct laying *laying)
{
    struct band *band = NULL;

    for (size_t i = 0; i < laying->board->panel_count; i++) {
        const struct board_panel *panel = &laying->board->panels[i];
        int                       rows = panel->height * LINES_A_CELL;

        laying->cells[i] = cells_of(panel, laying->columns);
        if (band == NULL || band->cells + laying->cells[i] > BOARD_GRID) {
            band = &laying->bands[laying->count++];
            *band = (struct band){.from = i};
        }
        band->to = i + 1;
        band->cells += laying->cells[i];
        band->rows = rows > band->rows ? rows : band->rows;
        band->grows |= panel_is_picture(panel);
    }
}

/* What height is left over goes to bands with pictures, evenly, the upper ones first. */
static void grow(struct laying *laying)
{
    int left = laying->rows;

    for (int i = 0; i < laying->count; i++) {
        struct band *band = &laying->bands[i];

        band->rows = band->least = band->rows < laying->rows ? band->rows : laying->rows;
        left -= band->rows;
    }
    for (bool grew = laying->rows < ROWS_ENDLESS; left > 0 && grew;) {
        grew = false;
        for (int i = 0; i < laying->count && left > 0; i++) {
            struct band *band = &laying->bands[i];

            if (!band->grows || band->rows >= band->least * GROWTH_MOST)
                continue;
            band->rows++;
            left--;
            grew = true;
        }
    }
}

static int stack(struct laying *laying)
{
    int y = 0;

    for (int i = 0; i < laying->count; i++) {
        laying->bands[i].y = y;
        y += laying->bands[i].rows;
    }
    return y;
}

/* The first band from which all that follow fit. */
static int last_first(const struct laying *laying, int total)
{
    for (int i = 0; i < laying->count; i++)
        if (total - laying->bands[i].y <= laying->rows)
            return i;
    return laying->count > 0 ? laying->count - 1 : 0;
}

static void place(const struct laying *laying, int first, struct board_area *areas)
{
    for (int b = 0; b < laying->count; b++) {
        const struct band *band = &laying->bands[b];
        int                y = band->y - laying->bands[first].y, rows = band->rows, cells = 0;
        bool               fits = y >= 0 && y + rows <= laying->rows;

        if (!fits && y >= 0 && laying->rows - y >= (rows < CUT_LEAST ? rows : CUT_LEAST)) {
            rows = laying->rows - y;
            fits = true;
        }
        for (size_t i = band->from; i < band->to; i++) {
            int from = cells * laying->columns / band->cells, to;

            cells += laying->cells[i];
            to = cells * laying->columns / band->cells;
            areas[i] = (struct board_area){.y = y, .x = from, .rows = rows, .columns = to - from, .band = b,
                                           .shown = fits};
        }
    }
}

void board_lay_out(struct arena *arena, const struct board *board, int rows, int columns, int first,
                   struct board_layout *ret_layout)
{
    struct laying laying = {.board = board,
                            .bands = ARENA_ARRAY(arena, struct band, board->panel_count + 1),
                            .cells = ARENA_ARRAY(arena, int, board->panel_count + 1),
                            .rows = rows > 0 ? rows : ROWS_ENDLESS,
                            .columns = columns > 1 ? columns : 1};
    struct board_layout layout = {.areas = ARENA_ARRAY(arena, struct board_area, board->panel_count + 1)};

    make_bands(&laying);
    grow(&laying);
    layout.rows = stack(&laying);
    layout.bands = laying.count;
    layout.last_first = last_first(&laying, layout.rows);
    layout.first = first < 0 ? 0 : first > layout.last_first ? layout.last_first : first;
    place(&laying, layout.first, layout.areas);
    *ret_layout = layout;
}
