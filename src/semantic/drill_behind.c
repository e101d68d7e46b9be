/*
 * The rows of the fact that a measure was computed from: by what tells them apart, the key of the cube or, where the
 * cube holds snapshots, their entity, and by the time itself. A ratio's or a derived measure's parts stand beside it.
 */
#include "src/semantic/drill_work.h"

#include <string.h>

/* -- the measure and its parts ------------------------------------------------------------------------------------- */

static int find_measure(const struct drill *drill, const struct drill_row *row, size_t column,
                        struct bound_measure **ret_measure)
{
    const struct data_column *shown = column < row->count ? &row->columns[column] : NULL;

    if (shown == NULL || shown->role != ROLE_MEASURE) {
        (void)error_set(drill->error, ERR_USAGE, "%s%s%s is no measure: no rows are behind it",
                        shown != NULL ? "'" : "that", shown != NULL ? shown->name : "", shown != NULL ? "'" : "");
        error_hint(drill->error, "choose the column of a measure");
        return ERR_USAGE;
    }
    for (size_t i = 0; i < drill->bound.measure_count; i++) {
        const struct measure *measure = drill->bound.measures[i].measure;

        if (text_equal(arena_printf(drill->arena, "%s.%s", measure->cube->name, measure->name), shown->member)) {
            *ret_measure = &drill->bound.measures[i];
            return 0;
        }
    }
    return error_set(drill->error, ERR_USAGE, "the row is not of this query: it does not ask for '%s'", shown->name);
}

/* As a line without `from` means it. */
static const char *measure_text(const struct drill *drill, const struct measure *measure)
{
    struct member member;

    if (!drill_is_word(measure->name) &&
        model_find(drill->bound.model, NULL, measure->name, 1u << MEMBER_MEASURE, NULL, &member, NULL) == 0 &&
        member.measure == measure)
        return arena_strdup(drill->arena, measure->name);
    return arena_printf(drill->arena, "%s.%s", measure->cube->name, measure->name);
}

static void put_measure(struct drill *drill, const struct measure *measure)
{
    struct name_list *list = &drill->query->measures;
    struct name name = {.text = measure_text(drill, measure)};

    for (size_t i = 0; i < list->count; i++)
        if (name_equal(&list->items[i], &name))
            return;
    if (!measure->hidden)
        ARENA_PUSH(drill->arena, list->items, list->count, list->room, name);
}

static void put_parts(struct drill *drill, const struct measure *measure)
{
    put_measure(drill, measure);
    if (measure->kind == MEASURE_RATIO) {
        put_parts(drill, measure->numerator);
        put_parts(drill, measure->denominator);
    }
    if (measure->kind == MEASURE_WINDOW && measure->inner->name != measure->name)
        put_parts(drill, measure->inner);
    for (size_t i = 0; measure->kind == MEASURE_DERIVED && i < measure->sql.piece_count; i++)
        if (measure->sql.pieces[i].kind == PIECE_MEASURE)
            put_parts(drill, measure->sql.pieces[i].measure);
}

/* -- what tells rows apart ----------------------------------------------------------------------------------------- */

static bool is_constant_for(const struct dimension *dimension, const struct entity *entity)
{
    for (size_t i = 0; i < dimension->constant_count; i++)
        if (text_equal(dimension->constant_for[i], entity->name))
            return true;
    return false;
}

/* One for each entity: it is the entity's key, or groups by it. */
static bool names_entity(const struct dimension *dimension, const struct entity *entity)
{
    const char *by = dimension->key.piece_count > 0 ? dimension->key.source : dimension->sql.source;

    return !dimension->hidden && is_constant_for(dimension, entity) && text_equal(by, entity->key.source);
}

static bool put_dimension(struct drill *drill, const struct cube *cube, const struct dimension *dimension)
{
    struct name_list *list = &drill->query->dimensions;
    struct name name = {.text = dimension->name};

    if (dimension->hidden)
        return false;
    if (drill_is_word(dimension->name))
        name.text = arena_printf(drill->arena, "%s.%s", cube->name, dimension->name);
    ARENA_PUSH(drill->arena, list->items, list->count, list->room, name);
    return true;
}

static bool put_primary_key(struct drill *drill, const struct cube *cube)
{
    size_t found = 0;

    for (size_t i = 0; i < cube->dimension_count; i++) {
        if (!cube->dimensions[i]->primary_key)
            continue;
        if (!put_dimension(drill, cube, cube->dimensions[i]))
            return false;
        found++;
    }
    return found > 0;
}

static bool put_entity(struct drill *drill, const struct cube *cube)
{
    for (size_t e = 0; e < cube->entity_count; e++)
        for (size_t i = 0; i < cube->dimension_count; i++)
            if (names_entity(cube->dimensions[i], cube->entities[e]))
                return put_dimension(drill, cube, cube->dimensions[i]);
    return false;
}

static int put_key(struct drill *drill, const struct cube *cube)
{
    struct query *query = drill->query;

    query->dimensions = (struct name_list){0};
    if (!put_primary_key(drill, cube)) {
        query->dimensions = (struct name_list){0};
        if (!put_entity(drill, cube)) {
            (void)error_set(drill->error, ERR_USAGE,
                            "%s has no key that can be asked for, so its rows cannot be told apart", cube->name);
            error_hint(drill->error, "drill by a dimension; or give the cube a public dimension with primary_key");
            return ERR_USAGE;
        }
    }
    if (cube->time != NULL)
        (void)put_dimension(drill, cube, cube->time);
    return 0;
}

/* -- the rest of the query, for one cube --------------------------------------------------------------------------- */

/* "Costs.channel", written beside another fact, is that fact's "channel". */
static void name_for_cube(struct name *name, const struct cube *cube)
{
    struct member member;
    enum data_unit unit;
    const char *dot = name->text != NULL ? strchr(name->text, '.') : NULL;

    if (dot != NULL && !bind_find_dimension(cube, name->text, &member, &unit))
        name->text = dot + 1;
}

static void filter_for_cube(struct filter *filter, const struct cube *cube)
{
    if (filter == NULL)
        return;
    if (filter->kind == FILTER_TEST)
        name_for_cube(&filter->member, cube);
    for (size_t i = 0; i < filter->kid_count; i++)
        filter_for_cube(filter->kids[i], cube);
}

static void keep_rows_of(struct query *query, const struct cube *cube)
{
    query->cube = (struct name){0};
    query->measures = query->added = (struct name_list){0};
    query->shift = (struct shift){0};
    query->fill = FILL_NONE;
    query->total = query->mixed_days = false;
    filter_for_cube(query->where, cube);
    for (size_t i = 0; i < query->range_count; i++)
        name_for_cube(&query->ranges[i].member, cube);
}

int query_rows_behind(struct arena *arena, const struct model *model, const struct query *query,
                      const struct drill_row *row, size_t column, char **ret_line, struct error *error)
{
    struct drill drill;
    struct bound_measure *asked = NULL;
    const struct cube *cube;
    int r = drill_open(&drill, arena, model, query, error);

    if (r >= 0)
        r = find_measure(&drill, row, column, &asked);
    if (r < 0)
        return r;
    drill.bound.measures = asked; /* the others say nothing of how its rows are found */
    drill.bound.measure_count = 1;
    cube = asked->measure->cube;
    r = drill_narrow(&drill, row);
    if (r < 0)
        return r;
    keep_rows_of(drill.query, cube);
    put_parts(&drill, asked->measure);
    r = put_key(&drill, cube);
    return r < 0 ? r : drill_close(&drill, ret_line);
}
