/* Cells and the text in them. Invariant: a cell of width 2 has a cell of width 0 to its right, and no other does. */
#include "canvas.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

static const char *const look_names[] = {
#define X(look, name) name,
    ROLE_LIST(X)
#undef X
};

const char *look_name(enum look look)
{
    return look_names[look];
}

/* -- the rectangle ------------------------------------------------------------------------------------------------- */

struct canvas *canvas_new(int rows, int columns)
{
    struct canvas *canvas = mem_alloc(sizeof *canvas);

    canvas_resize(canvas, rows, columns);
    return canvas;
}

void canvas_free(struct canvas *canvas)
{
    if (canvas != NULL)
        mem_free(canvas->cells);
    mem_free(canvas);
}

void canvas_resize(struct canvas *canvas, int rows, int columns)
{
    canvas->rows = rows > 0 ? rows : 0;
    canvas->columns = columns > 0 ? columns : 0;
    canvas->cells = mem_array(canvas->cells, (size_t)canvas->rows * (size_t)canvas->columns + 1, sizeof *canvas->cells);
    memset(canvas->cells, 0, (size_t)canvas->rows * (size_t)canvas->columns * sizeof *canvas->cells);
    canvas_clear(canvas);
}

void canvas_clear(struct canvas *canvas)
{
    canvas->cursor_y = canvas->cursor_x = -1;
    canvas_fill(canvas, canvas_area(canvas), LOOK_NORMAL);
}

struct area canvas_area(const struct canvas *canvas)
{
    return (struct area){.rows = canvas->rows, .columns = canvas->columns};
}

struct area area_clip(const struct canvas *canvas, struct area area)
{
    if (area.y < 0) {
        area.rows += area.y;
        area.y = 0;
    }
    if (area.x < 0) {
        area.columns += area.x;
        area.x = 0;
    }
    if (area.rows > canvas->rows - area.y)
        area.rows = canvas->rows - area.y;
    if (area.columns > canvas->columns - area.x)
        area.columns = canvas->columns - area.x;
    if (area.rows < 0)
        area.rows = 0;
    if (area.columns < 0)
        area.columns = 0;
    return area;
}

static struct cell *cell_at(struct canvas *canvas, int y, int x)
{
    return &canvas->cells[(size_t)y * (size_t)canvas->columns + (size_t)x];
}

/* -- putting a character ------------------------------------------------------------------------------------------- */

static void blank(struct cell *cell)
{
    memset(cell->points, 0, sizeof cell->points);
    cell->width = 1;
}

/* Whatever half of a wide character is about to be overwritten leaves a space in its other half. */
static void free_cell(struct canvas *canvas, int y, int x)
{
    struct cell *cell = cell_at(canvas, y, x);

    if (cell->width == 0 && x > 0)
        blank(cell - 1);
    else if (cell->width == 2 && x + 1 < canvas->columns)
        blank(cell + 1);
    blank(cell);
}

static void put_point(struct canvas *canvas, int y, int x, int width, enum look look, uint32_t point)
{
    struct cell *cell;

    for (int i = 0; i < width; i++)
        free_cell(canvas, y, x + i);
    cell = cell_at(canvas, y, x);
    cell->points[0] = point == ' ' ? 0 : point;
    cell->width = (uint8_t)width;
    cell->look = (uint8_t)look;
    if (width == 2)
        *cell_at(canvas, y, x + 1) = (struct cell){.width = 0, .look = (uint8_t)look};
}

static void join_mark(struct cell *cell, uint32_t mark)
{
    if (cell->points[0] == 0)
        cell->points[0] = ' ';
    for (int i = 1; i < CELL_POINTS; i++)
        if (cell->points[i] == 0) {
            cell->points[i] = mark;
            return;
        }
}

void canvas_fill(struct canvas *canvas, struct area area, enum look look)
{
    area = area_clip(canvas, area);
    for (int y = area.y; y < area.y + area.rows; y++)
        for (int x = area.x; x < area.x + area.columns; x++)
            put_point(canvas, y, x, 1, look, ' ');
}

