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
void app_cache_free(struct app_cache *cache);      /* NULL is a no-op */

#endif
