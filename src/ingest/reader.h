/*
 * ingest/reader: the records of a file of any kind, as a mapping of it wants them. A csv's and tsv's are its rows; an
 * ndjson's its lines, a json's the items of its list: of these a record has the mapping's fields, in their order, a
 * NULL text where there is none. Memory does not grow; what is handed out is valid until the next call.
 */
#ifndef INGEST_READER_H
#define INGEST_READER_H

#include "mapping.h"

struct reader;

/* Borrows the mapping. `buffer` is CSV_BUFFER, or less in tests. */
struct reader *reader_new(const struct mapping *mapping, csv_read *read, void *who, size_t buffer);
void           reader_free(struct reader *reader);     /* NULL is a no-op */
void           reader_freep(struct reader **reader);
/* The names of the fields, first of all: its header, or what the mapping says. ERR_FAILED: the file is empty, or its
 * header cannot be read. */
int            reader_header(struct reader *reader, struct csv_record *ret_header, struct error *error) NODISCARD;
/* 1 and the next; 0 at the end; ERR_FAILED: it is no file of this kind. */
int            reader_next(struct reader *reader, struct csv_record *ret_record, struct error *error) NODISCARD;
/* Of the last record, where it is of JSON: a member that the mapping does not know, or NULL. */
const char    *reader_stray(const struct reader *reader);
const struct csv_tally *reader_tally(const struct reader *reader);

#endif
