/*
 * systemd's notify protocol, by hand: datagrams to the socket that NOTIFY_SOCKET names (sd_notify(3)). It is twenty
 * lines; libsystemd would bring its own dependencies (liblzma, libzstd, liblz4, libgcrypt, libcap) into a program whose
 * start is mostly the loading of libraries.
 */
#ifndef YTEMPIRE_WORKER_NOTIFY_H
#define YTEMPIRE_WORKER_NOTIFY_H

#include <stdint.h>

#include "ytempire/base/error.h"

struct notify {
    int     fd;                   /* -1: nobody wants to know */
    int64_t watchdog_us;          /* to be told WATCHDOG=1 within this; 0: not asked for */
};

/* Reads the environment, and takes what it read out of it: no child is to speak for us. */
void notify_open(struct notify *ret_notify);
void notify_close(struct notify *notify);
/* "READY=1\nSTATUS=…"; lost where nobody listens. */
void notify_send(const struct notify *notify, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
