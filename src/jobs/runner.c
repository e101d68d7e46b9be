/*
 * The runner: one task, the keeper, that turns when something has happened (an attempt is over, something was heard, a
 * lease is to be renewed, a job is due) and else every few seconds. Invariant: only the keeper uses `pg`, one statement
 * at a time; an attempt is in `running` until its task is over, then in `ended` until that is written. Without a
 * connection attempts go on as long as their lease lasts, then they are stopped: nothing they wrote would count.
 */
#include "runner.h"
#include "ytempire/base/mem.h"

#define SLOTS 4
#define LEASE_US (30 * US_PER_SECOND)
#define POLL_US (5 * US_PER_SECOND)
#define TROUBLE_LEAST_US (US_PER_SECOND / 10)
#define TROUBLE_MOST_US (5 * US_PER_SECOND)
#define HEARD_AGAIN_US (US_PER_SECOND / 4)     /* what was put without a NOTIFY, just after one: ops.ring_jobs */
#define HEARD_PAUSE_US (US_PER_SECOND / 50)    /* between turns that were rung for */
#define LEAVE_US (5 * US_PER_SECOND)           /* for the last words after the grace */

void runner_say(struct jobs_runner *runner, enum jobs_happened happened, const struct attempt *attempt,
                const char *text)
{
    struct jobs_event event = {.happened = happened, .text = text};

    if (runner->options.on_event == NULL || runner->abandoned)
        return;
    if (attempt != NULL) {
        event.job = &attempt->job;
        event.us = happened == JOBS_STARTED ? 0 : monotonic_us() - attempt->began_us;
    }
    runner->options.on_event(runner->options.who, &event);
}

/* -- waiting ------------------------------------------------------------------------------------------------------- */

static void free_all(struct jobs_runner *runner)
{
    loop_timer_cancel(runner->options.loop, runner->alarm);
    loop_timer_cancel(runner->options.loop, runner->grace);
    for (size_t i = 0; i < runner->ended.count; i++)
        attempt_free(runner->ended.items[i]);
    mem_free(runner->running.items);
    mem_free(runner->ended.items);
    mem_free(runner->handed.items);
    mem_free(runner->name);
    mem_free((char *)(uintptr_t)runner->options.version);
    mem_free(runner);
}

/* No task of the runner is left. */
static bool is_alone(const struct jobs_runner *runner)
{
    return runner->keeper == NULL && runner->running.count == 0 && !runner->hand_busy;
}

/* The last of an abandoned runner's tasks turns off the light. */
void runner_wake(struct jobs_runner *runner)
{
    runner->awake = true;
    if (runner->keeper != NULL)
        task_wake(runner->keeper);
    else if (runner->abandoned && is_alone(runner))
        free_all(runner);
}

static void on_alarm(void *who)
{
    struct jobs_runner *runner = who;

    runner->alarm = NULL;
    task_wake(runner->keeper);
}

