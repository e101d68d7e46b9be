/*
 * A connection: making it without blocking the loop, and its end.
 *
 * Invariant: in PG_CONNECTING either `dial` is set (a host's name is looked up: the whole connection is made on a
 * thread, which hands it over) or `watched` follows the descriptor that libpq polls; in PG_READY the connection is
 * non-blocking and nothing is watched between statements; in PG_LOST `trouble` says why, for ever.
 */
#include "ytempire/engine/pg.h"

#include <poll.h>
#include <stdatomic.h>

#include "pg_internal.h"
#include "ytempire/base/log.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

#define CONNECT_TIMEOUT_US (10 * US_PER_SECOND)

struct pg_dial {
    const struct pg_library *lib;
    struct pg_parameters     parameters;
    PGconn                  *conn;        /* the thread's until it has ended */
    atomic_bool              abandoned;
    struct pg               *owner;       /* NULL: nobody waits for it any more */
};

static void on_notice_arrived(void *who, const PGresult *result)
{
    struct pg *pg = who;
    const char *severity = pg->lib->PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *text = pg->lib->PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    if (pg->on_notice)
        pg->on_notice(pg->notice_who, severity ? severity : "NOTICE", text ? text : "");
    else
        log_debug("engine", "the server says: %s", text ? text : "");
}

static void stop_watching(struct pg *pg)
{
    if (pg->watched >= 0)
        loop_unwatch(pg->loop, pg->watched);
    pg->watched = -1;
}

static void connect_ended(struct pg *pg, enum pg_state state)
{
    stop_watching(pg);
    loop_timer_cancel(pg->loop, pg->patience);
    pg->patience = NULL;
    pg->state = state;
    if (pg->waiter)
        task_wake(pg->waiter);
}

/* A value that libpq refuses ("invalid port number: …") is no server that may come back. */
static void connect_failed(struct pg *pg)
{
    const char *words = pg->lib->PQerrorMessage(pg->conn);

    (void)!pg_error_from_words(text_starts(words, "invalid ") ? ERR_USAGE : ERR_CONNECT, words, &pg->trouble);
    if (pg->lib->PQconnectionNeedsPassword(pg->conn))
        error_hint(&pg->trouble, "give the password in ~/.pgpass or PGPASSWORD");
    connect_ended(pg, PG_LOST);
}

static void connect_made(struct pg *pg)
{
    pg->lib->PQsetnonblocking(pg->conn, 1);
    pg->lib->PQsetNoticeReceiver(pg->conn, on_notice_arrived, pg);
    connect_ended(pg, PG_READY);
}

static bool is_ready_now(int fd, short events)
{
    struct pollfd ready = {.fd = fd, .events = events};

    return poll(&ready, 1, 0) == 1;
}

static void on_connect_ready(int fd, short revents, void *who);

/* Takes every step that need not wait, so that the server works on the startup packet while we do something else. */
static void connect_step(struct pg *pg)
{
    for (;;) {
        PostgresPollingStatusType want = pg->lib->PQconnectPoll(pg->conn);
        short events = want == PGRES_POLLING_READING ? POLLIN : POLLOUT;

        stop_watching(pg);    /* the next host has another descriptor */
        if (want == PGRES_POLLING_OK) {
            connect_made(pg);
            return;
        }
        if (want == PGRES_POLLING_FAILED) {
            connect_failed(pg);
            return;
        }
        int fd = pg->lib->PQsocket(pg->conn);
        if (!is_ready_now(fd, events)) {
            pg->watched = fd;
            loop_watch(pg->loop, fd, events, on_connect_ready, pg);
            return;
        }
    }
}

static void on_connect_ready(int fd, short revents, void *who)
{
    (void)fd;
    (void)revents;
    connect_step(who);
}

static void on_patience_ended(void *who)
{
    struct pg *pg = who;

    pg->patience = NULL;
    error_set(&pg->trouble, ERR_CONNECT, "no answer from the server within the time for connecting");
    if (pg->dial) {
        atomic_store(&pg->dial->abandoned, true);
        pg->dial->owner = NULL;
        pg->dial = NULL;
    }
    connect_ended(pg, PG_LOST);
}

/* -- on a thread -------------------------------------------------------------------------------------------------- */

