/* Text in an area. */
#include "page.h"

#include <string.h>

#include "move.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

#define MOST ((size_t)128 << 10)     /* bytes that are shown: a server's message may have megabytes */

/* Bytes of the next line as it is wrapped: broken at the last space that fits, else anywhere. */
static size_t line_length(const char *text, size_t length, int columns, size_t *ret_next)
{
    size_t      sight = (size_t)(columns > 1 ? columns : 1) * 16;      /* no further than a line may reach */
    const char *newline = memchr(text, '\n', length < sight ? length : sight);
    size_t      whole = newline != NULL ? (size_t)(newline - text) : length < sight ? length : sight, width, fits, cut;

    fits = utf8_prefix_of_width(text, whole, (size_t)(columns > 1 ? columns : 1), &width);
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

static void draw_line(struct canvas *canvas, int y, struct area area, const char *text, size_t length, enum look look)
{
    if (length > 6 && memcmp(text, "error:", 6) == 0)
        look = LOOK_ERROR;
    else if (length > 5 && memcmp(text, "hint:", 5) == 0)
        look = LOOK_HINT;
    canvas_text(canvas, y, area.x, area.columns, look, text, length);
}

void page_draw(struct page *page, struct canvas *canvas, struct area area, const char *text, size_t length,
               enum look look)
{
    size_t number = 0, at = 0, next, cut = length > MOST ? length - MOST : 0;

    page->rows = area.rows;
    length -= cut;
    while (at < length) {
        size_t line = line_length(text + at, length - at, area.columns, &next);

        if (number >= page->top && number - page->top < (size_t)(area.rows > 0 ? area.rows : 0))
            draw_line(canvas, area.y + (int)(number - page->top), area, text + at, line, look);
        at += next;
        number++;
    }
    if (cut > 0) {
        if (number >= page->top && number - page->top < (size_t)(area.rows > 0 ? area.rows : 0))
            canvas_print(canvas, area.y + (int)(number - page->top), area.x, area.columns, LOOK_DIM,
                         "(%zu more bytes are not shown)", cut);
        number++;
    }
    page->lines = number;
}

bool page_move(struct page *page, const char *direction)
{
    size_t rows = page->rows > 0 ? (size_t)page->rows : 0;

    return move_line(direction, page->top, page->lines > rows ? page->lines - rows : 0, page->rows - 1, &page->top);
}
