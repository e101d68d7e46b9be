/*
 * Joins and declared rollups: what ties members of several cubes, or several members of one, together.
 */
#include "src/semantic/model_load.h"

#include <string.h>

static const struct key_rule join_keys[] = {
    { "name", KEY_READ },        { "cube", KEY_READ }, { "relationship", KEY_READ }, { "sql", KEY_READ },
    { "description", KEY_IDLE }, { "title", KEY_IDLE }, { "meta", KEY_IDLE },        { NULL, KEY_IDLE },
};

static const struct key_rule rollup_keys[] = {
    { "name", KEY_READ },                     { "type", KEY_READ },                  { "measures", KEY_READ },
    { "measure_references", KEY_READ },       { "dimensions", KEY_READ },            { "dimension_references", KEY_READ },
    { "segments", KEY_READ },                 { "segment_references", KEY_READ },    { "time_dimension", KEY_READ },
    { "time_dimension_reference", KEY_READ }, { "granularity", KEY_READ },           { "description", KEY_READ },
    { "refresh_key", KEY_IDLE },              { "partition_granularity", KEY_IDLE }, { "indexes", KEY_IDLE },
    { "scheduled_refresh", KEY_IDLE },        { "external", KEY_IDLE },              { "build_range_start", KEY_IDLE },
    { "build_range_end", KEY_IDLE },          { "refresh_range_start", KEY_IDLE },   { "refresh_range_end", KEY_IDLE },
    { "use_original_sql_pre_aggregations", KEY_IDLE }, { "unique_key_columns", KEY_IDLE }, { "meta", KEY_IDLE },
    { "allow_non_strict_date_range_match", KEY_IDLE }, { "time_dimensions", KEY_LATER },   { "rollups", KEY_LATER },
    { "union_with_source_data", KEY_LATER },  { NULL, KEY_IDLE },
};

/* -- joins --------------------------------------------------------------------------------------------------------- */

static bool read_relationship(struct load *load, struct draft *draft)
{
    static const char *const words[] = { "many_to_one", "one_to_one", "one_to_many", "belongs_to", "has_one", "has_many", NULL };
    static const enum join_kind kinds[] = { JOIN_MANY_TO_ONE, JOIN_ONE_TO_ONE, JOIN_ONE_TO_MANY,
                                            JOIN_MANY_TO_ONE, JOIN_ONE_TO_ONE, JOIN_ONE_TO_MANY };
    struct source          *source = draft->home->source;
    const struct tree_node *node   = load_get(draft->node, "relationship");
    int                     word;

    if (!node) {
        load_break(load, source, place_of(source, draft->node), "many_to_one, one_to_one or one_to_many",
                   "join '%s' has no 'relationship'", draft->name);
        return false;
    }
    word = load_word(load, draft->home, node, words, "relationship");
    if (word < 0)
        return false;
    draft->join->kind = kinds[word];
    return true;
}

static bool names_itself(const struct join *join)
{
    for (size_t i = 0; i < join->sql.join_count; i++)
        if (join->sql.joins[i] == join)
            return true;
    return false;
}

void draft_read_join(struct load *load, struct draft *draft)
{
    struct draft_cube *home = draft->home, *target;
    const char        *name;

    if (!load_check_keys(load, home, draft, draft->node, join_keys, "join"))
        return;
    name = load_text(load, home, draft->node, "cube");
    if (!name)
        name = draft->name;
    target = map_get(load->cube_names, name);
    if (!target) {
        load_refuse(load, draft, load_get(draft->node, "cube"), load_nearest_key(load, name, load->cube_names),
                    "there is no cube '%.80s'", name);
        return;
    }
    draft->join->target = target->cube;
    if (!read_relationship(load, draft) || !load_row_sql(load, home, draft, "sql", &draft->join->sql))
        return;
    if (!draft->join->sql.piece_count)
        load_break(load, home->source, place_of(home->source, draft->node), "", "join '%s' has no 'sql'", draft->name);
    else if (!names_itself(draft->join))
        load_break(load, home->source, place_of(home->source, load_get(draft->node, "sql")), "write {CUBE}.key = {join}.key",
                   "join '%s' does not name the cube it goes to", draft->name);
}

/* -- rollups ------------------------------------------------------------------------------------------------------- */

/* The nodes of a list of names, or one name alone; NULL when there is none. */
static const struct tree_node *first_name(const struct tree_node *object, const char *key, const char *other, bool *ret_list)
{
    const struct tree_node *node = load_get(object, key);

    if (!node)
        node = load_get(object, other);
    *ret_list = node && node->kind == TREE_ARRAY;
    return *ret_list ? node->first : node;
}

