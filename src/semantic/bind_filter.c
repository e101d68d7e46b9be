/*
 * Tests to typed values. A value is read as the member's type asks for it, so that a wrong one is refused here, with
 * its place, and not by the server in the middle of an answer.
 */
#include "bound.h"

#include <string.h>

enum side { SIDE_ROWS, SIDE_CELLS, SIDE_BOTH };

/* -- rows or cells ------------------------------------------------------------------------------------------------- */

static bool names_measure(const struct bound *bound, const struct name *name)
{
    struct member  member;
    struct cube   *from = bound->query->cube.text != NULL ? model_cube(bound->model, bound->query->cube.text) : NULL;

    if (name->text == NULL)
        return false;
    if (bind_names_column(bound, name->text))
        return true;
    for (size_t i = 0; i < bound->fact_count; i++) {
        if (model_find_in(bound->facts[i], name->text, BIT(MEMBER_DIMENSION), &member))
            return false;
        if (model_find_in(bound->facts[i], name->text, BIT(MEMBER_MEASURE), &member))
            return true;
    }
    return model_find(bound->model, from, name->text, BIT(MEMBER_DIMENSION), NULL, &member, NULL) < 0 &&
           model_find(bound->model, from, name->text, BIT(MEMBER_MEASURE), NULL, &member, NULL) == 0;
}

static enum side side_of(const struct bound *bound, const struct filter *filter)
{
    enum side side = SIDE_ROWS;

    if (filter->kind == FILTER_TEST)
        return names_measure(bound, &filter->member) ? SIDE_CELLS : SIDE_ROWS;
    for (size_t i = 0; i < filter->kid_count; i++) {
        enum side kid = side_of(bound, filter->kids[i]);

        if (i == 0)
            side = kid;
        else if (kid != side)
            side = SIDE_BOTH;
    }
    return side;
}

bool bind_tests_cells(const struct bound *bound, const struct filter *filter)
{
    return side_of(bound, filter) == SIDE_CELLS;
}

/* -- values -------------------------------------------------------------------------------------------------------- */

static int bad_value(const struct bound *bound, const struct filter *filter, const struct value *value, const char *wanted, struct error *error)
{
    error_set(error, ERR_USAGE, "'%s' is not %s, and %s asks for one", value->text != NULL ? value->text : "null", wanted, filter->member.text);
    bind_point_at(bound, value->span, error);
    return ERR_USAGE;
}

static bool is_number(const char *text)
{
    const char *p = text;
    bool        digits = false;

    if (*p == '+' || *p == '-')
        p++;
    for (; *p >= '0' && *p <= '9'; p++)
        digits = true;
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9'; p++)
            digits = true;
    if (digits && (*p == 'e' || *p == 'E')) {
        digits = false;
        p++;
        if (*p == '+' || *p == '-')
            p++;
        for (; *p >= '0' && *p <= '9'; p++)
            digits = true;
    }
    return digits && *p == '\0';
}

static int number_value(const struct bound *bound, const struct filter *filter, const struct value *value, const char *text,
                        struct bound_value *ret_value, struct error *error)
{
    long long whole;

    if (!is_number(text))
        return bad_value(bound, filter, value, "a number", error);
    ret_value->text = text;
    ret_value->type = text_to_int64(text, strlen(text), &whole) == 0 ? "bigint" : "numeric";
    return 0;
}

static int boolean_value(const struct bound *bound, const struct filter *filter, const struct value *value, const char *text,
                         struct bound_value *ret_value, struct error *error)
{
    static const char *const yes[] = {"true", "t", "yes", "1"}, *const no[] = {"false", "f", "no", "0"};

    for (size_t i = 0; i < COUNT_OF(yes); i++) {
        if (text_equal_nocase(text, yes[i]) || text_equal_nocase(text, no[i])) {
            ret_value->text = text_equal_nocase(text, yes[i]) ? "true" : "false";
            ret_value->type = "boolean";
            return 0;
        }
    }
    return bad_value(bound, filter, value, "true or false", error);
}

