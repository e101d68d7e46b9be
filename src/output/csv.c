/*
 * csv: what COPY … (FORMAT csv, HEADER) writes, byte for byte.
 *
 * A field is quoted when it has a comma, a quote, CR or LF, when it could be taken for NULL (it is what NULL is written
 * as: by default nothing), or when it is a lone `\.`, which ends COPY's input.
 */
#include "output_int.h"

struct csv_state {
    const char *null_text;
    size_t      null_length;
    bool        quote_null;        /* it would break the line, so it stands in quotes, as psql's --csv has it */
    bool       *tame;              /* of a column: copied without a look */
    bool       *as_is;
};

/* Whether any of eight bytes equals `c`. */
static inline uint64_t has_byte(uint64_t word, unsigned char c)
{
    uint64_t x = word ^ (UINT64_C(0x0101010101010101) * c);

    return (x - UINT64_C(0x0101010101010101)) & ~x & UINT64_C(0x8080808080808080);
}

static bool needs_quotes(const char *text, size_t length)
{
    size_t i = 0;

    for (; i + 8 <= length; i += 8) {
        uint64_t word;

        memcpy(&word, text + i, 8);
        if (has_byte(word, ',') | has_byte(word, '"') | has_byte(word, '\n') | has_byte(word, '\r'))
            return true;
    }
    for (; i < length; i++)
        if (text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r')
            return true;
    return false;
}

static void add_quoted(struct output *output, const char *text, size_t length)
{
    output_put_char(output, '"');
    while (length > 0) {
        const char *quote = memchr(text, '"', length);
        size_t part = quote != NULL ? (size_t)(quote - text) + 1 : length;

        output_put(output, text, part);
        if (quote != NULL)
            output_put_char(output, '"');
        text += part;
        length -= part;
    }
    output_put_char(output, '"');
}

static void add_guarded(struct writer *writer, const char *text, size_t length)
{
    str_clear(&writer->scratch);
    if (text_is_formula(text, length))
        str_add_char(&writer->scratch, '\'');
    str_add_bytes(&writer->scratch, text, length);
    add_quoted(writer->output, str_text(&writer->scratch), writer->scratch.length);
}

static void add_field(const struct writer *writer, const char *text, size_t length)
{
    const struct csv_state *state = writer->state;
    bool is_null_text = length == state->null_length && memcmp(text, state->null_text, length) == 0;

    if (is_null_text || needs_quotes(text, length) ||
        (writer->count == 1 && length == 2 && memcmp(text, "\\.", 2) == 0))
        add_quoted(writer->output, text, length);
    else
        output_put(writer->output, text, length);
}

static void csv_begin(struct writer *writer)
{
    struct csv_state *state = writer->state;

    state->null_text = writer->style.null_text != NULL ? writer->style.null_text : "";
    state->null_length = strlen(state->null_text);
    state->quote_null = needs_quotes(state->null_text, state->null_length);
    state->tame = ARENA_ARRAY(writer->arena, bool, writer->count + 1);
    state->as_is = ARENA_ARRAY(writer->arena, bool, writer->count + 1);
    for (size_t i = 0; i < writer->count; i++) {
        state->tame[i] = column_is_tame(&writer->columns[i]) && state->null_length == 0;
        state->as_is[i] = column_is_as_is(&writer->columns[i]);
    }
    if (writer->style.no_header || writer->count == 0)
        return;
    for (size_t i = 0; i < writer->count; i++) {
        if (i > 0)
            output_put_char(writer->output, ',');
        if (writer->style.guard && text_is_formula(writer->columns[i].name, strlen(writer->columns[i].name)))
            add_guarded(writer, writer->columns[i].name, strlen(writer->columns[i].name));
        else
            add_field(writer, writer->columns[i].name, strlen(writer->columns[i].name));
    }
    output_put_char(writer->output, '\n');
}

static void csv_row(struct writer *writer, const struct data_cell *cells)
{
    const struct csv_state *state = writer->state;
    struct output *output = writer->output;
    size_t count = writer->count;

    for (size_t i = 0; i < count; i++) {
        struct data_cell cell = cells[i];

        if (i > 0)
            output_put_char(output, ',');
        if (cell.text == NULL && state->quote_null) {
            add_quoted(output, state->null_text, state->null_length);
            continue;
        }
        if (cell.text == NULL) {
            output_put(output, state->null_text, state->null_length);
            continue;
        }
        if (!state->as_is[i])
            cell = writer_shown(writer, i, cell);
        if (writer->style.guard && !column_is_tame(&writer->columns[i]))
            add_guarded(writer, cell.text, cell.length);
        else if (state->tame[i] && cell.length > 0)
            output_put(output, cell.text, cell.length);
        else
            add_field(writer, cell.text, cell.length);
    }
    output_put_char(output, '\n');
}

static void csv_end(struct writer *writer, const struct data_note *note)
{
    (void)writer;
    (void)note;
}

const struct format format_csv = {
    .name = "csv", .ending = ".csv", .text = "comma-separated as RFC 4180 quotes it, with LF line ends: COPY's CSV",
    .exact = true, .size = sizeof(struct csv_state), .begin = csv_begin, .row = csv_row, .end = csv_end,
};
