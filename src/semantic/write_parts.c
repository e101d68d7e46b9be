/*
 * The parts of every leg and every period, brought together on the dimensions.
 *
 * Legs meet by UNION ALL and GROUP BY: a full join on IS NOT DISTINCT FROM is refused by PostgreSQL. Periods meet by
 * the number of the bucket in its period; a bucket that the asked period has too shows that one's date, what is beyond
 * it its own.
 *
 * At a coarser grain (top, other, total) what adds up is taken from the parts that are there already; the rest is read
 * again from the facts, only the rows of the cells that count. So is what stands in several groups, behind a join to
 * many: a row of it counts once where any of its cells does.
 */
#include "bound.h"

#include <string.h>

struct source {                            /* a table that has the dimensions and some of the parts */
    const char *name;
    size_t      leg, period;
    bool        sums;                      /* of several legs and all periods */
};

struct gather {
    struct writer              *writer;
    struct str                 *to;
    const struct parts_request *request;
    struct source              *sources;
    size_t                      source_count, source_room;
};

static bool is_needed(const struct gather *gather, size_t part)
{
    return gather->request->needed == NULL || gather->request->needed[part];
}

static bool leg_is_needed(const struct gather *gather, size_t leg)
{
    const struct plan *plan = gather->writer->plan;

    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == leg && is_needed(gather, p))
            return true;
    return plan->part_count == 0;
}

bool leg_looks_back(const struct leg *leg)
{
    return leg->kind == LEG_LAST || leg->window != NULL;
}

/* Groups that the grain brings together may have rows in common. */
static bool leg_overlaps(const struct gather *gather, size_t leg)
{
    const struct bound *bound = gather->writer->bound;

    for (size_t d = 0; d < bound->dimension_count; d++)
        if (!grain_has(gather->request->grain, &bound->dimensions[d]) &&
            bound_dimension_fans_out(bound, d, gather->writer->plan->legs[leg].fact))
            return true;
    return false;
}

/* Is the leg at this grain the sum (least, greatest) of what it is at the full one? */
static bool leg_adds_up(const struct gather *gather, size_t leg)
{
    const struct plan *plan = gather->writer->plan;

    if (leg_overlaps(gather, leg))
        return false;
    if (leg_looks_back(&plan->legs[leg]) && !gather->request->grain.time && bound_has_axis(gather->writer->bound))
        return false;
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == leg && is_needed(gather, p) && plan->parts[p].kind == AGGREGATE_COUNT_DISTINCT &&
            plan->parts[p].aggregate != NULL)
            return false;
    return true;
}

static bool leg_is_summed(const struct gather *gather, size_t leg)
{
    return gather->request->from != NULL && leg_adds_up(gather, leg);
}

/* A counter at the end of the range, of cells that passed in their own buckets only: there is no such number. */
static bool leg_is_nothing(const struct gather *gather, size_t leg)
{
    const struct restriction *restriction = gather->request->restriction;

    return leg_looks_back(&gather->writer->plan->legs[leg]) && restriction != NULL && restriction->cells != NULL &&
           restriction->of_cells.time && bound_has_axis(gather->writer->bound);
}

/* -- sums ---------------------------------------------------------------------------------------------------------- */

/* Dimensions to select and to group by. Buckets that are compared are grouped by their number. */
static void write_group(struct gather *gather, struct str *select, struct str *group, bool resolved)
{
    const struct bound *bound = gather->writer->bound;
    size_t              axis = bound_compared_axis(bound);

    for (size_t d = 0; d < bound->dimension_count; d++) {
        const char *comma = select->length > 0 ? ", " : "", *also = group->length > 0 ? ", " : "";

        if (!grain_has(gather->request->grain, &bound->dimensions[d]))
            continue;
        if (!bound_dimension_is_compared(bound, d)) {
            str_addf(select, "%spart.d%zu", comma, d + 1);
            str_addf(group, "%spart.d%zu", also, d + 1);
            if (bound_dimension_has_key(bound, d)) {
                str_addf(select, ", part.k%zu", d + 1);
                str_addf(group, ", part.k%zu", d + 1);
            }
            continue;
        }
        if (d == axis) {
            str_addf(select, "%spart.n", comma);
            str_addf(group, "%spart.n", also);
            comma = ", ";
        }
        if (resolved) {
            str_addf(select, "%smin(part.d%zu) AS d%zu", comma, d + 1, d + 1);
        } else {
            const struct resolved *range = &bound->ranges[bound->compared_range].resolved;
            enum member_type       type = bound_dimension_type(bound, d);
            const char            *at = bucket_at_text(gather->writer, "part.n", axis);
            const char            *shown = at;
            bool                   date = type == MEMBER_DATE;

            if (d != axis)
                shown = bucket_text(gather->writer, at, type, bound->dimensions[d].unit);
            str_addf(select,
                     "%sCOALESCE(max(part.d%zu) FILTER (WHERE part.period = 0), CASE WHEN %s %s %s THEN %s END, "
                     "max(part.d%zu)) AS d%zu",
                     comma, d + 1, at, date ? "<=" : "<",
                     date ? writer_day(gather->writer, range->last_day) : writer_instant(gather->writer, range->to),
                     shown, d + 1, d + 1);
        }
    }
}

