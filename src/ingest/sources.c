/* The one list of sources, by name. To add one: a file with its struct, a line here. */
#include <string.h>

#include "ingest_int.h"

const struct ingest_source *const ingest_sources[] = {
    &ingest_elevenlabs_usage,
    &ingest_openai_costs,
    &ingest_stripe,
    &ingest_trending,
    &ingest_youtube_analytics,
    &ingest_youtube_data,
    NULL,
};

static int refuse_name(const char *name, struct error *error)
{
    struct str list = STR_INIT;
    char     **names = NULL;
    size_t     count = 0;

    for (size_t i = 0; ingest_sources[i] != NULL; i++)
        str_addf(&list, "%s'%s'", i > 0 ? ", " : "", ingest_sources[i]->name);
    if (source_file_names(&names, &count, NULL) >= 0)
        for (size_t i = 0; i < count; i++)
            str_addf(&list, ", '%s'", names[i]);
    source_file_names_free(names, count);
    error_set(error, ERR_UNKNOWN, "unknown source '%s'", name);
    error_hint(error, "sources are: %s", str_text(&list));
    str_done(&list);
    return ERR_UNKNOWN;
}

int ingest_source_find(const char *name, const struct ingest_source **ret_source, struct error *error)
{
    _cleanup_(source_file_freep) struct source_file *file = NULL;
    struct error found = ERROR_INIT;
    int          r;

    for (size_t i = 0; ingest_sources[i] != NULL; i++)
        if (text_equal(ingest_sources[i]->name, name)) {
            *ret_source = ingest_sources[i];
            return 0;
        }
    r = source_file_read(name, &file, &found);
    if (r == ERR_SYNTAX || r == ERR_IO) {
        error_move(error, &found);
        return r;
    }
    error_done(&found);
    if (r < 0 || text_equal(file->kind, "api"))
        return refuse_name(name, error);
    *ret_source = &ingest_mapped;
    return 0;
}
