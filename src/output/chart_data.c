/* Rows gathered for a chart. Invariant: an entry's numbers are below point_count and key_count. */
#include "chart_data.h"

#include <math.h>
#include <string.h>

#include "ytempire/base/utf8.h"
#include "ytempire/output.h"

#define KEY_LIMIT 400                   /* bytes by which two values are told apart */
#define LABEL_COLUMNS 80

static bool is_time(const struct data_column *column)
{
    return column->type == DATA_DATE || column->type == DATA_TIMESTAMP || column->type == DATA_TIMESTAMPTZ;
}

static bool is_measure(const struct data_column *column)
{
    return data_type_is_number(column->type) && (column->role == ROLE_MEASURE || column->role == ROLE_NONE);
}

static void copy_columns(struct chart_data *data, const struct data_column *columns)
{
    for (size_t i = 0; i < data->count; i++) {
        struct data_column *column = &data->columns[i];

        *column = columns[i];
        column->name = arena_strdup(data->arena, columns[i].name);
        if (column->currency != NULL)
            column->currency = arena_strdup(data->arena, column->currency);
        column->member = column->title = column->description = NULL;
    }
}

/* The column of time gives the labels, else the first that is no measure; the rest that are none are keys. */
static void sort_columns(struct chart_data *data)
{
    for (size_t i = 0; i < data->count; i++)
        if (is_measure(&data->columns[i]))
            data->measures[data->measure_count++] = i;
        else if (is_time(&data->columns[i]) && !data->timed) {
            data->label = i;
            data->timed = true;
        } else if (data->label == NO_COLUMN) {
            data->label = i;
        }
    for (size_t i = 0; i < data->count; i++)
        if (i != data->label && !is_measure(&data->columns[i]))
            data->keys[data->key_columns++] = i;
}

struct chart_data *chart_data_new(const struct data_column *columns, size_t count)
{
    struct chart_data *data = mem_alloc(sizeof *data);

    data->arena = arena_new();
    data->columns = ARENA_ARRAY(data->arena, struct data_column, count + 1);
    data->keys = ARENA_ARRAY(data->arena, size_t, count + 1);
    data->measures = ARENA_ARRAY(data->arena, size_t, count + 1);
    data->count = count;
    data->label = NO_COLUMN;
    data->point_map = map_new();
    data->key_map = map_new();
    copy_columns(data, columns);
    sort_columns(data);
    return data;
}

void chart_data_free(struct chart_data *data)
{
    if (data == NULL)
        return;
    arena_free(data->arena);
    arena_free(data->filled);
    map_free(data->point_map);
    map_free(data->key_map);
    mem_free(data->points);
    mem_free(data->key_values);
    mem_free(data->entries);
    mem_free(data->values);
    str_done(&data->scratch);
    mem_free(data);
}

void chart_data_freep(struct chart_data **data)
{
    chart_data_free(*data);
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

/* As people read it, but no longer than a chart can show, and on one line. */
static char *label_of(struct chart_data *data, const struct data_column *column, struct data_cell cell)
{
    struct str shown = STR_INIT, safe = STR_INIT;
    char      *label;

    if (cell.text == NULL)
        return arena_strdup(data->arena, "NULL");
    data_cell_show(column, cell, &shown);
    output_safe_text(&safe, str_text(&shown), shown.length < KEY_LIMIT ? shown.length : KEY_LIMIT);
    label = arena_strndup(data->arena, str_text(&safe),
                          utf8_prefix_of_width(str_text(&safe), safe.length, LABEL_COLUMNS, NULL));
    str_done(&shown);
    str_done(&safe);
    return label;
}

static void add_key_text(struct str *to, struct data_cell cell)
{
    str_add_char(to, cell.text == NULL ? 'n' : 'v');
    for (size_t i = 0; i < cell.length && i < KEY_LIMIT; i++)
        if (cell.text[i] != '\0')
            str_add_char(to, cell.text[i]);
}

static uint32_t number_in(struct map *map, const char *key, size_t otherwise)
{
    uintptr_t found = (uintptr_t)map_get(map, key);

    if (found == 0)
        (void)map_put(map, key, (void *)(uintptr_t)(otherwise + 1));
    return (uint32_t)(found != 0 ? found - 1 : otherwise);
}

static uint32_t point_number(struct chart_data *data, const struct data_cell *cells)
{
    struct chart_point point = {.instant = 0};
    struct data_cell   cell = data->label != NO_COLUMN ? cells[data->label] : CELL_NULL;
    uint32_t           number;

    str_clear(&data->scratch);
    add_key_text(&data->scratch, cell);
    number = number_in(data->point_map, str_text(&data->scratch), data->point_count);
    if (number < data->point_count)
        return number;
    if (data->label != NO_COLUMN)
        point.label = label_of(data, &data->columns[data->label], cell);
    else
        point.label = arena_strdup(data->arena, "");
    if (data->timed && (cell.text == NULL || instant_from_text(cell.text, cell.length, &point.instant) < 0))
        data->timed = false;
    VEC_PUSH(data->points, data->point_count, data->point_room, point);
    return number;
}

static uint32_t key_number(struct chart_data *data, const struct data_cell *cells)
{
    struct chart_key key = {0};
    struct str       label = STR_INIT;
    uint32_t         number;

    str_clear(&data->scratch);
    for (size_t i = 0; i < data->key_columns; i++)
        add_key_text(&data->scratch, cells[data->keys[i]]);
    number = number_in(data->key_map, str_text(&data->scratch), data->key_count);
    if (number < data->key_count)
        return number;
    for (size_t i = 0; i < data->key_columns; i++)
        str_addf(&label, "%s%s", i > 0 ? " " : "",
                 label_of(data, &data->columns[data->keys[i]], cells[data->keys[i]]));
    key.label = arena_strdup(data->arena, str_text(&label));
    str_done(&label);
    VEC_PUSH(data->key_values, data->key_count, data->key_room, key);
    return number;
}

static double value_of(struct data_cell cell)
{
    double value;

    return cell.text != NULL && text_to_double(cell.text, cell.length, &value) == 0 ? value : NAN;
}

void chart_data_row(struct chart_data *data, const struct data_cell *cells)
{
    struct chart_entry entry;
    size_t             at = data->entry_count * data->measure_count;

    if (data->rows++ >= CHART_ROWS_LIMIT || data->measure_count == 0)
        return;
    entry.point = point_number(data, cells);
    entry.key = key_number(data, cells);
    VEC_PUSH(data->entries, data->entry_count, data->entry_room, entry);
    if (at + data->measure_count > data->value_room) {
        data->value_room = data->value_room * 2 + data->measure_count;
        data->values = mem_array(data->values, data->value_room, sizeof *data->values);
    }
    for (size_t i = 0; i < data->measure_count; i++)
        data->values[at + i] = value_of(cells[data->measures[i]]);
    if (isfinite(data->values[at]))
        data->key_values[entry.key].total += fabs(data->values[at]);
}

enum chart_kind chart_data_kind(const struct chart_data *data)
{
    return data->timed && data->point_count > 1 ? CHART_LINE : CHART_BAR;
}
