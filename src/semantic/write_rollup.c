/*
 * A leg over a rollup, and around it over the facts: rows past the watermark, ends of the range inside a bucket,
 * buckets with rows that are not in it yet. And the statement that fills a rollup.
 *
 *   NAME_kept      from the rollup, under the fact's own name
 *   NAME_facts1 …  the rest from the facts (of a carried counter NAME_tail: its changes)
 *   NAME           both together
 */
#include <inttypes.h>
#include <string.h>

#include "rollup.h"
#include "write_leg.h"

/* -- a leg --------------------------------------------------------------------------------------------------------- */

static const char *kept_column(const struct leg_text *text, size_t part, const char *counter_column)
{
    const struct plan *plan = text->writer->plan;
    size_t             index = rollup_find_part(text->leg->from->layout, &plan->parts[part]);

    if (plan->parts[part].aggregate != NULL)
        return arena_printf(text->writer->bound->arena, "s%zu", index + 1);
    return arena_printf(text->writer->bound->arena, "c%zu_%s", index + 1, counter_column);
}

/* Rows of the rollup that the leg would have rows of the fact for. */
static void write_kept_rows(struct leg_text *text, struct str *to)
{
    const struct plan *plan = text->writer->plan;
    size_t             p = 0;

    while (plan->parts[p].leg != text->index)
        p++;
    if (text->leg->kind == LEG_ROWS)
        str_addf(to, "%s.facts > 0", text->base);
    else if (text->leg->kind == LEG_INCREASE)
        str_addf(to, "%s.%s > 0", text->base, kept_column(text, p, "seen"));
    else
        str_addf(to, "%s.%s IS NOT NULL", text->base, kept_column(text, p, "rows"));
}

static void write_kept_where(struct leg_text *text, struct str *to, const struct rollup_split *split)
{
    const char *tests = leg_tests(text);

    str_add(to, "\n    WHERE ");
    write_kept_rows(text, to);

    if (split->kept.has_from || split->kept.has_to) {
        str_add(to, " AND ");
        (void)write_range(text->writer, to, text->at, text->at_type, &split->kept);
    }
    for (size_t i = 0; i < split->hole_count; i++) {
        str_add(to, " AND NOT (");
        (void)write_range(text->writer, to, text->at, text->at_type, &split->holes[i]);
        str_add(to, ")");
    }
    if (*tests != '\0')
        str_addf(to, " AND %s", tests);
}

static bool is_count(const struct part *part)
{
    return part->aggregate != NULL && part->kind == AGGREGATE_COUNT;
}

/* "sum(s1) AS p1, …"; of no rows a count is 0. */
static void write_kept_sums(struct leg_text *text, struct str *to, const char *comma)
{
    const struct plan *plan = text->writer->plan;

    for (size_t p = 0; p < plan->part_count; p++) {
        if (plan->parts[p].leg != text->index)
            continue;
        str_addf(to, "%s%s%s(%s.%s)%s AS p%zu", comma, is_count(&plan->parts[p]) ? "COALESCE(" : "",
                 part_merger(&plan->parts[p]), text->base, kept_column(text, p, "gain"),
                 is_count(&plan->parts[p]) ? ", 0)" : "", p + 1);
        comma = ", ";
    }
}

/* The changes of a carried counter as they lie: "n, v1, n1, …". */
static void write_kept_changes(struct leg_text *text, struct str *to, const char *comma)
{
    const struct plan *plan = text->writer->plan;
    bool               first = true;

    for (size_t p = 0; p < plan->part_count; p++) {
        if (plan->parts[p].leg != text->index)
            continue;
        if (first)
            str_addf(to, "%s%s.%s AS n", comma, text->base, kept_column(text, p, "rows"));
        first = false;
        str_addf(to, ", %s.%s AS v%zu, %s.%s AS n%zu", text->base, kept_column(text, p, "state"), p + 1, text->base,
                 kept_column(text, p, "count"), p + 1);
    }
}

/* -- bucket by bucket ---------------------------------------------------------------------------------------------- */

#define BUCKETS_MOST 1100                  /* three years of days: each costs a look into the index */

