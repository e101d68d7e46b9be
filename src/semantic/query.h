/*
 * The query as parsed: what the text or the JSON said, with its places, before any name is looked up.
 * Everything lies in one arena. Shared by the parser, the printers, the edits and the binder.
 */
#ifndef SEMANTIC_QUERY_H
#define SEMANTIC_QUERY_H

#include "ytempire/semantic.h"

struct span {
    size_t at, length;                      /* in query->text; length 0: no place (JSON, edits) */
};

/* -- time ---------------------------------------------------------------------------------------------------------- */

enum point_kind {
    POINT_DATE,        /* 2026-01-31 */
    POINT_DATETIME,    /* 2026-01-31T12:00[:00[.000]] : in the query's zone, a minute (or second) long */
    POINT_INSTANT,     /* with an offset or Z: absolute */
    POINT_YEAR, POINT_QUARTER, POINT_MONTH,  /* 2026, 2026-Q1, 2026-01 */
    POINT_NOW, POINT_TODAY, POINT_YESTERDAY, POINT_TOMORROW,
    POINT_AGO,         /* n units ago: that whole unit ("3 months ago"), or what `precision` says ("day 3 months ago") */
    POINT_AHEAD,       /* n units from now, likewise */
    POINT_WEEKDAY,     /* part: 1 Monday … 7 Sunday; count -1: before today ("last monday"), 0: the closest, as Cube's */
};

struct point {
    enum point_kind kind;
    int64_t         value;      /* DATE: day; DATETIME: local µs; INSTANT: µs */
    enum data_unit  precision;  /* what one such point spans. DATETIME, INSTANT: UNIT_MINUTE or UNIT_SECOND, UNIT_NONE is a
                                   millisecond; AGO, AHEAD: UNIT_NONE is `unit` itself */
    int             year, part; /* YEAR; QUARTER: part 1-4; MONTH: part 1-12 */
    int             count;      /* AGO, AHEAD */
    enum data_unit  unit;
    struct span     span;
};

enum period_kind {
    PERIOD_NONE,
    PERIOD_CURRENT,    /* this UNIT (today: this day) */
    PERIOD_LAST,       /* last N UNITS, the running one excluded (yesterday: last 1 day) */
    PERIOD_NEXT,       /* next N UNITS */
    PERIOD_DURATION,   /* 7d: the `count` units that end now */
    PERIOD_TO_DATE,    /* wtd mtd qtd ytd: from the unit's start to now */
    PERIOD_ALL,        /* all time */
    PERIOD_POINT,      /* one point, whole */
    PERIOD_BETWEEN,    /* from … to …, both ends included as written */
    PERIOD_SINCE, PERIOD_UNTIL,
};

struct period {
    enum period_kind kind;
    enum data_unit   unit;
    int              count;
    struct point     from, to;
    struct span      span;
};

/* -- names, values, filters ---------------------------------------------------------------------------------------- */

struct name {
    const char    *text;        /* as written: "channel.niche", "VideoPerformance.total_views" */
    enum data_unit unit;        /* a granularity by JSON; UNIT_NONE: none. The line keeps "x.day" in text: the binder knows */
    bool           bare_unit;   /* `by day`: no member, the cube's default time dimension; text is NULL, unit is set */
    struct span    span;
};

enum value_kind { VALUE_WORD, VALUE_STRING, VALUE_NUMBER, VALUE_POINT, VALUE_VARIABLE, VALUE_BOOL, VALUE_NULL };

struct value {
    enum value_kind kind;
    const char     *text;       /* decoded; of a number or a date as written; of a variable its name */
    struct point    point;      /* VALUE_POINT */
    struct span     span;
};

enum filter_kind { FILTER_AND, FILTER_OR, FILTER_NOT, FILTER_TEST };

enum filter_operator {
    TEST_EQUAL, TEST_NOT_EQUAL,        /* one or more values: any of / none of */
    TEST_LESS, TEST_LESS_EQUAL, TEST_GREATER, TEST_GREATER_EQUAL,
    TEST_NULL, TEST_NOT_NULL,
    TEST_CONTAINS, TEST_NOT_CONTAINS,  /* several values: any of / none of */
    TEST_STARTS, TEST_NOT_STARTS, TEST_ENDS, TEST_NOT_ENDS,
    TEST_LIKE, TEST_NOT_LIKE, TEST_HAS, TEST_NOT_HAS,
    TEST_BETWEEN, TEST_NOT_BETWEEN,    /* two values, both ends included */
    TEST_IN_PERIOD, TEST_NOT_IN_PERIOD,
};

struct filter {
    enum filter_kind     kind;
    struct filter      **kids;         /* AND, OR: any number; NOT: one */
    size_t               kid_count, kid_room;
    struct name          member;       /* TEST */
    enum filter_operator test;
    struct value        *values;
    size_t               value_count, value_room;
    struct period        period;       /* IN_PERIOD, NOT_IN_PERIOD */
    struct span          span;         /* of the whole test */
};

/* -- the query ----------------------------------------------------------------------------------------------------- */

