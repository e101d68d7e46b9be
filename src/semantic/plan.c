/*
 * Measures to parts to legs. A part is a leaf aggregate; a leg is one pass over one fact by one rule, and yields the
 * dimensions and its parts. Measures that share a leaf share the part; counters that are read by the same rule from
 * the same snapshots share the leg. An average is two parts, sum and count, so that it can be taken again from them.
 */
#include "bound.h"

#include <string.h>

static bool same_fragment(const struct fragment *a, const struct fragment *b)
{
    return text_equal(a->source, b->source);
}

static size_t fact_of(const struct bound *bound, const struct cube *cube)
{
    for (size_t i = 0; i < bound->fact_count; i++)
        if (bound->facts[i] == cube)
            return i;
    return 0;
}

bool same_window(const struct window *a, const struct window *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->kind == b->kind && a->unit == b->unit && a->count == b->count;
}

static bool same_leg(const struct leg *a, const struct leg *b)
{
    if (a->kind != b->kind || a->fact != b->fact || !same_window(a->window, b->window))
        return false;
    if (a->kind == LEG_ROWS)
        return true;
    return a->entity == b->entity && same_fragment(a->present, b->present) &&
           (a->kind == LEG_LAST ? a->rule == b->rule : a->baseline == b->baseline);
}

static size_t put_leg(const struct bound *bound, struct plan *plan, struct leg leg)
{
    for (size_t i = 0; i < plan->leg_count; i++)
        if (same_leg(&plan->legs[i], &leg))
            return i;
    ARENA_PUSH(bound->arena, plan->legs, plan->leg_count, plan->leg_room, leg);
    return plan->leg_count - 1;
}

/* Over the same rows; the kind is the part's. */
static bool same_aggregate(const struct aggregate *a, const struct aggregate *b)
{
    return a == b || (same_fragment(&a->argument, &b->argument) && same_fragment(&a->filter, &b->filter));
}

static void put_part(const struct bound *bound, struct plan *plan, struct part part)
{
    for (size_t i = 0; i < plan->part_count; i++) {
        const struct part *old = &plan->parts[i];

        if (old->leg != part.leg || (old->aggregate == NULL) != (part.aggregate == NULL))
            continue;
        if (part.aggregate != NULL ? old->kind == part.kind && same_aggregate(old->aggregate, part.aggregate)
                                   : old->counter == part.counter)
            return;
    }
    ARENA_PUSH(bound->arena, plan->parts, plan->part_count, plan->part_room, part);
}

static void put_aggregate(const struct bound *bound, struct plan *plan, size_t leg, const struct aggregate *aggregate)
{
    struct part part = {.leg = leg, .kind = aggregate->kind, .aggregate = aggregate};

    if (aggregate->kind == AGGREGATE_AVG) {
        part.kind = AGGREGATE_SUM;
        put_part(bound, plan, part);
        part.kind = AGGREGATE_COUNT;
    }
    put_part(bound, plan, part);
}

static int refuse_difference_of_row(const struct measure *measure, struct error *error)
{
    error_set(error, ERR_USAGE, "%s is a difference between rows, and \"ungrouped\" shows each by itself",
              measure->name);
    error_hint(error, "ask for the counter itself");
    return ERR_USAGE;
}

/* "rolling" over a ratio is the ratio of what rolls: the window goes down to the leaves. A shifted measure is read in a
 * period of its own (bind_compare.c). */
static const struct window *window_inside(const struct measure *measure, const struct window *window)
{
    return measure->window.kind == WINDOW_SHIFT ? window : &measure->window;
}