static int time_value(const struct bound *bound, const struct filter *filter, const struct value *value, const char *text,
                      struct bound_value *ret_value, struct error *error)
{
    struct point point = value->point;

    if (value->kind != VALUE_POINT && point_from_text(text, strlen(text), &point) < 0)
        return bad_value(bound, filter, value, "a time", error);
    if (point_resolve(&point, bound->context->now, bound->zone, &ret_value->from, &ret_value->to) < 0)
        return bad_value(bound, filter, value, "a time", error);
    ret_value->first_day = (int32_t)(local_floor(zone_to_local(bound->zone, ret_value->from), UNIT_DAY) / US_PER_DAY);
    ret_value->last_day = (int32_t)(local_floor(zone_to_local(bound->zone, ret_value->to - 1), UNIT_DAY) / US_PER_DAY);
    ret_value->text = text;
    return 0;
}

/* What PostgreSQL would refuse in the middle of an answer. */
static bool ends_in_escape(const char *pattern)
{
    size_t length = strlen(pattern), signs = 0;

    while (signs < length && pattern[length - signs - 1] == '\\')
        signs++;
    return signs % 2 == 1;
}

static int bind_value(const struct bound *bound, const struct filter *filter, const struct value *value, enum member_type type,
                      struct bound_value *ret_value, struct error *error)
{
    const char *text = value->text;

    *ret_value = (struct bound_value){0};
    if (value->kind == VALUE_NULL)
        return 0;
    if (value->kind == VALUE_VARIABLE) {
        text = bound->context->variable != NULL ? bound->context->variable(bound->context->who, value->text) : NULL;
        if (text == NULL) {
            error_set(error, ERR_UNKNOWN, "no value for ':%s'", value->text);
            bind_point_at(bound, value->span, error);
            error_hint(error, "give one with --var %s=VALUE", value->text);
            return ERR_UNKNOWN;
        }
        text = arena_strdup(bound->arena, text);
    }
    switch (type) {
    case MEMBER_NUMBER:
        return number_value(bound, filter, value, text, ret_value, error);
    case MEMBER_BOOLEAN:
        return boolean_value(bound, filter, value, text, ret_value, error);
    case MEMBER_TIME:
    case MEMBER_DATE:
        return time_value(bound, filter, value, text, ret_value, error);
    case MEMBER_STRING:
    case MEMBER_ARRAY:
        break;
    }
    if ((filter->test == TEST_LIKE || filter->test == TEST_NOT_LIKE) && ends_in_escape(text))
        return bad_value(bound, filter, value, "a pattern, because it ends with the sign that means the next one itself (\\),", error);
    ret_value->text = text;
    ret_value->type = "text";
    return 0;
}

/* -- does the test fit the type? ----------------------------------------------------------------------------------- */

static int refuse_test(const struct bound *bound, const struct filter *filter, const char *why, const char *hint, struct error *error)
{
    error_set(error, ERR_USAGE, "%s %s", filter->member.text != NULL ? filter->member.text : "this", why);
    bind_point_at(bound, filter->span, error);
    if (hint != NULL)
        error_hint(error, "%s", hint);
    return ERR_USAGE;
}

