/*
 * COPY, both ways.
 *
 * A COPY FROM STDIN spans several calls; in between the connection is busy with it (`copying`). It ends by itself when
 * the server refuses a row or the task is cancelled: then pg_copy_abandon finds nothing left to do.
 */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "pg_internal.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

#define PIECE (64 * 1024)

/* Sends the statement and waits for the server to say that the copy begins. */
static int begin_copy(struct pg *pg, const char *sql, ExecStatusType expected, struct error *error)
{
    if (!pg->lib->PQsendQuery(pg->conn, sql))
        return pg_send_failed(pg, error);
    pg_flush(pg);
    PGresult *result = pg_next(pg);
    ExecStatusType status = result ? pg->lib->PQresultStatus(result) : PGRES_FATAL_ERROR;
    int code = 0;

    if (status == expected && pg->now.stop_code == 0) {
        pg->lib->PQclear(result);
        return 0;
    }
    if (pg->now.stop_code)
        code = pg->now.stop_code;
    else if (result && status == PGRES_FATAL_ERROR)
        code = pg_error_from_result(pg, result, error);
    else
        code = error_set(error, ERR_USAGE, "the statement is not the COPY that is expected here");
    pg->lib->PQclear(result);
    return pg_drain(pg, code, error);
}

/* -- out ---------------------------------------------------------------------------------------------------------- */

struct copy_out {
    int (*on_bytes)(void *who, const char *bytes, size_t length, struct error *error);
    void *who;
};

static int hand_on(struct pg *pg, const struct copy_out *out, const char *bytes, size_t length, struct error *error)
{
    pg->now.rows++;
    pg->now.bytes += length;
    if (pg->now.stop_code)
        return 0;
    int code = out->on_bytes(out->who, bytes, length, error);
    if (code < 0)
        pg_stop(pg, code);
    return code;
}

static int take_bytes(struct pg *pg, const struct copy_out *out, struct error *error)
{
    char *bytes = NULL;
    int length, code = 0;

    while ((length = pg->lib->PQgetCopyData(pg->conn, &bytes, 1)) >= 0) {
        if (length == 0) {
            pg_wait(pg, POLLIN);
            if (!pg->lib->PQconsumeInput(pg->conn))
                break;
            continue;
        }
        int found = hand_on(pg, out, bytes, (size_t)length, error);
        code = code < 0 ? code : found;
        pg->lib->PQfreemem(bytes);
        found = task_breathe();
        if (found < 0)
            pg_obey_cancel(pg, found);
    }
    return code;
}

int pg_copy_out(struct pg *pg, const char *sql,
                int (*on_bytes)(void *who, const char *bytes, size_t length, struct error *error), void *who,
                struct error *error)
{
    struct copy_out out = {on_bytes, who};
    int code = pg_begin(pg, sql, error);

    if (code < 0)
        return code;
    code = begin_copy(pg, sql, PGRES_COPY_OUT, error);
    if (code == 0) {
        code = take_bytes(pg, &out, error);
        code = pg_drain(pg, code, error);
    }
    return pg_end(pg, code, error);
}

/* -- in ----------------------------------------------------------------------------------------------------------- */

/* A call that goes on with the copy: its caret and its stop are those of the COPY statement. */
static int resume_copy(struct pg *pg, struct error *error)
{
    if (pg->state == PG_LOST)
        return error_set(error, ERR_CONNECT, "the connection to the server is lost");
    if (!pg->copying)
        return error_set(error, ERR_FAILED, "no COPY has begun");
    return 0;
}

static int finish_copy(struct pg *pg, int code, struct error *error)
{
    code = pg_drain(pg, code, error);
    pg->copying = COPY_NONE;
    return pg_end(pg, code, error);
}

int pg_copy_begin(struct pg *pg, const char *sql, struct error *error)
{
    int code = pg_begin(pg, sql, error);

    if (code < 0)
        return code;
    mem_free(pg->copy_sql);
    pg->copy_sql = mem_strdup(sql);    /* the caller's text may go before the copy ends */
    pg->now.sql = pg->copy_sql;
    code = begin_copy(pg, sql, PGRES_COPY_IN, error);
    if (code < 0 || pg->now.stop_code)
        return pg_end(pg, code, error);
    pg->copying = COPY_IN;
    pg->copy_refused = false;
    return 0;
}

