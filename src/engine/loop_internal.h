/*
 * engine/loop_internal: what loop.c, task.c and the clients of this room share; not a face.
 */
#ifndef YTEMPIRE_ENGINE_LOOP_INTERNAL_H
#define YTEMPIRE_ENGINE_LOOP_INTERNAL_H

#include "ytempire/engine/loop.h"

/* The tasks of one loop: those that may go on, and the stacks kept for the next ones. */
struct tasks {
    struct task  *first, *last;    /* woken, in order */
    struct stack *stacks;          /* idle */
    size_t        idle, alive;
};

struct tasks *loop_tasks(struct loop *loop);
bool          tasks_are_ready(const struct tasks *tasks);
void          tasks_run(struct tasks *tasks);     /* those that were woken before the call */
void          tasks_free(struct tasks *tasks);

/* As task_park, but deaf to a cancel that was asked for before or meanwhile: for what must be waited for whatever
 * happens. */
void          task_park_deaf(void);
void          task_park_deaf_until(int64_t deadline);    /* or until `deadline` of loop_now() */
/* As task_wait_fd, until `deadline` of loop_now() (negative: none): 0 ready, 1 too late, or the code of a cancel. */
int           task_wait_fd_until(int fd, short events, int64_t deadline) NODISCARD;

/* Runs `work` on a thread of its own and then `on_done` in a turn of the loop. */
void          loop_thread(struct loop *loop, void (*work)(void *who), void (*on_done)(void *who), void *who);

/* Logs a callback that kept the loop for longer than a frame may take. */
void          loop_note_slow(int64_t began_us, const char *what);

#endif
