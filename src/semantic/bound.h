/*
 * The query bound to the model, and the plan that follows from it. All in the arena of the compilation.
 *
 * A line may take measures from several cubes ("facts"). A dimension, a filter or a range is bound once for each fact,
 * by the same dotted name, so that every fact is aggregated by itself on the same key (conformed dimensions).
 *
 *   bind.c          names → members; which facts
 *   bind_measure.c  names of measures;  bind_dimension.c  names of dimensions
 *   bind_filter.c   tests → typed values; rows (where) apart from cells (having)
 *   bind_compare.c  vs → ranges that are moved
 *   fanout.c        joins to many: which groups share rows
 *   plan.c          measures → parts (leaf aggregates) → legs (one scan of one fact by one rule)
 *   write_leg.c     a leg → SQL;  write_filter.c a test → SQL
 *   compile.c       legs → cells → having, top, order, limit → the statement and its columns
 */
#ifndef SEMANTIC_BOUND_H
#define SEMANTIC_BOUND_H

#include "model.h"
#include "query.h"

#define FACT_LIMIT 8

struct bound_dimension {
    const struct name *name;               /* as the query has it */
    const char    *label;                  /* the column's name in the result */
    enum data_unit unit;                   /* UNIT_NONE: the value itself */
    enum data_unit said;                   /* the same but for the default day, which is a bucket without a word */
    bool           is_time;                /* a bucket, or a time or date value */
    bool is_axis; /* the default time dimension of each fact, with a unit: what counters are read along */
    struct member  member[FACT_LIMIT];     /* one a fact */
};

/* What of the measure a column shows. PREVIOUS, DIFF and CHANGE belong to `vs`. */
enum variant {
    VARIANT_VALUE,
    VARIANT_PREVIOUS,                      /* of the period it is compared with */
    VARIANT_DIFF,                          /* value - previous */
    VARIANT_CHANGE,                        /* value / previous - 1 */
    VARIANT_SHARE,                         /* value / that of all groups of the same bucket */
};

struct bound_measure {
    struct measure *measure;
    enum variant    variant;
    size_t          period;                /* PREVIOUS, DIFF, CHANGE: which of the compared ones, from 1 on; else 0 */
    const char     *label;
    bool            selected;              /* false: only having, top or order use it */
};

struct bound_value {
    const char *text;                      /* NULL: SQL NULL */
    const char *type;                      /* "text", "numeric", "boolean", "timestamptz", "date", … */
    int64_t     from, to;                  /* of a time value: the span of the point */
    int32_t     first_day, last_day;       /* of a date value */
};

struct bound_filter {
    enum filter_kind      kind;
    struct bound_filter **kids;
    size_t                kid_count;
    enum filter_operator  test;
    struct member         member[FACT_LIMIT];   /* dimension, one a fact … */
    size_t                measure;              /* … or, in `having`, the index of the measure */
    enum member_type      type;
    struct bound_value   *values;
    size_t                value_count;
    struct resolved       period;
};

struct bound_range {
    struct member   member[FACT_LIMIT];
    bool            is_axis;               /* on the default time dimension: bounds time, also for counters */
    struct resolved resolved;
};

struct bound_order {
    bool   is_measure;
    size_t index;                          /* in measures or dimensions */
    bool   descending;
};

struct bound {
    struct arena *arena;
    const struct model *model;
    const struct query *query;
    const struct semantic_context *context;
    const struct zone *zone;
    struct cube *facts[FACT_LIMIT];
    size_t       fact_count;
    struct bound_dimension *dimensions;  size_t dimension_count, dimension_room;
    struct bound_measure   *measures;    size_t measure_count, measure_room;
    struct segment        **segments;    size_t segment_count, segment_room;
    struct bound_filter    *where, *having;
    struct bound_range     *ranges;      size_t range_count, range_room;
    struct bound_order     *order;       size_t order_count, order_room;
    size_t top_by;                         /* index of the measure, when query->top.count */
    struct resolved *compared;             size_t compared_count, compared_room;
    size_t vs_count;                       /* so many of them by `vs`; the others are of measures of type shift … */
    struct shifted { const struct window *window; size_t base; } *shifted;   /* … of this window and period, each */
    size_t shifted_count, shifted_room;
    bool   by_date;                        /* periods moved by months: days meet by month and day of the month */
    struct shift months_back;              /* then: how far the period of `vs` is moved */
    size_t  fill_dimension;                /* whose buckets are made, when query->fill … */
    int64_t fill_end; /* … and the moment after which none is made: now, of zeros where the data end */
    const char *kind_label;                /* of the column that tells groups from other and total */
    size_t compared_range;                 /* index of the range that is moved, when anything is compared */
    const char **remarks;                  size_t remark_count, remark_room;
    const char **rollup_notes;             size_t rollup_note_count, rollup_note_room;
};

