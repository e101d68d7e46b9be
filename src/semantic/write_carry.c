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
 *   NAME_axis     every bucket from the first data to the earliest of range end, now and watermark, numbered
 *   NAME_states   the running sums, where there were changes
 *   NAME          the same with the buckets between
 */
#include "rollup.h"
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

    if (text->ranks != NULL) {
        str_addf(to, ", %sg", prefix);
        return;
    }
    for (size_t d = 0; d < bound->dimension_count; d++)
        for (int key = 0; is_group(text, d) && key < (bound_dimension_has_key(bound, d) ? 2 : 1); key++) {
            str_addf(to, ", %s%c%zu", prefix, key ? 'k' : 'd', d + 1);
            if (rename != NULL)
                str_addf(to, " AS %s%c%zu", rename, key ? 'k' : 'd', d + 1);
        }
}

void carry_write_groups(const struct leg_text *text, struct str *to)
{
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
        str_addf(&where, "(%s)", text->condition);
    if (range->has_from || range->has_to) {
        str_add(&where, where.length > 0 ? " AND " : "");
        (void)write_range(text->writer, &where, text->at, text->at_type, range);
    }
    str_addf(to, "(SELECT max(%s) FROM %s%s%s)", text->at, text->table, where.length > 0 ? " WHERE " : "",
             str_text(&where));
    str_done(&where);
}

/* -- the last moment ----------------------------------------------------------------------------------------------- */

/* "(SELECT max(timestamp) FROM parts.rollup… WHERE facts > 0 AND …)": its bucket, which is all that the axis asks for.
 */
static void write_newest_kept(struct leg_text *text, struct str *to, const struct resolved *range)
{
    const struct rollup_layout *layout = text->leg->from->layout;
    const char                 *time = identifier_text(text->writer->bound->arena, layout->time_column);

    str_addf(to, "(SELECT max(%s) FROM %s WHERE facts > 0 AND ", time, layout->relation);
    (void)write_range(text->writer, to, time, text->at_type, range);
    str_add(to, ")");
}

static void find_days(const struct leg_text *text, struct resolved *range)
{
    if (text->has_kept)
        rollup_find_days(text->writer->bound, text->leg->from->layout, range);
    else
        resolved_find_days(range, text->writer->bound->zone);
}

static void write_exists(struct leg_text *text, struct str *to, struct resolved range)
{
    find_days(text, &range);
    str_addf(to, "EXISTS (SELECT FROM %s WHERE ", text->table);
    if (text->condition != NULL)
        str_addf(to, "(%s) AND ", text->condition);
    (void)write_range(text->writer, to, text->at, text->at_type, &range);
    str_add(to, ")");
}

static void write_exists_kept(struct leg_text *text, struct str *to, struct resolved range)
{
    const struct rollup_layout *layout = text->leg->from->layout;

    find_days(text, &range);
    str_addf(to, "EXISTS (SELECT FROM %s WHERE facts > 0 AND ", layout->relation);
    (void)write_range(text->writer, to, identifier_text(text->writer->bound->arena, layout->time_column),
                      text->at_type, &range);
    str_add(to, ")");
}

/* Newest first: past the rollup, in it, before its first whole bucket. */
static void write_newest(struct leg_text *text, struct str *to)
{
    struct resolved asked, late, kept, early;

    if (!text->has_kept) {
        write_newest_of(text, to, &text->range);
        return;
    }
    asked = late = kept = early = rollup_range(text->leg->from->layout, &text->range);
    late.has_from = kept.has_to = early.has_to = true;
    late.from = asked.has_from && asked.from > text->kept_until ? asked.from : text->kept_until;
    kept.to = text->kept_until;
    if (asked.has_from)
        kept.from = early.to = rollup_bucket_from(text->leg->from->layout, asked.from);
    find_days(text, &late);
    find_days(text, &kept);
    find_days(text, &early);
    str_add(to, "COALESCE(NULL");
    if (!late.has_to || late.from < late.to) {
        str_add(to, ", ");
        write_newest_of(text, to, &late);
    }
    if (!kept.has_from || kept.from < kept.to) {
        str_add(to, ", ");
        write_newest_kept(text, to, &kept);
    }
    if (early.has_from && early.from < early.to) {
        str_add(to, ", ");
        write_newest_of(text, to, &early);
    }
    str_add(to, ")");
}

