/*
 * The catalogue: what a person can ask for, one row a thing.
 */
#include "src/semantic/model.h"

#include <string.h>

static const char *const unit_names[]   = { "", "second", "minute", "hour", "day", "week", "month", "quarter", "year" };
static const char *const format_names[] = { NULL, "number", "percent", "currency", "duration", "bytes" };
static const char *const member_types[] = { "string", "number", "boolean", "time", "date", "array" };
static const char *const join_types[]   = { "many_to_one", "one_to_one", "one_to_many" };
static const char *const rules[]        = { "carry", "period", "exact" };
static const char *const baselines[]    = { "none", "zero", "published" };

/* Of another cube with its name in front. */
static const char *name_for(struct arena *arena, const struct measure *reader, const struct measure *measure)
{
    return measure->cube == reader->cube ? measure->name
                                         : arena_printf(arena, "%s.%s", measure->cube->name, measure->name);
}

static char *window_rule(struct arena *arena, const struct measure *measure)
{
    const struct window *window = &measure->window;
    const char          *unit = data_unit_name(window->unit), *plural = window->count == 1 ? "" : "s";
    /* Cube's rolling_window is on the measure itself, which is then inside */
    const char *inner = measure->inner->name != measure->name ? name_for(arena, measure, measure->inner)
                                                                 : measure->inner->sql.source;

    if (window->kind == WINDOW_ROLLING)
        return arena_printf(arena, "%s over %d %s%s", inner, window->count, unit, plural);
    if (window->kind == WINDOW_SHIFT)
        return arena_printf(arena, "%s %d %s%s before", inner, window->count, unit, plural);
    if (window->unit == UNIT_NONE)
        return arena_printf(arena, "%s from the first row on", inner);
    return arena_printf(arena, "%s from the start of the %s on", inner, unit);
}

/* How a measure comes about; of a counter, the rule, which changes the number most. */
static char *measure_rule(struct arena *arena, const struct measure *measure)
{
    switch (measure->kind) {
    case MEASURE_LAST:
        return arena_printf(arena, "last per %s, %s", measure->entity->name, rules[measure->rule]);
    case MEASURE_INCREASE:
        return arena_printf(arena, "increase per %s, baseline %s", measure->entity->name, baselines[measure->baseline]);
    case MEASURE_RATIO:
        return arena_printf(arena, "%s / %s", name_for(arena, measure, measure->numerator),
                            name_for(arena, measure, measure->denominator));
    case MEASURE_WINDOW:
        return window_rule(arena, measure);
    case MEASURE_DERIVED:
    case MEASURE_AGGREGATE:
        break;
    }
    return arena_strdup(arena, measure->sql.source);
}

static char *dimension_rule(struct arena *arena, const struct dimension *dimension)
{
    if (dimension->alias_of)
        return arena_printf(arena, "old name of %s", dimension->alias_of->name);
    if (dimension->cube->time == dimension)
        return arena_strdup(arena, "default time dimension");
    if (dimension->key.piece_count)
        return arena_printf(arena, "grouped by %s", dimension->key.source);
    return NULL;
}

static void add_measure(struct table *table, struct arena *arena, const struct measure *measure)
{
    if (!measure->hidden)
        table_add(table, measure->cube->name, measure->name, "measure", measure->type, format_names[measure->format],
                  measure->description, measure_rule(arena, measure));
}

static void add_dimension(struct table *table, struct arena *arena, const struct dimension *dimension)
{
    if (!dimension->hidden)
        table_add(table, dimension->cube->name, dimension->name, "dimension", member_types[dimension->type],
                  format_names[dimension->format], dimension->description, dimension_rule(arena, dimension));
}

static void add_segment(struct table *table, const struct segment *segment)
{
    table_add(table, segment->cube->name, segment->name, "segment", "boolean", NULL, segment->description,
              segment->sql.source);
}

static void add_join(struct table *table, struct arena *arena, const struct join *join)
{
    table_add(table, join->cube->name, join->name, "join", join_types[join->kind], NULL,
              arena_printf(arena, "members of %s, as %s.…", join->target->name, join->name), join->sql.source);
}

static void add_rollup(struct table *table, struct arena *arena, const struct rollup *rollup)
{
    struct str stores = STR_INIT;

    for (size_t i = 0; i < rollup->measure_count; i++)
        str_addf(&stores, "%s%s", i ? ", " : "", rollup->measures[i]->name);
    for (size_t i = 0; i < rollup->dimension_count; i++)
        str_addf(&stores, "%s%s", i ? ", " : " by ", rollup->dimensions[i]->name);
    if (rollup->time)
        str_addf(&stores, "%s%s.%s", rollup->dimension_count ? ", " : " by ", rollup->time->name,
                 unit_names[rollup->unit]);
    table_add(table, rollup->cube->name, rollup->name, "rollup", rollup->time ? unit_names[rollup->unit] : NULL, NULL,
              rollup->description, arena_strdup(arena, str_text(&stores)));
    str_done(&stores);
}

