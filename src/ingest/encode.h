/*
 * ingest/encode: values in the binary format of COPY (PostgreSQL's manual, "COPY", "Binary Format"): each is its length
 * in four bytes, then its bytes. Appends; nothing here fails or waits.
 */
#ifndef INGEST_ENCODE_H
#define INGEST_ENCODE_H

#include <stdbool.h>
#include <stdint.h>

#include "ytempire/base/str.h"

void encode_int2_bare(struct str *to, int16_t value);      /* the two bytes alone: counts of columns */
void encode_int4_bare(struct str *to, int32_t value);
void encode_int4_at(char *at, int32_t value);              /* over four bytes that are there */
void encode_null(struct str *to);
void encode_bool(struct str *to, bool value);
void encode_int4(struct str *to, int32_t value);
void encode_int8(struct str *to, int64_t value);
void encode_text(struct str *to, const char *text, size_t length);
void encode_instant(struct str *to, int64_t instant);      /* a timestamptz */
void encode_date(struct str *to, int32_t day);             /* days since 1970-01-01 */
void encode_uuid(struct str *to, const unsigned char bytes[16]);
/* A numeric: its digits without a point, of which `scale` stand behind it. */
void encode_numeric(struct str *to, bool negative, const char *digits, size_t length, size_t scale);
/* A text[], begun with how many there will be; each is then an encode_text. */
size_t encode_list_begin(struct str *to, int32_t count);
void   encode_list_end(struct str *to, size_t begun);

#endif
