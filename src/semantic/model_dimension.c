/*
 * Dimensions, segments and entities; and what all members have in common.
 */
#include "src/semantic/model_load.h"

#include <string.h>

static const struct key_rule dimension_keys[] = {
    { "name", KEY_READ },         { "sql", KEY_READ },           { "type", KEY_READ },        { "key", KEY_READ },
    { "primary_key", KEY_READ },  { "constant_for", KEY_READ },  { "alias_of", KEY_READ },    { "title", KEY_READ },
    { "description", KEY_READ },  { "format", KEY_READ },        { "currency", KEY_READ },    { "decimals", KEY_READ },
    { "public", KEY_READ },       { "shown", KEY_READ },         { "meta", KEY_IDLE },        { "suggest_filter_values", KEY_IDLE },
    { "order", KEY_IDLE },        { "links", KEY_IDLE },         { "case", KEY_LATER },       { "sub_query", KEY_LATER },
    { "latitude", KEY_LATER },    { "longitude", KEY_LATER },    { "granularities", KEY_LATER }, { "multi_stage", KEY_LATER },
    { "propagate_filters_to_sub_query", KEY_LATER }, { "switch", KEY_LATER }, { "mask", KEY_LATER }, { NULL, KEY_IDLE },
};

static const struct key_rule segment_keys[] = {
    { "name", KEY_READ },   { "sql", KEY_READ },   { "title", KEY_READ }, { "description", KEY_READ },
    { "public", KEY_READ }, { "shown", KEY_READ }, { "meta", KEY_IDLE },  { NULL, KEY_IDLE },
};

static const struct key_rule entity_keys[] = {
    { "name", KEY_READ },      { "sql", KEY_READ },         { "sql_table", KEY_READ }, { "key", KEY_READ },
    { "published", KEY_READ }, { "description", KEY_IDLE }, { "meta", KEY_IDLE },      { NULL, KEY_IDLE },
};

void draft_common(struct load *load, struct draft *draft, const char **ret_title, const char **ret_description)
{
    *ret_title       = load_text(load, draft->home, draft->node, "title");
    *ret_description = load_text(load, draft->home, draft->node, "description");
}

/* -- formats ------------------------------------------------------------------------------------------------------- */

/* "percent", and Cube's "percent_1" with the decimals behind. */
static bool format_from_text(const char *text, enum data_format *ret_format, int *ret_decimals)
{
    static const struct { const char *name; enum data_format format; } formats[] = {
        { "number", FORMAT_NUMBER },     { "percent", FORMAT_PERCENT }, { "currency", FORMAT_CURRENCY },
        { "duration", FORMAT_DURATION }, { "bytes", FORMAT_BYTES },     { "decimal", FORMAT_NUMBER },
        { "abbr", FORMAT_NUMBER },       { "accounting", FORMAT_NUMBER }, { "id", FORMAT_PLAIN },
    };

    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        size_t length = strlen(formats[i].name);

        if (!text_starts(text, formats[i].name))
            continue;
        if (text[length] == '_' && text[length + 1] >= '0' && text[length + 1] <= '6' && !text[length + 2])
            *ret_decimals = text[length + 1] - '0';
        else if (text[length])
            continue;
        *ret_format = formats[i].format;
        return true;
    }
    return false;
}

void draft_format(struct load *load, struct draft *draft, enum data_format otherwise, enum data_format *ret_format,
                  int *ret_decimals, const char **ret_currency)
{
    static const char *const names[] = { "number", "percent", "currency", "duration", "bytes", NULL };
    struct draft_cube       *home     = draft->home;
    const struct tree_node  *format   = load_get(draft->node, "format"), *decimals = load_get(draft->node, "decimals");
    const char              *text     = format && format->kind == TREE_STRING ? tree_text(load->arena, format) : NULL;

    *ret_format   = otherwise;
    *ret_decimals = -1;
    *ret_currency = load_text(load, home, draft->node, "currency");
    if (format && !(text && format_from_text(text, ret_format, ret_decimals)))
        load_find(load, FINDING_WARNING, home->source, place_of(home->source, format),
                  text ? load_nearest(load, text, names) : "", "%s.%s: this format is not known and shows as plain",
                  home->cube->name, draft->name);
    if (!decimals)
        return;
    if (decimals->kind == TREE_NUMBER && decimals->length == 1)
        *ret_decimals = decimals->text[0] - '0';
    else
        load_break(load, home->source, place_of(home->source, decimals), "", "'decimals' is a number from 0 to 9");
}

