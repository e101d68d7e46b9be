/*
 * From parts to what is shown: measures over the parts, having, top, other, total.
 *
 *   …merged AS (…)   the parts at the full grain (write_parts.c)
 *   bucket_… AS (…)  the same of each bucket as a whole, for shares
 *   cells AS (…)     measures over the parts
 *   whole_…, top     the kept groups, by their value over the whole range
 *   kept, rest       what passed having; what of it is not in top
 *   other_…, total_… recomputed at their own grain from the rows of those cells
 *   rows AS (…)      the groups, other and total with their level
 *   filled AS (…)    and the buckets they lack
 *
 * A plain question has `cells` alone.
 */
#include <inttypes.h>
#include <string.h>

#include "bound.h"

static const struct grain full = {.groups = true, .time = true}, groups_only = {.groups = true},
                          time_only = {.time = true};

struct building {
    struct writer *writer;
    struct str     with;
    const char    *parts;                  /* at the full grain */
    const char    *having;                 /* over "cells.", or "" */
};

bool grain_has(struct grain grain, const struct bound_dimension *dimension)
{
    return dimension->is_time ? grain.time : grain.groups;
}

bool bound_dimension_has_key(const struct bound *bound, size_t dimension)
{
    return bound->dimensions[dimension].member[0].dimension->key.piece_count > 0;
}

void write_dimension_columns(struct str *to, const struct bound *bound, const char *prefix, struct grain grain)
{
    bool first = to->length == 0;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!grain_has(grain, &bound->dimensions[d]))
            continue;
        str_addf(to, "%s%sd%zu", first ? "" : ", ", prefix, d + 1);
        if (bound_dimension_has_key(bound, d))
            str_addf(to, ", %sk%zu", prefix, d + 1);
        first = false;
    }
}

const char *combination_text(const struct bound *bound, const char *prefix, struct grain grain)
{
    size_t      axis = bound_compared_axis(bound);
    struct str  row = STR_INIT;
    const char *text;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!grain_has(grain, &bound->dimensions[d]) || (bound_dimension_is_compared(bound, d) && d != axis))
            continue;
        str_addf(&row, "%s%s", row.length > 0 ? ", " : "COALESCE(ROW(", prefix);
        str_add(&row, d == axis ? "n" : arena_printf(bound->arena, "d%zu", d + 1));
        str_add(&row, bound->dimensions[d].member[0].dimension->type == MEMBER_STRING ? ROW_COLLATION : "");
        if (bound_dimension_has_key(bound, d))
            str_addf(&row, ", %sk%zu", prefix, d + 1);
    }
    if (row.length == 0)
        return NULL;
    str_add(&row, "))");
    text = arena_strdup(bound->arena, str_text(&row));
    str_done(&row);
    return text;
}

static bool has_time(const struct bound *bound, bool wanted)
{
    for (size_t d = 0; d < bound->dimension_count; d++)
        if (bound->dimensions[d].is_time == wanted)
            return true;
    return false;
}

/* -- measures ------------------------------------------------------------------------------------------------------ */

void write_measure(struct writer *writer, struct str *to, size_t measure, const struct part_style *style,
                   const struct part_style *whole)
{
    const struct bound         *bound = writer->bound;
    const struct bound_measure *this = &bound->measures[measure];
    struct part_style           before = *style;
    struct str                  now = STR_INIT, other = STR_INIT;

    before.period = this->period;
    plan_write_measure(&now, bound, writer->plan, this->measure, style);
    plan_write_measure(&other, bound, writer->plan, this->measure, this->variant == VARIANT_SHARE ? whole : &before);
    switch (this->variant) {
    case VARIANT_VALUE:
        str_add(to, str_text(&now));
        break;
    case VARIANT_PREVIOUS:
        str_add(to, str_text(&other));
        break;
    case VARIANT_DIFF:
        str_addf(to, "(%s) - (%s)", str_text(&now), str_text(&other));
        break;
    case VARIANT_CHANGE:
        str_addf(to, "(%s)::numeric / NULLIF(%s, 0) - 1", str_text(&now), str_text(&other));
        break;
    case VARIANT_SHARE:
        str_addf(to, "(%s)::numeric / NULLIF(%s, 0)", str_text(&now), str_text(&other));
        break;
    }
    str_done(&now);
    str_done(&other);
}

