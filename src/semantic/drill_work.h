/*
 * What the parts of drill share: the query as a copy to be changed, and its names bound to the model.
 *
 *   drill.c        one more dimension; another order
 *   drill_row.c    a row → tests and ranges
 *   drill_time.c   a time bucket → the period it stands for; periods inside each other
 *   drill_names.c  names as a line has them; what can be drilled by
 *   drill_behind.c the rows behind a measure
 */
#ifndef SEMANTIC_DRILL_WORK_H
#define SEMANTIC_DRILL_WORK_H

#include "src/semantic/bound.h"
#include "src/semantic/parse.h"
#include "ytempire/semantic/drill.h"

struct drill {
    struct arena *arena;
    struct query *query; /* a copy, to be changed */
    struct bound bound;  /* what it showed before that; `name` of a dimension lies in the copy */
    struct error *error;
};

int drill_open(struct drill *drill, struct arena *arena, const struct model *model, const struct query *query,
               struct error *error) NODISCARD;
/* The line, once all it shows is known to the model. */
int drill_close(struct drill *drill, char **ret_line) NODISCARD;

/* drill_row.c: the copy is narrowed to the row, and loses what was about the answer as a whole. */
int drill_narrow(struct drill *drill, const struct drill_row *row) NODISCARD;
/* "VideoPerformance.snapshot_time.month", as a column's `member` has it */
const char *drill_member(const struct drill *drill, const struct bound_dimension *dimension);
/* A bucket of the default time dimension of every fact: it bounds time, also for counters. */
bool drill_is_axis(const struct drill *drill, const struct bound_dimension *dimension);

/* drill_time.c */
int drill_instant(struct drill *drill, const struct data_column *column, struct data_cell cell,
                  int64_t *ret_instant) NODISCARD;
int drill_period(struct drill *drill, const struct data_column *column, struct data_cell cell, enum data_unit unit,
                 struct period *ret_period) NODISCARD;
/* The bucket becomes what it has in common with the range: itself where the range surely holds it, the range as it is
 * written where that lies inside, else a literal period. ERR_USAGE: nothing, or it depends on a clock not known (0). */
int drill_period_cut(struct drill *drill, const struct period *range, int64_t now, enum data_unit unit,
                     const struct zone *zone, struct period *bucket) NODISCARD;

/* drill_names.c */
bool drill_is_word(const char *name); /* a reserved word or a granularity: written with its cube */
/* The same time at another granularity, spelled as it is. */
struct name drill_name_with_unit(struct arena *arena, const struct name *name, enum data_unit unit);

#endif
