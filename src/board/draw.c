/* Panels as cells: borders, feet, the one value, words. Invariant: nothing is drawn outside of a panel's own part. */
#include "draw_int.h"

#include <string.h>

#include "ytempire/base/utf8.h"

/* -- paper --------------------------------------------------------------------------------------------------------- */

void paper_put(const struct paper *paper, int y, int x, uint32_t point, unsigned part)
{
    struct chart_cell *cell;

    if (y < 0 || x < 0 || y >= paper->rows || x >= paper->columns)
        return;
    cell = &paper->cells[(paper->y + y) * paper->stride + paper->x + x];
    *cell = (struct chart_cell){.points = {point}, .part = (uint8_t)part, .width = 1};
}

static uint32_t next_point(const char *text, size_t length, size_t *at, int *ret_width)
{
    uint32_t point;

    *at += utf8_decode(text + *at, length - *at, &point);
    if (point < 0x20 || (point >= 0x7f && point < 0xa0))
        point = ' ';
    *ret_width = point == ' ' ? 1 : utf8_point_width(point);
    return point;
}

static void add_mark(const struct paper *paper, int y, int x, uint32_t point)
{
    struct chart_cell *cell = x > 0 ? &paper->cells[(paper->y + y) * paper->stride + paper->x + x - 1] : NULL;

    for (int i = 1; cell != NULL && i < CHART_POINTS; i++)
        if (cell->points[i] == 0) {
            cell->points[i] = point;
            return;
        }
}

int paper_text(const struct paper *paper, int y, int x, int columns, unsigned part, const char *text, size_t length)
{
    bool cut;
    int  used = 0, room = columns;

    if (x + room > paper->columns)
        room = paper->columns - x;
    if (y < 0 || y >= paper->rows || x < 0 || room <= 0)
        return 0;
    cut = utf8_width(text, length) > (size_t)room;
    for (size_t at = 0; at < length;) {
        int      width;
        uint32_t point = next_point(text, length, &at, &width);

        if (width == 0) {
            add_mark(paper, y, x + used, point);
            continue;
        }
        if (used + width > room - (cut ? 1 : 0))
            break;
        paper_put(paper, y, x + used, point, part);
        if (width == 2) {
            paper->cells[(paper->y + y) * paper->stride + paper->x + x + used].width = 2;
            paper_put(paper, y, x + used + 1, 0, part);
            paper->cells[(paper->y + y) * paper->stride + paper->x + x + used + 1].width = 0;
        }
        used += width;
    }
    if (cut)
        paper_put(paper, y, x + used++, paper->ascii ? '~' : 0x2026, part);
    return used;
}

int paper_columns(const char *text)
{
    return (int)utf8_width(text, strlen(text));
}

struct paper paper_part(const struct paper *paper, int y, int x, int rows, int columns)
{
    struct paper part = *paper;

    part.y += y;
    part.x += x;
    part.rows = y + rows > paper->rows ? paper->rows - y : rows;
    part.columns = x + columns > paper->columns ? paper->columns - x : columns;
    return part;
}

static void put_centred(const struct paper *paper, int y, unsigned part, const char *text)
{
    int width = paper_columns(text), x = (paper->columns - width) / 2;

    (void)paper_text(paper, y, x > 0 ? x : 0, paper->columns, part, text, strlen(text));
}

/* -- borders ------------------------------------------------------------------------------------------------------- */

static void draw_border(const struct paper *paper, const struct board_pen *pen)
{
    static const uint32_t single[] = {0x250c, 0x2510, 0x2514, 0x2518, 0x2500, 0x2502},
                          thick[] = {0x2554, 0x2557, 0x255a, 0x255d, 0x2550, 0x2551},
                          ascii[] = {'+', '+', '+', '+', '-', '|'}, ascii_thick[] = {'#', '#', '#', '#', '=', '#'};
    const uint32_t *lines = paper->ascii ? (pen->focused ? ascii_thick : ascii) : pen->focused ? thick : single;
    int             bottom = paper->rows - 1, right = paper->columns - 1;

    for (int x = 1; x < right; x++) {
        paper_put(paper, 0, x, lines[4], BOARD_PART_BORDER);
        paper_put(paper, bottom, x, lines[4], BOARD_PART_BORDER);
    }
    for (int y = 1; y < bottom; y++) {
        paper_put(paper, y, 0, lines[5], BOARD_PART_BORDER);
        paper_put(paper, y, right, lines[5], BOARD_PART_BORDER);
    }
    paper_put(paper, 0, 0, lines[0], BOARD_PART_BORDER);
    paper_put(paper, 0, right, lines[1], BOARD_PART_BORDER);
    paper_put(paper, bottom, 0, lines[2], BOARD_PART_BORDER);
    paper_put(paper, bottom, right, lines[3], BOARD_PART_BORDER);
}

