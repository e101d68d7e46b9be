#include "source_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ytempire/base/file.h"
#include "ytempire/base/str.h"
#include "ytempire/conf/named.h"

#define FILE_MOST ((size_t)1 << 20)
#define DEPTH 32

static struct conf_named source_files(void)
{
    struct conf_named named = {.ending = ".json", .noun = "source", .list = "'sources' lists all there are"};

    conf_named_begin(&named, "queries/sources");
    return named;
}

int source_file_names(char ***ret_names, size_t *ret_count, struct error *error)
{
    struct conf_named named = source_files();
    int               r = conf_named_list(&named, ret_names, ret_count, error);

    conf_named_done(&named);
    return r;
}

void source_file_names_free(char **names, size_t count)
{
    conf_named_free(names, count);
}

/* -- what is wrong, and where -------------------------------------------------------------------------------------- */

static int fail_at(const struct source_file *file, size_t at, struct error *error, const char *text)
{
    size_t line, column;

    tree_line_column(file->tree.text, file->tree.length, at, &line, &column);
    error_set(error, ERR_SYNTAX, "a broken source: %s", text);
    error_where(error, file->path, line, column);
    return ERR_SYNTAX;
}

int source_file_fail(const struct source_file *file, const struct tree_node *node, bool of_key, struct error *error,
                     const char *format, ...)
{
    char    text[400];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return fail_at(file, tree_place(&file->tree, node, of_key), error, text);
}

int source_file_check_names(const struct source_file *file, const struct tree_node *object, const char *const *names,
                            size_t count, struct error *error)
{
    for (const struct tree_node *node = object->first; node != NULL; node = node->next) {
        const char *near;
        size_t      i = 0;

        while (i < count && !tree_key_is(node, names[i]))
            i++;
        if (i < count)
            continue;
        near = nearest_word(node->key, node->key_length, names, count);
        source_file_fail(file, node, true, error, "'%.*s' means nothing here", (int)node->key_length, node->key);
        if (near != NULL)
            error_hint(error, "did you mean '%s'?", near);
        return ERR_SYNTAX;
    }
    return 0;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

static int read_text(const struct source_file *file, const char *name, const char **ret_text, struct error *error)
{
    const struct tree_node *node = tree_get(file->tree.root, name);

    *ret_text = NULL;
    if (node != NULL && (node->kind != TREE_STRING || node->length == 0))
        return source_file_fail(file, node, false, error, "'%s' is a text", name);
    if (node != NULL)
        *ret_text = tree_text(file->arena, node);
    return 0;
}

static int read_kind(struct source_file *file, struct error *error)
{
    static const char *const kinds[] = {"api", "csv", "tsv", "ndjson", "json"};
    static const char *const of_api[] = {"kind", "summary", "schedule", "settings"};
    const char              *near;
    int                      r = read_text(file, "kind", &file->kind, error);
    size_t                   i = 0;

    if (r < 0)
        return r;
    if (file->kind == NULL)
        return source_file_fail(file, file->tree.root, false, error, "'kind' is missing");
    while (i < COUNT_OF(kinds) && !text_equal(file->kind, kinds[i]))
        i++;
    if (i == 0)
        return source_file_check_names(file, file->tree.root, of_api, COUNT_OF(of_api), error);
    if (i < COUNT_OF(kinds))
        return 0;
    near = nearest_word(file->kind, strlen(file->kind), kinds, COUNT_OF(kinds));
    source_file_fail(file, tree_get(file->tree.root, "kind"), false, error, "unknown kind '%s'", file->kind);
    if (near != NULL)
        error_hint(error, "did you mean '%s'?", near);
    else
        error_hint(error, "kinds are: api, csv, tsv, ndjson, json");
    return ERR_SYNTAX;
}

static int read_settings(struct source_file *file, struct error *error)
{
    const struct tree_node *settings = tree_get(file->tree.root, "settings");

    if (settings == NULL)
        return 0;
    if (settings->kind != TREE_OBJECT)
        return source_file_fail(file, settings, false, error, "'settings' is an object of names and values");
    file->settings = ARENA_ARRAY(file->arena, struct ingest_pair, settings->count + 1);
    for (const struct tree_node *node = settings->first; node != NULL; node = node->next) {
        if (node->kind != TREE_STRING && node->kind != TREE_NUMBER)
            return source_file_fail(file, node, false, error, "a setting is a text or a number");
        file->settings[file->setting_count++] = (struct ingest_pair){
            arena_strndup(file->arena, node->key, node->key_length), tree_text(file->arena, node)};
    }
    return 0;
}

static int read_file(struct source_file *file, struct error *error)
{
    struct tree_fault fault;
    size_t            length;
    int               r = file_read(file->path, FILE_MOST, &file->text, &length, error);

    if (r < 0)
        return r;
    file->tree.text = file->text;
    file->tree.length = length;
    if (tree_read(&file->tree, file->text, length, DEPTH, &fault) < 0) {
        fail_at(file, fault.at, error, fault.message);
        if (fault.hint != NULL)
            error_hint(error, "%s", fault.hint);
        return ERR_SYNTAX;
    }
    if (file->tree.root->kind != TREE_OBJECT)
        return source_file_fail(file, file->tree.root, false, error, "it is no object");
    r = read_kind(file, error);
    if (r >= 0)
        r = read_text(file, "summary", &file->summary, error);
    if (r >= 0)
        r = read_settings(file, error);
    return r < 0 ? r : source_schedule_read(file, error);
}

int source_file_read(const char *name, struct source_file **ret_file, struct error *error)
{
    _cleanup_(source_file_freep) struct source_file *file = mem_alloc(sizeof *file);
    _cleanup_(mem_freep) char *path = NULL;
    struct conf_named named = source_files();
    int               r = conf_named_find(&named, name, &path, error);

    conf_named_done(&named);
    if (r < 0)
        return r;
    file->arena = arena_new();
    file->name = arena_strdup(file->arena, name);
    file->path = arena_strdup(file->arena, path);
    r = read_file(file, error);
    if (r < 0)
        return r;
    *ret_file = TAKE(file);
    return 0;
}

void source_file_free(struct source_file *file)
{
    if (file == NULL)
        return;
    tree_done(&file->tree);
    arena_free(file->arena);
    mem_free(file->text);
    mem_free(file);
}

void source_file_freep(struct source_file **file)
{
    source_file_free(*file);
}
