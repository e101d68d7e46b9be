/*
 * A line of a file is one write(2) to a descriptor that appends. Each line looks at what the name stands for now, so that
 * another process may set the file aside, and two workers may share one. A full disk takes lines, not the worker: what
 * follows a line that was cut begins on a line of its own, and says how many were lost. So does who does not read what
 * standard error leads to; there a long line is several writes.
 */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/secret.h"
#include "ytempire/base/time.h"

/* With who reads a line, before it is lost: the worker stands still meanwhile. */
#define PATIENCE_US US_PER_SECOND

struct worker_log {
    char           *file;         /* NULL: standard error */
    int             fd;
    bool            is_read;      /* no file: a pipe, a socket, a terminal, where somebody reads or does not */
    uint64_t        most;
    uint64_t        kept;         /* so large the file was when it could not be set aside; 0: it could */
    int             why_kept;     /* errno that was not told yet; 0: none */
    unsigned        keep;
    enum log_level  level;
    uint64_t        lost;         /* lines, since the last that was written */
    int             why;          /* errno */
    bool            cut;          /* the file ends within a line */
    pthread_mutex_t mutex;        /* rooms below may log on a thread */
};

static int open_file(const char *file)
{
    return open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

static bool leads_to_reader(int fd)
{
    struct stat now;

    return fstat(fd, &now) == 0 && !S_ISREG(now.st_mode);
}

/* Who wrote to it before was cut off. */
static bool ends_within_line(const char *file)
{
    int         fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat now;
    char        last = '\n';

    if (fd < 0)
        return false;
    if (fstat(fd, &now) == 0 && S_ISREG(now.st_mode) && now.st_size > 0)
        (void)!pread(fd, &last, 1, now.st_size - 1);
    (void)close(fd);
    return last != '\n';
}

/* -- setting aside ------------------------------------------------------------------------------------------------- */

static bool is_ours(const struct worker_log *log, struct stat *ret_now)
{
    struct stat own;

    return stat(log->file, ret_now) == 0 && fstat(log->fd, &own) == 0 && own.st_ino == ret_now->st_ino &&
           own.st_dev == ret_now->st_dev;
}

static void renew(struct worker_log *log)
{
    int fd = open_file(log->file);

    if (fd < 0)
        return;                       /* the old one is better than none */
    (void)close(log->fd);
    log->fd = fd;
    log->is_read = leads_to_reader(fd);
    log->cut = ends_within_line(log->file);
}

/* 0, or errno: the file is still there. */
static int set_aside(const struct worker_log *log)
{
    int why = 0;

    for (unsigned number = log->keep; number > 0; number--) {
        _cleanup_(mem_freep) char *to = mem_printf("%s.%u", log->file, number);
        _cleanup_(mem_freep) char *from = mem_printf("%s.%u", log->file, number - 1);

        why = rename(number == 1 ? log->file : from, to) < 0 ? errno : 0;      /* the last one is the file's own */
    }
    if (log->keep == 0)
        why = unlink(log->file) < 0 ? errno : 0;
    return why;
}

/* Before a line is written: to the file that has the name, and not past its size. What cannot be set aside is tried again
 * when it has grown by as much once more. */
static void mind_file(struct worker_log *log, size_t more)
{
    struct stat now;

    if (log->file == NULL)
        return;
    if (!is_ours(log, &now)) {
        renew(log);
        log->kept = 0;
        if (!is_ours(log, &now))
            return;
    }
    if ((uint64_t)now.st_size < log->kept)           /* somebody has cut it short where it lies */
        log->kept = 0;
    if (log->most == 0 || now.st_size == 0 || (uint64_t)now.st_size + more <= log->kept + log->most)
        return;
    if (flock(log->fd, LOCK_EX | LOCK_NB) < 0)       /* another is about it */
        return;
    if (is_ours(log, &now)) {         /* else it was quicker */
        log->why_kept = set_aside(log);
        log->kept = log->why_kept != 0 ? (uint64_t)now.st_size : 0;
    }
    renew(log);                       /* closing lets the lock go */
}

/* -- its life ------------------------------------------------------------------------------------------------------ */

int worker_log_open(const struct worker_log_options *options, struct worker_log **ret_log, struct error *error)
{
    struct worker_log *log;
    int                fd = options->file != NULL ? open_file(options->file) : STDERR_FILENO;

    if (fd < 0)
        return error_set(error, ERR_IO, "the log cannot be opened: %s: %s", options->file, strerror(errno));
    log = mem_alloc(sizeof *log);
    log->file = options->file != NULL ? mem_strdup(options->file) : NULL;
    log->fd = fd;
    log->is_read = leads_to_reader(fd);
    log->cut = log->file != NULL && ends_within_line(log->file);
    log->most = options->most_bytes;
    log->keep = options->keep;
    log->level = options->level;
    pthread_mutex_init(&log->mutex, NULL);
    *ret_log = log;
    return 0;
}

void worker_log_free(struct worker_log *log)
{
    if (log == NULL)
        return;
    if (log->file != NULL)
        (void)close(log->fd);
    pthread_mutex_destroy(&log->mutex);
    mem_free(log->file);
    mem_free(log);
}

void worker_log_freep(struct worker_log **log)
{
    worker_log_free(*log);
}

void worker_log_reopen(struct worker_log *log)
{
    if (log->file == NULL)
        return;
    pthread_mutex_lock(&log->mutex);      /* nobody writes to a descriptor that is closed, or another's by then */
    renew(log);
    pthread_mutex_unlock(&log->mutex);
}

/* -- lines --------------------------------------------------------------------------------------------------------- */

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {
        [LOG_OFF] = "off", [LOG_ERROR] = "error", [LOG_WARN] = "warning", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"};

    return names[level];
}

static void add_member(struct str *to, const char *name, const char *text)
{
    if (text == NULL)
        return;
    str_addf(to, ",\"%s\":", name);
    text_add_json(to, text);
}

static void compose(const struct worker_log_line *line, struct str *to)
{
    struct civil now = local_to_civil(instant_now());
    struct str   message = STR_INIT;

    str_addf(to, "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%06dZ\",\"level\":\"%s\"", now.year, now.month, now.day,
             now.hour, now.minute, now.second, now.us, level_name(line->level));
    add_member(to, "event", line->event);
    if (line->job != NULL) {
        str_addf(to, ",\"job\":%lld", (long long)line->job->id);
        add_member(to, "kind", line->job->kind);
        add_member(to, "source", line->job->source);
        str_addf(to, ",\"attempt\":%d", line->job->attempt);
    }
    if (line->us >= 0)
        str_addf(to, ",\"ms\":%.3f", (double)line->us / 1000);
    if (line->message != NULL) {
        text_add_redacted(&message, line->message);
        add_member(to, "message", str_text(&message));
    }
    str_add(to, "}\n");
    str_done(&message);
}

/* One write(2). To who reads no more than what surely finds room once there is some: it does not wait for more. */
static ssize_t write_once(const struct worker_log *log, const char *bytes, size_t length, int64_t until)
{
    struct pollfd room = {.fd = log->fd, .events = POLLOUT};
    int64_t       left = until - monotonic_us();
    int           ready = log->is_read ? poll(&room, 1, left > 0 ? (int)(left / 1000) : 0) : 1;

    if (ready == 0)
        errno = EAGAIN;
    if (ready <= 0)
        return -1;
    return write(log->fd, bytes, log->is_read && length > PIPE_BUF ? PIPE_BUF : length);
}

/* False: not all of it is there. */
static bool put(struct worker_log *log, const struct str *text)
{
    int64_t until = log->lost > 0 ? 0 : monotonic_us() + PATIENCE_US;

    for (size_t at = 0; at < text->length;) {
        ssize_t n = write_once(log, text->data + at, text->length - at, until);

        if (n > 0)
            at += (size_t)n;
        else if (n == 0 || errno != EINTR) {
            log->why = errno;
            log->cut |= at > 0;
            return false;
        }
    }
    return true;
}

/* Of the log itself, before the line in hand. */
static void add_warning(struct str *to, const char *event, const char *message)
{
    compose(&(struct worker_log_line){.level = LOG_WARN, .event = event, .us = -1, .message = message}, to);
}

static void write_line(struct worker_log *log, struct str *text)
{
    struct str all = STR_INIT, message = STR_INIT;

    if (log->cut)
        str_add_char(&all, '\n');
    if (log->lost > 0) {
        str_addf(&message, "%" PRIu64 " lines could not be written: %s", log->lost, strerror(log->why));
        add_warning(&all, "log_lost", str_text(&message));
        str_clear(&message);
    }
    if (log->why_kept != 0) {
        str_addf(&message, "the file cannot be set aside: %s", strerror(log->why_kept));
        add_warning(&all, "log_kept", str_text(&message));
    }
    str_add_bytes(&all, text->data, text->length);
    if (put(log, &all)) {
        log->lost = 0;
        log->why_kept = 0;
        log->cut = false;
    } else {
        log->lost++;
    }
    str_done(&all);
    str_done(&message);
}

void worker_log_write(struct worker_log *log, const struct worker_log_line *line)
{
    struct str text = STR_INIT;

    if (line->level > log->level)
        return;
    compose(line, &text);
    pthread_mutex_lock(&log->mutex);
    mind_file(log, text.length);
    write_line(log, &text);
    pthread_mutex_unlock(&log->mutex);
    str_done(&text);
}

void worker_log_say(struct worker_log *log, enum log_level level, const char *event, const char *format, ...)
{
    struct str text = STR_INIT;
    va_list    args;

    va_start(args, format);
    str_addfv(&text, format, args);
    va_end(args);
    worker_log_write(log,
                     &(struct worker_log_line){.level = level, .event = event, .us = -1, .message = str_text(&text)});
    str_done(&text);
}