void canvas_look(struct canvas *canvas, struct area area, enum look look)
{
    area = area_clip(canvas, area);
    for (int y = area.y; y < area.y + area.rows; y++)
        for (int x = area.x; x < area.x + area.columns; x++)
            cell_at(canvas, y, x)->look = (uint8_t)look;
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

/* One step of a text: what is to be put there, as up to four ASCII characters for a control character. */
struct glyph {
    uint32_t point;
    size_t   bytes;
    int      width;
    char     shown[8];      /* of a control character; else "" */
};

int canvas_point_width(uint32_t point)
{
    if (point == '\t' || point == '\n' || point == '\r')
        return 2;
    return point < 0x20 || (point >= 0x7f && point < 0xa0) ? 4 : utf8_point_width(point);
}

size_t canvas_fits(const char *text, size_t length, int columns)
{
    size_t   at = 0, bytes;
    uint32_t point;

    while ((bytes = utf8_decode(text + at, length - at, &point)) > 0 && canvas_point_width(point) <= columns) {
        columns -= canvas_point_width(point);
        at += bytes;
    }
    return at;
}

/* What our own words are written with has a stand-in. */
static uint32_t ascii_for(uint32_t point)
{
    static const struct {
        uint32_t point;
        char     ascii;
    } known[] = {{0x2026, '~'}, {0x00b7, '-'}, {0x2013, '-'}, {0x2014, '-'}, {0x00d7, 'x'}, {0x2018, '\''}, {0x2019, '\''}};

    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (known[i].point == point)
            return (uint32_t)known[i].ascii;
    return '?';
}

static struct glyph glyph_at(const struct canvas *canvas, const char *text, size_t length)
{
    struct glyph glyph = {.bytes = utf8_decode(text, length, &glyph.point)};

    if (glyph.bytes == 0)
        return glyph;
    glyph.width = canvas_point_width(glyph.point);
    if (glyph.point == '\t' || glyph.point == '\n' || glyph.point == '\r') {
        snprintf(glyph.shown, sizeof glyph.shown, "\\%c", glyph.point == '\t' ? 't' : glyph.point == '\n' ? 'n' : 'r');
    } else if (glyph.point < 0x20 || (glyph.point >= 0x7f && glyph.point < 0xa0)) {
        snprintf(glyph.shown, sizeof glyph.shown, "\\x%02x", (unsigned)glyph.point);
    } else if (canvas->ascii && glyph.point >= 0x80) {
        glyph.point = ascii_for(glyph.point);
    }
    return glyph;
}

static int put_glyph(struct canvas *canvas, int y, int x, enum look look, const struct glyph *glyph)
{
    if (glyph->shown[0] != '\0') {
        for (int i = 0; i < glyph->width; i++)
            put_point(canvas, y, x + i, 1, look, (unsigned char)glyph->shown[i]);
    } else if (glyph->point == '?' && glyph->width == 2) {      /* ASCII for a wide character keeps its place */
        put_point(canvas, y, x, 1, look, '?');
        put_point(canvas, y, x + 1, 1, look, '?');
    } else {
        put_point(canvas, y, x, glyph->width, look, glyph->point);
    }
    return glyph->width;
}

int canvas_text(struct canvas *canvas, int y, int x, int columns, enum look look, const char *text, size_t length)
{
    int begin = x, end = columns < 0 || columns > canvas->columns - x ? canvas->columns : x + columns;

    if (y < 0 || y >= canvas->rows || x < 0)
        return 0;
    while (length > 0) {
        struct glyph glyph = glyph_at(canvas, text, length);

        if (glyph.width > 0) {
            if (x + glyph.width > end) {
                for (; x < end && glyph.width == 2; x++)         /* half of a wide character is a space */
                    put_point(canvas, y, x, 1, look, ' ');
                break;
            }
            x += put_glyph(canvas, y, x, look, &glyph);
        } else if (x > begin && !canvas->ascii) {
            struct cell *cell = cell_at(canvas, y, x - 1);
            join_mark(cell->width == 0 ? cell - 1 : cell, glyph.point);
        }
        text += glyph.bytes;
        length -= glyph.bytes;
    }
    return x - begin;
}

int canvas_print(struct canvas *canvas, int y, int x, int columns, enum look look, const char *format, ...)
{
    char    small[256];
    va_list args;
    int     length, used;

    va_start(args, format);
    length = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (length < (int)sizeof small)
        return canvas_text(canvas, y, x, columns, look, small, length > 0 ? (size_t)length : 0);
    char *large = mem_alloc((size_t)length + 1);
    va_start(args, format);
    vsnprintf(large, (size_t)length + 1, format, args);
    va_end(args);
    used = canvas_text(canvas, y, x, columns, look, large, (size_t)length);
    mem_free(large);
    return used;
}

/* Columns that a text takes as canvas_text writes it; of one that takes more than `most`, some number above. A title may
 * be a statement of megabytes, and is drawn with each frame. */
static int text_columns(const struct canvas *canvas, const char *text, size_t length, int most)
{
    int columns = 0;

    for (size_t at = 0; at < length && columns <= most;) {
        struct glyph glyph = glyph_at(canvas, text + at, length - at);
        columns += glyph.width;
        at += glyph.bytes;
    }
    return columns;
}

static const char *ellipsis(const struct canvas *canvas)
{
    return canvas->ascii ? "~" : "…";
}

int canvas_text_cut(struct canvas *canvas, int y, int x, int columns, enum look look, const char *text, size_t length)
{
    int used;

    if (columns > canvas->columns - x)
        columns = canvas->columns - x;
    if (columns <= 0 || text_columns(canvas, text, length, columns) <= columns)
        return columns <= 0 ? 0 : canvas_text(canvas, y, x, columns, look, text, length);
    used = canvas_text(canvas, y, x, columns - 1, look, text, length);
    return used + canvas_text(canvas, y, x + used, 1, look, ellipsis(canvas), strlen(ellipsis(canvas)));
}

void canvas_text_right(struct canvas *canvas, int y, int x, int columns, enum look look, const char *text,
                       size_t length)
{
    int wide = text_columns(canvas, text, length, INT_MAX - 8);

    if (columns <= 0)
        return;
    if (wide <= columns) {
        canvas_text(canvas, y, x + columns - wide, wide, look, text, length);
        return;
    }
    while (length > 0 && wide > columns - 1) {
        struct glyph glyph = glyph_at(canvas, text, length);
        wide -= glyph.width;
        text += glyph.bytes;
        length -= glyph.bytes;
    }
    canvas_text(canvas, y, x, columns - wide, look, ellipsis(canvas), strlen(ellipsis(canvas)));
    canvas_text(canvas, y, x + columns - wide, wide, look, text, length);
}

/* -- boxes --------------------------------------------------------------------------------------------------------- */

enum corner { TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT, HORIZONTAL, VERTICAL, TEE_RIGHT, TEE_LEFT };

static uint32_t box_point(const struct canvas *canvas, enum corner which)
{
    static const uint32_t lines[] = {0x250c, 0x2510, 0x2514, 0x2518, 0x2500, 0x2502, 0x251c, 0x2524};
    static const char     ascii[] = "++++-|++";

    return canvas->ascii ? (uint32_t)ascii[which] : lines[which];
}

/* Boxes may lie partly outside the canvas. */
static void put_inside(struct canvas *canvas, int y, int x, enum look look, enum corner which)
{
    if (y >= 0 && y < canvas->rows && x >= 0 && x < canvas->columns)
        put_point(canvas, y, x, 1, look, box_point(canvas, which));
}

static void edge(struct canvas *canvas, struct area box, int y, enum look look, enum corner left, enum corner right)
{
    put_inside(canvas, y, box.x, look, left);
    for (int x = box.x + 1; x < box.x + box.columns - 1; x++)
        put_inside(canvas, y, x, look, HORIZONTAL);
    put_inside(canvas, y, box.x + box.columns - 1, look, right);
}

/* " text " in an edge, from column x, at most `columns` wide; returns the columns used. */
static int in_edge(struct canvas *canvas, int y, int x, int columns, enum look look, const char *text)
{
    int used;

    if (text == NULL || text[0] == '\0' || columns < 3)
        return 0;
    used = canvas_text(canvas, y, x, 1, look, " ", 1);
    used += canvas_text_cut(canvas, y, x + 1, columns - 2, look, text, strlen(text));
    return used + canvas_text(canvas, y, x + used, 1, look, " ", 1);
}

void canvas_box(struct canvas *canvas, struct area area, enum look border, const char *title, const char *note)
{
    int room = area.columns - 4, noted, named;

    if (area.rows < 1 || area.columns < 2)
        return;
    edge(canvas, area, area.y, border, TOP_LEFT, TOP_RIGHT);
    for (int y = area.y + 1; y < area.y + area.rows - 1; y++) {
        put_inside(canvas, y, area.x, border, VERTICAL);
        put_inside(canvas, y, area.x + area.columns - 1, border, VERTICAL);
    }
    if (area.rows > 1)
        edge(canvas, area, area.y + area.rows - 1, border, BOTTOM_LEFT, BOTTOM_RIGHT);
    noted = note == NULL || note[0] == '\0' ? 0 : text_columns(canvas, note, strlen(note), area.columns) + 2;
    named = title == NULL ? 0 : text_columns(canvas, title, strlen(title), area.columns) + 2;
    if (noted > room - (named < room / 2 ? named : room / 2))       /* of two that are too long each has a half */
        noted = room - (named < room / 2 ? named : room / 2);
    if (noted > 2)
        in_edge(canvas, area.y, area.x + area.columns - 2 - noted, noted, LOOK_DIM, note);
    in_edge(canvas, area.y, area.x + 1, room - noted, LOOK_TITLE, title);
}

void canvas_rule(struct canvas *canvas, struct area box, int y, enum look border, const char *title)
{
    edge(canvas, box, y, border, TEE_RIGHT, TEE_LEFT);
    in_edge(canvas, y, box.x + 1, box.columns - 4, LOOK_TITLE, title);
}

/* -- as text ------------------------------------------------------------------------------------------------------- */

static void dump_cell(const struct cell *cell, struct str *to)
{
    char bytes[4];

    if (cell->width == 0)
        return;
    if (cell->points[0] == 0) {
        str_add_char(to, ' ');
        return;
    }
    for (int i = 0; i < CELL_POINTS && cell->points[i] != 0; i++)
        str_add_bytes(to, bytes, utf8_encode(cell->points[i], bytes));
}

void canvas_dump(const struct canvas *canvas, struct str *to)
{
    for (int y = 0; y < canvas->rows; y++) {
        size_t begin = to->length;

        for (int x = 0; x < canvas->columns; x++)
            dump_cell(&canvas->cells[(size_t)y * (size_t)canvas->columns + (size_t)x], to);
        while (to->length > begin && to->data[to->length - 1] == ' ')
            to->length--;
        str_add_char(to, '\n');
    }
}
