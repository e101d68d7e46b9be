/*
 * Measures to parts to legs. A part is a leaf aggregate; a leg is one pass over one fact by one rule, and yields the
 * dimensions and its parts. Measures that share a leaf share the part; counters that are read by the same rule from
 * the same snapshots share the leg.
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

static bool same_leg(const struct leg *a, const struct leg *b)
{
    if (a->kind != b->kind || a->fact != b->fact)
        return false;
    if (a->kind == LEG_ROWS)
        return true;
    return a->entity == b->entity && same_fragment(a->present, b->present) && (a->kind == LEG_LAST ? a->rule == b->rule : a->baseline == b->baseline);
}

static size_t put_leg(const struct bound *bound, struct plan *plan, struct leg leg)
{
    for (size_t i = 0; i < plan->leg_count; i++)
        if (same_leg(&plan->legs[i], &leg))
            return i;
    ARENA_PUSH(bound->arena, plan->legs, plan->leg_count, plan->leg_room, leg);
    return plan->leg_count - 1;
}

static bool same_aggregate(const struct aggregate *a, const struct aggregate *b)
{
    return a == b || (a->kind == b->kind && same_fragment(&a->argument, &b->argument) && same_fragment(&a->filter, &b->filter));
}

static void put_part(const struct bound *bound, struct plan *plan, struct part part)
{
    for (size_t i = 0; i < plan->part_count; i++) {
        const struct part *old = &plan->parts[i];

        if (old->leg != part.leg || (old->aggregate == NULL) != (part.aggregate == NULL))
            continue;
        if (part.aggregate != NULL ? same_aggregate(old->aggregate, part.aggregate) : old->counter == part.counter)
            return;
    }
    ARENA_PUSH(bound->arena, plan->parts, plan->part_count, plan->part_room, part);
}

static int plan_measure(const struct bound *bound, struct plan *plan, struct measure *measure, unsigned depth, struct error *error)
{
    struct leg leg = {.fact = fact_of(bound, measure->cube)};
    int        r = 0;

    if (depth > 16)
        return error_set(error, ERR_LIMIT, "%s.%s rests on itself", measure->cube->name, measure->name);
    switch (measure->kind) {
    case MEASURE_AGGREGATE:
        leg.kind = LEG_ROWS;
        for (size_t i = 0; i < measure->aggregate_count; i++)
            put_part(bound, plan, (struct part){.leg = put_leg(bound, plan, leg), .aggregate = &measure->aggregates[i]});
        return 0;
    case MEASURE_LAST:
    case MEASURE_INCREASE:
        leg.kind = measure->kind == MEASURE_LAST ? LEG_LAST : LEG_INCREASE;
        leg.entity = measure->entity;
        leg.rule = measure->rule;
        leg.baseline = measure->baseline;
        leg.present = &measure->present;
        put_part(bound, plan, (struct part){.leg = put_leg(bound, plan, leg), .counter = measure});
        return 0;
    case MEASURE_RATIO:
        r = plan_measure(bound, plan, measure->numerator, depth + 1, error);
        if (r >= 0)
            r = plan_measure(bound, plan, measure->denominator, depth + 1, error);
        return r;
    case MEASURE_DERIVED:
        for (size_t i = 0; r >= 0 && i < measure->sql.piece_count; i++)
            if (measure->sql.pieces[i].kind == PIECE_MEASURE)
                r = plan_measure(bound, plan, measure->sql.pieces[i].measure, depth + 1, error);
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
            bind_remark(bound, "'%s' is tested on the latest snapshot of each %s; what counts up to a time is asked with 'for' or 'until'", time->name,
                        leg->entity->name);
    }
}

int plan_measures(struct bound *bound, struct plan *plan, struct error *error)
{
    for (size_t i = 0; i < bound->measure_count; i++) {
        int r = plan_measure(bound, plan, bound->measures[i].measure, 0, error);

        if (r < 0)
            return r;
    }
    if (is_carried(plan) && !axis_nests(bound)) {
        error_set(error, ERR_USAGE, "a carried counter cannot be read by week and by a longer unit at once: weeks do not nest in it");
        error_hint(error, "ask by one of them");
        return ERR_USAGE;
    }
    remark_tests_of_time(bound, plan);
    if (plan->leg_count == 0)                        /* dimensions alone: their distinct values */
        (void)put_leg(bound, plan, (struct leg){.kind = LEG_ROWS});
    return 0;
}

/* -- the measure over its parts -------------------------------------------------------------------------------------- */

static size_t find_part(const struct bound *bound, const struct plan *plan, const struct measure *measure, const struct aggregate *aggregate)
{
    size_t fact = fact_of(bound, measure->cube);

    for (size_t i = 0; i < plan->part_count; i++) {
        const struct part *part = &plan->parts[i];

        if (plan->legs[part->leg].fact != fact)
            continue;
        if (aggregate != NULL ? part->aggregate != NULL && same_aggregate(part->aggregate, aggregate) : part->counter == measure)
            return i;
    }
    return 0;
}

void plan_write_measure(struct str *to, const struct bound *bound, const struct plan *plan, const struct measure *measure)
{
    switch (measure->kind) {
    case MEASURE_LAST:
    case MEASURE_INCREASE:
        str_addf(to, "p%zu", find_part(bound, plan, measure, NULL) + 1);
        return;
    case MEASURE_RATIO:
        str_add(to, "(");
        plan_write_measure(to, bound, plan, measure->numerator);
        str_add(to, ")::numeric / NULLIF(");
        plan_write_measure(to, bound, plan, measure->denominator);
        str_add(to, ", 0)");
        return;
    case MEASURE_AGGREGATE:
    case MEASURE_DERIVED:
        break;
    }
    for (size_t i = 0; i < measure->sql.piece_count; i++) {
        const struct piece *piece = &measure->sql.pieces[i];

        if (piece->kind == PIECE_AGGREGATE) {
            str_addf(to, "p%zu", find_part(bound, plan, measure, &measure->aggregates[piece->aggregate]) + 1);
        } else if (piece->kind == PIECE_MEASURE) {
            str_add(to, "(");
            plan_write_measure(to, bound, plan, piece->measure);
            str_add(to, ")");
        } else if (piece->text != NULL) {
            str_add(to, piece->text);
        }
    }
}
