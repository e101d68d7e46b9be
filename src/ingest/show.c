/* Sources and dead letters as tables. */
#include <inttypes.h>

#include "ingest_int.h"
#include "ytempire/base/mem.h"

int ingest_list_sources(struct pg *pg, struct sink *sink, struct error *error)
{
    _cleanup_(str_done) struct str names = STR_INIT, kinds = STR_INIT, summaries = STR_INIT;
    struct values values = {0};

    array_begin(&names);
    array_begin(&kinds);
    array_begin(&summaries);
    for (const struct ingest_source *const *source = ingest_sources; *source != NULL; source++) {
        array_add(&names, (*source)->name);
        array_add(&kinds, (*source)->kind);
        array_add(&summaries, (*source)->summary);
    }
    array_end(&names);
    array_end(&kinds);
    array_end(&summaries);
    value_text(&values, str_text(&names));
    value_text(&values, str_text(&kinds));
    value_text(&values, str_text(&summaries));
    return pg_catalog_table(pg, "ingest_list_sources", values.list, values.count, sink, error);
}

/* -- dead letters -------------------------------------------------------------------------------------------------- */

int ingest_list_letters(struct pg *pg, const char *source, struct sink *sink, struct error *error)
{
    const struct ingest_source *found;
    struct values               values = {0};
    int                         r = source != NULL ? ingest_source_find(source, &found, error) : 0;

    value_text(&values, source);
    return r < 0 ? r : pg_catalog_table(pg, "ingest_list_letters", values.list, values.count, sink, error);
}
