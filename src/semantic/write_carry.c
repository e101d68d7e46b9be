/*
 * Counters carried along the time axis: the value in a bucket is the state at its end.
 *
 * The state is never computed bucket by bucket. Each snapshot is a step: what the entity says now is added where it
 * stands now, and what it said before is taken away from where it stood before; the running sum of the steps over the
 * buckets is the state. That is exact for entities that move between groups, for rows that no longer pass a filter,
 * and for counters that are corrected downwards, and costs one sort of the snapshots. What was before the range is
 * one probe an entity, booked in the first bucket.
 *
 *   NAME_rows     the snapshots, with bucket, dimensions, does-it-pass, values
 *   NAME_steps    the same with the row before of the same entity
 *   NAME_changes  + now, - before
 *   NAME_axis     every bucket from the first data to the earliest of range end, now and watermark
 *   NAME          the running sums
 */
#include "write_leg.h"

/* The finest bucket on the line carries the state; a coarser one beside it is where that bucket begins. */
size_t carry_axis(const struct leg_text *text)
{
    const struct bound *bound = text->writer->bound;
    size_t              best = SIZE_MAX;

    for (size_t d = 0; text->grain.time && d < bound->dimension_count; d++)
        if (bound->dimensions[d].is_axis &&
            (best == SIZE_MAX || bound->dimensions[d].unit < bound->dimensions[best].unit))
            best = d;
    return best;
}

static bool is_group(const struct leg_text *text, size_t d)
{
    const struct bound_dimension *dimension = &text->writer->bound->dimensions[d];

    return grain_has(text->grain, dimension) && !dimension->is_axis;
}

/* Columns of the groups: all dimensions but the axis, with their keys; renamed where `rename` is given. */
static void each_group(const struct leg_text *text, struct str *to, const char *prefix, const char *rename)
{
    const struct bound *bound = text->writer->bound;

    for (size_t d = 0; d < bound->dimension_count; d++)
        for (int key = 0; is_group(text, d) && key < (bound_dimension_has_key(bound, d) ? 2 : 1); key++) {
            str_addf(to, ", %s%c%zu", prefix, key ? 'k' : 'd', d + 1);
            if (rename != NULL)
                str_addf(to, " AS %s%c%zu", rename, key ? 'k' : 'd', d + 1);
        }
}

void carry_write_groups(const struct leg_text *text, size_t axis, struct str *to)
{
    (void)axis;
    each_group(text, to, "", NULL);
}

const char *carry_bucket_of(struct leg_text *text, size_t axis, const char *at, const struct resolved *asked)
{
    const struct bound *bound = text->writer->bound;
    enum data_unit      unit = bound->dimensions[axis].unit;
    const char         *bucket = bucket_text(text->writer, at, text->at_type, unit), *start;

    if (!asked->has_from)
        return bucket;
    start = text->at_type == MEMBER_DATE ? writer_day(text->writer, asked->first_day)
                                         : writer_instant(text->writer, asked->from);
    return arena_printf(bound->arena, "GREATEST(%s, %s)", bucket,
                        bucket_text(text->writer, start, text->at_type, unit));
}

void carry_write_values(struct leg_text *text, struct str *to)
{
    for (size_t p = 0; p < text->writer->plan->part_count; p++) {
        const struct measure *counter = text->writer->plan->parts[p].counter;
        const char           *value;

        if (text->writer->plan->parts[p].leg != text->index)
            continue;
        value = scope_fragment(text->scope, &counter->sql);
        if (counter->filter.piece_count > 0)
            str_addf(to, ", CASE WHEN %s THEN %s END AS v%zu", scope_fragment(text->scope, &counter->filter), value,
                     p + 1);
        else
            str_addf(to, ", %s AS v%zu", value, p + 1);
    }
}

static void write_rows(struct leg_text *text, struct str *to, size_t axis, const struct resolved *asked)
{
    const struct bound *bound = text->writer->bound;
    struct str          select = STR_INIT, values = STR_INIT, source = STR_INIT;
    const char         *tests;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!is_group(text, d))
            continue;
        str_addf(&select, ", %s AS d%zu", scope_dimension(text->scope, &bound->dimensions[d]), d + 1);
        if (bound_dimension_has_key(bound, d))
            str_addf(&select, ", %s AS k%zu", scope_dimension_key(text->scope, &bound->dimensions[d]), d + 1);
    }
    carry_write_values(text, &values);
    tests = leg_tests(text);
    leg_write_with_baseline(text, &source);
    str_addf(to, "%s_rows AS (\n    SELECT %s AS entity, %s AS at", text->name, text->key, text->at);
    if (axis != SIZE_MAX)
        str_addf(to, ", %s AS d%zu", carry_bucket_of(text, axis, text->at, asked), axis + 1);
    str_addf(to, "%s, ", str_text(&select));
    if (*tests != '\0')
        str_addf(to, "(%s) IS TRUE AS pass%s", tests, str_text(&values));
    else
        str_addf(to, "true AS pass%s", str_text(&values));
    str_addf(to, "\n    FROM (\n      %s\n    ) AS %s%s\n), ", str_text(&source), text->base,
             str_text(&text->scope->joins));
    str_done(&select);
    str_done(&values);
    str_done(&source);
}

