/* worker's own: what its files share. */
#ifndef YTEMPIRE_WORKER_INT_H
#define YTEMPIRE_WORKER_INT_H

#include "http.h"
#include "log.h"
#include "metrics.h"
#include "notify.h"
#include "side.h"
#include "ytempire/worker.h"

struct worker {
    struct app         *app;              /* opens the runner's connections; used by one task at a time */
    struct loop        *loop;
    struct worker_log  *log;
    struct notify       notify;
    struct http        *http;             /* NULL: off */
    struct side        *side;
    struct jobs_runner *runner;           /* NULL: not started yet */
    struct task        *starting;         /* waits for the database */
    struct durations   *durations;
    struct loop_timer  *watchdog, *status;
    struct loop_timer  *counting;         /* of a page that waits for the length of the queue */
    const char         *pid_path;
    int                 pid_fd;
    unsigned            signals;          /* that asked for the end */
    bool                started, over;
    int                 code;             /* why it did not start */
    struct error        error;
};

/* -- attempt.c ----------------------------------------------------------------------------------------------------- */

/* jobs_runner_options.run: makes one attempt. */
int worker_attempt(void *who, struct job *job, struct error *error) NODISCARD;

/* -- tell.c: the log, /metrics and /healthz, the service manager --------------------------------------------------- */

int  worker_open_log(struct worker *worker, struct error *error) NODISCARD;
int  worker_open_http(struct worker *worker, struct error *error) NODISCARD;
/* The figures as they are now; zeros before the runner is there. */
void worker_figures(const struct worker *worker, struct jobs_figures *ret_figures);
/* jobs_runner_options.on_event. */
void worker_on_event(void *who, const struct jobs_event *event);
/* side_options.on_counted. */
void worker_on_counted(void *who);
/* Tells the service manager that we are there, and from then on that we are well. */
void worker_tell_ready(struct worker *worker);
void worker_tell_end(struct worker *worker);

#endif
