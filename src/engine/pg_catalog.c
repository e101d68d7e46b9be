/* The fixed statements: files of sql/catalog, so that SQL is read and checked as SQL. */
#include "pg_internal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"

#define STATEMENT_MOST (1u << 20)

int pg_catalog_text(const char *name, char **ret_sql, struct error *error)
{
    _cleanup_(mem_freep) char *path = mem_printf("%s/sql/catalog/%s.sql", program_data_folder(), name);

    return file_read(path, STATEMENT_MOST, ret_sql, NULL, error);
}

int pg_catalog_query(struct pg *pg, const char *name, const struct pg_value *values, size_t count,
                     struct pg_result **ret_result, struct error *error)
{
    _cleanup_(mem_freep) char *sql = NULL;
    int code = pg_catalog_text(name, &sql, error);

    return code < 0 ? code : pg_query(pg, sql, values, count, ret_result, error);
}

int pg_catalog_script(struct pg *pg, const char *name, struct error *error)
{
    _cleanup_(mem_freep) char *sql = NULL;
    int code = pg_catalog_text(name, &sql, error);

    return code < 0 ? code : pg_script(pg, sql, error);
}

int pg_catalog_table(struct pg *pg, const char *name, const struct pg_value *values, size_t count, struct sink *sink,
                     struct error *error)
{
    _cleanup_(mem_freep) char *sql = NULL;
    int code = pg_catalog_text(name, &sql, error);

    return code < 0 ? code : pg_send(pg, sql, values, count, sink, NULL, error);
}

/* -- rows straight into a sink ------------------------------------------------------------------------------------- */

static int on_columns(void *who, const struct data_column *columns, size_t count, struct error *error)
{
    return sink_begin(who, columns, count, error);
}

static int on_row(void *who, const struct data_cell *cells, struct error *error)
{
    return sink_row(who, cells, error);
}

int pg_send(struct pg *pg, const char *sql, const struct pg_value *values, size_t count, struct sink *sink,
            const struct data_note *note, struct error *error)
{
    struct pg_stream stream = {.on_columns = on_columns, .on_row = on_row, .who = sink};
    int code = pg_stream(pg, sql, values, count, &stream, error);

    return code < 0 ? code : sink_end(sink, note, error);
}
