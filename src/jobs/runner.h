/*
 * runner: what the files of the runner share.
 */
#ifndef JOBS_RUNNER_H
#define JOBS_RUNNER_H

#include "jobs_int.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

struct attempt {
    struct job          job;
    struct jobs_runner *runner;
    struct task        *task;            /* NULL: it has not waited yet, or is over */
    struct loop_timer  *timeout;
    int64_t             began_us;
    bool                lost;            /* whatever it says is not written */
    bool                returned;        /* drain has stopped it */
    bool                stopped;         /* a cancel was passed on */
    bool                timed_out;
    int                 code;            /* once it is over */
    struct error        error;
};

struct attempts {
    struct attempt **items;
    size_t           count, room;
};

struct jobs_runner {
    struct jobs_runner_options options;
    char               *name;            /* of the worker */
    struct pg          *pg;              /* NULL: not connected */
    struct task        *keeper;          /* NULL: over */
    struct attempts     running, ended;  /* `ended` is to be written */
    struct attempts     handed;          /* being written by the second hand, which has a connection of its own */
    struct pg          *hand_pg;         /* NULL: not connected */
    struct task        *hand;            /* NULL: it rests, or has not waited yet */
    bool                hand_busy;
    int64_t             hand_rests_until;      /* of the loop's clock: after trouble */
    struct jobs_figures figures;
    bool                awake;           /* something has happened: a turn now */
    bool                beat;            /* with a heartbeat, whenever the last one was */
    bool                lost_connection; /* told while nothing was asked */
    bool                abandoned;       /* nobody holds it: it frees itself when its tasks are over */
    bool                grace_is_over, out_of_time;
    struct loop_timer  *alarm, *grace;
    int64_t             turned_at, beat_at, heard_at, look_at, lead_at, schedule_at, pruned_at;   /* of the loop's
                                            clock; 0: never */
    int64_t             trouble_us;      /* pause before the next try to connect */
};

/* runner.c */
void runner_wake(struct jobs_runner *runner);
void runner_say(struct jobs_runner *runner, enum jobs_happened happened, const struct attempt *attempt,
                const char *text);

/* runner_attempt.c */
void attempt_start(struct jobs_runner *runner, struct attempt *attempt);
/* Instead: it is ended, not run. */
void attempt_give_back(struct jobs_runner *runner, struct attempt *attempt);
void attempt_free(struct attempt *attempt);
/* Asks it to stop with a code; once. */
void attempt_stop(struct attempt *attempt, int code);
struct attempt *attempt_find(const struct jobs_runner *runner, int64_t job);
/* How it ended, in the words of ops.end_jobs. */
const char *attempt_how(const struct attempt *attempt);

/* runner_turn.c: the statements of the runner; all wait */
int  runner_connect(struct jobs_runner *runner, struct error *error) NODISCARD;
int  runner_turn(struct jobs_runner *runner, struct error *error) NODISCARD;
/* Writes these ends and nothing else, by a connection that need not be the keeper's. */
int runner_tell(struct jobs_runner *runner, struct pg *pg, struct attempts *ended, struct error *error) NODISCARD;
int  runner_lead(struct jobs_runner *runner, struct error *error) NODISCARD;
void runner_leave(struct jobs_runner *runner);

/* runner_hand.c: many ends are written by a second hand while the keeper claims */
void hand_take(struct jobs_runner *runner);             /* what has ended, if it is much and the hand is free */
bool hand_is_awaited(const struct jobs_runner *runner);  /* the next turn is better taken when it is free */
void hand_stop(struct jobs_runner *runner);             /* with what it has: that is not written */
void hand_close(struct jobs_runner *runner);

#endif
