/*
 * Values that another program has put under a key: a list of flat objects is rows. Numbers come with the digits of a
 * double; what was written by default=str is text and stands as it is.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache_int.h"

static enum data_type type_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_INTEGER:
        return DATA_INT;
    case JSON_REAL:
        return DATA_FLOAT;
    case JSON_TRUE:
    case JSON_FALSE:
        return DATA_BOOL;
    case JSON_OBJECT:
    case JSON_ARRAY:
        return DATA_JSON;
    case JSON_STRING:
    case JSON_NULL:
        break;
    }
    return DATA_TEXT;
}

/* Else there is no point in looking for columns. */
static bool are_alike(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);

        if (!json_is_object(row) || json_object_size(row) != json_object_size(json_array_get(list, 0)))
            return false;
    }
    return json_array_size(list) > 0;
}

/* The columns of the first row; a type that another row contradicts is text. */
static void find_columns(struct cache_rows *rows, json_t *list)
{
    json_t     *first = json_array_get(list, 0), *value;
    const char *name;
    size_t      n = 0;

    rows->column_count = json_object_size(first);
    rows->columns = ARENA_ARRAY(rows->arena, struct data_column, rows->column_count + 1);
    json_object_foreach(first, name, value) {
        enum data_type type = json_is_null(value) ? DATA_TEXT : type_of(value);

        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *other = json_object_get(json_array_get(list, i), name);

            if (other != NULL && !json_is_null(other) && type_of(other) != type)
                type = DATA_TEXT;
        }
        rows->columns[n++] =
            (struct data_column){.name = arena_strdup(rows->arena, name), .type = type, .decimals = -1};
    }
}

static void copy_columns(struct cache_rows *rows, const struct data_column *columns, size_t count)
{
    rows->columns = ARENA_ARRAY(rows->arena, struct data_column, count + 1);
    rows->column_count = count;
    for (size_t i = 0; i < count; i++) {
        struct data_column *column = &rows->columns[i];

        *column = columns[i];
        column->name = arena_strdup(rows->arena, columns[i].name);
        column->currency = columns[i].currency != NULL ? arena_strdup(rows->arena, columns[i].currency) : NULL;
        column->member = columns[i].member != NULL ? arena_strdup(rows->arena, columns[i].member) : NULL;
        column->title = columns[i].title != NULL ? arena_strdup(rows->arena, columns[i].title) : NULL;
        column->description = columns[i].description != NULL ? arena_strdup(rows->arena, columns[i].description) : NULL;
    }
}

#define DIGITS "0123456789"

static const char *behind_int(const char *text)
{
    const char *digits = text + (*text == '-');
    size_t      count = strspn(digits, DIGITS);

    return count == 0 || (count > 1 && *digits == '0') ? NULL : digits + count;
}

static bool is_int(const char *text)
{
    const char *end = behind_int(text);

    return end != NULL && *end == '\0' && strcmp(text, "-0") != 0;
}

/* As JSON has numbers. */
static bool is_number(const char *text)
{
    const char *at = behind_int(text);

    if (at != NULL && at[0] == '.' && strspn(at + 1, DIGITS) > 0)
        at += 1 + strspn(at + 1, DIGITS);
    if (at != NULL && (*at == 'e' || *at == 'E')) {
        at += 1 + (at[1] == '+' || at[1] == '-');
        at = strspn(at, DIGITS) > 0 ? at + strspn(at, DIGITS) : NULL;
    }
    return at != NULL && *at == '\0';
}

/* What PostgreSQL or Python call what is none. */
static bool is_no_number(const char *text)
{
    static const char *const words[] = {"nan", "inf", "infinity"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_equal_nocase(text + (*text == '-'), words[i]))
            return true;
    return false;
}

static bool is_uuid(const char *text)
{
    return strlen(text) == 36 && text[strspn(text, DIGITS "abcdefABCDEF-")] == '\0';
}

static bool is_plain(const char *text)
{
    while (*text >= ' ' && *text < 0x7f && *text != '"' && *text != '\\')
        text++;
    return *text == '\0';
}

/* Could the text be a value of such a column? Else the whole answer is not what was asked. */
static bool fits(const struct data_column *column, const json_t *value, const char *text)
{
    int64_t instant;

    switch (column->type) {
    case DATA_INT:
        return json_is_integer(value) || (json_is_string(value) && is_int(text));
    case DATA_NUMERIC:
    case DATA_FLOAT:
        return json_is_number(value) || (json_is_string(value) && (is_number(text) || is_no_number(text)));
    case DATA_BOOL:
        return json_is_boolean(value);
    case DATA_DATE:
    case DATA_TIMESTAMP:
    case DATA_TIMESTAMPTZ:
        return json_is_string(value) && instant_from_text(text, strlen(text), &instant) >= 0;
    case DATA_UUID:
        return json_is_string(value) && is_uuid(text);
    case DATA_INTERVAL:
        return json_is_string(value) && is_plain(text);
    case DATA_ARRAY:
        return false;
    case DATA_TEXT:
    case DATA_JSON:
    case DATA_BYTES:
        break;
    }
    return true;
}

static bool add_value(struct cache_rows *rows, const struct data_column *column, const json_t *value)
{
    char  number[40], *made = NULL;
    const char *text = number;
    bool  well;

    if (value == NULL || json_is_null(value)) {
        rows_add_cell(&rows->raw, CELL_NULL);
        return value != NULL;
    }
    if (json_is_string(value))
        text = json_string_value(value);
    else if (json_is_integer(value))
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        snprintf(number, sizeof number, "%.15g", json_real_value(value));
    else if (json_is_boolean(value))
        text = json_is_true(value) ? "t" : "f";
    else
        text = made = json_dumps(value, JSON_COMPACT);
    well = text != NULL && fits(column, value, text);
    if (well && column->type == DATA_JSON && json_is_string(value)) {
        free(made);
        text = made = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    }
    if (well)
        rows_add_cell(&rows->raw, (struct data_cell){text, strlen(text)});
    free(made);
    return well;
}

static bool add_rows(struct cache_rows *rows, json_t *list)
{
    rows->count = json_array_size(list);
    for (size_t i = 0; i < rows->count; i++) {
        const json_t *row = json_array_get(list, i);

        if (!json_is_object(row) || json_object_size(row) != rows->column_count)
            return false;
        for (size_t c = 0; c < rows->column_count; c++)
            if (!add_value(rows, &rows->columns[c], json_object_get(row, rows->columns[c].name)))
                return false;
    }
    return true;
}

int foreign_rows(const char *json, size_t length, const struct data_column *columns, size_t count,
                 struct cache_rows **ret_rows)
{
    json_t            *list = json_loadb(json, length, 0, NULL);
    struct cache_rows *rows = rows_new();
    bool               well = json_is_array(list);

    if (well && columns != NULL)
        copy_columns(rows, columns, count);
    else if (well && are_alike(list))
        find_columns(rows, list);
    else
        well = false;
    well = well && rows->column_count > 0 && add_rows(rows, list);
    json_decref(list);
    if (!well) {
        cache_rows_unref(rows);
        return ERR_SYNTAX;
    }
    *ret_rows = rows;
    return 0;
}