static void dial_on_thread(void *who)
{
    struct pg_dial *dial = who;
    const struct pg_library *lib = dial->lib;
    PostgresPollingStatusType want = PGRES_POLLING_WRITING;

    dial->conn = lib->PQconnectStartParams((const char *const *)dial->parameters.keywords,
                                           (const char *const *)dial->parameters.values, 1);
    while (dial->conn && lib->PQstatus(dial->conn) != CONNECTION_BAD && !atomic_load(&dial->abandoned)) {
        struct pollfd wait = {.fd = lib->PQsocket(dial->conn),
                              .events = want == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        if (poll(&wait, 1, 100) <= 0)
            continue;
        want = lib->PQconnectPoll(dial->conn);
        if (want == PGRES_POLLING_OK || want == PGRES_POLLING_FAILED)
            break;
    }
}

static void on_dial_done(void *who)
{
    struct pg_dial *dial = who;
    struct pg *pg = dial->owner;

    if (pg) {
        pg->dial = NULL;
        pg->conn = dial->conn;
        if (pg->lib->PQstatus(pg->conn) == CONNECTION_OK)
            connect_made(pg);
        else
            connect_failed(pg);
    } else {
        dial->lib->PQfinish(dial->conn);
    }
    pg_parameters_done(&dial->parameters);
    mem_free(dial);
}

static void connect_on_thread(struct pg *pg, struct pg_parameters *parameters)
{
    struct pg_dial *dial = mem_alloc(sizeof *dial);

    dial->lib = pg->lib;
    dial->parameters = *parameters;
    dial->owner = pg;
    pg->dial = dial;
    loop_thread(pg->loop, dial_on_thread, on_dial_done, dial);
}

/* -- the face ----------------------------------------------------------------------------------------------------- */

static void connect_here(struct pg *pg, struct pg_parameters *parameters)
{
    pg->conn = pg->lib->PQconnectStartParams((const char *const *)parameters->keywords,
                                             (const char *const *)parameters->values, 1);
    pg_parameters_done(parameters);
    if (pg->lib->PQstatus(pg->conn) == CONNECTION_BAD)
        connect_failed(pg);
    else
        connect_step(pg);
}

int pg_open(struct loop *loop, const struct pg_options *options, struct pg **ret_pg, struct error *error)
{
    const struct pg_library *lib = NULL;
    struct pg_parameters parameters = {0};
    int64_t timeout = options->connect_timeout_us > 0 ? options->connect_timeout_us : CONNECT_TIMEOUT_US;
    int code = pg_library_get(&lib, error);

    if (code == 0)
        code = pg_parameters_make(lib, options, &parameters, error);
    if (code < 0)
        return code;
    struct pg *pg = mem_alloc(sizeof *pg);
    pg->loop = loop;
    pg->lib = lib;
    pg->watched = pg->listening = -1;
    pg->patience = loop_timer(loop, timeout, on_patience_ended, pg);
    if (parameters.looks_up)
        connect_on_thread(pg, &parameters);
    else
        connect_here(pg, &parameters);
    *ret_pg = pg;
    return 0;
}

void pg_close(struct pg *pg)
{
    if (!pg)
        return;
    if (pg->dial) {
        atomic_store(&pg->dial->abandoned, true);
        pg->dial->owner = NULL;
    }
    stop_watching(pg);
    pg_notify_pause(pg);
    loop_timer_cancel(pg->loop, pg->patience);
    pg->lib->PQfinish(pg->conn);
    error_done(&pg->trouble);
    mem_free(pg->copy_sql);
    mem_free(pg);
}

void pg_closep(struct pg **pg)
{
    pg_close(*pg);
    *pg = NULL;
}

static int say_trouble(const struct pg *pg, struct error *error)
{
    int code = error_set(error, pg->trouble.code, "%s", pg->trouble.text);

    if (pg->trouble.hint)
        error_hint(error, "%s", pg->trouble.hint);
    return code;
}

int pg_ready(struct pg *pg, struct error *error)
{
    int code = 0;

    pg->waiter = task_current();
    while (pg->state == PG_CONNECTING && code == 0)
        code = task_park();
    pg->waiter = NULL;
    if (code < 0)
        return error_set(error, code, "%s", error_sentence(code));
    return pg->state == PG_READY ? 0 : say_trouble(pg, error);
}

bool pg_is_socket(const struct pg *pg)
{
    const char *host = pg->lib->PQhost(pg->conn);

    return host && (*host == '/' || *host == '@');
}

bool pg_in_transaction(const struct pg *pg)
{
    PGTransactionStatusType status = pg->lib->PQtransactionStatus(pg->conn);

    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

int pg_server_version(const struct pg *pg)
{
    return pg->lib->PQserverVersion(pg->conn);
}

int pg_backend_pid(const struct pg *pg)
{
    return pg->lib->PQbackendPID(pg->conn);
}

const char *pg_parameter(const struct pg *pg, const char *name)
{
    return pg->lib->PQparameterStatus(pg->conn, name);
}

const char *pg_database(const struct pg *pg)
{
    return pg->lib->PQdb(pg->conn);
}

const char *pg_user(const struct pg *pg)
{
    return pg->lib->PQuser(pg->conn);
}

void pg_on_notice(struct pg *pg, void (*on_notice)(void *who, const char *severity, const char *text), void *who)
{
    pg->on_notice = on_notice;
    pg->notice_who = who;
}

void pg_on_trace(struct pg *pg, void (*on_trace)(void *who, const struct pg_trace *trace), void *who)
{
    pg->on_trace = on_trace;
    pg->trace_who = who;
}
