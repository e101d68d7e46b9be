/*
 * An attempt is a session of its own on the same loop: what one command sets, leaves open or loses is no other's. It is
 * made anew each time; a connection and a model are a few milliseconds, and nothing has to be put back in order.
 */
#include "sink.h"
#include "worker_int.h"
#include "ytempire/app/ask.h"
#include "ytempire/command.h"

struct attempt {
    struct conf       *conf;
    struct app        *app;
    struct worker_sink sink;
};

static int open_session(struct attempt *attempt, struct worker *worker, struct job *job, struct error *error)
{
    int r;

    attempt->conf = conf_copy(worker->app->conf);
    r = app_new(worker->loop, attempt->conf, &attempt->app, error);
    if (r < 0)
        return r;
    attempt->app->starts_nothing = true;
    attempt->app->job = job;
    attempt->app->words = &attempt->sink.sink;
    return 0;
}

static void close_session(struct attempt *attempt)
{
    app_free(attempt->app);
    conf_free(attempt->conf);
}

int worker_attempt(void *who, struct job *job, struct error *error)
{
    struct worker *worker = who;
    struct attempt attempt = {0};
    struct task   *task = task_current();
    int            cancelled, r;

    worker_sink_init(&attempt.sink, worker->side, worker->loop, job);
    r = open_session(&attempt, worker, job, error);
    if (r >= 0)
        r = command_run_within(attempt.app, job->command, &attempt.sink.sink, error);
    if (r == ERR_CLOSED)
        r = 0;                            /* there is no reader here that could go away */
    cancelled = task_cancelled(task);
    task_cancel_clear(task);              /* what it said is written all the same */
    if (attempt.app != NULL)
        app_note_queries(attempt.app);
    close_session(&attempt);
    side_flush(worker->side, job);
    worker_sink_done(&attempt.sink);
    if (cancelled < 0)
        task_cancel(task, cancelled);
    return r;
}