static void write_restriction(struct gather *gather)
{
    const struct restriction *restriction = gather->request->restriction;
    const struct bound       *bound = gather->writer->bound;
    struct grain              groups = {.groups = true};
    const char               *word = "WHERE", *mine;

    if (restriction == NULL)
        return;
    mine = combination_text(bound, "part.", restriction->of_cells);
    if (restriction->cells != NULL && mine != NULL) {
        str_addf(gather->to, "\n    %s %s IN (SELECT %s FROM %s)", word, mine,
                 combination_text(bound, "", restriction->of_cells), restriction->cells);
        word = "AND";
    } else if (restriction->cells != NULL) {
        str_addf(gather->to, "\n    %s EXISTS (SELECT FROM %s)", word, restriction->cells);
        word = "AND";
    }
    if (restriction->without != NULL)
        str_addf(gather->to, "\n    %s %s NOT IN (SELECT %s FROM %s)", word, combination_text(bound, "part.", groups),
                 combination_text(bound, "", groups), restriction->without);
}

static void gather_sums(struct gather *gather)
{
    struct writer      *writer = gather->writer;
    const struct bound *bound = writer->bound;
    const struct plan  *plan = writer->plan;
    struct source       source = {.name = arena_printf(bound->arena, "%ssums", gather->request->prefix), .sums = true};
    struct str          select = STR_INIT, group = STR_INIT;

    write_group(gather, &select, &group, true);
    for (size_t p = 0; p < plan->part_count; p++)
        for (size_t k = 0;
             is_needed(gather, p) && leg_is_summed(gather, plan->parts[p].leg) && k <= bound->compared_count; k++) {
            const char *column = part_column(bound, p, k);

            str_addf(&select, "%s%s(part.%s) AS %s", select.length > 0 ? ", " : "", part_merger(&plan->parts[p]), column, column);
        }
    str_addf(gather->to, "%s AS (\n    SELECT %s\n    FROM %s AS part", source.name, str_text(&select),
             gather->request->from);
    write_restriction(gather);
    if (group.length > 0)
        str_addf(gather->to, "\n    GROUP BY %s", str_text(&group));
    str_add(gather->to, "\n), ");
    str_done(&select);
    str_done(&group);
    ARENA_PUSH(bound->arena, gather->sources, gather->source_count, gather->source_room, source);
}

static void gather_legs(struct gather *gather)
{
    struct writer      *writer = gather->writer;
    const struct bound *bound = writer->bound;
    bool                summed = false;

    for (size_t leg = 0; leg < writer->plan->leg_count; leg++) {
        if (!leg_is_needed(gather, leg))
            continue;
        if (leg_is_summed(gather, leg)) {
            summed = true;
            continue;
        }
        for (size_t k = 0; k <= bound->compared_count && !leg_is_nothing(gather, leg); k++) {
            struct source source = {.leg = leg, .period = k};

            source.name = arena_printf(bound->arena, "%sleg%zu", gather->request->prefix, leg + 1);
            if (k > 0)
                source.name = arena_printf(bound->arena, "%s_%zu", source.name, k);
            writer->period = k;
            write_leg(writer, gather->to, leg, source.name, gather->request->grain, gather->request->restriction);
            writer->period = 0;
            str_add(gather->to, ", ");
            ARENA_PUSH(bound->arena, gather->sources, gather->source_count, gather->source_room, source);
        }
    }
    if (summed)
        gather_sums(gather);
}

/* -- bringing together --------------------------------------------------------------------------------------------- */

static bool source_has(const struct gather *gather, const struct source *source, size_t part, size_t period)
{
    size_t leg = gather->writer->plan->parts[part].leg;

    return source->sums ? leg_is_summed(gather, leg) : source->leg == leg && source->period == period;
}

/* Where a part's type can be had from. */
static const char *type_of(const struct gather *gather, size_t part)
{
    const char *column = part_column(gather->writer->bound, part, 0);

    for (size_t i = 0; i < gather->source_count; i++)
        if (source_has(gather, &gather->sources[i], part, 0))
            return arena_printf(gather->writer->bound->arena, "(SELECT %s FROM %s LIMIT 0)", column,
                                gather->sources[i].name);
    return arena_printf(gather->writer->bound->arena, "(SELECT %s FROM %s LIMIT 0)", column, gather->request->from);
}

