#include "absolute.h"

#include <string.h>

#include "parse.h"

/* -- time ---------------------------------------------------------------------------------------------------------- */

/* The moment as it is written: in the zone where that says it, else as an instant. */
static struct point moment(const struct bound *bound, int64_t instant)
{
    int64_t local = zone_to_local(bound->zone, instant);

    if (zone_to_instant(bound->zone, local) == instant && local % 1000 == 0)
        return (struct point){.kind = POINT_DATETIME, .value = local};
    return (struct point){.kind = POINT_INSTANT, .value = instant};
}

/* The period of two given moments, in whole days where it can be said so. `ret_period` is left alone where it is empty. */
static void fix_range(const struct bound *bound, const struct resolved *range, struct period *ret_period)
{
    struct period fixed = {.kind = PERIOD_BETWEEN};
    bool          days;

    if ((!range->has_from && !range->has_to) || (range->has_from && range->has_to && range->from >= range->to))
        return;
    days = resolved_is_whole_days(range, bound->zone);
    if (range->has_from)
        fixed.from = days ? (struct point){.kind = POINT_DATE, .value = range->first_day} : moment(bound, range->from);
    if (range->has_to)
        fixed.to = days ? (struct point){.kind = POINT_DATE, .value = range->last_day} : moment(bound, range->to - 1000);
    if (!range->has_from || !range->has_to)
        fixed.kind = range->has_from ? PERIOD_SINCE : PERIOD_UNTIL;
    else if (days && range->first_day == range->last_day)
        fixed = (struct period){.kind = PERIOD_POINT, .from = fixed.from};
    *ret_period = fixed;
}

static void period_fix(const struct bound *bound, struct period *period)
{
    struct resolved range;

    if (period_resolve(period, bound->context->now, bound->zone, NULL, &range, NULL) < 0)
        return;
    range.to = (range.to + 999) / 1000 * 1000;                 /* a point is a millisecond, all of it */
    fix_range(bound, &range, period);
}

/* Days that meet by their date would meet by their number if the other period were named by its ends. */
static bool days_meet_by_date(const struct bound *bound)
{
    size_t axis = bound_compared_axis(bound);

    return bound->months_back.kind == SHIFT_AGO && axis != SIZE_MAX && bound->dimensions[axis].unit == UNIT_DAY;
}

/* What is compared was moved, and cut where the data end: each period as it was read. */
static void shift_fix(const struct bound *bound, struct query *query)
{
    struct shift fixed = {.kind = SHIFT_PERIOD};

    if (bound->vs_count == 0)
        return;
    for (size_t i = 0, n = 0; i < query->range_count; i++)
        if (query->ranges[i].period.kind != PERIOD_NONE && n++ == bound->compared_range)
            fix_range(bound, &bound->ranges[bound->compared_range].resolved, &query->ranges[i].period);
    if (days_meet_by_date(bound)) {
        query->shift = bound->months_back;
        return;
    }
    fix_range(bound, &bound->compared[0], &fixed.period);
    for (size_t i = 1; i < bound->vs_count; i++) {
        struct period period = {0};

        fix_range(bound, &bound->compared[i], &period);
        ARENA_PUSH(bound->arena, fixed.more, fixed.more_count, fixed.more_room, period);
    }
    if (fixed.period.kind != PERIOD_NONE)
        query->shift = fixed;
}

static bool is_relative(const struct point *point)
{
    return point->kind >= POINT_NOW;
}

/* "7 days ago" is a day, "1 hour ago" an hour, which no other point says: that one stays. */
static void point_fix(const struct bound *bound, struct value *value)
{
    struct point point = value->point;
    int64_t      from, to, local;

    if (value->kind != VALUE_POINT && point_from_text(value->text, strlen(value->text), &point) < 0)
        return;
    if (!is_relative(&point) || point_resolve(&point, bound->context->now, bound->zone, &from, &to) < 0)
        return;
    local = zone_to_local(bound->zone, from);
    if (instant_begins_day(from, bound->zone) && instant_begins_day(to, bound->zone) && to > from &&
        to - from <= 25 * US_PER_HOUR)
        point = (struct point){.kind = POINT_DATE, .value = local_floor(local, UNIT_DAY) / US_PER_DAY};
    else if (to - from <= US_PER_MINUTE)
        point = (struct point){
            .kind = POINT_DATETIME, .value = local_floor(local, UNIT_MINUTE), .precision = UNIT_MINUTE};
    else
        return;
    value->kind = VALUE_POINT;
    value->point = point;
    value->text = point_text(bound->arena, &point);
}

static bool is_time(struct bound *bound, const struct name *name)
{
    struct member  members[FACT_LIMIT];
    enum data_unit unit;

    return name->text != NULL && bind_dimension_name(bound, name, members, &unit, NULL) == 0 &&
           member_is_time(members[0].dimension->type);
}

