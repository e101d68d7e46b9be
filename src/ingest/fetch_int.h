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
    bool                    is_refused;          /* by the ledger: the API was not asked */
};

int  fetch_enter(struct fetch *fetch, struct error *error) NODISCARD;
void fetch_leave(struct fetch *fetch);

/* -- fetch_quota.c ------------------------------------------------------------------------------------------------- */

/* api_options.spend; `who` is the fetch. */
int  fetch_spend(void *who, const char *method, unsigned calls, struct error *error);
/* The API said that nothing is left. What cannot be written is told by the API again. */
void fetch_refuse(struct fetch *fetch, const char *method);

/* -- fetch_store.c ------------------------------------------------------------------------------------------------- */

int  fetch_stage(struct fetch *fetch, struct error *error) NODISCARD;
void fetch_unstage(struct fetch *fetch);
void fetch_forget(struct fetch *fetch);          /* what is kept */

#endif
