/*
 * A row as tests and ranges. What bounded the answer as a whole (having, top, order, limit) goes: the row has passed
 * it, and its parts need not.
 *
 * A bucket of the default time dimension becomes a range, for a counter is read up to the end of a range; tested by
 * `where` it would be the last snapshot that is tested. Any other dimension is a test beside all that is there.
 */
#include "src/semantic/drill_work.h"

#include <string.h>

#include "src/semantic/print.h"

/* -- the row and the query's dimensions ---------------------------------------------------------------------------- */

const char *drill_member(const struct drill *drill, const struct bound_dimension *dimension)
{
    const char *name = dimension->member[0].full_name;

    return dimension->said == UNIT_NONE ? name
                                        : arena_printf(drill->arena, "%s.%s", name, data_unit_name(dimension->said));
}

bool drill_is_axis(const struct drill *drill, const struct bound_dimension *dimension)
{
    for (size_t f = 0; f < drill->bound.fact_count; f++)
        if (dimension->member[f].path_length > 0 ||
            dimension_meant(dimension->member[f].dimension) != drill->bound.facts[f]->time)
            return false;
    return dimension->unit != UNIT_NONE;
}

/* NULL: the row has no such column. */
static const struct data_column *find_column(const struct drill *drill, const struct drill_row *row,
                                             const struct bound_dimension *dimension)
{
    const char *member = drill_member(drill, dimension);

    for (size_t i = 0; i < row->count; i++)
        if (row->columns[i].role != ROLE_MEASURE && text_equal(row->columns[i].member, member))
            return &row->columns[i];
    return NULL;
}

static struct data_cell cell_of(const struct drill_row *row, const struct data_column *column)
{
    return row->cells[column - row->columns];
}

/* Rows that are no group: what they stand for cannot be told from their values. */
static int check_row(struct drill *drill, const struct drill_row *row)
{
    const struct query *query = drill->query;
    size_t named = 0;

    if (query->ungrouped)
        return error_set(drill->error, ERR_USAGE, "the rows of an ungrouped query have nothing below them");
    for (size_t d = 0; d < drill->bound.dimension_count; d++) {
        const struct data_column *column = find_column(drill, row, &drill->bound.dimensions[d]);
        struct data_cell cell;

        if (column == NULL)
            return error_set(drill->error, ERR_USAGE, "the row is not of this query: it has no '%s'",
                             drill->bound.dimensions[d].label);
        cell = cell_of(row, column);
        named += cell.text != NULL;
        if (query->top.other && !drill->bound.dimensions[d].is_time &&
            (cell.text == NULL || (cell.length == strlen("other") && memcmp(cell.text, "other", cell.length) == 0)))
            return error_set(drill->error, ERR_USAGE, "the row may be the rest that 'top … with other' left");
    }
    if (query->total && named == 0 && drill->bound.dimension_count > 0)
        return error_set(drill->error, ERR_USAGE, "the row is the total: drill into one of its rows");
    return 0;
}

/* -- tests --------------------------------------------------------------------------------------------------------- */

static bool is_number(const char *text)
{
    return text[0] != '\0' && strspn(text, "-.0123456789") == strlen(text);
}

static int value_of_cell(struct drill *drill, const struct data_column *column, struct data_cell cell,
                         enum member_type type, struct value *ret_value)
{
    struct value value = {.kind = VALUE_STRING, .text = arena_strndup(drill->arena, cell.text, cell.length)};
    int r;

    switch (type) {
    case MEMBER_NUMBER:
        if (!is_number(value.text))
            return error_set(drill->error, ERR_USAGE, "%s '%s' is no number a line can name", column->name, value.text);
        value.kind = VALUE_NUMBER;
        break;
    case MEMBER_BOOLEAN:
        value = (struct value){.kind = VALUE_BOOL, .text = value.text[0] == 't' ? "true" : "false"};
        break;
    case MEMBER_ARRAY:
        r = error_set(drill->error, ERR_USAGE, "%s is a list, and a list is not tested as a whole", column->name);
        error_hint(drill->error, "'%s has …' asks for one of its items", column->name);
        return r;
    case MEMBER_TIME:
        value = (struct value){.kind = VALUE_POINT, .point = {.kind = POINT_INSTANT}};
        r = drill_instant(drill, column, cell, &value.point.value);
        if (r < 0)
            return r;
        value.text = point_text(drill->arena, &value.point);
        break;
    case MEMBER_DATE:
    case MEMBER_STRING:
        break;
    }
    *ret_value = value;
    return 0;
}

