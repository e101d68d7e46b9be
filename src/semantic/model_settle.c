/*
 * The end of loading: cubes of broken files go, then joins to them, then members that rest on what went, until nothing
 * more goes. What stays is put into the model's arrays in the order of the files.
 */
#include "src/semantic/model_load.h"

#include <string.h>

static struct draft *draft_of(const struct map *map, const char *name)
{
    return map_get(map, name);
}

static bool is_gone(const struct map *map, const char *name)
{
    struct draft *draft = draft_of(map, name);

    return !draft || draft->state == DRAFT_REFUSED;
}

/* Of this cube or of another. */
static bool measure_is_gone(const struct load *load, const struct measure *measure)
{
    const struct draft_cube *home = map_get(load->cube_names, measure->cube->name);

    return !home || home->refused || is_gone(home->members, measure->name);
}

/* The name of what a fragment needs and is gone, or NULL. */
static const char *gone_in_fragment(const struct load *load, const struct draft_cube *home, const struct fragment *fragment)
{
    for (size_t i = 0; i < fragment->join_count; i++)
        if (is_gone(home->joins, fragment->joins[i]->name))
            return fragment->joins[i]->name;
    for (size_t i = 0; i < fragment->piece_count; i++) {
        const struct piece *piece = &fragment->pieces[i];

        if (piece->kind == PIECE_DIMENSION && is_gone(home->members, piece->dimension->name))
            return piece->dimension->name;
        if (piece->kind == PIECE_MEASURE && measure_is_gone(load, piece->measure))
            return piece->measure->name;
    }
    return NULL;
}

static const char *gone_in_measure(const struct load *load, const struct draft_cube *home, const struct measure *measure)
{
    const char *gone = gone_in_fragment(load, home, &measure->sql);

    for (size_t i = 0; !gone && i < measure->aggregate_count; i++) {
        gone = gone_in_fragment(load, home, &measure->aggregates[i].argument);
        if (!gone)
            gone = gone_in_fragment(load, home, &measure->aggregates[i].filter);
    }
    if (!gone)
        gone = gone_in_fragment(load, home, &measure->present);
    if (!gone)
        gone = gone_in_fragment(load, home, &measure->filter);
    if (!gone && measure->numerator && measure_is_gone(load, measure->numerator))
        gone = measure->numerator->name;
    if (!gone && measure->denominator && measure_is_gone(load, measure->denominator))
        gone = measure->denominator->name;
    if (!gone && measure->inner && measure->inner->name == measure->name)       /* Cube's rolling_window: no member of its own */
        gone = gone_in_measure(load, home, measure->inner);
    else if (!gone && measure->inner && measure_is_gone(load, measure->inner))
        gone = measure->inner->name;
    if (!gone && measure->entity && is_gone(home->entities, measure->entity->name))
        gone = measure->entity->name;
    return gone;
}

static const char *gone_in_rollup(const struct draft_cube *home, const struct rollup *rollup)
{
    for (size_t i = 0; i < rollup->measure_count; i++)
        if (is_gone(home->members, rollup->measures[i]->name))
            return rollup->measures[i]->name;
    for (size_t i = 0; i < rollup->dimension_count; i++)
        if (is_gone(home->members, rollup->dimensions[i]->name))
            return rollup->dimensions[i]->name;
    for (size_t i = 0; i < rollup->segment_count; i++)
        if (is_gone(home->members, rollup->segments[i]->name))
            return rollup->segments[i]->name;
    return rollup->time && is_gone(home->members, rollup->time->name) ? rollup->time->name : NULL;
}

static const char *gone_in_draft(const struct load *load, const struct draft *draft)
{
    const struct draft_cube *home = draft->home, *target;
    const char              *gone;

    switch (draft->kind) {
    case DRAFT_DIMENSION:
        gone = gone_in_fragment(load, home, &draft->dimension->sql);
        if (!gone && draft->dimension->alias_of && is_gone(home->members, draft->dimension->alias_of->name))
            gone = draft->dimension->alias_of->name;
        return gone ? gone : gone_in_fragment(load, home, &draft->dimension->key);
    case DRAFT_MEASURE:
        return gone_in_measure(load, home, draft->measure);
    case DRAFT_SEGMENT:
        return gone_in_fragment(load, home, &draft->segment->sql);
    case DRAFT_ENTITY:
        return gone_in_fragment(load, home, &draft->entity->key);
    case DRAFT_JOIN:
        target = draft->join->target ? map_get(load->cube_names, draft->join->target->name) : NULL;
        if (!target || target->refused)
            return draft->join->target ? draft->join->target->name : draft->name;
        return gone_in_fragment(load, home, &draft->join->sql);
    case DRAFT_ROLLUP:
        return gone_in_rollup(home, draft->rollup);
    }
    return NULL;
}

/* One pass over all that is left; true when something went. */
static bool refuse_resting(struct load *load)
{
    bool changed = false;

    for (size_t i = 0; i < load->cube_count; i++) {
        struct draft_cube *home = load->cubes[i];
        const char        *gone = home->refused ? NULL : gone_in_fragment(load, home, &home->cube->condition);

        if (gone) {
            load_find(load, FINDING_ERROR, home->source, place_of(home->source, home->node), "",
                      "cube %s is left out: its 'sql_where' needs '%s', which is left out", home->cube->name, gone);
            home->refused = changed = true;
        }
        for (size_t j = 0; !home->refused && j < home->draft_count; j++) {
            gone = home->drafts[j]->state == DRAFT_DONE ? gone_in_draft(load, home->drafts[j]) : NULL;
            if (!gone)
                continue;
            load_refuse(load, home->drafts[j], NULL, "", "it needs '%s', which is left out", gone);
            changed = true;
        }
    }
    return changed;
}