static int plan_measure(const struct bound *bound, struct plan *plan, struct measure *measure,
                        const struct window *window, unsigned depth, struct error *error)
{
    struct leg leg = {.fact = fact_of(bound, measure->cube), .window = window};
    int        r = 0;

    if (depth > 16)
        return error_set(error, ERR_LIMIT, "%s.%s rests on itself", measure->cube->name, measure->name);
    switch (measure->kind) {
    case MEASURE_AGGREGATE:
        leg.kind = LEG_ROWS;
        for (size_t i = 0; i < measure->aggregate_count; i++)
            put_aggregate(bound, plan, put_leg(bound, plan, leg), &measure->aggregates[i]);
        return 0;
    case MEASURE_LAST:
    case MEASURE_INCREASE:
        if (bound->query->ungrouped) {                       /* the row's own counter */
            put_part(bound, plan, (struct part){.leg = put_leg(bound, plan, leg), .counter = measure});
            return measure->kind == MEASURE_LAST ? 0 : refuse_difference_of_row(measure, error);
        }
        leg.kind = measure->kind == MEASURE_LAST ? LEG_LAST : LEG_INCREASE;
        leg.entity = measure->entity;
        leg.rule = measure->rule;
        leg.baseline = measure->baseline;
        leg.present = &measure->present;
        put_part(bound, plan, (struct part){.leg = put_leg(bound, plan, leg), .counter = measure});
        return 0;
    case MEASURE_RATIO:
        r = plan_measure(bound, plan, measure->numerator, window, depth + 1, error);
        if (r >= 0)
            r = plan_measure(bound, plan, measure->denominator, window, depth + 1, error);
        return r;
    case MEASURE_WINDOW:
        if (bound->query->ungrouped)
            return error_set(error, ERR_USAGE, "%s is over a stretch of time, and \"ungrouped\" shows rows",
                             measure->name);
        return plan_measure(bound, plan, measure->inner, window_inside(measure, window), depth + 1, error);
    case MEASURE_DERIVED:
        for (size_t i = 0; r >= 0 && i < measure->sql.piece_count; i++)
            if (measure->sql.pieces[i].kind == PIECE_MEASURE)
                r = plan_measure(bound, plan, measure->sql.pieces[i].measure, window, depth + 1, error);
        return r;
    }
    return 0;
}

static bool is_carried(const struct plan *plan)
{
    for (size_t i = 0; i < plan->leg_count; i++)
        if (plan->legs[i].kind == LEG_LAST && plan->legs[i].rule == RULE_CARRY)
            return true;
    return false;
}

static bool axis_nests(const struct bound *bound)
{
    bool week = false, longer = false;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        week |= bound->dimensions[d].is_axis && bound->dimensions[d].unit == UNIT_WEEK;
        longer |= bound->dimensions[d].is_axis && bound->dimensions[d].unit > UNIT_WEEK;
    }
    return !week || !longer;
}

static const struct dimension *tests_time(const struct bound_filter *filter, size_t fact)
{
    const struct dimension *found = NULL;

    if (filter == NULL)
        return NULL;
    for (size_t i = 0; i < filter->kid_count && found == NULL; i++)
        found = tests_time(filter->kids[i], fact);
    if (filter->kind == FILTER_TEST && filter->member[fact].path_length == 0 &&
        dimension_meant(filter->member[fact].dimension) == filter->member[fact].cube->time)
        found = filter->member[fact].dimension;
    return found;
}

/* "total_views where snapshot_time < 2026-02": the videos that fell silent, and not what all had then. */
static void remark_tests_of_time(struct bound *bound, const struct plan *plan)
{
    for (size_t i = 0; i < plan->leg_count; i++) {
        const struct leg       *leg = &plan->legs[i];
        const struct dimension *time = leg->kind == LEG_LAST ? tests_time(bound->where, leg->fact) : NULL;

        if (time != NULL)
            bind_remark(bound,
                        "'%s' is tested on the latest snapshot of each %s; what counts up to a time is asked with "
                        "'for' or 'until'",
                        time->name, leg->entity->name);
    }
}

/* Said before the server says that there is no such function. */
static bool check_sketches(const struct bound *bound, const struct plan *plan, struct error *error)
{
    const char *answer = NULL;
    bool        any = false;

    for (size_t p = 0; p < plan->part_count; p++)
        any |= plan->parts[p].aggregate != NULL && plan->parts[p].kind == AGGREGATE_COUNT_APPROX;
    if (!any || bound->query->ungrouped || bound->context->look_up == NULL ||
        bound->context->look_up(bound->context->who, bound->arena,
                                "SELECT count(*) FROM pg_catalog.pg_extension WHERE extname = 'hll'", &answer) < 0 ||
        !text_equal(answer, "0"))
        return true;
    error_set(error, ERR_SERVER, "counting distinct values by approximation needs the extension hll, which this "
                                      "database does not have");
    error_hint(error,
               "CREATE EXTENSION hll, by a superuser (Debian: postgresql-15-hll); or a measure of type count_distinct");
    return false;
}

