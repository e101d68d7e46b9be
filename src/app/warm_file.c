/* Warm sets as files: read, with the place of what is wrong. */
#include "ytempire/app/warm.h"

#include <string.h>

#include "ytempire/base/file.h"
#include "ytempire/base/str.h"
#include "ytempire/base/tree.h"
#include "ytempire/conf/named.h"

#define WARM_FILE_MOST (1u << 20)
#define WARM_DEPTH 16

static struct conf_named warm_files(void)
{
    struct conf_named named = {.ending = ".json", .noun = "warm set", .list = "'cache warm' makes all there are"};

    conf_named_begin(&named, "queries/warm");
    return named;
}

int app_warm_names(char ***ret_names, size_t *ret_count, struct error *error)
{
    struct conf_named named = warm_files();
    int               r = conf_named_list(&named, ret_names, ret_count, error);

    conf_named_done(&named);
    return r;
}

void app_warm_names_free(char **names, size_t count)
{
    conf_named_free(names, count);
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

struct reading {
    struct arena *arena;
    struct tree   tree;
    const char   *path;
    struct error *error;
};

static int fail_at(struct reading *reading, size_t at, const char *message)
{
    size_t line, column;

    tree_line_column(reading->tree.text, reading->tree.length, at, &line, &column);
    error_set(reading->error, ERR_SYNTAX, "a broken warm set: %s", message);
    error_where(reading->error, reading->path, line, column);
    return ERR_SYNTAX;
}

static int fail(struct reading *reading, const struct tree_node *node, const char *message)
{
    return fail_at(reading, tree_place(&reading->tree, node, false), message);
}

static const char *where_of(struct reading *reading, const struct tree_node *node, size_t more)
{
    size_t line, column;

    tree_line_column(reading->tree.text, reading->tree.length, tree_place(&reading->tree, node, false) + more, &line,
                     &column);
    return arena_printf(reading->arena, "%s:%zu:%zu", reading->path, line, column);
}

/* What is not known is refused: a misspelt "as_of" would be left out in silence. */
static int check_names(struct reading *reading, const struct tree_node *object, const char *const *names, size_t count)
{
    for (const struct tree_node *node = object->first; node != NULL; node = node->next) {
        const char *near;
        size_t      i = 0;

        while (i < count && !tree_key_is(node, names[i]))
            i++;
        if (i < count)
            continue;
        near = nearest_word(node->key, node->key_length, names, count);
        (void)fail_at(reading, tree_place(&reading->tree, node, true),
                      arena_printf(reading->arena, "'%.*s' means nothing here", (int)node->key_length, node->key));
        if (near != NULL)
            error_hint(reading->error, "did you mean '%s'?", near);
        return ERR_SYNTAX;
    }
    return 0;
}

/* A text, or a list of lines. NULL when it is not there. */
static int read_text(struct reading *reading, const struct tree_node *object, const char *name, const char **ret_text)
{
    const struct tree_node *node = tree_get(object, name);
    struct str              text = STR_INIT;

    *ret_text = NULL;
    if (node == NULL)
        return 0;
    if (node->kind == TREE_STRING)
        str_add(&text, tree_text(reading->arena, node));
    for (const struct tree_node *line = node->kind == TREE_ARRAY ? node->first : NULL; line != NULL;
         line = line->next) {
        if (line->kind != TREE_STRING)
            node = line;
        else
            str_addf(&text, "%s%s", text.length > 0 ? "\n" : "", tree_text(reading->arena, line));
    }
    *ret_text = arena_strdup(reading->arena, str_text(&text));
    str_done(&text);
    if ((node->kind != TREE_STRING && node->kind != TREE_ARRAY) || **ret_text == '\0')
        return fail(reading, node, arena_printf(reading->arena, "'%s' is a text, or a list of lines", name));
    return 0;
}

static int need_text(struct reading *reading, const struct tree_node *object, const char *name, const char **ret_text)
{
    int r = read_text(reading, object, name, ret_text);

    if (r >= 0 && *ret_text == NULL)
        r = fail(reading, object, arena_printf(reading->arena, "'%s' is missing", name));
    return r;
}

static int read_key(struct reading *reading, const struct tree_node *object, struct app_warm_entry *entry)
{
    const char *const *names;
    size_t             count, at;
    struct error       why = ERROR_INIT;
    int                r = need_text(reading, object, "key", &entry->key);

    if (r < 0)
        return r;
    entry->key_where = where_of(reading, tree_get(object, "key"), 0);
    if (cache_entry_columns(reading->arena, entry->key, &names, &count, &at, &why) < 0) {
        const struct tree_node *node = tree_get(object, "key");

        r = fail_at(reading,
                    node->kind == TREE_STRING ? tree_text_place(&reading->tree, node, at)
                                              : tree_place(&reading->tree, node, false),
                    why.text);
        error_hint(reading->error, "%s", why.hint);
    }
    error_done(&why);
    return r;
}

static int read_entry(struct reading *reading, const struct tree_node *object, struct app_warm_entry *entry)
{
    static const char *const names[] = {"key", "query", "sql", "description"};
    const char              *description;
    int                      r;

    if (object->kind != TREE_OBJECT)
        return fail(reading, object, "an entry is an object with a key and what answers it");
    r = check_names(reading, object, names, COUNT_OF(names));
    if (r >= 0)
        r = read_key(reading, object, entry);
    if (r >= 0)
        r = read_text(reading, object, "query", &entry->query);
    if (r >= 0)
        r = read_text(reading, object, "sql", &entry->sql);
    if (r >= 0)
        r = read_text(reading, object, "description", &description);
    if (r >= 0 && (entry->query == NULL) == (entry->sql == NULL))
        r = fail(reading, object, "an entry is answered by 'query' or by 'sql', one of them");
    if (r >= 0)
        entry->where = where_of(reading, tree_get(object, entry->sql != NULL ? "sql" : "query"), 0);
    return r;
}

static int read_entries(struct reading *reading, struct app_warm_set *set)
{
    const struct tree_node *list = tree_get(reading->tree.root, "entries");
    int                     r = 0;

    if (list == NULL || list->kind != TREE_ARRAY || list->count == 0)
        return fail(reading, list != NULL ? list : reading->tree.root, "'entries' is a list of at least one");
    set->entries = ARENA_ARRAY(reading->arena, struct app_warm_entry, list->count);
    for (const struct tree_node *node = list->first; node != NULL && r >= 0; node = node->next)
        r = read_entry(reading, node, &set->entries[set->entry_count++]);
    return r;
}

static int read_class(struct reading *reading, struct app_warm_set *set)
{
    const char *name, *list = "";
    int         r = need_text(reading, reading->tree.root, "class", &name);

    if (r < 0)
        return r;
    set->class = cache_class_find(name);
    if (set->class != NULL)
        return 0;
    for (int i = 0; i < CLASS_COUNT; i++)
        list = arena_printf(reading->arena, "%s%s%s", list, i > 0 ? ", " : "",
                            cache_class((enum cache_class_id)i)->name);
    (void)fail(reading, tree_get(reading->tree.root, "class"),
               arena_printf(reading->arena, "'%s' is no class", name));
    error_hint(reading->error, "there are %s", list);
    return ERR_SYNTAX;
}

/* The file's name is what schedules and people say. */
static int read_name(struct reading *reading, struct app_warm_set *set)
{
    const char *name;
    int         r = need_text(reading, reading->tree.root, "name", &name);

    if (r >= 0 && !text_equal(name, set->name))
        r = fail(reading, tree_get(reading->tree.root, "name"),
                 arena_printf(reading->arena, "its name is '%s', and that of its file '%s'", name, set->name));
    return r;
}

static int read_set(struct reading *reading, struct app_warm_set *set)
{
    static const char *const names[] = {"name", "description", "class", "schedule", "as_of", "entries"};
    const struct tree_node  *root = reading->tree.root;
    const char              *description;
    int                      r;

    if (root->kind != TREE_OBJECT)
        return fail(reading, root, "it is an object");
    r = check_names(reading, root, names, COUNT_OF(names));
    if (r >= 0)
        r = read_name(reading, set);
    if (r >= 0)
        r = read_text(reading, root, "description", &description);
    if (r >= 0)
        r = read_class(reading, set);
    if (r >= 0)
        r = read_text(reading, root, "schedule", &set->schedule);
    if (r >= 0)
        r = read_text(reading, root, "as_of", &set->as_of);
    if (r >= 0 && set->as_of != NULL)
        set->as_of_where = where_of(reading, tree_get(root, "as_of"), 0);
    return r < 0 ? r : read_entries(reading, set);
}

static int read_file(struct arena *arena, struct app_warm_set *set, struct error *error)
{
    _cleanup_(mem_freep) char *text = NULL;
    struct reading    reading = {.arena = arena, .path = set->path, .error = error};
    struct tree_fault fault;
    size_t            length;
    int               r = file_read(set->path, WARM_FILE_MOST, &text, &length, error);

    if (r < 0)
        return r;
    r = tree_read(&reading.tree, text, length, WARM_DEPTH, &fault);
    if (r < 0) {
        reading.tree.text = text;
        reading.tree.length = length;
        (void)fail_at(&reading, fault.at, arena_printf(arena, "not JSON: %s", fault.message));
        if (fault.hint != NULL)
            error_hint(error, "%s", fault.hint);
    } else {
        r = read_set(&reading, set);
    }
    tree_done(&reading.tree);
    return r;
}

int app_warm_read(struct arena *arena, const char *name, struct app_warm_set *ret_set, struct error *error)
{
    struct conf_named          named = warm_files();
    _cleanup_(mem_freep) char *path = NULL;
    int                        r = conf_named_find(&named, name, &path, error);

    if (r >= 0) {
        struct app_warm_set set = {.name = arena_strdup(arena, name), .path = arena_strdup(arena, path),
                                   .shipped = !text_starts(path, named.own)};

        r = read_file(arena, &set, error);
        if (r >= 0)
            *ret_set = set;
    }
    conf_named_done(&named);
    return r;
}
