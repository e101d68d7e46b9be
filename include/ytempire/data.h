/*
 * data: the typed table every command yields, and the sink it is yielded to.
 *
 * A command never prints. It hands a front end columns, then rows, as they arrive; the front end (batch, console,
 * worker) writes them in a format. Values travel as text in PostgreSQL's ISO output format (session zone UTC) and
 * keep their type beside them, so that numeric is never rounded and a million rows need no memory.
 */
#ifndef YTEMPIRE_DATA_H
#define YTEMPIRE_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

enum data_type {
    DATA_TEXT,
    DATA_BOOL,          /* "t" "f" */
    DATA_INT,           /* smallint, integer, bigint */
    DATA_NUMERIC,
    DATA_FLOAT,         /* real, double precision: may be NaN, Infinity, -Infinity */
    DATA_DATE,          /* "2026-01-31" */
    DATA_TIMESTAMP,     /* without zone */
    DATA_TIMESTAMPTZ,   /* "2026-01-31 12:00:00+00" */
    DATA_INTERVAL,      /* ISO 8601 */
    DATA_JSON,
    DATA_BYTES,         /* "\x6869" */
    DATA_UUID,
    DATA_ARRAY,         /* "{a,b}" of `element` */
};

/* How a person reads a number; exact formats (csv, tsv, json, …) ignore it. */
enum data_format { FORMAT_PLAIN, FORMAT_NUMBER, FORMAT_PERCENT, FORMAT_CURRENCY, FORMAT_DURATION, FORMAT_BYTES };

/* What one value of a time column stands for: an instant, or a whole unit that begins there. */
enum data_unit {
    UNIT_NONE,
    UNIT_SECOND,
    UNIT_MINUTE,
    UNIT_HOUR,
    UNIT_DAY,
    UNIT_WEEK,
    UNIT_MONTH,
    UNIT_QUARTER,
    UNIT_YEAR
};

enum data_role { ROLE_NONE, ROLE_DIMENSION, ROLE_TIME, ROLE_MEASURE };

struct data_column {
    const char        *name;
    enum data_type     type, element;    /* element: of DATA_ARRAY */
    enum data_format   format;
    int                decimals;         /* -1: as they come */
    double             full;             /* of a number: where a bar beside it is full; 0: it has none of its own */
    const char        *currency;         /* ISO 4217, NULL: USD */
    enum data_unit     unit;
    const struct zone *zone;             /* of a DATA_TIMESTAMPTZ column; NULL: UTC */
    enum data_role     role;
    bool               marked;           /* text in which ** and ** stand around what was sought */
    const char        *member;           /* "VideoPerformance.total_views", or NULL */
    const char        *title, *description;   /* for people and for Cube's annotation, or NULL */
};

struct data_cell {
    const char *text;                    /* NULL: SQL NULL; not NUL-terminated */
    size_t      length;
};

#define CELL_NULL ((struct data_cell){0})

/* A value of a time column as it is shown by table, csv, …: a whole day or more as its date ("2026-01-31"), else
 * "2026-01-31 13:00-08" in the column's zone (the offset tells the doubled hour apart). Others are copied as they are.
 */
void data_cell_show(const struct data_column *column, struct data_cell cell, struct str *to);
/* The same value for a machine: ISO 8601 with offset in the column's zone. Years outside 0 to 9999 have a sign and six
 * digits ("-000043-03-15"), as ECMAScript's; those texts stay in UTC. "infinity" stays as it is. */
void data_cell_iso(const struct data_column *column, struct data_cell cell, struct str *to);
/* For a person: thousands separated, percent of a ratio, currency sign, units of time and bytes. */
void data_cell_pretty(const struct data_column *column, struct data_cell cell, struct str *to);
bool data_type_is_number(enum data_type type);
const char *data_type_name(enum data_type type);
const char *data_unit_name(enum data_unit unit);         /* "day" */
int  data_unit_from_text(const char *text, size_t length, enum data_unit *ret_unit) NODISCARD;   /* "day" or "days" */

/* -- the sink ----------------------------------------------------------------------------------------------------- */

/* What is known of a result besides its rows; every text may be NULL. Owned by the yielder, valid during the call. */
struct data_note {
    const char *title;             /* the query or command */
    const char *range, *zone;      /* resolved, for a person: "2026-10-25 … 2026-11-21 (28 days)" */
    const char *rule;              /* rule of the counters: "views: last per video, carried" */
    const char *source;            /* "facts" or the rollup's name */
    const char *rollup;
    const char *key;               /* cache key */
    const char *cache;             /* "hit" "miss" "stale" "bypass" or NULL */
    int64_t     age_us;            /* of a cached answer, as it was given; 0: not known */
    const char *watermark;         /* newest data the answer rests on */
    const char *row_count;         /* rows there are without limit and offset, where that was asked for */
    bool        limited;           /* cut by a limit that was not asked for */
    bool        unordered_columns;
    const char *const *remarks;    /* lines a person must see: nothing is dropped in silence */
    size_t      remark_count;
    const char *cube_query;        /* Cube's normalised query (JSON) for the format `cube` */
    const char *cube_annotation;
    const char *cube_pivot;        /* of the last of several results that are one answer: Cube's pivotQuery */
};

