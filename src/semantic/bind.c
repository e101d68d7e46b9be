/*
 * Names to members. A measure's name means the same on every line: the cube after `from`, else the default cube, else
 * the only one that has it. A dimension is looked up in the cubes of the line's measures, by the same dotted name in
 * each.
 */
#include "bound.h"

#include <stdio.h>
#include <string.h>

void bind_point_at(const struct bound *bound, struct span span, struct error *error)
{
    query_point_at(error, bound->query, span);
}

void bind_remark(struct bound *bound, const char *format, ...)
{
    va_list args;
    char    text[512];

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (size_t i = 0; i < bound->remark_count; i++)
        if (text_equal(bound->remarks[i], text))
            return;
    ARENA_PUSH(bound->arena, bound->remarks, bound->remark_count, bound->remark_room, arena_strdup(bound->arena, text));
}

struct name_place bind_place_of(const struct bound *bound, const struct name *name)
{
    if (name->span.length == 0)
        return (struct name_place){0};
    return (struct name_place){bound->query->text, name->span.at, name->span.length};
}

int bind_add_fact(struct bound *bound, struct cube *cube, const struct name *name, struct error *error)
{
    for (size_t i = 0; i < bound->fact_count; i++)
        if (bound->facts[i] == cube)
            return 0;
    if (bound->fact_count == FACT_LIMIT) {
        error_set(error, ERR_LIMIT, "a query can take measures from at most %d cubes", FACT_LIMIT);
        bind_point_at(bound, name->span, error);
        return ERR_LIMIT;
    }
    bound->facts[bound->fact_count++] = cube;
    return 0;
}

/* -- labels -------------------------------------------------------------------------------------------------------- */

static bool label_taken(const struct bound *bound, const char *label)
{
    for (size_t i = 0; i < bound->dimension_count; i++)
        if (text_equal(bound->dimensions[i].label, label))
            return true;
    for (size_t i = 0; i < bound->measure_count; i++)
        if (bound->measures[i].selected && text_equal(bound->measures[i].label, label))
            return true;
    return false;
}

/* As written, without the cube in front; with it only where two columns would be called the same. */
const char *bind_label(const struct bound *bound, const char *written, const struct cube *cube)
{
    size_t      cube_length = strlen(cube->name);
    const char *label = written;

    if (strncmp(written, cube->name, cube_length) == 0 && written[cube_length] == '.')
        label = written + cube_length + 1;
    if (!label_taken(bound, label))
        return arena_strdup(bound->arena, label);
    return arena_printf(bound->arena, "%s.%s", cube->name, label);
}

int bind_refuse_twice(const struct bound *bound, const struct name *name, const char *label, struct error *error)
{
    error_set(error, ERR_USAGE, "'%s' is named twice", label);
    bind_point_at(bound, name->span, error);
    return ERR_USAGE;
}

/* -- dimensions ---------------------------------------------------------------------------------------------------- */

static bool member_is_axis(const struct member *member)
{
    return member->path_length == 0 && dimension_meant(member->dimension) == member->cube->time;
}

/* "subscribers by metric_date" is each day's, as by day: not the last readings by the day that they were taken on. */
static bool is_default_day(const struct bound *bound, const struct bound_dimension *dimension)
{
    for (size_t f = 0; f < bound->fact_count; f++)
        if (dimension->member[f].dimension->type != MEMBER_DATE || !member_is_axis(&dimension->member[f]))
            return false;
    return bound->fact_count > 0;
}

static int bind_dimension(struct bound *bound, const struct name *name, struct error *error)
{
    struct bound_dimension item = {.name = name};
    int                    r = bind_dimension_name(bound, name, item.member, &item.unit, error);

    if (r < 0)
        return r;
    item.said = item.unit;
    if (item.unit == UNIT_NONE && is_default_day(bound, &item))
        item.unit = UNIT_DAY;
    item.is_time = member_is_time(item.member[0].dimension->type);
    item.is_axis = item.unit != UNIT_NONE && member_is_axis(&item.member[0]);
    if (name->text == NULL)
        item.label = bind_label(bound, data_unit_name(item.unit), item.member[0].cube);
    else if (name->unit != UNIT_NONE)
        item.label = bind_label(bound, arena_printf(bound->arena, "%s.%s", name->text, data_unit_name(item.unit)),
                               item.member[0].cube);
    else
        item.label = bind_label(bound, name->text, item.member[0].cube);
    for (size_t i = 0; i < bound->dimension_count; i++)
        if (bound->dimensions[i].unit == item.unit &&
            text_equal(bound->dimensions[i].member[0].full_name, item.member[0].full_name))
            return bind_refuse_twice(bound, name, bound->dimensions[i].label, error);
    ARENA_PUSH(bound->arena, bound->dimensions, bound->dimension_count, bound->dimension_room, item);
    return 0;
}

