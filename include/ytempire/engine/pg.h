/*
 * engine/pg: PostgreSQL through libpq, without blocking the loop.
 *
 * Call inside a task (engine/loop.h). libpq is loaded on first use from the module `pg` (it is most of the start-up
 * time of a program that links it). Every session has TimeZone UTC, DateStyle ISO, IntervalStyle iso_8601,
 * extra_float_digits 1, jit off, client_encoding UTF8, standard_conforming_strings on, client_connection_check_interval
 * 1 s: a query ends on the server when the program that asked is gone, however it went. Of TimescaleDB, where it is
 * there, timescaledb.enable_ordered_append is off: a counter read from compressed chunks ended with an error. A task
 * that is cancelled while it waits here sends a cancel request (on a thread), waits for the server's word (SQLSTATE
 * 57014, kept in the error: the proof) and fails with the task's code.
 */
#ifndef YTEMPIRE_ENGINE_PG_H
#define YTEMPIRE_ENGINE_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/data.h"
#include "ytempire/engine/loop.h"

struct pg;
struct pg_result;

struct pg_options {
    const char *dsn;                /* URI or "key=value …"; NULL: PG* variables and libpq's defaults */
    const char *password;           /* before $PGPASSWORD and ~/.pgpass, or NULL; in no message and no trace */
    const char *database;           /* instead of the one that `dsn` names, or NULL */
    const char *application_name;   /* NULL: the user's, else "ytempire" */
    int64_t     connect_timeout_us; /* 0: 10 s */
    /* "NAME=VALUE" settings for this session, beside those above; NULL-terminated or NULL */
    const char *const *settings;
};

/* Starts connecting and returns at once, in or outside a task; the first operation waits for it and reports a failure.
 */
int  pg_open(struct loop *loop, const struct pg_options *options, struct pg **ret_pg, struct error *error) NODISCARD;
void pg_close(struct pg *pg);
void pg_closep(struct pg **pg);
/* Waits until connected: ERR_CONNECT with libpq's words; ERR_USAGE for an option whose value cannot be. */
int  pg_ready(struct pg *pg, struct error *error) NODISCARD;
/* Breaks the connection, also from a callback of the loop: what waits for the server ends with ERR_CONNECT. */
void pg_break(struct pg *pg);
/* Whether it is a socket of this machine, whose other end does not vanish without a word. */
bool pg_is_socket(const struct pg *pg);
bool pg_in_transaction(const struct pg *pg);
int  pg_server_version(const struct pg *pg);        /* 150018 */
int  pg_backend_pid(const struct pg *pg);
const char *pg_parameter(const struct pg *pg, const char *name);
const char *pg_database(const struct pg *pg);
const char *pg_user(const struct pg *pg);

/* For another program of libpq's that is to come to the same place, with the same rights: "PGHOST=…" and so on, and
 * "PGSERVICE" to be taken away; NULL-terminated, for process_options.environment. With the password in it. A name is
 * resolved there anew. Ended with pg_environment_free. */
int  pg_environment(struct pg *pg, char ***ret_environment, struct error *error) NODISCARD;
void pg_environment_free(char **environment);

/* A bound value, as text; NULL text is NULL. `type` is an OID or 0 (the server infers it). */
struct pg_value {
    const char *text;
    uint32_t    type;
};
#define PG_TEXT(t) ((struct pg_value){.text = (t)})

/* Runs one statement and keeps its rows: for small answers. ret_result may be NULL. */
int pg_query(struct pg *pg, const char *sql, const struct pg_value *values, size_t count,
             struct pg_result **ret_result, struct error *error) NODISCARD;
/* Several statements without values, in the simple protocol; `sql` is not changed, so that positions in errors fit. */
int pg_script(struct pg *pg, const char *sql, struct error *error) NODISCARD;

void        pg_result_free(struct pg_result *result);
void        pg_result_freep(struct pg_result **result);
size_t      pg_result_rows(const struct pg_result *result);
size_t      pg_result_columns(const struct pg_result *result);
const char *pg_result_name(const struct pg_result *result, size_t column);
const char *pg_result_text(const struct pg_result *result, size_t row, size_t column);    /* NULL: SQL NULL */
long long   pg_result_int(const struct pg_result *result, size_t row, size_t column);     /* 0 for NULL */
long long   pg_result_affected(const struct pg_result *result);

/* Streams rows one by one; memory does not grow with them. `on_columns` is called once, also for no rows. A callback's
 * negative code stops the statement (it is cancelled on the server) and is returned. */
struct pg_stream {
    int (*on_columns)(void *who, const struct data_column *columns, size_t count, struct error *error);
    int (*on_row)(void *who, const struct data_cell *cells, struct error *error);
    void *who;
    void (*on_done)(void *who, const char *tag);     /* the server's word for what was done, "INSERT 0 5"; or NULL */
};
int pg_stream(struct pg *pg, const char *sql, const struct pg_value *values, size_t count,
              const struct pg_stream *stream, struct error *error) NODISCARD;
/* The rows straight into a sink, begun and ended; `note` may be NULL. */
int pg_send(struct pg *pg, const char *sql, const struct pg_value *values, size_t count, struct sink *sink,
            const struct data_note *note, struct error *error) NODISCARD;

/* The same with a fixed statement: the file sql/catalog/<name>.sql. The text is the caller's to free. */
int pg_catalog_text(const char *name, char **ret_sql, struct error *error) NODISCARD;
int pg_catalog_query(struct pg *pg, const char *name, const struct pg_value *values, size_t count,
                     struct pg_result **ret_result, struct error *error) NODISCARD;
int pg_catalog_script(struct pg *pg, const char *name, struct error *error) NODISCARD;
int pg_catalog_table(struct pg *pg, const char *name, const struct pg_value *values, size_t count, struct sink *sink,
                     struct error *error) NODISCARD;

/* COPY (…) TO STDOUT, its bytes as they come. */
int pg_copy_out(struct pg *pg, const char *sql,
                int (*on_bytes)(void *who, const char *bytes, size_t length, struct error *error), void *who,
                struct error *error) NODISCARD;

/* COPY … FROM STDIN: begin, put (waits while the server is slow), end or abandon. */
int pg_copy_begin(struct pg *pg, const char *sql, struct error *error) NODISCARD;
int pg_copy_put(struct pg *pg, const char *bytes, size_t length, struct error *error) NODISCARD;
int pg_copy_end(struct pg *pg, long long *ret_rows, struct error *error) NODISCARD;
int pg_copy_abandon(struct pg *pg, const char *why);

/* NOTICE and WARNING of the server; NULL: dropped (logged at debug). */
void pg_on_notice(struct pg *pg, void (*on_notice)(void *who, const char *severity, const char *text), void *who);
/* Every statement sent, for the log pane: milliseconds, rows, bytes. */
struct pg_trace { const char *sql; int64_t us; uint64_t rows, bytes; int code; };
void pg_on_trace(struct pg *pg, void (*on_trace)(void *who, const struct pg_trace *trace), void *who);

/* What LISTEN hears, on the loop, also while no statement runs; once a channel of NULL: the connection is lost. NULL:
 * nothing is watched any more. */
void pg_on_notify(struct pg *pg, void (*on_notify)(void *who, const char *channel, const char *text), void *who);

/* Quoting, without a connection. Appends. */
void pg_quote_identifier(struct str *to, const char *name, size_t length);
void pg_quote_literal(struct str *to, const char *text, size_t length);

#endif
