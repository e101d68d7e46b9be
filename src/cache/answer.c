/*
 * An answer: written down as it passes to a front end, kept as a head (columns and note, JSON) and packed cells, and
 * played to a front end again.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cache_int.h"

#define HEAD_VERSION 1                     /* another one is not read */
#define TEXT_TIMES 4                       /* as JSON, with the columns' names in each row, it may be so many times as large */

/* -- rows ---------------------------------------------------------------------------------------------------------- */

struct cache_rows *rows_new(void)
{
    struct cache_rows *rows = mem_alloc(sizeof *rows);

    rows->refs = 1;
    rows->arena = arena_new();
    return rows;
}

struct cache_rows *cache_rows_ref(struct cache_rows *rows)
{
    rows->refs++;
    return rows;
}

void cache_rows_unref(struct cache_rows *rows)
{
    if (rows == NULL || --rows->refs > 0)
        return;
    arena_free(rows->arena);
    str_done(&rows->raw);
    mem_free(rows);
}

void cache_rows_unrefp(struct cache_rows **rows)
{
    cache_rows_unref(*rows);
}

size_t cache_rows_count(const struct cache_rows *rows)
{
    return rows->count;
}

size_t rows_bytes(const struct cache_rows *rows)
{
    return sizeof *rows + rows->raw.length + rows->column_count * sizeof *rows->columns + rows->head + 4096;
}

static int next_row(const struct cache_rows *rows, size_t *at, struct data_cell *cells)
{
    for (size_t i = 0; i < rows->column_count; i++)
        if (rows_next_cell(&rows->raw, at, &cells[i]) < 0)
            return ERR_SYNTAX;
    return 0;
}

int cache_rows_send(const struct cache_rows *rows, const char *cache, const char *key, int64_t age_us,
                    struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) struct data_cell *cells = mem_alloc((rows->column_count + 1) * sizeof *cells);
    struct data_note note = rows->note;
    size_t           at = 0;
    int              r;

    note.cache = cache;
    note.key = key;
    note.age_us = age_us;
    sink_layout(sink, rows->layout);
    r = sink_begin(sink, rows->columns, rows->column_count, error);
    for (size_t i = 0; r >= 0 && i < rows->count; i++) {
        r = next_row(rows, &at, cells);
        if (r >= 0)
            r = sink_row(sink, cells, error);
        if (r >= 0)
            r = task_breathe();
    }
    return r < 0 ? r : sink_end(sink, &note, error);
}

/* -- the head as JSON ---------------------------------------------------------------------------------------------- */

static void put(json_t *object, const char *name, const char *text)
{
    if (text != NULL)
        (void)json_object_set_new(object, name, json_string(text));
}

static json_t *column_json(const struct data_column *column)
{
    json_t *json = json_pack("{s:[i,i,i,i,i,i,b]}", "of", (int)column->type, (int)column->element, (int)column->format,
                             column->decimals, (int)column->unit, (int)column->role, (int)column->marked);

    put(json, "name", column->name);
    put(json, "currency", column->currency);
    put(json, "zone", column->zone != NULL ? zone_name(column->zone) : NULL);
    put(json, "member", column->member);
    put(json, "title", column->title);
    put(json, "description", column->description);
    return json;
}

/* Texts of a note, by their names in the head. */
#define NOTE_TEXTS(X)                                                                                                  \
    X(title) X(range) X(zone) X(rule) X(source) X(rollup) X(watermark) X(row_count) X(cube_query) X(cube_annotation)

char *head_text(const struct cache_record *record, const char *class_name)
{
    const struct data_note *note = &record->note;
    json_t *columns = json_array(), *remarks = json_array(), *notes = json_object(), *head;
    char   *text, *copy;

    for (size_t i = 0; i < record->column_count; i++)
        (void)json_array_append_new(columns, column_json(&record->columns[i]));
    for (size_t i = 0; i < note->remark_count; i++)
        (void)json_array_append_new(remarks, json_string(note->remarks[i]));
#define X(name) put(notes, #name, note->name);
    NOTE_TEXTS(X)
#undef X
    head = json_pack("{s:i, s:s, s:I, s:b, s:o, s:o, s:o}", "version", HEAD_VERSION, "class", class_name, "rows",
                     (json_int_t)record->count, "limited", (int)note->limited, "columns", columns, "remarks", remarks,
                     "note", notes);
    put(head, "layout", record->layout);
    text = json_dumps(head, JSON_COMPACT);
    json_decref(head);
    copy = mem_strdup(text != NULL ? text : "");
    free(text);
    return copy;
}