static int64_t least_length(enum data_unit unit)
{
    switch (unit) {
    case UNIT_HOUR:    return US_PER_HOUR;
    case UNIT_WEEK:    return 7 * US_PER_DAY;
    case UNIT_MONTH:   return 28 * US_PER_DAY;
    case UNIT_QUARTER: return 90 * US_PER_DAY;
    case UNIT_YEAR:    return 365 * US_PER_DAY;
    default:           return unit < UNIT_HOUR ? 1 : US_PER_DAY;
    }
}

/* The one time that is asked by, where it is the rollup's own bucket and groups stand beside it; SIZE_MAX: it is not.
 */
static size_t own_bucket(const struct leg_text *text)
{
    const struct bound *bound = text->writer->bound;
    size_t              bucket = SIZE_MAX, groups = 0;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        const struct bound_dimension *dimension = &bound->dimensions[d];

        if (!grain_has(text->grain, dimension))
            continue;
        if (!dimension->is_time) {
            groups++;
            continue;
        }
        if (bucket != SIZE_MAX || !dimension->is_axis || dimension->unit != text->leg->from->layout->rollup->unit ||
            bound_dimension_type(bound, d) != text->at_type || bound_dimension_has_key(bound, d))
            return SIZE_MAX;
        bucket = d;
    }
    return groups > 0 ? bucket : SIZE_MAX;
}

/* Are the buckets few and known? Then each is grouped by itself, in the order of the answer: what is sorted and summed
 * up at a time is a bucket's rows, not all of them. */
static bool goes_by_bucket(const struct leg_text *text, const struct rollup_split *split, size_t *ret_bucket)
{
    const struct resolved *kept = &split->kept;

    *ret_bucket = own_bucket(text);
    return *ret_bucket != SIZE_MAX && kept->has_from && kept->has_to && !text->leg->from->state->is_aggregate &&
           (kept->to - kept->from) / least_length(text->leg->from->layout->rollup->unit) <= BUCKETS_MOST;
}

/* "(SELECT … AS d1 FROM generate_series(…) AS bucket ORDER BY 1)" */
static void write_buckets(struct leg_text *text, struct str *to, const struct resolved *kept, size_t d)
{
    struct writer *writer = text->writer;
    bool           date = text->at_type == MEMBER_DATE;
    const char    *first = date ? writer_day(writer, kept->first_day) : writer_instant(writer, kept->from);
    const char    *last = date ? writer_day(writer, kept->last_day) : writer_instant(writer, kept->to - 1);
    const char    *series, *bucket;

    bucket = bucket_series_text(writer, text->at_type, writer->bound->dimensions[d].unit, first, last, &series);
    str_addf(to, "(SELECT %s AS d%zu FROM %s ORDER BY 1) AS bucket", bucket, d + 1, series);
}

/* The dimensions in their order, "d1" of the bucket and the others of its groups, and the parts. */
static void write_bucket_columns(const struct leg_text *text, struct str *to, size_t bucket)
{
    const struct bound *bound = text->writer->bound;
    const struct plan  *plan = text->writer->plan;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!grain_has(text->grain, &bound->dimensions[d]))
            continue;
        str_addf(to, "%s%s.d%zu", to->length > 0 ? ", " : "", d == bucket ? "bucket" : "kept", d + 1);
        if (bound_dimension_has_key(bound, d))
            str_addf(to, ", kept.k%zu", d + 1);
    }
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_addf(to, ", kept.p%zu", p + 1);
}

static void write_kept_by_bucket(struct leg_text *text, struct str *to, const char *name,
                                 const struct rollup_split *split, size_t bucket)
{
    struct leg_text     group = *text;
    struct rollup_split holes = *split;
    struct str          select = STR_INIT, columns = STR_INIT, where = STR_INIT;

    group.grain.time = false;
    holes.kept = (struct resolved){0};                         /* the buckets say so */
    (void)leg_write_dimensions(&group, &select);
    write_kept_sums(&group, &select, ", ");
    write_kept_where(&group, &where, &holes);
    write_bucket_columns(text, &columns, bucket);
    str_addf(to, "%s AS (\n    SELECT %s\n    FROM ", name, str_text(&columns));
    write_buckets(text, to, &split->kept, bucket);
    str_addf(to, " CROSS JOIN LATERAL (\n    SELECT %s\n    FROM %s AS %s%s%s\n      AND %s = bucket.d%zu",
             str_text(&select), text->leg->from->layout->relation, text->base, str_text(&text->scope->joins),
             str_text(&where), text->at, bucket + 1);
    leg_write_group_by(&group, to);
    str_add(to, ") AS kept\n)");
    str_done(&select);
    str_done(&columns);
    str_done(&where);
}

