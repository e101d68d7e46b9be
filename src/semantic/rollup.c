/* What a declared rollup stores. */
#include "rollup.h"

#include <inttypes.h>
#include <string.h>

#define NAME_MOST 63                       /* of PostgreSQL's identifiers */

static void put_column(const struct bound *bound, struct rollup_layout *layout, const char *column)
{
    for (size_t i = 0; i < layout->column_count; i++)
        if (text_equal(layout->columns[i], column))
            return;
    if (!text_equal(column, layout->time_column))
        ARENA_PUSH(bound->arena, layout->columns, layout->column_count, layout->column_room, column);
}

static void put_columns(const struct bound *bound, struct rollup_layout *layout, const struct fragment *fragment)
{
    for (size_t i = 0; i < fragment->column_count; i++)
        put_column(bound, layout, fragment->columns[i]);
    for (size_t i = 0; i < fragment->join_count; i++)          /* a join names itself among those it needs */
        if (&fragment->joins[i]->sql != fragment)
            put_columns(bound, layout, &fragment->joins[i]->sql);
}

/* Made of the row alone: no other table can change it. */
static bool is_of_row(const struct fragment *fragment)
{
    return fragment->join_count == 0 && !fragment->has_subselect && !fragment->has_clock && !fragment->has_zone;
}

static void put_dimension(const struct bound *bound, struct rollup_layout *layout, const struct dimension *dimension)
{
    bool plain = dimension->sql.piece_count == 1 && dimension->sql.pieces[0].kind == PIECE_COLUMN;

    if (!plain && dimension->key.piece_count == 0 && is_of_row(&dimension->sql)) {
        ARENA_PUSH(bound->arena, layout->values, layout->value_count, layout->value_room, dimension);
        return;
    }
    put_columns(bound, layout, &dimension->sql);
    put_columns(bound, layout, &dimension->key);
}

static bool same_part(const struct rollup_part *a, enum aggregate_kind kind, const struct aggregate *aggregate,
                      const struct measure *counter)
{
    if ((a->aggregate == NULL) != (aggregate == NULL))
        return false;
    if (aggregate != NULL)
        return a->kind == kind && text_equal(a->aggregate->argument.source, aggregate->argument.source) &&
               text_equal(a->aggregate->filter.source, aggregate->filter.source);
    return a->counter->entity == counter->entity && text_equal(a->counter->sql.source, counter->sql.source) &&
           text_equal(a->counter->present.source, counter->present.source);
}

static void put_part(const struct bound *bound, struct rollup_layout *layout, struct rollup_part part)
{
    for (size_t i = 0; i < layout->part_count; i++)
        if (same_part(&layout->parts[i], part.kind, part.aggregate, part.counter))
            return;
    ARENA_PUSH(bound->arena, layout->parts, layout->part_count, layout->part_room, part);
}

static void put_aggregate(const struct bound *bound, struct rollup_layout *layout, const struct aggregate *aggregate)
{
    struct rollup_part part = {.kind = aggregate->kind, .aggregate = aggregate};

    if (!is_of_row(&aggregate->argument) || !is_of_row(&aggregate->filter))
        return;                                                /* other tables may change behind its back */
    if (aggregate->kind == AGGREGATE_AVG) {
        part.kind = AGGREGATE_SUM;
        put_part(bound, layout, part);
        part.kind = AGGREGATE_COUNT;
    }
    put_part(bound, layout, part);
}

