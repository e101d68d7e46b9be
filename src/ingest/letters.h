/*
 * ingest/letters: dead letters on their way in once more. A source replays what letters_read gives: each letter is read as
 * the file it came from would be, its first line before it; what is stored then leaves the list in the same transaction
 * (parcel.retired), what is refused again says why now.
 */
#ifndef INGEST_LETTERS_H
#define INGEST_LETTERS_H

#include "csv.h"
#include "ingest_int.h"

struct letter {
    int64_t     id;
    const char *file, *raw;            /* file may be NULL */
    const char *header;                /* NULL: not known */
    const char *fault;                 /* NULL: it may be tried */
};

/* Those of options->letters, in the arena: of one file and header one after the other. */
int letters_read(struct ingest *ingest, struct arena *arena, struct letter **ret_letters, size_t *ret_count,
                 struct error *error) NODISCARD;
/* Keeps the first line of a file some of whose rows were refused. */
int letters_keep_header(struct ingest *ingest, const char *digest, const char *header, struct error *error) NODISCARD;

/* The bytes of one letter as a file: a csv_read. */
struct letter_bytes {
    const char *parts[4];              /* NULL: nothing */
    size_t      part, at;
};
int letters_read_bytes(void *who, char *bytes, size_t room, size_t *ret_length, struct error *error);

/* What came of some: arrays of PostgreSQL's, begun by letters_begin. */
struct letters_outcome {
    struct str retired, refused, columns, reasons;
    size_t     retired_count, refused_count;
};
void letters_begin(struct letters_outcome *outcome);
void letters_done(struct letters_outcome *outcome);
void letters_retire(struct letters_outcome *outcome, int64_t id);
void letters_refuse(struct letters_outcome *outcome, int64_t id, const char *column, const char *reason);
const char *letters_retired(struct letters_outcome *outcome);          /* for parcel.retired; NULL: none */
int  letters_write_refused(struct ingest *ingest, struct letters_outcome *outcome, struct error *error) NODISCARD;

#endif
