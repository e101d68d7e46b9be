/* A board on the screen: its line above, its panels, and which of them is chosen. */
#include "board_int.h"

#include "cells.h"

#include <stdlib.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/base/utf8.h"
#include "ytempire/board/draw.h"

/* -- moving -------------------------------------------------------------------------------------------------------- */

/* The panel of the band above or below that begins nearest; SIZE_MAX. */
static size_t across(const struct board_view *view, int by)
{
    const struct board_area *areas = view->layout.areas;
    size_t                   count = app_board_of(view->board)->panel_count, best = SIZE_MAX;

    for (size_t i = 0; areas != NULL && i < count; i++)
        if (areas[i].band == areas[view->panel].band + by &&
            (best == SIZE_MAX || abs(areas[i].x - areas[view->panel].x) < abs(areas[best].x - areas[view->panel].x)))
            best = i;
    return best;
}

bool board_view_move(struct board_view *view, const char *direction)
{
    size_t count = app_board_of(view->board)->panel_count, to = view->panel;
    bool   steps = text_equal(direction, "next") || text_equal(direction, "previous");

    if (text_equal(direction, "next") || text_equal(direction, "right"))
        to = view->panel + 1 < count ? view->panel + 1 : SIZE_MAX;
    else if (text_equal(direction, "previous") || text_equal(direction, "left"))
        to = view->panel > 0 ? view->panel - 1 : SIZE_MAX;
    else if (text_equal(direction, "up") || text_equal(direction, "down"))
        to = across(view, text_equal(direction, "up") ? -1 : 1);
    else if (text_equal(direction, "first") || text_equal(direction, "last"))
        to = count > 0 && direction[0] == 'l' ? count - 1 : 0;
    else
        return false;
    if (to == SIZE_MAX)
        return !steps;
    view->panel = to;
    view->ops.on_change(view->who);
    return true;
}

/* -- drawing ------------------------------------------------------------------------------------------------------- */

static enum look look_of(uint8_t part)
{
    static const enum look looks[] = {
        [BOARD_PART_BORDER - BOARD_PART_BORDER] = LOOK_BORDER, [BOARD_PART_TITLE - BOARD_PART_BORDER] = LOOK_TITLE,
        [BOARD_PART_VALUE - BOARD_PART_BORDER] = LOOK_NUMBER,  [BOARD_PART_DIM - BOARD_PART_BORDER] = LOOK_DIM,
        [BOARD_PART_OK - BOARD_PART_BORDER] = LOOK_OK,         [BOARD_PART_WARN - BOARD_PART_BORDER] = LOOK_WARN,
        [BOARD_PART_ERROR - BOARD_PART_BORDER] = LOOK_ERROR,   [BOARD_PART_EVENT - BOARD_PART_BORDER] = LOOK_KEY,
    };

    if (part >= BOARD_PART_BORDER && part - BOARD_PART_BORDER < (int)COUNT_OF(looks))
        return looks[part - BOARD_PART_BORDER];
    return cells_look(part);
}

/* Of what had happened by then. */
static size_t events_until(const struct board_event *events, size_t count, int64_t instant)
{
    while (count > 0 && events[count - 1].at > instant)
        count--;
    return count;
}

static const struct board_shown *shown_of(const struct board_view *view)
{
    return view->past != NULL ? view->past->shown : app_board_shown(view->board);
}

static const struct board_event *events_of(const struct board_view *view, size_t *ret_count)
{
    const struct board_event *events = app_board_events(view->board, ret_count);

    if (view->past != NULL)
        *ret_count = events_until(events, *ret_count, view->past->at);
    return events;
}

static void draw_panel(struct board_view *view, struct canvas *canvas, size_t index, struct area area,
                       enum chart_glyphs glyphs, bool focus)
{
    struct board_pen   pen = {.now = view->past != NULL ? view->past->at : instant_now(), .glyphs = glyphs,
                              .focused = focus};
    struct chart_cell *cells;

    if (area.rows < 1 || area.columns < 1)
        return;
    pen.events = events_of(view, &pen.event_count);
    cells = mem_array(NULL, (size_t)area.rows * (size_t)area.columns, sizeof *cells);
    board_draw_panel(&app_board_of(view->board)->panels[index], &shown_of(view)[index], &pen, area.rows, area.columns,
                     cells);
    cells_put(canvas, area, cells, look_of);
    mem_free(cells);
}

struct board_marks board_view_marks(const struct board_view *view, struct arena *arena)
{
    const struct board       *board = app_board_of(view->board);
    bool                      alone = view->zoomed && view->panel < board->panel_count;
    size_t                    first = alone ? view->panel : 0, count;
    const struct board_event *events = events_of(view, &count);