static int check_test(const struct bound *bound, const struct filter *filter, enum member_type type, struct error *error)
{
    switch (filter->test) {
    case TEST_CONTAINS:
    case TEST_NOT_CONTAINS:
        if (type == MEMBER_ARRAY)
            return refuse_test(bound, filter, "is a list", "'has' asks for one of its items", error);
        if (type != MEMBER_STRING)
            return refuse_test(bound, filter, "is not text, so nothing is contained in it", NULL, error);
        return 0;
    case TEST_STARTS:
    case TEST_NOT_STARTS:
    case TEST_ENDS:
    case TEST_NOT_ENDS:
    case TEST_LIKE:
    case TEST_NOT_LIKE:
        return type == MEMBER_STRING ? 0 : refuse_test(bound, filter, "is not text", NULL, error);
    case TEST_HAS:
    case TEST_NOT_HAS:
        return type == MEMBER_ARRAY ? 0 : refuse_test(bound, filter, "is not a list", "'=' or 'contains' test a text", error);
    case TEST_IN_PERIOD:
    case TEST_NOT_IN_PERIOD:
        return type == MEMBER_TIME || type == MEMBER_DATE ? 0 : refuse_test(bound, filter, "is not a time", NULL, error);
    case TEST_LESS:
    case TEST_LESS_EQUAL:
    case TEST_GREATER:
    case TEST_GREATER_EQUAL:
    case TEST_BETWEEN:
    case TEST_NOT_BETWEEN:
        return type == MEMBER_BOOLEAN || type == MEMBER_ARRAY ? refuse_test(bound, filter, "has no order", NULL, error) : 0;
    case TEST_EQUAL:
    case TEST_NOT_EQUAL:
        return type == MEMBER_ARRAY ? refuse_test(bound, filter, "is a list", "'has' asks for one of its items", error) : 0;
    case TEST_NULL:
    case TEST_NOT_NULL:
        break;
    }
    return 0;
}

static int bind_values(struct bound *bound, const struct filter *filter, struct bound_filter *to, struct error *error)
{
    int r = check_test(bound, filter, to->type, error);

    if (r < 0)
        return r;
    to->test = filter->test;
    to->value_count = filter->value_count;
    to->values = ARENA_ARRAY(bound->arena, struct bound_value, filter->value_count + 1);
    for (size_t i = 0; i < filter->value_count; i++) {
        r = bind_value(bound, filter, &filter->values[i], to->type, &to->values[i], error);
        if (r < 0)
            return r;
    }
    if (filter->test == TEST_IN_PERIOD || filter->test == TEST_NOT_IN_PERIOD)
        return period_resolve(&filter->period, bound->context->now, bound->zone, bound->query, &to->period, error);
    return 0;
}

/* -- the tree ------------------------------------------------------------------------------------------------------ */

/* What is neither a dimension nor a measure may be meant as either. */
static int bind_row_member(struct bound *bound, const struct name *name, struct member members[FACT_LIMIT], enum data_unit *ret_unit, struct error *error)
{
    struct name_place place = {name->span.length > 0 ? bound->query->text : NULL, name->span.at, name->span.length};
    struct member     member;

    if (bind_dimension_name(bound, name, members, ret_unit, NULL) == 0)
        return 0;
    if (name->text != NULL && model_find(bound->model, NULL, name->text, BIT(MEMBER_MEASURE) | BIT(MEMBER_DIMENSION), NULL, &member, NULL) == ERR_UNKNOWN)
        return model_find(bound->model, NULL, name->text, BIT(MEMBER_MEASURE) | BIT(MEMBER_DIMENSION), &place, &member, error);
    return bind_dimension_name(bound, name, members, ret_unit, error);
}

static int bind_tree(struct bound *bound, const struct filter *filter, enum side side, struct bound_filter **ret_filter, struct error *error)
{
    struct bound_filter *to = ARENA_NEW(bound->arena, struct bound_filter);
    int                  r;

    to->kind = filter->kind;
    if (filter->kind != FILTER_TEST) {
        to->kids = ARENA_ARRAY(bound->arena, struct bound_filter *, filter->kid_count + 1);
        to->kid_count = filter->kid_count;
        for (size_t i = 0; i < filter->kid_count; i++) {
            r = bind_tree(bound, filter->kids[i], side, &to->kids[i], error);
            if (r < 0)
                return r;
        }
        *ret_filter = to;
        return 0;
    }
    if (side == SIDE_CELLS) {
        if (!bind_measure_name(bound, &filter->member, &to->measure)) {
            struct name_place place = {bound->query->text, filter->member.span.at, filter->member.span.length};
            struct member     member;

            if (filter->member.span.length == 0)
                place.text = NULL;
            r = model_find(bound->model, bound->fact_count > 0 ? bound->facts[0] : NULL, filter->member.text, BIT(MEMBER_MEASURE), &place, &member, error);
            return r < 0 ? r : error_set(error, ERR_UNKNOWN, "unknown measure '%s'", filter->member.text);
        }
        to->type = MEMBER_NUMBER;
    } else {
        enum data_unit unit;

        r = bind_row_member(bound, &filter->member, to->member, &unit, error);
        if (r < 0)
            return r;
        if (unit != UNIT_NONE)
            return refuse_test(bound, filter, "is a bucket; tests are made on the time itself", "leave the granularity out", error);
        to->type = to->member[0].dimension->type;
    }
    r = bind_values(bound, filter, to, error);
    if (r < 0)
        return r;
    *ret_filter = to;
    return 0;
}

