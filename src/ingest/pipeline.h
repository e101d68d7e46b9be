/*
 * ingest/pipeline: two connections in turn. While one stores a batch, the next is read and copied through the other; it
 * is stored only when the one before has been committed.
 */
#ifndef INGEST_PIPELINE_H
#define INGEST_PIPELINE_H

#include "store.h"

/* What is filled and stored, for whom. */
struct pipeline_ops {
    int  (*prepare)(void *who, struct pg *pg, struct error *error);        /* makes the staging tables of a session */
    void (*done)(void *who, struct pg *pg);                                /* drops them; rolls back what is open */
    int  (*fill)(void *who, struct pg *pg, struct error *error);           /* opens a transaction, copies the batch */
    /* The batch before is committed, and nothing is under way: a last look. `other` is in no transaction. */
    int  (*settled)(void *who, struct pg *pg, struct pg *other, struct parcel *parcel, struct error *error);
    int  (*commit)(void *who, struct pg *pg, struct job *job, struct parcel *parcel, struct error *error);
};

struct pipeline {
    struct ingest *ingest;
    const struct pipeline_ops *ops;
    void          *who;
    size_t         turn;
    /* the batch that is being stored, by a task of its own */
    struct task   *task, *waiter;
    bool           busy;
    struct pg     *pg;
    struct parcel  parcel;
    int            result;
    struct error   error;
};

int  pipeline_begin(struct pipeline *pipeline, struct ingest *ingest, const struct pipeline_ops *ops, void *who,
                    struct error *error) NODISCARD;
/* Hands the batch over to be stored, when the one before is; then it may be used anew. */
int  pipeline_hand_over(struct pipeline *pipeline, const struct parcel *parcel, struct error *error) NODISCARD;
/* Waits until nothing is being stored: 0, or what it failed with. */
int  pipeline_settle(struct pipeline *pipeline, struct error *error) NODISCARD;
/* Ends what is under way and rolls it back. */
void pipeline_end(struct pipeline *pipeline);

#endif