/* Until `instant` of the loop's clock, or until something has happened. */
static void wait_until(struct jobs_runner *runner, int64_t instant)
{
    struct loop *loop = runner->options.loop;

    while (!runner->awake && !runner->abandoned && loop_now(loop) < instant) {
        if (runner->alarm == NULL)
            runner->alarm = loop_timer(loop, instant - loop_now(loop), on_alarm, runner);
        if (task_park() < 0)
            break;
    }
    loop_timer_cancel(loop, TAKE(runner->alarm));
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A tenth more or less, so that workers do not come all at once. */
static int64_t about(int64_t us)
{
    return us - us / 10 + monotonic_us() % (us / 5 + 1);
}

/* When the next schedule is due, for the leader. */
static int64_t leads_at(const struct jobs_runner *runner)
{
    return runner->figures.leader ? runner->schedule_at : INT64_MAX;
}

static int64_t next_turn(const struct jobs_runner *runner)
{
    int64_t next = sooner(runner->turned_at + about(runner->options.poll_us), sooner(runner->look_at, leads_at(runner)));

    if (runner->running.count > 0)
        next = sooner(next, runner->beat_at + runner->options.lease_us / 6);
    if (runner->heard_at > 0 && runner->turned_at < runner->heard_at + HEARD_AGAIN_US)
        next = sooner(next, runner->heard_at + HEARD_AGAIN_US);
    return next;
}

/* -- the keeper ---------------------------------------------------------------------------------------------------- */

static bool is_over(const struct jobs_runner *runner)
{
    return runner->abandoned ||
           (runner->figures.draining && runner->running.count == 0 &&
            ((runner->ended.count == 0 && !runner->hand_busy) || runner->out_of_time));
}

static void disconnect(struct jobs_runner *runner, const struct error *error)
{
    bool was = runner->figures.connected;

    pg_close(TAKE(runner->pg));
    runner->figures.connected = runner->figures.leader = false;
    if (was || runner->trouble_us == 0)
        runner_say(runner, JOBS_DISCONNECTED, NULL, error->text);
}

/* Leases that cannot be renewed are over by our own clock, which is a little ahead of the server's. */
static void give_up_leases(struct jobs_runner *runner)
{
    if (loop_now(runner->options.loop) - runner->beat_at < runner->options.lease_us)
        return;
    for (size_t i = 0; i < runner->running.count; i++) {
        struct attempt *attempt = runner->running.items[i];

        if (!attempt->lost) {
            attempt->lost = true;
            runner->figures.lost++;
            runner_say(runner, JOBS_LOST, attempt, "its lease could not be renewed: no connection to the server");
        }
        attempt_stop(attempt, ERR_INTERRUPTED);
    }
}

static void suffer(struct jobs_runner *runner, struct error *error)
{
    disconnect(runner, error);
    give_up_leases(runner);
    runner->trouble_us = sooner(runner->trouble_us > 0 ? 2 * runner->trouble_us : TROUBLE_LEAST_US, TROUBLE_MOST_US);
    runner->awake = false;
    int64_t until = loop_now(runner->options.loop) + about(runner->trouble_us);
    while (!is_over(runner) && loop_now(runner->options.loop) < until) {
        wait_until(runner, until);
        runner->awake = false;
    }
    error_done(error);
}

static int step(struct jobs_runner *runner, struct error *error)
{
    int64_t now = loop_now(runner->options.loop);
    int     r = 0;

    if (runner->pg == NULL) {
        r = runner_connect(runner, error);
        if (r < 0)
            return r;
        runner->figures.connected = true;
        runner_say(runner, JOBS_CONNECTED, NULL, "it takes jobs");
    }
    if (runner->lost_connection)
        return error_set(error, ERR_CONNECT, "the connection to the server is lost");
    if (hand_is_awaited(runner)) {         /* whatever is due meanwhile: who does not wait here keeps the loop from the hand */
        runner->awake = false;
        wait_until(runner, runner->beat_at + runner->options.lease_us / 6);
        return 0;
    }
    if (!runner->figures.draining &&
        (runner->lead_at == 0 || now - runner->lead_at >= runner->options.poll_us || now >= leads_at(runner))) {
        runner->lead_at = now;
        r = runner_lead(runner, error);
    }
    if (r >= 0)
        hand_take(runner);
    return r < 0 ? r : runner_turn(runner, error);
}

static void on_grace_ended(void *who)
{
    struct jobs_runner *runner = who;

    runner->grace = NULL;
    if (runner->grace_is_over) {           /* the last words have had their time, too */
        runner->out_of_time = true;
        if (runner->pg != NULL)
            pg_break(runner->pg);
        if (runner->hand_pg != NULL)
            pg_break(runner->hand_pg);
        runner_wake(runner);
        return;
    }
    runner->grace_is_over = true;
    for (size_t i = 0; i < runner->running.count; i++) {
        runner->running.items[i]->returned = !runner->running.items[i]->stopped;
        attempt_stop(runner->running.items[i], ERR_INTERRUPTED);
    }
    runner->grace = loop_timer(runner->options.loop, LEAVE_US, on_grace_ended, runner);
    runner_wake(runner);
}

/* Where nothing runs and no end is to be told, the grace has nobody to wait for: the last words have their time. */
static void hasten(struct jobs_runner *runner)
{
    if (!runner->figures.draining || runner->grace_is_over || runner->running.count > 0 || runner->ended.count > 0 ||
        runner->hand_busy)
        return;
    loop_timer_cancel(runner->options.loop, runner->grace);
    runner->grace_is_over = true;
    runner->grace = loop_timer(runner->options.loop, LEAVE_US, on_grace_ended, runner);
}

static void keep(void *who)
{
    struct jobs_runner *runner = who;
    struct error        error = ERROR_INIT;

    runner->keeper = task_current();
    while (!is_over(runner)) {
        if (step(runner, &error) < 0) {
            suffer(runner, &error);
            continue;
        }
        runner->trouble_us = 0;
        if (is_over(runner))
            break;
        wait_until(runner, next_turn(runner));
        if (runner->heard_at > runner->turned_at && runner->ended.count == 0 && !runner->beat) {
            runner->awake = false;
            wait_until(runner, runner->turned_at + HEARD_PAUSE_US);
        }
    }
    task_cancel_clear(task_current());
    hasten(runner);
    if (!runner->abandoned && !runner->out_of_time)
        runner_leave(runner);
    pg_close(TAKE(runner->pg));
    runner->figures.connected = runner->figures.leader = false;
    runner->keeper = NULL;
    hand_close(runner);
    if (runner->abandoned && is_alone(runner))
        free_all(runner);
}

/* -- the face ------------------------------------------------------------------------------------------------------ */

int jobs_runner_start(const struct jobs_runner_options *options, struct jobs_runner **ret_runner, struct error *error)
{
    struct jobs_runner *runner;

    if (options->open == NULL || options->run == NULL)
        return error_set(error, ERR_FAILED, "a runner needs a way to connect and a way to run");
    runner = mem_alloc(sizeof *runner);
    runner->options = *options;
    runner->options.version = mem_strdup(options->version != NULL ? options->version : "");
    if (runner->options.slots == 0)
        runner->options.slots = SLOTS;
    if (runner->options.lease_us <= 0)
        runner->options.lease_us = LEASE_US;
    if (runner->options.poll_us <= 0)
        runner->options.poll_us = POLL_US;
    runner->figures.slots = runner->options.slots;
    runner->name = jobs_worker_name();
    runner->look_at = runner->schedule_at = INT64_MAX;
    *ret_runner = runner;
    (void)task_start(options->loop, keep, runner);
    return 0;
}

void jobs_runner_drain(struct jobs_runner *runner, int64_t grace_us)
{
    runner->figures.draining = true;
    if (!runner->grace_is_over) {
        loop_timer_cancel(runner->options.loop, runner->grace);
        runner->grace = loop_timer(runner->options.loop, grace_us, on_grace_ended, runner);
    }
    hasten(runner);
    runner->beat = true;
    runner_wake(runner);
}

bool jobs_runner_is_over(const struct jobs_runner *runner)
{
    return runner->keeper == NULL;
}

void jobs_runner_free(struct jobs_runner *runner)
{
    if (runner == NULL)
        return;
    if (is_alone(runner)) {
        free_all(runner);
        return;
    }
    runner->abandoned = true;
    for (size_t i = 0; i < runner->running.count; i++)
        attempt_stop(runner->running.items[i], ERR_INTERRUPTED);
    if (runner->keeper != NULL)
        task_cancel(runner->keeper, ERR_INTERRUPTED);
    hand_stop(runner);
}

void jobs_runner_freep(struct jobs_runner **runner)
{
    jobs_runner_free(*runner);
    *runner = NULL;
}

void jobs_runner_figures(const struct jobs_runner *runner, struct jobs_figures *ret_figures)
{
    *ret_figures = runner->figures;
}
