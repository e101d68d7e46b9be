/*
 * engine/pg_internal: what the files of engine/pg share.
 */
#ifndef YTEMPIRE_ENGINE_PG_INTERNAL_H
#define YTEMPIRE_ENGINE_PG_INTERNAL_H

#include "loop_internal.h"
#include "pg_library.h"
#include "ytempire/engine/pg.h"

enum pg_state { PG_CONNECTING, PG_READY, PG_LOST };
enum pg_copy { COPY_NONE, COPY_IN };

struct pg_dial;         /* a connection being made on a thread */
struct pg_cancelling;   /* a cancel request on its way */

/* The statement that runs: one at a time. */
struct pg_statement {
    const char           *sql;           /* for the caret and the trace; the caller's */
    int                   stop_code;     /* why it was asked to stop, or 0 */
    bool                  by_task;       /* … by the task's cancel, which is put back at the end */
    int64_t               deadline;      /* of the server's word after that; -1: none */
    struct pg_cancelling *cancelling;
    char                  stopped[6];    /* SQLSTATE with which the server ended it after that, or "" */
    int64_t               began;
    uint64_t              rows, bytes;
};

struct pg {
    struct loop             *loop;
    const struct pg_library *lib;
    PGconn                  *conn;
    enum pg_state            state;
    struct error             trouble;        /* why it is lost */
    struct pg_dial          *dial;
    int                      watched;        /* descriptor watched while connecting, or -1 */
    struct loop_timer       *patience;
    struct task             *waiter;         /* of pg_ready */
    bool                     busy;
    enum pg_copy             copying;
    char                    *copy_sql;
    bool                     copy_refused;   /* the server has sent an error: what is put now is thrown away there */
    struct pg_statement      now;
    void (*on_notice)(void *who, const char *severity, const char *text);
    void *notice_who;
    void (*on_trace)(void *who, const struct pg_trace *trace);
    void *trace_who;
    void (*on_notify)(void *who, const char *channel, const char *text);   /* NULL: the socket is not watched */
    void *notify_who;
    int   listening;                         /* descriptor watched while no statement runs, or -1 */
};

/* -- pg_statement.c: the course of a statement --------------------------------------------------------------------- */

/* Waits for the connection and takes it for one statement. `sql` must live until the end. */
int  pg_begin(struct pg *pg, const char *sql, struct error *error) NODISCARD;
/* Gives it back: returns `code`, or why the statement was stopped. */
int  pg_end(struct pg *pg, int code, struct error *error) NODISCARD;
/* Asks the server to stop; what it still sends is to be read and dropped. The first reason stands. */
void pg_stop(struct pg *pg, int code);
/* A cancel of the task: becomes a stop; the second one breaks the connection. */
void pg_obey_cancel(struct pg *pg, int code);
/* Sends what is queued. Trouble shows in the next result. */
void pg_flush(struct pg *pg);
/* Waits for readiness of the socket, which a cancel turns into a stop. */
void pg_wait(struct pg *pg, short events);
/* Waits until a result can be had; NULL when there are no more. The caller clears it. */
PGresult *pg_next(struct pg *pg);
/* Reads and drops all results, setting the first error among them; the code, or 0. */
int  pg_drain(struct pg *pg, int code, struct error *error) NODISCARD;
/* Notes a refusal by the server while it is sent a COPY (pg_copy.c). */
void pg_copy_listen(struct pg *pg);
int  pg_send_failed(struct pg *pg, struct error *error) NODISCARD;

/* -- pg_notify.c: between statements the socket is watched for what the server says of itself ------------------------ */

void pg_notify_pause(struct pg *pg);      /* a statement begins, or the connection ends */
void pg_notify_resume(struct pg *pg);     /* … has ended: hands on what came meanwhile */

/* -- pg_error.c ---------------------------------------------------------------------------------------------------- */

/* The error of a result; `sql` is what its position counts in. */
int  pg_error_from_result(struct pg *pg, const PGresult *result, struct error *error) NODISCARD;
/* libpq's own words as one line, what follows as the hint. */
int  pg_error_from_words(int code, const char *words, struct error *error) NODISCARD;

/* -- pg_type.c ----------------------------------------------------------------------------------------------------- */

void pg_type_of_oid(uint32_t oid, enum data_type *ret_type, enum data_type *ret_element);

/* -- pg_options.c: what is sent to connect ------------------------------------------------------------------------- */

#define PG_PARAMETERS 8
struct pg_parameters {
    char *keywords[PG_PARAMETERS], *values[PG_PARAMETERS];   /* NULL-terminated; owned */
    bool  looks_up;                                          /* a host's name must be looked up: this blocks */
};

int  pg_parameters_make(const struct pg_library *lib, const struct pg_options *options, struct pg_parameters *ret,
                        struct error *error) NODISCARD;
void pg_parameters_done(struct pg_parameters *parameters);

#endif
