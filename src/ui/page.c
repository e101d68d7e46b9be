/* Text in an area. */
#include "page.h"

#include <string.h>

#include "move.h"

#define MOST ((size_t)128 << 10)     /* bytes that are shown: a server's message may have megabytes */

void page_done(struct page *page)
{
    sought_done(&page->sought);
}

/* -- lines --------------------------------------------------------------------------------------------------------- */

static size_t shown_bytes(size_t length)
{
    return length < MOST ? length : MOST;
}

/* Bytes of the next line as it is wrapped: broken at the last space that fits, else anywhere. */
static size_t line_length(const char *text, size_t length, int columns, size_t *ret_next)
{
    size_t      sight = (size_t)(columns > 1 ? columns : 1) * 16;      /* no further than a line may reach */
    const char *newline = memchr(text, '\n', length < sight ? length : sight);
    size_t      whole = newline != NULL ? (size_t)(newline - text) : length < sight ? length : sight, fits, cut;

    fits = canvas_fits(text, whole, columns > 1 ? columns : 1);
    if (fits >= whole) {
        *ret_next = whole + (newline != NULL);
        return whole;
    }
    for (cut = fits; cut > fits / 2 && text[cut] != ' '; cut--)
        ;
    if (text[cut] != ' ')
        cut = fits > 0 ? fits : 1;
    *ret_next = cut + (text[cut] == ' ');
    return cut;
}

/* The number of the line that has the byte; of one behind the text, how many lines there are. */
static size_t line_of(const char *text, size_t length, int columns, size_t byte)
{
    size_t number = 0, next;

    for (size_t at = 0; at < length; at += next, number++) {
        (void)line_length(text + at, length - at, columns, &next);
        if (byte < at + next)
            break;
    }
    return number;
}

static size_t last_top(size_t lines, int rows)
{
    size_t shown = rows > 0 ? (size_t)rows : 0;

    return lines > shown ? lines - shown : 0;
}

/* -- drawing ------------------------------------------------------------------------------------------------------- */

/* Of a text. */
struct line {
    size_t from, end;
    int    y;
};

/* With what is sought marked; `marked`: up to where, which may be in the next line. */
static void draw_line(struct page *page, struct canvas *canvas, struct area area, const char *text, size_t length,
                      struct line line, enum look look, size_t *marked)
{
    int    x = area.x;
    size_t end, begin, bytes, sight = line.end + 4 * page->sought.folded.length;      /* a place may go on behind it */

    if (line.end - line.from > 6 && memcmp(text + line.from, "error:", 6) == 0)
        look = LOOK_ERROR;
    else if (line.end - line.from > 5 && memcmp(text + line.from, "hint:", 5) == 0)
        look = LOOK_HINT;
    for (size_t at = line.from; at < line.end; at = end) {
        bool is_marked = at < *marked;

        end = is_marked && *marked < line.end ? *marked : line.end;
        if (!is_marked && sought_next(&page->sought, text, sight < length ? sight : length, at, &begin, &bytes) &&
            begin < line.end) {
            end = begin;
            *marked = begin + bytes;
        }
        x += canvas_text(canvas, line.y, x, area.x + area.columns - x, is_marked ? LOOK_MATCH : look, text + at,
                         end - at);
    }
}

/* Another size than before: what stood first stays first, as far as there is text for the rest. */
static void fit(struct page *page, struct area area, const char *text, size_t length, bool is_cut)
{
    size_t last;

    if (page->columns == area.columns && page->rows == area.rows)
        return;
    if (page->columns != area.columns && page->top > 0)
        page->top = line_of(text, length, area.columns, page->top_at);
    last = last_top(line_of(text, length, area.columns, SIZE_MAX) + is_cut, area.rows);
    if (page->top > last)
        page->top = last;
    page->rows = area.rows;
    page->columns = area.columns;
}

void page_draw(struct page *page, struct canvas *canvas, struct area area, const char *text, size_t length,
               enum look look)
{
    size_t number = 0, next, marked = 0, cut = length - shown_bytes(length);
    size_t rows = (size_t)(area.rows > 0 ? area.rows : 0);

    length -= cut;
    fit(page, area, text, length, cut > 0);
    for (size_t at = 0; at < length; at += next, number++) {
        size_t bytes = line_length(text + at, length - at, area.columns, &next);

        if (number == page->top)
            page->top_at = at;
        if (number >= page->top && number - page->top < rows)
            draw_line(page, canvas, area, text, length,
                      (struct line){at, at + bytes, area.y + (int)(number - page->top)}, look, &marked);
    }
    if (cut > 0) {
        if (number >= page->top && number - page->top < rows)
            canvas_print(canvas, area.y + (int)(number - page->top), area.x, area.columns, LOOK_DIM,
                         "(%zu more bytes are not shown)", cut);
        number++;
    }
    page->lines = number;
}

/* -- moving -------------------------------------------------------------------------------------------------------- */

bool page_move(struct page *page, const char *direction)
{
    page->has_found = false;
    return move_line(direction, page->top, last_top(page->lines, page->rows), page->rows - 1, &page->top);
}

/* Not the first line, so that what comes before it is seen too. */
static void show_found(struct page *page, const char *text, size_t length)
{
    size_t line = line_of(text, length, page->columns, page->found), rows = (size_t)(page->rows > 0 ? page->rows : 0),
           last = last_top(page->lines, page->rows);

    if (line >= page->top && line - page->top < rows)
        return;
    page->top = line > rows / 3 ? line - rows / 3 : 0;
    if (page->top > last)
        page->top = last;
}

int page_seek(struct page *page, const char *text, size_t length, bool back, bool *ret_around, struct error *error)
{
    struct sought *sought = &page->sought;
    size_t         shown = shown_bytes(length), from = page->has_found ? page->found : page->top_at, bytes;
    bool           found;

    if (back)
        found = sought_previous(sought, text, shown, from, &page->found);
    else
        found = sought_next(sought, text, shown, from + page->has_found, &page->found, &bytes);
    *ret_around = !found;
    if (!found)
        found = back ? sought_previous(sought, text, shown, shown, &page->found)
                     : sought_next(sought, text, shown, 0, &page->found, &bytes);
    if (!found)
        return error_set(error, ERR_UNKNOWN, "the text has no '%s'", str_text(&sought->folded));
    page->has_found = true;
    show_found(page, text, shown);
    return 0;
}
