/* html: a table element; every text is escaped, so that data cannot become markup. */
#include "output_int.h"

static void add_escaped(struct output *output, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        switch (text[i]) {
        case '&':
            output_put(output, "&amp;", 5);
            break;
        case '<':
            output_put(output, "&lt;", 4);
            break;
        case '>':
            output_put(output, "&gt;", 4);
            break;
        case '"':
            output_put(output, "&quot;", 6);
            break;
        case '\'':
            output_put(output, "&#39;", 5);
            break;
        case '\n':
            output_put(output, "<br>", 4);
            break;
        default:
            output_put_char(output, text[i]);
        }
}

static const char *class_of(const struct data_column *column)
{
    return data_type_is_number(column->type) ? " class=\"number\"" : "";
}

static void html_begin(struct writer *writer)
{
    struct output *output = writer->output;

    output_add_text(output, "<table>\n");
    if (!writer->style.no_header && writer->count > 0) {
        output_add_text(output, "<thead>\n<tr>");
        for (size_t i = 0; i < writer->count; i++) {
            struct str name = STR_INIT;

            output_safe_text(&name, writer->columns[i].name, strlen(writer->columns[i].name));
            output_add_text(output, "<th");
            output_add_text(output, class_of(&writer->columns[i]));
            output_put_char(output, '>');
            add_escaped(output, str_text(&name), name.length);
            output_add_text(output, "</th>");
            str_done(&name);
        }
        output_add_text(output, "</tr>\n</thead>\n");
    }
    output_add_text(output, "<tbody>\n");
}

static void html_row(struct writer *writer, const struct data_cell *cells)
{
    struct output *output = writer->output;

    output_add_text(output, "<tr>");
    for (size_t i = 0; i < writer->count; i++) {
        if (cells[i].text == NULL) {
            output_add_text(output, "<td class=\"null\">");
            if (writer->style.null_text != NULL)
                add_escaped(output, writer->style.null_text, strlen(writer->style.null_text));
        } else {
            struct data_cell text = writer_pretty(writer, i, cells[i], true);

            output_add_text(output, "<td");
            output_add_text(output, class_of(&writer->columns[i]));
            output_put_char(output, '>');
            add_escaped(output, text.text, text.length);
        }
        output_add_text(output, "</td>");
    }
    output_add_text(output, "</tr>\n");
}

static void html_end(struct writer *writer, const struct data_note *note)
{
    (void)note;
    output_add_text(writer->output, "</tbody>\n</table>\n");
}

const struct format format_html = {
    .name = "html", .ending = ".html", .text = "a table element",
    .begin = html_begin, .row = html_row, .end = html_end,
};