static void filter_fix(struct bound *bound, struct filter *filter)
{
    bool time;

    if (filter == NULL)
        return;
    for (size_t i = 0; i < filter->kid_count; i++)
        filter_fix(bound, filter->kids[i]);
    if (filter->test == TEST_IN_PERIOD || filter->test == TEST_NOT_IN_PERIOD)
        period_fix(bound, &filter->period);
    time = filter->value_count > 0 && is_time(bound, &filter->member);
    for (size_t i = 0; i < filter->value_count; i++) {
        struct value *value = &filter->values[i];

        if (value->kind == VALUE_VARIABLE && bound->context->variable != NULL) {
            const char *text = bound->context->variable(bound->context->who, value->text);

            if (text != NULL)
                *value = (struct value){.kind = VALUE_STRING, .text = arena_strdup(bound->arena, text)};
        }
        if (time && value->text != NULL && value->kind != VALUE_VARIABLE)
            point_fix(bound, value);
    }
}

struct query *query_absolute(struct bound *bound)
{
    struct query *query = query_copy(bound->arena, bound->query);

    for (size_t i = 0; i < query->range_count; i++)
        period_fix(bound, &query->ranges[i].period);
    shift_fix(bound, query);
    filter_fix(bound, query->where);
    filter_fix(bound, query->having);
    query->tz = zone_name(bound->zone);
    return query;
}

/* -- names --------------------------------------------------------------------------------------------------------- */

static bool name_measure(struct bound *bound, struct name *name)
{
    struct member member;

    if (name->text == NULL || name->unit != UNIT_NONE)
        return false;
    for (size_t i = 0; i < bound->measure_count; i++) {
        const struct measure *measure = bound->measures[i].measure;

        if (bound->measures[i].variant == VARIANT_VALUE &&
            (text_equal(bound->measures[i].label, name->text) ||
             (model_find_in(measure->cube, name->text, BIT(MEMBER_MEASURE), &member) && member.measure == measure))) {
            name->text = arena_printf(bound->arena, "%s.%s", measure->cube->name, measure->name);
            return true;
        }
    }
    return false;
}

static bool name_dimension(struct bound *bound, struct name *name)
{
    struct member  members[FACT_LIMIT];
    enum data_unit unit;

    if (bind_dimension_name(bound, name, members, &unit, NULL) < 0)
        return false;
    name->text = arena_strdup(bound->arena, members[0].full_name);
    name->unit = unit;
    name->bare_unit = false;
    return true;
}

/* `added` is told apart, and times stand behind the other dimensions, as Cube has them. */
static void name_lists(struct bound *bound, struct query *query)
{
    struct name_list plain = {0}, times = {0}, given[] = {query->dimensions, query->added};

    for (size_t i = 0; i < query->measures.count; i++)
        (void)name_measure(bound, &query->measures.items[i]);
    for (size_t l = 0; l < COUNT_OF(given); l++)
        for (size_t i = 0; i < given[l].count; i++) {
            struct name name = given[l].items[i];

            if (l == 1 && name_measure(bound, &name)) {
                ARENA_PUSH(bound->arena, query->measures.items, query->measures.count, query->measures.room, name);
                continue;
            }
            (void)name_dimension(bound, &name);
            if (name.unit == UNIT_NONE)
                ARENA_PUSH(bound->arena, plain.items, plain.count, plain.room, name);
            else
                ARENA_PUSH(bound->arena, times.items, times.count, times.room, name);
        }
    for (size_t i = 0; i < times.count; i++)
        ARENA_PUSH(bound->arena, plain.items, plain.count, plain.room, times.items[i]);
    query->dimensions = plain;
    query->added = (struct name_list){0};
}

static void name_filter(struct bound *bound, struct filter *filter)
{
    if (filter == NULL)
        return;
    for (size_t i = 0; i < filter->kid_count; i++)
        name_filter(bound, filter->kids[i]);
    if (filter->kind == FILTER_TEST && !name_dimension(bound, &filter->member))
        (void)name_measure(bound, &filter->member);
}

struct query *query_as_cube_has_it(struct bound *bound)
{
    struct query *query = query_absolute(bound);

    if (bound->fact_count != 1)
        return query;
    name_lists(bound, query);
    for (size_t i = 0; i < query->segments.count && i < bound->segment_count; i++)
        query->segments.items[i].text = arena_printf(bound->arena, "%s.%s", bound->segments[i]->cube->name, bound->segments[i]->name);
    for (size_t i = 0; i < query->range_count; i++)
        (void)name_dimension(bound, &query->ranges[i].member);
    for (size_t i = 0; i < query->order_count; i++) {
        struct order_key *key = &query->order[i];
        bool              measure = !name_dimension(bound, &key->name) && name_measure(bound, &key->name);

        if (!key->direction_given) {
            key->direction_given = true;
            key->descending = measure;
        }
    }
    name_filter(bound, query->where);
    name_filter(bound, query->having);
    (void)name_measure(bound, &query->top.by);
    query->cube = (struct name){0};
    return query;
}
