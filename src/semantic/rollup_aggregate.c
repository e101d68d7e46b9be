/*
 * A rollup as a continuous aggregate of TimescaleDB: one flat SELECT over the fact, with the columns of the rollup's
 * table. Only what that says exactly is written.
 */
#include "rollup_fill.h"

/* time_bucket and date_trunc agree on these in UTC. Elsewhere they do not: where clocks change at midnight (Havana), or
 * by half an hour, the two put an hour of the change into different buckets. */
static const char *interval_of(enum data_unit unit)
{
    switch (unit) {
    case UNIT_HOUR:
        return "1 hour";
    case UNIT_DAY:
        return "1 day";
    case UNIT_WEEK:
        return "1 week";
    case UNIT_MONTH:
        return "1 month";
    case UNIT_QUARTER:
        return "3 months";
    case UNIT_YEAR:
        return "1 year";
    default:
        return NULL;
    }
}

/* Why it is no aggregate, or NULL. */
static const char *table_reason(const struct opened *opened)
{
    const struct rollup_layout *layout = opened->filling.layout;

    if (layout->fault != NULL)
        return layout->fault;
    for (size_t i = 0; i < layout->part_count; i++)
        if (layout->parts[i].aggregate != NULL && layout->parts[i].kind == AGGREGATE_COUNT_DISTINCT)
            return "distinct values are counted in it, which an aggregate cannot";
    for (size_t i = 0; i < layout->part_count; i++)
        if (layout->parts[i].aggregate == NULL)
            return "counters are kept as changes, for which each row is compared with the one before";
    if (!text_equal(zone_name(layout->zone), zone_name(zone_utc())))
        return arena_printf(opened->bound.arena, "its buckets are of the zone %s, and those of an aggregate of UTC",
                            zone_name(layout->zone));
    if (layout->rollup->cube->time->type != MEMBER_TIME || interval_of(layout->rollup->unit) == NULL)
        return "its buckets are of days without an hour";
    return NULL;
}

static void write_columns(struct filling *filling, struct leg_text *text, struct str *to)
{
    const struct rollup_layout *layout = filling->layout;
    struct arena               *arena = filling->writer.bound->arena;

    str_addf(to, "public.time_bucket(interval '%s', %s) AS %s", interval_of(layout->rollup->unit), text->at,
             identifier_text(arena, layout->time_column));
    for (size_t i = 0; i < layout->column_count; i++) {
        const char *column = identifier_text(arena, layout->columns[i]);

        str_addf(to, ", %s.%s AS %s", text->base, column, column);
    }
    for (size_t i = 0; i < layout->value_count; i++)
        str_addf(to, ", %s AS %s", fill_value(text->scope, layout, i),
                 identifier_text(arena, arena_printf(arena, "d_%s", layout->values[i]->name)));
    str_add(to, ", count(*)::integer AS facts");
    for (size_t i = 0; i < layout->part_count; i++) {
        struct part part = {.kind = layout->parts[i].kind, .aggregate = layout->parts[i].aggregate};

        str_add(to, ", ");
        leg_write_aggregate(text, to, &part);
        str_addf(to, " AS s%zu", i + 1);
    }
}

/* NULL where it took a join. */
static const char *aggregate_sql(struct filling *filling)
{
    const struct rollup_layout *layout = filling->layout;
    struct leg                  leg = {.kind = LEG_ROWS};
    struct scope                scope;
    struct leg_text             text;
    struct str                  sql = STR_INIT;
    const char                 *copy = NULL;

    fill_begin_text(filling, &text, &scope, &leg, (struct resolved){0});
    str_add(&sql, "SELECT ");
    write_columns(filling, &text, &sql);
    str_addf(&sql, "\nFROM %s", text.table);
    if (text.condition != NULL)
        str_addf(&sql, "\nWHERE (%s)", text.condition);
    for (size_t i = 1; i <= 1 + layout->column_count + layout->value_count; i++)
        str_addf(&sql, "%s%zu", i == 1 ? "\nGROUP BY " : ", ", i);
    if (scope.joins.length == 0)
        copy = arena_strdup(filling->writer.bound->arena, str_text(&sql));
    scope_done(&scope);
    str_done(&sql);
    return copy;
}

int model_rollup_aggregate(const struct model *model, struct arena *arena, const char *cube, const char *name,
                           int64_t now, struct semantic_rollup *ret_rollup, const char **ret_why, struct error *error)
{
    struct opened opened;
    const char   *sql = NULL, *why;
    int           r = fill_open(&opened, model, arena, cube, name, now, ret_rollup, error);

    if (r < 0)
        return r;
    why = table_reason(&opened);
    if (why == NULL) {
        sql = aggregate_sql(&opened.filling);
        if (sql == NULL || opened.filling.writer.value_count > 0)        /* the definition of a view takes no values */
            why = "it rests on more than the fact's own rows";
    }
    fill_close(&opened, why == NULL ? sql : NULL, ret_rollup);
    *ret_why = why;
    return 0;
}
