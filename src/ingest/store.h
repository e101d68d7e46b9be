/*
 * ingest/store: one batch into the warehouse.
 *
 * Two steps, so that one connection can be filled while the other stores: store_fill opens a transaction and copies the
 * batch into its staging tables; store_commit does the rest and commits. In between the batch may be used anew.
 */
#ifndef INGEST_STORE_H
#define INGEST_STORE_H

#include "batch.h"
#include "ingest_int.h"
#include "ytempire/base/sha256.h"

/* What is known of a batch when it has left memory. */
struct parcel {
    const char *source, *file;
    char        file_key[48];           /* stands for the digest of the file until it is known */
    int64_t     rows, rejected;
    uint64_t    line, bytes;            /* how far the file, and all files, were read */
    int64_t     newest;                 /* instant of the newest snapshot; INT64_MIN: none */
    bool        has_rows, has_letters, doubled;     /* doubled: with rows of one key beside each other */
    char        block[SHA256_TEXT_SIZE];/* digest of a mapped batch; "": it is not to be known again */
    const char *told;                   /* the columns that a mapped file tells */
    const char *retired;                /* dead letters that are stored by it, as an array; NULL: none */
    int64_t     written;                /* set by store_commit */
};

int store_prepare(struct pg *pg, struct error *error) NODISCARD; /* makes the staging tables of a session */
void store_done(struct pg *pg);                                                /* drops them; rolls back what is open */
/* Makes partitions for weeks that are not marked, and marks them. 1: somebody's session is in the way; then the default
 * partition takes their rows. */
int store_partitions(struct pg *pg, const struct batch *batch, bool *weeks, struct error *error) NODISCARD;
int store_fill(struct pg *pg, const struct batch *batch, struct error *error) NODISCARD;
/* The end of any batch: dead letters, bookmark, the job's counts, COMMIT. */
int store_end(struct pg *pg, struct job *job, struct parcel *parcel, struct error *error) NODISCARD;
/* `job` is told the batch's counts when it is committed. */
int store_commit(struct pg *pg, struct job *job, struct parcel *parcel, struct error *error) NODISCARD;

#define STORE_WEEKS 1900               /* 2005 to 2041 */

#endif
