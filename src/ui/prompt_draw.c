/* Drawing: the rows of the layout that are in sight, each word in the look of what it is, the ghost text behind. */
#include <string.h>

#include "prompt_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

enum { HIGHLIGHT_MOST = 16 * 1024 };      /* a longer text is plain */

static const enum look look_of_class[] = {
    [SPAN_PLAIN] = LOOK_NORMAL,         [SPAN_COMMAND] = LOOK_COMMAND, [SPAN_OPTION] = LOOK_KEYWORD,
    [SPAN_KEYWORD] = LOOK_KEYWORD,      [SPAN_MEASURE] = LOOK_MEASURE, [SPAN_DIMENSION] = LOOK_DIMENSION,
    [SPAN_SEGMENT] = LOOK_SEGMENT,      [SPAN_CUBE] = LOOK_DIMENSION,  [SPAN_STRING] = LOOK_STRING,
    [SPAN_NUMBER] = LOOK_NUMBER,        [SPAN_PERIOD] = LOOK_PERIOD,   [SPAN_OPERATOR] = LOOK_NORMAL,
    [SPAN_VARIABLE] = LOOK_SEGMENT,     [SPAN_COMMENT] = LOOK_COMMENT, [SPAN_UNKNOWN] = LOOK_UNKNOWN,
};

/* Looks of a line, piece by piece from its beginning. */
struct painter {
    const struct word_span *spans;
    size_t                  count, next;
    size_t                  marked, marked_end;      /* of readline's region */
    size_t                  wrong, wrong_end;        /* of an error */
};

static enum look look_at(struct painter *painter, size_t at, size_t *ret_end)
{
    while (painter->next < painter->count &&
           painter->spans[painter->next].at + painter->spans[painter->next].length <= at)
        painter->next++;
    const struct word_span *span = painter->next < painter->count ? &painter->spans[painter->next] : NULL;
    enum look               look = LOOK_NORMAL;
    size_t                  end = SIZE_MAX;

    if (span != NULL && span->at <= at) {
        look = look_of_class[span->class];
        end = span->at + span->length;
    } else if (span != NULL) {
        end = span->at;
    }
    if (at >= painter->wrong && at < painter->wrong_end)
        look = LOOK_UNKNOWN;
    if (at >= painter->marked && at < painter->marked_end)
        look = LOOK_SELECTED;
    const size_t edges[] = {painter->wrong, painter->wrong_end, painter->marked, painter->marked_end};
    for (size_t i = 0; i < COUNT_OF(edges); i++)
        if (edges[i] > at && edges[i] < end)
            end = edges[i];
    *ret_end = end;
    return look;
}

static void draw_row(const struct layout *layout, size_t number, struct painter *painter, struct canvas *canvas,
                     struct area area, int y)
{
    const struct prompt_row *row = &layout->rows[number];
    int                      x = area.x + row->x;

    for (size_t at = row->from, end; at < row->to; at = end) {
        enum look look = look_at(painter, at, &end);

        if (end > row->to)
            end = row->to;
        x += canvas_text(canvas, y, x, area.x + area.columns - x, look, layout->line + at, end - at);
    }
}

static struct painter paint(struct prompt *prompt, struct arena *arena)
{
    struct layout *layout = &prompt->layout;
    struct painter painter = {0};
    size_t         length = strlen(layout->line);

    if (length <= HIGHLIGHT_MOST && !(rl_readline_state & RL_STATE_NSEARCH))
        command_spans(arena, prompt_context(prompt)->model, layout->line, length, (size_t)rl_point, &painter.spans,
                      &painter.count);
    if (rl_mark_active_p() && rl_mark >= 0 && rl_mark <= rl_end) {
        painter.marked = (size_t)(rl_mark < rl_point ? rl_mark : rl_point);
        painter.marked_end = (size_t)(rl_mark < rl_point ? rl_point : rl_mark);
    }
    if (layout->note_x >= 0) {
        painter.wrong = prompt->error.at;
        painter.wrong_end = prompt->error.at + prompt->error.length;
    }
    return painter;
}

