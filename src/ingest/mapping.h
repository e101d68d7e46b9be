/*
 * ingest/mapping: what the records of a file mean: which field becomes which column of the warehouse, read as what.
 *
 * A mapping is the rest of a file queries/sources/NAME.json (source_file.h); README.md has all its words. Pure: from
 * fields of text to a row in COPY's binary format, or to the reason why not.
 */
#ifndef INGEST_MAPPING_H
#define INGEST_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "csv.h"
#include "source_file.h"
#include "ytempire/base/sha256.h"
#include "ytempire/base/time.h"

/* -- targets: mapping_targets.c ------------------------------------------------------------------------------------ */

enum target_type { TARGET_TEXT, TARGET_INT, TARGET_BIGINT, TARGET_NUMERIC, TARGET_BOOL, TARGET_DATE, TARGET_INSTANT,
                   TARGET_UUID, TARGET_JSON, TARGET_LIST, TARGET_TYPES };

struct target_column {
    const char      *name;
    enum target_type type;
    bool             needed;       /* no row without a value */
    int              whole;        /* of a numeric: digits before the point that it takes */
    const char *const *words;      /* the only texts it takes, NULL at the end; NULL: any */
};

/* One statement of sql/catalog, the values it takes (j the job, t the columns told, r the rule, s the source, k the
 * columns of its key: only for a batch in which rows of one key stand beside each other), and what of it counts: + the
 * rows it writes are new, ! they were there before, = its first row says how many were written and how many of them
 * were there before; in capital letters N, C and E: the same, of something else than what is loaded.
 */
struct target_step {
    const char *statement, *takes;
    char        counts;            /* '\0': nothing */
    const char *needs;             /* a column that must be told, or NULL: else there is nothing to do */
};

struct target {
    const char *name, *summary;
    const char *relation;                      /* what it fills: "analytics.fact_costs" */
    const struct target_column *columns;       /* as staged: the key's first; a NULL name ends them */
    size_t      key_columns;
    const char *times;                         /* asks for the stretches of the batch's time, or NULL */
    const char *stage, *copy, *strangers;      /* statements; strangers may be NULL */
    const char *newer;                         /* a script: of dead letters, leaves out what was stored since */
    const struct target_step *steps;           /* a NULL statement ends them */
    const char *partitions;                    /* the relation whose partitions are made by `at`, or NULL */
};

extern const struct target *const targets[];   /* ends with NULL */
const struct target *target_find(const char *name);            /* NULL: none */
size_t target_width(const struct target *target);              /* columns, without the line */

/* -- a mapping: mapping_read.c ------------------------------------------------------------------------------------- */

enum reading { READ_TEXT, READ_NUMBER, READ_BOOL, READ_DATE, READ_TIMESTAMP, READ_DURATION, READ_UUID, READ_JSON,
               READ_LIST, READINGS };

struct mapping_part {
    int              field;        /* -1: text as it stands */
    struct csv_field text;
};

struct mapping_column {
    const struct target_column *target;        /* NULL: this column is not told */
    int                  field;                /* of the mapping's fields; -1: made of parts, or a value */
    struct mapping_part *parts;
    size_t               part_count;
    enum reading         reading;
    const char          *format;               /* of dates and timestamps; NULL: ISO 8601 */
    char                 decimal, thousands;   /* '\0': none */
    const char          *strip;                /* characters taken off both ends, or NULL */
    const char          *separator;            /* of a list */
    int                  shift;                /* the number times ten to this */
    const struct zone   *zone;
    int64_t             *twice;                /* counts local times that come twice; NULL: nobody does */
    const char *const   *nulls;                /* NULL at the end */
    const char          *fallback;             /* stands for an unknown value; NULL: it is unknown */
    struct map          *lookup;               /* text to text; NULL: none */
    const char *const   *yes, *const *no;      /* words of a bool, NULL at the end */
};

struct mapping {
    const struct target   *target;
    const char            *kind, *rule;        /* "csv"; "update" "fill" "keep" */
    char                   delimiter;
    const char *const     *header;             /* given names, where the file has none; NULL: it has */
    size_t                 header_count;
    const char            *path;               /* of a JSON's list; NULL: the whole */
    const char           **fields;             /* the names that are read, each once */
    bool                  *field_needed;       /* a column that is needed rests on it */
    size_t                 field_count;
    const char *const     *ignored;            /* fields nobody is to be told of; NULL at the end */
    bool                   ignore_all;
    struct mapping_column *columns;            /* one for each of the target's */
    const char            *told;               /* the told columns as an array of PostgreSQL's */
    int64_t               *twice;              /* local times that came twice so far, and were read as the first */
    char                   digest[SHA256_TEXT_SIZE];       /* of the file, and of what reads it */
};

/* Reads the rest of a source's file; all lies in the file's arena but for lookups, which mapping_done frees.
 * ERR_SYNTAX with "file:line:column" and the candidates. */
int  mapping_read(const struct source_file *file, struct mapping *ret_mapping, struct error *error) NODISCARD;
void mapping_done(struct mapping *mapping);

/* -- values: mapping_value.c, mapping_time.c ----------------------------------------------------------------------- */

/* Appends the value in COPY's binary format, its length first; a NULL text is one that is not there. NULL, or why it is
 * none: always the same words for the same reason, and nothing is appended. */
const char *mapping_value(const struct mapping_column *column, struct csv_field text, struct str *to);
/* Instants by format. A date is its midnight in the column's zone. NULL or why not. */
const char *mapping_instant(const struct mapping_column *column, struct csv_field text, int64_t *ret_instant);
const char *mapping_day(const struct mapping_column *column, struct csv_field text, int32_t *ret_day);
/* What of a format is no pattern: its first byte, or -1. */
long        mapping_format_fault(const char *format);

/* -- rows: mapping_row.c ------------------------------------------------------------------------------------------- */

/* Where the fields of a mapping lie in the records of one file. */
struct mapping_layout {
    size_t  width;                 /* fields of a record; 0: they are named, and each has all fields */
    int    *place;                 /* of each field; -1: this file has none */
    bool   *told;                  /* of each column: this file tells it */
    struct mapping_stray *strays;  /* fields that the mapping does not know */
    size_t  stray_count;
};

struct mapping_stray {
    const char *name;
    size_t      place;
};

/* Lays the mapping over a header. ERR_FAILED: a field that is needed is missing, or there twice. What else is
 * missing is said to `on_missing`. The layout lies in the arena. */
int  mapping_lay_out(const struct mapping *mapping, struct arena *arena, const struct csv_record *header,
                     struct mapping_layout *ret_layout, void (*on_missing)(void *who, const char *field), void *who,
                     struct error *error) NODISCARD;

struct mapping_refusal {
    const char *column;            /* of the warehouse, or NULL: the row as a whole */
    const char *reason;
    struct csv_field value;        /* what was refused, in the record */
    struct csv_place place;        /* of what is wrong, in JSON */
};

/* Appends one row in COPY's binary format, its line last. `ret_key` is how many bytes of it, from its third on, are its
 * key. False: refused; nothing is appended. */
bool mapping_row(const struct mapping *mapping, const struct mapping_layout *layout, const struct csv_record *record,
                 struct str *to, size_t *ret_key, struct str *scratch, struct mapping_refusal *ret_refusal);

#endif
