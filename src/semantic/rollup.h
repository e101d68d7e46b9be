/*
 * Rollups: which columns a declared one stores, whether it can answer a leg, and the leg written over it.
 *
 * A rollup is a table of the fact's own kind: its time column holds the bucket's start, and the columns that dimensions
 * reach other tables through are kept under their own names, so that joins, dimensions and tests are written over it as
 * over the fact, and a channel or a video that is renamed is renamed in it too. A dimension that is made of the row
 * alone is kept by value (d_NAME). Aggregates are kept as parts (s1 …), and distinct counts for those who ask for the
 * rollup's own rows; counters as changes:
 *
 *   facts      rows of the fact; a bucket may hold changes alone
 *   c1_seen    snapshots
 *   c1_state   what the state of the group became more, + now where the entity stands, - before where it stood
 *   c1_rows    entities that came, less those that went; c1_count the same of those whose counter is known
 *   c1_gain    the change alone, where the later snapshot stands
 *
 * The sum of c1_state up to a moment is the carried counter there; the sum of c1_gain over a range what was gained.
 */
#ifndef SEMANTIC_ROLLUP_H
#define SEMANTIC_ROLLUP_H

#include "bound.h"

struct rollup_part {
    enum aggregate_kind     kind;
    const struct aggregate *aggregate;     /* NULL: a counter */
    const struct measure   *counter;
};

struct rollup_layout {
    const struct rollup     *rollup;
    const struct zone       *zone;         /* of its buckets */
    bool                     by_day;       /* its facts are of calendar days, which are counted as midnights in UTC */
    const char              *relation;     /* "parts.rollup_videoperformance_daily_rollup" */
    const char              *definition;   /* digest of what it is built from */
    const char              *time_column;
    const char             **columns;      size_t column_count, column_room;   /* own columns, as written */
    const struct dimension **values;       size_t value_count, value_room;
    struct rollup_part      *parts;        size_t part_count, part_room;
    const char              *fault;        /* why it cannot be kept, or NULL */
};

/* In the arena of `bound`, which needs arena, model and context only. */
struct rollup_layout *rollup_layout(const struct bound *bound, const struct rollup *rollup);
/* Index of the part or counter, SIZE_MAX: it is not kept. */
size_t rollup_find_part(const struct rollup_layout *layout, const struct part *part);
bool   rollup_has_value(const struct rollup_layout *layout, const struct dimension *dimension);
/* Is all that the fragment reads of the row kept? Of its time there is the bucket alone. */
bool   rollup_has_columns(const struct rollup_layout *layout, const struct fragment *fragment);
/* Are two rows of one bucket never in one group of these dimensions? Each column is one of them, or the key of one. */
bool   rollup_is_told_by(const struct rollup_layout *layout, struct dimension *const *dimensions, size_t count);
/* By value or by its columns. One whose join tests the row's time is not. */
bool   rollup_has_dimension(const struct rollup_layout *layout, const struct dimension *dimension);

/* What the warehouse says of it. */
struct rollup_state {
    const char *state;                     /* "ready", "building", …; NULL: it was never built */
    const char *definition;
    const char *mark;                      /* changes with it (ops.rollup_mark); NULL: not known */
    bool        is_aggregate;              /* TimescaleDB keeps it, as a continuous aggregate */
    int64_t     rows;
    int64_t     watermark;                 /* buckets that begin before it are in */
    int64_t    *touched;                   size_t touched_count;   /* hours loaded since, ascending */
};

#define ROLLUP_PIECES 8

/* A range answered by a rollup and, around it, by the facts. */
struct rollup_split {
    bool            any;                   /* the rollup has a part in it */
    struct resolved kept;                  /* from the rollup, but for the holes */
    struct resolved holes[ROLLUP_PIECES];  size_t hole_count;      /* inside `kept`: touched buckets */
    struct resolved facts[ROLLUP_PIECES + 2]; size_t fact_count;   /* from the facts; the holes among them */
};

struct leg_rollup {
    const struct rollup_layout *layout;
    const struct rollup_state  *state;
};

/* match.c: chooses for each leg the smallest rollup that answers it exactly; why the others do not is kept for explain.
 */
void match_rollups(struct bound *bound, struct plan *plan);
/* The range as the rollup counts time, and a range of that with its days. */
struct resolved rollup_range(const struct rollup_layout *layout, const struct resolved *range);
void rollup_find_days(const struct bound *bound, const struct rollup_layout *layout, struct resolved *range);
/* The start of the first bucket that begins at or after the instant. */
int64_t rollup_bucket_from(const struct rollup_layout *layout, int64_t instant);
/* Of the buckets before it the rollup holds all rows that the facts have: watermark, or the first touched bucket. */
int64_t rollup_known_until(const struct leg_rollup *from);
/* False: more holes than can be patched. */
bool rollup_split(const struct bound *bound, const struct leg_rollup *from, enum leg_kind kind,
                  const struct resolved *range, struct rollup_split *ret_split);

#endif
