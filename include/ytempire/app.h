/*
 * app: the use cases that join the rooms below, and the session they share.
 *
 * One `struct app` a process. What is slow to get is got on first use: nothing here connects, reads a model or loads
 * a library before somebody asks. Functions that take an error may wait, and are called in a task (engine/loop.h).
 */
#ifndef YTEMPIRE_APP_H
#define YTEMPIRE_APP_H

#include <stdbool.h>
#include <stddef.h>

#include "ytempire/base/error.h"
#include "ytempire/base/time.h"
#include "ytempire/conf.h"
#include "ytempire/data.h"
#include "ytempire/engine/loop.h"
#include "ytempire/engine/pg.h"

struct app_session;        /* app's own: src/app/ */
struct app_ask;            /* the model and the last query: app/ask.h */
struct app_cache;          /* app/cache.h */
struct job;                /* jobs.h */

/* What the console does with its own verbs ("grid sort"): called in a task. */
struct app_console {
    int (*act)(struct app_console *console, const char *verb, const char *const *words, size_t count,
               struct error *error);
    /* Gives the terminal to a child (an editor), or takes it back. */
    void (*lend)(struct app_console *console, bool lend);
};

/* What the session says of each statement, for the log pane. */
struct pg_trace;
struct app_trace {
    void (*on_statement)(void *who, const struct pg_trace *trace);
    void  *who;
};

struct app {
    struct loop        *loop;          /* borrowed, as is conf */
    struct conf        *conf;          /* options and settings */
    struct conf_target  target;        /* where to connect */
    struct sink *words; /* the front end's, for what is done on the way (servers started, schema made); or NULL */
    struct app_console *console;       /* NULL: there is no screen */
    struct app_trace    trace;         /* of every connection opened from now on */
    bool                undecided;     /* no database was chosen yet: app_pg refuses, rather than start one unasked */
    bool                starts_nothing; /* private servers that are down stay down: a worker waits for them */
    bool                keeps_worker;   /* beside the private servers, as app_worker_beside, when it connects to them */
    bool                follows_model; /* the model's files are looked at again at each question, else once */
    struct job         *job;           /* the attempt this session makes, borrowed; NULL: a person's */
    bool                quit;          /* the person wants to leave: no further command is taken */
    struct app_session *session;
    struct app_ask     *ask;           /* made on first use; app_free ends it with app_ask_free */
    struct app_cache   *cache;         /* likewise */
};

/* `conf` has been parsed and loaded; its target is resolved here (ERR_USAGE). */
int  app_new(struct loop *loop, struct conf *conf, struct app **ret_app, struct error *error) NODISCARD;
/* A second session at the same place, with the password that was typed for the first: it connects by itself, shares
 * nothing else, and starts no servers. `conf` (borrowed) is a copy of the first one's. */
int  app_beside(const struct app *first, struct conf *conf, struct app **ret_app, struct error *error) NODISCARD;
void app_free(struct app *app);
void app_freep(struct app **app);

/* Works at the place of another profile from now on, read anew, whatever the command line said: the session's
 * connection is ended, with a transaction that a command had left open, and the next app_pg goes there. The model is
 * read anew when it is next asked for, and the last query is forgotten. `password` (may be NULL) is this session's
 * alone. While no command runs. Nothing changes when the profile is refused (ERR_USAGE). */
int  app_use_profile(struct app *app, const char *profile, const char *password, struct error *error) NODISCARD;
/* Starts connecting when that needs no waiting, and returns at once: call early, then do other work. Failures are
 * reported by app_pg. */
void app_connect_early(struct app *app);
/* The session's connection, connected; starts the private servers where they are meant. A lost one is opened again,
 * unless a command had left a transaction open: then it fails until app_end_lost_transaction. Borrowed. ERR_CONNECT,
 * also while nothing is decided (app->undecided). */
int  app_pg(struct app *app, struct pg **ret_pg, struct error *error) NODISCARD;
/* The person has heard that a transaction is lost, and ends it. */
void app_end_lost_transaction(struct app *app);
/* A statement may have made the connection somebody else's, or changed its settings: until it is opened anew, nothing
 * that was known of it holds, and its answers are neither kept in the cache nor taken from there. */
void app_session_altered(struct app *app);
bool app_session_is_altered(const struct app *app);
/* One more connection to the same place, for work beside the session's; caller closes it with pg_close. */
int  app_pg_open(struct app *app, struct pg **ret_pg, struct error *error) NODISCARD;
/* The same to another database of that server, `who` being the app: for migrate_options.open_database. */
int  app_pg_open_database(void *who, const char *database, struct pg **ret_pg, struct error *error) NODISCARD;
/* The same as a superuser where the servers are the private ones, else as the session is. */
int  app_pg_open_superuser(struct app *app, const char *database, struct pg **ret_pg, struct error *error) NODISCARD;
/* What migrate's functions need to know of this session; texts are the session's. */
struct migrate_options;
void app_migrate_options(struct app *app, struct migrate_options *ret_options);
/* Whether only one tenant's rows may be seen: --as-user, or a login that is no more. Connects where it must ask. */
int  app_is_tenant(struct app *app, bool *ret_tenant, struct error *error) NODISCARD;
/* The private servers, or NULL when the target is not they. Borrowed. */
struct local;
struct local *app_local(struct app *app);
/* Starts the worker beside the private servers where none runs and --local-worker does not say off. ERR_PARTIAL: it
 * does not start, and `error` says why. */
struct sink;
int app_worker_beside(struct app *app, struct local *local, struct sink *sink, struct error *error) NODISCARD;
/* Ends the session's connection; the next app_pg makes a new one. Before its server is stopped. */
void app_disconnect(struct app *app);
bool app_is_connected(const struct app *app);
/* The session's connection where it is there and well, else NULL: for what is not worth another. */
struct pg *app_pg_alive(const struct app *app);
/* Where PostgreSQL is, in libpq's words, borrowed; NULL: as the environment says. */
const char *app_dsn(const struct app *app);
/* The password that goes with it, borrowed; NULL: libpq finds one, or none is asked for. Not for showing. */
const char *app_password(const struct app *app);
/* The socket or URL of Redis, borrowed; NULL when there is none. */
const char *app_redis(const struct app *app);

/* Value of :NAME (--var), or NULL. */
const char *app_variable(const struct app *app, const char *name, size_t length);
/* All their names, for did-you-mean; NULL-terminated, borrowed. */
const char *const *app_variable_names(const struct app *app);
/* `set tz`, else the profile's, else NULL: the model decides. */
const struct zone *app_zone(const struct app *app);

#endif
