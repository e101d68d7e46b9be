/*
 * What every part of loading needs: findings with their places, keys in both spellings, plain values.
 */
#include "src/semantic/model_load.h"

#include <stdio.h>
#include <string.h>

/* -- findings ------------------------------------------------------------------------------------------------------ */

static void add_finding(struct load *load, enum finding_severity severity, const struct source *source, size_t at,
                        const char *message, const char *hint)
{
    struct finding finding = { .severity = severity };
    size_t         line, column;

    tree_line_column(source->text, source->length, at, &line, &column);
    finding.where   = arena_printf(load->arena, "%s:%zu:%zu", source->name, line, column);
    finding.message = hint && hint[0] ? arena_printf(load->arena, "%s; %s", message, hint) : arena_strdup(load->arena, message);
    ARENA_PUSH(load->arena, load->model->findings, load->model->finding_count, load->model->finding_room, finding);
}

void load_find(struct load *load, enum finding_severity severity, const struct source *source, size_t at, const char *hint,
               const char *format, ...)
{
    char    message[400];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    add_finding(load, severity, source, at, message, hint);
}

void load_break(struct load *load, struct source *source, size_t at, const char *hint, const char *format, ...)
{
    char    message[400];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    add_finding(load, FINDING_ERROR, source, at, message, hint);
    source->broken = true;
}

void load_refuse(struct load *load, struct draft *draft, const struct tree_node *node, const char *hint, const char *format, ...)
{
    char    message[400], full[600];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    snprintf(full, sizeof full, "%s.%s is left out: %s", draft->home->cube->name, draft->name, message);
    add_finding(load, FINDING_ERROR, draft->home->source, place_of(draft->home->source, node ? node : draft->node), full, hint);
    draft->state = DRAFT_REFUSED;
}

size_t place_of(const struct source *source, const struct tree_node *node)
{
    return tree_place(&source->tree, node, true);
}

const char *load_nearest(struct load *load, const char *word, const char *const *words)
{
    size_t      count = 0;
    const char *nearest;

    while (words[count])
        count++;
    nearest = nearest_word(word, strlen(word), words, count);
    return nearest ? arena_printf(load->arena, "did you mean '%s'?", nearest) : "";
}

const char *load_nearest_key(struct load *load, const char *word, const struct map *map)
{
    const char **names = ARENA_ARRAY(load->arena, const char *, map_count(map) + 1);

    for (size_t i = 0; i < map_count(map); i++)
        names[i] = map_key_at(map, i);
    return load_nearest(load, word, names);
}

/* -- keys ---------------------------------------------------------------------------------------------------------- */

/* "sql_table" is also written sqlTable. */
static bool spells(const char *text, size_t length, const char *key)
{
    size_t at = 0;

    for (; *key; key++) {
        if (*key == '_' && !(at < length && text[at] == '_')) {
            key++;
            if (at == length || text[at++] != (*key >= 'a' && *key <= 'z' ? *key - 'a' + 'A' : *key))
                return false;
        } else if (at == length || text[at++] != *key) {
            return false;
        }
    }
    return at == length;
}

const struct tree_node *load_get(const struct tree_node *object, const char *key)
{
    if (!object || object->kind != TREE_OBJECT)
        return NULL;
    for (const struct tree_node *node = object->first; node; node = node->next)
        if (spells(node->key, node->key_length, key))
            return node;
    return NULL;
}

static const struct key_rule *find_rule(const struct tree_node *node, const struct key_rule *rules)
{
    for (; rules->name; rules++)
        if (spells(node->key, node->key_length, rules->name))
            return rules;
    return NULL;
}

static void refuse_key(struct load *load, struct draft_cube *home, struct draft *draft, const struct tree_node *node,
                       const char *hint, const char *message)
{
    if (draft) {
        load_refuse(load, draft, node, hint, "%s", message);
        return;
    }
    load_find(load, FINDING_ERROR, home->source, place_of(home->source, node), hint, "cube %s is left out: %s",
              home->cube->name, message);
    home->refused = true;
}

