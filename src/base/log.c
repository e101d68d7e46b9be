#include "ytempire/base/log.h"

#include <stdio.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

static const char *const level_names[] = {
    [LOG_OFF] = "off", [LOG_ERROR] = "error", [LOG_WARN] = "warn", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"};

static enum log_level current_level = LOG_OFF;
static int            current_fd = -1;
static void (*current_on_line)(void *who, enum log_level level, const char *room, const char *text);
static void *current_who;

int log_level_from_text(const char *text, enum log_level *ret_level)
{
    for (size_t i = 0; i < COUNT_OF(level_names); i++)
        if (text_equal(text, level_names[i])) {
            *ret_level = (enum log_level)i;
            return 0;
        }
    return ERR_UNKNOWN;
}

void log_open(enum log_level level, int fd)
{
    current_level = level;
    current_fd = fd;
    current_on_line = NULL;
}

void log_open_to(enum log_level level, void (*on_line)(void *who, enum log_level level, const char *room, const char *text),
                 void *who)
{
    log_open(level, -1);
    current_on_line = on_line;
    current_who = who;
}

enum log_level log_level(void)
{
    return current_level;
}

void log_write(enum log_level level, const char *room, const char *format, ...)
{
    char       time[TIME_TEXT_SIZE], text[2048];
    struct str line = STR_INIT;
    va_list    args;

    if (level > current_level || (current_fd < 0 && current_on_line == NULL))
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (current_on_line != NULL) {
        current_on_line(current_who, level, room, text);
        return;
    }
    str_addf(&line, "%s %s %s: %s\n", instant_to_text(instant_now(), time), level_names[level], room, text);
    (void)!fd_write_all(current_fd, str_text(&line), line.length);
    str_done(&line);
}
