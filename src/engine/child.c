/*
 * A child's pipes and its end. It has ended when its process has, also when a grandchild keeps the pipes open: what
 * lies in them then is read, and they are closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop_internal.h"
#include "process_internal.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define TEXT_MOST (1024 * 1024)
#define LOOK_EVERY_US (20 * 1000)
#define GRACE_US (2 * US_PER_SECOND)

struct attending {
    struct task *task;
    bool         happened;
};

static void on_any(int fd, short revents, void *who)
{
    struct attending *attending = who;

    (void)fd;
    (void)revents;
    attending->happened = true;
    task_wake(attending->task);
}

static void on_look(void *who)
{
    on_any(-1, 0, who);
}

/* Waits until one of `polls` is ready or it is time to look after the child again. */
static int wait_for_any(struct pollfd *polls, size_t count)
{
    struct attending attending = {.task = task_current()};
    int code = 0;

    if (!attending.task) {
        (void)poll(polls, (nfds_t)count, LOOK_EVERY_US / 1000);
        return 0;
    }
    struct loop *loop = task_loop(attending.task);
    struct attending look = {.task = attending.task};
    struct loop_timer *timer = loop_timer(loop, LOOK_EVERY_US, on_look, &look);
    for (size_t i = 0; i < count; i++)
        loop_watch(loop, polls[i].fd, polls[i].events, on_any, &attending);
    while (!attending.happened && !look.happened && code == 0)
        code = task_park();
    for (size_t i = 0; i < count; i++)
        loop_unwatch(loop, polls[i].fd);
    if (!look.happened)
        loop_timer_cancel(loop, timer);
    return code;
}

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void feed(struct child *child)
{
    while (child->in >= 0 && child->input_length > 0) {
        ssize_t put = write(child->in, child->input, child->input_length);
        if (put < 0 && errno == EAGAIN)
            return;
        if (put < 0)
            break;
        child->input += put;
        child->input_length -= (size_t)put;
    }
    shut(&child->in);
}

static void gather(int *fd, struct str *text)
{
    char buffer[8192];

    while (*fd >= 0) {
        ssize_t got = read(*fd, buffer, sizeof buffer);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            shut(fd);
            return;
        }
        if (text->length < TEXT_MOST)
            str_add_bytes(text, buffer, (size_t)got);
    }
}

/* Writing to a child that does not read must not kill us: the signal is held back and eaten for this call. */
static void feed_safely(struct child *child)
{
    sigset_t pipe_signal, before, pending;

    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    feed(child);
    if (sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1 && sigismember(&before, SIGPIPE) == 0)
        (void)sigtimedwait(&pipe_signal, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static bool has_ended(struct child *child)
{
    int status;
    pid_t got = waitpid(child->pid, &status, WNOHANG);

    if (got == 0 || (got < 0 && errno == EINTR))
        return false;
    if (got < 0)
        child->status = 127;
    else
        child->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
}

static int wait_for_child(struct child *child, int pidfd)
{
    struct pollfd polls[4];
    size_t count = 0;

    if (child->in >= 0)
        polls[count++] = (struct pollfd){.fd = child->in, .events = POLLOUT};
    if (child->out >= 0)
        polls[count++] = (struct pollfd){.fd = child->out, .events = POLLIN};
    if (child->err >= 0)
        polls[count++] = (struct pollfd){.fd = child->err, .events = POLLIN};
    if (pidfd >= 0)
        polls[count++] = (struct pollfd){.fd = pidfd, .events = POLLIN};
    return wait_for_any(polls, count);
}

/* Ends a child that is not wanted any more: politely, then not. Blocks for the last step only, which is short. */
static void put_down(struct child *child)
{
    int64_t until = monotonic_us() + GRACE_US;

    kill(child->pid, SIGTERM);
    while (!has_ended(child)) {
        if (monotonic_us() > until) {
            kill(child->pid, SIGKILL);
            while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
                ;
            return;
        }
        if (task_current())
            task_park_deaf_until(loop_now(task_loop(task_current())) + LOOK_EVERY_US);
    }
}

static void tell(struct child *child)
{
    if (child->on_look == NULL)
        return;
    child->on_look(child->who, str_text(&child->err_text), child->err_text.length);
    str_clear(&child->err_text);
}

int child_attend(struct child *child, struct error *error)
{
    int pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);    /* an old kernel has none: then we look now and then */
    int code = 0;

    if (pidfd >= 0)
        fcntl(pidfd, F_SETFD, FD_CLOEXEC);
    fcntl(child->in, F_SETFL, O_NONBLOCK);
    fcntl(child->out, F_SETFL, O_NONBLOCK);
    fcntl(child->err, F_SETFL, O_NONBLOCK);
    for (bool ended = false; !ended && code == 0;) {
        feed_safely(child);
        ended = has_ended(child);
        gather(&child->out, &child->out_text);
        gather(&child->err, &child->err_text);
        tell(child);
        if (!ended)
            code = wait_for_child(child, pidfd);
        child->late = !ended && code == 0 && child->until != 0 && monotonic_us() > child->until;
        if (child->late)
            code = ERR_TIMEOUT;
    }
    if (pidfd >= 0)
        close(pidfd);
    if (code < 0) {
        put_down(child);
        return error_set(error, code, "%s", child->late ? "it took longer than it may" : error_sentence(code));
    }
    return 0;
}
