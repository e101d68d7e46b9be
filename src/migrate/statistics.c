/* Statistics of what has changed much, a relation and a transaction at a time: it may be stopped between any two, and what
 * was done is done. Two at once do the same twice at worst. */
#include <inttypes.h>

#include "migrate_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

/* `ret_left`: somebody holds it; the others go on. */
static int analyze(struct pg *pg, const char *relation, bool *ret_left, struct error *error)
{
    struct error trouble = ERROR_INIT;
    int          r = pg_catalog_query(pg, "storage_analyze", &PG_TEXT(relation), 1, NULL, &trouble);

    *ret_left = r < 0 && run_may_try_again(&trouble);
    if (*ret_left)
        r = 0;
    else if (r < 0 && error != NULL)
        error_move(error, &trouble);
    error_done(&trouble);
    return r;
}

int storage_analyze(struct pg *pg, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("relation:text rows:int changed:int result:text duration_ms:int");
    _cleanup_(pg_result_freep) struct pg_result *stale = NULL;
    size_t left = 0, count = 0;
    int    r = pg_catalog_query(pg, "storage_stale", NULL, 0, &stale, error);

    if (r < 0 && error != NULL && (migrate_is_absent(error) || text_equal(error->sqlstate, "42883")))
        error_hint(error, "the warehouse is not there, or not up to date: migrate up");
    if (r >= 0)
        count = pg_result_rows(stale);
    for (size_t i = 0; i < count && r >= 0; i++) {
        _cleanup_(mem_freep) char *duration = NULL;
        const char *relation = pg_result_text(stale, i, 0);
        int64_t     began = monotonic_us();
        bool        is_left;

        sink_progress(sink, relation, i, count, "relations");
        r = analyze(pg, relation, &is_left, error);
        if (r < 0)
            break;
        left += is_left;
        duration = mem_printf("%" PRId64, (monotonic_us() - began) / 1000);
        table_add(table, relation, pg_result_text(stale, i, 1), pg_result_text(stale, i, 2),
                  is_left ? "left for the next run: somebody holds it" : "analyzed", duration);
    }
    sink_progress_end(sink);
    if (r >= 0)
        r = table_send(table, sink, error);
    if (r >= 0 && left > 0) {
        r = error_set(error, ERR_PARTIAL, "%zu of %zu relations were left for the next run: others hold them", left, count);
        error_hint(error, "run it again when they have ended");
    }
    return r;
}
