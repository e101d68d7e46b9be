/*
 * cache: answers kept in Redis under the keys of the specification, and what was asked last in this process.
 *
 * A cache never decides what is true: whatever goes wrong here, the caller still gets an answer from PostgreSQL. A
 * value under "analytics:" is what Python's json.dumps(rows, default=str) writes; what only we need lies beside it
 * under "ytempire:": the columns, the note and the exact cells, when it was computed, and what it was read from.
 *
 * An answer holds as long as the lists of what it was read from name it: a load takes it off them, and so does a server
 * that has thrown such a list away. Each list has a mark that changes with every load; an answer is kept only when the
 * marks are still those that stood before its statement began.
 *
 * Functions that take an error wait, in a task (engine/loop.h); none takes longer than two seconds unless it says so.
 * Times are microseconds, ages are by the server's clock. Errors are those of engine/redis_client.h, and ERR_SERVER
 * where Redis refused.
 */
#ifndef YTEMPIRE_CACHE_H
#define YTEMPIRE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/base/mem.h"
#include "ytempire/data.h"
#include "ytempire/engine/loop.h"

struct cache;

/* Connects nothing yet; ERR_USAGE for a wrong address. */
int  cache_new(struct loop *loop, const char *address, struct cache **ret_cache, struct error *error) NODISCARD;
void cache_free(struct cache *cache);                          /* NULL is a no-op */

/* -- classes and keys ---------------------------------------------------------------------------------------------- */

enum cache_class_id { CLASS_EXECUTIVE, CLASS_OPERATIONAL, CLASS_HISTORICAL, CLASS_USER, CLASS_COUNT };

struct cache_class {
    const char *name, *priority;       /* "executive_dashboard", "high" */
    int64_t     ttl_us, interval_us;   /* fresh for the one; kept for both together */
};
const struct cache_class *cache_class(enum cache_class_id id);
const struct cache_class *cache_class_find(const char *name);  /* NULL: no such class */

#define CACHE_PREFIX "analytics:"
#define CACHE_KEY_SIZE (sizeof CACHE_PREFIX + 32)

/* What json.dumps(json.loads(json), sort_keys=True) writes; caller frees. ERR_SYNTAX. */
int cache_params(const char *json, char **ret_text, struct error *error) NODISCARD;
/* "analytics:" + md5(query + ":" + params), params as cache_params has it ("null": none). */
void cache_key(const char *query, const char *params, char ret_key[static CACHE_KEY_SIZE]);

/* -- an answer ----------------------------------------------------------------------------------------------------- */

/* Rows with what is known of them, as they were yielded. */
struct cache_rows;
struct cache_rows *cache_rows_ref(struct cache_rows *rows);
void   cache_rows_unref(struct cache_rows *rows);              /* NULL is a no-op */
void   cache_rows_unrefp(struct cache_rows **rows);
size_t cache_rows_count(const struct cache_rows *rows);
/* Into a sink, begun and ended; `cache` ("hit", "stale"), `key` and the age go into the note. */
int    cache_rows_send(const struct cache_rows *rows, const char *cache, const char *key, int64_t age_us,
                       struct sink *sink, struct error *error) NODISCARD;

/* Stands before a sink and writes down what passes. What is larger than `most` bytes, or four times that as JSON, passes
 * and is not kept. */
struct cache_record;
struct cache_record *cache_record_new(struct sink *front, size_t most);
void         cache_record_free(struct cache_record *record);   /* NULL is a no-op */
struct sink *cache_record_sink(struct cache_record *record);
/* For the note that passes: "miss" and the key; borrowed. */
void         cache_record_name(struct cache_record *record, const char *cache, const char *key);
bool         cache_record_is_whole(const struct cache_record *record);     /* it ended and was not too large */
#define CACHE_ROWS_MOST ((size_t)2 << 20)

/* -- asking -------------------------------------------------------------------------------------------------------- */

/* A part of what an answer was read from. Open ends are INT64_MIN and INT64_MAX. */
struct cache_read {
    const char *relation;              /* "analytics.fact_video_performance" */
    bool        added;                 /* rows that are added change it too, not only those that are changed */
    int64_t     from, to;              /* instants; `to` is not in it */
};

struct cache_question {
    const char *key;                   /* "analytics:…" */
    const char *database;              /* whose loads matter: any text that tells it from others */
    const struct cache_read *reads;
    size_t      read_count;
    const struct data_column *columns; /* what an answer of another program must have; NULL: none is taken */
    size_t      column_count;
    int64_t     max_stale_us;          /* how long past its time an answer is accepted; negative: not at all */
};

