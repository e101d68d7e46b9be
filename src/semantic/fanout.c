/*
 * Joins to many. A member behind a one_to_many join has several values for one row of the fact, so the row stands in
 * several groups, and passes a test when any of the rows it meets does. It is told apart by its place in the leg
 * (write_fanout.c), not by a declared key, and counts once in each group; so groups share rows and do not add up.
 */
#include "bound.h"

/* The first one_to_many join on the way to the member; NULL: none. */
static const struct join *join_to_many(const struct member *member)
{
    for (size_t i = 0; i < member->path_length; i++)
        if (member->path[i]->kind == JOIN_ONE_TO_MANY)
            return member->path[i];
    return NULL;
}

/* The first one_to_many join that a test rests on. */
static const struct join *tested_many(const struct bound_filter *filter, size_t fact)
{
    const struct join *many = NULL;

    if (filter == NULL)
        return NULL;
    if (filter->kind == FILTER_TEST)
        return join_to_many(&filter->member[fact]);
    for (size_t i = 0; many == NULL && i < filter->kid_count; i++)
        many = tested_many(filter->kids[i], fact);
    return many;
}

static const struct join *narrowed_many(const struct bound *bound, size_t fact)
{
    const struct join *many = tested_many(bound->where, fact);

    for (size_t i = 0; many == NULL && i < bound->range_count; i++)
        many = join_to_many(&bound->ranges[i].member[fact]);
    return many;
}

bool bound_dimension_fans_out(const struct bound *bound, size_t dimension, size_t fact)
{
    return join_to_many(&bound->dimensions[dimension].member[fact]) != NULL;
}

bool bound_fact_fans_out(const struct bound *bound, size_t fact)
{
    for (size_t d = 0; d < bound->dimension_count; d++)
        if (bound_dimension_fans_out(bound, d, fact))
            return true;
    return narrowed_many(bound, fact) != NULL;
}

/* -- what is said of it -------------------------------------------------------------------------------------------- */

static int refuse_ungrouped(const struct bound *bound, const struct bound_dimension *dimension, size_t fact,
                            struct error *error)
{
    const struct join *many = join_to_many(&dimension->member[fact]);

    error_set(error, ERR_USAGE,
              "\"ungrouped\" shows each row of %s once, and by '%s' it would stand once for each of its %s",
              bound->facts[fact]->name, dimension->label, many->name);
    error_hint(error, "ask a measure of %s", many->target->name);
    bind_point_at(bound, dimension->name->span, error);
    return ERR_USAGE;
}

int bind_fanout(struct bound *bound, struct error *error)
{
    for (size_t f = 0; f < bound->fact_count; f++) {
        const struct join *many = narrowed_many(bound, f);

        for (size_t d = 0; d < bound->dimension_count; d++) {
            if (!bound_dimension_fans_out(bound, d, f))
                continue;
            if (bound->query->ungrouped)
                return refuse_ungrouped(bound, &bound->dimensions[d], f, error);
            if (bound->measure_count > 0)
                bind_remark(bound, "a row of %s counts once in each %s it has: groups share rows and do not add up",
                            bound->facts[f]->name, bound->dimensions[d].label);
        }
        if (many != NULL)
            bind_remark(bound, "a row of %s counts when any of its %s passes the tests, also where they say 'not'",
                        bound->facts[f]->name, many->name);
    }
    return 0;
}

/* -- the rest of a top --------------------------------------------------------------------------------------------- */

/*
 * `having` leaves some buckets of a group out. What is in a bucket can be read again from its rows; what is made of
 * earlier rows too (a carried counter, a rolling sum) adds up from the groups of that bucket, or is not to be had.
 */
int plan_check_fanout(const struct bound *bound, const struct plan *plan, struct error *error)
{
    if (!bound->query->top.other || bound->having == NULL || !bound_has_axis(bound))
        return 0;
    for (size_t i = 0; i < plan->leg_count; i++) {
        const struct leg *leg = &plan->legs[i];

        for (size_t d = 0; leg_looks_back(leg) && d < bound->dimension_count; d++) {
            if (bound->dimensions[d].is_time || !bound_dimension_fans_out(bound, d, leg->fact))
                continue;
            error_set(error, ERR_USAGE,
                      "the rest of 'top' cannot be told: groups of '%s' share rows of %s, and 'having' leaves buckets "
                      "of them out",
                      bound->dimensions[d].label, bound->facts[leg->fact]->name);
            error_hint(error, "leave 'with other', 'having' or the time out");
            bind_point_at(bound, bound->query->top.span, error);
            return ERR_USAGE;
        }
    }
    return 0;
}