/* -- the default time dimension ------------------------------------------------------------------------------------ */

static bool is_time(const struct dimension *dimension)
{
    return dimension->type == MEMBER_TIME || dimension->type == MEMBER_DATE;
}

/* Named, else the one the rollups use, else the only one there is (old names do not count). */
static void find_time(struct load *load, struct draft_cube *home)
{
    struct cube      *cube  = home->cube;
    struct draft     *named = home->time_name ? map_get(home->members, home->time_name) : NULL;
    struct dimension *only  = NULL;
    size_t            count = 0;

    if (home->time_name &&
        (!named || named->kind != DRAFT_DIMENSION || !is_time(named->dimension) || named->state != DRAFT_DONE)) {
        load_find(load, FINDING_ERROR, home->source, place_of(home->source, load_get(home->node, "time_dimension")),
                  load_nearest_key(load, home->time_name, home->members), "cube %s has no time dimension '%.80s'",
                  cube->name, home->time_name);
    } else if (named) {
        cube->time = named->dimension;
    }
    for (size_t i = 0; !cube->time && i < cube->rollup_count; i++)
        cube->time = cube->rollups[i]->time;
    for (size_t i = 0; i < cube->dimension_count; i++)
        if (is_time(cube->dimensions[i]) && !cube->dimensions[i]->alias_of) {
            only = cube->dimensions[i];
            count++;
        }
    if (!cube->time && count == 1)
        cube->time = only;
}

/* -- the model's arrays -------------------------------------------------------------------------------------------- */

static void fill_cube(struct load *load, struct draft_cube *home)
{
    struct cube *cube = home->cube;
    size_t       rooms[6] = {0};

    for (size_t i = 0; i < home->draft_count; i++) {
        struct draft *draft = home->drafts[i];
        size_t       *room  = &rooms[draft->kind];

        if (draft->state != DRAFT_DONE)
            continue;
        switch (draft->kind) {
        case DRAFT_MEASURE:
            ARENA_PUSH(load->arena, cube->measures, cube->measure_count, *room, draft->measure);
            break;
        case DRAFT_DIMENSION:
            ARENA_PUSH(load->arena, cube->dimensions, cube->dimension_count, *room, draft->dimension);
            break;
        case DRAFT_SEGMENT:
            ARENA_PUSH(load->arena, cube->segments, cube->segment_count, *room, draft->segment);
            break;
        case DRAFT_ENTITY:
            ARENA_PUSH(load->arena, cube->entities, cube->entity_count, *room, draft->entity);
            break;
        case DRAFT_JOIN:
            ARENA_PUSH(load->arena, cube->joins, cube->join_count, *room, draft->join);
            break;
        case DRAFT_ROLLUP:
            ARENA_PUSH(load->arena, cube->rollups, cube->rollup_count, *room, draft->rollup);
            break;
        }
    }
    find_time(load, home);
}

static void find_default_cube(struct load *load)
{
    struct model *model = load->model;

    model->default_cube = model_cube(model, load->default_cube ? load->default_cube : "VideoPerformance");
    if (load->default_cube && !model->default_cube)
        load_find(load, FINDING_ERROR, load->default_source, place_of(load->default_source, load->default_node),
                  load_nearest_key(load, load->default_cube, load->cube_names),
                  "'default_cube': there is no cube '%.80s'", load->default_cube);
}

static void name_members(struct load *load)
{
    struct model *model = load->model;
    size_t        room  = 0;

    for (size_t i = 0; i < model->cube_count; i++) {
        const struct cube *cube = model->cubes[i];

        if (cube->hidden)
            continue;
        for (size_t j = 0; j < cube->measure_count; j++)
            if (!cube->measures[j]->hidden)
                ARENA_PUSH(load->arena, model->member_names, model->member_name_count, room,
                           arena_printf(load->arena, "%s.%s", cube->name, cube->measures[j]->name));
        for (size_t j = 0; j < cube->dimension_count; j++)
            if (!cube->dimensions[j]->hidden)
                ARENA_PUSH(load->arena, model->member_names, model->member_name_count, room,
                           arena_printf(load->arena, "%s.%s", cube->name, cube->dimensions[j]->name));
        for (size_t j = 0; j < cube->segment_count; j++)
            ARENA_PUSH(load->arena, model->member_names, model->member_name_count, room,
                       arena_printf(load->arena, "%s.%s", cube->name, cube->segments[j]->name));
    }
}

void load_settle(struct load *load)
{
    size_t room = 0;

    for (size_t i = 0; i < load->cube_count; i++)
        if (load->cubes[i]->source->broken)
            load->cubes[i]->refused = true;
    load_refuse_fanout(load);
    while (refuse_resting(load))
        ;
    for (size_t i = 0; i < load->cube_count; i++) {
        if (load->cubes[i]->refused)
            continue;
        fill_cube(load, load->cubes[i]);
        ARENA_PUSH(load->arena, load->model->cubes, load->model->cube_count, room, load->cubes[i]->cube);
    }
    find_default_cube(load);
    name_members(load);
}