enum cache_outcome { CACHE_HIT, CACHE_STALE, CACHE_MISS };

struct cache_flight;                   /* the right and duty to compute an answer */

struct cache_answer {
    enum cache_outcome   outcome;
    struct cache_rows   *rows;         /* HIT, STALE */
    struct cache_flight *flight;       /* MISS: end it with cache_store or cache_give_up */
    int64_t              age_us;       /* since it was computed; 0 when that is not known */
};
void cache_answer_done(struct cache_answer *answer);           /* the flight is given up */

/* Asks for an answer. One asker over all processes gets CACHE_MISS and computes it; the others wait for it here, as
 * long as the one lives, or are given an answer that is old where `max_stale_us` allows it. */
int cache_ask(struct cache *cache, const struct cache_question *question, struct cache_answer *ret_answer,
              struct error *error) NODISCARD;
/* The same without asking others or Redis for leave: the flight of who computes in any case (--refresh). */
int cache_take_off(struct cache *cache, const struct cache_question *question, struct cache_flight **ret_flight,
                   struct error *error) NODISCARD;
/* An answer of any age that is still there, CACHE_STALE or CACHE_MISS without a flight: when PostgreSQL is not. */
int cache_find_old(struct cache *cache, const char *key, struct cache_answer *ret_answer,
                   struct error *error) NODISCARD;

/* Keeps what was recorded and ends the flight, also when it fails. `fresh_us`: at most so long (midnight may come
 * before the class's TTL); `shortcut` (or NULL) leads to it as in cache_find. */
int  cache_store(struct cache_flight *flight, const struct cache_record *record, const struct cache_class *class,
                 int64_t fresh_us, const char *shortcut, struct error *error) NODISCARD;
/* NULL is a no-op. Also of a task that was cancelled: who waits is let go on. */
void cache_give_up(struct cache_flight *flight);

/* Shortcuts: who asked the same in the same minute needs no model to know the key. `ret_note` (caller frees; NULL:
 * there is none) is what cache_note_place has put under `place`. A fresh answer is CACHE_HIT with its key, else
 * CACHE_MISS without a flight. */
int cache_find(struct cache *cache, const char *shortcut, const char *place, struct cache_answer *ret_answer,
               char ret_key[static CACHE_KEY_SIZE], char **ret_note, struct error *error) NODISCARD;
int cache_note_place(struct cache *cache, const char *place, const char *note, struct error *error) NODISCARD;
int cache_add_shortcut(struct cache *cache, const char *shortcut, const char *key, struct error *error) NODISCARD;

/* -- many at once -------------------------------------------------------------------------------------------------- */

struct cache_look {
    const char *key;                   /* of a question, or of a named answer */
    const struct data_column *columns; /* as in cache_question, of a question; NULL: any rows are taken */
    size_t      column_count;
    /* what is there: */
    enum cache_outcome outcome;        /* STALE: past its time, or a load has touched what it was read from; no flight */
    struct cache_rows *rows;
    int64_t     age_us;                /* -1: not known */
    const char *class_name;            /* of a named answer whose age is known; else NULL */
    bool        touched;
    char       *why;                   /* a named answer is not made anew since `failed_at`, and why; else NULL */
    int64_t     failed_at;
};
/* Looks all of them up in one round trip, asking nobody for leave and waiting for nobody. Questions that are fresh count
 * as hits. What was found is ended with cache_looks_done, also after a failure. */
int  cache_look(struct cache *cache, struct cache_look *looks, size_t count, struct error *error) NODISCARD;
void cache_looks_done(struct cache_look *looks, size_t count);

/* -- named answers: what is computed before it is asked for -------------------------------------------------------- */

/*
 * An entry is a key, or one with columns of its rows in braces ("analytics:user:{user_id}:monthly_revenue"): then each
 * value they take is a key of its own, whose value has the other columns. Rows of one key come one after the other.
 * Keys live for TTL and interval of the class. A load that touches what they were read from does not take them away:
 * they are stale then, until a pass that began later has made them anew.
 */
struct cache_entry {
    const char *set, *key;             /* "user_dashboards" */
    const struct cache_class *class;
    const char *database;              /* whose loads matter; NULL: no load does */
    const struct cache_read *reads;
    size_t      read_count;
};
/* The columns that a key names, in the arena. ERR_SYNTAX: it is no key; `ret_at` is then the byte that is wrong. */
int cache_entry_columns(struct arena *arena, const char *key, const char *const **ret_names, size_t *ret_count,
                        size_t *ret_at, struct error *error) NODISCARD;