struct data_progress {
    const char *what;
    uint64_t    done, total;       /* total 0: unknown */
    const char *unit;              /* "rows", "bytes" */
};

/* What a page for people (help, a chart) may be. */
struct data_paper {
    size_t rows, columns;          /* 0: not known */
    bool   ascii, color;
};

struct sink;

/*
 * Implemented by a front end. `begin` `row`* `end` for each result; an error between them ends the result too.
 * begin, row and end return 0 or a negative code (ERR_CLOSED: the reader went away, stop quietly).
 * Cells are valid during the call only. Nothing here blocks the loop for longer than one write(2).
 */
struct sink_ops {
    int (*begin)(struct sink *sink, const struct data_column *columns, size_t count, struct error *error);
    int (*row)(struct sink *sink, const struct data_cell *cells, struct error *error);
    int (*end)(struct sink *sink, const struct data_note *note, struct error *error);
    /* Raw bytes already in the front end's format (COPY passed through); only when `passes` said yes. NULL: never.
     * "csv": like COPY … (FORMAT csv, HEADER); "text": pages for people (help), where rows would come as a table;
     * "sixel": pictures, on a terminal that shows them. */
    bool (*passes)(struct sink *sink, const char *format);
    int (*raw)(struct sink *sink, const char *bytes, size_t length, struct error *error);
    /* How the next result is to lie, in a word of the format's own ("compact" of cube's; behind it " 1/2 FROM - TO"
     * where it is the first of two results that are one answer); what a format does not know it leaves alone. NULL:
     * there is no choice. */
    void (*layout)(struct sink *sink, const char *layout);
    void (*paper)(struct sink *sink, struct data_paper *ret_paper);    /* of "text"; NULL: nothing is known */
    void (*text)(struct sink *sink, const char *text);                 /* a message for a person: stderr in batch */
    void (*progress)(struct sink *sink, const struct data_progress *progress);   /* NULL: finished */
    bool (*ask)(struct sink *sink, const char *question);              /* in batch: what --yes says */
};

struct sink {
    const struct sink_ops *ops;
};

int  sink_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error) NODISCARD;
int  sink_row(struct sink *sink, const struct data_cell *cells, struct error *error) NODISCARD;
int  sink_end(struct sink *sink, const struct data_note *note, struct error *error) NODISCARD;   /* note may be NULL */
bool sink_passes(struct sink *sink, const char *format);
/* For a sink that takes the rows and stands before another: words, progress and questions go on to that one. Such a
 * sink begins with this, and its ops have these three. */
struct sink_before {
    struct sink  sink;
    struct sink *front;
};
void sink_before_text(struct sink *sink, const char *text);
void sink_before_progress(struct sink *sink, const struct data_progress *progress);
bool sink_before_ask(struct sink *sink, const char *question);
void sink_layout(struct sink *sink, const char *layout);
struct data_paper sink_paper(struct sink *sink);
void sink_text(struct sink *sink, const char *format, ...) PRINTF_LIKE(2, 3);
void sink_progress(struct sink *sink, const char *what, uint64_t done, uint64_t total, const char *unit);
void sink_progress_end(struct sink *sink);
bool sink_ask(struct sink *sink, const char *format, ...) PRINTF_LIKE(2, 3);

/* -- a table in memory, for commands that build theirs by hand ------------------------------------------------------
 */

struct table;

/* `names_and_types`: "id:int name:text applied_at:timestamptz" */
struct table *table_new(const char *names_and_types);
void          table_free(struct table *table);
void          table_freep(struct table **table);
/* Adds a row; one `const char *` (copied, NULL is NULL) a column. */
void          table_add(struct table *table, ...);
void          table_add_cells(struct table *table, const struct data_cell *cells);
size_t        table_row_count(const struct table *table);
size_t        table_column_count(const struct table *table);
const struct data_column *table_column(const struct table *table, size_t column);
struct data_column *table_column_mutable(struct table *table, size_t column);
struct data_cell table_cell(const struct table *table, size_t row, size_t column);
int           table_send(const struct table *table, struct sink *sink, struct error *error) NODISCARD;
/* With a note, which may be NULL. */
int           table_send_noted(const struct table *table, const struct data_note *note, struct sink *sink,
                               struct error *error) NODISCARD;

#endif
