/*
 * A leg over a stretch of time that ends with each bucket: "rolling 7 days", "month to date".
 *
 * Where the stretch is made of whole buckets and its parts add up, the buckets are taken once and run over by a window:
 *
 *   NAME_base   the leg by bucket, from where the first stretch begins
 *   NAME_axis   every bucket from there to the end of the range
 *   NAME        for each group the sum over its stretch, of the buckets of the range
 *
 * Otherwise (distinct counts; a rolling week by month) each bucket reads its stretch from the rows:
 *
 *   NAME_axis   the buckets of the range, and where the stretch of each begins and ends
 *   NAME        rows joined to the stretches they lie in
 *
 * Without a bucket on the line the stretch ends with the range, now at the latest.
 */
#include "write_leg.h"

#include <inttypes.h>

static size_t finest_axis(const struct bound *bound)
{
    size_t best = SIZE_MAX;

    for (size_t d = 0; d < bound->dimension_count; d++)
        if (bound->dimensions[d].is_axis &&
            (best == SIZE_MAX || bound->dimensions[d].unit < bound->dimensions[best].unit))
            best = d;
    return best;
}

/* -- the stretch in numbers ---------------------------------------------------------------------------------------- */

/* Where a stretch begins that ends at `end`; of `to date` the moment before it counts. Local time. */
static int64_t stretch_begin(const struct window *window, int64_t end)
{
    return window->kind == WINDOW_ROLLING ? local_add(end, window->unit, -(int64_t)window->count)
                                          : local_floor(end - 1, window->unit);
}

static void set_from(struct leg_text *text, int64_t local)
{
    const struct zone *zone = text->writer->bound->zone;

    text->range.has_from = true;
    text->range.from = zone_to_instant(zone, local);
    resolved_find_days(&text->range, zone);
}

/* The end of the range, now at the latest. */
static int64_t end_of(const struct leg_text *text)
{
    int64_t now = text->writer->bound->context->now;

    return text->range.has_to && text->range.to < now ? text->range.to : now;
}

/* The range without a bucket: the stretch that ends with it. */
static void range_of_stretch(struct leg_text *text)
{
    const struct bound *bound = text->writer->bound;

    text->range.to = end_of(text);
    text->range.has_to = true;
    if (text->leg->window->unit == UNIT_NONE) {
        text->range.has_from = false;
        resolved_find_days(&text->range, bound->zone);
        return;
    }
    set_from(text, stretch_begin(text->leg->window, zone_to_local(bound->zone, text->range.to)));
}

/* The rows that the stretches of all buckets reach: the range begins earlier. */
static void range_of_stretches(struct leg_text *text, enum data_unit unit)
{
    const struct zone *zone = text->writer->bound->zone;
    int64_t            first, end, until;

    if (!text->range.has_from)
        return;
    if (text->leg->window->unit == UNIT_NONE) {
        text->range.has_from = false;
        return;
    }
    first = local_floor(zone_to_local(zone, text->range.from), unit);
    end = local_add(first, unit, 1);
    until = zone_to_local(zone, end_of(text));
    if (text->leg->window->kind == WINDOW_TO_DATE && until < end)
        end = until > first ? until : first + 1;
    set_from(text, stretch_begin(text->leg->window, end));
}

/* Do whole buckets fill the stretch? */
static bool buckets_fill(const struct window *window, enum data_unit bucket)
{
    if (window->unit == UNIT_NONE)
        return true;
    if (bucket == UNIT_WEEK)
        return window->unit == UNIT_WEEK ||
               (window->kind == WINDOW_ROLLING && window->unit == UNIT_DAY && window->count % 7 == 0);
    return bucket <= window->unit && !(bucket >= UNIT_MONTH && window->unit == UNIT_WEEK);
}

static bool parts_add_up(const struct leg_text *text)
{
    const struct plan *plan = text->writer->plan;

    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index && plan->parts[p].aggregate != NULL &&
            plan->parts[p].kind == AGGREGATE_COUNT_DISTINCT)
            return false;
    return true;
}

/* -- the stretch in SQL -------------------------------------------------------------------------------------------- */

