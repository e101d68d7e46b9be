/*
 * Statements with rows: kept (pg_query), one by one (pg_stream), or several without any (pg_script).
 */
#include <string.h>

#include "pg_internal.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

struct pg_result {
    const struct pg_library *lib;
    PGresult                *result;
};

#define VALUES_ON_STACK 32
#define VALUES_MOST 65535    /* the protocol counts them in 16 bits */

static int send(struct pg *pg, const char *sql, const struct pg_value *values, size_t count, struct error *error)
{
    const char *texts_here[VALUES_ON_STACK] = {0}, **texts = texts_here;
    Oid types_here[VALUES_ON_STACK] = {0}, *types = types_here;

    if (count > VALUES_MOST)
        return error_set(error, ERR_LIMIT, "a statement takes at most %d values", VALUES_MOST);
    if (count > VALUES_ON_STACK) {
        texts = mem_array(NULL, count, sizeof *texts);
        types = mem_array(NULL, count, sizeof *types);
    }
    for (size_t i = 0; i < count; i++) {
        texts[i] = values[i].text;
        types[i] = values[i].type;
    }
    int sent = pg->lib->PQsendQueryParams(pg->conn, sql, (int)count, types, texts, NULL, NULL, 0);
    if (texts != texts_here) {
        mem_free(texts);
        mem_free(types);
    }
    if (!sent)
        return pg_send_failed(pg, error);
    return 0;
}

/* Only what the server sends is stopped: a cancel that met a COPY FROM STDIN would leave the protocol one step behind.
 */
static int refuse_copy(struct pg *pg, const PGresult *result, struct error *error)
{
    int code = error_set(error, ERR_USAGE, "COPY to or from the client is not possible here");

    if (pg->lib->PQresultStatus(result) == PGRES_COPY_OUT)
        pg_stop(pg, code);
    return code;
}

/* -- rows kept ---------------------------------------------------------------------------------------------------- */

static int gather(struct pg *pg, PGresult **ret_result, struct error *error)
{
    PGresult *result = pg_next(pg), *kept = NULL;
    int code = 0;

    if (!result)
        return pg_send_failed(pg, error);
    switch (pg->lib->PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
        kept = result;
        result = NULL;
        break;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
        code = refuse_copy(pg, result, error);
        break;
    default:
        if (pg->now.stop_code == 0)
            code = pg_error_from_result(pg, result, error);
        break;
    }
    pg->lib->PQclear(result);
    code = pg_drain(pg, code, error);
    if (code < 0 || pg->now.stop_code) {
        pg->lib->PQclear(kept);
        return code;
    }
    pg->now.rows = (uint64_t)pg->lib->PQntuples(kept);
    *ret_result = kept;
    return 0;
}

int pg_query(struct pg *pg, const char *sql, const struct pg_value *values, size_t count, struct pg_result **ret_result,
             struct error *error)
{
    PGresult *result = NULL;
    int code = pg_begin(pg, sql, error);

    if (code < 0)
        return code;
    code = send(pg, sql, values, count, error);
    if (code == 0) {
        pg_flush(pg);
        code = gather(pg, &result, error);
    }
    code = pg_end(pg, code, error);
    if (code == 0 && ret_result) {
        struct pg_result *kept = mem_alloc(sizeof *kept);
        kept->lib = pg->lib;
        kept->result = result;
        *ret_result = kept;
    } else {
        pg->lib->PQclear(result);
    }
    return code;
}

int pg_script(struct pg *pg, const char *sql, struct error *error)
{
    int code = pg_begin(pg, sql, error);

    if (code < 0)
        return code;
    if (!pg->lib->PQsendQuery(pg->conn, sql)) {
        code = pg_send_failed(pg, error);
    } else {
        pg_flush(pg);
        code = pg_drain(pg, 0, error);
    }
    return pg_end(pg, code, error);
}

void pg_result_free(struct pg_result *result)
{
    if (!result)
        return;
    result->lib->PQclear(result->result);
    mem_free(result);
}

void pg_result_freep(struct pg_result **result)
{
    pg_result_free(*result);
    *result = NULL;
}

size_t pg_result_rows(const struct pg_result *result)
{
    return (size_t)result->lib->PQntuples(result->result);
}

size_t pg_result_columns(const struct pg_result *result)
{
    return (size_t)result->lib->PQnfields(result->result);
}

const char *pg_result_name(const struct pg_result *result, size_t column)
{
    return result->lib->PQfname(result->result, (int)column);
}

const char *pg_result_text(const struct pg_result *result, size_t row, size_t column)
{
    if (result->lib->PQgetisnull(result->result, (int)row, (int)column))
        return NULL;
    return result->lib->PQgetvalue(result->result, (int)row, (int)column);
}

