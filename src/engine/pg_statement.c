/*
 * The course of a statement: taken, sent, waited for, stopped, given back.
 *
 * Invariant: between pg_begin and pg_end the connection is this statement's. A cancel of the task does not leave the
 * statement half read: it becomes a request to the server (on a thread, as PQcancel blocks), after which the answers
 * are read and dropped as always, for at most PATIENCE_US; then the socket is shut and libpq sees a lost connection.
 * The request must have ended before the connection is given back, or it could hit the next statement.
 */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "pg_internal.h"
#include "ytempire/base/log.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define PATIENCE_US (5 * US_PER_SECOND)

struct pg_cancelling {
    const struct pg_library *lib;
    PGcancel                *cancel;
    struct pg               *owner;      /* NULL: nobody waits for it any more */
    struct task             *waiter;
};

static void cancel_on_thread(void *who)
{
    struct pg_cancelling *cancelling = who;
    char words[256];

    (void)cancelling->lib->PQcancel(cancelling->cancel, words, sizeof words);
}

static void on_cancel_done(void *who)
{
    struct pg_cancelling *cancelling = who;

    if (cancelling->owner)
        cancelling->owner->now.cancelling = NULL;
    if (cancelling->waiter)
        task_wake(cancelling->waiter);
    cancelling->lib->PQfreeCancel(cancelling->cancel);
    mem_free(cancelling);
}

void pg_stop(struct pg *pg, int code)
{
    if (pg->now.stop_code)
        return;
    pg->now.stop_code = code;
    pg->now.deadline = loop_now(pg->loop) + PATIENCE_US;
    PGcancel *cancel = pg->lib->PQgetCancel(pg->conn);
    if (!cancel)
        return;    /* lost already */
    struct pg_cancelling *cancelling = mem_alloc(sizeof *cancelling);
    cancelling->lib = pg->lib;
    cancelling->cancel = cancel;
    cancelling->owner = pg;
    pg->now.cancelling = cancelling;
    loop_thread(pg->loop, cancel_on_thread, on_cancel_done, cancelling);
}

void pg_break(struct pg *pg)
{
    int fd = pg->lib->PQsocket(pg->conn);

    if (fd >= 0)
        shutdown(fd, SHUT_RDWR);
    pg->now.deadline = -1;
}

/* A cancel of the task, once: becomes a stop, and the task may wait again for the server's word. A second: no patience.
 */
void pg_obey_cancel(struct pg *pg, int code)
{
    task_cancel_clear(task_current());
    if (pg->now.by_task) {
        pg_break(pg);
        return;
    }
    pg_stop(pg, code);
    pg->now.stop_code = code;
    pg->now.by_task = true;
}

void pg_wait(struct pg *pg, short events)
{
    int fd = pg->lib->PQsocket(pg->conn);

    if (fd < 0)
        return;
    int code = task_wait_fd_until(fd, events, pg->now.deadline);
    if (code == 1) {
        log_debug("engine", "the server did not heed a cancel: the connection is given up");
        pg_break(pg);
    } else if (code < 0) {
        pg_obey_cancel(pg, code);
    }
}

static int lost(struct pg *pg, int code, struct error *error)
{
    if (pg->lib->PQstatus(pg->conn) != CONNECTION_BAD)
        return code;
    pg->state = PG_LOST;
    pg->copying = COPY_NONE;
    if (pg->trouble.code == 0)
        error_set(&pg->trouble, ERR_CONNECT, "the connection to the server is lost");
    if (code < 0)
        return code == ERR_SERVER ? ERR_CONNECT : code;
    return error_set(error, ERR_CONNECT, "the connection to the server is lost");
}

int pg_begin(struct pg *pg, const char *sql, struct error *error)
{
    int code = pg_ready(pg, error);

    if (code < 0)
        return code;
    code = task_cancelled(task_current());
    if (code < 0)
        return error_set(error, code, "%s", error_sentence(code));
    if (pg->busy || pg->copying)
        return error_set(error, ERR_FAILED, "the connection is busy with another statement");
    pg->busy = true;
    pg_notify_pause(pg);
    pg->now = (struct pg_statement){.sql = sql, .deadline = -1, .began = monotonic_us()};
    return 0;
}

