/*
 * Tasks: functions with a stack of their own.
 *
 * Invariant: a task runs between resume() and the next park; whoever resumes it (the loop's turn, or the task that
 * started it) gets control back then. A task is in the ready list at most once (`woken`), and is resumed from there
 * only, but for its very first step. Its stack is a mapping with a guard page below, reserved large as pages that are
 * never touched cost nothing; idle stacks are kept for the next task.
 */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(start, end) 0
#define VALGRIND_STACK_DEREGISTER(id) ((void)(id))
#endif

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#include "loop_internal.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define STACK_SIZE (1024 * 1024)
#define GUARD_SIZE (64 * 1024)
#define STACKS_KEPT 8
#define SLICE_US 8000

struct stack {
    struct stack *next;
    char         *bottom;         /* above the guard */
    unsigned      valgrind_id;
};

struct stop {
    struct task *waiter;
    bool         ended;
};

struct task {
    struct loop   *loop;
    struct task   *next_ready;
    task_main     *main;
    void          *who;
    struct stack  *stack;
    ucontext_t     context, resumer;
    bool           woken;         /* in the ready list, or (not parked) before it parks: then the park ends at once */
    bool           ended, parked;
    int            cancel_code;
    struct stop   *stop;          /* who waits for the end, or NULL */
    int64_t        slice_end;     /* of the coarse clock */
#ifdef WITH_ASAN
    void          *fake_stack;
    const void    *resumer_bottom;
    size_t         resumer_size;
#endif
};

static _Thread_local struct task *current;

/* -- stacks ------------------------------------------------------------------------------------------------------- */

static struct stack *stack_take(struct tasks *tasks)
{
    struct stack *stack = tasks->stacks;

    if (stack) {
        tasks->stacks = stack->next;
        tasks->idle--;
#ifdef WITH_ASAN
        __asan_unpoison_memory_region(stack->bottom, STACK_SIZE);
#endif
        return stack;
    }
    char *map = mmap(NULL, GUARD_SIZE + STACK_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (map == MAP_FAILED || mprotect(map, GUARD_SIZE, PROT_NONE) < 0)
        abort();
    stack = mem_alloc(sizeof *stack);
    stack->bottom = map + GUARD_SIZE;
    stack->valgrind_id = VALGRIND_STACK_REGISTER(stack->bottom, stack->bottom + STACK_SIZE);
    return stack;
}

static void stack_free(struct stack *stack)
{
    VALGRIND_STACK_DEREGISTER(stack->valgrind_id);
#ifdef WITH_ASAN
    __asan_unpoison_memory_region(stack->bottom, STACK_SIZE);
#endif
    munmap(stack->bottom - GUARD_SIZE, GUARD_SIZE + STACK_SIZE);
    mem_free(stack);
}

static void stack_give(struct tasks *tasks, struct stack *stack)
{
    if (tasks->idle == STACKS_KEPT) {
        stack_free(stack);
        return;
    }
    stack->next = tasks->stacks;
    tasks->stacks = stack;
    tasks->idle++;
}

void tasks_free(struct tasks *tasks)
{
    while (tasks->stacks) {
        struct stack *stack = tasks->stacks;
        tasks->stacks = stack->next;
        stack_free(stack);
    }
}

/* -- switching ---------------------------------------------------------------------------------------------------- */

static int64_t coarse_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

static void resume(struct task *task)
{
    struct task *before = current;
    int64_t began = monotonic_us();

    current = task;
    task->parked = false;
    task->woken = false;
    task->slice_end = coarse_us() + SLICE_US;
#ifdef WITH_ASAN
    void *fake;
    __sanitizer_start_switch_fiber(&fake, task->stack->bottom, STACK_SIZE);
#endif
    swapcontext(&task->resumer, &task->context);
#ifdef WITH_ASAN
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
#endif
    current = before;
    loop_note_slow(began, "a task");
    if (task->ended) {
        struct tasks *tasks = loop_tasks(task->loop);
        tasks->alive--;
        if (task->stop) {
            task->stop->ended = true;
            task_wake(task->stop->waiter);
        }
        stack_give(tasks, task->stack);
        mem_free(task);
    }
}

static void leave(struct task *task)
{
#ifdef WITH_ASAN
    __sanitizer_start_switch_fiber(task->ended ? NULL : &task->fake_stack, task->resumer_bottom, task->resumer_size);
#endif
    swapcontext(&task->context, &task->resumer);
#ifdef WITH_ASAN
    __sanitizer_finish_switch_fiber(task->fake_stack, &task->resumer_bottom, &task->resumer_size);
#endif
}

/* makecontext passes ints only: the pointer comes in two halves. */
static void enter(unsigned high, unsigned low)
{
    struct task *task = (struct task *)(((uintptr_t)high << 16 << 16) | low);    /* NOLINT */

#ifdef WITH_ASAN
    __sanitizer_finish_switch_fiber(NULL, &task->resumer_bottom, &task->resumer_size);
#endif
    task->main(task->who);
    task->ended = true;
    leave(task);
    abort();    /* nobody resumes what has ended */
}

static struct task *task_make(struct loop *loop, task_main *entry, void *who)
{
    struct task *task = mem_alloc(sizeof *task);

    task->loop = loop;
    task->main = entry;
    task->who = who;
    task->stack = stack_take(loop_tasks(loop));
    loop_tasks(loop)->alive++;
    getcontext(&task->context);
    task->context.uc_stack.ss_sp = task->stack->bottom;
    task->context.uc_stack.ss_size = STACK_SIZE;
    task->context.uc_link = NULL;
    makecontext(&task->context, (void (*)(void))enter, 2, (unsigned)((uintptr_t)task >> 16 >> 16),
                (unsigned)(uintptr_t)task);
    return task;
}

struct task *task_start(struct loop *loop, task_main *entry, void *who)
{
    struct task *task = task_make(loop, entry, who);
    struct tasks *tasks = loop_tasks(loop);
    size_t alive = tasks->alive;