static unsigned foot_part(enum board_state state)
{
    switch (state) {
    case BOARD_FAILED:
        return BOARD_PART_ERROR;
    case BOARD_STALE:
        return BOARD_PART_WARN;
    case BOARD_WAITING:
    case BOARD_FRESH:
    case BOARD_ZERO:
    case BOARD_MISSING:
    case BOARD_NULL:
    case BOARD_HIDDEN:
        break;
    }
    return BOARD_PART_DIM;
}

static void draw_frame(const struct drawing *drawing, const struct paper *paper)
{
    struct str text = STR_INIT;

    draw_border(paper, drawing->pen);
    if (paper->columns > 6) {
        str_addf(&text, " %s ", drawing->panel->title);
        (void)paper_text(paper, 0, 1, paper->columns - 2, BOARD_PART_TITLE, str_text(&text), text.length);
        str_clear(&text);
        if (drawing->panel->kind != BOARD_TEXT)
            board_foot_text(drawing->shown, drawing->pen->now, &text);
        if (text.length > 0) {
            struct str foot = STR_INIT;

            str_addf(&foot, " %s ", str_text(&text));
            (void)paper_text(paper, paper->rows - 1, 1, paper->columns - 2, foot_part(drawing->shown->state),
                             str_text(&foot), foot.length);
            str_done(&foot);
        }
    }
    str_done(&text);
}

/* -- the one value ------------------------------------------------------------------------------------------------- */

static unsigned role_part(const struct drawing *drawing, enum board_role role)
{
    static const unsigned parts[] = {[BOARD_NEUTRAL] = BOARD_PART_VALUE, [BOARD_OK] = BOARD_PART_OK,
                                     [BOARD_WARN] = BOARD_PART_WARN, [BOARD_ERROR] = BOARD_PART_ERROR};

    return drawing->dim ? BOARD_PART_DIM : parts[role];
}

/* "▁▂▃ ▲ 12 % warn" */
static void draw_change(const struct drawing *drawing, const struct paper *paper, int y,
                        const struct board_number *number, enum board_role role)
{
    struct str text = STR_INIT, spark = STR_INIT;
    int        judged, room, at;

    board_change_text(drawing->panel, number, paper->ascii, &text, &judged);
    if (role == BOARD_WARN || role == BOARD_ERROR)
        str_addf(&text, "%s%s", text.length > 0 ? " " : "", board_role_name(role));
    room = paper->columns - paper_columns(str_text(&text)) - (text.length > 0 ? 1 : 0);
    if (number->history_count > 1 && room > 2)
        chart_spark(&spark, number->history, number->history_count, (size_t)room, drawing->pen->glyphs);
    at = (paper->columns - paper_columns(str_text(&spark)) - paper_columns(str_text(&text)) - 1) / 2;
    at = at > 0 ? at : 0;
    at += paper_text(paper, y, at, paper->columns, drawing->dim ? BOARD_PART_DIM : CHART_SERIES, str_text(&spark),
                     spark.length);
    at += spark.length > 0;
    (void)paper_text(paper, y, at, paper->columns - at,
                     drawing->dim || judged == 0 ? BOARD_PART_DIM : judged > 0 ? BOARD_PART_OK : BOARD_PART_WARN,
                     str_text(&text), text.length);
    str_done(&text);
    str_done(&spark);
}

static void draw_bar(const struct paper *paper, int y, double part, unsigned colour)
{
    int full = (int)(part * paper->columns + 0.5);

    for (int x = 0; x < paper->columns; x++)
        paper_put(paper, y, x, x < full ? (paper->ascii ? '#' : 0x2588) : (paper->ascii ? '.' : 0x2591),
                  x < full ? colour : BOARD_PART_DIM);
}

static void draw_number(const struct drawing *drawing, const struct paper *paper)
{
    bool                gauge = drawing->panel->kind == BOARD_GAUGE;
    int                 top = (paper->rows - 2) / 2;
    struct board_number number;
    struct str          text = STR_INIT, of = STR_INIT;
    enum board_role     role;
    double              part;

    if (!board_number_of(drawing->arena, drawing->panel, drawing->shown, &number) || number.cell.text == NULL) {
        put_centred(paper, top > 0 ? top : 0, BOARD_PART_DIM, "not known");
        return;
    }
    role = board_role_of(drawing->panel, &number);
    part = board_gauge_part(drawing->panel, &number, &of);
    board_number_text(&number, number.cell, &text);
    if (gauge && of.length > 0)
        str_addf(&text, " of %s", str_text(&of));
    if (gauge && role != BOARD_NEUTRAL)
        str_addf(&text, " %s", board_role_name(role));
    top = top > 0 ? top : 0;
    put_centred(paper, top, role_part(drawing, role), str_text(&text));
    if (gauge)
        draw_bar(paper, top + 1, part, role_part(drawing, role));
    else
        draw_change(drawing, paper, top + 1, &number, role);
    str_done(&text);
    str_done(&of);
}

