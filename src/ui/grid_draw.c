/*
 * Header and rows. Frozen columns stand left of a heavier line, the others scroll by whole columns; one that is wider
 * than the room there is scrolls inside. A margin of one column says which row the cursor is on (>) and which are
 * selected (*), so that neither is a matter of colour alone.
 */
#include "grid_int.h"

#include <string.h>

#include "ytempire/base/utf8.h"

#define GAP 2                      /* between columns; one more behind the sorted one, for its arrow */
#define LINE_GAP 2                 /* more, for the line behind the frozen ones */
#define CUT_LEAST 4                /* of a text column at the right edge: less is not worth showing */
#define BAR_LEAST 4
#define BAR_MOST 16
#define OWN_BAR 10

/* -- layout -------------------------------------------------------------------------------------------------------- */

static void add_slot(struct grid *grid, struct slot slot)
{
    VEC_PUSH(grid->slots, grid->slot_count, grid->slot_room, slot);
}

static int gap_behind(const struct view *view, size_t column)
{
    return GAP + (view->sorted_by == column);
}

/* Frozen columns take at most two thirds; returns the first column that scrolls. */
static size_t lay_out_frozen(struct grid *grid, int *x)
{
    struct view *view = grid->view;
    size_t       column = column_first(view);
    int          most = grid->area.x + grid->area.columns * 2 / 3;

    for (size_t i = 0; i < view->frozen && column != NOWHERE; i++) {
        int width = (int)column_width(view, column), gap = gap_behind(view, column);

        if (*x + width + gap + LINE_GAP > most)
            break;
        add_slot(grid, (struct slot){.column = column, .x = *x, .width = width});
        *x += width + gap;
        column = column_next(view, column);
    }
    if (grid->slot_count > 0 && column != NOWHERE) {
        grid->slots[grid->slot_count - 1].last_frozen = true;
        *x += LINE_GAP;
    }
    return column;
}

/* Columns from `from` to `to` side by side. */
static size_t width_between(const struct view *view, size_t from, size_t to)
{
    size_t width = column_width(view, from);

    while (from != to) {
        width += (size_t)gap_behind(view, from);
        from = column_next(view, from);
        width += column_width(view, from);
    }
    return width;
}

/* The first column that scrolls into sight, so that the cursor's is seen. */
static size_t choose_left(struct view *view, size_t first, int room)
{
    size_t left = view->left < first || view->left >= view->count ? first : view->left;

    if (view->columns[left].hidden)
        left = column_next(view, left);
    if (left == NOWHERE)
        left = column_previous(view, view->count);
    if (view->column < first)
        return left;
    if (view->column < left)
        return view->column;
    while (left != view->column && width_between(view, left, view->column) > (size_t)(room > 0 ? room : 1))
        left = column_next(view, left);
    return left;
}

/* Where its bar is full; 0: it has none. */
static double full_of(const struct data_column *column)
{
    bool is_share = column->format == FORMAT_PERCENT && column->role == ROLE_MEASURE;

    return !data_type_is_number(column->type) ? 0 : column->full > 0 ? column->full : is_share ? 1 : 0;
}

static bool has_bar(const struct data_column *column)
{
    return full_of(column) > 0;
}

/* Columns of a bar that it has of its own, whatever room is left over. */
static int own_bar(const struct data_column *column)
{
    return has_bar(column) && column->full > 0 ? OWN_BAR : 0;
}

/* Whether all columns from `left` on are there whole. */
static bool lay_out_scrolling(struct grid *grid, size_t left, int *x)
{
    struct view *view = grid->view;
    int          end = grid->area.x + grid->area.columns;

    for (size_t column = left; column != NOWHERE; column = column_next(view, column)) {
        int width = (int)column_width(view, column), room = end - *x, bar = own_bar(&view->known[column]);

        if (width + bar + 1 > room)
            bar = 0;
        if (width > room) {
            if (room > 0 && (column == left || (room >= CUT_LEAST && !data_type_is_number(view->known[column].type))))
                add_slot(grid, (struct slot){.column = column, .x = *x, .width = room});
            return false;
        }
        add_slot(grid, (struct slot){.column = column, .x = *x, .width = width, .bar = bar});
        *x += width + (bar > 0 ? bar + 1 : 0) + gap_behind(view, column);
    }
    return true;
}

