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

/* -- tapes --------------------------------------------------------------------------------------------------------- */

static int find_exchange(struct pg *pg, const char *source, const struct values *values, int64_t id,
                         struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = values_run(pg, "ingest_tape_show", values, &result, error);

    if (r < 0 || pg_result_rows(result) > 0)
        return r;
    error_set(error, ERR_UNKNOWN, "there is no exchange %" PRId64 " on the tape of '%s'", id, source);
    error_hint(error, "'source tape %s' lists them", source);
    return ERR_UNKNOWN;
}

int ingest_show_tape(struct pg *pg, const char *source, int64_t id, struct sink *sink, struct error *error)
{
    const struct ingest_source *found;
    struct values               values = {0};
    int                         r = ingest_source_find(source, &found, error);

    value_text(&values, source);
    if (r >= 0 && id != 0) {
        value_int(&values, id);
        r = find_exchange(pg, source, &values, id, error);
    }
    return r < 0 ? r
                 : pg_catalog_table(pg, id != 0 ? "ingest_tape_show" : "ingest_tape_list", values.list, values.count,
                                    sink, error);
}