static const char *step(const struct leg_text *text, enum data_unit unit, int64_t count)
{
    return arena_printf(text->writer->bound->arena, "interval '%" PRId64 " %s'",
                        unit == UNIT_QUARTER ? count * 3 : count,
                        unit == UNIT_QUARTER ? "month" : data_unit_name(unit));
}

/* A bucket's start in the time that its unit is counted in: local, or of hours and finer the instant. */
static const char *counted(struct leg_text *text, const char *bucket, enum data_unit unit)
{
    struct arena *arena = text->writer->bound->arena;

    if (text->at_type == MEMBER_DATE)
        return arena_printf(arena, "%s::timestamp", bucket);
    if (unit <= UNIT_HOUR)
        return bucket;
    return arena_printf(arena, "(%s AT TIME ZONE %s)", bucket, writer_zone(text->writer));
}

static const char *uncounted(struct leg_text *text, const char *time, enum data_unit unit)
{
    struct arena *arena = text->writer->bound->arena;

    if (text->at_type == MEMBER_DATE)
        return arena_printf(arena, "(%s)::date", time);
    if (unit <= UNIT_HOUR)
        return time;
    return arena_printf(arena, "((%s) AT TIME ZONE %s)", time, writer_zone(text->writer));
}

/* "NAME_axis AS (SELECT …)": the buckets from one moment on to the end of the range, now at the latest. */
static void write_axis(struct leg_text *text, struct str *to, size_t axis, const char *first, const char *last_row,
                       const char *more)
{
    const struct bound *bound = text->writer->bound;
    enum data_unit      unit = bound->dimensions[axis].unit;
    const char         *last = last_row, *series, *bucket;

    if (text->range.has_to) {
        struct resolved end = {.has_to = true, .to = text->range.to};

        if (end.to > bound->context->now)
            end.to = bound->context->now + 1;
        resolved_find_days(&end, bound->zone);
        last = text->at_type == MEMBER_DATE ? writer_day(text->writer, end.last_day)
                                            : writer_instant(text->writer, end.to - 1);
    }
    bucket = bucket_series_text(text->writer, text->at_type, unit, first, last, &series);
    str_addf(to, "%s_axis AS (\n    SELECT axis.*%s\n    FROM (SELECT %s AS bucket FROM %s) AS axis\n), ", text->name,
             more, bucket, series);
}

static const char *first_bucket(struct leg_text *text, const struct resolved *range, const char *otherwise)
{
    if (!range->has_from)
        return otherwise;
    return text->at_type == MEMBER_DATE ? writer_day(text->writer, range->first_day)
                                        : writer_instant(text->writer, range->from);
}

/* -- over buckets -------------------------------------------------------------------------------------------------- */

static bool is_group(const struct leg_text *text, size_t d)
{
    return grain_has(text->grain, &text->writer->bound->dimensions[d]) && !text->writer->bound->dimensions[d].is_axis;
}

/* Columns of the groups, each after `before`: "grp.d2, grp.k2". */
static void write_groups(const struct leg_text *text, struct str *to, const char *before, const char *prefix)
{
    const struct bound *bound = text->writer->bound;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!is_group(text, d))
            continue;
        str_addf(to, "%s%sd%zu", before, prefix, d + 1);
        if (bound_dimension_has_key(bound, d))
            str_addf(to, "%s%sk%zu", before, prefix, d + 1);
    }
}

static void write_stretch(struct leg_text *text, struct str *to, enum data_unit unit)
{
    const struct window *window = text->leg->window;
    const char          *start = counted(text, "axis.bucket", unit);
    const char          *between = "";

    str_add(to, "PARTITION BY ");
    if (window->kind == WINDOW_TO_DATE && window->unit != UNIT_NONE)
        str_addf(
            to, "date_trunc('%s', %s)", data_unit_name(window->unit),
            unit <= UNIT_HOUR && text->at_type != MEMBER_DATE
                ? arena_printf(text->writer->bound->arena, "(%s AT TIME ZONE %s)", start, writer_zone(text->writer))
                : start);
    else
        str_add(to, "true");
    write_groups(text, to, ", ", "grp.");
    str_addf(to, " ORDER BY %s + %s", start, step(text, unit, 1));
    between = "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";
    if (window->kind == WINDOW_ROLLING) /* it ends after the stretch begins, at a microsecond's distance */
        between = arena_printf(text->writer->bound->arena,
                               "RANGE BETWEEN %s - interval '1 microsecond' PRECEDING AND CURRENT ROW",
                               step(text, window->unit, window->count));
    str_addf(to, " %s", between);
}

