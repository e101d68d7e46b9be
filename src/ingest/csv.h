/*
 * ingest/csv: records of a CSV file (RFC 4180), one after the other, in memory that does not grow.
 *
 * A field may be quoted, a quoted one may hold commas, line ends and doubled quotes; lines end with LF or CRLF; a byte
 * order mark is passed over, and so are blank lines. Text after a closing quote belongs to the field, as other readers
 * have it and the published files need it, unless the quotes span lines: then the first one was a stray one. Bytes that
 * are not UTF-8 are read as Windows-1252, one by one, so that a text cut inside a character loses that character only;
 * NULs become U+FFFD; both are counted. A record that cannot be read is handed out as a fault: its first line is given
 * up and the reader goes on with the next line, so that one stray quote costs a line and not the rest of the file.
 */
#ifndef INGEST_CSV_H
#define INGEST_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/base/str.h"

#define CSV_BUFFER ((size_t)1 << 20)   /* a record is at most this long */
#define CSV_FIELDS 1024

struct csv;

/* Reads at most `room` bytes; 0 bytes is the end. May wait. */
typedef int csv_read(void *who, char *bytes, size_t room, size_t *ret_length, struct error *error);

struct csv_field {
    const char *text;          /* UTF-8 without NUL; not terminated */
    size_t      length;
};

struct csv_place {
    uint64_t line;             /* from 1 */
    size_t   column;           /* from 1, in characters; 0: it is not known */
};

/* Valid until the next call. */
struct csv_record {
    const struct csv_field *fields;
    size_t                  count;
    uint64_t                line;          /* the physical line it begins on; the first is 1 */
    const char             *raw;           /* as in the file, without the last line end; not mended */
    size_t                  raw_length;
    const char             *fault;         /* NULL: whole. Else why it cannot be read; no fields then */
    struct csv_place        place;         /* of what is wrong, in JSON */
    bool                    last;          /* nothing follows, not even a line end: the file may be cut */
    bool                    cut;           /* the file ends inside the last field, of as many as are expected */
};

struct csv_tally {
    uint64_t mended;           /* bytes that were not UTF-8 */
    uint64_t nuls;
    uint64_t mended_records;
    uint64_t first_mended;     /* line of the first of them */
};

/* `buffer` is CSV_BUFFER, or less in tests. */
struct csv *csv_new(csv_read *read, void *who, size_t buffer);
void        csv_free(struct csv *csv);
void        csv_freep(struct csv **csv);
/* How many fields a record ought to have: decides what an open quote before the end of the file is. */
void        csv_expect(struct csv *csv, size_t fields);
/* Another character than a comma between fields; before the first record. */
void        csv_separate(struct csv *csv, char delimiter);
/* 1 and the next record; 0 at the end; ERR_FAILED for UTF-16, or what `read` failed with. */
int         csv_next(struct csv *csv, struct csv_record *ret_record, struct error *error) NODISCARD;
const struct csv_tally *csv_tally(const struct csv *csv);

/* Appends bytes as PostgreSQL's text takes them: mended, without NUL. */
void        csv_mend(struct str *to, const char *bytes, size_t length);

#endif
