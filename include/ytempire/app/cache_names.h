/*
 * app/cache_names: names of keys of the cache, for completion, which never waits.
 *
 * Who asks gets what is known, and it is asked for in the background over a connection of its own, at most every ten
 * seconds: 500 keys at most. Nothing is asked where no server is named or the private ones are down, and a tenant
 * gets none: the keys are those of others, too.
 */
#ifndef YTEMPIRE_APP_CACHE_NAMES_H
#define YTEMPIRE_APP_CACHE_NAMES_H

#include <stddef.h>

#include "ytempire/app.h"

struct app_cache_names;

/* `on_change` is called on the loop when names have become known. */
struct app_cache_names *app_cache_names_new(struct app *app, void (*on_change)(void *who), void *who);
/* Turns the loop until what is under way has ended, for two seconds at most. Not in a task; before app_free. NULL is a
 * no-op. */
void                    app_cache_names_free(struct app_cache_names *names);
/* What stands behind "analytics:", borrowed until the next call or turn of the loop; NULL: none are known (yet). */
const char *const      *app_cache_names_of(struct app_cache_names *names, size_t *ret_count);

#endif
