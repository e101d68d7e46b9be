/*
 * Invariants: `polls[i]` and `watches[i]` describe the same descriptor; entry 0 is the loop's own pipe, through which
 * signals and threads report. A watch carries the serial it was made with, so that an event gathered for a descriptor
 * that was closed and opened again within one turn is not given to the new owner. Timers form a heap by (due, serial);
 * one that is made while timers fire waits for the next turn, so a turn always ends.
 */
#include "ytempire/engine/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "loop_internal.h"
#include "ytempire/base/log.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define SLOW_US 16000
#define SIGNALS 65

struct watch {
    uint64_t       serial;
    loop_on_ready *on_ready;
    void          *who;
};

struct event {
    int      fd;
    short    revents;
    uint64_t serial;
};

struct loop_timer {
    int64_t        due;
    uint64_t       serial;
    size_t         place;    /* in the heap */
    loop_on_timer *on_timer;
    void          *who;
};

struct handler {
    loop_on_signal *on_signal;
    void           *who;
};

/* One message on the loop's pipe: a signal's number, or a thread that has ended. */
struct report {
    int            signal;
    struct thread *thread;
};

struct thread {
    int pipe;
    void (*work)(void *who);
    void (*on_done)(void *who);
    void *who;
};

struct loop {
    struct pollfd      *polls;
    struct watch       *watches;
    size_t              count, room, watch_room;
    struct event       *events;
    size_t              event_room;
    struct loop_timer **timers;
    size_t              timer_count, timer_room;
    uint64_t            serial;
    struct handler      handlers[SIGNALS];
    int                 pipe[2];
    size_t              threads;
    struct tasks        tasks;
    bool                held;
    int64_t             held_now;
};

/* Where the signal handler writes to: a handler has no other way to find the loop. The newest loop that asked. */
static volatile sig_atomic_t signal_pipe = -1;

static void on_signal_arrived(int signal)
{
    int saved = errno;
    struct report report = {.signal = signal};

    if (signal_pipe >= 0 && write(signal_pipe, &report, sizeof report) < 0) {
        /* full: thousands of signals wait already */
    }
    errno = saved;
}

static void take_reports(int fd, short revents, void *who)
{
    struct loop *loop = who;
    struct report report;

    (void)revents;
    while (read(fd, &report, sizeof report) == (ssize_t)sizeof report) {
        if (report.thread) {
            struct thread *thread = report.thread;
            loop->threads--;
            thread->on_done(thread->who);
            mem_free(thread);
        } else if (report.signal > 0 && report.signal < SIGNALS && loop->handlers[report.signal].on_signal) {
            loop->handlers[report.signal].on_signal(report.signal, loop->handlers[report.signal].who);
        }
    }
}

struct loop *loop_new(void)
{
    struct loop *loop = mem_alloc(sizeof *loop);

    if (pipe2(loop->pipe, O_CLOEXEC | O_NONBLOCK) < 0)
        abort();    /* no descriptors at the very start: nothing sensible can follow */
    loop_watch(loop, loop->pipe[0], POLLIN, take_reports, loop);
    return loop;
}

/* A look-up of a name may hang for longer than anybody waits at the end: then its thread keeps the pipe it reports to.
 */
static void wait_for_threads(struct loop *loop)
{
    int64_t patience = monotonic_us() + US_PER_SECOND;

    while (loop->threads > 0 && monotonic_us() < patience) {
        struct pollfd wait = {.fd = loop->pipe[0], .events = POLLIN};
        if (poll(&wait, 1, 100) > 0)
            take_reports(loop->pipe[0], POLLIN, loop);
    }
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    for (int number = 1; number < SIGNALS; number++)
        if (loop->handlers[number].on_signal)
            loop_signal(loop, number, NULL, NULL);
    wait_for_threads(loop);
    tasks_free(&loop->tasks);
    if (signal_pipe == loop->pipe[1])
        signal_pipe = -1;
    if (loop->threads == 0) {
        close(loop->pipe[0]);
        close(loop->pipe[1]);
    }
    for (size_t i = 0; i < loop->timer_count; i++)
        mem_free(loop->timers[i]);
    mem_free(loop->timers);
    mem_free(loop->polls);
    mem_free(loop->watches);
    mem_free(loop->events);
    mem_free(loop);
}

