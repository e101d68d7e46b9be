/*
 * ingest/pipeline: two connections in turn. While one stores a batch, the next is read and copied through the other; it
 * is stored only when the one before has been committed.
 */
#ifndef INGEST_PIPELINE_H
#define INGEST_PIPELINE_H

#include "store.h"

struct pipeline {
    struct ingest *ingest;
    struct batch   batch;               /* being filled */
    bool           weeks[STORE_WEEKS];  /* that have partitions */
    size_t         turn;
    /* the batch that is being stored, by a task of its own */
    struct task   *task, *waiter;
    bool           busy;
    struct pg     *pg;
    struct parcel  parcel;
    int            result;
    struct error   error;
};

int  pipeline_begin(struct pipeline *pipeline, struct ingest *ingest, struct error *error) NODISCARD;
/* Hands the batch over to be stored, when the one before is; then the batch is empty. */
int  pipeline_hand_over(struct pipeline *pipeline, const struct parcel *parcel, struct error *error) NODISCARD;
/* Waits until nothing is being stored: 0, or what it failed with. */
int  pipeline_settle(struct pipeline *pipeline, struct error *error) NODISCARD;
/* Ends what is under way and rolls it back. */
void pipeline_end(struct pipeline *pipeline);

#endif
