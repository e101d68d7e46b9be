/*
 * A leg as SQL: one pass over one fact by one rule. Counters are picked among rows limited by tenant and time only;
 * the picked row then stands under the fact's own name, so that joins, dimensions and tests read it as any row.
 *
 *   rows      the fact itself
 *   last      carry: one probe of (entity, time) an entity · period: DISTINCT ON · exact: the rows of the last instant
 *   increase  every snapshot of the range with the one before it beside it (lag), baseline probed from before the range
 */
#include "write_leg.h"

#include <limits.h>

static struct arena *arena_of(const struct leg_text *text)
{
    return text->writer->bound->arena;
}

static const char *take(const struct leg_text *text, struct str *str)
{
    const char *copy = arena_strdup(arena_of(text), str_text(str));

    str_done(str);
    return copy;
}

/* -- the pieces ---------------------------------------------------------------------------------------------------- */

struct resolved leg_range(const struct writer *writer)
{
    const struct bound *bound = writer->bound;
    struct resolved     all = {0};

    for (size_t i = 0; i < bound->range_count; i++) {
        const struct resolved *one = writer_range(writer, i);

        if (!bound->ranges[i].is_axis)
            continue;
        if (one->has_from && (!all.has_from || one->from > all.from)) {
            all.has_from = true;
            all.from = one->from;
            all.first_day = one->first_day;
        }
        if (one->has_to && (!all.has_to || one->to < all.to)) {
            all.has_to = true;
            all.to = one->to;
            all.last_day = one->last_day;
        }
    }
    return all;
}

static const char *expression_of_test(void *who, const struct bound_filter *test)
{
    struct leg_text *text = who;

    return scope_operand(text->scope, &test->member[text->leg->fact]);
}

static void add_and(struct str *str)
{
    if (str->length > 0)
        str_add(str, "\n      AND ");
}

/* A Pacific day beside instants (mixed_days) is its midnight in the zone, so that both are of one type. */
static const char *dimension_of(struct leg_text *text, size_t d)
{
    const struct bound           *bound = text->writer->bound;
    const struct bound_dimension *dimension = &bound->dimensions[d];
    const char                   *expression;

    if (dimension->is_axis && text->bucket != NULL)
        expression = bucket_text(text->writer, text->bucket, text->at_type, dimension->unit);
    else
        expression = scope_dimension(text->scope, dimension);
    if (dimension->member[text->leg->fact].dimension->type != MEMBER_DATE ||
        bound_dimension_type(bound, d) == MEMBER_DATE)
        return expression;
    return arena_printf(bound->arena, "((%s)::timestamp AT TIME ZONE %s)", expression, writer_zone(text->writer));
}

/* The row's own combination, as combination_text has it of a table. */
static const char *combination_of_row(struct leg_text *text, struct grain grain)
{
    const struct bound *bound = text->writer->bound;
    size_t              axis = bound_compared_axis(bound);
    struct str          row = STR_INIT;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!grain_has(grain, &bound->dimensions[d]) || (bound_dimension_is_compared(bound, d) && d != axis))
            continue;
        str_addf(&row, "%s%s", row.length > 0 ? ", " : "COALESCE(ROW(",
                 d == axis ? bucket_number_text(text->writer, dimension_of(text, d), d) : dimension_of(text, d));
        str_add(&row, bound->dimensions[d].member[0].dimension->type == MEMBER_STRING ? ROW_COLLATION : "");
        if (bound_dimension_has_key(bound, d))
            str_addf(&row, ", %s", scope_dimension_key(text->scope, &bound->dimensions[d]));
    }
    if (row.length == 0)
        return NULL;
    str_add(&row, "))");
    return take(text, &row);
}

