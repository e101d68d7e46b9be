/*
 * semantic: from a line a person types, or Cube's JSON, to one SQL statement with bound values.
 *
 *   text or JSON → query → bound to the model → plan (facts, joins) → SQL and parameters → columns with their meaning
 *
 * Pure: no file, no socket, no clock of its own; everything comes in by argument (zones are found through base/time).
 * Each stage can be printed (`explain`). Memory of one query lies in the caller's arena; a model is shared and counted.
 */
#ifndef YTEMPIRE_SEMANTIC_H
#define YTEMPIRE_SEMANTIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/data.h"

/* -- the model ------------------------------------------------------------------------------------------------------ */

struct model;                          /* immutable once loaded */

struct model_file {
    const char *name;                  /* for messages: "queries/model/videos.json" */
    const char *text;
    size_t      length;
};

enum finding_severity { FINDING_ERROR, FINDING_WARNING, FINDING_NOTE };

struct finding {
    enum finding_severity severity;
    const char *where;                 /* "videos.json:12:8" or "VideoPerformance.total_views" */
    const char *message;
};

/*
 * Compiles all files. A broken file keeps its own cubes out, with line, column and hint in the findings, and touches no
 * other; fails (ERR_SYNTAX) only when not one cube is left. Files are in the order of their names.
 */
int  model_load(const struct model_file *files, size_t count, struct model **ret_model, struct error *error) NODISCARD;
/* The same for lint, which tells what is wrong also when that is all there is; asking such a model needs model_has_cubes. */
struct model *model_load_any(const struct model_file *files, size_t count) NODISCARD;
int  model_has_cubes(const struct model *model, struct error *error) NODISCARD;    /* 0, or ERR_SYNTAX with the first fault */
struct model *model_ref(struct model *model);
void model_unref(struct model *model);                         /* NULL is a no-op */
void model_unrefp(struct model **model);
const char *model_hash(const struct model *model);             /* hex digest of its files, for cache keys */
/* What loading found, then what lint finds without a database (wrong sums over counters, averages of rates, …). */
const struct finding *model_findings(const struct model *model, size_t *ret_count);
const struct finding *model_lint(const struct model *model, struct arena *arena, size_t *ret_count);

/* The catalogue: columns of contract.md, `cube member kind type format description`. `name` NULL: everything; else a
 * cube or a member (any suffix). ERR_UNKNOWN with did-you-mean. Caller frees. */
int model_catalog(const struct model *model, const char *name, struct table **ret_table, struct error *error) NODISCARD;
/* Every member's full name ("VideoPerformance.total_views"), for completion; borrowed. */
const char *const *model_member_names(const struct model *model, size_t *ret_count);

/* Questions for the database that lint asks: does the table exist, has it the columns, is the SQL of the type it says,
 * is the key unique, does a join multiply? One SQL a check, without values, yielding one row of one boolean; true is
 * well. A statement the server refuses is not well: its words say more than `message`. Tables come first. */
struct model_check { const char *where, *sql, *message; enum finding_severity severity; };
const struct model_check *model_checks(const struct model *model, struct arena *arena, size_t *ret_count);

/* -- rollups -------------------------------------------------------------------------------------------------------- */

struct semantic_rollup {
    const char *cube, *name;
    const char *fact;                       /* "analytics.fact_video_performance" */
    const char *relation;                   /* "parts.rollup_…": the table that keeps it */
    const char *definition;                 /* digest of what it is made from: another one is another table */
    const char *time_column;                /* of the bucket's start, as SQL */
    enum data_unit unit;
    const struct zone *zone;
    const char *fault;                      /* why it cannot be kept; then there is no SQL. NULL: it can */
    const char *sql;                        /* yields the rows of the buckets from `from` (NULL: from the first) to `to` */
    const struct semantic_value *values;
    size_t value_count;
};

/* What a declared rollup is, and the statement that makes its rows: `from` and `to` lie where buckets begin. Counters
 * are kept as changes, so that a row that comes late changes its own bucket and the one of its entity's next snapshot. */
int model_rollup_fill(const struct model *model, struct arena *arena, const char *cube, const char *name, int64_t now,
                      const int64_t *from, int64_t to, struct semantic_rollup *ret_rollup, struct error *error) NODISCARD;
/* The same rollup as a continuous aggregate of TimescaleDB, where that says exactly the same: `sql` yields all its rows, is
 * without values and may stand in CREATE MATERIALIZED VIEW. Else `sql` is NULL and `ret_why`, in the arena, says why it is
 * a table. */
int model_rollup_aggregate(const struct model *model, struct arena *arena, const char *cube, const char *name,
                           int64_t now, struct semantic_rollup *ret_rollup, const char **ret_why, struct error *error) NODISCARD;
/* The start of the rollup's bucket that holds the instant, and that of the one after it. */
int64_t model_rollup_bucket(const struct semantic_rollup *rollup, int64_t instant, int64_t *ret_after);
/* The same for what rows from `from` to `late` that came late, in buckets that end at `to`, change besides: `sql` yields
 * the starts of the buckets at or after `to` where an entity that has a snapshot in them, and none from `late` on, has
 * its next one, as microseconds, and after them NULL where snapshots that the rollup keeps are gone: then it may be any
 * bucket from `to` on. Without `sql` there are no counters in it. */
