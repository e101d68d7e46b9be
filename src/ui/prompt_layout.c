/*
 * Where the bytes of the line stand. Rows are soft-wrapped; every row but those after a wrap begins behind the head.
 * Made anew when line, cursor, head or width changed.
 */
#include <string.h>

#include "prompt_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

static const char name[] = "ytempire> ";

/* What readline means for its own display is between \1 and \2. */
static void add_visible(struct str *to, const char *text)
{
    for (bool hidden = false; text != NULL && *text != '\0'; text++) {
        if (*text == RL_PROMPT_START_IGNORE || *text == RL_PROMPT_END_IGNORE)
            hidden = *text == RL_PROMPT_START_IGNORE;
        else if (!hidden)
            str_add_char(to, *text);
    }
}

/* A question of readline ("(reverse-i-search)`x': ", "(arg: 3) "), or our name, with the mode when there are two. */
static void make_head(struct str *head)
{
    str_clear(head);
    if (rl_display_prompt != NULL && rl_display_prompt != rl_prompt && rl_display_prompt[0] != '\0') {
        add_visible(head, rl_display_prompt);
        return;
    }
    str_add_char(head, ' ');
    if (rl_editing_mode == 0)
        add_visible(head, rl_variable_value(prompt_inserts() ? "vi-ins-mode-string" : "vi-cmd-mode-string"));
    str_add(head, name);
}

static void begin_row(struct layout *layout, size_t from, int x)
{
    struct prompt_row row = {.from = from, .to = from, .x = x};

    VEC_PUSH(layout->rows, layout->count, layout->room, row);
}

static void wrap(struct layout *layout, const char *line, size_t length, int indent)
{
    int    x = indent;
    size_t bytes;

    layout->count = 0;
    begin_row(layout, 0, x);
    for (size_t at = 0; at < length; at += bytes) {
        uint32_t point;

        bytes = utf8_decode(line + at, length - at, &point);
        if (point == '\n') {
            x = indent;
            begin_row(layout, at + 1, x);
            continue;
        }
        int width = canvas_point_width(point);
        if (x + width > layout->columns && x > 0) {
            x = 0;
            begin_row(layout, at, x);
        }
        x += width;
        layout->rows[layout->count - 1].to = at + bytes;
    }
    if (x >= layout->columns)
        begin_row(layout, length, 0);            /* the cursor needs a place */
}

size_t layout_row(const struct layout *layout, size_t at)
{
    size_t low = 0, high = layout->count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (layout->rows[middle].from <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int layout_x(const struct layout *layout, size_t row, size_t at)
{
    const struct prompt_row *there = &layout->rows[row];
    int                      x = there->x;
    size_t                   bytes;
    uint32_t                 point;

    for (size_t i = there->from; i < at && i < there->to; i += bytes) {
        bytes = utf8_decode(layout->line + i, there->to - i, &point);
        x += canvas_point_width(point);
    }
    return x;
}

/* Where the error stands when the line is the one that it is about. */
static void place_note(struct prompt *prompt)
{
    struct layout      *layout = &prompt->layout;
    const struct error *error = &prompt->error;

    layout->note_x = -1;
    if (error->text == NULL || !text_equal(error->subject, layout->line) || error->at > strlen(layout->line))
        return;
    size_t row = layout_row(layout, error->at);
    layout->note_x = row == layout->count - 1 ? layout_x(layout, row, error->at) : 0;
}

static int head_width(struct layout *layout, int columns)
{
    int width = (int)utf8_width(str_text(&layout->head), layout->head.length);

    return width < columns * 2 / 3 ? width : columns * 2 / 3;
}

void layout_make(struct prompt *prompt, int columns)
{
    struct layout *layout = &prompt->layout;
    const char    *line = prompt_text(prompt);
    struct str     head = STR_INIT;

    make_head(&head);
    if (layout->columns != columns || !text_equal(layout->line, line) ||
        !text_equal(str_text(&layout->head), str_text(&head))) {
        mem_free(layout->line);
        layout->line = mem_strdup(line);
        layout->columns = columns;
        str_done(&layout->head);
        layout->head = head;
        wrap(layout, line, strlen(line), head_width(layout, columns));
        place_note(prompt);
    } else {
        str_done(&head);
    }
    layout->point = rl_point;
    layout->cursor_row = layout_row(layout, (size_t)rl_point);
    layout->cursor_x = layout_x(layout, layout->cursor_row, (size_t)rl_point);
}

void layout_done(struct layout *layout)
{
    mem_free(layout->rows);
    mem_free(layout->line);
    str_done(&layout->head);
}
