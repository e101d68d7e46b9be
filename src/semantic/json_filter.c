/*
 * semantic/json_filter: Cube's filters. A null among the values becomes a test of its own, so that a value of a test is
 * never null; dates become points, so that a coarse one means its whole unit (R15: < before its start, > after its end).
 */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/semantic/json_read.h"

enum operator_kind { OPERATOR_EQUAL, OPERATOR_TEXT, OPERATOR_ORDER, OPERATOR_SET, OPERATOR_RANGE, OPERATOR_START, OPERATOR_END };

static const struct operator {
    const char          *name;
    enum operator_kind   kind;
    enum filter_operator test;
} operators[] = {
    { "equals", OPERATOR_EQUAL, TEST_EQUAL },
    { "notEquals", OPERATOR_EQUAL, TEST_NOT_EQUAL },
    { "in", OPERATOR_EQUAL, TEST_EQUAL },
    { "notIn", OPERATOR_EQUAL, TEST_NOT_EQUAL },
    { "contains", OPERATOR_TEXT, TEST_CONTAINS },
    { "notContains", OPERATOR_TEXT, TEST_NOT_CONTAINS },
    { "startsWith", OPERATOR_TEXT, TEST_STARTS },
    { "notStartsWith", OPERATOR_TEXT, TEST_NOT_STARTS },
    { "endsWith", OPERATOR_TEXT, TEST_ENDS },
    { "notEndsWith", OPERATOR_TEXT, TEST_NOT_ENDS },
    { "gt", OPERATOR_ORDER, TEST_GREATER },
    { "gte", OPERATOR_ORDER, TEST_GREATER_EQUAL },
    { "lt", OPERATOR_ORDER, TEST_LESS },
    { "lte", OPERATOR_ORDER, TEST_LESS_EQUAL },
    { "set", OPERATOR_SET, TEST_NOT_NULL },
    { "notSet", OPERATOR_SET, TEST_NULL },
    { "inDateRange", OPERATOR_RANGE, TEST_IN_PERIOD },
    { "notInDateRange", OPERATOR_RANGE, TEST_NOT_IN_PERIOD },
    { "onTheDate", OPERATOR_RANGE, TEST_IN_PERIOD },
    { "beforeDate", OPERATOR_START, TEST_LESS },
    { "beforeOrOnDate", OPERATOR_END, TEST_LESS_EQUAL },
    { "afterDate", OPERATOR_END, TEST_GREATER },
    { "afterOrOnDate", OPERATOR_START, TEST_GREATER_EQUAL },
};

static int find_operator(struct cube_reader *reader, const char *name, const char *where, const struct operator **ret_operator)
{
    const char *names[COUNT_OF(operators)], *near;
    int r;

    for (size_t i = 0; i < COUNT_OF(operators); i++) {
        names[i] = operators[i].name;
        if (strcmp(name, names[i]) == 0) {
            *ret_operator = &operators[i];
            return 0;
        }
    }
    if (strcmp(name, "measureFilter") == 0)
        return cube_fail(reader, where, "the operator 'measureFilter' is internal to Cube");
    r = cube_fail(reader, where, "unknown operator '%s'", name);
    near = nearest_word(name, strlen(name), names, COUNT_OF(names));
    if (near)
        error_hint(reader->error, "did you mean '%s'?", near);
    else
        error_hint(reader->error, "like, has, between and not go in \"ytempire\": {\"where\": \"title like '%%live%%'\"}");
    return r;
}

/* -- values -------------------------------------------------------------------------------------------------------- */

/* The shortest decimal that reads back as the same number, as JavaScript writes it. */
static const char *real_text(struct arena *arena, double number)
{
    char text[40];

    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, number);
        for (char *c = text; *c; c++)
            if (*c == ',')
                *c = '.';
        if (strtod(text, NULL) == number)
            break;
    }
    return arena_strdup(arena, text);
}

