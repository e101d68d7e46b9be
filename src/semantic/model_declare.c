/*
 * Finds the cubes of a file and the names of their members, before anything in them is read.
 */
#include "src/semantic/model_load.h"

#include <string.h>

static const struct key_rule file_keys[] = {
    { "cubes", KEY_READ },       { "default_cube", KEY_READ }, { "time_zone", KEY_READ }, { "version", KEY_IDLE },
    { "description", KEY_IDLE }, { "meta", KEY_IDLE },         { NULL, KEY_IDLE },
};

static const struct key_rule cube_keys[] = {
    {"name", KEY_READ},           {"sql_table", KEY_READ},        {"sql_where", KEY_READ},
    {"time_dimension", KEY_READ}, {"snapshots", KEY_READ},        {"entities", KEY_READ},
    {"measures", KEY_READ},       {"dimensions", KEY_READ},       {"segments", KEY_READ},
    {"joins", KEY_READ},          {"pre_aggregations", KEY_READ}, {"title", KEY_READ},
    {"description", KEY_READ},    {"public", KEY_READ},           {"shown", KEY_READ},
    {"meta", KEY_IDLE},           {"sql_alias", KEY_IDLE},        {"data_source", KEY_IDLE},
    {"refresh_key", KEY_IDLE},    {"rewrite_queries", KEY_IDLE},  {"hierarchies", KEY_IDLE},
    {"sql", KEY_LATER},           {"extends", KEY_LATER},         {"access_policy", KEY_LATER},
    {"calendar", KEY_LATER},      {"context_members", KEY_LATER}, {NULL, KEY_IDLE},
};

static void *object_new(struct load *load, struct draft *draft)
{
    switch (draft->kind) {
    case DRAFT_MEASURE:
        draft->measure       = ARENA_NEW(load->arena, struct measure);
        draft->measure->cube = draft->home->cube;
        draft->measure->name = draft->name;
        return draft->measure;
    case DRAFT_DIMENSION:
        draft->dimension       = ARENA_NEW(load->arena, struct dimension);
        draft->dimension->cube = draft->home->cube;
        draft->dimension->name = draft->name;
        return draft->dimension;
    case DRAFT_SEGMENT:
        draft->segment       = ARENA_NEW(load->arena, struct segment);
        draft->segment->cube = draft->home->cube;
        draft->segment->name = draft->name;
        return draft->segment;
    case DRAFT_ENTITY:
        draft->entity       = ARENA_NEW(load->arena, struct entity);
        draft->entity->name = draft->name;
        return draft->entity;
    case DRAFT_JOIN:
        draft->join       = ARENA_NEW(load->arena, struct join);
        draft->join->cube = draft->home->cube;
        draft->join->name = draft->name;
        return draft->join;
    case DRAFT_ROLLUP:
        draft->rollup       = ARENA_NEW(load->arena, struct rollup);
        draft->rollup->cube = draft->home->cube;
        draft->rollup->name = draft->name;
        return draft->rollup;
    }
    return NULL;
}

static struct map *map_of(struct draft_cube *home, enum draft_kind kind)
{
    switch (kind) {
    case DRAFT_JOIN:
        return home->joins;
    case DRAFT_ENTITY:
        return home->entities;
    case DRAFT_ROLLUP:
        return home->rollups;
    default:
        return home->members;
    }
}

static void declare_member(struct load *load, struct draft_cube *home, enum draft_kind kind,
                           const struct tree_node *node, const char *name)
{
    struct draft *draft;
    struct map   *map = map_of(home, kind);
    size_t        at  = place_of(home->source, node);

    if (!load_is_name(name, strlen(name))) {
        load_break(load, home->source, at, "letters, digits and _ make a name", "'%.80s' is not a name", name);
        return;
    }
    if (node->kind != TREE_OBJECT) {
        load_break(load, home->source, at, "write it as {\"sql\": …}", "'%s' is an object", name);
        return;
    }
    if (map_get(map, name)) {
        load_break(load, home->source, at, "", "'%s' stands twice in cube %s", name, home->cube->name);
        return;
    }
    draft       = ARENA_NEW(load->arena, struct draft);
    draft->kind = kind;
    draft->name = name;
    draft->home = home;
    draft->node = node;
    object_new(load, draft);
    map_put(map, name, draft);
    ARENA_PUSH(load->arena, home->drafts, home->draft_count, home->draft_room, draft);
}

/* A map of members (the specification) or a list of them with `name` (Cube). */
static void declare_members(struct load *load, struct draft_cube *home, const char *key, enum draft_kind kind)
{
    const struct tree_node *members = load_get(home->node, key);

    if (!members || members->kind == TREE_NULL)
        return;
    if (members->kind != TREE_OBJECT && members->kind != TREE_ARRAY) {
        load_break(load, home->source, place_of(home->source, members), "",
                   "'%s' is a map of members or a list of them", key);
        return;
    }
    for (const struct tree_node *node = members->first; node; node = node->next) {
        const char *name;

        if (members->kind == TREE_OBJECT) {
            name = arena_strndup(load->arena, node->key, node->key_length);
        } else {
            name = load_text(load, home, node, "name");
            if (!name) {
                load_break(load, home->source, place_of(home->source, node), "", "a member of '%s' has no name", key);
                continue;
            }
        }
        declare_member(load, home, kind, node, name);
    }
}

/* Cubes come in the order of the file, so that each part of it is counted once. */
static size_t line_of(struct source *source, size_t at)
{
    const char *text = source->text, *end = text + at;

    for (const char *c = text + source->counted; c < end && (c = memchr(c, '\n', (size_t) (end - c))) != NULL; c++)
        source->lines++;
    if (at > source->counted)
        source->counted = at;
    return source->lines + 1;
}

