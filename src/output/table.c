/*
 * table: aligned, in a box.
 *
 * The first rows (1,000, or a megabyte of text) are held to find the widths; then rows stream. A later value that is
 * wider stands whole and pushes its line out; only on a terminal, whose width is known, text is cut and says so.
 */
#include "output_int.h"

#include "ytempire/base/utf8.h"

#define HELD_ROWS 1000
#define HELD_BYTES (1024 * 1024)

struct box {
    const char *line, *bar, *cut;
    const char *top[3], *middle[3], *bottom[3];
};

static const struct box box_unicode = {
    "─", "│", "…", {"┌", "┬", "┐"}, {"├", "┼", "┤"}, {"└", "┴", "┘"},
};
static const struct box box_ascii = {
    "-", "|", "~", {"+", "+", "+"}, {"+", "+", "+"}, {"+", "+", "+"},
};

struct table_state {
    const struct box *box;
    struct str        held;         /* texts of held cells, one after the other */
    size_t           *ends;         /* end of each in `held`; the top bit says NULL */
    size_t            end_count, end_room;
    size_t           *widths;
    bool              laid_out, was_cut;
};

#define NULL_BIT (SIZE_MAX / 2 + 1)

static const char *null_text(const struct writer *writer)
{
    return writer->style.null_text != NULL ? writer->style.null_text : "NULL";
}

static bool to_the_right(const struct data_column *column)
{
    return data_type_is_number(column->type);
}

static void add_rule(const struct writer *writer, const char *const ends[3])
{
    const struct table_state *state = writer->state;

    output_add_text(writer->output, ends[0]);
    for (size_t i = 0; i < writer->count; i++) {
        if (i > 0)
            output_add_text(writer->output, ends[1]);
        for (size_t k = 0; k < state->widths[i] + 2; k++)
            output_add_text(writer->output, state->box->line);
    }
    output_add_text(writer->output, ends[2]);
    output_put_char(writer->output, '\n');
}

static void add_blanks(struct output *output, size_t count)
{
    for (; count > 0; count--)
        output_put_char(output, ' ');
}

/* `look`: SGR parameters, or NULL. */
static void add_cell(struct writer *writer, size_t i, const char *text, size_t length, const char *look)
{
    struct table_state *state = writer->state;
    struct output *output = writer->output;
    size_t room = state->widths[i], width = utf8_width(text, length);
    bool cut = width > room && writer->style.width > 0 && !to_the_right(&writer->columns[i]);

    if (cut) {
        length = utf8_prefix_of_width(text, length, room - 1, &width);
        width++;
        state->was_cut = true;
    }
    output_put_char(output, ' ');
    if (to_the_right(&writer->columns[i]))
        add_blanks(output, width < room ? room - width : 0);
    if (look != NULL && writer->style.color)
        output_add_text(output, look);
    output_put(output, text, length);
    if (cut)
        output_add_text(output, state->box->cut);
    if (look != NULL && writer->style.color)
        output_add_text(output, "\x1b[0m");
    if (!to_the_right(&writer->columns[i]))
        add_blanks(output, width < room ? room - width : 0);
    output_put_char(output, ' ');
    output_add_text(output, state->box->bar);
}

/* Takes columns from the widest text until the line fits the terminal, but leaves each enough to be recognised. */
static void fit(struct writer *writer)
{
    struct table_state *state = writer->state;
    size_t total = 1;

    for (size_t i = 0; i < writer->count; i++)
        total += state->widths[i] + 3;
    while (total > writer->style.width) {
        size_t widest = writer->count;

        for (size_t i = 0; i < writer->count; i++)
            if (!to_the_right(&writer->columns[i]) && state->widths[i] > 8
                && (widest == writer->count || state->widths[i] > state->widths[widest]))
                widest = i;
        if (widest == writer->count)
            return;
        state->widths[widest]--;
        total--;
    }
}

