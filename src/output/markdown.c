/* markdown: a pipe table as GitHub reads it; what would be markup is escaped. */
#include "output_int.h"

#include <ctype.h>

/* An underscore between letters or digits begins no emphasis. */
static bool is_inside_word(const char *text, size_t length, size_t at)
{
    return at > 0 && at + 1 < length && isalnum((unsigned char)text[at - 1]) && isalnum((unsigned char)text[at + 1]);
}

static void add_escaped(struct output *output, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];

        if (c == '\n') {
            output_put(output, "<br>", 4);
        } else if (c == '<') {
            output_put(output, "&lt;", 4);
        } else if (c == '&') {
            output_put(output, "&amp;", 5);
        } else {
            if (strchr("\\|`*[]~", c) != NULL || (c == '_' && !is_inside_word(text, length, i)))
                output_put_char(output, '\\');
            output_put_char(output, c);
        }
    }
}

static void markdown_begin(struct writer *writer)
{
    struct output *output = writer->output;

    if (writer->results > 1)
        output_put_char(output, '\n');
    if (writer->style.no_header || writer->count == 0)
        return;
    output_put_char(output, '|');
    for (size_t i = 0; i < writer->count; i++) {
        struct str name = STR_INIT;

        output_safe_text(&name, writer->columns[i].name, strlen(writer->columns[i].name));
        output_put_char(output, ' ');
        add_escaped(output, str_text(&name), name.length);
        output_put(output, " |", 2);
        str_done(&name);
    }
    output_put(output, "\n|", 2);
    for (size_t i = 0; i < writer->count; i++)
        output_add_text(output, data_type_is_number(writer->columns[i].type) ? " ---: |" : " --- |");
    output_put_char(output, '\n');
}

static void markdown_row(struct writer *writer, const struct data_cell *cells)
{
    struct output *output = writer->output;

    output_put_char(output, '|');
    for (size_t i = 0; i < writer->count; i++) {
        output_put_char(output, ' ');
        if (cells[i].text == NULL) {
            if (writer->style.null_text != NULL)
                add_escaped(output, writer->style.null_text, strlen(writer->style.null_text));
        } else {
            struct data_cell text = writer_pretty(writer, i, cells[i], true);

            add_escaped(output, text.text, text.length);
        }
        output_put(output, " |", 2);
    }
    output_put_char(output, '\n');
}

static void markdown_end(struct writer *writer, const struct data_note *note)
{
    (void)writer;
    (void)note;
}

const struct format format_markdown = {
    .name = "markdown", .ending = ".md", .text = "a pipe table as GitHub reads it",
    .begin = markdown_begin, .row = markdown_row, .end = markdown_end,
};
