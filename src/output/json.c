/* json: an array of objects. ndjson: an object a line. Keys and what stands around them are made once a result. */
#include "output_int.h"

struct json_column {
    const char    *key;            /* `{"name":` or `,"name":` */
    size_t         length;
    enum json_kind kind;
};

struct json_state {
    struct json_column *columns;
};

static void begin_columns(struct writer *writer)
{
    struct json_state *state = writer->state;
    struct output *key = output_new(-1, "a key");

    state->columns = ARENA_ARRAY(writer->arena, struct json_column, writer->count + 1);
    for (size_t i = 0; i < writer->count; i++) {
        struct json_column *column = &state->columns[i];
        const char *name = writer->columns[i].name, *bytes;

        key->used = 0;
        output_put_char(key, i == 0 ? '{' : ',');
        json_add_string(key, name, strlen(name));
        output_put_char(key, ':');
        bytes = output_bytes(key, &column->length);
        column->key = arena_strndup(writer->arena, bytes, column->length);
        column->kind = json_kind_of(&writer->columns[i]);
    }
    output_free(key);
}

static void add_object(struct writer *writer, const struct data_cell *cells)
{
    const struct json_state *state = writer->state;
    struct output *output = writer->output;
    size_t count = writer->count;

    if (count == 0)
        output_put_char(output, '{');
    for (size_t i = 0; i < count; i++) {
        const struct json_column *column = &state->columns[i];

        output_put(output, column->key, column->length);
        json_add_value(output, column->kind, &writer->columns[i], cells[i], &writer->scratch);
    }
    output_put_char(output, '}');
}

static void json_begin(struct writer *writer)
{
    begin_columns(writer);
    output_put_char(writer->output, '[');
}

static void json_row(struct writer *writer, const struct data_cell *cells)
{
    output_put(writer->output, writer->rows == 1 ? "\n" : ",\n", writer->rows == 1 ? 1 : 2);
    add_object(writer, cells);
}

static void json_end(struct writer *writer, const struct data_note *note)
{
    (void)note;
    output_add_text(writer->output, writer->rows == 0 ? "]\n" : "\n]\n");
}

static void ndjson_row(struct writer *writer, const struct data_cell *cells)
{
    add_object(writer, cells);
    output_put_char(writer->output, '\n');
}

static void ndjson_end(struct writer *writer, const struct data_note *note)
{
    (void)writer;
    (void)note;
}

const struct format format_json = {
    .name = "json", .ending = ".json", .text = "an array of objects; numbers exact, times ISO 8601 with offset",
    .exact = true, .size = sizeof(struct json_state), .begin = json_begin, .row = json_row, .end = json_end,
};

const struct format format_ndjson = {
    .name = "ndjson", .ending = ".ndjson", .text = "the same objects, one a line",
    .exact = true, .size = sizeof(struct json_state), .begin = begin_columns, .row = ndjson_row, .end = ndjson_end,
};