/* "published_at" of "published_at.month" */
static int bare_name(struct drill *drill, const struct bound_dimension *dimension, struct name *ret_name)
{
    struct name name = *dimension->name;
    const struct bound *const bound = &drill->bound;

    for (size_t f = 1; name.text == NULL && f < bound->fact_count; f++)
        if (!text_equal(bound->facts[f]->time->name, bound->facts[0]->time->name))
            return error_set(drill->error, ERR_USAGE, "one test cannot say '%s' of %s and of %s", dimension->label,
                             bound->facts[0]->name, bound->facts[f]->name);
    if (name.text == NULL)
        name.text = dimension->member[0].dimension->name;
    else if (dimension->unit != UNIT_NONE && name.unit == UNIT_NONE)
        name.text = arena_strndup(drill->arena, name.text, (size_t)(strrchr(name.text, '.') - name.text));
    name.unit = UNIT_NONE;
    name.bare_unit = false;
    *ret_name = name;
    return 0;
}

static bool same_test(const struct filter *a, const struct filter *b)
{
    _cleanup_(str_done) struct str left = STR_INIT, right = STR_INIT;

    print_filter(&left, a);
    print_filter(&right, b);
    return text_equal(str_text(&left), str_text(&right));
}

static void put_test(struct drill *drill, struct filter *test)
{
    struct filter *where = drill->query->where;

    if (where != NULL && where->kind == FILTER_TEST && same_test(where, test))
        return;
    for (size_t i = 0; where != NULL && where->kind == FILTER_AND && i < where->kid_count; i++)
        if (same_test(where->kids[i], test))
            return;
    drill->query->where = filter_join(drill->arena, FILTER_AND, where, test);
}

static int add_test(struct drill *drill, const struct bound_dimension *dimension, const struct data_column *column,
                    struct data_cell cell)
{
    struct filter *test = ARENA_NEW(drill->arena, struct filter);
    enum member_type type = dimension->member[0].dimension->type;
    struct value value;
    int r = bare_name(drill, dimension, &test->member);

    if (r < 0)
        return r;
    test->kind = FILTER_TEST;
    test->test = TEST_NULL;
    if (cell.text != NULL && (dimension->unit != UNIT_NONE || type == MEMBER_DATE)) {
        test->test = TEST_IN_PERIOD;
        r = drill_period(drill, column, cell, dimension->unit != UNIT_NONE ? dimension->unit : UNIT_DAY, &test->period);
    } else if (cell.text != NULL) {
        test->test = TEST_EQUAL;
        r = value_of_cell(drill, column, cell, type, &value);
        if (r >= 0)
            ARENA_PUSH(drill->arena, test->values, test->value_count, test->value_room, value);
    }
    if (r >= 0)
        put_test(drill, test);
    return r;
}

/* -- ranges -------------------------------------------------------------------------------------------------------- */

struct rests {
    bool on_last, on_published;
};

static void find_rests(const struct measure *measure, struct rests *rests)
{
    rests->on_last |= measure->kind == MEASURE_LAST;
    rests->on_published |= measure->kind == MEASURE_INCREASE && measure->baseline == BASELINE_PUBLISHED;
    if (measure->kind == MEASURE_RATIO) {
        find_rests(measure->numerator, rests);
        find_rests(measure->denominator, rests);
    }
    if (measure->kind == MEASURE_WINDOW)
        find_rests(measure->inner, rests);
    for (size_t i = 0; measure->kind == MEASURE_DERIVED && i < measure->sql.piece_count; i++)
        if (measure->sql.pieces[i].kind == PIECE_MEASURE)
            find_rests(measure->sql.pieces[i].measure, rests);
}

/* An increase since publishing counts a first sighting by when the range begins: there the range stays as it is, and
 * the bucket is a test. A counter's latest value needs the range's end, and comes first where both are asked. */
