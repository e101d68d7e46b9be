/*
 * cache/looks: what there is to see of the cache beside its keys: hit rate over time, classes, what depends on what, and
 * how warm sets are.
 *
 * Functions wait, in a task, up to a minute; errors are those of cache.h. Tables are the caller's to free.
 */
#ifndef YTEMPIRE_CACHE_LOOKS_H
#define YTEMPIRE_CACHE_LOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/cache.h"

/* Yields `at hits misses hit_rate stale stored invalidated`: the last minutes (a day of them at most), `step` in a row.
 */
int cache_history(struct cache *cache, int minutes, int step, struct table **ret_table, struct error *error) NODISCARD;
/* Yields `class priority keys bytes stale warmed failing oldest_seconds ttl_seconds`, a row a class, and one of what
 * other programs have put there. `ret_more`: not all keys were looked at. */
int cache_classes(struct cache *cache, struct table **ret_table, bool *ret_more, struct error *error) NODISCARD;
/* What depends on the relations of a database: `relation dependents on_added_rows` of each; of one that is named, with
 * or without its schema, `relation key warm_set class from to on_added_rows age_seconds ttl_seconds bytes`.
 * `ret_more`: not all were looked at. */
int cache_relations(struct cache *cache, const char *database, struct table **ret_table, struct error *error) NODISCARD;
int cache_dependents(struct cache *cache, const char *database, const char *relation, struct table **ret_table,
                     bool *ret_more, struct error *error) NODISCARD;
/* The whole name of a relation that something depends on; caller frees. NULL: nothing does. */
int cache_relation_find(struct cache *cache, const char *database, const char *relation, char **ret_relation,
                        struct error *error) NODISCARD;
/* What is known of a warm set. */
struct cache_warm_state {
    int64_t  warmed_us;                /* when its last pass began; 0: not within a week */
    size_t   entries, failing, touched;        /* of those that were warmed: failed last, made stale by a load */
};
int cache_warm_state(struct cache *cache, const char *set, struct cache_warm_state *ret_state,
                     struct error *error) NODISCARD;

#endif
