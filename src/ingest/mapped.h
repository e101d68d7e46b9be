/*
 * ingest/mapped: the load of files with a mapping of one's own: what its files share.
 */
#ifndef INGEST_MAPPED_H
#define INGEST_MAPPED_H

#include "ingest_int.h"
#include "input.h"
#include "letters.h"
#include "mapped_batch.h"
#include "pipeline.h"
#include "reader.h"

#define TIMES_MOST 2048                /* stretches whose partition is known to be there */
#define REFUSALS_MOST 64               /* reasons that are told one by one */

/* Rows refused for one reason. */
struct mapped_reason {
    const char *column, *reason;
    int64_t     rows;
    uint64_t    line;                  /* of the first */
    struct csv_place place;
    char        sample[164];
};

struct mapped {
    struct ingest        *ingest;
    struct source_file   *source;      /* borrowed */
    struct mapping        mapping;
    struct pipeline       pipeline;
    struct mapped_batch   batch;       /* being filled */
    uint64_t              total, before;           /* bytes of all files; of those that are through */
    long long             batch_rows, reject_limit, horizon_days;
    bool                  again;                   /* what was stored before is stored again */
    int64_t               times[TIMES_MOST];
    size_t                time_count;
    int64_t               past_horizon, passed;    /* rows before the horizon; rows of blocks that were stored before */
    /* the file at hand */
    struct arena         *arena;
    char                 *name;                    /* of it, as it is stored and told */
    size_t                number;                  /* from 1 */
    struct input         *input;
    struct reader        *reader;
    char                 *header;                  /* its first line, mended; NULL: it has none */
    struct mapping_layout layout;
    char                 *told;                    /* its told columns, as an array of PostgreSQL's */
    char                  salt[SHA256_TEXT_SIZE];  /* of mapping and header */
    int64_t               rows, rejected, newest;
    uint64_t              line, first_twice;       /* of the first row with a local time that comes twice; 0: none */
    bool cut, strangers; /* the last row is cut; rows were refused for what the warehouse lacks */
    const char           *stray;                   /* of JSON: a member that was told of */
    struct mapped_reason  reasons[REFUSALS_MOST];
    size_t                reason_count;
    struct letters_outcome *replay;                /* not a file but dead letters: a line is one's id */
};

/* mapped_store.c: what the pipeline does; `who` is a struct mapped. */
extern const struct pipeline_ops mapped_ops;
/* The batch was stored before, from the same bytes, and nothing was changed since. */
int mapped_is_known(struct mapped *load, const char *block, bool *ret_known, struct error *error) NODISCARD;

/* mapped_tell.c: what a person is told of a file. */
void mapped_note_refusal(struct mapped *load, uint64_t line, const struct mapping_refusal *refusal);
/* Fields that the mapping does not know, with what the first record has. */
void mapped_tell_strays(struct mapped *load, const struct csv_record *first);
/* The first member of a record of JSON that the mapping does not know. */
void mapped_tell_member(struct mapped *load, const struct csv_record *record);
void mapped_tell_file(struct mapped *load);

/* mapped_replay.c: dead letters instead of files. */
int mapped_replay(struct mapped *load, struct error *error) NODISCARD;

/* mapped_load.c */
/* Lays the mapping over the header that the reader is at. */
int mapped_read_header(struct mapped *load, bool aloud, struct error *error) NODISCARD;
int mapped_open(struct mapped *load, const char *file, bool aloud, struct error *error) NODISCARD;
void mapped_close(struct mapped *load);

#endif