static int bind_dimensions(struct bound *bound, struct cube *from, struct error *error)
{
    const struct name_list *names = &bound->query->dimensions, *added = &bound->query->added;
    int                     r = 0;

    for (size_t i = 0; r >= 0 && i < names->count; i++)
        r = bind_dimension(bound, &names->items[i], error);
    for (size_t i = 0; r >= 0 && i < added->count; i++)
        if (!bind_added_is_measure(bound, from, &added->items[i]))
            r = bind_dimension(bound, &added->items[i], error);
    return r;
}

/* A day of the zone and a Pacific day are different days: side by side on one line only where that is said. */
static int check_days(const struct bound *bound, struct error *error)
{
    bool        has_date = false, has_time = false;
    const char *zone = zone_name(bound->zone);

    for (size_t d = 0; d < bound->dimension_count; d++)
        for (size_t f = 0; bound->dimensions[d].is_axis && f < bound->fact_count; f++) {
            has_date |= bound->dimensions[d].member[f].dimension->type == MEMBER_DATE;
            has_time |= bound->dimensions[d].member[f].dimension->type == MEMBER_TIME;
        }
    for (size_t r = 0; r < bound->range_count; r++)
        for (size_t f = 0; bound->ranges[r].is_axis && f < bound->fact_count; f++) {
            has_date |= bound->ranges[r].member[f].dimension->type == MEMBER_DATE;
            has_time |= bound->ranges[r].member[f].dimension->type == MEMBER_TIME;
        }
    if (!has_date || !has_time || bound->query->mixed_days || text_equal(zone, "America/Los_Angeles") ||
        text_equal(zone, "US/Pacific"))
        return 0;
    error_set(error, ERR_USAGE,
              "these measures count different days: YouTube's days are Pacific, the others are of the zone %s", zone);
    error_hint(error, "add 'tz America/Los_Angeles', or 'mixed_days' to put them side by side all the same");
    return ERR_USAGE;
}

/* -- ranges, segments, order, top ---------------------------------------------------------------------------------- */

/* "for 2026-01, 2026-02": both at once hold for nothing, and one of them is surely not what was meant. */
static int check_one_period(const struct bound *bound, const struct bound_range *item, struct span span,
                            struct error *error)
{
    for (size_t i = 0; i < bound->range_count; i++) {
        bool same = text_equal(bound->ranges[i].member[0].full_name, item->member[0].full_name);

        if (!same && !(bound->ranges[i].is_axis && item->is_axis))
            continue;
        error_set(error, ERR_USAGE, "a second period for '%s'", item->member[0].full_name);
        bind_point_at(bound, span, error);
        error_hint(error, "from … to … is one period over both; side by side they are asked one by one");
        return ERR_USAGE;
    }
    return 0;
}

static int bind_ranges(struct bound *bound, struct error *error)
{
    for (size_t i = 0; i < bound->query->range_count; i++) {
        const struct time_range *range = &bound->query->ranges[i];
        struct bound_range       item = {0};
        enum data_unit           unit;
        int                      r;

        if (range->period.kind == PERIOD_NONE)
            continue;
        r = bind_dimension_name(bound, &range->member, item.member, &unit, error);
        if (r < 0)
            return r;
        if (!member_is_time(item.member[0].dimension->type)) {
            error_set(error, ERR_USAGE, "'%s' is not a time", item.member[0].full_name);
            bind_point_at(bound, range->member.span, error);
            return ERR_USAGE;
        }
        item.is_axis = member_is_axis(&item.member[0]);
        r = check_one_period(bound, &item, range->period.span, error);
        if (r < 0)
            return r;
        r = period_resolve(&range->period, bound->context->now, bound->zone, bound->query, &item.resolved, error);
        if (r < 0)
            return r;
        for (size_t f = 0; f < bound->fact_count; f++)
            if (item.member[f].dimension->type == MEMBER_DATE && !resolved_is_whole_days(&item.resolved, bound->zone))
                bind_remark(bound, "%s is a whole day: the days that begin inside the range count",
                            item.member[f].full_name);
        ARENA_PUSH(bound->arena, bound->ranges, bound->range_count, bound->range_room, item);
    }
    return 0;
}

