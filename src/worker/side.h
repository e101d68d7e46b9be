/*
 * The worker's connection for what attempts have to say: lines of their logs, progress, and how long the queue is. An
 * attempt's own connection may be in the middle of a COPY, or of a transaction that is to be rolled back.
 */
#ifndef YTEMPIRE_WORKER_SIDE_H
#define YTEMPIRE_WORKER_SIDE_H

#include "metrics.h"
#include "ytempire/app.h"

struct side;

struct side_options {
    struct loop *loop;
    struct conf *conf;                        /* taken */
    void (*on_counted)(void *who);            /* or it could not be counted */
    void *who;
};

int  side_new(const struct side_options *options, struct side **ret_side, struct error *error) NODISCARD;
/* Turns the loop until its task has ended. */
void side_free(struct side *side);
/* Return at once; for a job, in the order of the calls. More than 1,000 that wait, and lines that cannot be written,
 * are dropped. */
void side_say(struct side *side, const struct job *job, const char *level, const char *text);
void side_progress(struct side *side, const struct job *job, const struct data_progress *progress);
void side_count(struct side *side);
/* Waits in a task until what was said for the job is written, for five seconds at most. */
void side_flush(struct side *side, const struct job *job);
const struct queue_depth *side_depth(const struct side *side);

#endif