/* Are there rows after the range? The rollup is asked for what it knows of them. */
static void write_goes_on(struct leg_text *text, struct str *to)
{
    int64_t         end = text->range.to, from = end, until = end;
    struct resolved after = {.has_from = true};

    if (text->has_kept) {
        end = rollup_range(text->leg->from->layout, &text->range).to;
        from = rollup_bucket_from(text->leg->from->layout, end);
        until = rollup_known_until(text->leg->from);
    }
    after.from = end;
    if (until <= from) {
        write_exists(text, to, after);
        return;
    }
    write_exists_kept(text, to, (struct resolved){.has_from = true, .from = from, .has_to = true, .to = until});
    if (from > end) {
        str_add(to, " OR ");
        write_exists(text, to, (struct resolved){.has_from = true, .from = end, .has_to = true, .to = from});
    }
    str_add(to, " OR ");
    after.from = until;
    write_exists(text, to, after);
}

/* Range end or the cube's watermark, whichever is earlier. Where there are rows after the range, its end comes first,
 * and nobody needs to look for the watermark. NULL: nothing new since the range began. */
static void write_last_moment(struct leg_text *text, struct str *to)
{
    if (text->range.has_to) {
        str_add(to, "CASE WHEN ");
        write_goes_on(text, to);
        str_addf(to, " THEN %s ELSE ", text->at_type == MEMBER_DATE ? writer_day(text->writer, text->range.last_day)
                                                                    : writer_instant(text->writer, text->range.to - 1));
    }
    write_newest(text, to);
    str_add(to, text->range.has_to ? " END" : "");
}

/* -- the running state --------------------------------------------------------------------------------------------- */

static const char *now_of(struct leg_text *text)
{
    const struct bound *bound = text->writer->bound;
    int64_t             now = bound->context->now;

    return text->at_type == MEMBER_DATE
               ? writer_day(text->writer,
                            (int32_t)(local_floor(zone_to_local(bound->zone, now), UNIT_DAY) / US_PER_DAY))
               : writer_instant(text->writer, now);
}

/* The first bucket that may have a change: the first one of the rollup and of the range, else that of the changes. Who
 * does not ask the changes for it has them read once. */
static const char *first_change(struct leg_text *text, size_t axis, const char **ret_from)
{
    const struct rollup_layout *layout;
    const struct bound         *bound = text->writer->bound;
    const char                 *start;

    *ret_from = "";
    if (!text->has_kept || !text->range.has_from) {
        *ret_from = arena_printf(bound->arena, " FROM %s_changes", text->name);
        return arena_printf(bound->arena, "min(d%zu)", axis + 1);
    }
    layout = text->leg->from->layout;
    start = text->at_type == MEMBER_DATE ? writer_day(text->writer, text->range.first_day)
                                         : writer_instant(text->writer, text->range.from);
    return arena_printf(bound->arena, "GREATEST(%s, (SELECT min(%s) FROM %s))", start,
                        identifier_text(bound->arena, layout->time_column), layout->relation);
}

static void write_axis(struct leg_text *text, struct str *to, size_t axis)
{
    enum data_unit unit = text->writer->bound->dimensions[axis].unit;
    const char    *now = now_of(text), *series, *bucket, *first, *from;

    bucket = bucket_series_text(text->writer, text->at_type, unit, "span.first",
                                arena_printf(text->writer->bound->arena,
                                             "(CASE WHEN span.last > %s THEN %s ELSE span.last END)", now, now),
                                &series);
    first = first_change(text, axis, &from);
    str_addf(to,
             "%s_axis AS (\n    SELECT %s AS d%zu, (row_number() OVER (ORDER BY bucket))::integer AS i\n    FROM "
             "(SELECT %s AS first, ",
             text->name, bucket, axis + 1, first);
    write_last_moment(text, to);
    str_addf(to, " AS last%s) AS span,\n      %s\n), ", from, series);
}

/* "v#, n#" for each part of the leg, with its number. */
static void each_part(const struct leg_text *text, struct str *to, const char *columns)
{
    for (size_t p = 0; p < text->writer->plan->part_count; p++)
        for (const char *c = columns; text->writer->plan->parts[p].leg == text->index && *c != '\0'; c++) {
            if (*c == '#')
                str_addf(to, "%zu", p + 1);
            else
                str_add_char(to, *c);
        }
}

/* The state after each bucket in which something changed, and the next such bucket of its group. What a rollup keeps is
 * few and not summed up first: then a bucket may have several rows, of which the last says no other `next`. */
