/*
 * worker: the process without a terminal. Runs jobs by the same commands that people type, keeps the schedules, and tells
 * how it does: /metrics (Prometheus' text format) and /healthz on loopback, JSON lines in files that rotate, systemd's
 * notify protocol where it is asked for.
 *
 * SIGTERM and SIGINT drain: nothing more is claimed, what is in hand may end within --grace seconds, then it is given
 * back to the queue. A second signal does so at once. SIGHUP opens the log file anew.
 */
#ifndef YTEMPIRE_WORKER_H
#define YTEMPIRE_WORKER_H

#include "ytempire/app.h"
#include "ytempire/base/error.h"

/* Runs until it is told to end. `ret_exit_code` 0: drained; 3: no database was there and none was to be waited for. */
int worker_run(struct app *app, int *ret_exit_code, struct error *error) NODISCARD;

#endif
