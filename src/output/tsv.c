/* tsv: what COPY writes as text: tabs between, backslash escapes, \N for NULL. */
#include "output_int.h"

struct tsv_state {
    const char *null_text;
    size_t      null_length;
};

/* The letter after the backslash, or 0: written as it is. */
static const char escape_letter[256] = {
    ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['\v'] = 'v', ['\\'] = '\\',
};

static void add_escaped(struct output *output, const char *text, size_t length)
{
    size_t start = 0;

    for (size_t i = 0; i < length; i++) {
        char letter = escape_letter[(unsigned char)text[i]];

        if (letter == 0)
            continue;
        output_put(output, text + start, i - start);
        output_put(output, (const char[]){'\\', letter}, 2);
        start = i + 1;
    }
    output_put(output, text + start, length - start);
}

/* What would break the line is escaped; a backslash is meant as one, since COPY's own NULL begins with it. */
static const char *null_text_of(struct writer *writer)
{
    str_clear(&writer->scratch);
    for (const char *c = writer->style.null_text; *c != '\0'; c++)
        if (*c != '\\' && escape_letter[(unsigned char)*c] != 0)
            str_addf(&writer->scratch, "\\%c", escape_letter[(unsigned char)*c]);
        else
            str_add_char(&writer->scratch, *c);
    return arena_strdup(writer->arena, str_text(&writer->scratch));
}

static void tsv_begin(struct writer *writer)
{
    struct tsv_state *state = writer->state;

    state->null_text = writer->style.null_text != NULL ? null_text_of(writer) : "\\N";
    state->null_length = strlen(state->null_text);
    if (writer->style.no_header || writer->count == 0)
        return;
    for (size_t i = 0; i < writer->count; i++) {
        if (i > 0)
            output_put_char(writer->output, '\t');
        add_escaped(writer->output, writer->columns[i].name, strlen(writer->columns[i].name));
    }
    output_put_char(writer->output, '\n');
}

static void tsv_row(struct writer *writer, const struct data_cell *cells)
{
    const struct tsv_state *state = writer->state;
    struct output *output = writer->output;

    for (size_t i = 0; i < writer->count; i++) {
        if (i > 0)
            output_put_char(output, '\t');
        if (cells[i].text == NULL) {
            output_put(output, state->null_text, state->null_length);
        } else {
            struct data_cell shown = writer_shown(writer, i, cells[i]);

            if (writer->style.guard && !column_is_tame(&writer->columns[i]) && text_is_formula(shown.text, shown.length))
                output_put_char(output, '\'');
            add_escaped(output, shown.text, shown.length);
        }
    }
    output_put_char(output, '\n');
}

static void tsv_end(struct writer *writer, const struct data_note *note)
{
    (void)writer;
    (void)note;
}

const struct format format_tsv = {
    .name = "tsv", .ending = ".tsv", .text = "tab-separated with backslash escapes and \\N for NULL: COPY's text",
    .exact = true, .size = sizeof(struct tsv_state), .begin = tsv_begin, .row = tsv_row, .end = tsv_end,
};
