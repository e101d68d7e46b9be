/*
 * Legs whose rows a one_to_many join multiplies. Each row gets a number before it is joined, whatever it is: a row of
 * the fact, a counter's latest snapshot, a difference of two. Joined, tested and placed, it counts once for each group
 * and number. The number needs no key, so that a key that is none cannot make an answer wrong; joins of several kinds
 * to many, and of many to many, only meet a row more often.
 *
 *   SELECT parts FROM (
 *     SELECT DISTINCT ON (ytempire_row, dimensions) …
 *     FROM (SELECT *, row_number() OVER () AS ytempire_row FROM …) AS base LEFT JOIN … WHERE tests
 *   ) AS base GROUP BY dimensions
 *
 * Both sub-selects bear the base's name: fragments read either as they read the table.
 */
#include "write_leg.h"

/* "DISTINCT ON (ytempire_row, 1, 2) ": the row, and its groups, which are the first columns. A number is compared at
 * once, and rows come nearly in its order; that is why it stands first. */
static void write_distinct(struct str *to, size_t columns)
{
    str_add(to, "DISTINCT ON (ytempire_row");
    for (size_t i = 1; i <= columns; i++)
        str_addf(to, ", %zu", i);
    str_add(to, ") ");
}

/* Dimensions and all columns of the row, once a group. Bounds are applied before rows are numbered where they read the
 * row alone, else behind the joins. */
static void write_rows(struct leg_text *text, struct str *to)
{
    bool alone = text->scope->joins.length == 0;
    struct str select = STR_INIT, bounds = STR_INIT, source = STR_INIT;
    size_t columns = leg_write_named_dimensions(text, &select, "ytempire_");
    const char *tests = leg_tests(text);

    text->scope->reads_unknown = true;                         /* the parts are written over all columns of a row */
    leg_write_bounds(text, &bounds);
    leg_write_source(text, &source);
    str_add(to, "SELECT ");
    write_distinct(to, columns);
    str_addf(to, "%s%s%s.*\n      FROM (\n        SELECT *, row_number() OVER () AS ytempire_row FROM %s",
             str_text(&select), columns > 0 ? ", " : "", text->base, str_text(&source));
    if (alone && bounds.length > 0)
        str_addf(to, " WHERE %s", str_text(&bounds));
    str_addf(to, "\n      ) AS %s%s%s", text->base, text->also_from != NULL ? text->also_from : "",
             str_text(&text->scope->joins));
    if (!alone && bounds.length > 0)
        str_addf(to, "\n      WHERE %s%s%s", str_text(&bounds), *tests != '\0' ? " AND " : "", tests);
    else if (*tests != '\0')
        str_addf(to, "\n      WHERE %s", tests);
    str_done(&select);
    str_done(&bounds);
    str_done(&source);
}

/* "base.ytempire_d1 AS d1, …" */
static bool write_columns(const struct leg_text *text, struct str *to)
{
    const struct bound *bound = text->writer->bound;
    bool any = false;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!grain_has(text->grain, &bound->dimensions[d]))
            continue;
        str_addf(to, "%s%s.ytempire_d%zu AS d%zu", any ? ", " : "", text->base, d + 1, d + 1);
        if (bound_dimension_has_key(bound, d))
            str_addf(to, ", %s.ytempire_k%zu AS k%zu", text->base, d + 1, d + 1);
        any = true;
    }
    return any;
}

void fanout_write_plain(struct leg_text *text, struct str *to)
{
    struct scope *inner = text->scope, outer;
    struct str select = STR_INIT, rows = STR_INIT;

    write_rows(text, &rows);
    scope_init(&outer, text->writer, text->leg->fact);
    text->scope = &outer;
    leg_write_parts(text, &select, write_columns(text, &select));
    str_addf(to, "%s AS (\n    SELECT %s\n    FROM (\n      %s\n    ) AS %s%s", text->name, str_text(&select),
             str_text(&rows), text->base, str_text(&outer.joins));
    leg_write_published(text, to);
    if (!text->writer->bound->query->ungrouped)
        leg_write_group_by(text, to);
    str_add(to, "\n)");
    text->scope = inner;
    scope_done(&outer);
    str_done(&select);
    str_done(&rows);
}