static void write_steps(struct leg_text *text, struct str *to)
{
    const struct bound *bound = text->writer->bound;

    str_addf(to, "%s_steps AS (\n    SELECT *, lag(pass) OVER before AS was_pass", text->name);
    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!is_group(text, d))
            continue;
        str_addf(to, ", lag(d%zu) OVER before AS was_d%zu", d + 1, d + 1);
        if (bound_dimension_has_key(bound, d))
            str_addf(to, ", lag(k%zu) OVER before AS was_k%zu", d + 1, d + 1);
    }
    for (size_t p = 0; p < text->writer->plan->part_count; p++)
        if (text->writer->plan->parts[p].leg == text->index)
            str_addf(to, ", lag(v%zu) OVER before AS was_v%zu", p + 1, p + 1);
    str_addf(to, "\n    FROM %s_rows WINDOW before AS (PARTITION BY entity ORDER BY at)\n), ", text->name);
}

/* "d2, k2, 1 AS n" */
static void write_change(const struct leg_text *text, struct str *to, const char *prefix, const char *n)
{
    struct str groups = STR_INIT;

    each_group(text, &groups, prefix, NULL);
    str_addf(to, "%s%s%s AS n", groups.length > 0 ? str_text(&groups) + 2 : "", groups.length > 0 ? ", " : "", n);
    str_done(&groups);
}

void carry_write_changes(struct leg_text *text, struct str *to, size_t axis, const struct resolved *asked,
                         bool since_start)
{
    const struct plan *plan = text->writer->plan;
    const char        *bucket = "", *since = "";

    write_rows(text, to, axis, asked);
    write_steps(text, to);
    if (axis != SIZE_MAX)
        bucket = arena_printf(text->writer->bound->arena, "d%zu, ", axis + 1);
    if (since_start && text->range.has_from)
        since = arena_printf(text->writer->bound->arena, " AND at >= %s",
                             text->at_type == MEMBER_DATE ? writer_day(text->writer, text->range.first_day)
                                                          : writer_instant(text->writer, text->range.from));
    str_addf(to, "%s_changes AS (\n    SELECT %s", text->name, bucket);
    write_change(text, to, "", "1");
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_addf(to, ", v%zu, (v%zu IS NOT NULL)::integer AS n%zu", p + 1, p + 1, p + 1);
    str_addf(to, "\n    FROM %s_steps WHERE pass%s\n    UNION ALL\n    SELECT %s", text->name, since, bucket);
    write_change(text, to, "was_", "-1");
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_addf(to, ", -was_v%zu, -(was_v%zu IS NOT NULL)::integer", p + 1, p + 1);
    str_addf(to, "\n    FROM %s_steps WHERE was_pass%s\n), ", text->name, since);
}

/* The cube's newest row at or after the start of the range and before its end; without a range, of all. */
static void write_newest_of(struct leg_text *text, struct str *to, const struct resolved *range)
{
    struct str where = STR_INIT;

    if (text->condition != NULL)
        str_addf(&where, "%s", text->condition);
    if (range->has_from || range->has_to) {
        str_add(&where, where.length > 0 ? " AND " : "");
        (void)write_range(text->writer, &where, text->at, text->at_type, range);
    }
    str_addf(to, "(SELECT max(%s) FROM %s%s%s)", text->at, text->table, where.length > 0 ? " WHERE " : "",
             str_text(&where));
    str_done(&where);
}

/* Past the rollup there are few rows to look at; only where there are none all are. */
static void write_newest(struct leg_text *text, struct str *to)
{
    struct resolved late = text->range;

    if (!text->has_kept || (late.has_from && late.from >= text->kept_until) ||
        (late.has_to && late.to <= text->kept_until)) {
        write_newest_of(text, to, &text->range);
        return;
    }
    late.has_from = true;
    late.from = text->kept_until;
    resolved_find_days(&late, text->writer->bound->zone);
    str_add(to, "COALESCE(");
    write_newest_of(text, to, &late);
    str_add(to, ", ");
    write_newest_of(text, to, &text->range);
    str_add(to, ")");
}

/* Range end or the cube's watermark, whichever is earlier. Where there are rows after the range, its end comes first,
 * and nobody needs to look for the watermark. NULL: nothing new since the range began. */