    return board_marks_of(arena, &board->panels[first], &shown_of(view)[first], alone ? 1 : board->panel_count, events,
                          count);
}

/* "every 15 s · 1 round trip · 3 asked" */
static void add_cost(const struct board_view *view, const char *between, struct str *to)
{
    struct app_board_cost cost = app_board_cost(view->board);
    int64_t               every = view->every_us > 0 ? view->every_us : app_board_of(view->board)->every_us;

    str_addf(to, "every %lld s %s %zu round trip%s %s %zu asked", (long long)(every / US_PER_SECOND), between,
             cost.round_trips, cost.round_trips == 1 ? "" : "s", between, cost.asked);
}

/* "12 min ago, 3 of 40 · ] forward" */
static void add_past(const struct board_view *view, const char *between, const char *forward, struct str *to)
{
    board_age_text(view->past->at, instant_now(), to);
    str_addf(to, " ago, %zu of %zu", board_moments_index(view->moments, view->past) + 1,
             board_moments_count(view->moments));
    if (forward != NULL)
        str_addf(to, " %s %s forward", between, forward);
}

/* "Executive ─ last 30 days ─ all users" and, to the right, how it is asked, or of when it is. */
static void draw_head(struct board_view *view, struct canvas *canvas, struct area line, const char *forward)
{
    struct board_moment now = view->past != NULL ? *view->past : board_view_now(view);
    const char         *between = canvas->ascii ? "-" : "·";
    struct str          how = STR_INIT;
    int                 room = line.columns - 2, x;

    if (view->past != NULL) {
        add_past(view, between, forward, &how);
        room -= (int)utf8_width(str_text(&how), how.length) + 2;
    }
    x = canvas_print(canvas, line.y, 1, room, LOOK_TITLE, "%s", app_board_of(view->board)->title);
    x += 1 + canvas_print(canvas, line.y, 1 + x, room - x, LOOK_DIM, " %s %s %s %s", between,
                          now.range != NULL ? now.range : "each panel's own time", between,
                          now.user != NULL ? now.user : "all users");
    if (view->past != NULL) {
        canvas_text_right(canvas, line.y, x, line.columns - x - 1, LOOK_WARN, str_text(&how), how.length);
    } else if (view->fault != NULL) {
        canvas_text_cut(canvas, line.y, x + 2, line.columns - x - 3, LOOK_ERROR, view->fault, strlen(view->fault));
    } else if (line.columns - x > 44) {
        add_cost(view, between, &how);
        canvas_text_right(canvas, line.y, x, line.columns - x - 1, LOOK_DIM, str_text(&how), how.length);
    }
    str_done(&how);
}

/* The chosen panel is in the window. */
static void lay_out(struct board_view *view, struct area area)
{
    const struct board *board = app_board_of(view->board);

    arena_free(view->arena);
    view->arena = arena_new();
    board_lay_out(view->arena, board, area.rows, area.columns, view->first, &view->layout);
    if (view->panel < board->panel_count && !view->layout.areas[view->panel].shown) {
        view->first = view->layout.areas[view->panel].band;
        board_lay_out(view->arena, board, area.rows, area.columns, view->first, &view->layout);
    }
    view->first = view->layout.first;
}

void board_view_draw(struct board_view *view, struct canvas *canvas, struct area area, enum chart_glyphs glyphs,
                     bool focus, const char *forward)
{
    struct area panels = {area.y + 1, area.x, area.rows - 1, area.columns};
    size_t      count = app_board_of(view->board)->panel_count;

    draw_head(view, canvas, area, forward);
    lay_out(view, panels);
    if (view->zoomed && view->panel < count) {
        draw_panel(view, canvas, view->panel, panels, glyphs, focus);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct board_area *at = &view->layout.areas[i];
        struct area              place = {panels.y + at->y, panels.x + at->x, at->rows, at->columns};

        if (!at->shown)
            continue;
        if (place.y + place.rows > panels.y + panels.rows)
            place.rows = panels.y + panels.rows - place.y;
        draw_panel(view, canvas, i, place, glyphs, focus && i == view->panel);
    }
}

void board_view_status(const struct board_view *view, struct str *to)
{
    const struct board *board = app_board_of(view->board);

    if (view->panel >= board->panel_count)
        return;
    str_addf(to, "panel %zu/%zu", view->panel + 1, board->panel_count);
    if (view->layout.last_first > 0)
        str_addf(to, ", rows %d-%d of %d", view->layout.first + 1, view->layout.bands - view->layout.last_first +
                 view->layout.first, view->layout.bands);
}
