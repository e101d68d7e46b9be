/*
 * html: a table with a caption; every text is escaped, so that data cannot become markup. What the numbers mean is
 * known at the end only, where a table takes no caption, but the figure around it does.
 */
#include "output_int.h"

static const char head[] =
    "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>ytempire</title>\n<style>\n"
    "body { font-family: sans-serif }\ntable { border-collapse: collapse }\n"
    "th, td { border: 1px solid #bbb; padding: 0.2em 0.6em; text-align: left }\n"
    ".number { text-align: right; font-variant-numeric: tabular-nums }\n</style>\n</head>\n<body>\n";

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

    if (writer->style.whole_file)
        output_add_text(output, head);
    output_add_text(output, writer->style.no_footer ? "<table>\n" : "<figure>\n<table>\n");
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

static void add_caption(struct writer *writer, const struct data_note *note)
{
    struct output *output = writer->output;
    struct str about = STR_INIT;

    output_add_text(output, "<figcaption>");
    if (note->title != NULL) {
        output_safe_text(&about, note->title, strlen(note->title));
        output_add_text(output, "<strong>");
        add_escaped(output, str_text(&about), about.length);
        output_add_text(output, "</strong><br>");
        str_clear(&about);
    }
    output_note(&about, writer->rows, note, writer->style.ascii);
    add_escaped(output, str_text(&about), about.length - 1); /* without its line end */
    output_add_text(output, "</figcaption>\n</figure>\n");
    str_done(&about);
}

static void html_end(struct writer *writer, const struct data_note *note)
{
    output_add_text(writer->output, "</tbody>\n</table>\n");
    if (!writer->style.no_footer)
        add_caption(writer, note);
    if (writer->style.whole_file)
        output_add_text(writer->output, "</body>\n</html>\n");
}

const struct format format_html = {
    .name = "html",
    .ending = ".html",
    .text = "a table element, with what the numbers mean as its caption",
    .begin = html_begin,
    .row = html_row,
    .end = html_end,
};