static void add_restriction(struct leg_text *text, struct str *str)
{
    const struct restriction *restriction = text->restriction;
    const struct bound       *bound = text->writer->bound;
    struct grain              groups = {.groups = true};
    const char               *row;

    if (restriction == NULL)
        return;
    if (restriction->cells != NULL) {
        row = combination_of_row(text, restriction->of_cells);
        add_and(str);
        if (row != NULL)
            str_addf(str, "%s IN (SELECT %s FROM %s)", row, combination_text(bound, "", restriction->of_cells),
                     restriction->cells);
        else
            str_addf(str, "EXISTS (SELECT FROM %s)", restriction->cells);
    }
    if (restriction->without != NULL) {
        add_and(str);
        str_addf(str, "%s NOT IN (SELECT %s FROM %s)", combination_of_row(text, groups),
                 combination_text(bound, "", groups), restriction->without);
    }
}

const char *leg_tests(struct leg_text *text)
{
    const struct bound *bound = text->writer->bound;
    struct str          str = STR_INIT;

    for (size_t i = 0; i < bound->range_count; i++) {
        const struct member   *member = &bound->ranges[i].member[text->leg->fact];
        const struct resolved *range = writer_range(text->writer, i);

        if (bound->ranges[i].is_axis || (!range->has_from && !range->has_to))
            continue;
        add_and(&str);
        (void)write_range(text->writer, &str, scope_operand(text->scope, member), member->dimension->type, range);
    }
    if (bound->where != NULL) {
        add_and(&str);
        write_filter(text->writer, &str, bound->where, expression_of_test, text);
    }
    for (size_t i = 0; i < bound->segment_count; i++) {
        add_and(&str);
        str_addf(&str, "(%s)", scope_fragment(text->scope, &bound->segments[i]->sql));
    }
    add_restriction(text, &str);
    return take(text, &str);
}

size_t leg_write_named_dimensions(struct leg_text *text, struct str *to, const char *prefix)
{
    const struct bound *bound = text->writer->bound;
    size_t              n = 0;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        if (!grain_has(text->grain, &bound->dimensions[d]))
            continue;
        str_addf(to, "%s%s AS %sd%zu", n++ > 0 ? ", " : "", dimension_of(text, d), prefix, d + 1);
        if (!bound_dimension_has_key(bound, d))
            continue;
        str_addf(to, ", %s AS %sk%zu", scope_dimension_key(text->scope, &bound->dimensions[d]), prefix, d + 1);
        n++;
    }
    return n;
}

bool leg_write_dimensions(struct leg_text *text, struct str *to)
{
    return leg_write_named_dimensions(text, to, "") > 0;
}

void leg_write_group_by(struct leg_text *text, struct str *to)
{
    const struct bound *bound = text->writer->bound;
    size_t              n = 0;

    for (size_t d = 0; d < bound->dimension_count; d++)
        if (grain_has(text->grain, &bound->dimensions[d]))
            n += bound_dimension_has_key(bound, d) ? 2 : 1;
    for (size_t i = 1; i <= n; i++)
        str_addf(to, "%s%zu", i == 1 ? "\n    GROUP BY " : ", ", i);
}

/* -- snapshots ----------------------------------------------------------------------------------------------------- */

static void write_bounds(struct leg_text *text, struct str *to, bool from, bool until)
{
    struct resolved range = text->range;
    struct str      str = STR_INIT;

    range.has_from = range.has_from && from;
    range.has_to = range.has_to && until;
    if (write_range(text->writer, &str, text->at, text->at_type, &range))
        str_addf(to, " AND %s", str_text(&str));
    str_done(&str);
}

void leg_write_snapshots(struct leg_text *text, struct str *to, bool from, bool until, const char *more)
{
    str_addf(to, "SELECT %s FROM %s WHERE (%s)", scope_columns(text->scope), text->snapshots, text->present);
    if (text->condition != NULL)
        str_addf(to, " AND (%s)", text->condition);
    write_bounds(text, to, from, until);
    if (more != NULL)
        str_add(to, more);
}

#define NEAR_DAYS 8                        /* most entities have a snapshot a week */

