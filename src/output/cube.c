/*
 * cube: the response body of Cube's /load. Numbers are strings; a time bucket stands under its member and under
 * member.granularity, in the query's zone and without an offset, with milliseconds. The order of an object's keys means
 * nothing, so `data` streams first and what is known at the end follows.
 */
#include "output_int.h"

struct cube_column {
    const char    *keys[2];        /* as JSON with the colon; the second is NULL where there is one only */
    enum json_kind kind;
    bool           is_time;
};

struct cube_state {
    struct cube_column *columns;
};

static const char *key_of(struct writer *writer, const char *name)
{
    struct output *key = output_new(-1, "a key");
    const char *bytes, *made;
    size_t length;

    json_add_string(key, name, strlen(name));
    output_put_char(key, ':');
    bytes = output_bytes(key, &length);
    made = arena_strndup(writer->arena, bytes, length);
    output_free(key);
    return made;
}

static bool is_time(const struct data_column *column)
{
    return column->type == DATA_TIMESTAMPTZ || column->type == DATA_TIMESTAMP || column->type == DATA_DATE;
}

/* "VideoPerformance.snapshot_time" of "VideoPerformance.snapshot_time.day", or the whole. */
static const char *member_without_unit(struct writer *writer, const struct data_column *column)
{
    const char *dot = strrchr(column->member, '.');

    if (column->unit == UNIT_NONE || dot == NULL || !text_equal(dot + 1, data_unit_name(column->unit)))
        return column->member;
    return arena_strndup(writer->arena, column->member, (size_t)(dot - column->member));
}

static void begin_column(struct writer *writer, size_t i)
{
    const struct data_column *from = &writer->columns[i];
    struct cube_column *column = &((struct cube_state *)writer->state)->columns[i];

    column->kind = json_kind_of(from);
    if (column->kind == JSON_NUMBER || column->kind == JSON_MAYBE_NUMBER)
        column->kind = JSON_TAME;
    column->is_time = is_time(from);
    if (from->member == NULL) {
        column->keys[0] = key_of(writer, from->name);
    } else if (column->is_time && from->unit != UNIT_NONE) {
        const char *member = member_without_unit(writer, from);

        column->keys[0] = key_of(writer, arena_printf(writer->arena, "%s.%s", member, data_unit_name(from->unit)));
        column->keys[1] = key_of(writer, member);
    } else {
        column->keys[0] = key_of(writer, from->member);
    }
}

static void cube_begin(struct writer *writer)
{
    struct cube_state *state = writer->state;

    state->columns = ARENA_ARRAY(writer->arena, struct cube_column, writer->count + 1);
    for (size_t i = 0; i < writer->count; i++)
        begin_column(writer, i);
    output_add_text(writer->output, "{\"data\":[");
}

/* "2026-01-31T12:00:00.000": the local time, as Cube writes it. */
static void add_time(struct writer *writer, const struct data_column *column, struct data_cell cell)
{
    struct str *iso = &writer->scratch;
    const char *text;
    char local[32] = "0000-00-00T00:00:00.000";
    size_t length, fraction;

    str_clear(iso);
    data_cell_iso(column, cell, iso);
    text = str_text(iso);
    length = iso->length;
    if (length < 10 || text[4] != '-' || (length > 10 && text[10] != 'T')) {
        json_add_string(writer->output, text, length);
        return;
    }
    memcpy(local, text, length < 19 ? length : 19);
    if (length > 20 && text[19] == '.') {
        fraction = strspn(text + 20, "0123456789");
        memcpy(local + 20, text + 20, fraction < 3 ? fraction : 3);
    }
    json_add_string(writer->output, local, strlen(local));
}

static void cube_row(struct writer *writer, const struct data_cell *cells)
{
    const struct cube_state *state = writer->state;
    struct output *output = writer->output;

    output_put(output, writer->rows == 1 ? "\n{" : ",\n{", writer->rows == 1 ? 2 : 3);
    for (size_t i = 0; i < writer->count; i++) {
        const struct cube_column *column = &state->columns[i];

        for (size_t k = 0; k < COUNT_OF(column->keys) && column->keys[k] != NULL; k++) {
            if (i > 0 || k > 0)
                output_put_char(output, ',');
            output_put(output, column->keys[k], strlen(column->keys[k]));
            if (column->is_time && cells[i].text != NULL)
                add_time(writer, &writer->columns[i], cells[i]);
            else
                json_add_value(output, column->kind, &writer->columns[i], cells[i], &writer->scratch);
        }
    }
    output_put_char(output, '}');
}

static void cube_end(struct writer *writer, const struct data_note *note)
{
    struct output *output = writer->output;

    output_add_text(output, writer->rows == 0 ? "],\n\"query\":" : "\n],\n\"query\":");
    output_add_text(output, note->cube_query != NULL ? note->cube_query : "null");
    output_add_text(output, ",\n\"annotation\":");
    output_add_text(output, note->cube_annotation != NULL ? note->cube_annotation : "{}");
    if (note->row_count != NULL) {
        output_add_text(output, ",\n\"total\":");
        output_add_text(output, note->row_count);
    }
    output_add_text(output, "}\n");
}

const struct format format_cube = {
    .name = "cube", .text = "the response body of Cube's /load: query, data, annotation",
    .exact = true, .size = sizeof(struct cube_state), .begin = cube_begin, .row = cube_row, .end = cube_end,
};