struct cache_warmed {
    size_t   keys, changed, removed;   /* changed: there was none, or another value */
    uint64_t bytes;                    /* of the values */
};

/* One pass over an entry's rows, begun before the statement is: what is touched from here on may not be in it. They are
 * written in batches as they come: memory does not grow with them. What is cut short leaves good values, each of the
 * one run or the other. An older pass writes over nothing of a newer one. */
struct cache_warming;
int  cache_warm_begin(struct cache *cache, const struct cache_entry *entry, struct sink *front,
                      struct cache_warming **ret_warming, struct error *error) NODISCARD;
/* Where the rows go; words and progress go on to `front`. ERR_UNKNOWN: the rows lack a column that the key names. Each
 * batch takes up to a minute. */
struct sink *cache_warm_sink(struct cache_warming *warming);
/* Once the rows have ended: keys of former passes that this one did not make go, and so does the entry's failure. */
int  cache_warm_end(struct cache_warming *warming, struct cache_warmed *ret_warmed, struct error *error) NODISCARD;
void cache_warm_free(struct cache_warming *warming);           /* NULL is a no-op */

/* The last values stay; cache_keys and cache_stats tell since when they are not made anew, and why. */
int cache_warm_failed(struct cache *cache, const struct cache_entry *entry, const char *why,
                      struct error *error) NODISCARD;
/* Whether a load has touched what some entry of the set was read from, and it was not made anew since. */
int cache_warm_is_touched(struct cache *cache, const char *set, bool *ret_touched, struct error *error) NODISCARD;
/* PUBLISH on CACHE_WARMED_CHANNEL: {"set": …, "at": "2026-01-31T12:00:00Z", "keys": …, "changed": …, "removed": …,
 * "failed": entries that were not made}. */
#define CACHE_WARMED_CHANNEL "ytempire:warmed"
int cache_warm_announce(struct cache *cache, const char *set, const struct cache_warmed *warmed, size_t failed,
                        struct error *error) NODISCARD;

/* -- what changed -------------------------------------------------------------------------------------------------- */

/* What was loaded: answers that were read from it go, and such as are being computed are not kept. A relation of NULL
 * is all of the database. After the load has committed. Takes up to a minute. */
struct cache_touch {
    const char *relation;
    bool        added;                 /* rows were added only */
    int64_t     from, to;
};
/* A warm set of which entries have become stale. */
struct cache_touched_set {
    char *set, *pass;                  /* pass: the last that was begun, another text for each */
    const struct cache_class *class;
};
struct cache_touched {
    size_t dropped;                    /* answers */
    struct cache_touched_set *sets;
    size_t set_count, set_room;
};
/* `ret_touched` (NULL: nobody wants to know) is ended by the caller, also after a failure: what was done by then. */
int  cache_touch(struct cache *cache, const char *database, const struct cache_touch *touches, size_t count,
                 struct cache_touched *ret_touched, struct error *error) NODISCARD;
void cache_touched_done(struct cache_touched *touched);
/* Of all databases: what is being computed now, by whomever, is not kept; what is being warmed is stale. */
int  cache_drop_flights(struct cache *cache, struct error *error) NODISCARD;

/* -- for commands -------------------------------------------------------------------------------------------------- */

/* Patterns are Redis's; what is meant is "analytics:PATTERN*". Each takes up to a minute. */
int cache_stats(struct cache *cache, struct table **ret_table, struct error *error) NODISCARD;
int cache_keys(struct cache *cache, const char *pattern, struct table **ret_table, struct error *error) NODISCARD;
/* What stands behind "analytics:" in keys, for a person to choose from, those with words first: at most `most`, of
 * 20,000 keys of Redis at most that are looked through. Ended with cache_names_free. */
int  cache_names(struct cache *cache, size_t most, char ***ret_names, size_t *ret_count, struct error *error) NODISCARD;
void cache_names_free(char **names, size_t count);
/* With or without "analytics:" in front. ERR_UNKNOWN: there is none. */
int cache_get(struct cache *cache, const char *key, struct cache_rows **ret_rows, struct error *error) NODISCARD;
/* Drops them, unless it is a dry run; then nothing that is being computed is kept either. */
int cache_invalidate(struct cache *cache, const char *pattern, bool dry_run, size_t *ret_keys, size_t *ret_bytes,
                     struct error *error) NODISCARD;

#endif