/* The parts that shares are taken of; NULL when there are no shares. */
static const bool *shared_parts(const struct writer *writer)
{
    const struct bound *bound = writer->bound;
    bool               *needed = NULL;

    for (size_t m = 0; m < bound->measure_count; m++) {
        const bool *of_measure;

        if (bound->measures[m].variant != VARIANT_SHARE)
            continue;
        if (needed == NULL)
            needed = ARENA_ARRAY(bound->arena, bool, writer->plan->part_count + 1);
        of_measure = plan_parts_of(bound, writer->plan, bound->measures[m].measure);
        for (size_t p = 0; p < writer->plan->part_count; p++)
            needed[p] |= of_measure[p];
    }
    return needed;
}

/* " FROM <parts> AS part", with what shares are taken of beside it. */
static void write_from_parts(struct building *building, struct str *to, const char *parts, const char *prefix,
                             struct grain grain)
{
    struct writer       *writer = building->writer;
    const struct bound  *bound = writer->bound;
    struct parts_request request = {.prefix = prefix, .grain = {.time = grain.time}, .from = building->parts};

    request.needed = shared_parts(writer);
    str_addf(to, "\n    FROM %s AS part", parts);
    if (request.needed == NULL)
        return;

    const char *whole = write_parts(writer, &building->with, &request);
    const char *same = combination_text(bound, "part.", request.grain);

    if (same == NULL)
        str_addf(to, " CROSS JOIN %s AS whole", whole);
    else
        str_addf(to, " LEFT JOIN %s AS whole ON %s = %s", whole, combination_text(bound, "whole.", request.grain),
                 same);
}

/* "NAME AS (…)": dimensions of the grain, n, and the measures. Shares are of all groups, also at a coarser grain. */
static void write_measures(struct building *building, const char *name, const char *parts, struct grain grain,
                           const char *prefix)
{
    struct writer     *writer = building->writer;
    const struct bound *bound = writer->bound;
    struct bucket_zeros zeros;
    struct part_style  style = {.prefix = "part.",
                                .zeros = bucket_zeros_find(writer, "part.n", grain, &zeros) ? &zeros : NULL};
    struct part_style  whole = {.prefix = "whole."};
    struct str         select = STR_INIT, from = STR_INIT;

    write_dimension_columns(&select, bound, "part.", grain);
    if (grain.time && bound_compared_axis(bound) != SIZE_MAX)
        str_add(&select, ", part.n");
    for (size_t m = 0; m < bound->measure_count; m++) {
        str_add(&select, select.length > 0 ? ", " : "");
        write_measure(writer, &select, m, &style, &whole);
        str_addf(&select, " AS m%zu", m + 1);
    }
    write_from_parts(building, &from, parts, prefix, grain);
    str_addf(&building->with, "%s AS (\n    SELECT %s%s\n)", name, str_text(&select), str_text(&from));
    str_done(&select);
    str_done(&from);
}

/* -- having -------------------------------------------------------------------------------------------------------- */

