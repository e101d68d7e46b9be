/* The one list of sources, by name. To add one: a file with its struct, a line here. */
#include <string.h>

#include "ingest_int.h"

const struct ingest_source *const ingest_sources[] = {
    &ingest_trending,
    NULL,
};

int ingest_source_find(const char *name, const struct ingest_source **ret_source, struct error *error)
{
    struct str list = STR_INIT;

    for (size_t i = 0; ingest_sources[i] != NULL; i++) {
        if (text_equal(ingest_sources[i]->name, name)) {
            *ret_source = ingest_sources[i];
            str_done(&list);
            return 0;
        }
        str_addf(&list, "%s'%s'", i > 0 ? ", " : "", ingest_sources[i]->name);
    }
    error_set(error, ERR_UNKNOWN, "unknown source '%s'", name);
    error_hint(error, "sources are: %s", str_text(&list));
    str_done(&list);
    return ERR_UNKNOWN;
}
