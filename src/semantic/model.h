/*
 * The compiled model. Built once by model_*.c, read by the binder and the planner; never changed afterwards.
 * Everything lies in the model's own arena.
 *
 * A fragment is a piece of SQL out of the model file, parsed with PostgreSQL's parser at load and kept as pieces, so
 * that it can be written under any alias without parsing it again: own columns get the alias of the table they are
 * read from, `analytics.` and `users.` become `tenant.` for a tenant, `{member}` is written out, and aggregates are
 * known.
 */
#ifndef SEMANTIC_MODEL_H
#define SEMANTIC_MODEL_H

#include "ytempire/base/str.h"
#include "ytempire/semantic.h"

struct cube;
struct dimension;
struct measure;
struct join;

enum piece_kind {
    PIECE_TEXT,       /* copied */
    PIECE_COLUMN,     /* `text`: an unqualified column of the cube's own table, as written (quotes kept) */
    PIECE_ALIAS,      /* the alias of the cube's own table: for {CUBE}, ${CUBE} and for the table's own bare name as
                         qualifier */
    PIECE_JOIN_ALIAS, /* the alias of the join `join`: for {channel}.niche */
    PIECE_DIMENSION,  /* {niche} or {VideoPerformance.niche}: another dimension of this cube, written out in brackets */
    PIECE_MEASURE,    /* {total_views}: in `derived` measures only */
    PIECE_AGGREGATE,  /* the `aggregate`th of the measure's aggregates: in measures with aggregate SQL only */
    PIECE_SCHEMA, /* the schema of a table inside a sub-select: `text` ("analytics", "users") or, for a tenant, "tenant"
                   */
    PIECE_ZONE,   /* {ZONE}: the query's zone, a bound text value */
    PIECE_NOW,    /* now(), CURRENT_TIMESTAMP: the query's clock, a bound timestamptz */
    PIECE_TODAY,  /* CURRENT_DATE: the query's clock as a date of its zone */
};

struct piece {
    enum piece_kind   kind;
    const char       *text;
    struct dimension *dimension;
    struct measure   *measure;
    struct join      *join;
    size_t            aggregate;
};

struct fragment {
    const char   *source;              /* as in the model file */
    struct piece *pieces;
    size_t        piece_count;         /* 0: no fragment */
    const char  **columns;             /* own columns it reads, as PostgreSQL sees them (lower case unless quoted) */
    size_t        column_count;
    struct join **joins;               /* joins it needs (through {join}.column) */
    size_t        join_count;
    bool          has_subselect, has_zone, has_clock;
};

enum member_type { MEMBER_STRING, MEMBER_NUMBER, MEMBER_BOOLEAN, MEMBER_TIME, MEMBER_DATE, MEMBER_ARRAY };

/* Kinds of member as a set, for model_find_in and its like. */
#define BIT(kind) (1u << (kind))

/* A moment or a day: it has granularities. */
static inline bool member_is_time(enum member_type type)
{
    return type == MEMBER_TIME || type == MEMBER_DATE;
}

struct dimension {
    struct cube    *cube;
    const char     *name, *title, *description;
    enum member_type type;             /* TIME: a timestamptz; DATE ("type": "date"): a calendar day, never shifted */
    struct fragment sql;
    struct fragment key; /* groups by this beside `sql` (none: by sql alone): two channels of one name stay two */
    bool            primary_key, hidden;
    const char    **constant_for;      /* entities for which it never changes: "video" */
    size_t          constant_count;
    struct dimension *alias_of;        /* "aliasOf": an old name; lint says so */
    enum data_format format;
    const char     *currency;
    int             decimals;          /* -1: as they come */
};

enum aggregate_kind {
    AGGREGATE_SUM,
    AGGREGATE_COUNT,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
    AGGREGATE_AVG,
    AGGREGATE_COUNT_DISTINCT,
    AGGREGATE_COUNT_APPROX             /* of distinct values, by the sketches of the extension hll, which can be united */
};

struct aggregate {
    enum aggregate_kind kind;
    struct fragment     argument;      /* none: count(*) */
    struct fragment     filter;        /* FILTER (WHERE …) and the measure's `filters`, AND-ed; none: all rows */
};

enum measure_kind {
    MEASURE_AGGREGATE, /* expression over aggregates of rows: sum count min max avg count_distinct,
                          number|percentage|currency with aggregate SQL */
    MEASURE_RATIO,     /* numerator ÷ denominator, NULL when that is 0 */
    MEASURE_DERIVED, /* expression over other measures; "/" in it must be guarded by NULLIF in the file or is guarded by
                        the writer */
    MEASURE_LAST,
    MEASURE_INCREASE,
    MEASURE_WINDOW,    /* another measure over a stretch of time that moves with the bucket */
};

enum window_kind {
    WINDOW_ROLLING,                    /* the `count` units that end where the bucket ends */
    WINDOW_TO_DATE,                    /* from the start of the unit to the bucket's end; UNIT_NONE: from the first row on */
    WINDOW_SHIFT,                      /* the bucket `count` units before */
};

struct window {
    enum window_kind kind;
    enum data_unit   unit;
    int              count;
};

enum last_rule { RULE_CARRY, RULE_PERIOD, RULE_EXACT };
enum baseline { BASELINE_NONE, BASELINE_ZERO, BASELINE_PUBLISHED };

struct entity {                        /* what a counter belongs to */
    const char     *name;              /* "video" */
    struct fragment key;               /* in the fact: video_key */
    const char     *schema, *table;    /* where each entity stands once: analytics.dim_video; table NULL: nowhere */
    const char     *table_key;         /* its column there */
    const char     *published;         /* a timestamptz column there, or NULL */
};

