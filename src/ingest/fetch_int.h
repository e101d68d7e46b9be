/*
 * ingest/fetch_int: what the files of a fetch share.
 *
 * Invariant: the second connection is used by whoever has `busy` (fetch_enter, fetch_leave), the first by the task that
 * the source runs in.
 */
#ifndef INGEST_FETCH_INT_H
#define INGEST_FETCH_INT_H

#include "fetch.h"
#include "tape.h"

/* An answer in hand. */
struct kept {
    size_t             no;
    const char        *stream;
    char              *request, *about;          /* as ops.etags and scripts know it; about may be NULL */
    struct api_answer *answer;
};

/* A task that waits for the second connection; on its stack. */
struct fetch_waiter {
    struct task         *task;
    struct fetch_waiter *next;
};

struct fetch {
    struct ingest          *ingest;
    const struct fetch_api *about;
    struct api             *api;
    struct kept            *kept;
    size_t                  kept_count, kept_room, bytes, next_no;
    struct tape            *tape;                /* NULL: of a replay there is none */
    struct reel            *reel;                /* what is played again; NULL: the API is asked */
    int64_t                 run_at;
    struct job_counts       before;              /* the job's, when it was begun */
    int64_t                 began_us, noted_us;
    bool                    busy;
    struct fetch_waiter    *waiting;             /* in the order in which they came */
};

/* Waits until nobody has it; ERR_INTERRUPTED or ERR_TIMEOUT. */
int  fetch_enter(struct fetch *fetch, struct error *error) NODISCARD;
void fetch_leave(struct fetch *fetch);

/* -- fetch_quota.c ------------------------------------------------------------------------------------------------- */

/* api_options.spend; `who` is the fetch. The instant at which it was paid, by the server's clock, is left in the int64_t
 * that is the request's payer (0: nothing was paid); whatever comes of the request is of that day's quota. */
int  fetch_spend(void *who, const struct api_request *request, struct error *error);
/* The API said that nothing was left for a request paid at `paid_at`: no more on that day. True: which is over by now.
 * What cannot be written is told by the API again. */
bool fetch_refuse(struct fetch *fetch, const char *method, int64_t paid_at);

/* -- fetch_store.c ------------------------------------------------------------------------------------------------- */

int  fetch_stage(struct fetch *fetch, struct error *error) NODISCARD;
void fetch_unstage(struct fetch *fetch);
void fetch_forget(struct fetch *fetch);          /* what is kept */

#endif
