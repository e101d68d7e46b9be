/*
 * ingest/copy: rows in the binary format of COPY (PostgreSQL's manual, "COPY", "Binary Format").
 *
 * Begin, then for each row copy_row and its values in the order of the columns, then end. Bytes go out as they gather.
 * The first failure is kept and returned by copy_end; what is put after it is dropped.
 */
#ifndef INGEST_COPY_H
#define INGEST_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "csv.h"
#include "ytempire/engine/pg.h"

struct copy {
    struct pg    *pg;
    struct str    out;
    struct error *error;
    int           failed;
};

/* `statement` is a file of sql/catalog. */
void copy_begin(struct copy *copy, struct pg *pg, const char *statement, struct error *error);
void copy_row(struct copy *copy, int columns);
void copy_encoded(struct copy *copy, const char *rows, size_t length);     /* whole rows, encoded before */
void copy_null(struct copy *copy);
void copy_bool(struct copy *copy, bool value);
void copy_int4(struct copy *copy, int32_t value);
void copy_int8(struct copy *copy, int64_t value);
void copy_text(struct copy *copy, const char *text, size_t length);
void copy_field(struct copy *copy, struct csv_field field);
/* A timestamptz. */
void copy_instant(struct copy *copy, int64_t instant);
/* A text[]: the parts of `text` between bars; none of an empty one. */
void copy_array(struct copy *copy, struct csv_field text);
int  copy_end(struct copy *copy) NODISCARD;

#endif