/* -- carried along the time axis ----------------------------------------------------------------------------------- */

/* The groups of the row, each after a comma: "expr AS d2, key AS k2". Returns how many columns. */
static size_t write_groups(struct leg_text *text, struct str *to)
{
    const struct bound *bound = text->writer->bound;
    size_t n = 0;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!grain_has(text->grain, &bound->dimensions[d]) || bound->dimensions[d].is_axis)
            continue;
        str_addf(to, "%s AS d%zu, ", scope_dimension(text->scope, &bound->dimensions[d]), d + 1);
        n++;
        if (!bound_dimension_has_key(bound, d))
            continue;
        str_addf(to, "%s AS k%zu, ", scope_dimension_key(text->scope, &bound->dimensions[d]), d + 1);
        n++;
    }
    return n;
}

/* Each snapshot once in each of its groups, from its bucket to that of the entity's next one. */
static void write_spans(struct leg_text *text, struct str *to, size_t axis, const struct resolved *asked)
{
    struct arena *arena = text->writer->bound->arena;
    const char *next = arena_printf(arena, "%s.ytempire_next", text->base), *tests;
    struct str groups = STR_INIT, values = STR_INIT, source = STR_INIT;
    size_t columns = write_groups(text, &groups);

    carry_write_values(text, &values);
    tests = leg_tests(text);
    leg_write_with_baseline(text, &source);
    str_addf(to, "%s_rows AS (\n    SELECT ", text->name);
    write_distinct(to, columns);
    str_addf(to, "%s%s.ytempire_row, %s AS d%zu, %s AS ends, %s IS NOT NULL AS is_followed%s", str_text(&groups),
             text->base, carry_bucket_of(text, axis, text->at, asked), axis + 1,
             carry_bucket_of(text, axis, next, asked), next, str_text(&values));
    str_addf(to,
             "\n    FROM (\n      SELECT *, row_number() OVER () AS ytempire_row,"
             " lead(%s) OVER (PARTITION BY %s ORDER BY %s) AS ytempire_next"
             " FROM (\n      %s\n      ) AS %s\n    ) AS %s%s",
             text->at, text->key, text->at, str_text(&source), text->base, text->base, str_text(&text->scope->joins));
    if (*tests != '\0')
        str_addf(to, "\n    WHERE %s", tests);
    str_add(to, "\n), ");
    str_done(&groups);
    str_done(&values);
    str_done(&source);
}

/* ", v1, (v1 IS NOT NULL)::integer AS n1", or taken away. */
static void write_change(const struct leg_text *text, struct str *to, const char *sign)
{
    const struct plan *plan = text->writer->plan;

    str_addf(to, ", %s1 AS n", sign);
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_addf(to, ", %sv%zu AS v%zu, %s(v%zu IS NOT NULL)::integer AS n%zu", sign, p + 1, p + 1, sign, p + 1,
                     p + 1);
}

void fanout_write_changes(struct leg_text *text, struct str *to, size_t axis, const struct resolved *asked)
{
    struct str groups = STR_INIT;

    write_spans(text, to, axis, asked);
    carry_write_groups(text, &groups);
    str_addf(to, "%s_changes AS (\n    SELECT d%zu%s", text->name, axis + 1, str_text(&groups));
    write_change(text, to, "");
    str_addf(to, "\n    FROM %s_rows\n    UNION ALL\n    SELECT ends%s", text->name, str_text(&groups));
    write_change(text, to, "-");
    str_addf(to, "\n    FROM %s_rows WHERE is_followed\n), ", text->name);
    str_done(&groups);
}
