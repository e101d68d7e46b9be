/* Shared by rollup_refresh.c and rollup_aggregate.c: a refresh under way. */
#ifndef APP_ROLLUP_REFRESH_H
#define APP_ROLLUP_REFRESH_H

#include "rollup_int.h"

struct refresh {
    struct rollup_work    *work;
    struct semantic_rollup rollup;
    int64_t                until;           /* the bucket that runs now begins there */
    int64_t                watermark;
    bool                   built;
    bool                   is_aggregate;    /* what is built is a continuous aggregate */
    const char            *noted;           /* "{1,2}": the notes of loads that are taken, but not yet off the list */
    long long              buckets, rows;
};

struct span { int64_t from, late, to; };    /* neighbouring buckets; none of their late rows is at `late` or after it */

struct spans {
    struct span *items;
    size_t       count, room;
};

const char *refresh_stamp(struct refresh *this, int64_t instant);
int64_t     refresh_bucket_after(const struct refresh *this, int64_t bucket);
/* How many rows it has and what it takes, each an expression of SQL. */
int         refresh_note_ready(struct refresh *this, const char *rows, const char *bytes,
                               struct error *error) NODISCARD;
int         refresh_grant(struct refresh *this, const char *relation, struct error *error) NODISCARD;

/* Builds the rollup as an aggregate, after it was announced. `ret_built` false: it is to be a table; where TimescaleDB
 * could have kept it but for what the rollup is, why is told. No transaction is open, before or after. */
int aggregate_build(struct refresh *this, bool *ret_built, struct error *error) NODISCARD;
/* The spans computed anew. Not in a transaction: what loads have touched comes off the list at the end, and until then
 * those buckets are read from the facts. */
int aggregate_update(struct refresh *this, const struct spans *spans, struct error *error) NODISCARD;

#endif