/* Columns of the leg, over the running sums. */
static void write_shown(struct leg_text *text, struct str *to)
{
    const struct bound *bound = text->writer->bound;
    const struct plan  *plan = text->writer->plan;
    size_t              n = 0;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!grain_has(text->grain, &bound->dimensions[d]))
            continue;
        str_add(to, n++ > 0 ? ", " : "");
        if (bound->dimensions[d].is_axis)
            str_addf(to, "%s AS d%zu", bucket_text(text->writer, "bucket", text->at_type, bound->dimensions[d].unit),
                     d + 1);
        else
            str_addf(to, "d%zu", d + 1);
        if (bound_dimension_has_key(bound, d))
            str_addf(to, ", k%zu", d + 1);
    }
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_addf(to, ", p%zu", p + 1);
}

/* Every group in every bucket, with what was in it. */
static void write_grid(struct leg_text *text, struct str *to, const char *base, size_t axis)
{
    struct str groups = STR_INIT, left = STR_INIT, right = STR_INIT;

    write_groups(text, &groups, ", ", "");
    write_groups(text, &left, ", ", "base.");
    write_groups(text, &right, ", ", "grp.");
    str_addf(to, "\n      FROM %s_axis AS axis", text->name);
    if (groups.length > 0)
        str_addf(to, " CROSS JOIN (SELECT DISTINCT %s FROM %s) AS grp", str_text(&groups) + 2, base);
    str_addf(to, "\n      LEFT JOIN %s AS base ON base.d%zu = axis.bucket", base, axis + 1);
    if (groups.length > 0)
        str_addf(to, " AND COALESCE(ROW(%s)) = COALESCE(ROW(%s))", str_text(&left) + 2, str_text(&right) + 2);
    str_done(&groups);
    str_done(&left);
    str_done(&right);
}

static void write_running(struct leg_text *text, struct str *to, const char *base, size_t axis)
{
    const struct plan *plan = text->writer->plan;

    str_add(to, "\n    FROM (\n      SELECT axis.bucket");
    write_groups(text, to, ", ", "grp.");
    str_addf(to, ", count(base.d%zu) OVER stretch AS rows", axis + 1);
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_addf(to, ", %s(base.p%zu) OVER stretch AS p%zu", part_merger(&plan->parts[p]), p + 1, p + 1);
    write_grid(text, to, base, axis);
    str_add(to, "\n      WINDOW stretch AS (");
    write_stretch(text, to, text->writer->bound->dimensions[axis].unit);
    str_add(to, ")\n    ) AS running\n    WHERE rows > 0");
}

static void write_sums(struct leg_text *text, struct str *to)
{
    if (text->leg->from == NULL || !write_from_rollup(text, to))
        leg_write_plain(text, to);
}

static void write_over_buckets(struct leg_text *text, struct str *to, size_t axis)
{
    const struct bound *bound = text->writer->bound;
    enum data_unit      unit = bound->dimensions[axis].unit;
    struct resolved     asked = text->range;
    const char         *name = text->name, *base = arena_printf(bound->arena, "%s_base", name), *first, *last;

    range_of_stretches(text, unit);
    text->name = base;
    write_sums(text, to);
    str_add(to, ", ");
    text->name = name;
    first = arena_printf(bound->arena, "(SELECT min(d%zu) FROM %s)", axis + 1, base);
    last = arena_printf(bound->arena, "(SELECT max(d%zu) FROM %s)", axis + 1, base);
    write_axis(text, to, axis, first_bucket(text, &text->range, first), last, "");
    str_addf(to, "%s AS (\n    SELECT ", name);
    write_shown(text, to);
    write_running(text, to, base, axis);
    if (asked.has_from)
        str_addf(to, " AND bucket >= %s",
                 bucket_text(text->writer, first_bucket(text, &asked, ""), text->at_type, unit));
    str_add(to, "\n)");
}