int model_rollup_next(const struct model *model, struct arena *arena, const char *cube, const char *name, int64_t now,
                      int64_t from, int64_t late, int64_t to, struct semantic_rollup *ret_rollup,
                      struct error *error) NODISCARD;
/* The question that has all that a rollup keeps as its answer, as a line. In the arena; NULL: there is none. */
const char *model_rollup_line(const struct model *model, struct arena *arena, const char *cube, const char *name);
/* "CUBE.NAME" of every rollup of the model. */
const char *const *model_rollup_names(const struct model *model, struct arena *arena, size_t *ret_count);

/* -- a query ---------------------------------------------------------------------------------------------------------- */

struct query;                          /* what was asked, as parsed: names not yet looked up */

/* Reads a line. `previous` (or NULL) is what an edit line changes (best the parse of its `compiled.line`); an edit
 * without it is ERR_USAGE. Never clips or guesses: what could mean two things is ERR_AMBIGUOUS with the choices. The
 * arena keeps a copy of the text. */
int query_parse(struct arena *arena, const char *line, const struct query *previous, struct query **ret_query, struct error *error) NODISCARD;
/* Reads Cube's REST query. Unknown keys are refused. */
int query_parse_json(struct arena *arena, const char *json, struct query **ret_query, struct error *error) NODISCARD;
/* The canonical line, and Cube's JSON (with "ytempire": {…} for what Cube lacks). query_parse(query_to_line(q)) = q. */
char *query_to_line(struct arena *arena, const struct query *query);
char *query_to_json(struct arena *arena, const struct query *query);
/* A copy that outlives the arena of the line (for edits); free with arena_free of the arena it was put in. */
struct query *query_copy(struct arena *arena, const struct query *query);
/* How many ranges compareDateRange of Cube's JSON has; 0: there is none. And a copy that asks for one of them alone. */
size_t        query_compared_count(const struct query *query);
struct query *query_of_compared(struct arena *arena, const struct query *query, size_t range);

/* -- compiling it ------------------------------------------------------------------------------------------------------ */

struct semantic_context {
    int64_t            now;                 /* the query's clock */
    const struct zone *zone;                /* of `set tz` or the profile; NULL: the model's, else UTC */
    bool               tenant;              /* read schema `tenant` in place of `analytics` */
    int64_t            default_limit;       /* 0: none; Cube's 10,000 comes with JSON by itself */
    bool               no_rollups;          /* from the facts alone */
    const char        *only_rollup;         /* from no other; NULL: any */
    bool               as_if_built;         /* nobody is asked: each declared rollup is whole up to now (advise.h) */
    bool               for_cube;            /* fill note.cube_query and note.cube_annotation, for the format `cube` */
    /* value of :NAME, or NULL when unknown */
    const char *(*variable)(void *who, const char *name);
    /* What the warehouse must be asked before the statement can be written, like where its data end: one statement
     * without values, of one row and column; its text into the arena, NULL for NULL. NULL: nobody can be asked, and
     * the answer does without. A failure is taken for not known. */
    int (*look_up)(void *who, struct arena *arena, const char *sql, const char **ret_text);
    void       *who;
};

struct semantic_value {
    const char *text;                       /* NULL: SQL NULL */
    const char *type;                       /* as it is cast in the SQL: "timestamptz", "text", "numeric", "text[]" */
};

/* A part of what an answer is read from. Open ends are INT64_MIN and INT64_MAX. */
struct semantic_read {
    const char *relation;                   /* "analytics.fact_video_performance", also where a tenant's view is read */
    bool        added;                      /* rows that are added change the answer, not only those that are changed */
    int64_t     from, to;                   /* instants of its rows */
};

struct compiled {
    const char *sql;
    const struct semantic_value *values;
    size_t value_count;
    const char *layout;                     /* Cube's responseFormat: "compact", "columnar"; else NULL */
    const char *row_count_sql;              /* of the same values: how many rows without limit and offset; NULL: not asked for */
    const struct data_column *columns;      /* as the statement yields them */
    size_t column_count;
    struct data_note note;                  /* title, range, zone, rule, remarks, Cube's annotation … */
    int64_t limit;                          /* rows asked for, 0: all; `note.limited` is decided by who counts them */
    bool    limit_is_default;
    /* Canonical, ranges absolute in the JSON: exactly those of the answer, of a clock of whole milliseconds. By a clock that
     * is floored to the minute it is the same for all who ask in that minute: what keys a cache. */
    const char *line, *json;
    /* for `explain`: how it is answered, one line a leg: "facts VideoPerformance: last per video, carry; …" */
    const char *const *steps;
    size_t step_count;
    /* What it is read from, rollups being no more than their facts; and the moment after which rows still come in only as
     * late ones (INT64_MAX: there is none). */
    const struct semantic_read *reads;
    size_t  read_count;
    int64_t settled;
    const char *const *rollup_notes;        /* of each rollup that is not used the reason, with its code */
    size_t rollup_note_count;
};

int semantic_compile(struct arena *arena, const struct model *model, const struct query *query,
                     const struct semantic_context *context, struct compiled **ret_compiled, struct error *error) NODISCARD;
/* What SQL of another hand is read from, as far as it names relations with their schema; in the arena. Rather too much
 * than too little. */
void semantic_sql_reads(struct arena *arena, const char *sql, const struct semantic_read **ret_reads, size_t *ret_count);

#endif