/* bind.c */
int  bind_query(struct bound *bound, struct error *error) NODISCARD;
/* Only what the answer shows: facts, measures, dimensions. Needs no clock, no zone and no values of variables. */
int  bind_shown(struct bound *bound, struct error *error) NODISCARD;
/* What its files share. A cube whose measures the line has: the facts. */
int  bind_add_fact(struct bound *bound, struct cube *cube, const struct name *name, struct error *error) NODISCARD;
/* As written, without the cube in front; with it only where two columns would be called the same. */
const char *bind_label(const struct bound *bound, const char *written, const struct cube *cube);
int  bind_refuse_twice(const struct bound *bound, const struct name *name, const char *label, struct error *error);
/* bind_measure.c */
int  bind_measures(struct bound *bound, struct cube *from, struct error *error) NODISCARD;
/* What an edit added is a measure where the model has one of that name, else a dimension. */
bool bind_added_is_measure(const struct bound *bound, struct cube *from, const struct name *name);
/* The measure's index, added as not selected when the line has it not yet; false: no such measure. */
bool bind_measure_name(struct bound *bound, const struct name *name, size_t *ret_index);
/* "revenue_change", "revenue.share": a column that the query has or could have beside the measures themselves. */
bool bind_names_column(const struct bound *bound, const char *text);
void bind_point_at(const struct bound *bound, struct span span, struct error *error);
/* Where a name stands in the line, for look-ups that explain themselves; none of a name that was not written. */
struct name_place bind_place_of(const struct bound *bound, const struct name *name);
void bind_remark(struct bound *bound, const char *format, ...) PRINTF_LIKE(2, 3);
/* bind_compare.c */
/* Where a range that is not over ends in truth: now, or where the data of one of the facts end. `ret_why` is left alone
 * where it is over. */
int64_t bind_end_of_data(struct bound *bound, const struct resolved *range, const char **ret_why);
/* The periods of `vs`; cuts a running one at now or where the data end, and the others at the same point. */
int  bind_compare(struct bound *bound, struct error *error) NODISCARD;
/* The period of a measure of type shift, beside the period `base` that is shown. */
size_t bound_shifted_period(const struct bound *bound, size_t base, const struct window *window);
/* A bucket of the time whose range is moved: it is compared by its number in the range, not by its date. */
bool bound_dimension_is_compared(const struct bound *bound, size_t dimension);
/* bind_dimension.c */
/* "channel.niche", "published_at.week" (then with its unit) as one fact sees it. */
bool bind_find_dimension(const struct cube *cube, const char *text, struct member *ret_member,
                         enum data_unit *ret_unit);
/* The same dotted name in every fact; `unit` comes from the name's last segment where it is a granularity. */
int  bind_dimension_name(struct bound *bound, const struct name *name, struct member members[FACT_LIMIT],
                         enum data_unit *ret_unit, struct error *error) NODISCARD;
/* fanout.c: rows that a one_to_many join multiplies */
/* May a row of the fact stand in several groups of the dimension? Then its groups do not add up. */
bool bound_dimension_fans_out(const struct bound *bound, size_t dimension, size_t fact);
/* Is the fact grouped or tested through such a join? Then each of its rows is told apart, and counts once in a group
 * when any of the rows it meets passes the tests. */
bool bound_fact_fans_out(const struct bound *bound, size_t fact);
/* Says so in remarks; refuses what shows rows by themselves and would show one several times. */
int  bind_fanout(struct bound *bound, struct error *error) NODISCARD;
/* bind_filter.c */
/* Tests on measures, of `having` and of `where`, become the filter of the cells; tests on dimensions that of the rows.
 * Both kinds under one `or` or `not` is an error. bind_having comes first: it may bring facts. */
int  bind_having(struct bound *bound, struct error *error) NODISCARD;
/* Is it about cells (measures) alone? Such a test is a having, wherever it stands. */
bool bind_tests_cells(const struct bound *bound, const struct filter *filter);
int  bind_where(struct bound *bound, struct error *error) NODISCARD;

/* -- the plan ------------------------------------------------------------------------------------------------------ */

enum leg_kind { LEG_ROWS, LEG_LAST, LEG_INCREASE };

