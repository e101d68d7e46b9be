/*
 * semantic/drill: from a cell of an answer to the question behind it.
 *
 * The new question is a line of the query language, so that a person sees it, can change it, and a script can ask it.
 * `columns` are those the answer came with (their `member`, `role` and `unit` count), `cells` one row of it.
 * A row becomes filters: a dimension's value `member = 'value'` or `is null`; a time bucket the period it stands for, in the
 * query's own zone.
 */
#ifndef YTEMPIRE_SEMANTIC_DRILL_H
#define YTEMPIRE_SEMANTIC_DRILL_H

#include "ytempire/semantic.h"

struct drill_row {
    const struct data_column *columns;
    const struct data_cell   *cells;
    size_t                    count;
};

/* The query with the row as a filter and one more dimension. `dimension` may be a granularity of the time dimension that is
 * there ("day" below "month"), which then takes its place. ERR_UNKNOWN, ERR_USAGE (a rest row of `top … with other`, a
 * bucket that is no period of the language) in words. */
int query_drill(struct arena *arena, const struct model *model, const struct query *query, const struct drill_row *row,
                const char *dimension, char **ret_line, struct error *error) NODISCARD;
/* What can be drilled by, best first: the next finer granularity, then dimensions that are not there yet and can be joined. */
int query_drill_candidates(struct arena *arena, const struct model *model, const struct query *query,
                           const char *const **ret_names, size_t *ret_count, struct error *error) NODISCARD;
/* The rows of the fact table that measure number `column` of the row was computed from: the measure by the key of its cube
 * and its finest time, with the row as a filter. ERR_USAGE: the column is no measure, the cube has no key. */
int query_rows_behind(struct arena *arena, const struct model *model, const struct query *query, const struct drill_row *row,
                      size_t column, char **ret_line, struct error *error) NODISCARD;
/* The same query ordered by a column of its answer. */
int query_order_by(struct arena *arena, const struct query *query, const char *column, bool descending, char **ret_line,
                   struct error *error) NODISCARD;

#endif
