/* The row on its side: a column a line, long values wrapped, more lines than there is room for scrolled. */
#include "grid_int.h"

#include <string.h>

#include "ytempire/base/utf8.h"
#include "ytempire/output.h"

struct sheet {
    struct canvas *canvas;
    struct area    area;
    size_t         from, line;     /* the first line that is shown, and the one that comes next */
    int            name_width, value_x, value_width;
};

int act_expand(struct grid *grid, struct words words, struct error *error)
{
    struct view *view = grid->view;

    if (words.count > 0 && !word_is(&words, 0, "on") && !word_is(&words, 0, "off"))
        return error_set(error, ERR_USAGE, "expand takes on or off, not '%s'", words.at[0]);
    view->expanded = words.count > 0 ? word_is(&words, 0, "on") : !view->expanded;
    view->line = 0;
    return 0;
}

static void put_line(struct sheet *sheet, const struct data_column *name, enum look look, const char *text,
                     size_t length)
{
    size_t line = sheet->line++;
    int    y = sheet->area.y + (int)(line - sheet->from);

    if (line < sheet->from || line - sheet->from >= (size_t)sheet->area.rows)
        return;
    if (name != NULL) {
        struct str header = STR_INIT;

        column_header(name, &header);
        canvas_text_cut(sheet->canvas, y, sheet->area.x + 1, sheet->name_width, LOOK_HEADER, str_text(&header),
                        header.length);
        str_done(&header);
    }
    canvas_text(sheet->canvas, y, sheet->value_x, sheet->value_width, look, text, length);
}

/* Bytes of the text that go on one line: up to the last space, when that is not far from its end. */
static size_t line_length(const char *at, size_t length, size_t columns)
{
    size_t   n = utf8_prefix_of_width(at, length, columns, NULL), space = n;
    uint32_t point;

    if (n == length)
        return n;
    if (n == 0)
        return utf8_decode(at, length, &point);
    while (space > n / 2 && at[space - 1] != ' ')
        space--;
    return at[n] == ' ' ? n + 1 : space > n / 2 ? space : n;
}

/* One line of the value, which may need several of the sheet. */
static void put_wrapped(struct sheet *sheet, const struct data_column *name, enum look look, const struct str *text)
{
    const char *at = str_text(text), *end = at + text->length;

    do {
        size_t n = line_length(at, (size_t)(end - at), (size_t)sheet->value_width);

        put_line(sheet, name, look, at, n);
        name = NULL;
        at += n;
    } while (at < end);
}

static void put_value(struct sheet *sheet, const struct data_column *column, struct data_cell cell)
{
    struct str  text = STR_INIT, line = STR_INIT;
    const char *at, *end;
    const char *null = sheet->canvas->ascii ? "NULL" : "∅";

    if (cell.text == NULL) {
        put_line(sheet, column, LOOK_NULL, null, strlen(null));
        return;
    }
    data_cell_pretty(column, cell, &text);
    at = str_text(&text);
    end = at + text.length;
    for (const struct data_column *name = column; name != NULL || at < end; name = NULL) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        stop = stop != NULL ? stop : end;
        str_clear(&line);
        output_safe_text(&line, at, (size_t)(stop - at));
        put_wrapped(sheet, name,
                    data_type_is_number(column->type) && cell.length > 0 && cell.text[0] == '-' ? LOOK_NEGATIVE
                                                                                                : LOOK_NORMAL,
                    &line);
        at = stop < end ? stop + 1 : end;
    }
    str_done(&text);
    str_done(&line);
}

static struct sheet lay_out(const struct view *view, struct canvas *canvas, struct area area)
{
    struct sheet sheet = {.canvas = canvas, .area = area, .from = view->line};
    int          most = area.columns / 3 > 1 ? area.columns / 3 : 1;

    for (size_t i = column_first(view); i != NOWHERE; i = column_next(view, i)) {
        struct str header = STR_INIT;
        int        width;

        column_header(&view->known[i], &header);
        width = (int)utf8_width(str_text(&header), header.length);
        sheet.name_width = width > sheet.name_width ? width : sheet.name_width;
        str_done(&header);
    }
    sheet.name_width = sheet.name_width < most ? sheet.name_width : most;
    sheet.value_x = area.x + 1 + sheet.name_width + 2;
    sheet.value_width = area.x + area.columns - sheet.value_x;
    sheet.value_width = sheet.value_width > 1 ? sheet.value_width : 1;
    return sheet;
}

static void put_all(struct view *view, struct sheet *sheet)
{
    for (size_t i = column_first(view); i != NOWHERE; i = column_next(view, i))
        put_value(sheet, &view->known[i], view->cells[i]);
}

void expand_draw(struct grid *grid, struct canvas *canvas, struct area area)
{
    struct view *view = grid->view;
    struct sheet sheet = lay_out(view, canvas, area);
    size_t       room = (size_t)area.rows;

    grid->page = area.rows;
    if (view->row >= view_rows(view) || view_read(view, view_row_at(view, view->row), NULL) < 0) {
        canvas_print(canvas, area.y, area.x + 1, area.columns - 1, LOOK_DIM, "no row");
        return;
    }
    put_all(view, &sheet);
    view->lines = sheet.line > room ? sheet.line - room + 1 : 1;
    if (view->line >= view->lines) {                           /* past the end: as far as there is something to see */
        view->line = view->lines - 1;
        sheet = lay_out(view, canvas, area);
        canvas_fill(canvas, area, LOOK_NORMAL);
        put_all(view, &sheet);
    }
}
