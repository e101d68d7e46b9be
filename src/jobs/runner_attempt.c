/* One attempt: a task of its own around the function that was handed in. */
#include "runner.h"
#include "ytempire/base/mem.h"

void attempt_free(struct attempt *attempt)
{
    loop_timer_cancel(attempt->runner->options.loop, attempt->timeout);
    mem_free((char *)(uintptr_t)attempt->job.kind);
    mem_free((char *)(uintptr_t)attempt->job.source);
    mem_free((char *)(uintptr_t)attempt->job.command);
    error_done(&attempt->error);
    mem_free(attempt);
}

static void drop(struct attempts *attempts, const struct attempt *attempt)
{
    size_t i = 0;

    while (attempts->items[i] != attempt)
        i++;
    attempts->items[i] = attempts->items[--attempts->count];
}

static void on_timeout(void *who)
{
    struct attempt *attempt = who;

    attempt->timeout = NULL;
    attempt->timed_out = !attempt->stopped;
    attempt_stop(attempt, ERR_TIMEOUT);
}

static void name_timeout(struct attempt *attempt)
{
    error_done(&attempt->error);
    attempt->code = error_set(&attempt->error, ERR_TIMEOUT, "it took longer than %u s", attempt->job.timeout_seconds);
}

static void attempt_main(void *who)
{
    struct attempt     *attempt = who;
    struct jobs_runner *runner = attempt->runner;

    attempt->code = runner->options.run(runner->options.who, &attempt->job, &attempt->error);
    attempt->task = NULL;
    loop_timer_cancel(runner->options.loop, TAKE(attempt->timeout));
    if (attempt->timed_out && attempt->code < 0)
        name_timeout(attempt);
    drop(&runner->running, attempt);
    VEC_PUSH(runner->ended.items, runner->ended.count, runner->ended.room, attempt);
    runner->figures.busy = (unsigned)runner->running.count;
    runner_wake(runner);
}

void attempt_start(struct jobs_runner *runner, struct attempt *attempt)
{
    size_t running;

    attempt->runner = runner;
    attempt->began_us = monotonic_us();
    VEC_PUSH(runner->running.items, runner->running.count, runner->running.room, attempt);
    running = runner->running.count;
    runner->figures.busy = (unsigned)running;
    runner->figures.started++;
    runner_say(runner, JOBS_STARTED, attempt, attempt->job.command);
    if (attempt->job.timeout_seconds > 0)
        attempt->timeout = loop_timer(runner->options.loop, attempt->job.timeout_seconds * US_PER_SECOND, on_timeout,
                                      attempt);
    struct task *task = task_start(runner->options.loop, attempt_main, attempt);
    if (runner->running.count == running && runner->running.items[running - 1] == attempt)
        attempt->task = task;          /* else it is over already */
}

void attempt_give_back(struct jobs_runner *runner, struct attempt *attempt)
{
    attempt->runner = runner;
    attempt->began_us = monotonic_us();
    attempt->returned = true;
    attempt->code = ERR_INTERRUPTED;
    VEC_PUSH(runner->ended.items, runner->ended.count, runner->ended.room, attempt);
    runner_wake(runner);
}

void attempt_stop(struct attempt *attempt, int code)
{
    if (attempt->task == NULL || attempt->stopped)
        return;
    attempt->stopped = true;
    task_cancel(attempt->task, code);
}

struct attempt *attempt_find(const struct jobs_runner *runner, int64_t job)
{
    for (size_t i = 0; i < runner->running.count; i++)
        if (runner->running.items[i]->job.id == job)
            return runner->running.items[i];
    return NULL;
}

const char *attempt_how(const struct attempt *attempt)
{
    const char *how = job_how(attempt->code, &attempt->error);

    return attempt->returned && !text_equal(how, "completed") ? "returned" : how;
}