/* The days next to that end of the time that is searched. */
static struct resolved near_of(const struct leg_text *text, struct resolved range, bool newest)
{
    const struct bound *bound = text->writer->bound;
    int64_t             days = NEAR_DAYS * US_PER_DAY;
    int64_t             end = range.has_to ? range.to : bound->context->now, from = range.has_from ? range.from : end;
    struct resolved     near = range;

    if (newest && end > bound->context->now)                   /* nothing is near the end of a year to come */
        end = bound->context->now;
    if (newest && (!range.has_from || range.from < end - days)) {
        near.has_from = true;
        near.from = end - days;
    } else if (!newest && (!range.has_to || range.to > from + days)) {
        near.has_to = true;
        near.to = from + days;
    }
    resolved_find_days(&near, bound->zone);
    if (newest)
        near.last_day = range.last_day;
    else
        near.first_day = range.first_day;
    return near;
}

static void write_probe(const struct leg_text *text, struct str *to, struct resolved range, bool newest,
                        const char *entities)
{
    struct leg_text probe = *text;
    struct str      more = STR_INIT;

    probe.range = range;
    str_addf(&more, " AND %s = entity.key ORDER BY %s%s LIMIT 1", text->key, text->at, newest ? " DESC" : "");
    str_addf(to, "SELECT picked.* FROM %s CROSS JOIN LATERAL (", entities);
    leg_write_snapshots(&probe, to, true, true, str_text(&more));
    str_add(to, ") AS picked");
    str_done(&more);
}

/* Years of partitions are looked through only for those that have none nearby. */
void leg_write_probes(const struct leg_text *text, struct str *to, struct resolved range, bool newest)
{
    struct arena *arena = text->writer->bound->arena;
    const char   *entities = arena_printf(arena, "(%s) AS entity", text->entities);

    str_add(to, "(WITH nearby AS MATERIALIZED (");
    write_probe(text, to, near_of(text, range, newest), newest, entities);
    str_add(to, ")\n      SELECT * FROM nearby\n      UNION ALL\n      ");
    write_probe(
        text, to, range, newest,
        arena_printf(arena,
                     "(SELECT key FROM %s WHERE NOT EXISTS (SELECT FROM nearby AS %s WHERE %s = entity.key)) AS entity",
                     entities, text->base, text->key));
    str_add(to, ")");
}

void leg_narrow_entities(struct leg_text *text)
{
    struct str snapshots = STR_INIT;

    if (text->key == NULL)
        return;
    leg_write_snapshots(text, &snapshots, true, true, NULL);
    text->entities = arena_printf(arena_of(text), "SELECT DISTINCT %s AS key FROM (%s) AS %s", text->key,
                                  str_text(&snapshots), text->base);
    str_done(&snapshots);
}

void leg_write_with_baseline(struct leg_text *text, struct str *to)
{
    leg_write_snapshots(text, to, true, true, NULL);
    if (text->range.has_from) {
        struct resolved before = {.has_to = true, .to = text->range.from, .last_day = text->range.first_day - 1};

        str_add(to, "\n      UNION ALL\n      ");
        leg_write_probes(text, to, before, true);
    }
}

/* The buckets of the time axis that the leg's dimensions ask for: "date_trunc(…), …", or nothing. */
static void write_buckets(struct leg_text *text, struct str *to, const char *separator)
{
    const struct bound *bound = text->writer->bound;

    for (size_t d = 0; text->grain.time && d < bound->dimension_count; d++)
        if (bound->dimensions[d].is_axis)
            str_addf(to, "%s%s", bucket_text(text->writer, text->at, text->at_type, bound->dimensions[d].unit),
                     separator);
}

