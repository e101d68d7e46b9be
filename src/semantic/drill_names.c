/*
 * Names as a line has them, and what can be drilled by: first the next finer granularity of each time that is there,
 * then what the cube has itself, then what is one join away, all in the model's order.
 */
#include "src/semantic/drill_work.h"

#include <string.h>

bool drill_is_word(const char *name)
{
    enum data_unit unit;
    int part;

    return query_word_is_reserved(name, strlen(name)) || word_find(name, strlen(name), &unit, &part) == WORD_UNIT;
}

struct name drill_name_with_unit(struct arena *arena, const struct name *name, enum data_unit unit)
{
    struct name copy = *name;

    if (name->text == NULL || name->unit != UNIT_NONE)
        copy.unit = unit;
    else
        copy.text = arena_printf(arena, "%.*s.%s", (int)(strrchr(name->text, '.') - name->text), name->text,
                                 data_unit_name(unit));
    return copy;
}

/* -- candidates ---------------------------------------------------------------------------------------------------- */

struct candidates {
    struct drill *drill;
    const char **names;
    size_t count, room;
};

static bool same_member(const struct member *a, const struct member *b)
{
    return text_equal(a->full_name, b->full_name) ||
           (a->path_length + b->path_length == 0 && dimension_meant(a->dimension) == dimension_meant(b->dimension));
}

static bool is_there(const struct bound *bound, const struct member *member)
{
    for (size_t d = 0; d < bound->dimension_count; d++)
        if (same_member(&bound->dimensions[d].member[0], member))
            return true;
    return false;
}

/* By hours and shorter goes only what every fact has as an instant. */
static bool has_clock(const struct bound *bound, const struct bound_dimension *dimension)
{
    for (size_t f = 0; f < bound->fact_count; f++)
        if (dimension->member[f].dimension->type != MEMBER_TIME)
            return false;
    return true;
}

/* UNIT_NONE: there is none. Weeks do not nest in months, so a month's parts are its days. */
static enum data_unit finer(const struct bound *bound, const struct bound_dimension *dimension)
{
    static const enum data_unit next[] = {
        [UNIT_YEAR] = UNIT_QUARTER, [UNIT_QUARTER] = UNIT_MONTH, [UNIT_MONTH] = UNIT_DAY,     [UNIT_WEEK] = UNIT_DAY,
        [UNIT_DAY] = UNIT_HOUR,     [UNIT_HOUR] = UNIT_MINUTE,   [UNIT_MINUTE] = UNIT_SECOND, [UNIT_SECOND] = UNIT_NONE,
    };
    enum data_unit unit = dimension->unit != UNIT_NONE ? next[dimension->unit] : UNIT_NONE;

    return unit < UNIT_DAY && !has_clock(bound, dimension) ? UNIT_NONE : unit;
}

static bool is_finest(const struct bound *bound, const struct bound_dimension *dimension)
{
    for (size_t d = 0; d < bound->dimension_count; d++)
        if (same_member(&bound->dimensions[d].member[0], &dimension->member[0]) &&
            bound->dimensions[d].unit < dimension->unit)
            return false;
    return true;
}

static void offer_finer(struct candidates *to, bool axis)
{
    struct drill *drill = to->drill;

    for (size_t d = 0; d < drill->bound.dimension_count; d++) {
        const struct bound_dimension *dimension = &drill->bound.dimensions[d];
        enum data_unit unit = finer(&drill->bound, dimension);
        struct name name;

        if (unit == UNIT_NONE || drill_is_axis(drill, dimension) != axis || !is_finest(&drill->bound, dimension))
            continue;
        name = drill_name_with_unit(drill->arena, dimension->name, unit);
        ARENA_PUSH(drill->arena, to->names, to->count, to->room, name_text(drill->arena, &name));
    }
}

/* A time is offered by day, the default one as plain "day". */
static const char *offered_text(const struct candidates *to, const char *text, const struct member *member)
{
    const struct dimension *dimension = member->dimension;

    if (dimension->type != MEMBER_TIME && dimension->type != MEMBER_DATE)
        return text;
    if (member->path_length == 0 && dimension == member->cube->time)
        return data_unit_name(UNIT_DAY);
    return arena_printf(to->drill->arena, "%s.%s", text, data_unit_name(UNIT_DAY));
}

/* False: not by this spelling. */
static bool offer_as(struct candidates *to, const char *text, const struct dimension *dimension)
{
    struct bound *bound = &to->drill->bound;
    struct name name = {.text = text};
    struct member members[FACT_LIMIT];
    enum data_unit unit;

    if (bind_dimension_name(bound, &name, members, &unit, NULL) < 0 || unit != UNIT_NONE ||
        members[0].dimension != dimension)
        return false;
    if (!is_there(bound, &members[0]))
        ARENA_PUSH(to->drill->arena, to->names, to->count, to->room, offered_text(to, text, &members[0]));
    return true;
}

static void offer(struct candidates *to, const struct cube *home, const struct join *join,
                  const struct dimension *dimension)
{
    struct arena *arena = to->drill->arena;
    const char *text = join != NULL ? arena_printf(arena, "%s.%s", join->name, dimension->name)
                                    : arena_strdup(arena, dimension->name);

    if (dimension->hidden || dimension->alias_of != NULL)
        return;
    if (!drill_is_word(text) && offer_as(to, text, dimension))
        return;
    (void)offer_as(to, arena_printf(arena, "%s.%s", home->name, text), dimension);
}

int query_drill_candidates(struct arena *arena, const struct model *model, const struct query *query,
                           const char *const **ret_names, size_t *ret_count, struct error *error)
{
    struct drill drill;
    struct candidates to = {.drill = &drill};
    const struct cube *home;
    int r = drill_open(&drill, arena, model, query, error);

    if (r < 0)
        return r;
    home = drill.bound.facts[0];
    offer_finer(&to, true);
    offer_finer(&to, false);
    for (size_t i = 0; i < home->dimension_count; i++)
        offer(&to, home, NULL, home->dimensions[i]);
    for (size_t j = 0; j < home->join_count; j++)
        for (size_t i = 0; !home->joins[j]->target->hidden && i < home->joins[j]->target->dimension_count; i++)
            offer(&to, home, home->joins[j], home->joins[j]->target->dimensions[i]);
    *ret_names = to.names;
    *ret_count = to.count;
    return 0;
}