struct part {                              /* one leaf aggregate: a column p<N> of its leg */
    size_t                  leg;
    enum aggregate_kind     kind;          /* LEG_ROWS; never AGGREGATE_AVG, which is a sum and a count */
    const struct aggregate *aggregate;     /* LEG_ROWS: over which rows */
    struct measure         *counter;       /* LEG_LAST, LEG_INCREASE */
};

struct leg {
    enum leg_kind  kind;
    const struct window *window;           /* ROWS, INCREASE: over a moving stretch of time; NULL: the bucket itself */
    size_t         fact;
    struct entity *entity;
    enum last_rule rule;
    enum baseline  baseline;
    const struct fragment *present;
    struct leg_rollup *from;               /* a rollup that answers it (rollup.h); NULL: the facts */
};

struct plan {
    struct leg  *legs;   size_t leg_count, leg_room;
    struct part *parts;  size_t part_count, part_room;
};

bool same_window(const struct window *a, const struct window *b);
/* fanout.c: refuses the rest of `top` where cells that passed cannot be told from the rows again. */
int  plan_check_fanout(const struct bound *bound, const struct plan *plan, struct error *error) NODISCARD;
/* Splits the measures into parts and legs. */
int plan_measures(struct bound *bound, struct plan *plan, struct error *error) NODISCARD;

/* Where a measure's parts are read from. */
struct bucket_zeros;

struct part_style {
    const char *prefix;                    /* "part." */
    size_t      period;                    /* 0: the asked one */
    const struct window *window;           /* of the leg, or NULL */
    const struct bucket_zeros *zeros;      /* a zero is one of the period's own buckets only; NULL: all are */
    const char *missing_from;              /* nothing is known of them: NULLs of the types this table has; else NULL */
};

/* The measure as SQL over the parts' columns ("p1 / NULLIF(p2, 0)"). */
void plan_write_measure(struct str *to, const struct bound *bound, const struct plan *plan,
                        const struct measure *measure, const struct part_style *style);
/* "p3", of the first compared period "p3_1". In the arena. */
const char *part_column(const struct bound *bound, size_t part, size_t period);
/* The aggregate that makes one part of several, where they can be brought together at all. */
const char *part_merger(const struct part *part);
/* Is what is missing of it nothing (0), and the whole the sum of what it is made of? */
bool part_is_sum(const struct plan *plan, size_t part);
/* For each part of the plan whether the measure rests on it. In the arena. */
bool *plan_parts_of(const struct bound *bound, const struct plan *plan, const struct measure *measure);

/* -- writing SQL --------------------------------------------------------------------------------------------------- */

struct writer {
    const struct bound *bound;
    const struct plan  *plan;
    size_t period;                         /* whose ranges are written: 0 the asked one, else a compared one */
    struct semantic_value *values;         /* $1 … */
    size_t value_count, value_room;
    struct map *known;                     /* "type\ntext" → number of the value */
};

/* Binds a value, once for each different one: "$3::timestamptz" (type NULL: "$3", the server infers it). In the arena.
 */
const char *writer_value(struct writer *writer, const char *text, const char *type);
const char *writer_instant(struct writer *writer, int64_t instant);
const char *writer_day(struct writer *writer, int32_t day);
const char *writer_zone(struct writer *writer);
/* The range of the period that is written. */
const struct resolved *writer_range(const struct writer *writer, size_t range);

/* A test over an expression. */
void write_test(struct writer *writer, struct str *to, const char *expression, const struct bound_filter *filter);
/* Walks and/or/not and writes each test through `expression_of`. */
typedef const char *write_expression_of(void *who, const struct bound_filter *test);
void write_filter(struct writer *writer, struct str *to, const struct bound_filter *filter,
                  write_expression_of *expression_of, void *who);
/* "expr >= $1 AND expr < $2"; false when the range is open at both ends (nothing written). */
bool write_range(struct writer *writer, struct str *to, const char *expression, enum member_type type,
                 const struct resolved *range);

/* Which dimensions: those that are not time, those that are. */
struct grain { bool groups, time; };

bool grain_has(struct grain grain, const struct bound_dimension *dimension);
bool bound_dimension_has_key(const struct bound *bound, size_t dimension);
/* Columns of a leg or of the cells: "d1, k1, d2" with an optional prefix ("t.") */
void write_dimension_columns(struct str *to, const struct bound *bound, const char *prefix, struct grain grain);

