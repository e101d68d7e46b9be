/*
 * local: a PostgreSQL cluster and a Redis of the user's own, on unix sockets, without a TCP port.
 *
 * They lie under $XDG_DATA_HOME/ytempire/local, are started when needed, and go on when the program ends. Two programs
 * that start them at once take turns (a lock on a file of the folder). PostgreSQL refuses root: then the servers run
 * under an unprivileged account, and where that account cannot reach the folder, it is a link to one that it can.
 * Finding the place is cheap (a few system calls, no server asked); everything with an error may wait and is called
 * in a task (engine/loop.h).
 */
#ifndef YTEMPIRE_LOCAL_H
#define YTEMPIRE_LOCAL_H

#include <stdbool.h>

#include "ytempire/base/error.h"
#include "ytempire/data.h"

struct local;

#define LOCAL_SUPERUSER "postgres"      /* of the private PostgreSQL; nobody works as it but a restore */

/* Finds the place; makes and starts nothing. ERR_USAGE when there is no home to put it in, or the path is too long for
 * a socket and nothing shorter can stand for it. */
int  local_new(struct local **ret_local, struct error *error) NODISCARD;
void local_free(struct local *local);
void local_freep(struct local **local);

const char *local_folder(const struct local *local);        /* borrowed, as all of these */
const char *local_dsn(const struct local *local);           /* libpq's "host=… port=… user=… dbname=…": the owner, no superuser */
const char *local_redis(const struct local *local);         /* path of Redis' socket */
const char *local_stamp(const struct local *local);         /* the file in which `app` notes that the schema is current */
/* Whether a cluster was ever made here: one look at the disk. */
bool        local_is_made(const struct local *local);
/* Whether PostgreSQL seems to be up: its socket and pid file are there. One look, no connection; may be wrong. */
bool        local_looks_up(const struct local *local);

/* Starts what is down, makes the cluster, the owner and the database when new; 0 when both servers answer.
 * What is done is told to `sink` (may be NULL). ERR_CONNECT with the server's own last words and a hint; ERR_IO for a
 * full disk; ERR_FAILED when a program is not installed. ERR_PARTIAL: PostgreSQL answers, Redis does not, and `error` says
 * why: whatever needs no cache can go on. */
int  local_up(struct local *local, struct sink *sink, struct error *error) NODISCARD;
/* Starts this program as a worker beside them, with its log in their folder, unless one runs: one of another version is
 * replaced. 0 when it is there; whether it has found the servers is for its own log. ERR_FAILED with its last words. */
int  local_worker_up(struct local *local, struct sink *sink, struct error *error) NODISCARD;
/* Ends it, and waits: it drains for five seconds, then what it has in hand is given back. Not running is no error. */
int  local_worker_down(struct local *local, struct sink *sink, struct error *error) NODISCARD;
/* Stops the worker and both servers, waiting until they are gone. Not running is no error. */
int  local_down(struct local *local, struct sink *sink, struct error *error) NODISCARD;
/* Yields `server state version pid address data bytes`: one row a server, and one of the worker; state `up`, `down`, `stale` (a pid file without
 * its server), `busy` (it runs, but does not answer: it starts, or ends) or `absent`; of PostgreSQL `address` is a
 * connection string. */
int  local_status(struct local *local, struct sink *sink, struct error *error) NODISCARD;
/* Stops all and deletes their data. The caller has asked. */
int  local_reset(struct local *local, struct sink *sink, struct error *error) NODISCARD;

#endif
