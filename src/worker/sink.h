/* What a command yields in an attempt: its words go to the job's log, its progress to the job, its rows are counted. */
#ifndef YTEMPIRE_WORKER_SINK_H
#define YTEMPIRE_WORKER_SINK_H

#include "side.h"
#include "ytempire/data.h"

struct worker_sink {
    struct sink          sink;
    struct side         *side;
    struct loop         *loop;
    const struct job    *job;
    struct data_column  *columns;     /* names of the result under way; owned, as is each name */
    size_t               column_count;
    uint64_t             rows;
    int64_t              told_at;     /* of loop_now(): when progress was last told */
    bool                 untold;      /* `progress` is newer than that */
    struct data_progress progress;
    char                *what;        /* its text */
};

void worker_sink_init(struct worker_sink *sink, struct side *side, struct loop *loop, const struct job *job);
void worker_sink_done(struct worker_sink *sink);

#endif