static bool is_bounded(const struct drill *drill, const struct bound_dimension *dimension)
{
    struct rests rests = {0};

    for (size_t i = 0; i < drill->bound.measure_count; i++)
        find_rests(drill->bound.measures[i].measure, &rests);
    return drill_is_axis(drill, dimension) && (rests.on_last || !rests.on_published);
}

static bool is_axis_range(struct drill *drill, const struct time_range *range)
{
    struct bound_dimension dimension = {.unit = UNIT_DAY};
    enum data_unit unit;

    return bind_dimension_name(&drill->bound, &range->member, dimension.member, &unit, NULL) == 0 &&
           drill_is_axis(drill, &dimension);
}

/* In the place of the range that was there. */
static int add_range(struct drill *drill, struct period bucket, int64_t now, enum data_unit unit,
                     const struct zone *zone)
{
    struct query *query = drill->query;
    size_t kept = 0;

    for (size_t i = 0; i < query->range_count; i++) {
        const struct time_range *old = &query->ranges[i];
        int r = is_axis_range(drill, old) ? drill_period_cut(drill, &old->period, now, unit, zone, &bucket) : 1;

        if (r < 0)
            return r;
        if (r > 0)
            query->ranges[kept++] = *old;
    }
    query->range_count = kept;
    ARENA_PUSH(drill->arena, query->ranges, query->range_count, query->range_room,
               ((struct time_range){.period = bucket}));
    return 0;
}

/* A shift that follows the period moves with the bucket; the others would compare with another time than the row. */
static void drop_shift(struct query *query)
{
    if (query->shift.kind == SHIFT_PREVIOUS || query->shift.kind == SHIFT_PERIOD)
        query->shift = (struct shift){0};
}

/* The longest bucket first, so that one inside it takes its place. */
static int add_ranges(struct drill *drill, const struct drill_row *row)
{
    for (int unit = UNIT_YEAR; unit >= UNIT_SECOND; unit--)
        for (size_t d = 0; d < drill->bound.dimension_count; d++) {
            const struct bound_dimension *dimension = &drill->bound.dimensions[d];
            const struct data_column *column = find_column(drill, row, dimension);
            const struct zone *zone = column->zone != NULL ? column->zone : zone_utc();
            struct period bucket;
            int r;

            if ((int)dimension->unit != unit || !is_bounded(drill, dimension) || cell_of(row, column).text == NULL)
                continue;
            r = drill_period(drill, column, cell_of(row, column), dimension->unit, &bucket);
            if (r < 0)
                return r;
            r = add_range(drill, bucket, row->now, dimension->unit, zone);
            if (r < 0)
                return r;
            drop_shift(drill->query);
        }
    return 0;
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

/* Without the tests of cells; NULL when none is left. */
static struct filter *rows_only(struct drill *drill, struct filter *filter)
{
    struct filter *kept = NULL;

    if (filter == NULL || bind_tests_cells(&drill->bound, filter))
        return NULL;
    if (filter->kind != FILTER_AND)
        return filter;
    for (size_t i = 0; i < filter->kid_count; i++)
        kept = filter_join(drill->arena, FILTER_AND, kept, rows_only(drill, filter->kids[i]));
    return kept;
}

static void forget_the_whole(struct query *query)
{
    query->having = NULL;
    query->order_count = 0;
    query->order_none = false;
    memset(&query->top, 0, sizeof query->top);
    query->limit = -1;
    query->offset = 0;
    query->limit_default = false;
}

int drill_narrow(struct drill *drill, const struct drill_row *row)
{
    int r = check_row(drill, row);

    if (r < 0)
        return r;
    drill->query->where = rows_only(drill, drill->query->where);
    forget_the_whole(drill->query);
    for (size_t d = 0; d < drill->bound.dimension_count; d++) {
        const struct bound_dimension *dimension = &drill->bound.dimensions[d];
        const struct data_column *column = find_column(drill, row, dimension);
        struct data_cell cell = cell_of(row, column);

        if (cell.text == NULL || !is_bounded(drill, dimension))
            r = add_test(drill, dimension, column, cell);
        if (r < 0)
            return r;
    }
    return add_ranges(drill, row);
}
