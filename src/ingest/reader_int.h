/* ingest/reader_int: what the readers share. */
#ifndef INGEST_READER_INT_H
#define INGEST_READER_INT_H

#include "feed.h"
#include "reader.h"
#include "ytempire/base/tree.h"

#define FAULT_RAW 1000                 /* of a record longer than the buffer */

struct reader_ops {
    int (*header)(struct reader *reader, struct csv_record *ret_header, struct error *error);
    int (*next)(struct reader *reader, struct csv_record *ret_record, struct error *error);
};

struct reader {
    const struct mapping    *mapping;
    const struct reader_ops *ops;
    struct csv              *csv;      /* of a csv */
    struct feed              feed;     /* of the others */
    struct csv_field        *fields;   /* of the record, or of the header that the mapping gives */
    size_t                   field_room;
    struct str               scratch;  /* what they point to, where it is not the feed */
    struct csv_tally         tally;
    struct tree              tree;
    struct arena            *arena;    /* of a record */
    const struct tree_node  *twice;    /* of a record of JSON: the second member of a name that is read */
    const char              *stray;    /* of a record of JSON: a member that the mapping does not know */
    bool                     sought, over;         /* a json's list is found, or at its end */
    int skipping; /* of a json: levels of an item that is too long; else a line that is */
};

extern const struct reader_ops reader_csv_ops, reader_tsv_ops, reader_ndjson_ops, reader_json_ops;

/* Names that somebody else gives, as a header; it begins before the file does. */
void reader_give_names(struct reader *reader, const char *const *names, size_t count, struct csv_record *ret_header);
/* A record of JSON: the mapping's fields, in their order. `length` bytes at the front of the feed, which it takes. */
void reader_take_json(struct reader *reader, size_t length, size_t with_end, struct csv_record *ret_record);
/* Up to FAULT_RAW bytes at the front of the feed as a record that cannot be read; takes `length`. */
void reader_take_fault(struct reader *reader, const char *fault, size_t length, struct csv_record *ret_record);

#endif