int plan_measures(struct bound *bound, struct plan *plan, struct error *error)
{
    for (size_t i = 0; i < bound->measure_count; i++) {
        int r = plan_measure(bound, plan, bound->measures[i].measure, NULL, 0, error);

        if (r < 0)
            return r;
    }
    if (!check_sketches(bound, plan, error))
        return ERR_SERVER;
    if (is_carried(plan) && !axis_nests(bound)) {
        error_set(error, ERR_USAGE,
                  "a carried counter cannot be read by week and by a longer unit at once: weeks do not nest in it");
        error_hint(error, "ask by one of them");
        return ERR_USAGE;
    }
    remark_tests_of_time(bound, plan);
    if (plan_check_fanout(bound, plan, error) < 0)
        return ERR_USAGE;
    if (plan->leg_count == 0)                        /* dimensions alone: their distinct values */
        (void)put_leg(bound, plan, (struct leg){.kind = LEG_ROWS});
    return 0;
}

/* -- the measure over its parts ------------------------------------------------------------------------------------ */

static size_t find_part(const struct bound *bound, const struct plan *plan, const struct measure *measure,
                        const struct window *window, const struct aggregate *aggregate, enum aggregate_kind kind)
{
    size_t fact = fact_of(bound, measure->cube);

    for (size_t i = 0; i < plan->part_count; i++) {
        const struct part *part = &plan->parts[i];

        if (plan->legs[part->leg].fact != fact || !same_window(plan->legs[part->leg].window, window))
            continue;
        if (aggregate != NULL
                ? part->aggregate != NULL && part->kind == kind && same_aggregate(part->aggregate, aggregate)
                : part->counter == measure)
            return i;
    }
    return 0;
}

const char *part_column(const struct bound *bound, size_t part, size_t period)
{
    return period == 0 ? arena_printf(bound->arena, "p%zu", part + 1)
                       : arena_printf(bound->arena, "p%zu_%zu", part + 1, period);
}

bool part_is_sum(const struct plan *plan, size_t part)
{
    const struct part *this = &plan->parts[part];

    return this->aggregate == NULL ? plan->legs[this->leg].kind == LEG_INCREASE
                                   : this->kind == AGGREGATE_SUM || this->kind == AGGREGATE_COUNT;
}

const char *part_merger(const struct part *part)
{
    if (part->aggregate == NULL || part->kind == AGGREGATE_SUM || part->kind == AGGREGATE_COUNT)
        return "sum";
    return part->kind == AGGREGATE_COUNT_APPROX ? "hll_union_agg" : part->kind == AGGREGATE_MIN ? "min" : "max";
}

/* A bucket that the period does not have is no zero. */
static const char *zero_of(const struct bound *bound, const struct part_style *style)
{
    return style->zeros == NULL
               ? "0"
               : arena_printf(bound->arena, "CASE WHEN %s THEN 0 END", bucket_is_there(style->zeros, style->period));
}

static void write_part(struct str *to, const struct bound *bound, const struct plan *plan, size_t part,
                       const struct part_style *style)
{
    const char *column = part_column(bound, part, style->period);
    bool        distinct = plan->parts[part].aggregate != NULL && plan->parts[part].kind == AGGREGATE_COUNT_DISTINCT;
    bool        zero = bound->query->fill == FILL_ZERO && (distinct || part_is_sum(plan, part));

    str_add(to, zero ? "COALESCE(" : "");
    if (style->missing_from != NULL)                 /* a NULL of the part's type */
        str_addf(to, "(SELECT %s FROM %s LIMIT 0)", column, style->missing_from);
    else
        str_addf(to, "%s%s", style->prefix, column);
    if (zero)
        str_addf(to, ", %s)", zero_of(bound, style));
}

