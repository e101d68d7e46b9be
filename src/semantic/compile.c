/*
 * The statement: legs → cells → having → top → order → limit, and what its columns mean.
 *
 *   WITH leg1 AS (…), leg2 AS (…),
 *   merged AS (…)                     two legs or more, brought together on the dimensions
 *   cells AS (…)                      measures over the parts
 *   top AS (…)                        the kept combinations, by their value over the whole range
 *   SELECT … FROM cells … WHERE having ORDER BY … LIMIT …
 *
 * Legs meet by UNION ALL and GROUP BY: a full join on IS NOT DISTINCT FROM is refused by PostgreSQL.
 */
#include "bound.h"
#include "describe.h"
#include "scope.h"

#include <inttypes.h>
#include <string.h>

#define VALUE_LIMIT 65535              /* of PostgreSQL's protocol */

/* -- cells ------------------------------------------------------------------------------------------------------------- */

/* The legs under `prefix`, and the table that holds all parts: its name. */
static const char *write_parts_table(struct writer *writer, struct str *to, const char *prefix, bool with_time)
{
    const struct bound *bound = writer->bound;
    const struct plan  *plan = writer->plan;
    struct str          dimensions = STR_INIT;
    const char         *name;

    for (size_t leg = 0; leg < plan->leg_count; leg++) {
        name = arena_printf(bound->arena, "%sleg%zu", prefix, leg + 1);
        write_leg(writer, to, leg, name, with_time);
        str_add(to, ", ");
    }
    if (plan->leg_count == 1)
        return arena_printf(bound->arena, "%sleg1", prefix);
    name = arena_printf(bound->arena, "%smerged", prefix);
    write_dimension_columns(&dimensions, bound, "", with_time);
    str_addf(to, "%s AS (\n    SELECT %s", name, str_text(&dimensions));
    for (size_t p = 0; p < plan->part_count; p++)
        str_addf(to, "%smax(p%zu) AS p%zu", p > 0 || dimensions.length > 0 ? ", " : "", p + 1, p + 1);
    str_add(to, "\n    FROM (");
    for (size_t leg = 0; leg < plan->leg_count; leg++) {
        str_addf(to, "%s\n      SELECT %s", leg > 0 ? "\n      UNION ALL" : "", str_text(&dimensions));
        for (size_t p = 0; p < plan->part_count; p++) {
            str_add(to, p > 0 || dimensions.length > 0 ? ", " : "");
            if (plan->parts[p].leg == leg)
                str_addf(to, "p%zu", p + 1);
            else                                                 /* a NULL of the part's type */
                str_addf(to, "(SELECT p%zu FROM %sleg%zu LIMIT 0) AS p%zu", p + 1, prefix, plan->parts[p].leg + 1, p + 1);
        }
        str_addf(to, " FROM %sleg%zu", prefix, leg + 1);
    }
    str_add(to, "\n    ) AS part");
    if (dimensions.length > 0)
        str_addf(to, "\n    GROUP BY %s", str_text(&dimensions));
    str_add(to, "\n), ");
    str_done(&dimensions);
    return name;
}

static void write_cells(struct writer *writer, struct str *to, const char *prefix, bool with_time)
{
    const struct bound *bound = writer->bound;
    const char         *from = write_parts_table(writer, to, prefix, with_time);
    size_t              start;

    str_addf(to, "%scells AS (\n    SELECT ", prefix);
    start = to->length;
    write_dimension_columns(to, bound, "", with_time);
    for (size_t m = 0; m < bound->measure_count; m++) {
        str_add(to, to->length > start ? ", " : "");
        plan_write_measure(to, bound, writer->plan, bound->measures[m].measure, &(struct part_style){.prefix = ""});
        str_addf(to, " AS m%zu", m + 1);
    }
    str_addf(to, "\n    FROM %s\n)", from);
}

static const char *expression_of_cell(void *who, const struct bound_filter *test)
{
    const struct bound *bound = who;

    return arena_printf(bound->arena, "cells.m%zu", test->measure + 1);
}

/* -- order --------------------------------------------------------------------------------------------------------------- */

static void write_key(struct str *to, const char *prefix, const char *column, bool text, bool descending)
{
    str_addf(to, "%s%s%s%s%s NULLS LAST", to->length > 0 ? ", " : "", prefix, column, text ? "::text COLLATE \"C\"" : "", descending ? " DESC" : "");
}

static bool is_text(const struct bound *bound, size_t dimension)
{
    return bound->dimensions[dimension].member[0].dimension->type == MEMBER_STRING;
}