static int bind_segments(struct bound *bound, struct error *error)
{
    for (size_t i = 0; i < bound->query->segments.count; i++) {
        const struct name *name = &bound->query->segments.items[i];
        struct name_place  place = bind_place_of(bound, name);
        struct member      member;

        if (!model_find_in(bound->facts[0], name->text, BIT(MEMBER_SEGMENT), &member)) {
            int r = model_find(bound->model, bound->facts[0], name->text, BIT(MEMBER_SEGMENT), &place, &member, error);

            if (r < 0)
                return r;
        }
        for (size_t f = 0; f < bound->fact_count; f++)
            if (member.segment->cube != bound->facts[f]) {
                error_set(error, ERR_USAGE, "segment '%s' belongs to %s and says nothing about %s", name->text,
                          member.segment->cube->name, bound->facts[f]->name);
                bind_point_at(bound, name->span, error);
                return ERR_USAGE;
            }
        for (size_t k = 0; k < bound->segment_count; k++)
            if (bound->segments[k] == member.segment)
                return bind_refuse_twice(bound, name, member.segment->name, error);
        ARENA_PUSH(bound->arena, bound->segments, bound->segment_count, bound->segment_room, member.segment);
    }
    return 0;
}

static bool find_selected_dimension(const struct bound *bound, const struct name *name, size_t *ret_index)
{
    for (size_t d = 0; d < bound->dimension_count; d++) {
        const struct bound_dimension *dimension = &bound->dimensions[d];
        struct member                 member;
        enum data_unit                unit;

        if (name->text == NULL ? dimension->is_axis && dimension->unit == name->unit
                               : text_equal(dimension->label, name->text)) {
            *ret_index = d;
            return true;
        }
        if (name->text == NULL || !bind_find_dimension(bound->facts[0], name->text, &member, &unit))
            continue;
        if (unit == UNIT_NONE)
            unit = name->unit;
        if (text_equal(member.full_name, dimension->member[0].full_name) &&
            (unit == UNIT_NONE || unit == dimension->unit)) {
            *ret_index = d;
            return true;
        }
    }
    return false;
}

/* A measure that only `order by` names may bring a fact: it must be known before the dimensions are bound for each. */
static void find_measures_of_order(struct bound *bound)
{
    for (size_t i = 0; i < bound->query->order_count; i++) {
        const struct name *name = &bound->query->order[i].name;
        struct member      member;
        enum data_unit     unit;
        size_t             index;

        if (name->text != NULL && !bind_find_dimension(bound->facts[0], name->text, &member, &unit))
            (void)bind_measure_name(bound, name, &index);
    }
}

static bool is_dimension(struct bound *bound, const struct name *name)
{
    struct member  members[FACT_LIMIT];
    enum data_unit unit;

    return name->text != NULL && bind_dimension_name(bound, name, members, &unit, NULL) == 0;
}

static int bind_order(struct bound *bound, struct error *error)
{
    for (size_t i = 0; i < bound->query->order_count; i++) {
        const struct order_key *key = &bound->query->order[i];
        struct bound_order      item = {.descending = key->descending};

        if (find_selected_dimension(bound, &key->name, &item.index)) {
            item.is_measure = false;
        } else if (key->name.text != NULL && bind_measure_name(bound, &key->name, &item.index)) {
            item.is_measure = true;
            if (!key->direction_given)
                item.descending = true;
        } else if (bound->query->json && is_dimension(bound, &key->name)) {
            bind_remark(bound,
                        "the rows are not ordered by '%s', which is not in the result: Cube leaves it out as well",
                        key->name.text);
            continue;
        } else {
            const char       *shown = key->name.text != NULL ? key->name.text : data_unit_name(key->name.unit);
            struct name_place place = bind_place_of(bound, &key->name);
            struct member     member;

            if (key->name.text != NULL && !is_dimension(bound, &key->name) &&
                model_find(bound->model, bound->facts[0], shown, BIT(MEMBER_MEASURE) | BIT(MEMBER_DIMENSION), &place,
                           &member, error) < 0)
                return ERR_UNKNOWN;
            error_set(error, ERR_UNKNOWN, "cannot order by '%s': the result has no such column", shown);
            error_hint(error, "name one of the columns, or add it after 'by'");
            bind_point_at(bound, key->name.span, error);
            return ERR_UNKNOWN;
        }
        ARENA_PUSH(bound->arena, bound->order, bound->order_count, bound->order_room, item);
    }
    return 0;
}