/* Of a measure that rests on several cubes what is of this one. */
static void put_measure(const struct bound *bound, struct rollup_layout *layout, const struct measure *measure)
{
    if (measure->cube != layout->rollup->cube && measure->kind != MEASURE_RATIO && measure->kind != MEASURE_DERIVED)
        return;
    switch (measure->kind) {
    case MEASURE_AGGREGATE:
        for (size_t i = 0; i < measure->aggregate_count; i++)
            put_aggregate(bound, layout, &measure->aggregates[i]);
        return;
    case MEASURE_LAST:
    case MEASURE_INCREASE:
        if (is_of_row(&measure->sql) && measure->filter.piece_count == 0)
            put_part(bound, layout, (struct rollup_part){.counter = measure});
        return;
    case MEASURE_RATIO:
        put_measure(bound, layout, measure->numerator);
        put_measure(bound, layout, measure->denominator);
        return;
    case MEASURE_WINDOW:
        put_measure(bound, layout, measure->inner);
        return;
    case MEASURE_DERIVED:
        for (size_t i = 0; i < measure->sql.piece_count; i++)
            if (measure->sql.pieces[i].kind == PIECE_MEASURE)
                put_measure(bound, layout, measure->sql.pieces[i].measure);
        return;
    }
}

/* FNV-1a, 64 bits: it tells a changed definition, and guards nothing. http://www.isthe.com/chongo/tech/comp/fnv/ */
#define DIGEST_START UINT64_C(14695981039346656037)

