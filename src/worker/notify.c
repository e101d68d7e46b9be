#include "notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ytempire/base/str.h"

/* A path, or '@' and a name in the kernel's own list, which is not ended by a NUL. */
static int connect_to(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t             length = strlen(name);
    int                fd;

    if ((name[0] != '/' && name[0] != '@') || length < 2 || length >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, name, length);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address,
                           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (name[0] == '/'))) < 0) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

/* WATCHDOG_USEC counts for the process that WATCHDOG_PID names, or for any. */
static int64_t watchdog(void)
{
    const char *us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    long long   number = 0;

    if (us == NULL || text_to_int64(us, strlen(us), &number) < 0 || number <= 0)
        return 0;
    if (pid != NULL) {
        long long whose = 0;

        if (text_to_int64(pid, strlen(pid), &whose) < 0 || whose != getpid())
            return 0;
    }
    return number;
}

void notify_open(struct notify *ret_notify)
{
    const char *name = getenv("NOTIFY_SOCKET");

    *ret_notify = (struct notify){.fd = name != NULL ? connect_to(name) : -1};
    if (ret_notify->fd >= 0)
        ret_notify->watchdog_us = watchdog();
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
}

void notify_close(struct notify *notify)
{
    if (notify->fd >= 0)
        (void)close(notify->fd);
    notify->fd = -1;
}

void notify_send(const struct notify *notify, const char *format, ...)
{
    char    text[1024];
    va_list args;
    int     length;

    if (notify->fd < 0)
        return;
    va_start(args, format);
    length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length > 0)
        (void)!send(notify->fd, text, length < (int)sizeof text ? (size_t)length : sizeof text - 1, MSG_NOSIGNAL);
}