static const char *text_of(struct arena *arena, const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? arena_strdup(arena, text) : NULL;
}

static bool read_column(struct arena *arena, const json_t *json, struct data_column *ret)
{
    static const int most[] = {DATA_ARRAY, DATA_ARRAY, FORMAT_BYTES, 100, UNIT_YEAR, ROLE_MEASURE};
    json_t          *of = json_object_get(json, "of");
    const char      *zone = json_string_value(json_object_get(json, "zone"));
    int              numbers[COUNT_OF(most)];

    for (size_t i = 0; i < COUNT_OF(most); i++) {
        json_int_t number = json_integer_value(json_array_get(of, i));

        if (number > most[i] || number < (i == 3 ? -1 : 0))
            return false;
        numbers[i] = (int)number;
    }
    *ret = (struct data_column){
        .name = text_of(arena, json, "name"),
        .type = (enum data_type)numbers[0],
        .element = (enum data_type)numbers[1],
        .format = (enum data_format)numbers[2],
        .decimals = numbers[3],
        .unit = (enum data_unit)numbers[4],
        .role = (enum data_role)numbers[5],
        .marked = json_is_true(json_array_get(of, COUNT_OF(most))),
        .currency = text_of(arena, json, "currency"),
        .member = text_of(arena, json, "member"),
        .title = text_of(arena, json, "title"),
        .description = text_of(arena, json, "description"),
    };
    return ret->name != NULL && (zone == NULL || zone_find(zone, &ret->zone) >= 0);
}

static bool read_head(struct cache_rows *rows, const json_t *head)
{
    const json_t *columns = json_object_get(head, "columns"), *remarks = json_object_get(head, "remarks"),
                 *note = json_object_get(head, "note");
    json_int_t    count = json_integer_value(json_object_get(head, "rows"));
    const char  **lines = ARENA_ARRAY(rows->arena, const char *, json_array_size(remarks) + 1);

    rows->column_count = json_array_size(columns);
    if (json_integer_value(json_object_get(head, "version")) != HEAD_VERSION || count < 0 || rows->column_count == 0)
        return false;
    rows->columns = ARENA_ARRAY(rows->arena, struct data_column, rows->column_count + 1);
    for (size_t i = 0; i < rows->column_count; i++)
        if (!read_column(rows->arena, json_array_get(columns, i), &rows->columns[i]))
            return false;
    for (size_t i = 0; i < json_array_size(remarks); i++) {
        const char *line = json_string_value(json_array_get(remarks, i));

        if (line == NULL)
            return false;
        lines[i] = arena_strdup(rows->arena, line);
    }
    rows->count = (size_t)count;
    rows->layout = text_of(rows->arena, head, "layout");
    rows->note.remarks = lines;
    rows->note.remark_count = json_array_size(remarks);
    rows->note.limited = json_is_true(json_object_get(head, "limited"));
#define X(name) rows->note.name = text_of(rows->arena, note, #name);
    NOTE_TEXTS(X)
#undef X
    return true;
}

/* Each cell must be there, and nothing behind them. */
static bool cells_are_whole(const struct cache_rows *rows)
{
    struct data_cell cell;
    size_t           at = 0;

    for (size_t i = 0; i < rows->count; i++)
        for (size_t c = 0; c < rows->column_count; c++)
            if (rows_next_cell(&rows->raw, &at, &cell) < 0)
                return false;
    return at == rows->raw.length;
}

int rows_read(const char *head, size_t head_length, const char *packed, size_t packed_length,
              struct cache_rows **ret_rows)
{
    struct cache_rows *rows = rows_new();
    json_t            *json = json_loadb(head, head_length, 0, NULL);
    bool               well = json != NULL && read_head(rows, json);

    rows->head = head_length;
    json_decref(json);
    well = well && rows_unpack(packed, packed_length, 2 * CACHE_ROWS_MOST, &rows->raw) >= 0 && cells_are_whole(rows);
    if (!well) {
        cache_rows_unref(rows);
        return ERR_SYNTAX;
    }
    *ret_rows = rows;
    return 0;
}