/* The first line of it; more is told by an ellipsis. */
static void draw_ghost(struct prompt *prompt, struct canvas *canvas, struct area area, int y)
{
    const char *text = ghost_text(prompt);
    int         x = area.x + prompt->layout.cursor_x, end = area.x + area.columns;
    size_t      length = text != NULL ? strcspn(text, "\n") : 0;

    if (text == NULL || x >= end)
        return;
    x += canvas_text_cut(canvas, y, x, end - x, LOOK_GHOST, text, length);
    if (text[length] == '\n' && x < end)
        canvas_text(canvas, y, x, end - x, LOOK_GHOST, canvas->ascii ? "~" : "…", canvas->ascii ? 1 : strlen("…"));
}

/* Columns of the word that is wrong. */
static int wrong_width(const struct layout *layout, const struct error *error)
{
    size_t most = strlen(layout->line) - error->at, length = error->length < most ? error->length : most;
    int    width = (int)utf8_width(layout->line + error->at, length);

    return width > 0 ? width : 1;
}

/* "^^^^ unknown measure 'x'", with one mark when there is no room for all, or with none when the word is rows above. */
static void draw_note(struct prompt *prompt, struct canvas *canvas, struct area area, int y)
{
    const struct error *error = &prompt->error;
    struct layout      *layout = &prompt->layout;
    int                 x = area.x + layout->note_x, end = area.x + area.columns;
    int                 width = (int)utf8_width(error->text, strlen(error->text));

    if (layout_row(layout, error->at) == layout->count - 1) {
        int marks = wrong_width(layout, error);

        if (x + marks + 1 + width > end)
            marks = 1;
        for (int i = 0; i < marks; i++)
            x += canvas_text(canvas, y, x, end - x, LOOK_ERROR, "^", 1);
        x++;
    }
    canvas_text_cut(canvas, y, x, end - x, LOOK_ERROR, error->text, strlen(error->text));
}

static size_t all_rows(const struct layout *layout)
{
    return layout->count + (layout->note_x >= 0);
}

int prompt_rows(struct prompt *prompt, int columns, int most)
{
    layout_make(prompt, columns);
    return all_rows(&prompt->layout) < (size_t)most ? (int)all_rows(&prompt->layout) : most;
}

/* The cursor is always in sight; else it scrolls as little as it can. */
static void scroll(struct layout *layout, size_t rows)
{
    size_t last = all_rows(layout) > rows ? all_rows(layout) - rows : 0;

    if (layout->cursor_row < layout->top)
        layout->top = layout->cursor_row;
    if (layout->cursor_row >= layout->top + rows)
        layout->top = layout->cursor_row - rows + 1;
    if (layout->top > last)
        layout->top = last;
}

static int word_x(const struct prompt *prompt)
{
    const struct layout *layout = &prompt->layout;
    size_t               at = prompt->popup.found.at, row = layout_row(layout, at);

    return row == layout->cursor_row ? layout_x(layout, row, at) : layout->cursor_x;
}

void prompt_draw(struct prompt *prompt, struct canvas *canvas, struct area area, bool focus)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct layout *layout = &prompt->layout;
    struct painter painter;

    area = area_clip(canvas, area);
    if (area.rows < 1 || area.columns < 1)
        return;
    layout_make(prompt, area.columns);
    scroll(layout, (size_t)area.rows);
    painter = paint(prompt, arena);
    canvas_fill(canvas, area, LOOK_NORMAL);
    if (layout->top == 0)
        canvas_text_right(canvas, area.y, area.x, layout->rows[0].x, LOOK_PROMPT, str_text(&layout->head),
                          layout->head.length);
    for (size_t row = layout->top; row < layout->count && row < layout->top + (size_t)area.rows; row++)
        draw_row(layout, row, &painter, canvas, area, area.y + (int)(row - layout->top));
    int y = area.y + (int)(layout->cursor_row - layout->top);
    draw_ghost(prompt, canvas, area, y);
    if (layout->note_x >= 0 && layout->count - layout->top < (size_t)area.rows)
        draw_note(prompt, canvas, area, area.y + (int)(layout->count - layout->top));
    popup_draw(prompt, canvas, area, area.x + word_x(prompt));
    if (focus) {
        canvas->cursor_y = y;
        canvas->cursor_x = area.x + (layout->cursor_x < area.columns ? layout->cursor_x : area.columns - 1);
    }
}