long long pg_result_int(const struct pg_result *result, size_t row, size_t column)
{
    const char *text = pg_result_text(result, row, column);
    long long value = 0;

    if (!text || text_to_int64(text, strlen(text), &value) < 0)
        return 0;
    return value;
}

static long long affected(const struct pg_library *lib, PGresult *result)
{
    const char *text = lib->PQcmdTuples(result);
    long long value = 0;

    if (text_to_int64(text, strlen(text), &value) < 0)
        return 0;
    return value;
}

long long pg_result_affected(const struct pg_result *result)
{
    return affected(result->lib, result->result);
}

/* -- rows one by one ---------------------------------------------------------------------------------------------- */

struct streaming {
    struct pg              *pg;
    const struct pg_stream *stream;
    PGresult               *first;      /* owns the names of the columns */
    struct data_cell       *cells;
    int                     count;
};

static int begin_rows(struct streaming *run, PGresult *result, struct error *error)
{
    const struct pg_library *lib = run->pg->lib;
    int count = lib->PQnfields(result);
    _cleanup_(mem_freep) struct data_column *columns = mem_array(NULL, (size_t)count + 1, sizeof *columns);

    for (int i = 0; i < count; i++) {
        columns[i] = (struct data_column){.name = lib->PQfname(result, i), .decimals = -1};
        pg_type_of_oid(lib->PQftype(result, i), &columns[i].type, &columns[i].element);
    }
    run->first = result;
    run->count = count;
    run->cells = mem_array(NULL, (size_t)count + 1, sizeof *run->cells);
    return run->stream->on_columns ? run->stream->on_columns(run->stream->who, columns, (size_t)count, error) : 0;
}

static int one_row(struct streaming *run, const PGresult *result, struct error *error)
{
    const struct pg_library *lib = run->pg->lib;
    uint64_t bytes = 0;

    for (int i = 0; i < run->count; i++) {
        int length = lib->PQgetlength(result, 0, i);
        bool is_null = length == 0 && lib->PQgetisnull(result, 0, i);
        run->cells[i].text = is_null ? NULL : lib->PQgetvalue(result, 0, i);
        run->cells[i].length = (size_t)length;
        bytes += (uint64_t)length;
    }
    run->pg->now.rows++;
    run->pg->now.bytes += bytes;
    return run->stream->on_row(run->stream->who, run->cells, error);
}

/* Hands on what one result holds; keeps it when it is the first. */
static int take_result(struct streaming *run, PGresult *result, struct error *error)
{
    struct pg *pg = run->pg;
    ExecStatusType status = pg->lib->PQresultStatus(result);
    bool has_rows = status == PGRES_SINGLE_TUPLE;
    int code = 0;

    if (has_rows || status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) {
        if (pg->now.stop_code) {
            pg->lib->PQclear(result);
            return 0;
        }
        if (!run->first)
            code = begin_rows(run, result, error);
        if (code == 0 && has_rows)
            code = one_row(run, result, error);
        if (code == 0 && !has_rows && run->stream->on_done)
            run->stream->on_done(run->stream->who, pg->lib->PQcmdStatus(result));
        if (code < 0)
            pg_stop(pg, code);
    } else if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
        if (pg->now.stop_code == 0)
            code = pg_error_from_result(pg, result, error);
    } else {
        code = refuse_copy(pg, result, error);
        pg->lib->PQclear(result);
        return pg_drain(pg, code, error);
    }
    if (result != run->first)
        pg->lib->PQclear(result);
    return code;
}

static int take_results(struct streaming *run, struct error *error)
{
    struct pg *pg = run->pg;
    PGresult *result;
    int code = 0;

    while ((result = pg_next(pg))) {
        int found = take_result(run, result, error);
        code = code < 0 ? code : found;
        if (pg->lib->PQstatus(pg->conn) == CONNECTION_BAD)
            break;
        found = task_breathe();
        if (found < 0)
            pg_obey_cancel(pg, found);
    }
    return code;
}

int pg_stream(struct pg *pg, const char *sql, const struct pg_value *values, size_t count,
              const struct pg_stream *stream, struct error *error)
{
    struct streaming run = {.pg = pg, .stream = stream};
    int code = pg_begin(pg, sql, error);

    if (code < 0)
        return code;
    code = send(pg, sql, values, count, error);
    if (code == 0) {
        pg->lib->PQsetSingleRowMode(pg->conn);
        pg_flush(pg);
        code = take_results(&run, error);
    }
    pg->lib->PQclear(run.first);
    mem_free(run.cells);
    return pg_end(pg, code, error);
}
