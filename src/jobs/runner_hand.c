/*
 * The second hand of a runner: writes what has ended while the keeper claims, so that the server ends one batch and
 * begins the next at once. Few ends are written by the keeper's turn, together with the claim. Invariant: what is in
 * `handed` is the hand's until `hand_busy` is false; then it is empty.
 */
#include "runner.h"
#include "ytempire/base/mem.h"

#define LEAST 64
#define REST_US (5 * US_PER_SECOND)

/* To be told by the keeper: an end that is written already is no news. */
static void give_back(struct jobs_runner *runner)
{
    for (size_t i = 0; i < runner->handed.count; i++)
        VEC_PUSH(runner->ended.items, runner->ended.count, runner->ended.room, runner->handed.items[i]);
    runner->handed.count = 0;
}

static void hand_main(void *who)
{
    struct jobs_runner *runner = who;
    struct error        error = ERROR_INIT;

    if (runner_tell(runner, runner->hand_pg, &runner->handed, &error) < 0) {
        pg_close(TAKE(runner->hand_pg));
        give_back(runner);
        runner->hand_rests_until = loop_now(runner->options.loop) + REST_US;
    }
    error_done(&error);
    runner->hand = NULL;
    runner->hand_busy = false;
    if (runner->keeper == NULL)
        hand_close(runner);
    runner_wake(runner);
}

/* By the keeper: `open` is for one task at a time. */
static bool has_connection(struct jobs_runner *runner)
{
    struct error error = ERROR_INIT;

    if (runner->hand_pg == NULL && runner->options.open(runner->options.who, &runner->hand_pg, &error) < 0) {
        runner->hand_pg = NULL;
        runner->hand_rests_until = loop_now(runner->options.loop) + REST_US;
    }
    error_done(&error);
    return runner->hand_pg != NULL;
}

void hand_take(struct jobs_runner *runner)
{
    struct attempts empty = runner->handed;
    struct task    *task;

    if (runner->hand_busy || runner->figures.draining || runner->ended.count < LEAST ||
        loop_now(runner->options.loop) < runner->hand_rests_until || !has_connection(runner))
        return;
    runner->handed = runner->ended;
    runner->ended = empty;
    runner->hand_busy = true;
    task = task_start(runner->options.loop, hand_main, runner);
    if (runner->hand_busy)
        runner->hand = task;
}

/* A heartbeat does not wait. */
bool hand_is_awaited(const struct jobs_runner *runner)
{
    return runner->hand_busy && runner->ended.count >= LEAST && !runner->beat && !runner->figures.draining &&
           loop_now(runner->options.loop) - runner->beat_at < runner->options.lease_us / 6;
}

void hand_stop(struct jobs_runner *runner)
{
    if (runner->hand != NULL)
        task_cancel(runner->hand, ERR_INTERRUPTED);
}

void hand_close(struct jobs_runner *runner)
{
    if (!runner->hand_busy)
        pg_close(TAKE(runner->hand_pg));
}