/* -- over rows ----------------------------------------------------------------------------------------------------- */

/* Where "to date" begins, of the last moment in the bucket: a week may lie in two months, of which the second is yet to
 * come where the range or the clock ends inside it. `end`: of the bucket. */
static const char *to_date_begin(struct leg_text *text, const char *end)
{
    struct arena   *arena = text->writer->bound->arena;
    struct resolved until = {.has_to = true, .to = end_of(text)};
    const char     *last, *moment;

    resolved_find_days(&until, text->writer->bound->zone);
    last = text->at_type == MEMBER_DATE ? writer_day(text->writer, until.last_day)
                                        : writer_instant(text->writer, until.to - 1);
    moment = arena_printf(arena, "GREATEST(axis.bucket, LEAST(%s - %s, %s))", end,
                          text->at_type == MEMBER_DATE ? "1" : "interval '1 microsecond'", last);
    return bucket_text(text->writer, moment, text->at_type, text->leg->window->unit);
}

static void write_over_rows(struct leg_text *text, struct str *to, size_t axis)
{
    const struct bound  *bound = text->writer->bound;
    const struct window *window = text->leg->window;
    enum data_unit       unit = bound->dimensions[axis].unit;
    struct resolved      asked = text->range;
    const char          *end, *begin, *first, *last;
    struct str           where = STR_INIT;

    end = arena_printf(bound->arena, "%s + %s", counted(text, "axis.bucket", unit), step(text, unit, 1));
    if (window->unit == UNIT_NONE)
        begin = text->at_type == MEMBER_DATE ? "'-infinity'::date" : "'-infinity'::timestamptz";
    else if (window->kind == WINDOW_ROLLING)
        begin = uncounted(text, arena_printf(bound->arena, "%s - %s", end, step(text, window->unit, window->count)),
                          unit);
    else
        begin = to_date_begin(text, uncounted(text, end, unit));
    end = uncounted(text, end, unit);
    if (text->condition != NULL)
        str_addf(&where, " WHERE %s", text->condition);
    first = arena_printf(bound->arena, "(SELECT min(%s) FROM %s%s)", text->at, text->table, str_text(&where));
    last = arena_printf(bound->arena, "(SELECT max(%s) FROM %s%s)", text->at, text->table, str_text(&where));
    write_axis(text, to, axis, first_bucket(text, &asked, first), last,
               arena_printf(bound->arena, ", %s AS begins, %s AS ends", begin, end));
    range_of_stretches(text, unit);
    text->bucket = "axis.bucket";
    text->also_from = arena_printf(bound->arena, "\n    JOIN %s_axis AS axis ON %s >= axis.begins AND %s < axis.ends",
                                   text->name, text->at, text->at);
    leg_write_plain(text, to);
    str_done(&where);
}

/* Whole buckets side by side, or the stretch as a whole where there are none; else row by row. */
static bool is_by_buckets(const struct leg_text *text, size_t axis)
{
    return axis == SIZE_MAX || !text->grain.time ||
           (parts_add_up(text) && buckets_fill(text->leg->window, text->writer->bound->dimensions[axis].unit));
}

bool window_reads(struct leg_text *text)
{
    size_t axis = finest_axis(text->writer->bound);

    if (!is_by_buckets(text, axis))
        return false;
    if (axis == SIZE_MAX || !text->grain.time)
        range_of_stretch(text);
    else
        range_of_stretches(text, text->writer->bound->dimensions[axis].unit);
    return true;
}

void write_window(struct leg_text *text, struct str *to)
{
    size_t axis = finest_axis(text->writer->bound);

    if (!is_by_buckets(text, axis)) {
        write_over_rows(text, to, axis);
    } else if (axis == SIZE_MAX || !text->grain.time) {
        range_of_stretch(text);
        write_sums(text, to);
    } else {
        write_over_buckets(text, to, axis);
    }
}