static void write_last_of_period(struct leg_text *text, struct str *to)
{
    struct str buckets = STR_INIT;

    write_buckets(text, &buckets, ", ");
    str_addf(to, "SELECT DISTINCT ON (%s%s) %s FROM %s WHERE (%s)", str_text(&buckets), text->key,
             scope_columns(text->scope), text->snapshots, text->present);
    if (text->condition != NULL)
        str_addf(to, " AND (%s)", text->condition);
    write_bounds(text, to, true, true);
    str_addf(to, " ORDER BY %s%s, %s DESC", str_text(&buckets), text->key, text->at);
    str_done(&buckets);
}

static void write_last_instant(struct leg_text *text, struct str *to)
{
    struct str buckets = STR_INIT, where = STR_INIT;

    write_buckets(text, &buckets, ", ");
    str_addf(&where, " WHERE (%s)", text->present);
    if (text->condition != NULL)
        str_addf(&where, " AND (%s)", text->condition);
    write_bounds(text, &where, true, true);
    if (buckets.length >= 2) {
        buckets.length -= 2;
        buckets.data[buckets.length] = '\0';
    }
    str_addf(to, "SELECT %s FROM %s%s AND %s IN (SELECT max(%s) FROM %s%s", scope_columns(text->scope), text->snapshots,
             str_text(&where), text->at, text->at, text->snapshots, str_text(&where));
    if (buckets.length > 0)
        str_addf(to, " GROUP BY %s", str_text(&buckets));
    str_add(to, ")");
    str_done(&buckets);
    str_done(&where);
}

/* -- parts --------------------------------------------------------------------------------------------------------- */

static const char *const aggregate_names[] = {
    [AGGREGATE_SUM] = "sum", [AGGREGATE_COUNT] = "count", [AGGREGATE_MIN] = "min",
    [AGGREGATE_MAX] = "max", [AGGREGATE_COUNT_DISTINCT] = "count",
};

/* "ungrouped": what the row gives to the aggregate. As Cube has it, a count is 1 where there is something to count. */
static void write_row_value(struct leg_text *text, struct str *to, const struct part *part)
{
    const struct fragment *argument = part->aggregate != NULL ? &part->aggregate->argument : &part->counter->sql;
    const struct fragment *filter = part->aggregate != NULL ? &part->aggregate->filter : &part->counter->filter;
    bool counts = part->aggregate != NULL && (part->kind == AGGREGATE_COUNT || part->kind == AGGREGATE_COUNT_DISTINCT ||
                                              part->kind == AGGREGATE_COUNT_APPROX);
    const char *value = argument->piece_count > 0 ? scope_fragment(text->scope, argument) : "1";

    if (counts && argument->piece_count > 0)
        value = arena_printf(arena_of(text), "CASE WHEN (%s) IS NOT NULL THEN 1 END", value);
    if (filter->piece_count > 0)
        str_addf(to, "CASE WHEN %s THEN (%s) END", scope_fragment(text->scope, filter), value);
    else
        str_add(to, value);
}

void leg_write_aggregate(struct leg_text *text, struct str *to, const struct part *part)
{
    const struct aggregate *aggregate = part->aggregate;

    if (part->kind == AGGREGATE_COUNT_APPROX)
        str_addf(to, "hll_add_agg(hll_hash_text((%s)::text))", scope_fragment(text->scope, &aggregate->argument));
    else
        str_addf(to, "%s(%s%s)", aggregate_names[part->kind], part->kind == AGGREGATE_COUNT_DISTINCT ? "DISTINCT " : "",
             aggregate->argument.piece_count > 0 ? scope_fragment(text->scope, &aggregate->argument) : "*");
    if (aggregate->filter.piece_count > 0)
        str_addf(to, " FILTER (WHERE %s)", scope_fragment(text->scope, &aggregate->filter));
}