static int bind_top(struct bound *bound, struct error *error)
{
    const struct name *by = &bound->query->top.by;

    if (bound->query->top.count == 0)
        return 0;
    if (bound->query->dimensions.count + bound->query->added.count == 0) {
        error_set(error, ERR_USAGE, "'top' needs something to choose from: add 'by' and a dimension");
        bind_point_at(bound, bound->query->top.span, error);
        return ERR_USAGE;
    }
    if (by->text == NULL) {
        if (bound->measure_count == 0) {
            error_set(error, ERR_USAGE, "'top' needs a measure");
            return ERR_USAGE;
        }
        bound->top_by = 0;
        return 0;
    }
    if (!bind_measure_name(bound, by, &bound->top_by)) {
        struct name_place place = bind_place_of(bound, by);
        struct member     member;
        int               r = model_find(bound->model, NULL, by->text, BIT(MEMBER_MEASURE), &place, &member, error);

        return r < 0 ? r : error_set(error, ERR_UNKNOWN, "unknown measure '%s'", by->text);
    }
    return 0;
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

static int bind_zone(struct bound *bound, struct error *error)
{
    const char *name = bound->query->tz;

    bound->zone = bound->context->zone;
    if (name == NULL && bound->zone == NULL)
        name = bound->model->time_zone;
    if (name != NULL && zone_find(name, &bound->zone) < 0) {
        error_set(error, ERR_UNKNOWN, "unknown time zone '%s'", name);
        error_hint(error, "zones have the IANA database's names, like America/Los_Angeles or UTC");
        bind_point_at(bound, bound->query->tz_span, error);
        return ERR_UNKNOWN;
    }
    if (bound->zone == NULL)
        bound->zone = zone_utc();
    return 0;
}

/* "ungrouped" shows rows as they are: nothing that is made of several of them. */
static int check_ungrouped(const struct bound *bound, struct error *error)
{
    const struct query *query = bound->query;
    const char         *what = query->having != NULL || bound->having != NULL ? "a filter on a measure"
                               : query->shift.kind != SHIFT_NONE               ? "'vs'"
                               : query->fill != FILL_NONE                      ? "'fill'"
                               : query->total                                  ? "a grand total"
                               : query->top.count > 0                          ? "'top'"
                               : bound->fact_count > 1                         ? "a second fact"
                                                                               : NULL;

    if (!query->ungrouped || what == NULL)
        return 0;
    return error_set(error, ERR_USAGE, "\"ungrouped\" shows rows as they are, and %s is about groups of them", what);
}

/* Zeros are for what is known to be nothing. */
static int64_t end_of_zeros(struct bound *bound)
{
    const struct resolved open = {.has_to = true, .from = INT64_MIN, .to = bound->context->now};
    const char           *why;

    return bind_end_of_data(bound, &open, &why);
}

/* The finest bucket of the default time, else of a time that has a range, else the only one. */
static int bind_fill(struct bound *bound, struct error *error)
{
    size_t best = SIZE_MAX, buckets = 0, only = 0;

    if (bound->query->fill == FILL_NONE)
        return 0;
    for (size_t d = 0; d < bound->dimension_count; d++) {
        const struct bound_dimension *dimension = &bound->dimensions[d];

        if (!dimension->is_time || dimension->unit == UNIT_NONE)
            continue;
        buckets++;
        only = d;
        if (dimension->is_axis && (best == SIZE_MAX || dimension->unit < bound->dimensions[best].unit))
            best = d;
    }
    bound->fill_dimension = best != SIZE_MAX ? best : only;
    bound->fill_end = bound->context->now;
    if (bound->query->fill == FILL_ZERO && best != SIZE_MAX)
        bound->fill_end = end_of_zeros(bound);
    if (best != SIZE_MAX || buckets == 1)
        return 0;
    error_set(error, ERR_USAGE, buckets == 0 ? "'fill' makes the missing buckets of time, and the query has none"
                                             : "'fill' cannot tell which of these times has its buckets made");
    error_hint(error, "add one after 'by', like day or week");
    bind_point_at(bound, bound->query->fill_span, error);
    return ERR_USAGE;
}

static int check_other(const struct bound *bound, struct error *error)
{
    for (size_t d = 0; d < bound->dimension_count; d++)
        if (!bound->query->top.other || !bound->dimensions[d].is_time)
            return 0;
    if (!bound->query->top.other)
        return 0;
    error_set(error, ERR_USAGE, "'with other' is for what 'top' leaves out of groups, and here are times alone");
    bind_point_at(bound, bound->query->top.span, error);
    return ERR_USAGE;
}

/* Cube's JSON may name no measure at all; the cube is then that of its first dimension. */
static int find_fact_of_dimensions(struct bound *bound, struct cube *from, struct error *error)
{
    const struct name *first = bound->query->dimensions.count > 0 ? &bound->query->dimensions.items[0] : NULL;
    struct member      member;

    if (from == NULL && first != NULL && first->text != NULL) {
        struct name_place place = bind_place_of(bound, first);
        enum data_unit    unit;

        for (size_t i = 0; i < bound->model->cube_count; i++)
            if (text_starts(first->text, bound->model->cubes[i]->name) &&
                bind_find_dimension(bound->model->cubes[i], first->text, &member, &unit))
                return bind_add_fact(bound, bound->model->cubes[i], first, error);
        int r = model_find(bound->model, NULL, first->text, BIT(MEMBER_DIMENSION), &place, &member, error);

        if (r < 0)
            return r;
        from = member.cube;
    }
    if (from == NULL)
        from = bound->model->default_cube;
    if (from == NULL)
        return error_set(error, ERR_USAGE, "the query names no measure and no dimension");
    return bind_add_fact(bound, from, first, error);
}

/* The cube after `from`; NULL when there is none. */
static int find_from(struct bound *bound, struct cube **ret_from, struct error *error)
{
    const struct query *query = bound->query;
    const char        **names, *near;

    *ret_from = query->cube.text != NULL ? model_cube(bound->model, query->cube.text) : NULL;
    if (*ret_from != NULL || query->cube.text == NULL)
        return 0;
    names = ARENA_ARRAY(bound->arena, const char *, bound->model->cube_count + 1);
    for (size_t i = 0; i < bound->model->cube_count; i++)
        names[i] = bound->model->cubes[i]->name;
    near = nearest_word(query->cube.text, strlen(query->cube.text), names, bound->model->cube_count);
    error_set(error, ERR_UNKNOWN, "unknown cube '%s'", query->cube.text);
    bind_point_at(bound, query->cube.span, error);
    if (near != NULL)
        error_hint(error, "did you mean '%s'? 'catalog' lists all.", near);
    else
        error_hint(error, "'catalog' lists all.");
    return ERR_UNKNOWN;
}

/* The measures the query shows, and the facts that follow from them or, without one, from its dimensions. */
static int bind_facts(struct bound *bound, struct cube *from, struct error *error)
{
    int r = bind_measures(bound, from, error);

    return r >= 0 && bound->fact_count == 0 ? find_fact_of_dimensions(bound, from, error) : r;
}

int bind_shown(struct bound *bound, struct error *error)
{
    struct cube *from;
    int          r = find_from(bound, &from, error);

    if (r >= 0)
        r = bind_facts(bound, from, error);
    return r < 0 ? r : bind_dimensions(bound, from, error);
}

int bind_query(struct bound *bound, struct error *error)
{
    const struct query *query = bound->query;
    struct cube        *from = NULL;
    int                 r;

    for (size_t i = 0; i < query->remark_count; i++)
        bind_remark(bound, "%s", query->remarks[i]);
    if (query->join_hints.count > 0)
        bind_remark(bound, "'joinHints' changes nothing: which join a member is reached by stands in its name");
    if (query->response_format != NULL && !text_equal(query->response_format, "default") && !bound->context->for_cube)
        bind_remark(bound, "'responseFormat' changes nothing but the format cube, which is chosen with --format");
    r = bind_zone(bound, error);
    if (r < 0)
        return r;
    r = find_from(bound, &from, error);
    if (r >= 0)
        r = bind_facts(bound, from, error);
    /* measures that only having, top or order name may bring facts of their own: before the dimensions, which need all
     */
    if (r >= 0)
        r = bind_having(bound, error);
    if (r >= 0)
        r = bind_top(bound, error);
    if (r >= 0)
        find_measures_of_order(bound);
    if (r >= 0)
        r = bind_where(bound, error);
    if (r >= 0)
        r = bind_dimensions(bound, from, error);
    if (r >= 0)
        r = bind_ranges(bound, error);
    if (r >= 0)
        r = bind_segments(bound, error);
    if (r >= 0)
        r = bind_compare(bound, error);
    if (r >= 0)
        r = bind_fill(bound, error);
    if (r >= 0)
        r = check_other(bound, error);
    if (r >= 0)
        r = check_ungrouped(bound, error);
    if (r >= 0)
        r = bind_order(bound, error);
    if (r >= 0)
        r = bind_fanout(bound, error);
    bound->kind_label = label_taken(bound, "kind") ? "row_kind" : "kind";
    if (r >= 0)
        r = check_days(bound, error);
    if (r >= 0 && bound->dimension_count == 0 && bound->measure_count == 0)
        r = error_set(error, ERR_USAGE, "the query asks for nothing: name a measure");
    return r;
}
