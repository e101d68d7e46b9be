/* Storage as tables to look at: policies with their last run, partitions. */
#include <string.h>

#include "migrate_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

/* -- a look -------------------------------------------------------------------------------------------------------- */

int storage_look_begin(struct pg *pg, bool *ret_begun, struct error *error)
{
    *ret_begun = !pg_in_transaction(pg);
    return *ret_begun ? pg_catalog_script(pg, "storage_begin", error) : 0;
}

void storage_look_end(struct pg *pg, bool begun)
{
    int cancelled = run_cleanup_begin();

    if (begun && pg_in_transaction(pg))
        (void)!pg_script(pg, "ROLLBACK", NULL);
    run_cleanup_end(cancelled);
}

int storage_explain(int r, struct error *error)
{
    if (r < 0 && error != NULL && (migrate_is_absent(error) || text_equal(error->sqlstate, "42883")))
        error_hint(error, "the warehouse is not there, or not up to date: migrate up");
    if (r < 0 && error != NULL && text_equal(error->sqlstate, "55P03"))
        error_hint(error, "somebody holds one of the tables: 'activity locks' shows who waits for whom");
    return r;
}

/* All rows, in columns as table_new has them. */
static int show(struct pg *pg, const char *statement, const struct pg_value *values, size_t count, struct table *table,
                struct sink *sink, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *rows = NULL;
    _cleanup_(mem_freep) struct data_cell *cells = mem_alloc((table_column_count(table) + 1) * sizeof *cells);
    bool begun = false;
    int  r = storage_look_begin(pg, &begun, error);

    if (r >= 0)
        r = storage_explain(pg_catalog_query(pg, statement, values, count, &rows, error), error);
    storage_look_end(pg, begun);
    for (size_t i = 0; r >= 0 && i < pg_result_rows(rows); i++) {
        for (size_t c = 0; c < table_column_count(table); c++) {
            const char *text = pg_result_text(rows, i, c);

            cells[c] = (struct data_cell){text, text != NULL ? strlen(text) : 0};
        }
        table_add_cells(table, cells);
    }
    return r < 0 ? r : table_send(table, sink, error);
}

/* -- what is shown ------------------------------------------------------------------------------------------------- */

static int has_timescaledb(struct pg *pg, bool *ret_has, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = pg_catalog_query(pg, "timescaledb_is_there", NULL, 0, &result, error);

    *ret_has = r >= 0 && text_equal(pg_result_text(result, 0, 0), "t");
    return r;
}

int storage_policies(struct pg *pg, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new(
        "relation:text policy:text last_run:timestamptz age_seconds:numeric result:text retention_days:text");

    bool has = false;
    int  r = has_timescaledb(pg, &has, error);

    table_column_mutable(table, 3)->format = FORMAT_DURATION;
    return r < 0 ? r : show(pg, has ? "storage_policies_timescaledb" : "storage_policies", NULL, 0, table, sink, error);
}

int storage_partitions(struct pg *pg, const char *relation, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table =
        table_new("relation:text partition:text bounds:text rows:int bytes:int index_bytes:int dead_rows:int "
                  "analyzed_at:timestamptz");

    table_column_mutable(table, 3)->format = FORMAT_NUMBER;
    table_column_mutable(table, 4)->format = FORMAT_BYTES;
    table_column_mutable(table, 5)->format = FORMAT_BYTES;
    return show(pg, "storage_partitions", &PG_TEXT(relation), 1, table, sink, error);
}