/* Ties are broken by all dimensions, so that the same question has the same answer. */
static void write_ties(struct str *to, const struct bound *bound, const char *prefix, bool with_time, uint64_t done)
{
    for (size_t d = 0; d < bound->dimension_count; d++) {
        if ((bound->dimensions[d].is_time && !with_time) || (d < 64 && (done >> d & 1)))
            continue;
        write_key(to, prefix, arena_printf(bound->arena, "d%zu", d + 1), is_text(bound, d), false);
    }
    for (size_t d = 0; d < bound->dimension_count; d++)
        if (bound_dimension_has_key(bound, d) && (!bound->dimensions[d].is_time || with_time))
            write_key(to, prefix, arena_printf(bound->arena, "k%zu", d + 1), false, false);
}

static char *order_of(const struct bound *bound)
{
    struct str str = STR_INIT;
    uint64_t   done = 0;
    char      *text;

    for (size_t i = 0; i < bound->order_count; i++) {
        const struct bound_order *order = &bound->order[i];

        if (!order->is_measure && order->index < 64)
            done |= UINT64_C(1) << order->index;
        write_key(&str, "cells.", arena_printf(bound->arena, "%c%zu", order->is_measure ? 'm' : 'd', order->index + 1),
                  !order->is_measure && is_text(bound, order->index), order->descending);
    }
    if (bound->order_count == 0) {
        bool by_time = false;

        for (size_t d = 0; d < bound->dimension_count; d++)
            if (bound->dimensions[d].is_time) {
                write_key(&str, "cells.", arena_printf(bound->arena, "d%zu", d + 1), false, false);
                done |= d < 64 ? UINT64_C(1) << d : 0;
                by_time = true;
            }
        if (!by_time && bound->query->top.count > 0)
            write_key(&str, "cells.", arena_printf(bound->arena, "m%zu", bound->top_by + 1), false, true);
        else if (!by_time && bound->measure_count > 0 && bound->dimension_count > 0)
            write_key(&str, "cells.", "m1", false, true);
    }
    write_ties(&str, bound, "cells.", true, done);
    text = arena_strdup(bound->arena, str_text(&str));
    str_done(&str);
    return text;
}

/* -- top ------------------------------------------------------------------------------------------------------------------- */

static bool has_time(const struct bound *bound, bool wanted)
{
    for (size_t d = 0; d < bound->dimension_count; d++)
        if (bound->dimensions[d].is_time == wanted)
            return true;
    return false;
}

static void write_same_combination(struct str *to, const struct bound *bound, const char *left, const char *right)
{
    bool first = true;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (bound->dimensions[d].is_time)
            continue;
        str_addf(to, "%s%sd%zu IS NOT DISTINCT FROM %sd%zu", first ? "" : " AND ", left, d + 1, right, d + 1);
        if (bound_dimension_has_key(bound, d))
            str_addf(to, " AND %sk%zu IS NOT DISTINCT FROM %sk%zu", left, d + 1, right, d + 1);
        first = false;
    }
}

/* The kept combinations of the dimensions that are not time, by their value over the whole range. */
static void write_top_over_time(struct writer *writer, struct str *to, const char *having)
{
    const struct bound *bound = writer->bound;
    struct str          order = STR_INIT;

    str_add(to, ", ");
    write_cells(writer, to, "whole_", false);
    write_key(&order, "whole_cells.", arena_printf(bound->arena, "m%zu", bound->top_by + 1), false, true);
    write_ties(&order, bound, "whole_cells.", false, 0);
    str_add(to, ", top AS (\n    SELECT ");
    write_dimension_columns(to, bound, "whole_cells.", false);
    str_add(to, "\n    FROM whole_cells");
    if (*having != '\0') {
        str_addf(to, "\n    WHERE EXISTS (SELECT FROM cells WHERE %s AND ", having);
        write_same_combination(to, bound, "cells.", "whole_cells.");
        str_add(to, ")");
    }
    str_addf(to, "\n    ORDER BY %s\n    LIMIT %" PRId64 "\n)", str_text(&order), bound->query->top.count);
    str_done(&order);
}