static const char *expression_of_cell(void *who, const struct bound_filter *test)
{
    const struct bound *bound = who;

    return arena_printf(bound->arena, "cells.m%zu", test->measure + 1);
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

static const char *where_having(const struct building *building)
{
    return *building->having == '\0' ? ""
                                     : arena_printf(building->writer->bound->arena, " WHERE %s", building->having);
}

/* -- top ----------------------------------------------------------------------------------------------------------- */

void write_key(struct str *to, const char *prefix, const char *column, bool text, bool descending)
{
    str_addf(to, "%s%s%s%s%s NULLS LAST", to->length > 0 ? ", " : "", prefix, column,
             text ? "::text COLLATE \"C\"" : "", descending ? " DESC" : "");
}

void write_ties(struct str *to, const struct bound *bound, const char *prefix, struct grain grain, uint64_t done)
{
    for (size_t d = 0; d < bound->dimension_count; d++)
        if (grain_has(grain, &bound->dimensions[d]) && !(d < 64 && (done >> d & 1)))
            write_key(to, prefix,
                      d == bound_compared_axis(bound) ? "n" : arena_printf(bound->arena, "d%zu", d + 1),
                      bound->dimensions[d].member[0].dimension->type == MEMBER_STRING, false);
    for (size_t d = 0; d < bound->dimension_count; d++)
        if (bound_dimension_has_key(bound, d) && grain_has(grain, &bound->dimensions[d]))
            write_key(to, prefix, arena_printf(bound->arena, "k%zu", d + 1), false, false);
}

/* A share is greatest where its measure is, and over the whole range there is no bucket to take it of. */
static size_t top_measure(const struct bound *bound)
{
    const struct bound_measure *by = &bound->measures[bound->top_by];

    for (size_t m = 0; by->variant == VARIANT_SHARE && m < bound->measure_count; m++)
        if (bound->measures[m].measure == by->measure && bound->measures[m].variant == VARIANT_VALUE)
            return m;
    return bound->top_by;
}

/* The kept groups, by their value over the whole range. */
static void write_top(struct building *building)
{
    struct writer       *writer = building->writer;
    const struct bound  *bound = writer->bound;
    size_t               by = top_measure(bound);
    struct parts_request request = {.prefix = "whole_", .grain = groups_only, .from = building->parts};
    struct part_style    style = {.prefix = "whole."};
    struct str           order = STR_INIT, value = STR_INIT, columns = STR_INIT;
    const char          *whole = "cells";

    str_add(&building->with, ", ");
    if (has_time(bound, true)) {
        request.needed = plan_parts_of(bound, writer->plan, bound->measures[by].measure);
        whole = write_parts(writer, &building->with, &request);
        write_measure(writer, &value, by, &style, &style);
    } else {
        str_addf(&value, "whole.m%zu", by + 1);
    }
    str_addf(&order, "%s DESC NULLS LAST", str_text(&value));
    write_ties(&order, bound, "whole.", groups_only, 0);
    write_dimension_columns(&columns, bound, "whole.", groups_only);
    str_addf(&building->with, "top AS (\n    SELECT %s\n    FROM %s AS whole", str_text(&columns), whole);
    if (*building->having != '\0')
        str_addf(&building->with, "\n    WHERE %s IN (SELECT %s FROM cells WHERE %s)",
                 combination_text(bound, "whole.", groups_only), combination_text(bound, "cells.", groups_only),
                 building->having);
    str_addf(&building->with, "\n    ORDER BY %s\n    LIMIT %" PRId64 "\n)", str_text(&order), bound->query->top.count);
    str_done(&columns);
    str_done(&order);
    str_done(&value);
}

/* Where no group stands beside another at several times, the combinations are the cells themselves. */
static const char *top_of_cells(const struct building *building)
{
    const struct bound *bound = building->writer->bound;
    struct str          order = STR_INIT;
    const char         *text;

    write_key(&order, "", arena_printf(bound->arena, "m%zu", bound->top_by + 1), false, true);
    write_ties(&order, bound, "", full, 0);
    text = arena_printf(bound->arena, "(SELECT * FROM cells%s ORDER BY %s LIMIT %" PRId64 ") AS cells",
                        where_having(building), str_text(&order), bound->query->top.count);
    str_done(&order);
    return text;
}

static bool top_is_of_cells(const struct bound *bound)
{
    return bound->query->top.count > 0 && !(has_time(bound, true) && has_time(bound, false));
}

/* -- other and total ----------------------------------------------------------------------------------------------- */

/* Columns of `rows` for a level: what the grain lacks is NULL. */
static void write_level(struct building *building, struct str *to, int level, const char *from, struct grain grain,
                        const char *where)
{
    const struct bound *bound = building->writer->bound;

    str_addf(to, "%s\n    SELECT %d AS level", level > 0 ? "\n    UNION ALL" : "", level);
    for (size_t d = 0; d < bound->dimension_count; d++)
        for (int key = 0; key < (bound_dimension_has_key(bound, d) ? 2 : 1); key++) {
            const char *column = arena_printf(bound->arena, "%c%zu", key ? 'k' : 'd', d + 1);

            if (grain_has(grain, &bound->dimensions[d]))
                str_addf(to, ", cells.%s", column);
            else
                str_addf(to, ", (SELECT %s FROM cells LIMIT 0)", column);
        }
    if (bound_compared_axis(bound) != SIZE_MAX)
        str_add(to, grain.time ? ", cells.n" : ", NULL");
    for (size_t m = 0; m < bound->measure_count; m++)
        str_addf(to, ", cells.m%zu", m + 1);
    str_addf(to, "\n    FROM %s%s%s", from, strchr(from, ' ') == NULL ? " AS cells" : "", where);
}

static void write_rest(struct building *building, const char *name, struct grain grain,
                       const struct restriction *restriction)
{
    struct writer       *writer = building->writer;
    struct arena        *arena = writer->bound->arena;
    struct parts_request request = {.prefix = arena_printf(arena, "%s_", name),
                                    .grain = grain,
                                    .from = building->parts,
                                    .restriction = restriction};
    const char          *parts;

    str_add(&building->with, ", ");
    parts = write_parts(writer, &building->with, &request);
    write_measures(building, name, parts, grain, arena_printf(arena, "%s_bucket_", name));
}

static void write_rows(struct building *building)
{
    struct writer      *writer = building->writer;
    const struct bound *bound = writer->bound;
    const char         *kept = *building->having != '\0' ? "kept" : NULL, *where = "";
    struct restriction  passed = {.cells = kept, .of_cells = full}, rest = passed;
    struct str          rows = STR_INIT;

    rest.without = "top";
    if (kept != NULL)
        str_addf(&building->with, ", kept AS (\n    SELECT * FROM cells%s\n)", where_having(building));
    else
        kept = "cells";
    if (bound->query->top.count > 0 && has_time(bound, false))
        where = arena_printf(bound->arena, " WHERE %s IN (SELECT %s FROM top)",
                             combination_text(bound, "cells.", groups_only), combination_text(bound, "", groups_only));
    if (bound->query->top.other)
        write_rest(building, "other", time_only, &rest);
    if (bound->query->total)
        write_rest(building, "total", (struct grain){false, false}, &passed);
    if (bound->query->top.count > 0 && !has_time(bound, false))
        write_level(building, &rows, 0, top_of_cells(building), full, where);
    else
        write_level(building, &rows, 0, kept, full, where);
    if (bound->query->top.other)
        write_level(building, &rows, 1, "other", time_only,
                    has_time(bound, true) ? ""
                                          : arena_printf(bound->arena,
                                                         " WHERE EXISTS (SELECT FROM %s AS cells WHERE %s "
                                                         "NOT IN (SELECT %s FROM top))",
                                                         kept, combination_text(bound, "cells.", groups_only),
                                                         combination_text(bound, "", groups_only)));
    if (bound->query->total)
        write_level(building, &rows, 2, "total", (struct grain){false, false},
                    arena_printf(bound->arena, " WHERE EXISTS (SELECT FROM %s)", kept));
    str_addf(&building->with, ", rows AS (%s\n)", str_text(&rows));
    str_done(&rows);
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

struct cells write_cells(struct writer *writer)
{
    const struct bound  *bound = writer->bound;
    const struct query  *query = bound->query;
    struct building      building = {.writer = writer};
    struct parts_request request = {.prefix = "", .grain = full};
    struct cells         cells = {.from = "cells", .where = ""};
    bool                 rows = query->top.other || query->total || query->fill != FILL_NONE;

    building.parts = write_parts(writer, &building.with, &request);
    write_measures(&building, "cells", building.parts, full, "bucket_");
    building.having = having_of(writer);
    cells.where = building.having;
    if (query->top.count > 0 && has_time(bound, false) && (rows || !top_is_of_cells(bound)))
        write_top(&building);
    if (rows) {
        write_rows(&building);
        cells = (struct cells){.from = "rows AS cells", .where = "", .levels = query->top.other || query->total};
        if (query->fill != FILL_NONE) {
            str_add(&building.with, ", ");
            write_fill(writer, &building.with, "filled", "rows", building.parts);
            cells.from = "filled AS cells";
        }
    } else if (top_is_of_cells(bound)) {
        cells.from = top_of_cells(&building);
        cells.where = "";
    } else if (query->top.count > 0) {
        const char *in = arena_printf(bound->arena, "%s IN (SELECT %s FROM top)",
                                      combination_text(bound, "cells.", groups_only),
                                      combination_text(bound, "", groups_only));

        cells.where = *cells.where != '\0' ? arena_printf(bound->arena, "%s AND %s", in, cells.where) : in;
    }
    cells.with = arena_strdup(bound->arena, str_text(&building.with));
    str_done(&building.with);
    return cells;
}