static uint64_t digest(uint64_t hash, const char *text)
{
    for (const char *p = text != NULL ? text : ""; *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    return (hash ^ 0xff) * UINT64_C(1099511628211);
}

static const char *const kinds[] = {
    [AGGREGATE_SUM] = "s", [AGGREGATE_COUNT] = "c", [AGGREGATE_MIN] = "m",
    [AGGREGATE_MAX] = "x", [AGGREGATE_COUNT_APPROX] = "h", [AGGREGATE_COUNT_DISTINCT] = "d",
};

static const char *definition_of(const struct bound *bound, const struct rollup_layout *layout)
{
    const struct cube *cube = layout->rollup->cube;
    uint64_t           hash = digest(DIGEST_START, "2");

    hash = digest(digest(digest(hash, cube->schema), cube->table), cube->condition.source);
    hash = digest(digest(digest(hash, cube->snapshot_table), layout->time_column), zone_name(layout->zone));
    hash = digest(hash, data_unit_name(layout->rollup->unit));
    for (size_t i = 0; i < layout->column_count; i++)
        hash = digest(hash, layout->columns[i]);
    for (size_t i = 0; i < layout->value_count; i++)
        hash = digest(digest(hash, layout->values[i]->name), layout->values[i]->sql.source);
    for (size_t i = 0; i < layout->part_count; i++) {
        const struct rollup_part *part = &layout->parts[i];

        if (part->aggregate != NULL)
            hash = digest(digest(digest(hash, kinds[part->kind]), part->aggregate->argument.source),
                          part->aggregate->filter.source);
        else
            hash = digest(digest(digest(hash, part->counter->entity->name), part->counter->sql.source),
                          part->counter->present.source);
    }
    return arena_printf(bound->arena, "%016llx", (unsigned long long)hash);
}

/* In lower case; of long names the end is a digest, so that two stay two, also with "_new" behind (app/rollup). */
static const char *relation_of(const struct bound *bound, const struct rollup *rollup)
{
    char  *name = arena_printf(bound->arena, "parts.rollup_%s_%s", rollup->cube->name, rollup->name);
    size_t most = strlen("parts.") + NAME_MOST - strlen("_new");

    for (char *p = name; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    if (strlen(name) <= most)
        return name;
    return arena_printf(bound->arena, "%.*s_%016" PRIx64, (int)most - 17, name, digest(DIGEST_START, name));
}

struct rollup_layout *rollup_layout(const struct bound *bound, const struct rollup *rollup)
{
    struct rollup_layout *layout = ARENA_NEW(bound->arena, struct rollup_layout);
    const struct cube    *cube = rollup->cube;

    layout->rollup = rollup;
    layout->relation = relation_of(bound, rollup);
    layout->zone = zone_utc();
    layout->by_day = cube->time != NULL && cube->time->type == MEMBER_DATE;
    if (!layout->by_day && bound->model->time_zone != NULL && zone_find(bound->model->time_zone, &layout->zone) < 0)
        layout->zone = zone_utc();                             /* the model is checked where it is asked */
    if (rollup->time == NULL || dimension_meant(rollup->time) != cube->time)
        layout->fault = "it has no granularity of the cube's default time";
    else if (cube->time->sql.column_count != 1 || cube->time->sql.piece_count != 1)
        layout->fault = "the cube's time is not a column";
    else if (rollup->unit < (layout->by_day ? UNIT_DAY : UNIT_HOUR))
        layout->fault = layout->by_day ? "its facts are of days, and buckets shorter than that are not kept"
                                       : "buckets shorter than an hour are not kept";
    else if (rollup->unit == UNIT_HOUR && zone_breaks_hours(layout->zone))
        layout->fault = "the clocks of its zone have changed by part of an hour, and such hours are not kept";
    if (layout->fault != NULL)
        return layout;
    layout->time_column = cube->time->sql.columns[0];
    for (size_t i = 0; i < rollup->dimension_count; i++)
        put_dimension(bound, layout, rollup->dimensions[i]);
    for (size_t i = 0; i < rollup->segment_count; i++)         /* by the columns that they test */
        put_columns(bound, layout, &rollup->segments[i]->sql);
    for (size_t i = 0; i < rollup->measure_count; i++)
        put_measure(bound, layout, rollup->measures[i]);
    if (layout->part_count == 0)
        layout->fault = "none of its measures can be kept: they rest on other tables";
    layout->definition = definition_of(bound, layout);
    return layout;
}

size_t rollup_find_part(const struct rollup_layout *layout, const struct part *part)
{
    for (size_t i = 0; i < layout->part_count; i++)
        if (same_part(&layout->parts[i], part->kind, part->aggregate, part->counter))
            return i;
    return SIZE_MAX;
}

bool rollup_has_value(const struct rollup_layout *layout, const struct dimension *dimension)
{
    for (size_t i = 0; i < layout->value_count; i++)
        if (layout->values[i] == dimension_meant(dimension) || layout->values[i] == dimension)
            return true;
    return false;
}

static bool has_column(const struct rollup_layout *layout, const char *column)
{
    for (size_t i = 0; i < layout->column_count; i++)
        if (text_equal(layout->columns[i], column))
            return true;
    return false;
}

bool rollup_has_columns(const struct rollup_layout *layout, const struct fragment *fragment)
{
    for (size_t i = 0; i < fragment->column_count; i++)
        if (!has_column(layout, fragment->columns[i]))
            return false;
    for (size_t i = 0; i < fragment->join_count; i++)
        if (&fragment->joins[i]->sql != fragment && !rollup_has_columns(layout, &fragment->joins[i]->sql))
            return false;
    return true;
}

static bool is_column(const struct fragment *fragment, const char *column)
{
    return fragment->piece_count == 1 && fragment->pieces[0].kind == PIECE_COLUMN &&
           text_equal(fragment->columns[0], column);
}

bool rollup_is_told_by(const struct rollup_layout *layout, struct dimension *const *dimensions, size_t count)
{
    for (size_t i = 0; i < layout->column_count + layout->value_count; i++) {
        bool told = false;

        for (size_t d = 0; d < count; d++) {
            const struct dimension *meant = dimension_meant(dimensions[d]);

            told |= i >= layout->column_count ? layout->values[i - layout->column_count] == meant
                                              : is_column(&meant->sql, layout->columns[i]) ||
                                                    is_column(&meant->key, layout->columns[i]);
        }
        if (!told)
            return false;
    }
    return true;
}

bool rollup_has_dimension(const struct rollup_layout *layout, const struct dimension *dimension)
{
    return rollup_has_value(layout, dimension) ||
           (rollup_has_columns(layout, &dimension->sql) && rollup_has_columns(layout, &dimension->key));
}