static void write_counter(struct leg_text *text, struct str *to, const struct measure *counter, size_t part)
{
    const char *value = scope_fragment(text->scope, &counter->sql);

    if (text->leg->kind == LEG_LAST) {
        str_addf(to, "sum(%s)", value);
    } else {
        const char *was = arena_printf(arena_of(text), "%s.was%zu", text->base, part + 1);

        if (text->leg->baseline == BASELINE_PUBLISHED) {
            str_addf(to, "sum((%s) - CASE WHEN %s IS NOT NULL THEN %s WHEN ", value, was, was);
            struct resolved range = text->range;
            struct str      published = STR_INIT;

            str_addf(&published, "published.%s", identifier_text(arena_of(text), text->leg->entity->published));
            if (!write_range(text->writer, to, str_text(&published), MEMBER_TIME, &range))
                str_addf(to, "%s IS NOT NULL", str_text(&published));
            str_done(&published);
            str_addf(to, " THEN 0 ELSE (%s) END)", value);
        } else {
            str_addf(to, "sum((%s) - COALESCE(%s, %s))", value, was,
                     text->leg->baseline == BASELINE_ZERO ? "0" : arena_printf(arena_of(text), "(%s)", value));
        }
    }
    if (counter->filter.piece_count > 0)
        str_addf(to, " FILTER (WHERE %s)", scope_fragment(text->scope, &counter->filter));
}

void leg_write_parts(struct leg_text *text, struct str *to, bool any)
{
    const struct plan *plan = text->writer->plan;

    for (size_t p = 0; p < plan->part_count; p++) {
        if (plan->parts[p].leg != text->index)
            continue;
        str_add(to, any ? ",\n      " : "");
        if (text->writer->bound->query->ungrouped)
            write_row_value(text, to, &plan->parts[p]);
        else if (plan->parts[p].aggregate != NULL)
            leg_write_aggregate(text, to, &plan->parts[p]);
        else
            write_counter(text, to, plan->parts[p].counter, p);
        str_addf(to, " AS p%zu", p + 1);
        any = true;
    }
}

/* Each snapshot of the range with what the entity's one before it said. */
static void write_differences(struct leg_text *text, struct str *to)
{
    const struct plan *plan = text->writer->plan;
    struct str         lags = STR_INIT;

    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_addf(&lags, ", lag(%s) OVER (PARTITION BY %s ORDER BY %s) AS was%zu",
                     scope_fragment(text->scope, &plan->parts[p].counter->sql), text->key, text->at, p + 1);
    str_addf(to, "SELECT %s.*%s FROM (\n      ", text->base, str_text(&lags));
    leg_write_with_baseline(text, to);
    str_addf(to, "\n    ) AS %s", text->base);
    str_done(&lags);
}

void leg_write_source(struct leg_text *text, struct str *to)
{
    if (text->leg->kind == LEG_ROWS) {
        str_add(to, text->table);
        return;
    }
    str_add(to, "(\n      ");
    if (text->leg->kind == LEG_INCREASE)
        write_differences(text, to);
    else if (text->leg->rule == RULE_CARRY)
        leg_write_probes(
            text, to,
            (struct resolved){.has_to = text->range.has_to, .to = text->range.to, .last_day = text->range.last_day},
            true);
    else if (text->leg->rule == RULE_PERIOD)
        write_last_of_period(text, to);
    else
        write_last_instant(text, to);
    str_addf(to, "\n    ) AS %s", text->base);
}

void leg_write_bounds(struct leg_text *text, struct str *to)
{
    struct resolved range = text->range;

    if (text->leg->kind == LEG_ROWS) {
        if (text->condition != NULL)
            str_addf(to, "(%s)", text->condition);
        if (text->at != NULL && (range.has_from || range.has_to)) {
            add_and(to);
            (void)write_range(text->writer, to, text->at, text->at_type, &range);
        }
    } else if (text->leg->kind == LEG_INCREASE && range.has_from) {       /* the baseline itself is not of the range */
        range.has_to = false;
        (void)write_range(text->writer, to, text->at, text->at_type, &range);
    }
}