static void write_branch(struct gather *gather, const struct source *source)
{
    struct writer      *writer = gather->writer;
    const struct bound *bound = writer->bound;
    size_t              axis = bound_compared_axis(bound);
    struct str          select = STR_INIT;

    write_dimension_columns(&select, bound, "", gather->request->grain);
    if (bound->compared_count > 0)
        str_addf(&select, "%s%zu AS period", select.length > 0 ? ", " : "", source->period);
    if (axis != SIZE_MAX && gather->request->grain.time) {
        writer->period = source->period;
        str_addf(&select, ", %s AS n",
                 source->sums ? "n" : bucket_number_text(writer, arena_printf(bound->arena, "d%zu", axis + 1), axis));
        writer->period = 0;
    }
    for (size_t p = 0; p < writer->plan->part_count; p++)
        for (size_t k = 0; is_needed(gather, p) && k <= bound->compared_count; k++) {
            const char *column = part_column(bound, p, k);

            str_add(&select, select.length > 0 ? ", " : "");
            if (!source_has(gather, source, p, k))
                str_addf(&select, "%s AS %s", type_of(gather, p), column);
            else
                str_addf(&select, "%s AS %s", source->sums ? column : part_column(bound, p, 0), column);
        }
    str_addf(gather->to, "\n      SELECT %s FROM %s", str_text(&select), source->name);
    str_done(&select);
}

static bool is_whole(const struct gather *gather)
{
    const struct plan *plan = gather->writer->plan;

    if (gather->source_count != 1)
        return false;
    for (size_t p = 0; p < plan->part_count; p++)
        for (size_t k = 0; is_needed(gather, p) && k <= gather->writer->bound->compared_count; k++)
            if (!source_has(gather, &gather->sources[0], p, k))
                return false;
    return true;
}

static const char *write_merged(struct gather *gather)
{
    const struct bound *bound = gather->writer->bound;
    const struct plan  *plan = gather->writer->plan;
    const char         *name = arena_printf(bound->arena, "%smerged", gather->request->prefix);
    struct str          select = STR_INIT, group = STR_INIT;

    write_group(gather, &select, &group, false);
    for (size_t p = 0; p < plan->part_count; p++)
        for (size_t k = 0; is_needed(gather, p) && k <= bound->compared_count; k++) {
            const char *column = part_column(bound, p, k);

            /* one of them at most is not NULL, and sketches have no greatest */
            str_addf(&select, "%s%s(part.%s) AS %s", select.length > 0 ? ", " : "",
                     plan->parts[p].kind == AGGREGATE_COUNT_APPROX ? "hll_union_agg" : "max", column, column);
        }
    str_addf(gather->to, "%s AS (\n    SELECT %s\n    FROM (", name, str_text(&select));
    for (size_t i = 0; i < gather->source_count; i++) {
        str_add(gather->to, i > 0 ? "\n      UNION ALL" : "");
        write_branch(gather, &gather->sources[i]);
    }
    str_add(gather->to, "\n    ) AS part");
    if (group.length > 0)
        str_addf(gather->to, "\n    GROUP BY %s", str_text(&group));
    str_add(gather->to, "\n), ");
    str_done(&select);
    str_done(&group);
    return name;
}

/* Nothing that is asked for is a number here: one row of NULLs. */
static void gather_nothing(struct gather *gather)
{
    const struct bound *bound = gather->writer->bound;
    const struct plan  *plan = gather->writer->plan;
    struct source source = {.name = arena_printf(bound->arena, "%snothing", gather->request->prefix), .sums = true};

    str_addf(gather->to, "%s AS (\n    SELECT ", source.name);
    for (size_t p = 0, n = 0; p < plan->part_count; p++)
        for (size_t k = 0; is_needed(gather, p) && k <= bound->compared_count; k++)
            str_addf(gather->to, "%s%s AS %s", n++ > 0 ? ", " : "", type_of(gather, p), part_column(bound, p, k));
    str_add(gather->to, "\n), ");
    ARENA_PUSH(bound->arena, gather->sources, gather->source_count, gather->source_room, source);
}

const char *write_parts(struct writer *writer, struct str *to, const struct parts_request *request)
{
    struct gather gather = {.writer = writer, .to = to, .request = request};

    gather_legs(&gather);
    if (gather.source_count == 0) {
        gather_nothing(&gather);
        return gather.sources[0].name;
    }
    return is_whole(&gather) ? gather.sources[0].name : write_merged(&gather);
}