static int cube_value(struct cube_reader *reader, const struct json_t *json, const char *where, struct value *ret_value)
{
    struct value value = { 0 };

    if (json_is_string(json)) {
        value.kind = VALUE_STRING;
        value.text = arena_strdup(reader->arena, json_string_value(json));
    } else if (json_is_integer(json)) {
        value.kind = VALUE_NUMBER;
        value.text = arena_printf(reader->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
    } else if (json_is_real(json)) {
        value.kind = VALUE_NUMBER;
        value.text = real_text(reader->arena, json_real_value(json));
    } else if (json_is_boolean(json)) {
        value.kind = VALUE_BOOL;
        value.text = json_is_true(json) ? "true" : "false";
    } else if (json_is_null(json)) {
        value.kind = VALUE_NULL;
    } else {
        return cube_fail(reader, where, "a value is a string, a number, true, false or null");
    }
    *ret_value = value;
    return 0;
}

/* All but null, which are counted. */
static int read_values(struct cube_reader *reader, const struct json_t *list, const char *where, struct filter *test, size_t *ret_nulls)
{
    size_t nulls = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        struct value value;
        int r = cube_value(reader, json_array_get(list, i), where, &value);

        if (r < 0)
            return r;
        if (value.kind == VALUE_NULL)
            nulls++;
        else
            ARENA_PUSH(reader->arena, test->values, test->value_count, test->value_room, value);
    }
    *ret_nulls = nulls;
    return 0;
}

static struct filter *null_test(struct arena *arena, const struct filter *like, enum filter_operator test)
{
    struct filter *filter = ARENA_NEW(arena, struct filter);

    filter->kind = FILTER_TEST;
    filter->member = like->member;
    filter->test = test;
    return filter;
}

/* equals [x, null]: x or null; notEquals [x, null]: neither. */
static int read_equal(struct cube_reader *reader, const struct json_t *list, const char *where, struct filter **test)
{
    bool equal = (*test)->test == TEST_EQUAL;
    size_t nulls;
    int r = read_values(reader, list, where, *test, &nulls);

    if (r < 0 || nulls == 0)
        return r;
    if ((*test)->value_count == 0)
        (*test)->test = equal ? TEST_NULL : TEST_NOT_NULL;
    else
        *test = filter_join(reader->arena, equal ? FILTER_OR : FILTER_AND, *test,
                            null_test(reader->arena, *test, equal ? TEST_NULL : TEST_NOT_NULL));
    return 0;
}

static int read_text(struct cube_reader *reader, const struct json_t *list, const char *where, struct filter *test)
{
    size_t nulls;
    int r = read_values(reader, list, where, test, &nulls);

    return r < 0 ? r : nulls > 0 ? cube_fail(reader, where, "null is no value here") : 0;
}

static void first_only(struct cube_reader *reader, const struct json_t *list, const char *where)
{
    if (json_array_size(list) > 1)
        query_remark(reader->arena, reader->query, "%s: only the first of %zu values is used, as in Cube", where,
                     json_array_size(list));
}

static int read_order(struct cube_reader *reader, const struct json_t *list, const char *where, struct filter *test)
{
    struct value value;
    int r = cube_value(reader, json_array_get(list, 0), where, &value);

    if (r < 0)
        return r;
    if (value.kind == VALUE_NULL)
        return cube_fail(reader, where, "null is no value here");
    first_only(reader, list, where);
    ARENA_PUSH(reader->arena, test->values, test->value_count, test->value_room, value);
    return 0;
}

/* -- dates --------------------------------------------------------------------------------------------------------- */

static int read_range(struct cube_reader *reader, const struct json_t *list, const char *where, struct filter *test)
{
    return cube_range(reader, list, where, &test->period);
}

/* beforeDate and afterOrOnDate take the start of a relative range, the other two its end. */
static int read_edge(struct cube_reader *reader, const struct json_t *list, const char *where, bool end, struct filter *test)
{
    struct value value = { .kind = VALUE_POINT };
    struct period period;
    const char *text;
    int r = cube_string(reader, json_array_get(list, 0), where, &text);

    if (r < 0)
        return r;
    first_only(reader, list, where);
    if (!cube_literal(reader->arena, reader->query, text, &value.point)) {
        r = cube_range_text(reader, text, where, &period);
        if (r < 0)
            return r;
        if (!period_edge(&period, end, &value.point))
            return cube_fail(reader, where, "'%s' is not a date", text);
    }
    value.text = point_text(reader->arena, &value.point);
    ARENA_PUSH(reader->arena, test->values, test->value_count, test->value_room, value);
    return 0;
}

/* -- tests and groups ---------------------------------------------------------------------------------------------- */