static void write_last_moment(struct leg_text *text, struct str *to)
{
    struct resolved after = {.has_from = true, .from = text->range.to, .first_day = text->range.last_day + 1};

    if (text->range.has_to) {
        str_addf(to, "CASE WHEN EXISTS (SELECT FROM %s WHERE %s%s", text->table,
                 text->condition != NULL ? text->condition : "", text->condition != NULL ? " AND " : "");
        (void)write_range(text->writer, to, text->at, text->at_type, &after);
        str_addf(to, ") THEN %s ELSE ", text->at_type == MEMBER_DATE ? writer_day(text->writer, text->range.last_day)
                                                                   : writer_instant(text->writer, text->range.to - 1));
    }
    write_newest(text, to);
    str_add(to, text->range.has_to ? " END" : "");
}

static const char *now_of(struct leg_text *text)
{
    const struct bound *bound = text->writer->bound;
    int64_t             now = bound->context->now;

    return text->at_type == MEMBER_DATE
               ? writer_day(text->writer,
                            (int32_t)(local_floor(zone_to_local(bound->zone, now), UNIT_DAY) / US_PER_DAY))
               : writer_instant(text->writer, now);
}

static void write_axis(struct leg_text *text, struct str *to, size_t axis)
{
    enum data_unit unit = text->writer->bound->dimensions[axis].unit;
    const char    *now = now_of(text), *series, *bucket;

    bucket = bucket_series_text(text->writer, text->at_type, unit, "span.first",
                                arena_printf(text->writer->bound->arena,
                                             "(CASE WHEN span.last > %s THEN %s ELSE span.last END)", now, now),
                                &series);
    str_addf(to, "%s_axis AS (\n    SELECT %s AS d%zu\n    FROM (SELECT min(d%zu) AS first, ", text->name, bucket,
             axis + 1, axis + 1);
    write_last_moment(text, to);
    str_addf(to, " AS last FROM %s_changes) AS span,\n      %s\n), ", text->name, series);
}

static void write_running(struct leg_text *text, struct str *to, size_t axis)
{
    const struct bound *bound = text->writer->bound;
    const struct plan  *plan = text->writer->plan;
    struct str          groups = STR_INIT, partition = STR_INIT;
    bool                first = true;

    each_group(text, &groups, "", NULL);
    if (groups.length > 0)
        str_addf(&partition, "PARTITION BY %s ", str_text(&groups) + 2);

    str_addf(to, "%s AS (\n    SELECT ", text->name);
    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!grain_has(text->grain, &bound->dimensions[d]))
            continue;
        if (bound->dimensions[d].is_axis && d != axis) {
            const char *state = arena_printf(bound->arena, "d%zu", axis + 1);

            str_addf(to, "%s%s AS d%zu", first ? "" : ", ",
                     bucket_text(text->writer, state, text->at_type, bound->dimensions[d].unit), d + 1);
        } else {
            str_addf(to, "%sd%zu", first ? "" : ", ", d + 1);
            if (bound_dimension_has_key(bound, d))
                str_addf(to, ", k%zu", d + 1);
        }
        first = false;
    }
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_addf(to, ", CASE WHEN n%zu > 0 THEN v%zu END AS p%zu", p + 1, p + 1, p + 1);
    str_addf(to, "\n    FROM (\n      SELECT d%zu%s, sum(sum(n)) OVER running AS n", axis + 1, str_text(&groups));
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_addf(to, ", sum(sum(v%zu)) OVER running AS v%zu, sum(sum(n%zu)) OVER running AS n%zu", p + 1, p + 1,
                     p + 1, p + 1);
    str_addf(to, "\n      FROM (\n        SELECT * FROM %s_changes\n        UNION ALL\n        SELECT axis.d%zu",
             text->name, axis + 1);
    each_group(text, to, "grp.", NULL);
    str_add(to, ", 0");
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_add(to, ", NULL, 0");
    str_addf(to, "\n        FROM %s_axis AS axis", text->name);
    if (groups.length > 0)
        str_addf(to, " CROSS JOIN (SELECT DISTINCT %s FROM %s_changes) AS grp", str_text(&groups) + 2, text->name);
    str_addf(to, "\n      ) AS change\n      GROUP BY d%zu%s WINDOW running AS (%sORDER BY d%zu)\n    ) AS state\n",
             axis + 1, str_text(&groups), str_text(&partition), axis + 1);
    str_addf(to, "    WHERE n > 0 AND d%zu <= (SELECT max(d%zu) FROM %s_axis)\n)", axis + 1, axis + 1, text->name);
    str_done(&groups);
    str_done(&partition);
}

void carry_write_running(struct leg_text *text, struct str *to, size_t axis)
{
    write_axis(text, to, axis);
    write_running(text, to, axis);
}

void write_carry(struct leg_text *text, struct str *to)
{
    size_t          axis = carry_axis(text);
    struct resolved asked = text->range;

    if (text->fans_out)
        fanout_write_changes(text, to, axis, &asked);
    else
        carry_write_changes(text, to, axis, &asked, false);
    carry_write_running(text, to, axis);
}