/* -- dimensions ---------------------------------------------------------------------------------------------------- */

struct draft *load_measure_of_other(const struct load *load, const char *name, size_t length)
{
    const char        *point = memchr(name, '.', length);
    struct draft_cube *other = point ? map_get_bytes(load->cube_names, name, (size_t)(point - name)) : NULL;
    struct draft      *draft = other ? map_get_bytes(other->members, point + 1, length - (size_t)(point + 1 - name)) : NULL;

    return draft && draft->kind == DRAFT_MEASURE ? draft : NULL;
}

struct draft *draft_find(struct load *load, struct draft_cube *home, const struct tree_node *node, enum draft_kind kind)
{
    static const char *const kinds[] = { "measure", "dimension", "segment" };
    const char  *name  = node->kind == TREE_STRING ? tree_text(load->arena, node) : "";
    const char  *point = strchr(name, '.');
    struct draft *draft;

    if (point && (strncmp(name, "CUBE.", 5) == 0
                  || (strlen(home->cube->name) == (size_t) (point - name) && text_starts(name, home->cube->name))))
        name = point + 1;
    draft = map_get(home->members, name);
    if (!draft && kind == DRAFT_MEASURE)
        draft = load_measure_of_other(load, name, strlen(name));
    if (draft && draft->kind == kind)
        return draft;
    load_break(load, home->source, tree_place(&home->source->tree, node, false), load_nearest_key(load, name, home->members),
               "cube %s has no %s '%.80s'", home->cube->name, kinds[kind], name);
    return NULL;
}

static void read_constant_for(struct load *load, struct draft *draft)
{
    const struct tree_node *node = load_get(draft->node, "constant_for"), *item;
    struct source          *source = draft->home->source;
    size_t                  room = 0;

    if (!node)
        return;
    if (node->kind != TREE_ARRAY && node->kind != TREE_STRING) {
        load_break(load, source, place_of(source, node), "", "'constant_for' is a list of entities");
        return;
    }
    for (item = node->kind == TREE_ARRAY ? node->first : node; item; item = node->kind == TREE_ARRAY ? item->next : NULL) {
        const char   *name   = item->kind == TREE_STRING ? tree_text(load->arena, item) : "";
        struct draft *entity = map_get(draft->home->entities, name);

        if (!entity) {
            load_break(load, source, place_of(source, item), load_nearest_key(load, name, draft->home->entities),
                       "cube %s has no entity '%.80s'", draft->home->cube->name, name);
            return;
        }
        ARENA_PUSH(load->arena, draft->dimension->constant_for, draft->dimension->constant_count, room, entity->name);
    }
}

/* An old name: everything it does not say itself is as in the new one. */
static bool read_alias(struct load *load, struct draft *draft, const struct tree_node *node)
{
    struct draft     *other = draft_find(load, draft->home, node, DRAFT_DIMENSION);
    struct dimension *dimension = draft->dimension;
    const char       *description = dimension->description, *title = dimension->title;

    if (!other)
        return false;
    if (other->state == DRAFT_BUSY || !draft_ready(load, other)) {
        load_refuse(load, draft, node, "", "it needs '%s', which %s", other->name,
                    other->state == DRAFT_BUSY ? "rests on it" : "is left out");
        return false;
    }
    *dimension             = *other->dimension;
    dimension->name        = draft->name;
    dimension->alias_of    = other->dimension;
    dimension->primary_key = false;
    dimension->title       = title;
    dimension->description = description;
    draft->weight          = other->weight;
    return true;
}

