/*
 * jobs: work that outlives the program that does it. A job is a row of ops.jobs; each attempt at it is a row of its
 * own.
 *
 * A job is a command line of the program ("ingest trending US.csv", "rollup refresh") that some process runs: a worker
 * that claims it, or the program that was asked to and waits for it. Whoever runs it holds a lease, renewed by a
 * heartbeat, and the fence that its claim was given: every write for the job shows the fence in the same transaction,
 * so that one whose lease is over can write nothing. States: scheduled, available, running, retryable, completed,
 * cancelled, discarded. Everything here waits and is called in a task (engine/loop.h); `pg` is borrowed. Times are the
 * server's.
 */
#ifndef YTEMPIRE_JOBS_H
#define YTEMPIRE_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/data.h"
#include "ytempire/engine/pg.h"

/* -- putting work on the list -------------------------------------------------------------------------------------- */

struct job_request {
    const char *kind;            /* the command's name: "rollup refresh" */
    const char *source;          /* what limits and pauses go by: a source's name, else NULL */
    const char *command;         /* the whole line a worker is to run */
    const char *unique_key;      /* at most one live job has it; NULL: any number */
    int         priority;        /* smaller first; 0 unless said */
    int64_t     delay_us;        /* not before then */
    unsigned    max_attempts;    /* 0: 5 */
    unsigned    timeout_seconds; /* of one attempt; 0: none */
};

/* Puts one. With a unique key that a live job has: that job's id, and `ret_new` false. Workers are told, at most once
 * in a short while, however many are put. `ret_new` may be NULL. */
int jobs_put(struct pg *pg, const struct job_request *request, int64_t *ret_id, bool *ret_new,
             struct error *error) NODISCARD;

/* -- one attempt, in the hands of the process that makes it -------------------------------------------------------- */

struct job_counts {
    int64_t rows;                /* read: loaded, unchanged and rejected together */
    int64_t loaded, unchanged, rejected;
    uint64_t bytes;
    int64_t quota;
};

struct job {
    int64_t     id, fence;
    int         attempt, max_attempts;
    const char *kind, *source, *command;     /* the job's; source may be NULL */
    unsigned    timeout_seconds;
    struct job_counts counts;                /* what the attempt has done so far: written by who does it */
    int64_t     pause_us;                    /* after a failure: not again before then (Retry-After); 0: by the rule */
};

/* Makes a job that is running already, by this process, which is no worker: a load in the foreground. Its lease is held
 * by the connection: where that ends, the job is lost at once. ERR_CONFLICT with who has the unique key. `bytes`: how
 * much there is to do, 0: unknown. Ended with job_end. */
int job_begin(struct pg *pg, const struct job_request *request, uint64_t bytes, struct job **ret_job,
              struct error *error) NODISCARD;
void job_free(struct job *job);
void job_freep(struct job **job);
/* In a transaction that writes for the job: holds the fence to its end. ERR_CONFLICT: the job is no longer ours;
 * ERR_INTERRUPTED: somebody has cancelled it. */
int job_hold(struct pg *pg, const struct job *job, struct error *error) NODISCARD;
/* Progress, as it is now (job->counts, and how far of how much); the lease is renewed. At most a few times a second. */
int job_note(struct pg *pg, const struct job *job, const struct data_progress *progress, struct error *error) NODISCARD;
/* A line of the attempt's log: level "info", "warning", "error". What cannot be written is not worth failing for. */
void job_log(struct pg *pg, const struct job *job, const char *level, const char *text);
/* The end of an attempt made by job_begin: `code` 0, or what it failed with. */
int job_end(struct pg *pg, const struct job *job, int code, const struct error *error) NODISCARD;

/* What becomes of a failure. A 5xx, a lost connection, a serialization failure are worth another attempt, wrong
 * credentials or a command that cannot be are not; an empty quota waits for a time. */
enum job_class { JOB_RETRY, JOB_STOP, JOB_QUOTA };
enum job_class job_class_of(int code, const struct error *error);