struct tasks *loop_tasks(struct loop *loop)
{
    return &loop->tasks;
}

/* -- descriptors -------------------------------------------------------------------------------------------------- */

static size_t find_watch(const struct loop *loop, int fd)
{
    size_t i = 0;

    while (i < loop->count && loop->polls[i].fd != fd)
        i++;
    return i;
}

void loop_watch(struct loop *loop, int fd, short events, loop_on_ready *on_ready, void *who)
{
    size_t at = find_watch(loop, fd);

    if (events == 0) {
        loop_unwatch(loop, fd);
        return;
    }
    if (at == loop->count) {
        size_t watch_count = loop->count;
        VEC_PUSH(loop->polls, loop->count, loop->room, ((struct pollfd){.fd = fd}));
        VEC_PUSH(loop->watches, watch_count, loop->watch_room, ((struct watch){0}));
        loop->watches[at].serial = ++loop->serial;
    }
    loop->polls[at].events = events;
    loop->watches[at].on_ready = on_ready;
    loop->watches[at].who = who;
}

void loop_unwatch(struct loop *loop, int fd)
{
    size_t at = find_watch(loop, fd);

    if (at == loop->count)
        return;
    loop->count--;
    loop->polls[at] = loop->polls[loop->count];
    loop->watches[at] = loop->watches[loop->count];
}

static size_t gather_events(struct loop *loop)
{
    size_t found = 0;

    for (size_t i = 0; i < loop->count; i++) {
        if (loop->polls[i].revents == 0)
            continue;
        struct event event = {loop->polls[i].fd, loop->polls[i].revents, loop->watches[i].serial};
        VEC_PUSH(loop->events, found, loop->event_room, event);
    }
    return found;
}

static void fire_events(struct loop *loop, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct event event = loop->events[i];
        size_t at = find_watch(loop, event.fd);

        if (at == loop->count || loop->watches[at].serial != event.serial)
            continue;    /* a callback before this one took it away */
        int64_t began = monotonic_us();
        loop->watches[at].on_ready(event.fd, event.revents, loop->watches[at].who);
        loop_note_slow(began, "a descriptor's callback");
    }
}

/* -- timers ------------------------------------------------------------------------------------------------------- */

static bool is_before(const struct loop_timer *a, const struct loop_timer *b)
{
    return a->due != b->due ? a->due < b->due : a->serial < b->serial;
}

static void put_timer(struct loop *loop, size_t place, struct loop_timer *timer)
{
    loop->timers[place] = timer;
    timer->place = place;
}