void leg_write_published(struct leg_text *text, struct str *to)
{
    const struct entity *entity = text->leg->entity;

    if (text->leg->kind == LEG_INCREASE && text->leg->baseline == BASELINE_PUBLISHED)
        str_addf(to, "\n    LEFT JOIN %s.%s AS published ON published.%s = %s",
                 scope_schema(text->scope, entity->schema), identifier_text(arena_of(text), entity->table),
                 identifier_text(arena_of(text), entity->table_key), text->key);
}

void leg_write_plain(struct leg_text *text, struct str *to)
{
    struct str  select = STR_INIT, source = STR_INIT, where = STR_INIT;
    const char *tests;

    if (text->fans_out) {
        fanout_write_plain(text, to);
        return;
    }
    leg_write_parts(text, &select, leg_write_dimensions(text, &select));
    tests = leg_tests(text);
    leg_write_source(text, &source);
    if (text->also_from != NULL)
        str_add(&source, text->also_from);
    str_addf(to, "%s AS (\n    SELECT %s\n    FROM %s%s", text->name, str_text(&select), str_text(&source),
             str_text(&text->scope->joins));
    leg_write_published(text, to);
    leg_write_bounds(text, &where);
    if (*tests != '\0') {
        add_and(&where);
        str_add(&where, tests);
    }
    if (where.length > 0)
        str_addf(to, "\n    WHERE %s", str_text(&where));
    if (!text->writer->bound->query->ungrouped)
        leg_write_group_by(text, to);
    str_add(to, "\n)");
    str_done(&select);
    str_done(&source);
    str_done(&where);
}

/* -- the leg ------------------------------------------------------------------------------------------------------- */

void leg_prepare(struct leg_text *text)
{
    const struct cube   *cube = text->writer->bound->facts[text->leg->fact];
    const struct entity *entity = text->leg->entity;

    text->base = scope_base(text->scope);
    text->table = scope_table(text->scope);
    text->snapshots = scope_snapshots(text->scope);
    if (cube->condition.piece_count > 0)
        text->condition = scope_fragment(text->scope, &cube->condition);
    if (cube->time != NULL) {
        struct member time = {
            .kind = MEMBER_DIMENSION, .cube = (struct cube *)(uintptr_t)cube, .dimension = cube->time};

        text->at = scope_operand(text->scope, &time);
        text->at_type = cube->time->type;
    }
    text->range = leg_range(text->writer);
    text->fans_out = bound_fact_fans_out(text->writer->bound, text->leg->fact);
    if (entity == NULL)
        return;
    text->key = scope_fragment(text->scope, &entity->key);
    text->present = scope_fragment(text->scope, text->leg->present);
    if (entity->table != NULL)
        text->entities = arena_printf(
            arena_of(text), "SELECT %s AS key FROM %s.%s", identifier_text(arena_of(text), entity->table_key),
            scope_schema(text->scope, entity->schema), identifier_text(arena_of(text), entity->table));
    else
        text->entities = arena_printf(arena_of(text), "SELECT DISTINCT %s AS key FROM %s", text->key, text->snapshots);
}

void write_leg(struct writer *writer, struct str *to, size_t leg, const char *name, struct grain grain,
               const struct restriction *restriction)
{
    struct scope    scope;
    struct leg_text text = {.writer = writer,
                            .scope = &scope,
                            .leg = &writer->plan->legs[leg],
                            .index = leg,
                            .name = name,
                            .grain = grain,
                            .restriction = restriction};

    scope_init(&scope, writer, text.leg->fact);
    leg_prepare(&text);
    if (text.leg->window == NULL && text.leg->from != NULL && write_from_rollup(&text, to)) {
        scope_done(&scope);
        return;
    }
    if (text.leg->window != NULL)
        write_window(&text, to);
    else if (text.leg->kind == LEG_LAST && text.leg->rule == RULE_CARRY && grain.time && bound_has_axis(writer->bound))
        write_carry(&text, to);
    else
        leg_write_plain(&text, to);
    scope_done(&scope);
}