static int read_operands(struct cube_reader *reader, const struct operator *operator, const struct json_t *list, const char *where,
                         struct filter **test)
{
    (*test)->test = operator->test;
    if (operator->kind == OPERATOR_SET)
        return 0;
    if (!json_is_array(list) || json_array_size(list) == 0)
        return cube_fail(reader, where, "'%s' needs a list of values", operator->name);
    switch (operator->kind) {
    case OPERATOR_EQUAL: return read_equal(reader, list, where, test);
    case OPERATOR_TEXT:  return read_text(reader, list, where, *test);
    case OPERATOR_ORDER: return read_order(reader, list, where, *test);
    case OPERATOR_RANGE: return read_range(reader, list, where, *test);
    case OPERATOR_START: return read_edge(reader, list, where, false, *test);
    case OPERATOR_END:   return read_edge(reader, list, where, true, *test);
    case OPERATOR_SET:
    default:             return 0;
    }
}

static int cube_test(struct cube_reader *reader, const struct json_t *object, const char *where, struct filter **ret_filter)
{
    static const char *const keys[] = { "member", "dimension", "operator", "values", "and", "or" };
    const struct json_t *member = json_object_get(object, "member"), *old = json_object_get(object, "dimension");
    struct filter *test = ARENA_NEW(reader->arena, struct filter);
    const struct operator *operator = NULL;
    const char *name;
    int r = cube_keys(reader, object, where, keys, COUNT_OF(keys));

    if (r < 0)
        return r;
    if (member && old)
        return cube_fail(reader, where, "'dimension' is the old name of 'member': give one of them");
    test->kind = FILTER_TEST;
    r = cube_name(reader, member ? member : old, NAME_PLAIN, arena_printf(reader->arena, "%s.member", where), &test->member);
    if (r >= 0)
        r = cube_string(reader, json_object_get(object, "operator"), arena_printf(reader->arena, "%s.operator", where), &name);
    if (r >= 0)
        r = find_operator(reader, name, where, &operator);
    if (r >= 0)
        r = read_operands(reader, operator, json_object_get(object, "values"), where, &test);
    if (r < 0)
        return r;
    *ret_filter = test;
    return 0;
}

static int cube_filter(struct cube_reader *reader, const struct json_t *object, const char *where, struct filter **ret_filter);

static int cube_group(struct cube_reader *reader, const struct json_t *list, enum filter_kind kind, const char *where,
                      struct filter **ret_filter)
{
    struct filter *group = NULL, *kid = NULL;
    int r;

    if (!json_is_array(list))
        return cube_fail(reader, where, "expected a list of filters");
    for (size_t i = 0; i < json_array_size(list); i++) {
        r = cube_filter(reader, json_array_get(list, i), arena_printf(reader->arena, "%s[%zu]", where, i), &kid);
        if (r < 0)
            return r;
        group = filter_join(reader->arena, kind, group, kid);
    }
    *ret_filter = group;
    return 0;
}

static int cube_filter(struct cube_reader *reader, const struct json_t *object, const char *where, struct filter **ret_filter)
{
    const struct json_t *any = json_object_get(object, "or"), *all = json_object_get(object, "and");
    struct filter *group = NULL;
    int r;

    if (!json_is_object(object))
        return cube_fail(reader, where, "a filter is an object");
    if (!any && !all)
        return cube_test(reader, object, where, ret_filter);
    if (json_object_size(object) != 1)
        return cube_fail(reader, where, "beside 'or' and 'and' nothing else may stand");
    if (reader->depth++ >= DEPTH_LIMIT)
        return cube_fail(reader, "filters", "conditions lie more than %d deep in each other", DEPTH_LIMIT);
    where = arena_printf(reader->arena, "%s.%s", where, any ? "or" : "and");
    r = cube_group(reader, any ? any : all, any ? FILTER_OR : FILTER_AND, where, &group);
    reader->depth--;
    if (r < 0)
        return r;
    if (!group)
        return cube_fail(reader, where, "an empty group");
    *ret_filter = group;
    return 0;
}

int cube_filters(struct cube_reader *reader, const struct json_t *list, struct filter **ret_filter)
{
    return cube_group(reader, list, FILTER_AND, "filters", ret_filter);
}