static struct bound_filter *join_filters(const struct bound *bound, struct bound_filter *a, struct bound_filter *b)
{
    struct bound_filter *both;

    if (a == NULL || b == NULL)
        return a != NULL ? a : b;
    both = ARENA_NEW(bound->arena, struct bound_filter);
    both->kind = FILTER_AND;
    both->kids = ARENA_ARRAY(bound->arena, struct bound_filter *, 2);
    both->kids[both->kid_count++] = a;
    both->kids[both->kid_count++] = b;
    return both;
}

static struct span first_span(const struct filter *filter)
{
    while (filter->span.length == 0 && filter->kid_count > 0)
        filter = filter->kids[0];
    return filter->span;
}

static int bind_side(struct bound *bound, const struct filter *filter, enum side wanted, struct bound_filter **to,
                     struct error *error);

/* An `and` of both sides: the kids of one side, side by side, so that a thousand of them are no deeper than two. */
static int bind_kids_of_side(struct bound *bound, const struct filter *filter, enum side wanted,
                             struct bound_filter **to, struct error *error)
{
    struct bound_filter *all = ARENA_NEW(bound->arena, struct bound_filter);

    all->kind = FILTER_AND;
    all->kids = ARENA_ARRAY(bound->arena, struct bound_filter *, filter->kid_count);
    for (size_t i = 0; i < filter->kid_count; i++) {
        struct bound_filter *kid = NULL;
        int                  r = bind_side(bound, filter->kids[i], wanted, &kid, error);

        if (r < 0)
            return r;
        if (kid != NULL)
            all->kids[all->kid_count++] = kid;
    }
    *to = join_filters(bound, *to, all->kid_count > 0 ? all : NULL);
    return 0;
}

/* Takes the tests of one side out of a filter whose top level may be an `and` of both. */
static int bind_side(struct bound *bound, const struct filter *filter, enum side wanted, struct bound_filter **to, struct error *error)
{
    enum side            side;
    struct bound_filter *bound_filter;
    int                  r;

    if (filter == NULL)
        return 0;
    side = side_of(bound, filter);
    if (side == SIDE_BOTH && filter->kind == FILTER_AND)
        return bind_kids_of_side(bound, filter, wanted, to, error);
    if (side == SIDE_BOTH) {
        error_set(error, ERR_USAGE, "a test of rows and a test of a measure cannot share one 'or' or 'not'");
        bind_point_at(bound, first_span(filter), error);
        error_hint(error, "a dimension is tested row by row before grouping, a measure after it: write them as two tests joined by 'and'");
        return ERR_USAGE;
    }
    if (side != wanted)
        return 0;
    r = bind_tree(bound, filter, wanted, &bound_filter, error);
    if (r < 0)
        return r;
    *to = join_filters(bound, *to, bound_filter);
    return 0;
}

int bind_having(struct bound *bound, struct error *error)
{
    struct bound_filter *filter;
    int                  r;

    if (bound->query->having != NULL) {
        r = bind_tree(bound, bound->query->having, SIDE_CELLS, &filter, error);
        if (r < 0)
            return r;
        bound->having = filter;
    }
    return bind_side(bound, bound->query->where, SIDE_CELLS, &bound->having, error);
}

int bind_where(struct bound *bound, struct error *error)
{
    return bind_side(bound, bound->query->where, SIDE_ROWS, &bound->where, error);
}