static void add_cube(struct table *table, struct arena *arena, const struct cube *cube)
{
    if (cube->hidden)
        return;
    table_add(table, cube->name, NULL, "cube", arena_printf(arena, "%s.%s", cube->schema, cube->table), NULL,
              cube->description, cube->condition.piece_count ? cube->condition.source : NULL);
    for (size_t i = 0; i < cube->measure_count; i++)
        add_measure(table, arena, cube->measures[i]);
    for (size_t i = 0; i < cube->dimension_count; i++)
        add_dimension(table, arena, cube->dimensions[i]);
    for (size_t i = 0; i < cube->segment_count; i++)
        add_segment(table, cube->segments[i]);
    for (size_t i = 0; i < cube->join_count; i++)
        add_join(table, arena, cube->joins[i]);
    for (size_t i = 0; i < cube->rollup_count; i++)
        add_rollup(table, arena, cube->rollups[i]);
}

/* -- one name ------------------------------------------------------------------------------------------------------ */

static void add_member(struct table *table, struct arena *arena, const struct member *member)
{
    if (member->kind == MEMBER_MEASURE)
        add_measure(table, arena, member->measure);
    else if (member->kind == MEMBER_DIMENSION)
        add_dimension(table, arena, member->dimension);
    else
        add_segment(table, member->segment);
}

/* "name", "Cube.name" */
static bool names(const char *text, const struct cube *cube, const char *name)
{
    size_t length = strlen(cube->name);

    return text_equal(text, name) ||
           (strncmp(text, cube->name, length) == 0 && text[length] == '.' && text_equal(text + length + 1, name));
}

/* Several cubes may have a member of that name: all are shown, also joins and rollups, which no query can name. */
static void add_named(struct table *table, struct arena *arena, const struct cube *cube, const char *name)
{
    if (cube->hidden)
        return;
    for (size_t i = 0; i < cube->measure_count; i++)
        if (names(name, cube, cube->measures[i]->name))
            add_measure(table, arena, cube->measures[i]);
    for (size_t i = 0; i < cube->dimension_count; i++)
        if (names(name, cube, cube->dimensions[i]->name))
            add_dimension(table, arena, cube->dimensions[i]);
    for (size_t i = 0; i < cube->segment_count; i++)
        if (names(name, cube, cube->segments[i]->name))
            add_segment(table, cube->segments[i]);
    for (size_t i = 0; i < cube->join_count; i++)
        if (names(name, cube, cube->joins[i]->name))
            add_join(table, arena, cube->joins[i]);
    for (size_t i = 0; i < cube->rollup_count; i++)
        if (names(name, cube, cube->rollups[i]->name))
            add_rollup(table, arena, cube->rollups[i]);
}

static int fail_unknown(const struct model *model, struct arena *arena, const char *name, struct error *error)
{
    const char **words = NULL, *nearest;
    size_t       count = 0, room = 0;

    for (size_t i = 0; i < model->cube_count; i++)
        ARENA_PUSH(arena, words, count, room, model->cubes[i]->name);
    for (size_t i = 0; i < model->member_name_count; i++) {
        ARENA_PUSH(arena, words, count, room, model->member_names[i]);
        ARENA_PUSH(arena, words, count, room, strchr(model->member_names[i], '.') + 1);
    }
    nearest = nearest_word(name, strlen(name), words, count);
    error_set(error, ERR_UNKNOWN, "unknown cube or member '%s'", name);
    if (nearest)
        error_hint(error, "did you mean '%s'? 'catalog' lists all.", nearest);
    else
        error_hint(error, "'catalog' lists all.");
    return ERR_UNKNOWN;
}

int model_catalog(const struct model *model, const char *name, struct table **ret_table, struct error *error)
{
    _cleanup_(table_freep) struct table *table =
        table_new("cube:text member:text kind:text type:text format:text description:text rule:text");
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const struct cube                   *cube  = name ? model_cube(model, name) : NULL;
    struct member                        member;
    const unsigned                       all = 1u << MEMBER_MEASURE | 1u << MEMBER_DIMENSION | 1u << MEMBER_SEGMENT;

    for (size_t i = 0; i < model->cube_count; i++) {
        if (!name || cube == model->cubes[i])
            add_cube(table, arena, model->cubes[i]);
        else if (!cube)
            add_named(table, arena, model->cubes[i], name);
    }
    if (name && !table_row_count(table)) {
        if (model_find(model, NULL, name, all, NULL, &member, NULL) < 0)
            return fail_unknown(model, arena, name, error);
        add_member(table, arena, &member);
    }
    *ret_table = TAKE(table);
    return 0;
}
