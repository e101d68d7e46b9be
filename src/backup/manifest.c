/* manifest.json, read back. Its texts are checked for being there, not trusted: what goes to a server is bound or
 * quoted there. */
#include <string.h>

#include "backup_int.h"
#include "ytempire/base/file.h"
#include "ytempire/base/tree.h"

#define MANIFEST_MOST (64u << 20)
#define DEPTH 8

void manifest_done(struct manifest *manifest)
{
    arena_free(manifest->arena);
    *manifest = (struct manifest){0};
}

bool manifest_has_extension(const struct manifest *manifest, const char *name)
{
    for (size_t i = 0; i < manifest->extension_count; i++)
        if (text_equal(manifest->extensions[i].name, name))
            return true;
    return false;
}

/* -- members ------------------------------------------------------------------------------------------------------- */

struct reading {
    struct arena *arena;
    const struct tree_node *root;
    const char *missing;          /* the first member that is not there, or not of its kind */
};

static const char *text_of(struct reading *reading, const struct tree_node *object, const char *key)
{
    const struct tree_node *node = tree_get(object, key);

    if (node != NULL && node->kind == TREE_STRING)
        return tree_text(reading->arena, node);
    if (reading->missing == NULL)
        reading->missing = key;
    return "";
}

static long long number_of(struct reading *reading, const struct tree_node *object, const char *key)
{
    const struct tree_node *node = tree_get(object, key);
    long long number = 0;

    if ((node == NULL || node->kind != TREE_NUMBER || text_to_int64(node->text, node->length, &number) < 0) &&
        reading->missing == NULL)
        reading->missing = key;
    return number;
}

static int64_t instant_of(struct reading *reading, const char *key)
{
    const char *text = text_of(reading, reading->root, key);
    int64_t     instant = 0;

    if (instant_from_text(text, strlen(text), &instant) < 0 && reading->missing == NULL)
        reading->missing = key;
    return instant;
}

static const struct tree_node *list_of(struct reading *reading, const char *key)
{
    static const struct tree_node none = {.kind = TREE_ARRAY};
    const struct tree_node *node = tree_get(reading->root, key);

    if (node != NULL && node->kind == TREE_ARRAY)
        return node;
    if (reading->missing == NULL)
        reading->missing = key;
    return &none;
}

static void read_lists(struct reading *reading, struct manifest *manifest)
{
    const struct tree_node *roles = list_of(reading, "roles"), *extensions = list_of(reading, "extensions");
    const struct tree_node *tables = list_of(reading, "tables");

    manifest->roles = ARENA_ARRAY(reading->arena, const char *, roles->count + 1);
    for (const struct tree_node *node = roles->first; node != NULL; node = node->next)
        manifest->roles[manifest->role_count++] = tree_text(reading->arena, node);
    manifest->extensions = ARENA_ARRAY(reading->arena, struct backup_extension, extensions->count + 1);
    for (const struct tree_node *node = extensions->first; node != NULL; node = node->next)
        manifest->extensions[manifest->extension_count++] =
            (struct backup_extension){text_of(reading, node, "name"), text_of(reading, node, "schema"),
                                      text_of(reading, node, "version")};
    manifest->tables = ARENA_ARRAY(reading->arena, struct backup_table, tables->count + 1);
    for (const struct tree_node *node = tables->first; node != NULL; node = node->next) {
        struct backup_table table = {text_of(reading, node, "name"), number_of(reading, node, "rows")};

        manifest->tables[manifest->table_count++] = table;
        manifest->rows += table.rows;
    }
}

static void read_members(struct reading *reading, struct manifest *manifest)
{
    const struct tree_node *root = reading->root;

    manifest->name = text_of(reading, root, "name");
    manifest->database = text_of(reading, root, "database");
    manifest->system = text_of(reading, root, "system");
    manifest->migration = text_of(reading, root, "migration");
    manifest->storage = text_of(reading, root, "storage");
    manifest->server = text_of(reading, root, "server");
    manifest->server_major = (int)number_of(reading, root, "server_major");
    manifest->encoding = text_of(reading, root, "encoding");
    manifest->collation = text_of(reading, root, "collation");
    manifest->ctype = text_of(reading, root, "ctype");
    manifest->sha256 = text_of(reading, root, "sha256");
    manifest->bytes = number_of(reading, root, "bytes");
    manifest->started_at = instant_of(reading, "started_at");
    manifest->finished_at = instant_of(reading, "finished_at");
    read_lists(reading, manifest);
}

int manifest_read(const char *folder, struct manifest *ret_manifest, struct error *error)
{
    _cleanup_(mem_freep) char *path = path_join(folder, BACKUP_MANIFEST), *text = NULL;
    struct manifest   manifest = {0};
    struct reading    reading = {0};
    struct tree       tree = {0};
    struct tree_fault fault;
    const struct tree_node *node;
    size_t            length;
    int               r;

    if (!file_exists(path))
        return error_set(error, ERR_UNKNOWN, "'%s' is no backup: it has no %s", folder, BACKUP_MANIFEST);
    r = file_read(path, MANIFEST_MOST, &text, &length, error);
    if (r < 0)
        return r;
    if (tree_read(&tree, text, length, DEPTH, &fault) < 0) {
        tree_done(&tree);
        return error_set(error, ERR_SYNTAX, "'%s' is broken: %s", path, fault.message);
    }
    node = tree_get(tree.root, "format");
    if (node != NULL && !(node->kind == TREE_NUMBER && node->length == 1 && node->text[0] == '1')) {
        tree_done(&tree);
        return error_set(error, ERR_SYNTAX, "'%s' is of a format that this program does not know", path);
    }
    reading.arena = manifest.arena = arena_new();
    reading.root = tree.root;
    read_members(&reading, &manifest);
    tree_done(&tree);
    if (reading.missing != NULL) {
        r = error_set(error, ERR_SYNTAX, "'%s' is broken: '%s' is missing", path, reading.missing);
        manifest_done(&manifest);
        return r;
    }
    manifest.folder = arena_strdup(manifest.arena, folder);
    *ret_manifest = manifest;
    return 0;
}