/* "NAME AS (…)": dimensions and sums, or changes. */
static void write_kept(struct leg_text *text, struct str *to, const char *name, const struct rollup_split *split,
                       bool carried)
{
    struct str  select = STR_INIT, where = STR_INIT;
    const char *comma;
    size_t      bucket;

    if (!carried && goes_by_bucket(text, split, &bucket)) {
        write_kept_by_bucket(text, to, name, split, bucket);
        return;
    }
    if (text->ranks != NULL)
        ranks_write_dimensions(text, &select);
    else
        (void)leg_write_dimensions(text, &select);
    comma = select.length > 0 ? ", " : "";
    if (carried)
        write_kept_changes(text, &select, comma);
    else
        write_kept_sums(text, &select, comma);
    write_kept_where(text, &where, split);
    str_addf(to, "%s AS (\n    SELECT %s\n    FROM %s AS %s%s%s%s", name, str_text(&select),
             text->leg->from->layout->relation, text->base, str_text(&text->scope->joins),
             text->ranks != NULL ? text->rank_join : "", str_text(&where));
    if (!carried)
        leg_write_group_by(text, to);
    str_add(to, "\n)");
    str_done(&select);
    str_done(&where);
}

static void write_columns(const struct leg_text *text, struct str *to)
{
    write_dimension_columns(to, text->writer->bound, "", text->grain);
}

/* Sums of the rollup and of each piece of the facts. */
static void write_together(struct leg_text *text, struct str *to, size_t pieces)
{
    const struct plan *plan = text->writer->plan;
    struct str         columns = STR_INIT, select = STR_INIT;

    write_columns(text, &columns);
    str_add(&select, str_text(&columns));
    for (size_t p = 0; p < plan->part_count; p++) {
        bool counts = is_count(&plan->parts[p]);

        if (plan->parts[p].leg == text->index)
            str_addf(&select, "%s%s%s(p%zu)%s AS p%zu", select.length > 0 ? ", " : "", counts ? "COALESCE(" : "",
                     part_merger(&plan->parts[p]), p + 1, counts ? ", 0)" : "", p + 1);
    }
    str_addf(to, "%s AS (\n    SELECT %s\n    FROM (SELECT * FROM %s_kept", text->name, str_text(&select), text->name);
    for (size_t i = 0; i < pieces; i++)
        str_addf(to, " UNION ALL SELECT * FROM %s_facts%zu", text->name, i + 1);
    str_add(to, ") AS piece");
    if (columns.length > 0)
        str_addf(to, "\n    GROUP BY %s", str_text(&columns));
    str_add(to, "\n)");
    str_done(&columns);
    str_done(&select);
}

static void write_sums(struct leg_text *kept, struct leg_text *facts, struct str *to, const struct rollup_split *split)
{
    const char *name = facts->name;

    if (split->fact_count == 0) {
        write_kept(kept, to, name, split, false);
        return;
    }
    write_kept(kept, to, arena_printf(facts->writer->bound->arena, "%s_kept", name), split, false);
    for (size_t i = 0; i < split->fact_count; i++) {
        struct scope    scope;
        struct leg_text piece = *facts;

        scope_init(&scope, facts->writer, facts->leg->fact);
        piece.scope = &scope;
        leg_prepare(&piece);
        piece.range = split->facts[i];
        leg_narrow_entities(&piece);
        piece.name = arena_printf(facts->writer->bound->arena, "%s_facts%zu", name, i + 1);
        str_add(to, ", ");
        leg_write_plain(&piece, to);
        scope_done(&scope);
    }
    str_add(to, ", ");
    write_together(facts, to, split->fact_count);
}

