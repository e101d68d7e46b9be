/*
 * semantic/print_json: a query as Cube's REST query. What Cube's format cannot say goes under "ytempire" in the line's
 * language; nothing that Cube would read otherwise is put in Cube's own fields.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/semantic/json_read.h"
#include "src/semantic/print.h"

#define CUBE_LARGEST_LIMIT 50000
#define REAL_DIGITS 15                 /* a double gives back as many as it was given */

/* -- small things -------------------------------------------------------------------------------------------------- */

static json_t *text_json(struct str *text)
{
    json_t *json = json_stringn_nocheck(str_text(text), text->length);

    str_done(text);
    return json;
}

static json_t *name_json(const struct name *name)
{
    struct str text = STR_INIT;

    print_name(&text, name);
    return text_json(&text);
}

static json_t *names_json(const struct name *names, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list, name_json(&names[i]));
    return list;
}

static void put(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new_nocheck(object, key, value);
}

/* -- periods in Cube's words --------------------------------------------------------------------------------------- */

static bool is_exact(const struct point *point)
{
    return point->kind == POINT_DATE || (point->kind == POINT_DATETIME && point->precision == UNIT_NONE);
}

static json_t *point_json(const struct point *point)
{
    struct str text = STR_INIT;

    print_point(&text, point);
    return text_json(&text);
}

/* Cube's relative points are days, or the shorter unit they are counted in. */
static bool cube_point_text(const struct point *point, bool alone, struct str *to)
{
    struct point plain = *point;

    if (point->kind == POINT_AGO || point->kind == POINT_AHEAD) {
        enum data_unit span = point->precision == UNIT_NONE ? point->unit : point->precision;

        if (point->unit < UNIT_DAY ? span != point->unit || !alone : span != UNIT_DAY)
            return false;
        plain.precision = UNIT_NONE;
        print_point(to, &plain);
        return true;
    }
    if (point->kind == POINT_WEEKDAY && point->count == 0) {
        struct str word = STR_INIT;

        print_point(&word, point);
        str_add(to, strchr(str_text(&word), ' ') + 1);             /* Cube's "monday" is our "closest monday" */
        str_done(&word);
        return true;
    }
    if (point->kind == POINT_TODAY && !alone) {
        str_add(to, "now");
        return true;
    }
    if (point->kind != POINT_DATE && point->kind != POINT_WEEKDAY)
        return false;
    print_point(to, point);
    return true;
}

/* A dateRange: a string, a list, or NULL when Cube cannot say it. */
static json_t *period_json(const struct period *period)
{
    struct str text = STR_INIT;

    switch (period->kind) {
    case PERIOD_CURRENT: case PERIOD_LAST: case PERIOD_NEXT:
        print_period(&text, period);
        return text_json(&text);
    case PERIOD_POINT:
        if (period->from.kind == POINT_DATETIME && is_exact(&period->from))
            return json_pack("[o]", point_json(&period->from));
        if (cube_point_text(&period->from, true, &text))
            return text_json(&text);
        break;
    case PERIOD_BETWEEN:
        if (is_exact(&period->from) && is_exact(&period->to))
            return json_pack("[oo]", point_json(&period->from), point_json(&period->to));
        str_add(&text, "from ");
        if (cube_point_text(&period->from, false, &text)) {
            str_add(&text, " to ");
            if (cube_point_text(&period->to, false, &text))
                return text_json(&text);
        }
        break;
    case PERIOD_NONE: case PERIOD_DURATION: case PERIOD_TO_DATE: case PERIOD_ALL: case PERIOD_SINCE: case PERIOD_UNTIL:
    default:
        break;
    }
    str_done(&text);
    return NULL;
}

/* -- filters ------------------------------------------------------------------------------------------------------- */

