/*
 * compareDateRange in the format `cube`: each range a question and a result of its own, as Cube answers it. What is
 * said of the results as one answer goes with them: which of how many it is and its range before the rows
 * (sink_layout), Cube's pivotQuery behind the last.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ask_int.h"

struct part {
    struct sink_before before;
    struct arena      *arena;
    size_t             number, count;
    const char        *range;                /* "2024-03-01T00:00:00.000 - 2024-03-31T23:59:59.999" */
    const char        *query, *pivot;        /* JSON */
};

static struct part *part_of(struct sink *sink)
{
    return (struct part *)sink;
}

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    return sink_begin(part_of(sink)->before.front, columns, count, error);
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    return sink_row(part_of(sink)->before.front, cells, error);
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    struct data_note with = note != NULL ? *note : (struct data_note){0};

    with.cube_query = part_of(sink)->query;
    with.cube_pivot = part_of(sink)->pivot;
    return sink_end(part_of(sink)->before.front, &with, error);
}

static void on_layout(struct sink *sink, const char *layout)
{
    struct part *part = part_of(sink);

    sink_layout(part->before.front, arena_printf(part->arena, "%s %zu/%zu %s", layout != NULL ? layout : "",
                                                 part->number, part->count, part->range));
}

static const struct sink_ops ops = {
    .begin = on_begin, .row = on_row, .end = on_end, .layout = on_layout,
    .text = sink_before_text, .progress = sink_before_progress, .ask = sink_before_ask,
};

/* "2024-03-01" as the moment it begins or ends with. */
static json_t *moment(const char *text, const char *of_day)
{
    return json_sprintf("%s%s", text, strlen(text) == strlen("2024-03-01") ? of_day : "");
}

/* ["…T00:00:00.000", "…T23:59:59.999"] of a range of days or moments. */
static json_t *whole_range(const json_t *range)
{
    const char *from = json_string_value(json_is_array(range) ? json_array_get(range, 0) : range);
    const char *to = json_string_value(json_is_array(range) ? json_array_get(range, json_array_size(range) - 1)
                                                            : range);

    if (from == NULL || to == NULL)
        return NULL;
    return json_pack("[o, o]", moment(from, "T00:00:00.000"), moment(to, "T23:59:59.999"));
}

/* As Cube has it: every range in full; that of the first is what the rows are told apart by. */
static void put_ranges(struct part *part, const json_t *query, const json_t *absolute)
{
    const json_t *times = json_object_get(query, "timeDimensions"),
                 *fixed = json_object_get(absolute, "timeDimensions");

    part->range = NULL;
    for (size_t i = 0; i < json_array_size(times); i++) {
        json_t *range = whole_range(json_object_get(json_array_get(fixed, i), "dateRange"));

        if (range == NULL)
            continue;
        json_object_set_new(json_array_get(times, i), "dateRange", range);
        if (part->range == NULL)
            part->range = arena_printf(part->arena, "%s - %s", json_string_value(json_array_get(range, 0)),
                                       json_string_value(json_array_get(range, 1)));
    }
    if (part->range == NULL)
        part->range = "";
}

static const char *json_text(struct arena *arena, const json_t *json)
{
    char       *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    const char *copy = text != NULL ? arena_strdup(arena, text) : NULL;

    free(text);
    return copy;
}

/* The query, and pivotQuery: the same with the range as its first dimension. */
static void read_query(struct part *part, const struct compiled *compiled)
{
    json_t *query = json_loads(compiled->note.cube_query, 0, NULL), *absolute = json_loads(compiled->json, 0, NULL);
    json_t *dimensions = json_pack("[s]", "compareDateRange"), *given = json_object_get(query, "dimensions");

    put_ranges(part, query, absolute);
    part->query = json_text(part->arena, query);
    if (given != NULL)
        json_array_extend(dimensions, given);
    json_object_set_new(query, "dimensions", dimensions);
    json_object_set_new(query, "queryType", json_string("compareDateRangeQuery"));
    part->pivot = json_text(part->arena, query);
    json_decref(query);
    json_decref(absolute);
}

static int describe(struct app *app, struct query *query, struct part *part, struct error *error)
{
    _cleanup_(asked_done) struct asked asked = ASKED_INIT;
    int r;

    asked.query = query;
    r = ask_compile_alone(app, part->arena, ask_minute(), false, &asked, error);
    if (r >= 0)
        read_query(part, asked.compiled);
    return r;
}

bool ask_is_compared(struct app *app, const char *text, const struct query *query)
{
    return text[strspn(text, " \t\r\n")] == '{' && query_compared_count(query) > 0 &&
           text_equal(conf_text(app->conf, OPTION_FORMAT), "cube");
}

int ask_compared(struct app *app, struct arena *arena, const struct query *query, struct sink *sink,
                 struct error *error)
{
    size_t      count = query_compared_count(query);
    const char *pivot = NULL;
    int         r = 0;

    for (size_t i = 0; i < count && r >= 0; i++) {
        struct part   part = {.before = {{&ops}, sink}, .arena = arena, .number = i + 1, .count = count};
        struct query *one = query_of_compared(arena, query, i);

        r = describe(app, one, &part, error);
        pivot = i == 0 ? part.pivot : pivot;
        part.pivot = pivot;
        if (r >= 0)
            r = ask_query(app, arena, query_to_json(arena, one), one, &part.before.sink, error);
    }
    return r;
}