/* A carried counter at the end of the range. */
static void write_state(struct leg_text *text, struct str *to, const char *sources)
{
    const struct plan *plan = text->writer->plan;
    struct str         columns = STR_INIT, select = STR_INIT;

    write_columns(text, &columns);
    str_add(&select, str_text(&columns));
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_addf(&select, "%sCASE WHEN sum(n%zu) > 0 THEN sum(v%zu) END AS p%zu", select.length > 0 ? ", " : "",
                     p + 1, p + 1, p + 1);
    str_addf(to, "%s AS (\n    SELECT %s\n    FROM (%s) AS change", text->name, str_text(&select), sources);
    if (columns.length > 0)
        str_addf(to, "\n    GROUP BY %s HAVING sum(n) > 0", str_text(&columns));
    str_add(to, "\n)");
    str_done(&columns);
    str_done(&select);
}

/* The changes that the rollup keeps, by bucket where there is one, as carry_write_changes has them of the facts. */
static const char *kept_changes(struct leg_text *kept, size_t axis, const struct resolved *asked)
{
    const struct bound *bound = kept->writer->bound;
    const struct plan  *plan = kept->writer->plan;
    const char         *bucket, *text, *start;
    struct str          select = STR_INIT;

    if (axis == SIZE_MAX)
        return arena_printf(bound->arena, "SELECT * FROM %s_kept", kept->name);
    bucket = arena_printf(bound->arena, "d%zu", axis + 1);
    if (asked->has_from) {
        start = kept->at_type == MEMBER_DATE ? writer_day(kept->writer, asked->first_day)
                                             : writer_instant(kept->writer, asked->from);
        bucket = arena_printf(bound->arena, "GREATEST(%s, (SELECT %s))", bucket,      /* once, not for each row */
                              bucket_text(kept->writer, start, kept->at_type, bound->dimensions[axis].unit));
    }
    str_addf(&select, "SELECT %s AS d%zu", bucket, axis + 1);
    carry_write_groups(kept, &select);
    str_add(&select, ", n");
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == kept->index)
            str_addf(&select, ", v%zu, n%zu", p + 1, p + 1);
    text = arena_printf(bound->arena, "%s FROM %s_kept", str_text(&select), kept->name);
    str_done(&select);
    return text;
}

static void write_carried(struct leg_text *kept, struct leg_text *facts, struct str *to,
                          const struct rollup_split *split)
{
    const struct bound *bound = kept->writer->bound;
    struct resolved     asked = facts->range;
    size_t              axis = carry_axis(facts);
    const char         *name = facts->name, *sources;

    if (axis != SIZE_MAX && split->fact_count == 0) {
        ranks_find(kept);
        facts->ranks = kept->ranks;
    }
    write_kept(kept, to, arena_printf(bound->arena, "%s_kept", name), split, true);
    str_add(to, ", ");
    sources = kept_changes(kept, axis, &asked);
    if (split->fact_count > 0) {
        facts->name = arena_printf(bound->arena, "%s_tail", name);
        facts->range = split->facts[0];
        leg_narrow_entities(facts);
        carry_write_changes(facts, to, axis, &asked, true);
        sources = arena_printf(bound->arena, "%s UNION ALL SELECT * FROM %s_changes", sources, facts->name);
        facts->name = name;
        facts->range = asked;
    }
    if (axis == SIZE_MAX) {
        write_state(facts, to, sources);
        return;
    }
    facts->has_kept = true;
    facts->kept_until = split->kept.to;
    str_addf(to, "%s_changes AS (%s), ", name, sources);
    carry_write_running(facts, to, axis);
}

bool write_from_rollup(struct leg_text *facts, struct str *to)
{
    struct writer         *writer = facts->writer;
    const struct leg_rollup *from = facts->leg->from;
    struct scope           scope;
    struct leg_text        kept = *facts;
    struct rollup_split    split = {0};

    if (!rollup_split(writer->bound, from, facts->leg->kind, &facts->range, &split) || !split.any)
        return false;
    scope_init(&scope, writer, facts->leg->fact);
    scope.rollup = from->layout;
    kept.scope = &scope;
    leg_prepare(&kept);
    if (facts->leg->kind == LEG_LAST)
        write_carried(&kept, facts, to, &split);
    else
        write_sums(&kept, facts, to, &split);
    scope_done(&scope);
    return true;
}