static const struct { const char *name, *date; } test_names[] = {
    [TEST_EQUAL] = { "equals", NULL }, [TEST_NOT_EQUAL] = { "notEquals", NULL },
    [TEST_LESS] = { "lt", "beforeDate" }, [TEST_LESS_EQUAL] = { "lte", "beforeOrOnDate" },
    [TEST_GREATER] = { "gt", "afterDate" }, [TEST_GREATER_EQUAL] = { "gte", "afterOrOnDate" },
    [TEST_NULL] = { "notSet", NULL }, [TEST_NOT_NULL] = { "set", NULL },
    [TEST_CONTAINS] = { "contains", NULL }, [TEST_NOT_CONTAINS] = { "notContains", NULL },
    [TEST_STARTS] = { "startsWith", NULL }, [TEST_NOT_STARTS] = { "notStartsWith", NULL },
    [TEST_ENDS] = { "endsWith", NULL }, [TEST_NOT_ENDS] = { "notEndsWith", NULL },
    [TEST_IN_PERIOD] = { "inDateRange", NULL }, [TEST_NOT_IN_PERIOD] = { "notInDateRange", NULL },
    [TEST_NOT_BETWEEN] = { NULL, NULL },
};

/* A number that JSON gives back digit for digit; another one (1.50, 1e9, 30 digits) only the line can say: NULL. */
static json_t *number_json(const char *text)
{
    char again[40];
    long long whole;
    double real;

    if (text_to_int64(text, strlen(text), &whole) == 0) {
        (void)snprintf(again, sizeof again, "%lld", whole);
        return strcmp(again, text) == 0 ? json_integer(whole) : NULL;
    }
    if (text_to_double(text, strlen(text), &real) < 0)
        return NULL;
    (void)snprintf(again, sizeof again, "%.*g", REAL_DIGITS, real);
    return strcmp(again, text) == 0 ? json_real(real) : NULL;
}

static json_t *value_json(const struct value *value)
{
    switch (value->kind) {
    case VALUE_NUMBER:   return number_json(value->text);
    case VALUE_BOOL:     return json_boolean(value->text[0] == 't');
    case VALUE_NULL:     return json_null();
    case VALUE_VARIABLE:
    case VALUE_POINT:    return NULL;      /* "= 2026-01" is within that month; Cube's equals is one instant */
    case VALUE_WORD:
    case VALUE_STRING:
    default:             return json_string_nocheck(value->text);
    }
}

/* The point of a "< DATE" in Cube's words; NULL too when it would come back in other words (…:00.5 as …:00.500), because of
 * a text those are the value. */
static json_t *edge_json(const struct value *value)
{
    _cleanup_(str_done) struct str text = STR_INIT, again = STR_INIT;

    print_point(&again, &value->point);
    if (!text_equal(str_text(&again), value->text))
        return NULL;
    if (is_exact(&value->point))
        return point_json(&value->point);
    return cube_point_text(&value->point, true, &text) ? json_string_nocheck(str_text(&text)) : NULL;
}

static json_t *values_json(const struct filter *test, bool date)
{
    json_t *list = json_array();

    for (size_t i = 0; i < test->value_count; i++) {
        json_t *value = date ? edge_json(&test->values[i]) : value_json(&test->values[i]);

        if (!value) {
            json_decref(list);
            return NULL;
        }
        (void)json_array_append_new(list, value);
    }
    return list;
}

static json_t *test_json(const struct filter *test)
{
    const char *name = test_names[test->test].name;
    bool date = test->value_count == 1 && test->values[0].kind == VALUE_POINT && test_names[test->test].date;
    json_t *object, *values = NULL;

    if (!name)
        return NULL;
    if (test->test == TEST_IN_PERIOD || test->test == TEST_NOT_IN_PERIOD) {
        values = period_json(&test->period);
        if (values && json_is_string(values))
            values = json_pack("[o]", values);
    } else if (test->test != TEST_NULL && test->test != TEST_NOT_NULL) {
        values = values_json(test, date);
    } else {
        return json_pack("{so ss}", "member", name_json(&test->member), "operator", name);
    }
    if (!values)
        return NULL;
    object = json_pack("{so ss}", "member", name_json(&test->member), "operator", date ? test_names[test->test].date : name);
    put(object, "values", values);
    return object;
}

