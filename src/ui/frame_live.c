/* A screen of panels: its boxes with what they show, and the line below that has the hints. */
#include <string.h>

#include "console.h"
#include "layout.h"
#include "ytempire/base/time.h"

#define AGES_US (5 * US_PER_SECOND)

/* What there is to know of a panel beside its rows: why there are none, or of when they are. */
static void add_state(const struct console *console, const struct live_panel *panel, struct str *to)
{
    if (panel->unanswered != NULL && panel->result != NULL) {
        str_addf(to, "%s ", console->canvas->ascii ? "!" : "✗");
        frame_add_age(to, monotonic_us() - panel->answered_us);
    } else if (panel->unanswered != NULL) {
        str_add(to, console->canvas->ascii ? "!" : "✗");
    } else if (panel->result != NULL && panel->result->rows != NULL) {
        frame_add_count(to, store_rows(panel->result->rows), "row");
    }
}

/* The lowest line of the inside says what went wrong; what was known stays above it. */
static struct area draw_fault(struct console *console, const struct live_panel *panel, struct area inside)
{
    if (panel->unanswered == NULL || inside.rows < 1)
        return inside;
    inside.rows--;
    canvas_text_cut(console->canvas, inside.y + inside.rows, inside.x, inside.columns, LOOK_ERROR, panel->unanswered,
                    strlen(panel->unanswered));
    return inside;
}

static void draw_nothing(struct console *console, const struct live_panel *panel, struct area inside)
{
    if (inside.rows < 1 || panel->unanswered != NULL)
        return;
    if (panel->lacks != NULL)
        canvas_print(console->canvas, inside.y, inside.x, inside.columns, LOOK_DIM, "nothing is chosen in '%s'",
                     panel->lacks);
    else
        canvas_print(console->canvas, inside.y, inside.x, inside.columns, LOOK_DIM, "asking%s",
                     console->canvas->ascii ? "..." : "…");
}

static void draw_panel(struct console *console, size_t index, struct area box)
{
    struct live_panel *panel = live_panel(console->live, index);
    bool               focus = console->focus == FOCUS_RESULT && console->panel == index;
    struct area        inside = {box.y + 1, box.x + 1, box.rows - 2, box.columns - 2};
    struct str         state = STR_INIT;

    add_state(console, panel, &state);
    canvas_box(console->canvas, box, focus ? LOOK_BORDER_FOCUS : LOOK_BORDER, panel->is->name, str_text(&state));
    str_done(&state);
    inside = draw_fault(console, panel, inside);
    if (panel->result == NULL)
        draw_nothing(console, panel, inside);
    else if (panel->is->shape == SHAPE_LINE && inside.rows > 0)
        frame_draw_chart(console, pane_of(panel->result), inside);
    else
        frame_draw_pane(console, pane_of(panel->result), inside, focus && console->list == NULL);
}

static void draw_board(struct console *console, struct area area)
{
    bool focus = console->focus == FOCUS_RESULT && console->list == NULL;

    board_view_draw(console->board, console->canvas, (struct area){area.y, area.x, area.rows - 1, area.columns},
                    frame_glyphs(console), focus, keys_for(console->keys, "board", "board step forward"));
    frame_draw_footer(console, (struct area){area.y + area.rows - 1, area.x, 1, area.columns}, NULL);
}

void frame_draw_live(struct console *console, struct area area)
{
    struct area panels = {area.y, area.x, area.rows - 1, area.columns};
    struct pane *pane = console_pane(console);

    if (console->board != NULL) {
        draw_board(console, area);
        return;
    }
    layout_panels(live_screen(console->live), console->panel, console->zoomed, panels, console->panel_areas);
    for (size_t i = 0; i < live_count(console->live); i++) {
        bool was_wanted = live_panel(console->live, i)->wanted;

        live_panel(console->live, i)->wanted = console->panel_areas[i].rows > 0;
        if (console->panel_areas[i].rows > 0)
            draw_panel(console, i, console->panel_areas[i]);
        if (console->panel_areas[i].rows > 0 && !was_wanted)
            live_look(console->live);
    }
    frame_draw_footer(console, (struct area){area.y + area.rows - 1, area.x, 1, area.columns},
                      pane != NULL ? pane->grid : NULL);
}

int64_t frame_live_changes_in(const struct console *console)
{
    if (console->board != NULL)
        return AGES_US;                    /* of its panels */
    for (size_t i = 0; i < live_count(console->live); i++)
        if (live_panel(console->live, i)->unanswered != NULL)
            return US_PER_SECOND;
    return -1;
}
