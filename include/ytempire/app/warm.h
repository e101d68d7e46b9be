/*
 * app/warm: answers put into Redis before they are asked for.
 *
 * A warm set is a file NAME.json in $XDG_CONFIG_HOME/ytempire/queries/warm (these first) or among the program's data:
 *
 *   { "name": NAME, "description": …, "class": a TTL class, "schedule": a cron expression (a hint, for people),
 *     "as_of": SQL of one instant, which its queries take for now (absent, or no instant: now),
 *     "entries": [{ "key": as in cache.h, "query": a line or Cube's JSON, or "sql": one statement, "description": … }]
 * }
 *
 * Long texts may be lists of lines. SQL is run in a transaction that is read only. Small files: reading blocks.
 */
#ifndef YTEMPIRE_APP_WARM_H
#define YTEMPIRE_APP_WARM_H

#include <stdbool.h>

#include "ytempire/app.h"
#include "ytempire/base/mem.h"
#include "ytempire/cache.h"

struct app_warm_entry {
    const char *key, *query, *sql;      /* one of query and sql; the other is NULL */
    const char *where;                  /* "FILE:LINE:COLUMN" of what answers it, for lint */
    const char *key_where;
};

struct app_warm_set {
    const char *name, *path, *schedule, *as_of, *as_of_where;     /* schedule and as_of may be NULL */
    bool        shipped;                /* it came with the program, for the model that did */
    const struct cache_class *class;
    struct app_warm_entry    *entries;
    size_t                    entry_count;
};

/* In the arena. ERR_UNKNOWN with did-you-mean; ERR_SYNTAX with the place. */
int  app_warm_read(struct arena *arena, const char *name, struct app_warm_set *ret_set, struct error *error) NODISCARD;
/* All names, sorted; ended with app_warm_names_free. */
int  app_warm_names(char ***ret_names, size_t *ret_count, struct error *error) NODISCARD;
void app_warm_names_free(char **names, size_t count);

/* Makes the keys of a set, or (NULL) of all, and publishes each set (cache.h); with `touched` only of such sets as a
 * load has made stale. Yields `set keys changed removed bytes ms state failed error`: state warmed, part, failed,
 * untouched. An entry that fails keeps its last values, and its failure is noted. ERR_PARTIAL when some failed; when
 * all did, the first one's own; ERR_CONNECT without Redis. In a task. */
int app_warm(struct app *app, const char *name, bool touched, struct sink *sink, struct error *error) NODISCARD;

/* Yields `set class schedule cron enabled last_run next_run last_job last_state duration_ms warmed_at entries failing
 * touched`. */
int app_warm_schedule(struct app *app, struct sink *sink, struct error *error) NODISCARD;

#endif