/* NULL: Cube has no word for a part of it. */
static json_t *filter_json(const struct filter *filter)
{
    json_t *list, *object;

    if (filter->kind == FILTER_TEST)
        return test_json(filter);
    if (filter->kind == FILTER_NOT)
        return NULL;
    list = json_array();
    for (size_t i = 0; i < filter->kid_count; i++) {
        json_t *kid = filter_json(filter->kids[i]);

        if (!kid) {
            json_decref(list);
            return NULL;
        }
        (void)json_array_append_new(list, kid);
    }
    object = json_object();
    put(object, filter->kind == FILTER_AND ? "and" : "or", list);
    return object;
}

static void put_filter(json_t *root, json_t *extras, const struct filter *filter)
{
    struct str text = STR_INIT;
    json_t *json = filter_json(filter);

    if (!json) {
        print_filter(&text, filter);
        put(extras, "where", text_json(&text));
    } else if (filter->kind == FILTER_AND) {
        (void)json_object_set_nocheck(root, "filters", json_object_get(json, "and"));
        json_decref(json);
    } else {
        put(root, "filters", json_pack("[o]", json));
    }
}

/* -- dimensions and ranges ----------------------------------------------------------------------------------------- */

/* Times with a granularity of their own stand in timeDimensions; JSON reads these after the dimensions, so only those at
 * the end of the list may. */
static size_t plain_dimensions(const struct query *query)
{
    size_t count = query->dimensions.count;

    while (count > 0 && query->dimensions.items[count - 1].text && query->dimensions.items[count - 1].unit != UNIT_NONE)
        count--;
    return count;
}

static json_t *time_dimensions(const struct query *query)
{
    json_t *list = json_array();

    for (size_t i = plain_dimensions(query); i < query->dimensions.count; i++) {
        const struct name *name = &query->dimensions.items[i];

        (void)json_array_append_new(list, json_pack("{ss ss}", "dimension", name->text, "granularity", data_unit_name(name->unit)));
    }
    return list;
}

/* Each range to the next entry of its time dimension, else to an entry of its own at the end: the order is kept. */
static void put_ranges(json_t *list, json_t *const *periods, const struct query *query)
{
    size_t next = 0, entries = json_array_size(list);

    for (size_t i = 0; i < query->range_count; i++) {
        const char *member = query->ranges[i].member.text;
        size_t at = next;

        while (at < entries && strcmp(json_string_value(json_object_get(json_array_get(list, at), "dimension")), member) != 0)
            at++;
        if (at == entries)
            (void)json_array_append_new(list, json_pack("{ss sO}", "dimension", member, "dateRange", periods[i]));
        else
            (void)json_object_set_nocheck(json_array_get(list, at), "dateRange", periods[i]);
        next = at < entries ? at + 1 : entries;
    }
}

static void put_times(struct arena *arena, json_t *root, json_t *extras, const struct query *query)
{
    json_t *list = time_dimensions(query), **periods = ARENA_ARRAY(arena, json_t *, query->range_count);
    struct str text = STR_INIT;
    bool known = true;

    for (size_t i = 0; i < query->range_count; i++) {
        const struct name *member = &query->ranges[i].member;

        periods[i] = member->text && member->unit == UNIT_NONE ? period_json(&query->ranges[i].period) : NULL;
        known &= periods[i] != NULL;
    }
    if (known) {
        put_ranges(list, periods, query);
    } else {
        print_ranges(&text, query);
        put(extras, "for", text_json(&text));
    }
    for (size_t i = 0; i < query->range_count; i++)
        json_decref(periods[i]);
    if (json_array_size(list) > 0)
        put(root, "timeDimensions", list);
    else
        json_decref(list);
}

/* -- the rest ------------------------------------------------------------------------------------------------------ */

static void put_order(json_t *root, json_t *extras, const struct query *query)
{
    struct str text = STR_INIT;
    json_t *list = json_array();
    bool given = true;

    for (size_t i = 0; i < query->order_count; i++) {
        given &= query->order[i].direction_given;
        (void)json_array_append_new(list, json_pack("[os]", name_json(&query->order[i].name), query->order[i].descending ? "desc" : "asc"));
    }
    if (given && (query->order_count > 0 || query->order_none)) {
        put(root, "order", list);
        return;
    }
    json_decref(list);
    if (query->order_count == 0)
        return;
    print_order(&text, query);
    put(extras, "order", text_json(&text));
}

