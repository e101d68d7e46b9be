/*
 * Whatever ends the program, the terminal is put back. A fault has one way only to reach what it needs: `rescue` below,
 * filled once and read by handlers of signals.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "terminal_int.h"
#include "ytempire/base/mem.h"

static struct terminal_rescue rescue = {.fd = -1, .error_fd = -1};
static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT};
static struct sigaction before[COUNT_OF(faults)];
static char fault_stack[64 * 1024];

/* Only what POSIX allows in a handler. The line may be stalled: a moment's patience, then the fault goes on. */
static void put_back(void)
{
    int         fd = rescue.fd;
    const char *at = rescue.bytes;
    size_t      left = rescue.length;

    if (fd < 0)
        return;
    rescue.fd = -1;
    for (int tries = 0; left > 0 && tries < 20; tries++) {
        ssize_t put = write(fd, at, left);

        if (put > 0) {
            at += put;
            left -= (size_t)put;
        } else if (errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            (void)poll(&wait, 1, 50);
        } else if (errno != EINTR) {
            break;
        }
    }
    tcsetattr(fd, TCSANOW, &rescue.modes);
    if (rescue.error_fd >= 0)
        dup2(rescue.error_fd, STDERR_FILENO);
}

static void on_fault(int number)
{
    put_back();
    for (size_t i = 0; i < COUNT_OF(faults); i++)
        if (faults[i] == number)
            sigaction(number, &before[i], NULL);        /* a sanitizer's own report, or the default */
    raise(number);
}

void rescue_arm(const struct terminal *terminal)
{
    struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK | SA_NODEFER};
    stack_t          stack = {.ss_sp = fault_stack, .ss_size = sizeof fault_stack};

    rescue.modes = terminal->found;
    rescue.error_fd = terminal->error_saved;
    rescue.length = screen_rescue(rescue.bytes, sizeof rescue.bytes);
    rescue.fd = terminal->tty;
    sigaltstack(&stack, NULL);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < COUNT_OF(faults); i++)
        sigaction(faults[i], &action, &before[i]);
}

void rescue_disarm(void)
{
    if (rescue.fd < 0)
        return;
    rescue.fd = -1;
    for (size_t i = 0; i < COUNT_OF(faults); i++)
        sigaction(faults[i], &before[i], NULL);
}