static bool read_type(struct load *load, struct draft *draft)
{
    static const char *const types[] = { "string", "number", "boolean", "time", "date", "array", "geo", "switch", NULL };
    static const enum member_type members[] = { MEMBER_STRING, MEMBER_NUMBER, MEMBER_BOOLEAN, MEMBER_TIME, MEMBER_DATE, MEMBER_ARRAY };
    const struct tree_node *node = load_get(draft->node, "type");
    int                     type;

    if (!node) {
        load_break(load, draft->home->source, place_of(draft->home->source, draft->node), "", "dimension '%s' has no 'type'", draft->name);
        return false;
    }
    type = load_word(load, draft->home, node, types, "type of a dimension");
    if (type < 0)
        return false;
    if ((size_t) type >= COUNT_OF(members)) {
        load_refuse(load, draft, node, "", "type '%s' is for a later version", types[type]);
        return false;
    }
    draft->dimension->type = members[type];
    return true;
}

void draft_read_dimension(struct load *load, struct draft *draft)
{
    struct draft_cube      *home      = draft->home;
    struct dimension       *dimension = draft->dimension;
    const struct tree_node *alias     = load_get(draft->node, "alias_of");

    if (!load_check_keys(load, home, draft, draft->node, dimension_keys, "dimension"))
        return;
    draft_common(load, draft, &dimension->title, &dimension->description);
    if (alias && !read_alias(load, draft, alias))
        return;
    if ((!alias || load_get(draft->node, "type")) && !read_type(load, draft))
        return;
    if (!load_row_sql(load, home, draft, "sql", &dimension->sql) || !load_row_sql(load, home, draft, "key", &dimension->key))
        return;
    if (!dimension->sql.piece_count) {
        load_break(load, home->source, place_of(home->source, draft->node), "", "dimension '%s' has no 'sql'", draft->name);
        return;
    }
    if (!alias || load_get(draft->node, "format"))
        draft_format(load, draft, FORMAT_PLAIN, &dimension->format, &dimension->decimals, &dimension->currency);
    dimension->primary_key = load_flag(load, home, draft->node, "primary_key", false);
    dimension->hidden      = !load_flag(load, home, draft->node, "public", true) || !load_flag(load, home, draft->node, "shown", true);
    read_constant_for(load, draft);
}

void draft_read_segment(struct load *load, struct draft *draft)
{
    struct segment *segment = draft->segment;

    if (!load_check_keys(load, draft->home, draft, draft->node, segment_keys, "segment"))
        return;
    draft_common(load, draft, &segment->title, &segment->description);
    if (load_row_sql(load, draft->home, draft, "sql", &segment->sql) && !segment->sql.piece_count)
        load_break(load, draft->home->source, place_of(draft->home->source, draft->node), "", "segment '%s' has no 'sql'", draft->name);
}

void draft_read_entity(struct load *load, struct draft *draft)
{
    struct entity          *entity = draft->entity;
    struct source          *source = draft->home->source;
    const struct tree_node *table  = load_get(draft->node, "sql_table");

    if (!load_check_keys(load, draft->home, draft, draft->node, entity_keys, "entity"))
        return;
    if (!load_row_sql(load, draft->home, draft, "sql", &entity->key))
        return;
    if (!entity->key.piece_count) {
        load_break(load, source, place_of(source, draft->node), "", "entity '%s' has no 'sql'", draft->name);
        return;
    }
    entity->table_key = load_text(load, draft->home, draft->node, "key");
    entity->published = load_text(load, draft->home, draft->node, "published");
    if (!table)
        return;
    if (!load_table(load, draft->home, table, &entity->schema, &entity->table))
        return;
    if (!entity->table_key || !load_is_name(entity->table_key, strlen(entity->table_key)))
        load_break(load, source, place_of(source, table), "", "entity '%s' has a table and needs the 'key' in it", draft->name);
    if (entity->published && !load_is_name(entity->published, strlen(entity->published)))
        load_break(load, source, place_of(source, table), "", "'published' of entity '%s' is a column of its table", draft->name);
}