/* -- words --------------------------------------------------------------------------------------------------------- */

static void draw_words(const struct paper *paper, const char *text)
{
    int y = 0, x = 0;

    while (*text != '\0' && y < paper->rows) {
        size_t length = strcspn(text, " \n");
        int    width = (int)utf8_width(text, length);

        if (x > 0 && x + width > paper->columns) {
            y++;
            x = 0;
        }
        x += paper_text(paper, y, x, paper->columns - x, CHART_TEXT, text, length) + 1;
        text += length;
        if (*text == '\n') {
            y++;
            x = 0;
        }
        text += *text != '\0';
    }
}

static void draw_body(const struct drawing *drawing, const struct paper *paper)
{
    const struct board_shown *shown = drawing->shown;
    static const char *const words[] = {
        [BOARD_WAITING] = "waiting", [BOARD_FAILED] = "failed", [BOARD_MISSING] = "no data", [BOARD_HIDDEN] = "hidden"};
    enum board_kind           kind = drawing->panel->kind;
    bool nothing = shown->state == BOARD_WAITING || shown->state == BOARD_HIDDEN || shown->state == BOARD_MISSING ||
                   shown->rows == NULL;

    if (kind == BOARD_TEXT)
        draw_words(paper, drawing->panel->text);
    else if (nothing)
        put_centred(paper, (paper->rows - 1) / 2, shown->state == BOARD_FAILED ? BOARD_PART_ERROR : BOARD_PART_DIM,
                    words[shown->state] != NULL ? words[shown->state] : "no data");
    else if (kind == BOARD_STAT || kind == BOARD_GAUGE)
        draw_number(drawing, paper);
    else if (kind == BOARD_TABLE || kind == BOARD_JOBS)
        draw_table(drawing, paper);
    else if (kind == BOARD_LOG)
        draw_log(drawing, paper);
    else
        draw_chart(drawing, paper, kind == BOARD_LINE ? CHART_LINE : kind == BOARD_BAR ? CHART_BAR : CHART_HEAT);
}

static void blank(struct chart_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cells[i] = (struct chart_cell){.points = {' '}, .width = 1};
}

static void draw_on(const struct board_panel *panel, const struct board_shown *shown, const struct board_pen *pen,
                    const struct paper *paper)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct drawing drawing = {.arena = arena, .panel = panel, .shown = shown, .pen = pen,
                              .dim = shown->state == BOARD_STALE || shown->state == BOARD_FAILED};
    struct paper   body = paper_part(paper, 1, 2, paper->rows - 2, paper->columns - 4);

    draw_frame(&drawing, paper);
    if (body.rows > 0 && body.columns > 0)
        draw_body(&drawing, &body);
}

void board_draw_panel(const struct board_panel *panel, const struct board_shown *shown, const struct board_pen *pen,
                      int rows, int columns, struct chart_cell *ret_cells)
{
    struct paper paper = {.cells = ret_cells, .stride = columns, .rows = rows, .columns = columns,
                          .ascii = pen->glyphs == GLYPHS_ASCII};

    if (rows <= 0 || columns <= 0)
        return;
    blank(ret_cells, (size_t)rows * (size_t)columns);
    draw_on(panel, shown, pen, &paper);
}

void board_draw(const struct board *board, const struct board_shown *shown, const struct board_layout *layout,
                const struct board_pen *pen, int rows, int columns, struct chart_cell *ret_cells)
{
    struct paper whole = {.cells = ret_cells, .stride = columns, .rows = rows, .columns = columns,
                          .ascii = pen->glyphs == GLYPHS_ASCII};

    if (rows <= 0 || columns <= 0)
        return;
    blank(ret_cells, (size_t)rows * (size_t)columns);
    for (size_t i = 0; i < board->panel_count; i++) {
        const struct board_area *area = &layout->areas[i];
        struct paper             paper = paper_part(&whole, area->y, area->x, area->rows, area->columns);

        if (area->shown && paper.rows > 0 && paper.columns > 0)
            draw_on(&board->panels[i], &shown[i], pen, &paper);
    }
}