static void sift_up(struct loop *loop, struct loop_timer *timer)
{
    size_t place = timer->place;

    while (place > 0 && is_before(timer, loop->timers[(place - 1) / 2])) {
        put_timer(loop, place, loop->timers[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put_timer(loop, place, timer);
}

static void sift_down(struct loop *loop, struct loop_timer *timer)
{
    size_t place = timer->place;

    for (;;) {
        size_t child = 2 * place + 1;
        if (child + 1 < loop->timer_count && is_before(loop->timers[child + 1], loop->timers[child]))
            child++;
        if (child >= loop->timer_count || !is_before(loop->timers[child], timer))
            break;
        put_timer(loop, place, loop->timers[child]);
        place = child;
    }
    put_timer(loop, place, timer);
}

static void drop_timer(struct loop *loop, struct loop_timer *timer)
{
    struct loop_timer *last = loop->timers[--loop->timer_count];

    if (last != timer) {
        put_timer(loop, timer->place, last);
        sift_up(loop, last);
        sift_down(loop, last);
    }
    mem_free(timer);
}

struct loop_timer *loop_timer(struct loop *loop, int64_t us, loop_on_timer *on_timer, void *who)
{
    struct loop_timer *timer = mem_alloc(sizeof *timer);

    timer->due = loop_now(loop) + (us > 0 ? us : 0);
    timer->serial = ++loop->serial;
    timer->on_timer = on_timer;
    timer->who = who;
    timer->place = loop->timer_count;
    VEC_PUSH(loop->timers, loop->timer_count, loop->timer_room, timer);
    sift_up(loop, timer);
    return timer;
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
    if (timer)
        drop_timer(loop, timer);
}

static void fire_timers(struct loop *loop)
{
    uint64_t newest = loop->serial;
    int64_t now = loop_now(loop);

    while (loop->timer_count > 0 && loop->timers[0]->due <= now && loop->timers[0]->serial <= newest) {
        struct loop_timer fired = *loop->timers[0];
        drop_timer(loop, loop->timers[0]);
        int64_t began = monotonic_us();
        fired.on_timer(fired.who);
        loop_note_slow(began, "a timer's callback");
    }
}

int64_t loop_now(const struct loop *loop)
{
    return loop->held ? loop->held_now : monotonic_us();
}

void loop_hold_clock(struct loop *loop, int64_t now_us)
{
    loop->held = true;
    loop->held_now = now_us;
}

/* -- signals and threads ------------------------------------------------------------------------------------------ */

void loop_signal(struct loop *loop, int number, loop_on_signal *on_signal, void *who)
{
    struct sigaction action = {.sa_flags = SA_RESTART};

    if (number <= 0 || number >= SIGNALS)
        return;
    loop->handlers[number] = (struct handler){on_signal, who};
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_signal ? on_signal_arrived : SIG_DFL;
    if (on_signal)
        signal_pipe = loop->pipe[1];
    sigaction(number, &action, NULL);
}

static void *run_thread(void *argument)
{
    struct thread *thread = argument;
    struct report report = {.thread = thread};
    int fd = thread->pipe;

    thread->work(thread->who);
    while (write(fd, &report, sizeof report) < 0) {    /* a pipe full of signals: until the loop has read some */
        struct pollfd room = {.fd = fd, .events = POLLOUT};
        (void)poll(&room, 1, 100);
    }
    return NULL;
}

void loop_thread(struct loop *loop, void (*work)(void *who), void (*on_done)(void *who), void *who)
{
    struct thread *thread = mem_alloc(sizeof *thread);
    pthread_attr_t attributes;
    pthread_t id;
    sigset_t all, before;

    *thread = (struct thread){loop->pipe[1], work, on_done, who};
    loop->threads++;
    sigfillset(&all);    /* signals are for the loop's thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int failed = pthread_create(&id, &attributes, run_thread, thread);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        run_thread(thread);    /* no thread to be had: late is better than never */
}

/* -- the turn ----------------------------------------------------------------------------------------------------- */

void loop_note_slow(int64_t began_us, const char *what)
{
    int64_t took = monotonic_us() - began_us;

    if (took > SLOW_US)
        log_debug("engine", "%s kept the loop for %lld ms", what, (long long)(took / 1000));
}

static int64_t time_to_wait(const struct loop *loop, int64_t timeout_us)
{
    if (tasks_are_ready(&loop->tasks))
        return 0;
    if (loop->timer_count > 0) {
        int64_t until = loop->timers[0]->due - loop_now(loop);
        if (until <= 0)
            return 0;
        if (!loop->held && (timeout_us < 0 || until < timeout_us))
            return until;
    }
    return timeout_us;
}

void loop_turn(struct loop *loop, int64_t timeout_us)
{
    int64_t wait = time_to_wait(loop, timeout_us);
    struct timespec limit = {.tv_sec = wait / US_PER_SECOND, .tv_nsec = wait % US_PER_SECOND * 1000};
    int ready = ppoll(loop->polls, loop->count, wait < 0 ? NULL : &limit, NULL);

    if (ready > 0)
        fire_events(loop, gather_events(loop));
    fire_timers(loop);
    tasks_run(&loop->tasks);
}