/* Room that is left over becomes bars beside shares. */
static void lay_out_bars(struct grid *grid, int room)
{
    int bars = 0, bar, shift = 0;

    for (size_t i = 0; i < grid->slot_count; i++)
        bars += grid->slots[i].bar == 0 && has_bar(&grid->view->known[grid->slots[i].column]);
    bar = bars > 0 ? room / bars - 1 : 0;
    if (bar < BAR_LEAST)
        return;
    bar = bar < BAR_MOST ? bar : BAR_MOST;
    for (size_t i = 0; i < grid->slot_count; i++) {
        struct slot *slot = &grid->slots[i];

        slot->x += shift;
        if (slot->bar == 0 && has_bar(&grid->view->known[slot->column])) {
            slot->bar = bar;
            shift += bar + 1;
        }
    }
}

/* What is still left over goes to the last column, where its values were to be cut. */
static void stretch_last(struct grid *grid, int end)
{
    struct slot              *last = grid->slot_count > 0 ? &grid->slots[grid->slot_count - 1] : NULL;
    const struct view_column *column = last != NULL ? &grid->view->columns[last->column] : NULL;
    int                       room = last != NULL ? end - last->x - last->width : 0;

    if (last == NULL || last->bar > 0 || column->set > 0 || column->seen <= (size_t)last->width)
        return;
    last->width += (size_t)(last->width + room) < column->seen ? room : (int)column->seen - last->width;
}

static void lay_out(struct grid *grid)
{
    struct view *view = grid->view;
    int          x = grid->area.x + 1, end = grid->area.x + grid->area.columns;
    size_t       first;
    bool         whole = true;

    grid->slot_count = 0;
    first = lay_out_frozen(grid, &x);
    if (first != NOWHERE) {
        view->left = choose_left(view, first, end - x);
        whole = lay_out_scrolling(grid, view->left, &x) && view->left == first;
    }
    if (whole) {
        lay_out_bars(grid, end - (x - GAP));
        stretch_last(grid, end);
    }
    for (size_t i = 0; i < grid->slot_count; i++)
        if (grid->slots[i].column == view->column && (size_t)grid->slots[i].width >= column_width(view, view->column))
            view->inside = 0;
}

/* -- the header ---------------------------------------------------------------------------------------------------- */

static const char *arrow(const struct canvas *canvas, bool descending)
{
    if (canvas->ascii)
        return descending ? "v" : "^";
    return descending ? "▼" : "▲";
}

static void draw_line(const struct view *view, struct canvas *canvas, const struct slot *slot, int y)
{
    int bar = slot->bar > 0 ? slot->bar + 1 : 0;

    if (slot->last_frozen)
        canvas_print(canvas, y, slot->x + slot->width + bar + gap_behind(view, slot->column), 1, LOOK_BORDER, "%s",
                     canvas->ascii ? "|" : "┃");
}

static void draw_header(const struct grid *grid, struct canvas *canvas, const struct slot *slot)
{
    const struct view *view = grid->view;
    bool               right = data_type_is_number(view->known[slot->column].type);
    int                y = grid->area.y, room = slot->width, end = grid->area.x + grid->area.columns, wide, x;
    struct str         text = STR_INIT;

    column_header(&view->known[slot->column], &text);
    wide = (int)utf8_width(str_text(&text), text.length);
    if (view->sorted_by == slot->column && slot->x + room + GAP > end && room > GAP)
        room -= GAP - (end - slot->x - room);
    wide = wide < room ? wide : room;
    x = right ? slot->x + room - wide : slot->x;
    canvas_text_cut(canvas, y, x, wide, LOOK_HEADER, str_text(&text), text.length);
    if (view->sorted_by == slot->column)
        canvas_print(canvas, y, x + wide + 1, end - (x + wide + 1) > 0 ? 1 : 0, LOOK_HEADER, "%s",
                     arrow(canvas, view->descending));
    draw_line(view, canvas, slot, y);
    str_done(&text);
}

/* -- cells --------------------------------------------------------------------------------------------------------- */

static const char *null_text(const struct canvas *canvas)
{
    return canvas->ascii ? "NULL" : "∅";
}

static enum look cell_look(struct view *view, size_t column, bool cursor, bool selected, struct str *scratch)
{
    struct data_cell cell = view->cells[column];

