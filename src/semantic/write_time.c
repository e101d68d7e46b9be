/*
 * Buckets of time as SQL. Days and longer step by the calendar of the zone; hours and finer by the clock, so that the
 * doubled hour is two buckets.
 */
#include "bound.h"

#include <inttypes.h>

#define DAYS_OF_MONTH 31

static const char *const steps[] = {
    [UNIT_NONE] = "1 day", [UNIT_SECOND] = "1 second", [UNIT_MINUTE] = "1 minute", [UNIT_HOUR] = "1 hour",
    [UNIT_DAY] = "1 day",  [UNIT_WEEK] = "7 days",     [UNIT_MONTH] = "1 month",   [UNIT_QUARTER] = "3 months",
    [UNIT_YEAR] = "1 year",
};

const struct resolved *writer_range(const struct writer *writer, size_t range)
{
    const struct bound *bound = writer->bound;

    return writer->period > 0 && range == bound->compared_range ? &bound->compared[writer->period - 1]
                                                               : &bound->ranges[range].resolved;
}

const char *bucket_text(struct writer *writer, const char *expression, enum member_type type, enum data_unit unit)
{
    struct arena *arena = writer->bound->arena;

    if (unit == UNIT_NONE)
        return expression;
    if (type == MEMBER_DATE)
        return unit == UNIT_DAY
                   ? expression
                   : arena_printf(arena, "date_trunc('%s', (%s)::timestamp)::date", data_unit_name(unit), expression);
    return arena_printf(arena, "date_trunc('%s', %s, %s)", data_unit_name(unit), expression, writer_zone(writer));
}

enum member_type bound_dimension_type(const struct bound *bound, size_t dimension)
{
    for (size_t f = 0; f < bound->fact_count; f++)
        if (bound->dimensions[dimension].member[f].dimension->type == MEMBER_TIME)
            return MEMBER_TIME;
    return bound->dimensions[dimension].member[0].dimension->type;
}

bool bound_has_axis(const struct bound *bound)
{
    for (size_t d = 0; d < bound->dimension_count; d++)
        if (bound->dimensions[d].is_axis)
            return true;
    return false;
}

/* -- numbers ------------------------------------------------------------------------------------------------------- */

size_t bound_compared_axis(const struct bound *bound)
{
    size_t best = SIZE_MAX;

    for (size_t d = 0; d < bound->dimension_count; d++)
        if (bound_dimension_is_compared(bound, d) &&
            (best == SIZE_MAX || bound->dimensions[d].unit < bound->dimensions[best].unit))
            best = d;
    return best;
}

/* The first bucket of the period, in local time; of hours and finer as an instant. */
static int64_t first_bucket(const struct writer *writer, const struct resolved *range, size_t dimension)
{
    const struct bound *bound = writer->bound;
    enum data_unit      unit = bound->dimensions[dimension].unit;
    int64_t             local;

    if (bound_dimension_type(bound, dimension) == MEMBER_DATE)
        return local_floor(range->first_day * US_PER_DAY, unit);
    local = zone_to_local(bound->zone, range->from);
    if (unit <= UNIT_HOUR)
        return range->from - (local - local_floor(local, unit));
    return local_floor(local, unit);
}

static int months_of(enum data_unit unit)
{
    return unit == UNIT_YEAR ? 12 : unit == UNIT_QUARTER ? 3 : unit == UNIT_MONTH ? 1 : 0;
}

static int64_t month_index(int64_t local)
{
    int year, month, day;

    day_to_civil((int32_t)(local / US_PER_DAY), &year, &month, &day);
    return year * INT64_C(12) + month - 1;
}

const char *bucket_number_text(struct writer *writer, const char *bucket, size_t dimension)
{
    const struct bound *bound = writer->bound;
    struct arena       *arena = bound->arena;
    enum data_unit      unit = bound->dimensions[dimension].unit;
    int64_t             first = first_bucket(writer, writer_range(writer, bound->compared_range), dimension);
    const char         *local = bucket;

    if (unit <= UNIT_HOUR)
        return arena_printf(arena, "(extract(epoch FROM %s - %s) / %d)::integer", bucket, writer_instant(writer, first),
                            unit == UNIT_HOUR ? 3600 : unit == UNIT_MINUTE ? 60 : 1);
    if (bound_dimension_type(bound, dimension) != MEMBER_DATE)
        local = arena_printf(arena, "(%s AT TIME ZONE %s)::date", bucket, writer_zone(writer));
    if (unit == UNIT_DAY && bound->by_date)
        return arena_printf(arena,
                            "((extract(year FROM %s) * 12 + extract(month FROM %s) - 1 - %" PRId64
                            ") * %d + extract(day FROM %s) - 1)::integer",
                            local, local, month_index(first), DAYS_OF_MONTH, local);
    if (months_of(unit) == 0)
        return arena_printf(arena, "((%s - %s) / %d)", local, writer_day(writer, (int32_t)(first / US_PER_DAY)),
                            unit == UNIT_WEEK ? 7 : 1);
    return arena_printf(arena,
                        "((extract(year FROM %s) * 12 + extract(month FROM %s) - 1 - %" PRId64 ") / %d)::integer",
                        local, local, month_index(first), months_of(unit));
}

