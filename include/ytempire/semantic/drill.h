/*
 * semantic/drill: from a cell of an answer to the question behind it.
 *
 * The new question is a line of the query language, canonical, so that a person sees it, can change it, and a script
 * can ask it. Pure, nothing blocks; the line and the names lie in the arena, the query is left as it is.
 *
 * `columns` are those the answer came with, in any order (`name`, `member`, `role`, `type` and `zone` count), `cells`
 * one row of it. A row becomes filters beside what the query has: a dimension's value `member = 'value'` or `is null`;
 * a bucket of the default time dimension the period it stands for, after `for` (a counter is read up to the end of a
 * range), in the column's zone. What a range that is there and the bucket have in common takes the range's place: the
 * bucket where the range surely holds it, else days or clock times, by `now` where the range is relative. A bucket of
 * another time is a test, `published_at in 2026-01`; so is any where a measure counts a first sighting by its range
 * (`baseline: published`) and no counter is asked beside it.
 *
 * What the parts of a row add up to is the row (behind a join to many: what they are made of, as parts share rows), so
 * what bounded the answer as a whole goes: having and tests of
 * measures, top, order, limit. What says which rows count stays: where, segments, ranges, tz. `vs` stays when it
 * follows the period (last year, 3 months ago); with `previous` or a fixed period it goes where a bucket sets another
 * period.
 *
 * Not to be told from a row: which of two channels of one name it is (drill `by channel_id` where that matters), and
 * microseconds (a time by itself is tested to the millisecond).
 */
#ifndef YTEMPIRE_SEMANTIC_DRILL_H
#define YTEMPIRE_SEMANTIC_DRILL_H

#include "ytempire/semantic.h"

struct drill_row {
    const struct data_column *columns;
    const struct data_cell *cells;
    size_t count;
    int64_t now; /* the clock of the answer; 0: not known */
};

/*
 * The query with the row as a filter and one more dimension, the last. `dimension` may be a granularity of a time that
 * is there ("day" below "month", "published_at.day"), which then takes its place. ERR_UNKNOWN with did-you-mean;
 * ERR_AMBIGUOUS: "day" where several times are there and none is the default. ERR_USAGE in words: the dimension is
 * there, the row is not of this query, is the rest of `top … with other` or the total, has a list or a time that no
 * test or period can say (infinity, an hour in which the clocks change by half), a relative range
 * cuts its bucket and `now` is not known. ERR_LIMIT: longer than a line may be.
 */
int query_drill(struct arena *arena, const struct model *model, const struct query *query, const struct drill_row *row,
                const char *dimension, char **ret_line, struct error *error) NODISCARD;
/* What can be drilled by, best first: the next finer granularity of each time that is there, the default one first;
 * then the cube's own dimensions and those one join away, in the model's order, a time by day. Of several facts: what
 * all have. */
int query_drill_candidates(struct arena *arena, const struct model *model, const struct query *query,
                           const char *const **ret_names, size_t *ret_count, struct error *error) NODISCARD;
/* The rows of the fact table that measure number `column` of the row was computed from: the measure, with the parts of
 * a ratio beside it, by the key of its cube (of snapshots: the entity they are of) and its time, with the row as a
 * filter. ERR_USAGE: the column is no measure, the cube has no key that can be asked for; and as query_drill. */
int query_rows_behind(struct arena *arena, const struct model *model, const struct query *query,
                      const struct drill_row *row, size_t column, char **ret_line, struct error *error) NODISCARD;
/* The same query, with its top and limit, ordered by one column of its answer, by the column's name or member.
 * ERR_UNKNOWN with did-you-mean or what there is; ERR_AMBIGUOUS. */
int query_order_by(struct arena *arena, const struct query *query, const char *column, bool descending, char **ret_line,
                   struct error *error) NODISCARD;

#endif