    if (cursor)
        return LOOK_CURSOR;
    if (view->sought.length > 0 && cell_contains(&view->known[column], cell, &view->sought, scratch))
        return LOOK_MATCH;
    if (selected)
        return LOOK_SELECTED;
    if (cell.text == NULL)
        return LOOK_NULL;
    return data_type_is_number(view->known[column].type) && cell.length > 0 && cell.text[0] == '-' ? LOOK_NEGATIVE
                                                                                                   : LOOK_NORMAL;
}

static void draw_bar(struct canvas *canvas, int y, const struct slot *slot, double full, struct data_cell cell)
{
    double value;
    int    eighths;
    char   bytes[4];

    if (slot->bar == 0 || cell.text == NULL || text_to_double(cell.text, cell.length, &value) < 0 || !(value > 0))
        return;
    eighths = (int)((value < full ? value / full : 1) * slot->bar * 8 + 0.5);
    for (int x = slot->x + slot->width + 1; eighths > 0; x++, eighths -= 8) {
        uint32_t point = eighths >= 8 ? 0x2588 : 0x2590 - (uint32_t)eighths;

        if (canvas->ascii)
            canvas_text(canvas, y, x, 1, LOOK_CHART_1, eighths >= 4 ? "#" : " ", 1);
        else
            canvas_text(canvas, y, x, 1, LOOK_CHART_1, bytes, utf8_encode(point, bytes));
    }
}

/* What was sought, in its colour; the marks stay, since colour is never the only sign. */
static void draw_marks(struct canvas *canvas, int y, const struct slot *slot, const char *text, size_t length)
{
    const char *end = text + length, *open, *close;

    for (const char *at = text; (open = memmem(at, (size_t)(end - at), "**", 2)) != NULL; at = close + 2) {
        int x = (int)utf8_width(text, (size_t)(open - text)), room = slot->width - 1 - x;

        close = memmem(open + 2, (size_t)(end - open - 2), "**", 2);
        if (close == NULL || room <= 0)
            return;
        canvas_text(canvas, y, slot->x + x, room, LOOK_MATCH, open, (size_t)(close + 2 - open));
    }
}

static bool is_instant(enum data_type type)
{
    return type == DATA_TIMESTAMP || type == DATA_TIMESTAMPTZ;
}

/* What is left out of an instant where there is no room is what is read last: fraction and zone, seconds, year. */
static void shorten_instant(const char **text, size_t *length, size_t width)
{
    const size_t year = sizeof "2026-" - 1, minutes = sizeof "2026-01-31 12:34" - 1,
                 seconds = sizeof "2026-01-31 12:34:56" - 1;

    if (*length < seconds || (*text)[sizeof "2026-01-31" - 1] != ' ' || width < minutes - year)
        return;
    if (width < minutes) {
        *text += year;
        *length = minutes - year;
    } else {
        *length = width < seconds ? minutes : seconds;
    }
}

/* The text at its side of the slot; true: the column should be wider. */
static bool draw_text(struct grid *grid, struct canvas *canvas, int y, const struct slot *slot, enum look look,
                      const struct str *text)
{
    struct view *view = grid->view;
    const char  *at = str_text(text);
    size_t       length = text->length, wide = utf8_width(at, length), skip = 0;
    bool         grows = wide > view->columns[slot->column].seen;

    if (grows)
        view->columns[slot->column].seen = wide;
    if (slot->column == view->column && view->inside > 0)
        skip = utf8_prefix_of_width(at, length, view->inside, NULL);
    else if (wide > (size_t)slot->width && is_instant(view->known[slot->column].type))
        shorten_instant(&at, &length, (size_t)slot->width);
    if (data_type_is_number(view->known[slot->column].type) && wide <= (size_t)slot->width && skip == 0)
        canvas_text_right(canvas, y, slot->x, slot->width, look, at, length);
    else
        canvas_text_cut(canvas, y, slot->x, slot->width, look, at + skip, length - skip);
    if (view->known[slot->column].marked && look == LOOK_NORMAL)
        draw_marks(canvas, y, slot, at + skip, length - skip);
    if (skip > 0)                                              /* there is something to the left */
        canvas_print(canvas, y, slot->x, 1, look, "%s", canvas->ascii ? "~" : "…");
    return grows;
}