/* Where days meet by their date, the number is month and day of the month; a month that has no such day has none. */
static const char *day_at_text(struct writer *writer, const char *number, size_t dimension, int64_t first_month)
{
    const struct bound *bound = writer->bound;
    struct arena       *arena = bound->arena;
    const char         *month, *day;

    month = arena_printf(arena, "(%s + (%s / %d) * interval '1 month')",
                         writer_day(writer, (int32_t)(first_month / US_PER_DAY)), number, DAYS_OF_MONTH);
    day = arena_printf(arena, "(%s + (%s %% %d) * interval '1 day')", month, number, DAYS_OF_MONTH);
    if (bound_dimension_type(bound, dimension) == MEMBER_DATE)
        return arena_printf(arena, "(CASE WHEN date_trunc('month', %s) = %s THEN %s::date END)", day, month, day);
    return arena_printf(arena, "(CASE WHEN date_trunc('month', %s) = %s THEN %s AT TIME ZONE %s END)", day, month, day,
                        writer_zone(writer));
}

const char *bucket_at_text(struct writer *writer, const char *number, size_t dimension)
{
    const struct bound *bound = writer->bound;
    struct arena       *arena = bound->arena;
    enum data_unit      unit = bound->dimensions[dimension].unit;
    int64_t             first = first_bucket(writer, writer_range(writer, bound->compared_range), dimension);
    const char         *at;

    if (unit <= UNIT_HOUR)
        return arena_printf(arena, "(%s + %s * interval '%s')", writer_instant(writer, first), number, steps[unit]);
    if (unit == UNIT_DAY && bound->by_date)
        return day_at_text(writer, number, dimension, local_floor(first, UNIT_MONTH));
    at = arena_printf(arena, "(%s + %s * interval '%s')", writer_day(writer, (int32_t)(first / US_PER_DAY)), number,
                      steps[unit]);
    if (bound_dimension_type(bound, dimension) == MEMBER_DATE)
        return arena_printf(arena, "%s::date", at);
    return arena_printf(arena, "(%s AT TIME ZONE %s)", at, writer_zone(writer));
}

bool bucket_zeros_find(struct writer *writer, const char *number, struct grain grain, struct bucket_zeros *ret_zeros)
{
    size_t axis = bound_compared_axis(writer->bound);

    if (writer->bound->query->fill != FILL_ZERO || !grain.time || axis == SIZE_MAX)
        return false;
    *ret_zeros = (struct bucket_zeros){writer, number, axis};
    return true;
}

const char *bucket_is_there(const struct bucket_zeros *zeros, size_t of_period)
{
    struct writer         *writer = zeros->writer;
    const struct bound    *bound = writer->bound;
    size_t                 period = writer->period;
    bool                   date = bound_dimension_type(bound, zeros->axis) == MEMBER_DATE;
    const struct resolved *range;
    const char            *text;

    writer->period = of_period;
    range = writer_range(writer, bound->compared_range);
    text = arena_printf(bound->arena, "%s %s %s", bucket_at_text(writer, zeros->number, zeros->axis), date ? "<=" : "<",
                        date ? writer_day(writer, range->last_day) : writer_instant(writer, range->to));
    writer->period = period;
    return text;
}

/* -- series -------------------------------------------------------------------------------------------------------- */

#define SAMPLE_DAYS 30                     /* a change of the clocks lasts longer */
#define SAMPLE_COUNT 900                   /* from 1970 on */

bool zone_breaks_hours(const struct zone *zone)
{
    int32_t first = zone_offset(zone, 0);

    for (int64_t i = 1; i < SAMPLE_COUNT; i++)
        if ((zone_offset(zone, i * SAMPLE_DAYS * US_PER_DAY) - first) % 3600 != 0)
            return true;
    return false;
}

/* A day whose midnight is skipped begins at one o'clock: the steps are taken from its midnight all the same. */
const char *bucket_series_text(struct writer *writer, enum member_type type, enum data_unit unit, const char *first,
                               const char *last, const char **ret_series)
{
    struct arena *arena = writer->bound->arena;
    const char   *bucket = "bucket";

    if (type == MEMBER_DATE) {
        bucket = "bucket::date";
        first = arena_printf(arena, "date_trunc('%s', (%s)::timestamp)", data_unit_name(unit), first);
        last = arena_printf(arena, "(%s)::timestamp", last);
    } else if (unit > UNIT_HOUR) {
        const char *zone = writer_zone(writer);

        bucket = arena_printf(arena, "bucket AT TIME ZONE %s", zone);
        first = arena_printf(arena, "date_trunc('%s', %s AT TIME ZONE %s)", data_unit_name(unit), first, zone);
        last = arena_printf(arena, "%s AT TIME ZONE %s", last, zone);
    } else {
        first = arena_printf(arena, "date_trunc('%s', %s, %s)", data_unit_name(unit), first, writer_zone(writer));
        if (unit == UNIT_HOUR && zone_breaks_hours(writer->bound->zone)) {
            *ret_series = arena_printf(arena,
                                       "LATERAL (SELECT DISTINCT date_trunc('hour', tick, %s) AS bucket FROM "
                                       "generate_series(%s, %s, '15 minutes') AS tick) AS hours",
                                       writer_zone(writer), first, last);
            return bucket;
        }
    }
    *ret_series = arena_printf(arena, "generate_series(%s, %s, '%s') AS bucket", first, last, steps[unit]);
    return bucket;
}