static void lay_out(struct writer *writer)
{
    struct table_state *state = writer->state;
    const char *text = str_text(&state->held);
    size_t start = 0;

    for (size_t i = 0; i < state->end_count; i++) {
        size_t end = state->ends[i] & ~NULL_BIT, width = utf8_width(text + start, end - start);

        if (width > state->widths[i % writer->count])
            state->widths[i % writer->count] = width;
        start = end;
    }
    if (writer->style.width > 0)
        fit(writer);
    state->laid_out = true;
    add_rule(writer, state->box->top);
    if (!writer->style.no_header) {
        output_add_text(writer->output, state->box->bar);
        for (size_t i = 0; i < writer->count; i++) {
            struct str name = STR_INIT;

            output_safe_text(&name, writer->columns[i].name, strlen(writer->columns[i].name));
            add_cell(writer, i, str_text(&name), name.length, "\x1b[1m");
            str_done(&name);
        }
        output_put_char(writer->output, '\n');
        add_rule(writer, state->box->middle);
    }
}

static void write_held(struct writer *writer)
{
    struct table_state *state = writer->state;
    size_t start = 0;

    lay_out(writer);
    for (size_t i = 0; i < state->end_count; i++) {
        size_t column = i % writer->count, end = state->ends[i] & ~NULL_BIT;

        if (column == 0)
            output_add_text(writer->output, state->box->bar);
        add_cell(writer, column, str_text(&state->held) + start, end - start,
                 state->ends[i] & NULL_BIT ? "\x1b[2m" : NULL);
        if (column + 1 == writer->count)
            output_put_char(writer->output, '\n');
        start = end;
    }
    str_done(&state->held);
    mem_free(state->ends);
    state->ends = NULL;
    state->end_count = state->end_room = 0;
}

static struct data_cell text_of(struct writer *writer, size_t column, struct data_cell cell)
{
    if (cell.text == NULL)
        return (struct data_cell){null_text(writer), strlen(null_text(writer))};
    return writer_pretty(writer, column, cell, false);
}

static void table_begin(struct writer *writer)
{
    struct table_state *state = writer->state;

    state->box = writer->style.ascii ? &box_ascii : &box_unicode;
    state->widths = ARENA_ARRAY(writer->arena, size_t, writer->count + 1);
    if (writer->results > 1)
        output_put_char(writer->output, '\n');
    for (size_t i = 0; i < writer->count; i++) {
        struct str name = STR_INIT;

        output_safe_text(&name, writer->columns[i].name, strlen(writer->columns[i].name));
        state->widths[i] = writer->style.no_header ? 1 : utf8_width(str_text(&name), name.length);
        if (state->widths[i] == 0)
            state->widths[i] = 1;
        str_done(&name);
    }
}

static void table_row(struct writer *writer, const struct data_cell *cells)
{
    struct table_state *state = writer->state;

    if (writer->count == 0)
        return;
    if (state->laid_out)
        output_add_text(writer->output, state->box->bar);
    for (size_t i = 0; i < writer->count; i++) {
        struct data_cell text = text_of(writer, i, cells[i]);
        bool is_null = cells[i].text == NULL;

        if (state->laid_out) {
            add_cell(writer, i, text.text, text.length, is_null ? "\x1b[2m" : NULL);
            continue;
        }
        str_add_bytes(&state->held, text.text, text.length);
        VEC_PUSH(state->ends, state->end_count, state->end_room, state->held.length | (is_null ? NULL_BIT : 0));
    }
    if (state->laid_out)
        output_put_char(writer->output, '\n');
    else if (writer->rows >= HELD_ROWS || state->held.length > HELD_BYTES)
        write_held(writer);
}

static void table_end(struct writer *writer, const struct data_note *note)
{
    struct table_state *state = writer->state;
    struct str footer = STR_INIT;

    if (writer->count > 0) {
        if (!state->laid_out)
            write_held(writer);
        add_rule(writer, state->box->bottom);
    }
    writer_footer(writer, note, &footer);
    if (state->was_cut)
        str_add(&footer, "note: some texts are cut to the terminal's width; --format vertical shows them whole\n");
    output_add(writer->output, str_text(&footer), footer.length);
    str_done(&footer);
}

static void table_free_state(struct writer *writer)
{
    struct table_state *state = writer->state;

    str_done(&state->held);
    mem_free(state->ends);
}

const struct format format_table = {
    .name = "table", .ending = ".txt", .text = "aligned, in a box, with what the numbers mean below",
    .size = sizeof(struct table_state), .begin = table_begin, .row = table_row, .end = table_end,
    .free = table_free_state,
};