static bool draw_cell(struct grid *grid, struct canvas *canvas, int y, const struct slot *slot, enum look look)
{
    struct view     *view = grid->view;
    struct data_cell cell = view->cells[slot->column];
    struct str       text = STR_INIT;
    bool             grows;

    if (cell.text != NULL)
        column_show_cell(&view->known[slot->column], cell, &text);
    else
        str_add(&text, null_text(canvas));
    if (look == LOOK_CURSOR || look == LOOK_SELECTED)
        canvas_fill(canvas, (struct area){y, slot->x, 1, slot->width}, look);
    grows = draw_text(grid, canvas, y, slot, look, &text);
    draw_bar(canvas, y, slot, full_of(&view->known[slot->column]), cell);
    draw_line(view, canvas, slot, y);
    str_done(&text);
    return grows;
}

static bool draw_row(struct grid *grid, struct canvas *canvas, int y, size_t position, bool focus)
{
    struct view *view = grid->view;
    size_t       row = view_row_at(view, position);
    bool         cursor = focus && position == view->row, selected = row_is_selected(view, row), grows = false;
    struct str   scratch = STR_INIT;

    if (view_read(view, row, NULL) < 0) {
        canvas_print(canvas, y, grid->area.x + 1, grid->area.columns - 1, LOOK_ERROR, "this row cannot be read back");
        return false;
    }
    if (selected || cursor)
        canvas_print(canvas, y, grid->area.x, 1, cursor ? LOOK_CURSOR : LOOK_SELECTED, "%c", selected ? '*' : '>');
    for (size_t i = 0; i < grid->slot_count; i++) {
        const struct slot *slot = &grid->slots[i];
        bool               chosen = view->selection.column_count == 0 ? selected
                                                                      : view->columns[slot->column].selected &&
                                                                (selected || view->selection.row_count == 0);

        grows |= draw_cell(grid, canvas, y, slot,
                           cell_look(view, slot->column, cursor && slot->column == view->column, chosen, &scratch));
    }
    str_done(&scratch);
    return grows;
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

static void place_top(struct grid *grid)
{
    struct view *view = grid->view;
    size_t       rows = view_rows(view), page = (size_t)grid->page;

    if (view->row >= rows)
        view->row = rows > 0 ? rows - 1 : 0;
    if (view->top + page > rows)
        view->top = rows > page ? rows - page : 0;
    if (view->row < view->top)
        view->top = view->row;
    if (view->row >= view->top + page)
        view->top = view->row - page + 1;
}

static void draw_nothing(const struct grid *grid, struct canvas *canvas, int y)
{
    const struct view *view = grid->view;
    const char        *why = view->result->state == RESULT_RUNNING ? "waiting for rows"
                             : view->filter != NULL                ? "no row fulfils the filter"
                             : view->count == 0                    ? "no columns"
                                                                   : "no rows";

    if (y < grid->area.y + grid->area.rows)
        canvas_text_cut(canvas, y, grid->area.x + 1, grid->area.columns - 1, LOOK_DIM, why, strlen(why));
}

static bool draw_table(struct grid *grid, struct canvas *canvas, bool focus)
{
    struct view *view = grid->view;
    struct area  area = grid->area;
    int          header = area.rows > 1;
    size_t       rows = view_rows(view);
    bool         grows = false;

    canvas_fill(canvas, area, LOOK_NORMAL);
    lay_out(grid);
    if (header && view->count > 0)
        canvas_fill(canvas, (struct area){area.y, area.x, 1, area.columns}, LOOK_HEADER);
    for (size_t i = 0; header && i < grid->slot_count; i++)
        draw_header(grid, canvas, &grid->slots[i]);
    for (int i = 0; i < grid->page && view->top + (size_t)i < rows; i++)
        grows |= draw_row(grid, canvas, area.y + header + i, view->top + (size_t)i, focus);
    if (rows == 0)
        draw_nothing(grid, canvas, area.y + (view->count > 0 ? header : 0));
    return grows;
}

void grid_draw(struct grid *grid, struct canvas *canvas, struct area area, bool focus)
{
    grid->area = area = area_clip(canvas, area);
    if (area.rows < 1 || area.columns < 1)
        return;
    if (grid->view->expanded && grid->view->count > 0) {
        canvas_fill(canvas, area, LOOK_NORMAL);
        expand_draw(grid, canvas, area);
        return;
    }
    grid->page = area.rows > 1 ? area.rows - 1 : 1;
    place_top(grid);
    if (draw_table(grid, canvas, focus))               /* a wider value came into sight: once more, with its width */
        (void)draw_table(grid, canvas, focus);
}
