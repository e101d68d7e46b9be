/*
 * cube: the response body of Cube's /load. Numbers are strings; a time bucket stands under its member and under
 * member.granularity, in the query's zone and without an offset, with milliseconds. The order of an object's keys means
 * nothing, so `data` streams first and what is known at the end follows. By Cube's responseFormat `data` is a list of
 * objects, or {members, dataset} with a list a row (compact), or {members, columns} with a list a column (columnar):
 * that one is kept in memory until its end.
 *
 * Ranges that are compared (compareDateRange) are a result each: {queryType, results: [result, …], pivotQuery}, with
 * the range in every row.
 */
#include "output_int.h"

enum cube_layout { LAYOUT_OBJECTS, LAYOUT_COMPACT, LAYOUT_COLUMNAR };

struct cube_column {
    const char    *keys[2];        /* as JSON; the second is NULL where there is one only */
    struct output *cells;          /* columnar: its values so far */
    enum json_kind kind;
    bool           is_time;
};

struct cube_state {
    struct cube_column *columns;
    size_t              count;
    enum cube_layout    layout;
    int                 part, parts;   /* 1 of 2 results; 0: the only one */
    const char         *range;         /* of the part, as JSON */
};

#define COMPARED "compareDateRange"

static const char *key_of(struct writer *writer, const char *name)
{
    struct output *key = output_new(-1, "a key");
    const char *bytes, *made;
    size_t length;

    json_add_string(key, name, strlen(name));
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

static void drop_cells(struct writer *writer)
{
    struct cube_state *state = writer->state;

    for (size_t i = 0; i < state->count; i++)
        output_free(TAKE(state->columns[i].cells));
    state->count = 0;
}

/* "a","b","b.day" */
static void add_members(const struct writer *writer)
{
    const struct cube_state *state = writer->state;

    for (size_t i = 0, n = 0; i < writer->count; i++)
        for (size_t k = 0; k < COUNT_OF(state->columns[i].keys) && state->columns[i].keys[k] != NULL; k++) {
            if (n++ > 0)
                output_put_char(writer->output, ',');
            output_add_text(writer->output, state->columns[i].keys[k]);
        }
    if (state->parts > 0)
        output_add_text(writer->output, writer->count > 0 ? ",\"" COMPARED "\"" : "\"" COMPARED "\"");
}

/* "compact 1/2 FROM - TO" */
static void read_layout(struct writer *writer)
{
    struct cube_state *state = writer->state;
    size_t             word = strcspn(writer->layout, " ");
    const char        *rest = writer->layout + word;
    char               name[16] = "";
    int                length = 0;

    if (word < sizeof name)
        memcpy(name, writer->layout, word);
    state->layout = text_equal(name, "compact")    ? LAYOUT_COMPACT
                    : text_equal(name, "columnar") ? LAYOUT_COLUMNAR
                                                   : LAYOUT_OBJECTS;
    state->part = state->parts = 0;
    if (sscanf(rest, " %d/%d %n", &state->part, &state->parts, &length) >= 2 && length > 0)
        state->range = key_of(writer, rest + length);
    if (state->part == 1)
        output_add_text(writer->output, "{\"queryType\":\"compareDateRangeQuery\",\"results\":[\n");
}

static void cube_begin(struct writer *writer)
{
    struct cube_state *state = writer->state;

    state->columns = ARENA_ARRAY(writer->arena, struct cube_column, writer->count + 1);
    read_layout(writer);
    for (size_t i = 0; i < writer->count; i++)
        begin_column(writer, i);
    if (state->layout == LAYOUT_OBJECTS) {
        output_add_text(writer->output, "{\"data\":[");
        return;
    }
    output_add_text(writer->output, "{\"data\":{\"members\":[");
    add_members(writer);
    output_add_text(writer->output, state->layout == LAYOUT_COMPACT ? "],\"dataset\":[" : "],\"columns\":[");
    if (state->layout == LAYOUT_COLUMNAR)
        for (state->count = 0; state->count < writer->count; state->count++)
            state->columns[state->count].cells = output_new(-1, "a column");
}

/* "2026-01-31T12:00:00.000": the local time, as Cube writes it. */
static void add_time(struct writer *writer, struct output *output, const struct data_column *column,
                     struct data_cell cell)
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
        json_add_string(output, text, length);
        return;
    }
    memcpy(local, text, length < 19 ? length : 19);
    if (length > 20 && text[19] == '.') {
        fraction = strspn(text + 20, "0123456789");
        memcpy(local + 20, text + 20, fraction < 3 ? fraction : 3);
    }
    json_add_string(output, local, strlen(local));
}