/* A member the rollup stores, by any of the ways Cube writes it. NULL: refused or broken. */
static struct draft *rollup_member(struct load *load, struct draft *draft, const struct tree_node *node, enum draft_kind kind)
{
    struct draft *member;

    if (node->kind == TREE_STRING && memchr(node->text, '.', node->length)) {
        const char   *point = memchr(node->text, '.', node->length);
        struct draft *join  = map_get_bytes(draft->home->joins, node->text, (size_t) (point - node->text));

        if (join) {
            load_refuse(load, draft, node, "", "members of joins in a rollup are for a later version");
            return NULL;
        }
    }
    member = draft_find(load, draft->home, node, kind);
    if (member && !draft_ready(load, member)) {
        load_refuse(load, draft, node, "", "it needs '%s', which is left out", member->name);
        return NULL;
    }
    return member;
}

static bool read_rollup_measures(struct load *load, struct draft *draft)
{
    struct rollup          *rollup = draft->rollup;
    size_t                  room   = 0;
    bool                    list;
    const struct tree_node *node = first_name(draft->node, "measures", "measure_references", &list);

    for (; node; node = list ? node->next : NULL) {
        struct draft *member = rollup_member(load, draft, node, DRAFT_MEASURE);

        if (!member)
            return false;
        ARENA_PUSH(load->arena, rollup->measures, rollup->measure_count, room, member->measure);
    }
    return true;
}

/* A time dimension named both as dimension and as time dimension counts once, at the granularity. */
static bool read_rollup_dimensions(struct load *load, struct draft *draft)
{
    struct rollup          *rollup = draft->rollup;
    size_t                  room   = 0;
    bool                    list;
    const struct tree_node *node = first_name(draft->node, "dimensions", "dimension_references", &list);

    for (; node; node = list ? node->next : NULL) {
        struct draft *member = rollup_member(load, draft, node, DRAFT_DIMENSION);

        if (!member)
            return false;
        if (member->dimension == rollup->time)
            load_find(load, FINDING_WARNING, draft->home->source, tree_place(&draft->home->source->tree, node, false), "",
                      "%s.%s: '%s' stands as dimension and as time dimension; it counts once, at the granularity",
                      draft->home->cube->name, draft->name, member->name);
        else
            ARENA_PUSH(load->arena, rollup->dimensions, rollup->dimension_count, room, member->dimension);
    }
    return true;
}

static bool read_rollup_segments(struct load *load, struct draft *draft)
{
    struct rollup          *rollup = draft->rollup;
    size_t                  room   = 0;
    bool                    list;
    const struct tree_node *node = first_name(draft->node, "segments", "segment_references", &list);

    for (; node; node = list ? node->next : NULL) {
        struct draft *member = rollup_member(load, draft, node, DRAFT_SEGMENT);

        if (!member)
            return false;
        ARENA_PUSH(load->arena, rollup->segments, rollup->segment_count, room, member->segment);
    }
    return true;
}

static bool read_rollup_time(struct load *load, struct draft *draft)
{
    struct source          *source = draft->home->source;
    bool                    list;
    const struct tree_node *node = first_name(draft->node, "time_dimension", "time_dimension_reference", &list);
    const struct tree_node *unit = load_get(draft->node, "granularity");
    struct draft           *member;

    if (!node)
        return true;
    member = rollup_member(load, draft, node, DRAFT_DIMENSION);
    if (!member)
        return false;
    if (member->dimension->type != MEMBER_TIME && member->dimension->type != MEMBER_DATE) {
        load_break(load, source, place_of(source, node), "", "'%s' is no time dimension", member->name);
        return false;
    }
    draft->rollup->time = member->dimension;
    if (unit && unit->kind == TREE_STRING && data_unit_from_text(unit->text, unit->length, &draft->rollup->unit) == 0)
        return true;
    load_break(load, source, place_of(source, unit ? unit : draft->node), "second minute hour day week month quarter year",
               "rollup '%s' has no 'granularity' that is known", draft->name);
    return false;
}

void draft_read_rollup(struct load *load, struct draft *draft)
{
    static const char *const types[] = { "rollup", "original_sql", "rollup_join", "rollup_lambda", "auto_rollup", NULL };
    const struct tree_node  *type    = load_get(draft->node, "type");
    int                      word    = 0;

    if (!load_check_keys(load, draft->home, draft, draft->node, rollup_keys, "rollup"))
        return;
    draft->rollup->description = load_text(load, draft->home, draft->node, "description");
    if (type && (word = load_word(load, draft->home, type, types, "type of a rollup")) < 0)
        return;
    if (word > 0) {
        load_refuse(load, draft, type, "", "type '%s' is for a later version", types[word]);
        return;
    }
    if (read_rollup_time(load, draft) && read_rollup_measures(load, draft) && read_rollup_dimensions(load, draft))
        read_rollup_segments(load, draft);
}
