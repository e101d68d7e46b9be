/*
 * The statement: cells → order → limit, and what its columns mean.
 *
 *   WITH leg1 AS (…), …, cells AS (…)     write_parts.c, write_cells.c
 *   SELECT … FROM cells … WHERE having ORDER BY … LIMIT …
 */
#include "bound.h"
#include "describe.h"
#include "rollup.h"
#include "scope.h"

#include <inttypes.h>
#include <string.h>

#define VALUE_LIMIT 65535              /* of PostgreSQL's protocol */

static const struct grain full = {.groups = true, .time = true};

/* -- order --------------------------------------------------------------------------------------------------------- */

static bool is_text(const struct bound *bound, size_t dimension)
{
    return bound->dimensions[dimension].member[0].dimension->type == MEMBER_STRING;
}

/* A bucket that is compared is ordered by its number: one beyond the asked period comes after it, whatever its date. */
static void write_dimension_key(struct str *to, const struct bound *bound, size_t dimension, bool descending)
{
    if (dimension == bound_compared_axis(bound))
        write_key(to, "cells.", "n", false, descending);
    else
        write_key(to, "cells.", arena_printf(bound->arena, "d%zu", dimension + 1), is_text(bound, dimension),
                  descending);
}

static uint64_t bit(size_t dimension)
{
    return dimension < 64 ? UINT64_C(1) << dimension : 0;
}

/* The total stands after all; other behind the groups of its bucket. */
static void write_level_key(struct str *to, const struct cells *cells, bool *done)
{
    if (cells->levels && !*done)
        write_key(to, "cells.", "level", false, false);
    *done = true;
}

static void write_asked_order(struct str *to, const struct bound *bound, const struct cells *cells, uint64_t *done)
{
    bool level = false;

    for (size_t i = 0; i < bound->order_count; i++) {
        const struct bound_order *order = &bound->order[i];

        if (order->is_measure || !bound->dimensions[order->index].is_time)
            write_level_key(to, cells, &level);
        if (order->is_measure) {
            write_key(to, "cells.", arena_printf(bound->arena, "m%zu", order->index + 1), false, order->descending);
            continue;
        }
        *done |= bit(order->index);
        write_dimension_key(to, bound, order->index, order->descending);
    }
    write_level_key(to, cells, &level);
}

static void write_default_order(struct str *to, const struct bound *bound, const struct cells *cells, uint64_t *done)
{
    bool by_time = false, level = false, top = bound->query->top.count > 0;

    for (size_t d = 0; d < bound->dimension_count; d++)
        if (bound->dimensions[d].is_time) {
            write_dimension_key(to, bound, d, false);
            *done |= bit(d);
            by_time = true;
        }
    write_level_key(to, cells, &level);
    if (!by_time && top)
        write_key(to, "cells.", arena_printf(bound->arena, "m%zu", bound->top_by + 1), false, true);
    else if (!by_time && bound->measure_count > 0 && bound->dimension_count > 0)
        write_key(to, "cells.", "m1", false, true);
}

static const char *order_of(const struct bound *bound, const struct cells *cells)
{
    struct str  str = STR_INIT;
    uint64_t    done = 0;
    const char *text;

    if (cells->levels)
        str_add(&str, "cells.level = 2");
    if (bound->order_count > 0)
        write_asked_order(&str, bound, cells, &done);
    else
        write_default_order(&str, bound, cells, &done);
    write_ties(&str, bound, "cells.", full, done);
    text = arena_strdup(bound->arena, str_text(&str));
    str_done(&str);
    return text;
}

/* -- the statement ------------------------------------------------------------------------------------------------- */

static void write_columns(struct str *to, const struct bound *bound, const struct cells *cells)
{
    bool first = true;

    if (cells->levels) {
        str_addf(to, "CASE cells.level WHEN 0 THEN 'row' WHEN 1 THEN 'other' ELSE 'total' END AS %s",
                 identifier_text(bound->arena, bound->kind_label));
        first = false;
    }
    for (size_t d = 0; d < bound->dimension_count; d++) {
        str_addf(to, "%scells.d%zu AS %s", first ? "" : ", ", d + 1,
                 identifier_text(bound->arena, bound->dimensions[d].label));
        first = false;
    }
    for (size_t m = 0; m < bound->measure_count; m++) {
        if (!bound->measures[m].selected)
            continue;
        str_addf(to, "%scells.m%zu AS %s", first ? "" : ", ", m + 1,
                 identifier_text(bound->arena, bound->measures[m].label));
        first = false;
    }
}

/* One more than asked for tells that a default limit has cut. */
static int64_t limit_of(const struct compiled *compiled)
{
    return compiled->limit >= 0 && compiled->limit_is_default ? compiled->limit + 1 : compiled->limit;
}

