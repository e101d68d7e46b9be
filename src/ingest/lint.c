/* What is wrong with the files of sources, found before anything is loaded. */
#include "ingest_int.h"
#include "mapping.h"

static void find(struct table *table, bool *bad, const char *where, const struct error *why)
{
    _cleanup_(mem_freep) char *message = mem_printf("%s%s%s", why->text, why->hint != NULL ? "; " : "",
                                                    why->hint != NULL ? why->hint : "");

    table_add(table, "error", why->where != NULL ? why->where : where, message);
    *bad = true;
}

static const struct ingest_source *built_in(const char *name)
{
    for (size_t i = 0; ingest_sources[i] != NULL; i++)
        if (text_equal(ingest_sources[i]->name, name))
            return ingest_sources[i];
    return NULL;
}

static int check_file(const struct source_file *file, struct error *error)
{
    const struct ingest_source *source = built_in(file->name);
    struct mapping              mapping;
    int                         r;

    if (text_equal(file->kind, "api") && source == NULL)
        return source_file_fail(file, tree_get(file->tree.root, "kind"), false, error,
                                "no API source is called '%s'", file->name);
    if (source != NULL && !text_equal(file->kind, "api"))
        return source_file_fail(file, tree_get(file->tree.root, "kind"), false, error,
                                "'%s' is the name of a source that is built in", file->name);
    r = ingest_check_file(source != NULL ? source : &ingest_mapped, file, error);
    if (r < 0 || source != NULL)
        return r;
    r = mapping_read(file, &mapping, error);
    if (r >= 0)
        mapping_done(&mapping);
    return r;
}

int ingest_lint(struct table *table, bool *bad, struct error *error)
{
    char **names;
    size_t count;
    int    r = source_file_names(&names, &count, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        _cleanup_(source_file_freep) struct source_file *file = NULL;
        struct error why = ERROR_INIT;

        if (source_file_read(names[i], &file, &why) < 0 || check_file(file, &why) < 0)
            find(table, bad, file != NULL ? file->path : names[i], &why);
        error_done(&why);
    }
    source_file_names_free(names, count);
    return 0;
}
