/*
 * What reads one row out of many. SQL over the row alone, or over a row it meets at most one of, says one thing of each
 * row; SQL that reaches through a one_to_many join would say several, and whatever rests on it would count rows more
 * than once without a word. It is left out; the member of the joined cube is asked for by its own name instead.
 */
#include "src/semantic/model_load.h"

/* The one_to_many join that the fragment reads through; NULL: none. What rests on such a one goes with it. */
static const struct join *many_in_fragment(const struct fragment *fragment)
{
    for (size_t i = 0; i < fragment->join_count; i++)
        if (fragment->joins[i]->kind == JOIN_ONE_TO_MANY)
            return fragment->joins[i];
    return NULL;
}

static const struct join *many_in_measure(const struct measure *measure)
{
    const struct join *many = many_in_fragment(&measure->sql);

    for (size_t i = 0; !many && i < measure->aggregate_count; i++) {
        many = many_in_fragment(&measure->aggregates[i].argument);
        if (!many)
            many = many_in_fragment(&measure->aggregates[i].filter);
    }
    if (!many)
        many = many_in_fragment(&measure->present);
    if (!many)
        many = many_in_fragment(&measure->filter);
    if (!many && measure->inner && measure->inner->name == measure->name) /* Cube's rolling_window */
        many = many_in_measure(measure->inner);
    return many;
}

static const struct join *many_in_draft(const struct draft *draft)
{
    const struct join *many;

    switch (draft->kind) {
    case DRAFT_DIMENSION:
        many = many_in_fragment(&draft->dimension->sql);
        return many ? many : many_in_fragment(&draft->dimension->key);
    case DRAFT_MEASURE:
        return many_in_measure(draft->measure);
    case DRAFT_SEGMENT:
        return many_in_fragment(&draft->segment->sql);
    case DRAFT_ENTITY:
        return many_in_fragment(&draft->entity->key);
    case DRAFT_JOIN:
        return draft->join->kind == JOIN_ONE_TO_MANY ? NULL : many_in_fragment(&draft->join->sql);
    case DRAFT_ROLLUP:
        break;
    }
    return NULL;
}

static void refuse(struct load *load, struct draft *draft, const struct join *many)
{
    const char *target = many->target->name, *hint;

    if (draft->kind == DRAFT_JOIN)
        hint = arena_printf(load->arena, "'%s' meets as many rows: its relationship is one_to_many too", draft->name);
    else if (draft->kind == DRAFT_MEASURE)
        hint = arena_printf(load->arena, "make it a measure of %s", target);
    else
        hint = arena_printf(load->arena, "make it a member of %s and ask for %s.%s", target, many->name, draft->name);
    load_refuse(load, draft, NULL, hint, "it reads '%s', and a row of %s has many of %s", many->name, many->cube->name,
                target);
}

void load_refuse_fanout(struct load *load)
{
    for (size_t i = 0; i < load->cube_count; i++) {
        struct draft_cube *home = load->cubes[i];
        const struct join *many = home->refused ? NULL : many_in_fragment(&home->cube->condition);

        if (many) {
            load_find(load, FINDING_ERROR, home->source, place_of(home->source, home->node), "",
                      "cube %s is left out: its 'sql_where' reads '%s', and a row has many of %s", home->cube->name,
                      many->name, many->target->name);
            home->refused = true;
        }
        for (size_t j = 0; !home->refused && j < home->draft_count; j++) {
            many = home->drafts[j]->state == DRAFT_DONE ? many_in_draft(home->drafts[j]) : NULL;
            if (many)
                refuse(load, home->drafts[j], many);
        }
    }
}