bool load_check_keys(struct load *load, struct draft_cube *home, struct draft *draft, const struct tree_node *object,
                     const struct key_rule *rules, const char *what)
{
    const char *names[64];
    size_t      count = 0;
    bool        well  = true;

    for (const struct tree_node *node = object->first; node; node = node->next) {
        const struct key_rule *rule = find_rule(node, rules);
        char                  *key;

        if (rule && rule->effect != KEY_LATER)
            continue;
        key  = arena_strndup(load->arena, node->key, node->key_length);
        well = false;
        if (rule) {
            refuse_key(load, home, draft, node, "", arena_printf(load->arena, "'%s' is for a later version", key));
            continue;
        }
        for (count = 0; rules[count].name && count + 1 < COUNT_OF(names); count++)
            names[count] = rules[count].name;
        names[count] = NULL;
        refuse_key(load, home, draft, node, load_nearest(load, key, names),
                   arena_printf(load->arena, "unknown key '%s' in a %s", key, what));
    }
    return well;
}

/* -- values -------------------------------------------------------------------------------------------------------- */

const char *load_text(struct load *load, struct draft_cube *home, const struct tree_node *object, const char *key)
{
    const struct tree_node *node = load_get(object, key);

    if (!node || node->kind == TREE_NULL)
        return NULL;
    if (node->kind != TREE_STRING) {
        load_break(load, home->source, tree_place(&home->source->tree, node, false), "", "'%s' is a text", key);
        return NULL;
    }
    return tree_text(load->arena, node);
}

bool load_flag(struct load *load, struct draft_cube *home, const struct tree_node *object, const char *key, bool otherwise)
{
    const struct tree_node *node = load_get(object, key);

    if (!node || node->kind == TREE_NULL)
        return otherwise;
    if (node->kind != TREE_TRUE && node->kind != TREE_FALSE) {
        load_break(load, home->source, tree_place(&home->source->tree, node, false), "", "'%s' is true or false", key);
        return otherwise;
    }
    return node->kind == TREE_TRUE;
}

int load_word(struct load *load, struct draft_cube *home, const struct tree_node *node, const char *const *words, const char *what)
{
    if (node->kind == TREE_STRING)
        for (int i = 0; words[i]; i++)
            if (spells(node->text, node->length, words[i]))
                return i;
    load_break(load, home->source, tree_place(&home->source->tree, node, false),
               node->kind == TREE_STRING ? load_nearest(load, tree_text(load->arena, node), words) : "",
               "unknown %s '%.*s'", what, node->kind == TREE_STRING && node->length < 60 ? (int) node->length : 0, node->text);
    return -1;
}

bool load_is_name(const char *text, size_t length)
{
    if (!length || length > 63 || (text[0] >= '0' && text[0] <= '9'))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= '0' && text[i] <= '9')
              || text[i] == '_'))
            return false;
    return true;
}

/* As PostgreSQL reads it: lower case. */
static char *fold(struct arena *arena, const char *text, size_t length)
{
    char *name = arena_strndup(arena, text, length);

    for (char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char) (*c - 'A' + 'a');
    return name;
}

bool load_table(struct load *load, struct draft_cube *home, const struct tree_node *node, const char **ret_schema, const char **ret_table)
{
    const char *text   = node->kind == TREE_STRING ? tree_text(load->arena, node) : "";
    const char *point  = strchr(text, '.'), *table = point ? point + 1 : text;
    size_t      schema = point ? (size_t) (point - text) : 0;

    if (!load_is_name(table, strlen(table)) || (point && !load_is_name(text, schema))) {
        load_break(load, home->source, tree_place(&home->source->tree, node, false), "write it as analytics.dim_video",
                   "'%.100s' is not the name of a table", text);
        return false;
    }
    *ret_schema = point ? fold(load->arena, text, schema) : "analytics";
    *ret_table  = fold(load->arena, table, strlen(table));
    return true;
}