struct order_key {
    struct name name;
    bool        descending;
    bool        direction_given;       /* else: time and dimensions ascending, measures descending */
};

struct time_range {                    /* "for PERIOD", "for published_at in PERIOD, …"; each JSON time dimension's dateRange */
    struct name   member;              /* text NULL: the cube's default time dimension */
    struct period period;
};

enum shift_kind { SHIFT_NONE, SHIFT_PREVIOUS, SHIFT_LAST, SHIFT_AGO, SHIFT_PERIOD };

struct shift {                         /* vs */
    enum shift_kind kind;
    enum data_unit  unit;              /* LAST week|month|quarter|year; AGO */
    int             count;
    struct period   period;            /* PERIOD: a POINT or a BETWEEN */
    struct period  *more;              /* PERIOD: further ones ("vs 2025, 2024"; Cube's compareDateRange of three) */
    size_t          more_count, more_room;
    struct span     span;
};

enum cube_cache { CUBE_CACHE_NONE, CUBE_CACHE_STALE_IF_SLOW, CUBE_CACHE_STALE_WHILE_REVALIDATE, CUBE_CACHE_MUST_REVALIDATE,
                  CUBE_CACHE_NO_CACHE };

enum fill_kind { FILL_NONE, FILL_NULL, FILL_ZERO };

struct name_list {
    struct name *items;
    size_t       count, room;
};

struct query {
    const char *text;                  /* what was parsed: for carets. Of an edit the edit's own line */
    bool        json;
    struct name cube;                  /* after `from`; text NULL: none */
    struct name_list measures, dimensions, segments;
    struct name_list added;            /* "+a, b": a measure or a dimension, the binder knows which; they go at the end */
    struct filter *where, *having;     /* NULL: none */
    struct time_range *ranges;
    size_t      range_count, range_room;
    struct shift shift;
    struct order_key *order;
    size_t      order_count, order_room;
    bool        order_none;            /* JSON's "order": [] : no order at all */
    struct {
        int64_t     count;             /* 0: none */
        struct name by;                /* text NULL: the first measure */
        bool        other;
        struct span span;
    } top;
    int64_t     limit, offset;         /* limit -1: none given */
    bool        limit_default;         /* nobody asked for it: Cube's 10,000 */
    struct span limit_span;
    enum fill_kind fill;
    bool        total, mixed_days, ungrouped;
    const char *tz;                    /* as written, or NULL */
    struct span tz_span, fill_span, total_span;
    /* JSON only: about the request, not the question; the line does not show them */
    bool        row_total;             /* Cube's "total": rows without limit and offset */
    enum cube_cache cube_cache;
    const char *response_format;       /* "default" "compact" "columnar", or NULL */
    size_t      compared;              /* compareDateRange: which of `ranges` has it, from 1 on; 0: none */
    struct name_list join_hints;       /* pairs, one after the other */
    /* What the person must be told: read as Cube reads it, which may not be what was meant. */
    const char **remarks;
    size_t      remark_count, remark_room;
};

/* Clause words and words that begin a period, reserved as members on their own (Costs.total is not); any case. */
bool query_word_is_reserved(const char *word, size_t length);
/* Puts the caret under a span of the query; no-op without a place. */
void query_point_at(struct error *error, const struct query *query, struct span span);

/* -- stages used by several files ---------------------------------------------------------------------------------- */

/*
 * A period made absolute: instants, half-open [from, to). Whole units of the zone; `7d` ends now, its start floored to
 * the minute. Pure: `now` comes in. ERR_USAGE for an inverted range, with the caret in `query` (may be NULL).
 */
struct resolved {
    int64_t from, to;                  /* valid when has_from, has_to */
    int32_t first_day, last_day;       /* local days that begin inside, both included; for `date` columns and for people */
    bool    has_from, has_to;
};
int period_resolve(const struct period *period, int64_t now, const struct zone *zone, const struct query *query,
                   struct resolved *ret_resolved, struct error *error) NODISCARD;
/* Its days, after its instants were changed. */
void resolved_find_days(struct resolved *resolved, const struct zone *zone);
/* Whether it begins and ends where days begin: at midnight, or where the clocks skip midnight, at the jump. */
bool resolved_is_whole_days(const struct resolved *resolved, const struct zone *zone);
bool instant_begins_day(int64_t instant, const struct zone *zone);
/* The span of one point: [from, to). */
int point_resolve(const struct point *point, int64_t now, const struct zone *zone, int64_t *ret_from, int64_t *ret_to) NODISCARD;
/* Reads one point out of a text (values compared with a time member, --var): the whole text, or ERR_SYNTAX. */
int point_from_text(const char *text, size_t length, struct point *ret_point) NODISCARD;
/* Reads a period of Cube's date strings ("last 7 days", "from 7 days ago to now", …) or of the line's language. */
int period_from_text(struct arena *arena, const char *text, struct period *ret_period, struct error *error) NODISCARD;
/* First µs of the unit that holds `local`; and `count` units further (months keep the first day). */
int64_t local_floor(int64_t local, enum data_unit unit);
int64_t local_add(int64_t local, enum data_unit unit, int64_t count);

#endif
