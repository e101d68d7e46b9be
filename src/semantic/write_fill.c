/*
 * `fill`: the buckets a group lacks, over the whole range, no further than now. A bucket that was there and did not
 * pass `having` is not missing. What adds up or is counted is NULL there, or 0 with `fill zero`; a ratio is NULL; a
 * carried counter has its buckets already. Zeros end where the data end: what is not loaded yet is not nothing.
 */
#include "bound.h"

/* The range of the time whose buckets are made; NULL: none. */
static const struct resolved *range_of_fill(const struct writer *writer)
{
    const struct bound           *bound = writer->bound;
    const struct bound_dimension *dimension = &bound->dimensions[bound->fill_dimension];

    for (size_t i = 0; i < bound->range_count; i++)
        if (dimension->is_axis ? bound->ranges[i].is_axis
                               : text_equal(bound->ranges[i].member[0].full_name, dimension->member[0].full_name))
            return writer_range(writer, i);
    return NULL;
}

/* A coarser bucket of the same time: it follows from the filled one. */
static bool follows(const struct bound *bound, size_t d)
{
    const struct bound_dimension *dimension = &bound->dimensions[d],
                                 *filled = &bound->dimensions[bound->fill_dimension];

    return dimension->unit != UNIT_NONE &&
           (filled->is_axis ? dimension->is_axis
                            : text_equal(dimension->member[0].full_name, filled->member[0].full_name));
}

static const char *moment(struct writer *writer, enum member_type type, int64_t instant, int32_t day)
{
    return type == MEMBER_DATE ? writer_day(writer, day) : writer_instant(writer, instant);
}

/* "SELECT bucket AS d2 FROM generate_series(…)" */
static void write_buckets(struct writer *writer, struct str *to, const char *rows)
{
    const struct bound    *bound = writer->bound;
    size_t                 d = bound->fill_dimension;
    enum member_type       type = bound_dimension_type(bound, d);
    const struct resolved *range = range_of_fill(writer);
    int64_t                now = bound->fill_end;
    int32_t                today = (int32_t)(local_floor(zone_to_local(bound->zone, now), UNIT_DAY) / US_PER_DAY);
    const char            *first, *last, *series, *bucket;

    first = range != NULL && range->has_from ? moment(writer, type, range->from, range->first_day)
                                             : arena_printf(bound->arena, "(SELECT min(d%zu) FROM %s)", d + 1, rows);
    if (range != NULL && range->has_to && range->to <= now)
        last = moment(writer, type, range->to - 1, range->last_day);
    else if (range != NULL)
        last = moment(writer, type, now, today);
    else
        last = arena_printf(bound->arena, "(SELECT max(d%zu) FROM %s)", d + 1, rows);
    bucket = bucket_series_text(writer, type, bound->dimensions[d].unit, first, last, &series);
    str_addf(to, "SELECT %s AS d%zu FROM %s", bucket, d + 1, series);
}

/* Groups of the result, without the filled time and what follows from it. */
static void write_groups(struct writer *writer, struct str *to, const char *rows)
{
    const struct bound *bound = writer->bound;
    struct str          columns = STR_INIT;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (d == bound->fill_dimension || follows(bound, d))
            continue;
        str_addf(&columns, ", d%zu", d + 1);
        if (bound_dimension_has_key(bound, d))
            str_addf(&columns, ", k%zu", d + 1);
    }
    if (columns.length > 0)
        str_addf(to, "SELECT DISTINCT level%s FROM %s WHERE level < 2", str_text(&columns), rows);
    else
        str_add(to, "SELECT 0 AS level");
    str_done(&columns);
}

/* ", axis.d1, grp.d2, grp.k2": the bucket in its group, without what follows from the bucket. */
static void write_place(struct str *to, const struct bound *bound, const char *group, const char *axis)
{
    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (d != bound->fill_dimension && follows(bound, d))
            continue;
        str_addf(to, ", %sd%zu", d == bound->fill_dimension ? axis : group, d + 1);
        if (bound_dimension_has_key(bound, d))
            str_addf(to, ", %sk%zu", group, d + 1);
    }
}

/* The buckets of every group but those that are there. EXCEPT takes NULLs as equal, and is quick with many. */
static void write_lacking(struct writer *writer, struct str *to, const char *rows)
{
    const struct bound *bound = writer->bound;

    str_add(to, "SELECT grp.level");
    write_place(to, bound, "grp.", "axis.");
    str_add(to, " FROM (");
    write_groups(writer, to, rows);
    str_add(to, ") AS grp CROSS JOIN (");
    write_buckets(writer, to, "cells");
    str_add(to, ") AS axis\n      EXCEPT (SELECT 0");
    write_place(to, bound, "", "");
    str_add(to, " FROM cells UNION ALL SELECT level");
    write_place(to, bound, "", "");
    str_addf(to, " FROM %s WHERE level = 1)", rows);
}

static void write_missing(struct writer *writer, struct str *to, const char *rows, const char *parts)
{
    const struct bound *bound = writer->bound;
    size_t              filled = bound->fill_dimension;
    struct part_style   style = {.prefix = "", .missing_from = parts};
    struct bucket_zeros zeros;
    const char         *bucket = arena_printf(bound->arena, "lack.d%zu", filled + 1);

    str_add(to, "SELECT lack.level");
    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (d != filled && follows(bound, d))
            str_addf(to, ", %s",
                     bucket_text(writer, bucket, bound_dimension_type(bound, d), bound->dimensions[d].unit));
        else
            str_addf(to, ", lack.d%zu", d + 1);
        if (bound_dimension_has_key(bound, d))
            str_addf(to, ", lack.k%zu", d + 1);
    }
    if (bound_compared_axis(bound) != SIZE_MAX) {
        const char *number = bucket_number_text(writer, bucket, filled);

        str_addf(to, ", %s", number);
        if (bucket_zeros_find(writer, number, (struct grain){true, true}, &zeros))
            style.zeros = &zeros;
    }
    for (size_t m = 0; m < bound->measure_count; m++) {
        str_add(to, ", ");
        if (bound->measures[m].variant == VARIANT_SHARE)
            str_addf(to, "(SELECT m%zu FROM cells LIMIT 0)", m + 1);
        else
            write_measure(writer, to, m, &style, &style);
    }
    str_add(to, "\n    FROM (");
    write_lacking(writer, to, rows);
    str_add(to, ") AS lack");
}

void write_fill(struct writer *writer, struct str *to, const char *name, const char *rows, const char *parts)
{
    str_addf(to, "%s AS (\n    SELECT * FROM %s\n    UNION ALL\n    ", name, rows);
    write_missing(writer, to, rows, parts);
    str_add(to, "\n)");
}