/* -- writing down what passes -------------------------------------------------------------------------------------- */

static struct cache_record *record_of(struct sink *sink)
{
    return (struct cache_record *)sink;
}

static const char *keep(struct cache_record *record, const char *text)
{
    return text != NULL ? arena_strdup(record->arena, text) : NULL;
}

static void keep_columns(struct cache_record *record, const struct data_column *columns, size_t count)
{
    record->columns = ARENA_ARRAY(record->arena, struct data_column, count + 1);
    record->column_count = count;
    record->row_text = sizeof "{}, " - 1;
    for (size_t i = 0; i < count; i++) {
        struct data_column *column = &record->columns[i];

        *column = columns[i];
        column->name = keep(record, column->name);
        column->currency = keep(record, column->currency);
        column->member = keep(record, column->member);
        column->title = keep(record, column->title);
        column->description = keep(record, column->description);
        record->row_text += strlen(column->name) + sizeof "\"\": , " - 1;
    }
}

static void grow_too_large(struct cache_record *record)
{
    record->large = true;
    str_done(&record->raw);
}

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    struct cache_record *record = record_of(sink);

    keep_columns(record, columns, count);
    return sink_begin(record->before.front, columns, count, error);
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct cache_record *record = record_of(sink);
    size_t               before = record->raw.length;

    for (size_t i = 0; !record->large && i < record->column_count; i++)
        rows_add_cell(&record->raw, cells[i]);
    record->count++;
    record->text += record->row_text + record->raw.length - before;
    if (record->raw.length > record->most || record->text > TEXT_TIMES * record->most)
        grow_too_large(record);
    return sink_row(record->before.front, cells, error);
}

static void keep_note(struct cache_record *record, const struct data_note *note)
{
    const char **lines = ARENA_ARRAY(record->arena, const char *, note->remark_count + 1);

    record->note = *note;
    for (size_t i = 0; i < note->remark_count; i++)
        lines[i] = keep(record, note->remarks[i]);
    record->note.remarks = lines;
#define X(name) record->note.name = keep(record, note->name);
    NOTE_TEXTS(X)
#undef X
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    struct cache_record *record = record_of(sink);
    struct data_note     named = note != NULL ? *note : (struct data_note){0};

    keep_note(record, &named);
    record->ended = true;
    named.cache = record->cache;
    named.key = record->key;
    return sink_end(record->before.front, &named, error);
}

static void on_layout(struct sink *sink, const char *layout)
{
    record_of(sink)->layout = keep(record_of(sink), layout);
    sink_layout(record_of(sink)->before.front, layout);
}

struct cache_record *cache_record_new(struct sink *front, size_t most)
{
    static const struct sink_ops ops = {
        .begin = on_begin,
        .row = on_row,
        .end = on_end,
        .layout = on_layout,
        .text = sink_before_text,
        .progress = sink_before_progress,
        .ask = sink_before_ask,
    };
    struct cache_record *record = mem_alloc(sizeof *record);

    record->before.sink.ops = &ops;
    record->before.front = front;
    record->arena = arena_new();
    record->most = most;
    return record;
}

void cache_record_free(struct cache_record *record)
{
    if (record == NULL)
        return;
    arena_free(record->arena);
    str_done(&record->raw);
    mem_free(record);
}

struct sink *cache_record_sink(struct cache_record *record)
{
    return &record->before.sink;
}

void cache_record_name(struct cache_record *record, const char *cache, const char *key)
{
    record->cache = cache;
    record->key = key;
}

void record_json(const struct cache_record *record, struct str *to)
{
    struct data_cell cell;
    size_t           at = 0;

    str_add_char(to, '[');
    for (size_t i = 0; i < record->count; i++) {
        str_add(to, i > 0 ? ", {" : "{");
        for (size_t c = 0; c < record->column_count; c++) {
            const char *name = record->columns[c].name;

            if (rows_next_cell(&record->raw, &at, &cell) < 0)
                cell = CELL_NULL;
            str_add(to, c > 0 ? ", " : "");
            python_string(to, name, strlen(name));
            str_add(to, ": ");
            python_cell(to, &record->columns[c], cell);
        }
        str_add_char(to, '}');
    }
    str_add_char(to, ']');
}

bool cache_record_is_whole(const struct cache_record *record)
{
    return record->ended && !record->large;
}
