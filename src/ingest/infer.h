/*
 * ingest/infer: a mapping proposed from the beginning of a file. Pure: from bytes to the text of a mapping and to
 * remarks for the person who will read it. A way to read a field is proposed when it reads all values of the sample, by
 * the same code that will load them; so the order of rows does not matter.
 */
#ifndef INGEST_INFER_H
#define INGEST_INFER_H

#include "mapping.h"

#define INFER_BYTES ((size_t)1 << 20)  /* of a file, unpacked */
#define INFER_ROWS 2000

/* -- a sample: infer_sample.c -------------------------------------------------------------------------------------- */

struct infer_field {
    const char       *name;            /* members of members of JSON: with dots */
    struct csv_field *values;          /* a NULL text where there is none */
    size_t            count, room;
    bool              twice;           /* the header has the name twice: no mapping can tell which */
};

struct infer_sample {
    struct arena       *arena;         /* borrowed; all lies in it */
    const char         *kind, *path;   /* path NULL: none */
    char                delimiter;
    struct infer_field *fields;
    size_t              field_count, field_room;
    size_t              rows, faults;  /* faults: records that cannot be read */
};

/* `whole` false: the bytes were cut. ERR_FAILED: there are no records in it. The bytes are needed until it returns. */
int infer_sample_read(struct arena *arena, const char *bytes, size_t length, bool whole,
                      struct infer_sample *ret_sample, struct error *error) NODISCARD;

/* -- readings: infer_value.c --------------------------------------------------------------------------------------- */

enum infer_fit { INFER_NONE, INFER_FITS, INFER_EMPTY, INFER_AMBIGUOUS };

struct infer_reading {
    struct mapping_column column;      /* how it is read; its nulls are the words that were seen */
    const char           *other;       /* of an ambiguous one: how else it could be read */
    bool                  zone_matters;/* the texts have none */
};

/* How all values of the field read as the column; INFER_EMPTY: there are no values. */
enum infer_fit infer_read(struct arena *arena, const struct infer_field *field, const struct target_column *target,
                          struct infer_reading *ret_reading);
/* Whether the column counts cents and the field, by its name, whole units. */
bool infer_is_money(const char *field, const struct target_column *target);

/* -- names: infer_name.c ------------------------------------------------------------------------------------------- */

/* How well a field's name names a column: 0 not, 4 the same. */
int infer_name_score(const char *field, const char *column);

/* -- the proposal: infer.c ----------------------------------------------------------------------------------------- */

/* Appends the mapping and the remarks (a line each). `target` NULL: the one that fits best. ERR_PARTIAL: columns that
 * the target needs are missing, and the mapping is what can be said; ERR_UNKNOWN for the target, ERR_FAILED: none fits.
 */
int infer_propose(const struct infer_sample *sample, const char *target, struct str *to, struct str *remarks,
                  struct error *error) NODISCARD;

#endif
