/*
 * app/cache: the session's cache of answers, and what must be told to it.
 *
 * Called in a task (engine/loop.h).
 */
#ifndef YTEMPIRE_APP_CACHE_H
#define YTEMPIRE_APP_CACHE_H

#include <stdbool.h>

#include "ytempire/app.h"
#include "ytempire/cache.h"

struct app_cache;

/* The session's cache, borrowed; starts the private servers where they are meant. ERR_USAGE: there is no Redis. For
 * commands that are about it. */
int app_cache(struct app *app, struct cache **ret_cache, struct error *error) NODISCARD;
/* After what may have changed the database: tells the cache what was touched and committed; all of it with
 * `everything`. Quiet: what cannot be told now (no Redis, a transaction that is open) is told by the next command
 * that writes, such as a schedule's in a worker. */
void app_cache_tell(struct app *app, bool everything);
/* The same, with whose loads matter: the database of the session's connection, or, where PostgreSQL does not answer,
 * the one that is known; borrowed until the next call. */
int app_cache_of_database(struct app *app, struct cache **ret_cache, const char **ret_database,
                          struct error *error) NODISCARD;
/* Answers that depend on a relation (with or without its schema) go, as after a load that touched all of it; `dry_run`:
 * they are only counted. */
int app_cache_drop_dependents(struct app *app, const char *relation, bool dry_run, size_t *ret_keys, size_t *ret_bytes,
                              struct error *error) NODISCARD;
void app_cache_free(struct app_cache *cache);      /* NULL is a no-op */

#endif