static struct draft_cube *cube_new(struct load *load, struct source *source, const struct tree_node *node,
                                   const char *name)
{
    struct draft_cube *home = ARENA_NEW(load->arena, struct draft_cube);

    home->source     = source;
    home->node       = node;
    home->members    = map_new();
    home->joins      = map_new();
    home->entities   = map_new();
    home->rollups    = map_new();
    home->memo       = map_new();
    home->cube       = ARENA_NEW(load->arena, struct cube);
    home->cube->name = name;
    home->cube->file = source->name;
    home->cube->line = line_of(source, place_of(source, node));
    ARENA_PUSH(load->arena, load->cubes, load->cube_count, load->cube_room, home);
    return home;
}

static void declare_cube(struct load *load, struct source *source, const struct tree_node *node, const char *name)
{
    struct draft_cube      *home  = cube_new(load, source, node, name), *other = map_get(load->cube_names, name);
    const struct tree_node *table = load_get(node, "sql_table");

    if (!load_is_name(name, strlen(name)))
        load_break(load, source, place_of(source, node), "letters, digits and _ make a name", "'%.80s' is not a name",
                   name);
    else if (other)
        load_break(load, source, place_of(source, node), "", "cube %s stands in %s already", name, other->source->name);
    else
        map_put(load->cube_names, name, home);
    load_check_keys(load, home, NULL, node, cube_keys, "cube");
    home->cube->title       = load_text(load, home, node, "title");
    home->cube->description = load_text(load, home, node, "description");
    home->cube->hidden = !load_flag(load, home, node, "public", true) || !load_flag(load, home, node, "shown", true);
    home->time_name         = load_text(load, home, node, "time_dimension");
    home->cube->schema      = "analytics";
    home->cube->table       = "";
    if (table)
        load_table(load, home, table, &home->cube->schema, &home->cube->table);
    else if (!home->refused)
        load_break(load, source, place_of(source, node), "", "cube %s has no 'sql_table'", name);
    if ((table = load_get(node, "snapshots")) != NULL)
        load_table(load, home, table, &home->cube->snapshot_schema, &home->cube->snapshot_table);
    declare_members(load, home, "dimensions", DRAFT_DIMENSION);
    declare_members(load, home, "measures", DRAFT_MEASURE);
    declare_members(load, home, "segments", DRAFT_SEGMENT);
    declare_members(load, home, "entities", DRAFT_ENTITY);
    declare_members(load, home, "joins", DRAFT_JOIN);
    declare_members(load, home, "pre_aggregations", DRAFT_ROLLUP);
}

static void declare_settings(struct load *load, struct source *source, const struct tree_node *root)
{
    const struct tree_node *cube = load_get(root, "default_cube"), *zone = load_get(root, "time_zone");
    const struct zone      *known;

    if (cube && cube->kind == TREE_STRING) {
        load->default_cube   = tree_text(load->arena, cube);
        load->default_source = source;
        load->default_node   = cube;
    } else if (cube) {
        load_break(load, source, place_of(source, cube), "", "'default_cube' is a text");
    }
    if (!zone)
        return;
    if (zone->kind == TREE_STRING && zone_find(tree_text(load->arena, zone), &known) == 0)
        load->model->time_zone = tree_text(load->arena, zone);
    else
        load_break(load, source, place_of(source, zone), "names are those of the IANA database: America/Los_Angeles",
                   "'time_zone' names no time zone");
}

static void check_file_keys(struct load *load, struct source *source, const struct tree_node *root)
{
    static const char *const names[] = { "cubes", "default_cube", "time_zone", NULL };

    for (const struct tree_node *node = root->first; node; node = node->next) {
        const struct key_rule *rule = file_keys;
        char                  *key  = arena_strndup(load->arena, node->key, node->key_length);

        while (rule->name && load_get(root, rule->name) != node)
            rule++;
        if (text_equal(key, "views"))
            load_find(load, FINDING_WARNING, source, place_of(source, node), "", "'views' are not read");
        else if (!rule->name)
            load_find(load, FINDING_ERROR, source, place_of(source, node), load_nearest(load, key, names),
                      "unknown key '%.80s' in a model file", key);
    }
}

/* `cubes` is a list; a map of cubes by name and a single cube alone are taken as well. */
void load_declare(struct load *load, struct source *source)
{
    const struct tree_node *root = source->tree.root, *cubes = load_get(root, "cubes"), *name;

    if (root->kind != TREE_OBJECT) {
        load_break(load, source, 0, "write {\"cubes\": [ … ]}", "a model file is an object");
        return;
    }
    if (!cubes && load_get(root, "sql_table") && (name = load_get(root, "name")) && name->kind == TREE_STRING) {
        declare_cube(load, source, root, tree_text(load->arena, name));
        return;
    }
    check_file_keys(load, source, root);
    declare_settings(load, source, root);
    if (!cubes)
        return;
    if (cubes->kind != TREE_ARRAY && cubes->kind != TREE_OBJECT) {
        load_break(load, source, place_of(source, cubes), "", "'cubes' is a list");
        return;
    }
    for (const struct tree_node *node = cubes->first; node; node = node->next) {
        name = load_get(node, "name");
        if (node->kind != TREE_OBJECT || (cubes->kind == TREE_ARRAY && (!name || name->kind != TREE_STRING)))
            load_break(load, source, place_of(source, node), "", "a cube is an object with a 'name'");
        else if (name && name->kind == TREE_STRING)
            declare_cube(load, source, node, tree_text(load->arena, name));
        else
            declare_cube(load, source, node, arena_strndup(load->arena, node->key, node->key_length));
    }
}