static void wait_for_cancel(struct pg *pg)
{
    int64_t deadline = pg->now.deadline >= 0 ? pg->now.deadline : loop_now(pg->loop) + PATIENCE_US;

    while (pg->now.cancelling && loop_now(pg->loop) < deadline) {
        pg->now.cancelling->waiter = task_current();
        task_park_deaf_until(deadline);
    }
    if (pg->now.cancelling) {
        pg->now.cancelling->owner = NULL;
        pg->now.cancelling->waiter = NULL;
        pg->now.cancelling = NULL;
        pg_break(pg);    /* the request may still hit what is sent next */
    }
}

int pg_end(struct pg *pg, int code, struct error *error)
{
    if (pg->now.cancelling)
        wait_for_cancel(pg);
    code = lost(pg, code, error);
    if (pg->now.stop_code) {
        code = error_set(error, pg->now.stop_code, "%s", error_sentence(pg->now.stop_code));
        if (error)
            memcpy(error->sqlstate, pg->now.stopped, sizeof error->sqlstate);
        if (pg->now.by_task)
            task_cancel(task_current(), pg->now.stop_code);
    }
    pg->busy = false;
    if (pg->on_trace) {
        struct pg_trace trace = {pg->now.sql, monotonic_us() - pg->now.began, pg->now.rows, pg->now.bytes, code};
        pg->on_trace(pg->trace_who, &trace);
    }
    pg->now.sql = NULL;
    if (pg->on_notify && pg->copying == COPY_NONE)
        pg_notify_resume(pg);
    return code;
}

void pg_flush(struct pg *pg)
{
    int left;

    while ((left = pg->lib->PQflush(pg->conn)) == 1) {
        pg_wait(pg, POLLIN | POLLOUT);
        pg_copy_listen(pg);
        if (!pg->lib->PQconsumeInput(pg->conn))
            return;
    }
}

PGresult *pg_next(struct pg *pg)
{
    const struct pg_library *lib = pg->lib;

    while (lib->PQisBusy(pg->conn)) {
        pg_wait(pg, POLLIN);
        if (!lib->PQconsumeInput(pg->conn))
            break;    /* the next result says what happened */
    }
    PGresult   *result = lib->PQgetResult(pg->conn);
    const char *state = result && pg->now.stop_code ? lib->PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (state && strlen(state) < sizeof pg->now.stopped)
        memcpy(pg->now.stopped, state, strlen(state) + 1);
    return result;
}

/* A result that begins a COPY is no end: libpq gives it again and again until the copy is ended. */
static void end_unasked_copy(struct pg *pg, ExecStatusType status)
{
    char *bytes = NULL;
    int length;

    if (status == PGRES_COPY_IN) {
        pg->lib->PQputCopyEnd(pg->conn, "nothing is sent here");
        pg_flush(pg);
        return;
    }
    while ((length = pg->lib->PQgetCopyData(pg->conn, &bytes, 1)) >= 0) {
        if (length > 0) {
            pg->lib->PQfreemem(bytes);
            continue;
        }
        pg_wait(pg, POLLIN);
        if (!pg->lib->PQconsumeInput(pg->conn))
            return;
    }
}

int pg_drain(struct pg *pg, int code, struct error *error)
{
    PGresult *result;

    while ((result = pg_next(pg))) {
        ExecStatusType status = pg->lib->PQresultStatus(result);
        if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
            if (pg->now.stop_code == 0) {
                int found = pg_error_from_result(pg, result, error);
                code = code < 0 ? code : found;
            }
        } else if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            end_unasked_copy(pg, status);
        }
        bool broken = pg->lib->PQstatus(pg->conn) == CONNECTION_BAD;
        pg->lib->PQclear(result);
        if (broken)
            break;
    }
    return code;
}

int pg_send_failed(struct pg *pg, struct error *error)
{
    return pg_error_from_words(pg->lib->PQstatus(pg->conn) == CONNECTION_BAD ? ERR_CONNECT : ERR_FAILED,
                               pg->lib->PQerrorMessage(pg->conn), error);
}
