/* Bytes on their way to the terminal. Invariant: a frame is drawn only when `out` is empty, so it never grows past one.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define READ_ROOM 65536

void terminal_lost(struct terminal *terminal)
{
    if (terminal->gone)
        return;
    terminal->gone = true;
    loop_unwatch(terminal->loop, terminal->tty);
    str_clear(&terminal->out);
    terminal->sent = 0;
    terminal->ops->on_gone(terminal->who);
}

static void on_tty(int fd, short revents, void *who)
{
    struct terminal *terminal = who;
    char             bytes[READ_ROOM];
    ssize_t          got;

    if (revents & POLLOUT)
        out_push(terminal);
    if (terminal->gone || !(revents & (POLLIN | POLLHUP | POLLERR)))
        return;
    got = read(fd, bytes, sizeof bytes);
    if (got > 0)
        terminal->ops->on_bytes(terminal->who, bytes, (size_t)got);
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        terminal_lost(terminal);
}

void out_watch(struct terminal *terminal)
{
    short events = POLLIN;

    if (terminal->gone || terminal->lent)
        return;
    if (terminal->sent < terminal->out.length)
        events |= POLLOUT;
    loop_watch(terminal->loop, terminal->tty, events, on_tty, terminal);
}

void out_push(struct terminal *terminal)
{
    bool was_full = terminal->sent < terminal->out.length;

    while (!terminal->gone && terminal->sent < terminal->out.length) {
        ssize_t put = write(terminal->tty, terminal->out.data + terminal->sent, terminal->out.length - terminal->sent);

        if (put > 0) {
            terminal->sent += (size_t)put;
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            terminal_lost(terminal);
            return;
        }
    }
    if (terminal->sent == terminal->out.length) {
        terminal->sent = 0;
        str_clear(&terminal->out);
    }
    out_watch(terminal);
    if (was_full && terminal->out.length == 0)
        terminal->ops->on_ready(terminal->who);
}

void out_add(struct terminal *terminal, const char *bytes, size_t length)
{
    if (!terminal->gone)
        str_add_bytes(&terminal->out, bytes, length);
}

void out_collect(struct terminal *terminal)
{
    struct stat status;

    fflush(terminal->scratch_file);
    if (fstat(terminal->scratch, &status) < 0 || status.st_size == 0)
        return;
    str_reserve(&terminal->out, (size_t)status.st_size);
    ssize_t got = pread(terminal->scratch, terminal->out.data + terminal->out.length, (size_t)status.st_size, 0);
    if (got > 0 && !terminal->gone)
        terminal->out.length += (size_t)got;
    (void)!ftruncate(terminal->scratch, 0);
    (void)lseek(terminal->scratch, 0, SEEK_SET);
}

void out_drain(struct terminal *terminal, int64_t patience_us)
{
    int64_t until = monotonic_us() + patience_us;

    while (!terminal->gone && terminal->sent < terminal->out.length && monotonic_us() < until) {
        struct pollfd wait = {.fd = terminal->tty, .events = POLLOUT};
        ssize_t       put;

        if (poll(&wait, 1, 50) <= 0)
            continue;
        put = write(terminal->tty, terminal->out.data + terminal->sent, terminal->out.length - terminal->sent);
        if (put > 0)
            terminal->sent += (size_t)put;
        else if (errno != EAGAIN && errno != EINTR)
            terminal->gone = true;
    }
    str_clear(&terminal->out);
    terminal->sent = 0;
}

void terminal_send(struct terminal *terminal, const char *bytes, size_t length)
{
    out_add(terminal, bytes, length);
    out_push(terminal);
}