/*
 * libpq holds back the server's error until the copy is ended, so a load that was refused at its first row would be
 * sent to its last. The byte a message begins with is looked at in the socket, before libpq reads it ('E' is an error;
 * a TLS record never begins so). Should libpq be quicker, the error comes at the end, as it would have.
 */
void pg_copy_listen(struct pg *pg)
{
    char first;

    if (pg->copying && recv(pg->lib->PQsocket(pg->conn), &first, 1, MSG_PEEK | MSG_DONTWAIT) == 1 && first == 'E')
        pg->copy_refused = true;
}

static bool put_piece(struct pg *pg, const char *bytes, size_t length)
{
    int put;

    pg_copy_listen(pg);
    if (pg->copy_refused)
        return false;
    while ((put = pg->lib->PQputCopyData(pg->conn, bytes, (int)length)) == 0)
        pg_flush(pg);
    if (put < 0)
        return false;
    pg_flush(pg);
    return pg->now.stop_code == 0 && !pg->copy_refused;
}

int pg_copy_put(struct pg *pg, const char *bytes, size_t length, struct error *error)
{
    int code = resume_copy(pg, error);

    if (code < 0)
        return code;
    int cancelled = task_breathe();
    if (cancelled < 0)
        pg_obey_cancel(pg, cancelled);
    pg->now.bytes += length;
    while (length > 0 && pg->now.stop_code == 0) {
        size_t part = length < PIECE ? length : PIECE;
        if (!put_piece(pg, bytes, part))
            break;
        bytes += part;
        length -= part;
    }
    if (length == 0 && pg->now.stop_code == 0)
        return 0;
    code = finish_copy(pg, 0, error);
    return code < 0 ? code : error_set(error, ERR_SERVER, "the server ended the copy before its last row");
}

static long long rows_of(const struct pg_library *lib, PGresult *result)
{
    const char *text = lib->PQcmdTuples(result);
    long long rows = 0;

    if (text_to_int64(text, strlen(text), &rows) < 0)
        return 0;
    return rows;
}

int pg_copy_end(struct pg *pg, long long *ret_rows, struct error *error)
{
    const struct pg_library *lib = pg->lib;
    int code = resume_copy(pg, error);
    long long rows = 0;

    if (code < 0)
        return code;
    int cancelled = task_cancelled(task_current());
    if (cancelled < 0) {    /* what was not ended is not to be kept */
        pg_obey_cancel(pg, cancelled);
        return finish_copy(pg, 0, error);
    }
    if (lib->PQputCopyEnd(pg->conn, NULL) < 0)
        return finish_copy(pg, pg_send_failed(pg, error), error);
    pg_flush(pg);
    PGresult *result = pg_next(pg);
    if (result && lib->PQresultStatus(result) == PGRES_COMMAND_OK) {
        rows = rows_of(lib, result);
        pg->now.rows = (uint64_t)rows;
    } else if (result && pg->now.stop_code == 0) {
        code = pg_error_from_result(pg, result, error);
    }
    lib->PQclear(result);
    code = finish_copy(pg, code, error);
    if (code == 0 && ret_rows)
        *ret_rows = rows;
    return code;
}

int pg_copy_abandon(struct pg *pg, const char *why)
{
    if (pg->state == PG_LOST)
        return ERR_CONNECT;
    if (!pg->copying)
        return 0;
    int cancelled = task_cancelled(task_current());
    struct error dropped = ERROR_INIT;

    task_cancel_clear(task_current());    /* a clean-up: it must be heard by the server whatever was asked for */
    pg->now.deadline = loop_now(pg->loop) + 5 * INT64_C(1000000);
    if (pg->lib->PQputCopyEnd(pg->conn, why ? why : "abandoned") >= 0)
        pg_flush(pg);
    (void)!finish_copy(pg, 0, &dropped);
    int code = pg->state == PG_LOST ? ERR_CONNECT : 0;
    error_done(&dropped);
    if (cancelled)
        task_cancel(task_current(), cancelled);
    return code;
}