/* Without time among the dimensions the combinations are the cells themselves. */
static void write_top_of_cells(struct writer *writer, struct str *to, const char *having)
{
    const struct bound *bound = writer->bound;
    struct str          order = STR_INIT;

    write_key(&order, "", arena_printf(bound->arena, "m%zu", bound->top_by + 1), false, true);
    write_ties(&order, bound, "", true, 0);
    str_addf(to, "(SELECT * FROM cells%s%s ORDER BY %s LIMIT %" PRId64 ") AS cells", *having != '\0' ? " WHERE " : "", having, str_text(&order),
             bound->query->top.count);
    str_done(&order);
}

/* -- the statement ------------------------------------------------------------------------------------------------------------ */

static void write_columns(struct str *to, const struct bound *bound)
{
    bool first = true;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        str_addf(to, "%scells.d%zu AS %s", first ? "" : ", ", d + 1, identifier_text(bound->arena, bound->dimensions[d].label));
        first = false;
    }
    for (size_t m = 0; m < bound->measure_count; m++) {
        if (!bound->measures[m].selected)
            continue;
        str_addf(to, "%scells.m%zu AS %s", first ? "" : ", ", m + 1, identifier_text(bound->arena, bound->measures[m].label));
        first = false;
    }
}

static const char *having_of(struct writer *writer)
{
    struct str  str = STR_INIT;
    const char *text;

    if (writer->bound->having != NULL)
        write_filter(writer, &str, writer->bound->having, expression_of_cell, (void *)(uintptr_t)writer->bound);
    text = arena_strdup(writer->bound->arena, str_text(&str));
    str_done(&str);
    return text;
}

static void write_limit(struct str *to, const struct bound *bound, const struct compiled *compiled)
{
    if (compiled->limit >= 0)                                   /* one more than asked for tells that a default limit has cut */
        str_addf(to, "\nLIMIT %" PRId64, compiled->limit_is_default ? compiled->limit + 1 : compiled->limit);
    if (bound->query->offset > 0)
        str_addf(to, "\nOFFSET %" PRId64, bound->query->offset);
}

static char *write_statement(struct writer *writer, const struct compiled *compiled)
{
    const struct bound *bound = writer->bound;
    struct str          sql = STR_INIT;
    const char         *having, *order;
    char               *text;
    bool                top_over_time = bound->query->top.count > 0 && has_time(bound, true) && has_time(bound, false);

    str_add(&sql, "WITH ");
    write_cells(writer, &sql, "", true);
    having = having_of(writer);
    if (top_over_time)
        write_top_over_time(writer, &sql, having);
    str_add(&sql, "\nSELECT ");
    write_columns(&sql, bound);
    str_add(&sql, "\nFROM ");
    if (bound->query->top.count > 0 && !top_over_time)
        write_top_of_cells(writer, &sql, having);
    else
        str_add(&sql, "cells");
    if (top_over_time) {
        str_add(&sql, " JOIN top ON ");
        write_same_combination(&sql, bound, "cells.", "top.");
    }
    if (*having != '\0' && (bound->query->top.count == 0 || top_over_time))
        str_addf(&sql, "\nWHERE %s", having);
    order = bound->query->order_none ? "" : order_of(bound);
    if (*order != '\0')
        str_addf(&sql, "\nORDER BY %s", order);
    write_limit(&sql, bound, compiled);
    text = arena_strdup(bound->arena, str_text(&sql));
    str_done(&sql);
    return text;
}

int semantic_compile(struct arena *arena, const struct model *model, const struct query *query, const struct semantic_context *context,
                     struct compiled **ret_compiled, struct error *error)
{
    struct bound     bound = {.arena = arena, .model = model, .query = query, .context = context};
    struct plan      plan = {0};
    struct writer    writer = {.bound = &bound, .plan = &plan};
    struct compiled *compiled = ARENA_NEW(arena, struct compiled);
    int              r;

    r = bind_query(&bound, error);
    if (r < 0)
        return r;
    r = plan_measures(&bound, &plan, error);
    if (r < 0)
        return r;
    compiled->limit = query->limit;
    compiled->limit_is_default = query->limit_default;
    if (compiled->limit < 0 && context->default_limit > 0) {
        compiled->limit = context->default_limit;
        compiled->limit_is_default = true;
    }
    writer.known = map_new();
    compiled->sql = write_statement(&writer, compiled);
    map_free(writer.known);
    if (writer.value_count > VALUE_LIMIT)
        return error_set(error, ERR_LIMIT, "the query binds %zu values; a statement takes %d", writer.value_count, VALUE_LIMIT);
    compiled->values = writer.values;
    compiled->value_count = writer.value_count;
    describe_result(&bound, &plan, compiled);
    *ret_compiled = compiled;
    return 0;
}