static void put_limit(json_t *root, json_t *extras, const struct query *query)
{
    if (query->limit < 0)
        put(extras, "limit", json_null());
    else if (query->limit > CUBE_LARGEST_LIMIT)
        put(extras, "limit", json_integer(query->limit));
    else if (!query->limit_default)
        put(root, "limit", json_integer(query->limit));
    if (query->limit >= 0 && query->offset > 0)
        put(root, "offset", json_integer(query->offset));
}

static void put_request(json_t *root, const struct query *query)
{
    json_t *hints;

    if (query->row_total)
        put(root, "total", json_true());
    if (query->tz)
        put(root, "timezone", json_string_nocheck(query->tz));
    if (query->ungrouped)
        put(root, "ungrouped", json_true());
    if (query->cube_cache != CUBE_CACHE_NONE)
        put(root, "cache", json_string_nocheck(cube_cache_word(query->cube_cache)));
    if (query->response_format)
        put(root, "responseFormat", json_string_nocheck(query->response_format));
    if (query->join_hints.count == 0)
        return;
    hints = json_array();
    for (size_t i = 0; i + 1 < query->join_hints.count; i += 2)
        (void)json_array_append_new(hints, names_json(&query->join_hints.items[i], 2));
    put(root, "joinHints", hints);
}

static void put_extras(json_t *extras, const struct query *query)
{
    struct str text = STR_INIT;

    if (query->cube.text)
        put(extras, "from", name_json(&query->cube));
    if (query->having) {
        print_filter(&text, query->having);
        put(extras, "having", text_json(&text));
    }
    if (query->shift.kind != SHIFT_NONE) {
        print_shift(&text, &query->shift);
        put(extras, "vs", text_json(&text));
    }
    if (query->top.count > 0) {
        print_top(&text, query);
        put(extras, "top", text_json(&text));
    }
    if (query->fill != FILL_NONE)
        put(extras, "fill", json_string_nocheck(query->fill == FILL_ZERO ? "zero" : "null"));
    if (query->total)
        put(extras, "total", json_true());
    if (query->mixed_days)
        put(extras, "mixed_days", json_true());
    if (query->added.count > 0) {
        print_names(&text, &query->added);
        put(extras, "added", text_json(&text));
    }
}

/* "revenue.share" is no member to Cube. */
static bool has_shares(const struct query *query)
{
    for (size_t i = 0; i < query->measures.count; i++) {
        const char *text = query->measures.items[i].text, *dot = text != NULL ? strrchr(text, '.') : NULL;

        if (dot != NULL && text_equal_nocase(dot, ".share"))
            return true;
    }
    return false;
}

static void put_measures(json_t *root, json_t *extras, const struct query *query)
{
    struct str text = STR_INIT;

    if (has_shares(query)) {
        print_names(&text, &query->measures);
        put(extras, "measures", text_json(&text));
    } else if (query->measures.count > 0) {
        put(root, "measures", names_json(query->measures.items, query->measures.count));
    }
}

char *query_to_json(struct arena *arena, const struct query *query)
{
    json_t *root = json_object(), *extras = json_object();
    size_t plain = plain_dimensions(query);
    char *text, *copy;

    put_measures(root, extras, query);
    if (plain > 0)
        put(root, "dimensions", names_json(query->dimensions.items, plain));
    put_times(arena, root, extras, query);
    if (query->segments.count > 0)
        put(root, "segments", names_json(query->segments.items, query->segments.count));
    if (query->where)
        put_filter(root, extras, query->where);
    put_order(root, extras, query);
    put_limit(root, extras, query);
    put_request(root, query);
    put_extras(extras, query);
    if (json_object_size(extras) > 0)
        put(root, "ytempire", extras);
    else
        json_decref(extras);
    text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS));
    json_decref(root);
    copy = arena_strdup(arena, text ? text : "{}");
    free(text);
    return copy;
}