static void write_limit(struct str *to, const struct bound *bound, const struct compiled *compiled)
{
    if (compiled->limit >= 0)
        str_addf(to, "\nLIMIT %" PRId64, limit_of(compiled));
    if (bound->query->offset > 0)
        str_addf(to, "\nOFFSET %" PRId64, bound->query->offset);
}

/* True, or an error whose message says so: as ops.rollup_mark has it, written out, for a function costs a new session
 * as much as a tenth of the answer. What fails is not constant, else it would be tried beforehand. */
static const char *unchanged_text(struct arena *arena, const struct leg_rollup *from)
{
    const char *cube = from->layout->rollup->cube->name, *name = from->layout->rollup->name;

    return arena_printf(arena,
                        "CASE (SELECT state.xmin::text || ':' || (SELECT count(*) FROM ops.rollup_touched AS touched "
                        "WHERE touched.cube = state.cube AND touched.name = state.name)\n    FROM ops.rollup_state AS "
                        "state WHERE state.cube = '%s' AND state.name = '%s')\n  WHEN '%s' THEN true ELSE ('the rollup "
                        "%s.%s has changed since it was chosen, seen at ' || now())::boolean END",
                        cube, name, from->state->mark, cube, name);
}

/* " WHERE …": the rollups are as they were looked at, in the statement's own snapshot, and `where`. */
static const char *write_condition(const struct writer *writer, const char *where)
{
    struct arena *arena = writer->bound->arena;
    const char   *text = "";

    for (size_t i = 0; i < writer->plan->leg_count; i++) {
        const struct leg_rollup *from = writer->plan->legs[i].from;
        const char              *test;

        if (from == NULL || from->state->mark == NULL)
            continue;
        test = unchanged_text(arena, from);
        if (strstr(text, test) == NULL)
            text = arena_printf(arena, "%s%s%s", text, *text != '\0' ? " AND " : "", test);
    }
    if (*where != '\0')
        text = *text != '\0' ? arena_printf(arena, "%s AND (%s)", text, where) : where;
    return *text != '\0' ? arena_printf(arena, "\nWHERE %s", text) : "";
}

/* The limit is for rows: the total is shown all the same. */
static void write_limited_levels(struct str *to, const struct writer *writer, const struct compiled *compiled,
                                 const struct cells *cells, const char *order)
{
    struct arena *arena = writer->bound->arena;
    int64_t       offset = writer->bound->query->offset;
    const char   *places = arena_printf(arena, "cells.level = 2 OR (cells.place > %" PRId64, offset);

    if (compiled->limit >= 0)
        places = arena_printf(arena, "%s AND cells.place <= %" PRId64, places, offset + limit_of(compiled));
    str_addf(to, "(SELECT *, row_number() OVER (%s%s) AS place FROM %s) AS cells", *order != '\0' ? "ORDER BY " : "",
             order, cells->from);
    str_addf(to, "%s\nORDER BY cells.place", write_condition(writer, arena_printf(arena, "%s)", places)));
}

/* Cube's "total": the rows there are without limit and offset. */
static const char *write_row_count(const struct writer *writer, const struct cells *cells)
{
    return arena_printf(writer->bound->arena, "WITH %s\nSELECT count(*) FROM %s%s", cells->with, cells->from,
                        write_condition(writer, cells->where));
}

static const char *write_statement(struct writer *writer, struct compiled *compiled)
{
    const struct bound *bound = writer->bound;
    struct cells        cells = write_cells(writer);
    const char         *order = bound->query->order_none ? "" : order_of(bound, &cells);
    struct str          sql = STR_INIT;
    const char         *text;

    if (bound->query->row_total)
        compiled->row_count_sql = write_row_count(writer, &cells);
    str_addf(&sql, "WITH %s\nSELECT ", cells.with);
    write_columns(&sql, bound, &cells);
    str_add(&sql, "\nFROM ");
    if (cells.levels && (compiled->limit >= 0 || bound->query->offset > 0)) {
        write_limited_levels(&sql, writer, compiled, &cells, order);
    } else {
        str_addf(&sql, "%s%s", cells.from, write_condition(writer, cells.where));
        if (*order != '\0')
            str_addf(&sql, "\nORDER BY %s", order);
        write_limit(&sql, bound, compiled);
    }
    text = arena_strdup(bound->arena, str_text(&sql));
    str_done(&sql);
    return text;
}

int semantic_compile(struct arena *arena, const struct model *model, const struct query *query,
                     const struct semantic_context *context, struct compiled **ret_compiled, struct error *error)
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
    match_rollups(&bound, &plan);
    if (query->response_format != NULL && !text_equal(query->response_format, "default"))
        compiled->layout = query->response_format;
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
        return error_set(error, ERR_LIMIT, "the query binds %zu values; a statement takes %d", writer.value_count,
                         VALUE_LIMIT);
    compiled->values = writer.values;
    compiled->value_count = writer.value_count;
    describe_result(&bound, &plan, compiled);
    describe_reads(&bound, &plan, compiled);
    *ret_compiled = compiled;
    return 0;
}