/* -- a runner: claims jobs, beats for them, hears cancels, ends them, keeps the schedules ----------------------------
 */

struct jobs_runner;

/* What one moment has brought, for logs and counters. */
enum jobs_happened {
    JOBS_STARTED, JOBS_COMPLETED, JOBS_RETRIED, JOBS_DISCARDED, JOBS_CANCELLED, JOBS_RETURNED, JOBS_LOST,
    JOBS_SCHEDULED, JOBS_LEADER, JOBS_CONNECTED, JOBS_DISCONNECTED,
};
struct jobs_event {
    enum jobs_happened happened;
    const struct job  *job;          /* NULL: none in particular */
    int64_t            us;           /* of an attempt that ended */
    const char        *text;         /* in words, without a full stop */
};

struct jobs_runner_options {
    struct loop *loop;
    const char  *version;
    unsigned     slots;              /* attempts at once, and what one claim takes at most; 0: 4 */
    int64_t      lease_us;           /* 0: 30 s; renewed six times as often */
    int64_t      poll_us;            /* 0: 5 s; what is heard is looked for at once */
    /* A connection of the runner's own to the same place; called again after each loss, with growing pauses. */
    int (*open)(void *who, struct pg **ret_pg, struct error *error);
    /* Makes one attempt, in a task of its own: 0, or why not. It is cancelled (task_cancel) with ERR_INTERRUPTED when
     * somebody cancels the job or its lease is lost, with ERR_TIMEOUT at its time-out. It may fill job->counts. */
    int (*run)(void *who, struct job *job, struct error *error);
    /* Before the leader looks at the schedules, with its connection: some may be put or changed. What it cannot
     * stays as it was. Or NULL. */
    int (*before_schedules)(void *who, struct pg *pg, struct error *error);
    void (*on_event)(void *who, const struct jobs_event *event);      /* or NULL */
    void *who;
};

/* Starts; returns at once. It lives through servers that go and come back. */
int  jobs_runner_start(const struct jobs_runner_options *options, struct jobs_runner **ret_runner,
                       struct error *error) NODISCARD;
/* Claims nothing more; what runs may end within `grace_us`, then it is stopped and given back, its attempt not counted.
 * Returns at once; over when jobs_runner_is_over. A second call shortens the grace. */
void jobs_runner_drain(struct jobs_runner *runner, int64_t grace_us);
bool jobs_runner_is_over(const struct jobs_runner *runner);
void jobs_runner_free(struct jobs_runner *runner);         /* over, or never drained: then what runs is abandoned */
void jobs_runner_freep(struct jobs_runner **runner);

/* For /metrics and /healthz: since the start. */
struct jobs_figures {
    uint64_t started, completed, retried, discarded, cancelled, returned, lost;
    unsigned slots, busy;
    bool     connected, leader, draining;
    int64_t  last_beat_us;           /* monotonic; 0: none yet */
};
void jobs_runner_figures(const struct jobs_runner *runner, struct jobs_figures *ret_figures);

/* -- looking, and a hand in it --------------------------------------------------------------------------------------
 */

/* Yields `id source state progress rows rejected attempt created_at started_at finished_at error kind
 * rows_per_second seconds_left`, newest first, at most `limit` (0: all); of one state when it is not NULL (ERR_UNKNOWN
 * with the candidates). */
int jobs_list(struct pg *pg, const char *state, int64_t limit, struct sink *sink, struct error *error) NODISCARD;
/* Yields `field value` of a job and its attempts; ERR_UNKNOWN when there is none. The same error for all below. */
int jobs_show(struct pg *pg, int64_t id, struct sink *sink, struct error *error) NODISCARD;
/* Yields `at level message`, oldest first; `follow`: until the job has ended. */
int jobs_show_log(struct pg *pg, int64_t id, bool follow, struct sink *sink, struct error *error) NODISCARD;
/* Yields `id state why`: one sentence, always. */
int jobs_why(struct pg *pg, int64_t id, struct sink *sink, struct error *error) NODISCARD;
/* Which jobs: those that are named, else all that fit; what is NULL does not matter. */
struct jobs_choice {
    const int64_t *ids;
    size_t         count;
    const char    *state, *source, *kind;
};
/* Asks, waits for the receipts, and yields `id state asked_at heard_ms stopped_ms how`; escalates where nobody hears.
 * Of those that are not named the live ones are meant. ERR_CONFLICT: all that were named have ended already,
 * ERR_PARTIAL (after the rows): some had. With ERR_UNKNOWN none was asked. */
