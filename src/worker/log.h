/* The worker's log: one JSON object a line, to standard error or to a file that is set aside when it has grown. */
#ifndef YTEMPIRE_WORKER_LOG_H
#define YTEMPIRE_WORKER_LOG_H

#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/base/log.h"
#include "ytempire/jobs.h"

struct worker_log;

struct worker_log_options {
    const char    *file;          /* NULL: standard error */
    uint64_t       most_bytes;    /* a file that would be larger becomes FILE.1, FILE.1 becomes FILE.2 …; 0: never */
    unsigned       keep;          /* so many of those */
    enum log_level level;
};

/* ERR_IO when the file cannot be opened. */
int  worker_log_open(const struct worker_log_options *options, struct worker_log **ret_log,
                     struct error *error) NODISCARD;
void worker_log_free(struct worker_log *log);
void worker_log_freep(struct worker_log **log);
/* Opens the file of that name anew: somebody has set the old one aside. */
void worker_log_reopen(struct worker_log *log);

struct worker_log_line {
    enum log_level    level;
    const char       *event;      /* "job_completed" */
    const struct job *job;        /* or NULL */
    int64_t           us;         /* how long it took; negative: not said */
    const char       *message;    /* or NULL; secrets are taken out of it */
};
void worker_log_write(struct worker_log *log, const struct worker_log_line *line);
/* The same without a job. */
void worker_log_say(struct worker_log *log, enum log_level level, const char *event, const char *format, ...)
    PRINTF_LIKE(4, 5);

#endif
