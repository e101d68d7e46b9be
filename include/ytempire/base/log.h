/*
 * base/log: what happened, for the one who looks for a fault. Not what a person is told: that is a sink's.
 *
 * Off by default; --log-level writes lines "2026-01-31T12:00:00.123456Z debug engine: …" to stderr or to a file.
 * Rooms below `command` log at debug only.
 */
#ifndef YTEMPIRE_BASE_LOG_H
#define YTEMPIRE_BASE_LOG_H

#include "ytempire/base/error.h"

enum log_level { LOG_OFF, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

int  log_level_from_text(const char *text, enum log_level *ret_level) NODISCARD;   /* "off error warn info debug" */
void log_open(enum log_level level, int fd);                                       /* fd is borrowed */
/* Lines go to a function instead, which may be called on any thread; `text` without time, level and room. */
void log_open_to(enum log_level level, void (*on_line)(void *who, enum log_level level, const char *room, const char *text),
                 void *who);
enum log_level log_level(void);
void log_write(enum log_level level, const char *room, const char *format, ...) PRINTF_LIKE(3, 4);

#define log_debug(room, ...)                                     \
    do {                                                         \
        if (log_level() >= LOG_DEBUG)                            \
            log_write(LOG_DEBUG, (room), __VA_ARGS__);           \
    } while (0)

#endif
