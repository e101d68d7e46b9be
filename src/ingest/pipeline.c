/*
 * Invariant: while `busy`, `task` runs store_commit on `pg` and nobody else touches `pg`, `parcel` or the job's counts;
 * the other connection is free, or being filled by the task that reads.
 */
#include "pipeline.h"

#include "ytempire/engine/loop.h"

int pipeline_begin(struct pipeline *pipeline, struct ingest *ingest, struct error *error)
{
    int r = 0;

    *pipeline = (struct pipeline){.ingest = ingest};
    batch_begin(&pipeline->batch);
    for (size_t i = 0; r >= 0 && i < COUNT_OF(ingest->pgs); i++)
        r = store_prepare(ingest->pgs[i], error);
    return r;
}

static void store_main(void *who)
{
    struct pipeline *pipeline = who;

    pipeline->result = store_commit(pipeline->pg, pipeline->ingest->job, &pipeline->parcel, &pipeline->error);
    pipeline->busy = false;
    if (pipeline->waiter != NULL)
        task_wake(pipeline->waiter);
}

/* Waits whatever is asked of this task; a wish to cancel is passed on. Returns its code. */
static int wait_for_task(struct pipeline *pipeline)
{
    struct task *self = task_current();
    int          cancelled = task_cancelled(self);

    pipeline->waiter = self;
    while (pipeline->busy) {
        if (cancelled < 0 && task_cancelled(pipeline->task) == 0)
            task_cancel(pipeline->task, cancelled);
        task_cancel_clear(self);
        int r = task_park();
        cancelled = r < 0 ? r : cancelled;
    }
    pipeline->waiter = NULL;
    if (cancelled < 0)
        task_cancel(self, cancelled);
    return cancelled;
}

int pipeline_settle(struct pipeline *pipeline, struct error *error)
{
    int cancelled = wait_for_task(pipeline), r = pipeline->result;

    pipeline->result = 0;
    if (r < 0 && error != NULL)
        error_move(error, &pipeline->error);
    error_done(&pipeline->error);
    if (r >= 0 && cancelled < 0)
        r = error_set(error, cancelled, "%s", error_sentence(cancelled));
    return r;
}

int pipeline_hand_over(struct pipeline *pipeline, const struct parcel *parcel, struct error *error)
{
    struct pg *pg = pipeline->ingest->pgs[pipeline->turn], *other = pipeline->ingest->pgs[!pipeline->turn];
    int        r = store_fill(pg, &pipeline->batch, error);

    if (r >= 0)
        r = pipeline_settle(pipeline, error);
    if (r >= 0)
        r = store_partitions(other, &pipeline->batch, pipeline->weeks, error);
    if (r < 0)
        return r;
    if (r > 0)
        ingest_tell(pipeline->ingest, "warning",
                    "no partition could be made, as a session is reading the snapshots: the rows lie in the default one "
                    "until the next 'storage maintain'");
    pipeline->turn = !pipeline->turn;
    pipeline->pg = pg;
    pipeline->parcel = *parcel;
    pipeline->parcel.rows = pipeline->batch.read;
    pipeline->parcel.rejected = (int64_t)pipeline->batch.letter_count;
    pipeline->parcel.has_rows = pipeline->batch.row_count > 0;
    pipeline->parcel.has_letters = pipeline->batch.letter_count > 0;
    batch_begin(&pipeline->batch);
    pipeline->busy = true;
    pipeline->task = task_start(task_loop(task_current()), store_main, pipeline);
    return 0;
}

void pipeline_end(struct pipeline *pipeline)
{
    struct task *self = task_current();
    int          cancelled;

    if (pipeline->busy && task_cancelled(pipeline->task) == 0)
        task_cancel(pipeline->task, ERR_INTERRUPTED);
    cancelled = wait_for_task(pipeline);
    task_cancel_clear(self);            /* the servers must hear of the end whatever was asked for */
    for (size_t i = 0; i < COUNT_OF(pipeline->ingest->pgs); i++)
        if (pipeline->ingest->pgs[i] != NULL)
            store_done(pipeline->ingest->pgs[i]);
    if (cancelled < 0)
        task_cancel(self, cancelled);
    error_done(&pipeline->error);
    batch_done(&pipeline->batch);
}