struct measure {
    struct cube      *cube;
    const char       *name, *title, *description;
    const char       *type;            /* as in the file: "sum", "currency", "last" … for the catalogue */
    enum measure_kind kind;
    struct fragment   sql;             /* AGGREGATE, DERIVED: the expression; LAST, INCREASE: the row's counter */
    struct aggregate *aggregates;      /* AGGREGATE */
    size_t            aggregate_count;
    struct measure   *numerator, *denominator;   /* RATIO */
    struct measure   *inner;           /* WINDOW: of which … */
    struct window     window;          /* … and where */
    struct entity    *entity;          /* LAST, INCREASE: `per` */
    enum last_rule    rule;
    enum baseline     baseline;
    struct fragment
        present; /* LAST, INCREASE: a row is a snapshot when this holds; always set (default: (sql) IS NOT NULL) */
    struct fragment   filter;          /* LAST: tests the picked row; INCREASE: the later row; none: all */
    bool              hidden;
    enum data_format  format;
    const char       *currency;
    int               decimals;        /* -1: as they come */
};

struct segment {
    struct cube    *cube;
    const char     *name, *title, *description;
    struct fragment sql;
};

enum join_kind { JOIN_MANY_TO_ONE, JOIN_ONE_TO_ONE, JOIN_ONE_TO_MANY };

struct join {
    struct cube    *cube, *target;
    const char     *name;              /* "channel": its members are channel.niche, … (default: the target's name) */
    enum join_kind  kind;
    struct fragment sql; /* own columns, PIECE_ALIAS (own), PIECE_JOIN_ALIAS (this join, or another of the cube it
                          * rests on, never in a circle), PIECE_ZONE, PIECE_DIMENSION */
};

struct rollup {                        /* declared preAggregations; matched and built in a later version */
    struct cube *cube;
    const char  *name, *description;
    struct measure   **measures;   size_t measure_count;
    struct dimension **dimensions; size_t dimension_count;
    struct segment   **segments;   size_t segment_count;
    struct dimension  *time;       enum data_unit unit;
};

struct cube {
    const char *name, *title, *description;
    const char *schema, *table;        /* "analytics", "fact_video_performance" */
    const char *snapshot_schema,
        *snapshot_table; /* "snapshots": where counters are read, with the columns of the table; or NULL */
    struct fragment
        condition; /* "sql_where": rows that belong to the cube (ChannelMetrics: video_id IS NULL); none: all */
    struct dimension  *time;           /* default time dimension, or NULL */
    struct dimension **dimensions; size_t dimension_count;
    struct measure   **measures;   size_t measure_count;
    struct segment   **segments;   size_t segment_count;
    struct join      **joins;      size_t join_count;
    struct entity    **entities;   size_t entity_count;
    struct rollup    **rollups;    size_t rollup_count;
    const char *file; size_t line;     /* where it is declared */
    bool hidden;
};

struct model {
    struct arena *arena;
    unsigned      references;
    struct cube **cubes; size_t cube_count;
    struct cube  *default_cube;        /* "default_cube" of a file, else the one called VideoPerformance, else NULL */
    const char   *time_zone;           /* "time_zone" of a file, or NULL */
    struct finding *findings; size_t finding_count, finding_room;
    const char   *hash;
    const char  **member_names; size_t member_name_count;
};

/* -- looking up names ---------------------------------------------------------------------------------------------- */

enum member_kind { MEMBER_MEASURE, MEMBER_DIMENSION, MEMBER_SEGMENT };

#define JOIN_DEPTH 3

/* A member as seen from a cube: its own, or one reached through joins. */
struct member {
    enum member_kind kind;
    struct cube     *cube;             /* the cube it is seen from (of a measure or segment: its own) */
    struct join     *path[JOIN_DEPTH]; /* joins from `cube` to where it lives */
    size_t           path_length;
    union { struct measure *measure; struct dimension *dimension; struct segment *segment; };
    char             full_name[160];   /* "VideoPerformance.channel.niche" */
};

struct name_place { const char *text; size_t at, length; };   /* for the caret; text NULL: none */

/*
 * Finds `name` as a member of one of `kinds` (bits 1 << member_kind), any suffix of whole dotted segments. Looked up in
 * `from` (the cube after `from`) when that is given, else in the model's default_cube, else in the only cube that has
 * it. An exact own member comes before one reached by a join. ERR_UNKNOWN with did-you-mean, ERR_AMBIGUOUS with the
 * candidates.
 */
int model_find(const struct model *model, struct cube *from, const char *name, unsigned kinds,
               const struct name_place *place, struct member *ret_member, struct error *error) NODISCARD;
/* The same in one cube only, and quiet: false when there is none or more than one. */
bool model_find_in(const struct cube *cube, const char *name, unsigned kinds, struct member *ret_member);
/* What an old name stands for, as long as it says nothing else; another dimension is its own. */
const struct dimension *dimension_meant(const struct dimension *dimension);
struct cube *model_cube(const struct model *model, const char *name);   /* case-sensitive; NULL */

/* What the planner writes a fragment with. */
struct fragment_scope {
    const char *alias;                                         /* of the fragment's own table, quoted as needed */
    bool        tenant;                                        /* PIECE_SCHEMA is "tenant" */
    const char *(*join_alias)(void *who, const struct join *join);   /* PIECE_JOIN_ALIAS */
    const char *zone, *now, *today;                            /* SQL of the bound values */
    void       *who;
};
/* Writes a row-level fragment (PIECE_MEASURE and PIECE_AGGREGATE do not occur in those). */
void fragment_write(struct str *to, const struct fragment *fragment, const struct fragment_scope *scope);

#endif