int jobs_cancel(struct pg *pg, const struct jobs_choice *choice, struct sink *sink, struct error *error) NODISCARD;
/* Back to available at once, with attempts anew; yields `id state command`. Of those that are not named, and where no
 * state is said, those that failed or were cancelled. Errors as above: it waits or runs already, has no command, or
 * another one that is live has its key. */
int jobs_retry(struct pg *pg, const struct jobs_choice *choice, struct sink *sink, struct error *error) NODISCARD;
/* The number that a text names: "12"; "ts:12", as schedules have it, is -12. ERR_USAGE. */
int job_id_of(const char *text, int64_t *ret_id) NODISCARD;
/* source NULL: the whole queue. */
int jobs_pause(struct pg *pg, const char *source, const char *why, struct sink *sink, struct error *error) NODISCARD;
int jobs_is_paused(struct pg *pg, const char *source, bool *ret_paused, struct error *error) NODISCARD;
int jobs_resume(struct pg *pg, const char *source, struct sink *sink, struct error *error) NODISCARD;
/* Yields `source waiting later running limit paused_at paused_by why keep_days`: `*` is the whole, then each source. */
int jobs_show_queue(struct pg *pg, struct sink *sink, struct error *error) NODISCARD;
/* How many jobs of a source may run at once (1 unless said); how long jobs that ended are kept ("30", "off"). */
int jobs_limit(struct pg *pg, const char *source, int64_t most, struct sink *sink, struct error *error) NODISCARD;
int jobs_keep(struct pg *pg, const char *days, struct sink *sink, struct error *error) NODISCARD;
/* Yields `worker state slots busy heartbeat_age_seconds started_at version leader`. */
int jobs_list_workers(struct pg *pg, struct sink *sink, struct error *error) NODISCARD;

/* -- schedules ------------------------------------------------------------------------------------------------------
 */

struct schedule_request {
    const char *name, *cron, *zone, *command;      /* zone NULL: UTC */
    const char *kind, *source;                     /* of the jobs it makes; source may be NULL */
    const char *missed;                            /* "skip", "once", "all"; NULL: once */
};
/* Yields `name cron command enabled last_run next_run tz missed last_job last_state`. */
int schedules_list(struct pg *pg, struct sink *sink, struct error *error) NODISCARD;
int schedule_add(struct pg *pg, const struct schedule_request *request, struct sink *sink,
                 struct error *error) NODISCARD;
int schedule_set_enabled(struct pg *pg, const char *name, bool enabled, struct sink *sink,
                         struct error *error) NODISCARD;
/* Its job that waits is cancelled; one that runs goes on. Yields the schedule, and `cancelled_job running_job`. */
int schedule_remove(struct pg *pg, const char *name, struct sink *sink, struct error *error) NODISCARD;
/* Puts its job now, beside the plan. */
int schedule_run(struct pg *pg, const char *name, struct sink *sink, struct error *error) NODISCARD;
/* Yields `name run_at local_time`: its next `count` times. */
int schedule_next(struct pg *pg, const char *name, size_t count, struct sink *sink, struct error *error) NODISCARD;
/* The next `count` times of a cron expression in a zone, UTC microseconds, after `after`. ERR_SYNTAX with the column.
 */
struct zone;
int cron_next(const char *cron, const struct zone *zone, int64_t after, size_t count, int64_t *ret_times,
              struct error *error) NODISCARD;

#endif