    resume(task);
    return tasks->alive < alive ? NULL : task;
}

bool tasks_are_ready(const struct tasks *tasks)
{
    return tasks->first != NULL;
}

void tasks_run(struct tasks *tasks)
{
    struct task *last = tasks->last;

    while (tasks->first) {
        struct task *task = tasks->first;
        bool is_last = task == last;

        tasks->first = task->next_ready;
        if (!tasks->first)
            tasks->last = NULL;
        task->next_ready = NULL;
        resume(task);
        if (is_last)
            break;
    }
}

/* -- what a task may do ------------------------------------------------------------------------------------------- */

struct task *task_current(void)
{
    return current;
}

struct loop *task_loop(const struct task *task)
{
    return task->loop;
}

void task_wake(struct task *task)
{
    struct tasks *tasks = loop_tasks(task->loop);

    if (task->woken)
        return;
    task->woken = true;
    if (!task->parked)
        return;
    if (tasks->last)
        tasks->last->next_ready = task;
    else
        tasks->first = task;
    tasks->last = task;
}

void task_park_deaf(void)
{
    if (current->woken) {
        current->woken = false;
        return;
    }
    current->parked = true;
    leave(current);
}

int task_park(void)
{
    struct task *task = current;

    if (task->cancel_code)
        return task->cancel_code;
    task_park_deaf();
    return task->cancel_code;
}

void task_cancel(struct task *task, int code)
{
    task->cancel_code = code;
    if (task->parked)
        task_wake(task);
}

void task_stop(struct task *task)
{
    struct stop stop = {.waiter = current};

    task->stop = &stop;
    task_cancel(task, ERR_INTERRUPTED);
    while (!stop.ended)
        task_park_deaf();
}

bool task_end(struct loop *loop, struct task *const *task, int64_t patience_us)
{
    int64_t until = monotonic_us() + patience_us, left = patience_us;

    if (*task != NULL && current != NULL)
        task_stop(*task);
    else if (*task != NULL)
        task_cancel(*task, ERR_INTERRUPTED);
    for (; *task != NULL && left > 0; left = until - monotonic_us())
        loop_turn(loop, left);
    return *task == NULL;
}

void task_cancel_clear(struct task *task)
{
    task->cancel_code = 0;
}

int task_cancelled(const struct task *task)
{
    return task->cancel_code;
}

int task_breathe(void)
{
    struct task *task = current;

    if (!task)
        return 0;
    if (coarse_us() < task->slice_end)
        return task->cancel_code;
    task->parked = true;
    task->woken = false;
    task_wake(task);
    leave(task);
    return task->cancel_code;
}

struct waiting {
    struct task *task;
    bool         happened;
};

static void on_timer_wake(void *who)
{
    struct waiting *waiting = who;

    waiting->happened = true;
    task_wake(waiting->task);
}

static void on_ready_wake(int fd, short revents, void *who)
{
    (void)fd;
    (void)revents;
    on_timer_wake(who);
}

void task_park_deaf_until(int64_t deadline)
{
    struct loop *loop = current->loop;
    struct waiting late = {.task = current};
    struct loop_timer *timer = loop_timer(loop, deadline - loop_now(loop), on_timer_wake, &late);

    task_park_deaf();
    if (!late.happened)
        loop_timer_cancel(loop, timer);
}

int task_sleep(int64_t us)
{
    struct waiting waiting = {.task = current};
    struct loop_timer *timer = loop_timer(current->loop, us, on_timer_wake, &waiting);
    int code = 0;

    while (!waiting.happened && code == 0)
        code = task_park();
    if (!waiting.happened)
        loop_timer_cancel(current->loop, timer);
    return code;
}

int task_wait_fd_until(int fd, short events, int64_t deadline)
{
    struct loop *loop = current->loop;
    struct waiting ready = {.task = current}, late = {.task = current};
    struct loop_timer *timer = deadline < 0 ? NULL : loop_timer(loop, deadline - loop_now(loop), on_timer_wake, &late);
    int code = 0;

    loop_watch(loop, fd, events, on_ready_wake, &ready);
    while (!ready.happened && !late.happened && code == 0)
        code = task_park();
    loop_unwatch(loop, fd);
    if (timer && !late.happened)
        loop_timer_cancel(loop, timer);
    return code ? code : ready.happened ? 0 : 1;
}

int task_wait_fd(int fd, short events)
{
    return task_wait_fd_until(fd, events, -1);
}

struct in_thread {
    struct waiting waiting;
    void (*work)(void *who);
    void *who;
};

static void work_in_thread(void *who)
{
    struct in_thread *job = who;

    job->work(job->who);
}

static void on_thread_done(void *who)
{
    on_timer_wake(&((struct in_thread *)who)->waiting);
}

int task_in_thread(void (*work)(void *who), void *who)
{
    struct in_thread job = {.waiting = {.task = current}, .work = work, .who = who};

    loop_thread(current->loop, work_in_thread, on_thread_done, &job);
    while (!job.waiting.happened)    /* the thread writes to `who`: a cancel cannot end this wait */
        task_park_deaf();
    return current->cancel_code;
}

struct run {
    task_main *main;
    void      *who;
    bool       ended;
};

static void run_main(void *who)
{
    struct run *run = who;

    run->main(run->who);
    run->ended = true;
}

void loop_run_task(struct loop *loop, task_main *entry, void *who)
{
    struct run run = {.main = entry, .who = who};

    task_start(loop, run_main, &run);
    while (!run.ended)
        loop_turn(loop, -1);
}