static void add_value(struct writer *writer, struct output *output, size_t i, struct data_cell cell)
{
    const struct cube_column *column = &((struct cube_state *)writer->state)->columns[i];

    if (column->is_time && cell.text != NULL)
        add_time(writer, output, &writer->columns[i], cell);
    else
        json_add_value(output, column->kind, &writer->columns[i], cell, &writer->scratch);
}

static void add_to_columns(struct writer *writer, const struct data_cell *cells)
{
    const struct cube_state *state = writer->state;

    for (size_t i = 0; i < writer->count; i++) {
        if (writer->rows > 1)
            output_put_char(state->columns[i].cells, ',');
        add_value(writer, state->columns[i].cells, i, cells[i]);
    }
}

static void add_range(struct writer *writer, bool named, bool first)
{
    const struct cube_state *state = writer->state;

    if (state->parts == 0)
        return;
    output_add_text(writer->output, first ? "" : ",");
    output_add_text(writer->output, named ? "\"" COMPARED "\":" : "");
    output_add_text(writer->output, state->range);
}

static void cube_row(struct writer *writer, const struct data_cell *cells)
{
    const struct cube_state *state = writer->state;
    struct output *output = writer->output;
    bool objects = state->layout == LAYOUT_OBJECTS;

    if (state->layout == LAYOUT_COLUMNAR) {
        add_to_columns(writer, cells);
        return;
    }
    output_add_text(output, writer->rows == 1 ? "\n" : ",\n");
    output_put_char(output, objects ? '{' : '[');
    for (size_t i = 0, n = 0; i < writer->count; i++) {
        const struct cube_column *column = &state->columns[i];

        for (size_t k = 0; k < COUNT_OF(column->keys) && column->keys[k] != NULL; k++) {
            if (n++ > 0)
                output_put_char(output, ',');
            if (objects) {
                output_put(output, column->keys[k], strlen(column->keys[k]));
                output_put_char(output, ':');
            }
            add_value(writer, output, i, cells[i]);
        }
    }
    add_range(writer, objects, writer->count == 0);
    output_put_char(output, objects ? '}' : ']');
}

static void add_columns(struct writer *writer)
{
    const struct cube_state *state = writer->state;

    for (size_t i = 0, n = 0; i < writer->count; i++)
        for (size_t k = 0; k < COUNT_OF(state->columns[i].keys) && state->columns[i].keys[k] != NULL; k++) {
            size_t      length;
            const char *bytes = output_bytes(state->columns[i].cells, &length);

            output_add_text(writer->output, n++ > 0 ? ",\n[" : "\n[");
            output_add(writer->output, bytes, length);
            output_put_char(writer->output, ']');
        }
    if (state->parts > 0) {
        output_add_text(writer->output, writer->count > 0 ? ",\n[" : "\n[");
        for (size_t row = 0; row < writer->rows; row++)
            add_range(writer, false, row == 0);
        output_put_char(writer->output, ']');
    }
    drop_cells(writer);
}

static void add_part_end(struct writer *writer, const struct data_note *note)
{
    const struct cube_state *state = writer->state;

    if (state->part < state->parts) {
        output_add_text(writer->output, ",\n");
    } else if (state->parts > 0) {
        output_add_text(writer->output, "],\n\"pivotQuery\":");
        output_add_text(writer->output, note->cube_pivot != NULL ? note->cube_pivot : "null");
        output_add_text(writer->output, ",\n\"slowQuery\":false}\n");
    }
}

static void cube_end(struct writer *writer, const struct data_note *note)
{
    struct output *output = writer->output;

    if (((struct cube_state *)writer->state)->layout == LAYOUT_COLUMNAR)
        add_columns(writer);
    output_add_text(output, writer->rows == 0 ? "]" : "\n]");
    output_add_text(output, ((struct cube_state *)writer->state)->layout == LAYOUT_OBJECTS ? "" : "}");
    output_add_text(output, ",\n\"query\":");
    output_add_text(output, note->cube_query != NULL ? note->cube_query : "null");
    output_add_text(output, ",\n\"annotation\":");
    output_add_text(output, note->cube_annotation != NULL ? note->cube_annotation : "{}");
    if (note->row_count != NULL) {
        output_add_text(output, ",\n\"total\":");
        output_add_text(output, note->row_count);
    }
    output_add_text(
        output, ((struct cube_state *)writer->state)->part < ((struct cube_state *)writer->state)->parts ? "}" : "}\n");
    add_part_end(writer, note);
}

const struct format format_cube = {
    .name = "cube",
    .text = "the response body of Cube's /load: query, data, annotation",
    .exact = true,
    .size = sizeof(struct cube_state),
    .begin = cube_begin,
    .row = cube_row,
    .end = cube_end,
    .free = drop_cells,
};
