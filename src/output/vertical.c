/* vertical: a line a value, as psql's \x. */
#include "output_int.h"

#include "ytempire/base/utf8.h"

struct vertical_state {
    struct str *names;           /* without control characters; one a column */
    size_t     *widths;
    size_t      width;           /* of the widest */
};

static void vertical_begin(struct writer *writer)
{
    struct vertical_state *state = writer->state;

    if (writer->results > 1)
        output_put_char(writer->output, '\n');
    state->names = mem_array(NULL, writer->count + 1, sizeof *state->names);
    state->widths = ARENA_ARRAY(writer->arena, size_t, writer->count + 1);
    for (size_t i = 0; i < writer->count; i++) {
        state->names[i] = STR_INIT;
        output_safe_text(&state->names[i], writer->columns[i].name, strlen(writer->columns[i].name));
        state->widths[i] = utf8_width(str_text(&state->names[i]), state->names[i].length);
        if (state->widths[i] > state->width)
            state->width = state->widths[i];
    }
}

static void add_repeat(struct output *output, const char *text, size_t times)
{
    for (; times > 0; times--)
        output_add_text(output, text);
}

/* "─[ RECORD 1 ]─┬───────" */
static void add_record_line(struct writer *writer)
{
    const struct vertical_state *state = writer->state;
    const char *line = writer->style.ascii ? "-" : "─";
    char title[48];
    int length = snprintf(title, sizeof title, "[ RECORD %llu ]", (unsigned long long)writer->rows);

    add_repeat(writer->output, line, 1);
    output_put(writer->output, title, (size_t)length);
    add_repeat(writer->output, line, state->width + 24 > (size_t)length ? state->width + 24 - (size_t)length : 1);
    output_put_char(writer->output, '\n');
}

static void add_value(struct writer *writer, size_t i, struct data_cell text)
{
    const struct vertical_state *state = writer->state;
    struct output *output = writer->output;
    const char *bar = writer->style.ascii ? " | " : " │ ";

    output_put(output, str_text(&state->names[i]), state->names[i].length);
    add_repeat(output, " ", state->width - state->widths[i]);
    output_add_text(output, bar);
    for (;;) {
        const char *end = text.length > 0 ? memchr(text.text, '\n', text.length) : NULL;
        size_t part = end != NULL ? (size_t)(end - text.text) : text.length;

        output_put(output, text.text, part);
        output_put_char(output, '\n');
        if (end == NULL)
            return;
        text.text += part + 1;
        text.length -= part + 1;
        add_repeat(output, " ", state->width);
        output_add_text(output, bar);
    }
}

static void vertical_row(struct writer *writer, const struct data_cell *cells)
{
    const char *null_text = writer->style.null_text != NULL ? writer->style.null_text : "NULL";

    add_record_line(writer);
    for (size_t i = 0; i < writer->count; i++) {
        if (cells[i].text == NULL)
            add_value(writer, i, (struct data_cell){null_text, strlen(null_text)});
        else
            add_value(writer, i, writer_pretty(writer, i, cells[i], true));
    }
}

static void vertical_end(struct writer *writer, const struct data_note *note)
{
    struct str footer = STR_INIT;

    writer_footer(writer, note, &footer);
    output_add(writer->output, str_text(&footer), footer.length);
    str_done(&footer);
}

static void vertical_free(struct writer *writer)
{
    struct vertical_state *state = writer->state;

    for (size_t i = 0; state->names != NULL && i < writer->count; i++)
        str_done(&state->names[i]);
    mem_free(state->names);
}

const struct format format_vertical = {
    .name = "vertical", .text = "a line a value, as psql's \\x",
    .size = sizeof(struct vertical_state), .begin = vertical_begin, .row = vertical_row, .end = vertical_end,
    .free = vertical_free,
};