static void write_states(struct leg_text *text, struct str *to, size_t axis)
{
    struct str groups = STR_INIT;

    each_group(text, &groups, "", NULL);
    str_addf(to, "%s_states AS (\n    SELECT d%zu%s, lead(d%zu) OVER running AS next, sum(n) OVER running AS n",
             text->name, axis + 1, str_text(&groups), axis + 1);
    each_part(text, to, ", sum(v#) OVER running AS v#, sum(n#) OVER running AS n#");
    if (text->has_kept) {
        str_addf(to, "\n    FROM %s_changes", text->name);
    } else {
        str_addf(to, "\n    FROM (SELECT d%zu%s, sum(n)::integer AS n", axis + 1, str_text(&groups));
        each_part(text, to, ", sum(v#) AS v#, sum(n#)::integer AS n#");
        str_addf(to, " FROM %s_changes GROUP BY d%zu%s) AS change", text->name, axis + 1, str_text(&groups));
    }
    str_addf(to, "\n    WINDOW running AS (%s%s ORDER BY d%zu ROWS UNBOUNDED PRECEDING)\n), ",
             groups.length > 0 ? "PARTITION BY " : "", groups.length > 0 ? str_text(&groups) + 2 : "", axis + 1);
    str_done(&groups);
}

/* More than the longest bucket, less than the two shortest that follow one another: an hour may have its label half an
 * hour after the one before (Lord Howe). */
static const char *const bucket_and_more[] = {
    [UNIT_SECOND] = "1.5 seconds", [UNIT_MINUTE] = "90 seconds", [UNIT_HOUR] = "61 minutes", [UNIT_DAY] = "36 hours",
    [UNIT_WEEK] = "10 days",       [UNIT_MONTH] = "45 days",     [UNIT_QUARTER] = "130 days", [UNIT_YEAR] = "500 days",
};

/* The buckets between a state and the next one. Only states that something lies behind are looked up on the axis. */
static void write_silent(struct leg_text *text, struct str *to, size_t axis, const char *columns)
{
    const char *name = text->name, *until;

    until = arena_printf(text->writer->bound->arena, "COALESCE(upto.i, (SELECT max(i) + 1 FROM %s_axis))", name);
    str_addf(
        to,
        "SELECT silent.d%zu%s\n      FROM %s_states AS state\n        JOIN %s_axis AS since ON since.d%zu = state.d%zu"
        "\n        LEFT JOIN %s_axis AS upto ON upto.d%zu = state.next\n        CROSS JOIN LATERAL generate_series"
        "(since.i + 1, %s - 1) AS number\n        JOIN %s_axis AS silent ON silent.i = number",
        axis + 1, columns, name, name, axis + 1, axis + 1, name, axis + 1, until, name);
    str_addf(to, "\n      WHERE n > 0 AND (state.next IS NULL OR state.next > state.d%zu + interval '%s')", axis + 1,
             bucket_and_more[text->writer->bound->dimensions[axis].unit]);
}

/* The bucket of a state, and what coarser ones there are beside it. */
static void write_state_columns(struct leg_text *text, struct str *to, size_t axis)
{
    const struct bound *bound = text->writer->bound;
    const char         *label = text->ranks != NULL ? "label." : "";
    bool                first = true;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!grain_has(text->grain, &bound->dimensions[d]))
            continue;
        str_add(to, first ? "" : ", ");
        first = false;
        if (bound->dimensions[d].is_axis && d != axis) {
            const char *state = arena_printf(bound->arena, "d%zu", axis + 1);

            str_addf(to, "%s AS d%zu",
                     bucket_text(text->writer, state, text->at_type, bound->dimensions[d].unit), d + 1);
            continue;
        }
        str_addf(to, "%sd%zu", is_group(text, d) ? label : "", d + 1);
        if (bound_dimension_has_key(bound, d))
            str_addf(to, ", %sk%zu", label, d + 1);
    }
    each_part(text, to, ", CASE WHEN n# > 0 THEN v# END AS p#");
}

/* A state stands until the next one: in the buckets between them too. */
static void write_running(struct leg_text *text, struct str *to, size_t axis)
{
    const char *name = text->name;
    struct str  columns = STR_INIT;

    each_group(text, &columns, "", NULL);
    each_part(text, &columns, ", v#, n#");
    write_states(text, to, axis);
    str_addf(to, "%s AS (\n    SELECT ", name);
    write_state_columns(text, to, axis);
    str_addf(
        to,
        "\n    FROM (\n      SELECT d%zu%s FROM %s_states AS state\n      WHERE n > 0 AND next IS DISTINCT FROM d%zu"
        " AND d%zu <= (SELECT max(d%zu) FROM %s_axis)\n      UNION ALL\n      ",
        axis + 1, str_text(&columns), name, axis + 1, axis + 1, axis + 1, name);
    write_silent(text, to, axis, str_text(&columns));
    str_add(to, "\n    ) AS state");
    if (text->ranks != NULL) {
        str_add(to, "\n    LEFT JOIN (SELECT DISTINCT g");
        str_done(&columns);
        write_dimension_columns(&columns, text->writer->bound, "", (struct grain){.groups = true});
        str_addf(to, ", %s FROM %s AS ranked) AS label ON label.g = state.g", str_text(&columns), text->ranks);
    }
    str_add(to, "\n)");
    str_done(&columns);
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
