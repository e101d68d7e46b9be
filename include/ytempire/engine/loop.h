/*
 * engine/loop: the one loop, over poll(2), and the tasks that run on it.
 *
 * One thread touches state. `loop_watch` and `loop_timer` are the primitives; on them a *task* is a function with a
 * stack of its own (ucontext) that may wait without blocking the loop: an operation of engine/pg called in a task
 * parks it, the loop goes on, and the task is resumed when its answer is there. So a migration or a load reads as
 * straight code, and still nothing blocks. Tasks are cancelled by asking: every waiting operation then ends with
 * ERR_INTERRUPTED (or ERR_TIMEOUT), and the code unwinds by its ordinary error path.
 */
#ifndef YTEMPIRE_ENGINE_LOOP_H
#define YTEMPIRE_ENGINE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "ytempire/base/error.h"

struct loop;
struct loop_timer;
struct task;

typedef void loop_on_ready(int fd, short revents, void *who);
typedef void loop_on_timer(void *who);
typedef void loop_on_signal(int signal, void *who);

struct loop *loop_new(void);
void         loop_free(struct loop *loop);
/* Asks for events (POLLIN, POLLOUT) on fd; a second call changes them; 0 unwatches. */
void         loop_watch(struct loop *loop, int fd, short events, loop_on_ready *on_ready, void *who);
void         loop_unwatch(struct loop *loop, int fd);
/* Fires once, after at least `us` microseconds of the loop's clock. loop_timer_cancel(NULL) is a no-op. */
struct loop_timer *loop_timer(struct loop *loop, int64_t us, loop_on_timer *on_timer, void *who);
void         loop_timer_cancel(struct loop *loop, struct loop_timer *timer);
/* Delivers a signal on the loop (self-pipe); NULL restores the default. */
void         loop_signal(struct loop *loop, int signal, loop_on_signal *on_signal, void *who);
/* One turn: waits for at most `timeout_us` (negative: until something happens) and calls what is due. */
void         loop_turn(struct loop *loop, int64_t timeout_us);
int64_t      loop_now(const struct loop *loop);
/* A clock that a test holds: from now on the loop's time moves by this call only. */
void         loop_hold_clock(struct loop *loop, int64_t now_us);

typedef void task_main(void *who);

/* Starts a task; it runs until it first waits. It is freed by the loop after it returned. */
struct task *task_start(struct loop *loop, task_main *main, void *who);
struct task *task_current(void);                       /* NULL outside a task */
struct loop *task_loop(const struct task *task);
/* Waits until task_wake; 0, or the code that task_cancel gave (ERR_INTERRUPTED, ERR_TIMEOUT). Only inside a task. A wake
 * that came before the park ends it at once: park in a loop over the condition that is waited for. */
int          task_park(void) NODISCARD;
void         task_wake(struct task *task);             /* from a callback of the loop */
void         task_cancel(struct task *task, int code); /* wakes it; every later park fails with the code as well … */
void         task_cancel_clear(struct task *task);     /* … until this: for a clean-up that must talk to a server */
int          task_cancelled(const struct task *task);  /* 0 or the code */
/* Cancels a task that has not ended and waits until it has, whatever befalls the caller. Only inside another task. */
void         task_stop(struct task *task);
/* The same from anywhere, of a task that clears *task when it ends (NULL: it has): outside a task the loop is turned,
 * for `patience_us` at most. False: it has not ended, and what it holds must stay. */
bool         task_end(struct loop *loop, struct task *const *task, int64_t patience_us) NODISCARD;
int          task_sleep(int64_t us) NODISCARD;
int          task_wait_fd(int fd, short events) NODISCARD;
/* Gives the loop a turn when this task has run for longer than a slice (8 ms); cheap to call in a hot place. */
int          task_breathe(void) NODISCARD;
/* Starts a task and turns the loop until it has ended: the way in from main and from tests. */
void         loop_run_task(struct loop *loop, task_main *main, void *who);
/* Runs `work` on a short-lived thread while the task waits: for what blocks whatever one does. `work` may touch `who` only. */
int          task_in_thread(void (*work)(void *who), void *who) NODISCARD;

#endif
