/* Sources, jobs and dead letters as tables. */
#include <inttypes.h>
#include <string.h>

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

/* -- jobs ---------------------------------------------------------------------------------------------------------- */

static const char *const states[] = {"scheduled", "available", "running",  "retryable",
                                     "completed", "cancelled", "discarded"};

static int check_state(const char *state, struct error *error)
{
    const char *near;

    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (text_equal(states[i], state))
            return 0;
    near = nearest_word(state, strlen(state), states, COUNT_OF(states));
    error_set(error, ERR_UNKNOWN, "unknown state '%s'", state);
    if (near != NULL)
        error_hint(error, "did you mean '%s'?", near);
    else
        error_hint(error, "states are scheduled, available, running, retryable, completed, cancelled, discarded");
    return ERR_UNKNOWN;
}

int ingest_list_jobs(struct pg *pg, const char *state, struct sink *sink, struct error *error)
{
    struct values values = {0};
    int           r = state != NULL ? check_state(state, error) : 0;

    value_text(&values, state);
    return r < 0 ? r : pg_catalog_table(pg, "ingest_list_jobs", values.list, values.count, sink, error);
}

static int show_of_job(struct pg *pg, const char *statement, long long id, struct sink *sink, struct error *error)
{
    struct values values = {0};
    long long     found = 0;
    int           r;

    value_int(&values, id);
    r = values_ask(pg, "ingest_has_job", &values, &found, error);
    if (r < 0)
        return r;
    if (found == 0) {
        error_set(error, ERR_UNKNOWN, "there is no job %lld", id);
        error_hint(error, "'jobs' lists them");
        return ERR_UNKNOWN;
    }
    return pg_catalog_table(pg, statement, values.list, values.count, sink, error);
}

int ingest_show_job(struct pg *pg, long long id, struct sink *sink, struct error *error)
{
    return show_of_job(pg, "ingest_show_job", id, sink, error);
}

int ingest_show_log(struct pg *pg, long long id, struct sink *sink, struct error *error)
{
    return show_of_job(pg, "ingest_show_log", id, sink, error);
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