/* Only the rows of some cells. */
struct restriction {
    const char  *cells;                    /* a table with the cells' dimensions; NULL: all */
    struct grain of_cells;                 /* by which of them */
    const char  *without;                  /* a table of groups that are left out, or NULL */
};

/* One value for a combination of dimensions, NULL like any other: "COALESCE(ROW(t.d1, t.k1))"; NULL: there are none. A
 * bare ROW would be taken apart by the parser, and NULLs not be equal. What is compared by number comes as n. */
#define ROW_COLLATION                                                                                                  \
    " COLLATE \"C\"" /* of texts in rows that are compared: PostgreSQL compares none of two collations */
const char *combination_text(const struct bound *bound, const char *prefix, struct grain grain);

/* write_time.c: buckets */
const char *bucket_text(struct writer *writer, const char *expression, enum member_type type, enum data_unit unit);
/* The bucket's number in the period that is written, from 0 on, and the bucket of the asked period that has a number.
 */
const char *bucket_number_text(struct writer *writer, const char *bucket, size_t dimension);
const char *bucket_at_text(struct writer *writer, const char *number, size_t dimension);
/* Which buckets of which period there are, where zeros are asked for and buckets are compared by their number (else
 * false). Written only where it is needed: a value that a statement does not mention is one that the server refuses. */
struct bucket_zeros {
    struct writer *writer;
    const char    *number;
    size_t         axis;
};
bool bucket_zeros_find(struct writer *writer, const char *number, struct grain grain, struct bucket_zeros *ret_zeros);
const char *bucket_is_there(const struct bucket_zeros *zeros, size_t of_period);
/* "generate_series(…) AS bucket" from one moment to another, both SQL: the buckets' expression over it, and the series
 * into `ret_series`. By the calendar of the zone; hours and finer by the clock. */
const char *bucket_series_text(struct writer *writer, enum member_type type, enum data_unit unit, const char *first,
                               const char *last, const char **ret_series);
/* Have the clocks ever changed by part of an hour (Lord Howe, Pyongyang)? Then an hour's label is not an hour after the
 * one before. */
bool zone_breaks_hours(const struct zone *zone);
/* TIME unless every fact has a day there. */
enum member_type bound_dimension_type(const struct bound *bound, size_t dimension);
/* Is there a bucket of the default time? */
bool bound_has_axis(const struct bound *bound);
/* The finest of the compared buckets; SIZE_MAX: there is none. */
size_t bound_compared_axis(const struct bound *bound);

/* write_leg.c: a CTE "NAME AS (…)" for the leg: columns d1… (dimensions), k1… (their keys), p<part>. Several may be
 * written; their names begin with `name`. */
void write_leg(struct writer *writer, struct str *to, size_t leg, const char *name, struct grain grain,
               const struct restriction *restriction);

/* write_parts.c: the parts of all legs and all periods at one grain, each CTE followed by ", ". */
struct parts_request {
    const char  *prefix;                   /* of the names */
    struct grain grain;
    const bool  *needed;                   /* by part; NULL: all */
    const char  *from;                     /* all parts at the full grain, for what adds up; NULL: there are none yet */
    const struct restriction *restriction; /* NULL: all rows */
};
/* Is its value in a bucket made of what lies before the bucket too? Then buckets do not add up. */
bool leg_looks_back(const struct leg *leg);
/* The name of the table: dimensions, n where buckets are compared, parts of every period. */
const char *write_parts(struct writer *writer, struct str *to, const struct parts_request *request);

/* write_cells.c: measures over the parts; having, top, other, total. Yields what stands after FROM, as "cells". */
struct cells {
    const char *with;                      /* the CTEs */
    const char *from;                      /* "cells", "rows AS cells", … */
    const char *where;                     /* or "" */
    bool        levels;                    /* a column `level`: 0 a group, 1 other, 2 the total */
};
struct cells write_cells(struct writer *writer);
/* Ties are broken by all dimensions of the grain but those in `done` (bits), so that the same question has the same
 * answer: added to an ORDER BY. */
void write_ties(struct str *to, const struct bound *bound, const char *prefix, struct grain grain, uint64_t done);
void write_key(struct str *to, const char *prefix, const char *column, bool text, bool descending);
/* write_fill.c: "NAME AS (…)": the rows of `rows` and the buckets they lack. */
void write_fill(struct writer *writer, struct str *to, const char *name, const char *rows, const char *parts);
/* "m1" of the measure over its parts in `style`; a share over `whole`. */
void write_measure(struct writer *writer, struct str *to, size_t measure, const struct part_style *style,
                   const struct part_style *whole);

#endif