static void write_aggregate(struct str *to, const struct bound *bound, const struct plan *plan,
                            const struct measure *measure, const struct aggregate *aggregate,
                            const struct part_style *style)
{
    if (aggregate->kind == AGGREGATE_COUNT_APPROX && !bound->query->ungrouped) {
        str_add(to, bound->query->fill == FILL_ZERO ? "COALESCE(round(hll_cardinality(" : "round(hll_cardinality(");
        write_part(to, bound, plan, find_part(bound, plan, measure, style->window, aggregate, aggregate->kind), style);
        str_add(to, "))::bigint");
        if (bound->query->fill == FILL_ZERO)
            str_addf(to, ", %s)", zero_of(bound, style));
        return;
    }
    if (aggregate->kind != AGGREGATE_AVG) {
        write_part(to, bound, plan, find_part(bound, plan, measure, style->window, aggregate, aggregate->kind), style);
        return;
    }
    str_add(to, "(");
    write_part(to, bound, plan, find_part(bound, plan, measure, style->window, aggregate, AGGREGATE_SUM), style);
    str_add(to, " / NULLIF(");
    write_part(to, bound, plan, find_part(bound, plan, measure, style->window, aggregate, AGGREGATE_COUNT), style);
    str_add(to, ", 0)::numeric)");
}

void plan_write_measure(struct str *to, const struct bound *bound, const struct plan *plan,
                        const struct measure *measure, const struct part_style *style)
{
    switch (measure->kind) {
    case MEASURE_LAST:
    case MEASURE_INCREASE:
        write_part(to, bound, plan, find_part(bound, plan, measure, style->window, NULL, AGGREGATE_SUM), style);
        return;
    case MEASURE_WINDOW: {
        struct part_style inside = *style;

        inside.window = window_inside(measure, style->window);
        if (measure->window.kind == WINDOW_SHIFT)
            inside.period = bound_shifted_period(bound, style->period, &measure->window);
        plan_write_measure(to, bound, plan, measure->inner, &inside);
        return;
    }
    case MEASURE_RATIO:
        str_add(to, "(");
        plan_write_measure(to, bound, plan, measure->numerator, style);
        str_add(to, ")::numeric / NULLIF(");
        plan_write_measure(to, bound, plan, measure->denominator, style);
        str_add(to, ", 0)");
        return;
    case MEASURE_AGGREGATE:
    case MEASURE_DERIVED:
        break;
    }
    for (size_t i = 0; i < measure->sql.piece_count; i++) {
        const struct piece *piece = &measure->sql.pieces[i];

        if (piece->kind == PIECE_AGGREGATE) {
            write_aggregate(to, bound, plan, measure, &measure->aggregates[piece->aggregate], style);
        } else if (piece->kind == PIECE_MEASURE) {
            str_add(to, "(");
            plan_write_measure(to, bound, plan, piece->measure, style);
            str_add(to, ")");
        } else if (piece->text != NULL) {
            str_add(to, piece->text);
        }
    }
}

/* -- which parts --------------------------------------------------------------------------------------------------- */

static void mark_parts(const struct bound *bound, const struct plan *plan, const struct measure *measure,
                       const struct window *window, bool *needed)
{
    switch (measure->kind) {
    case MEASURE_LAST:
    case MEASURE_INCREASE:
        needed[find_part(bound, plan, measure, window, NULL, AGGREGATE_SUM)] = true;
        return;
    case MEASURE_RATIO:
        mark_parts(bound, plan, measure->numerator, window, needed);
        mark_parts(bound, plan, measure->denominator, window, needed);
        return;
    case MEASURE_WINDOW:
        mark_parts(bound, plan, measure->inner, window_inside(measure, window), needed);
        return;
    case MEASURE_AGGREGATE:
        for (size_t i = 0; i < measure->aggregate_count; i++) {
            const struct aggregate *aggregate = &measure->aggregates[i];
            bool                    average = aggregate->kind == AGGREGATE_AVG;

            needed[find_part(bound, plan, measure, window, aggregate, average ? AGGREGATE_SUM : aggregate->kind)] =
                true;
            if (average)
                needed[find_part(bound, plan, measure, window, aggregate, AGGREGATE_COUNT)] = true;
        }
        return;
    case MEASURE_DERIVED:
        for (size_t i = 0; i < measure->sql.piece_count; i++)
            if (measure->sql.pieces[i].kind == PIECE_MEASURE)
                mark_parts(bound, plan, measure->sql.pieces[i].measure, window, needed);
        return;
    }
}

bool *plan_parts_of(const struct bound *bound, const struct plan *plan, const struct measure *measure)
{
    bool *needed = ARENA_ARRAY(bound->arena, bool, plan->part_count + 1);

    if (plan->part_count > 0)
        mark_parts(bound, plan, measure, NULL, needed);
    return needed;
}
