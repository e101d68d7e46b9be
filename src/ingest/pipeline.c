/*
 * Invariant: while `busy`, `task` runs store_commit on `pg` and nobody else touches `pg`, `parcel` or the job's counts;
 * the other connection is free, or being filled by the task that reads.
 */
#include "pipeline.h"

#include "ytempire/engine/loop.h"

int pipeline_begin(struct pipeline *pipeline, struct ingest *ingest, const struct pipeline_ops *ops, void *who,
                   struct error *error)
{
    int r = 0;

    *pipeline = (struct pipeline){.ingest = ingest, .ops = ops, .who = who};
    for (size_t i = 0; r >= 0 && i < COUNT_OF(ingest->pgs); i++)
        r = ops->prepare(who, ingest->pgs[i], error);
    return r;
}

static void store_main(void *who)
{
    struct pipeline *pipeline = who;

    pipeline->result = pipeline->ops->commit(pipeline->who, pipeline->pg, pipeline->ingest->job, &pipeline->parcel,
                                             &pipeline->error);
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
    int        r = pipeline->ops->fill(pipeline->who, pg, error);

    if (r >= 0)
        r = pipeline_settle(pipeline, error);
    if (r < 0)
        return r;
    pipeline->parcel = *parcel;
    r = pipeline->ops->settled(pipeline->who, pg, other, &pipeline->parcel, error);
    if (r < 0)
        return r;
    pipeline->turn = !pipeline->turn;
    pipeline->pg = pg;
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
            pipeline->ops->done(pipeline->who, pipeline->ingest->pgs[i]);
    if (cancelled < 0)
        task_cancel(self, cancelled);
    error_done(&pipeline->error);
}
