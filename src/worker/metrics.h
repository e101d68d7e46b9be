/* What /metrics and /healthz say. Pure: figures in, text out. */
#ifndef YTEMPIRE_WORKER_METRICS_H
#define YTEMPIRE_WORKER_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "ytempire/base/str.h"
#include "ytempire/jobs.h"

/* How long attempts took, by kind of job. */
struct durations;

struct durations *durations_new(void);
void              durations_free(struct durations *durations);
/* At most 64 kinds; those that come later count as "other". */
void              durations_add(struct durations *durations, const char *kind, int64_t us);

#define QUEUE_STATES_MOST 8

/* Jobs that are not over, by state, as they were at an instant. */
struct queue_depth {
    struct {
        char      state[16];
        long long jobs;
    } states[QUEUE_STATES_MOST];
    size_t  count;
    int64_t counted_at;           /* 0: never */
};

/* The process, as Prometheus' own client libraries tell it. */
struct process_figures {
    double    cpu_seconds, start_seconds;     /* user and system; since 1970 */
    long long resident_bytes, virtual_bytes;
    int       open_fds, max_fds, threads;
};
void process_figures_read(struct process_figures *ret_figures);

struct metrics {
    const char               *version;
    struct jobs_figures       figures;
    double                    heartbeat_age;  /* seconds; negative: none yet */
    const struct queue_depth *depth;
    const struct durations   *durations;
    struct process_figures    process;
};
/* Prometheus' text format, 0.0.4. */
void metrics_write(const struct metrics *metrics, struct str *to);

struct health {
    const char         *version;
    struct jobs_figures figures;
    double              heartbeat_age;        /* seconds; negative: none yet */
    bool                started;              /* the database was there once */
};
/* A JSON object, also of why not. True: well. */
bool health_write(const struct health *health, struct str *to);

/* An older heartbeat says that the runner is stuck. */
#define HEARTBEAT_STALE_SECONDS 60.0

#endif
