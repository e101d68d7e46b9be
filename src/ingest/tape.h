/*
 * ingest/tape: the last exchanges of a source with its API, to be looked at and to be played again.
 *
 * What api hears (its secrets are hidden by then) is put aside in memory; a task of the tape's own writes it to
 * ops.tape over a connection of its own, so that a load which rolls back does not take its tape along, and none waits
 * for it. Of a source the last TAPE_KEPT exchanges are kept, of these no more than TAPE_BYTES as they are stored, none
 * longer than 30 days. What cannot be written is lost, the oldest first, and the load goes on.
 */
#ifndef INGEST_TAPE_H
#define INGEST_TAPE_H

#include <stdint.h>

#include "ytempire/api.h"
#include "ytempire/engine/pg.h"

#define TAPE_KEPT 500
#define TAPE_BYTES (INT64_C(32) << 20)

/* -- recording ----------------------------------------------------------------------------------------------------- */

struct tape;

struct tape_options {
    const char *source;
    int64_t     job;
    int         attempt;
    int64_t     run_at;                  /* what the run calls now: who plays it again is told the same */
    int       (*open)(void *who, struct pg **ret_pg, struct error *error);
    void       *who;
};

/* In a task. Texts are copied. */
struct tape *tape_new(const struct tape_options *options);
/* For api_options.listen; does not wait. */
void tape_hear(void *tape, const struct api_exchange *exchange);
/* In a task: what is left is written, even when the task is cancelled, and all is freed. NULL is a no-op. */
void tape_close(struct tape *tape);

/* -- playing ------------------------------------------------------------------------------------------------------- */

struct reel;

/* The last attempt of job `job`, or of the newest run (0), on the tape. ERR_UNKNOWN: there is none; ERR_FAILED: its
 * beginning or a body is no longer all there. */
int  reel_open(struct pg *pg, const char *source, int64_t job, struct reel **ret_reel, struct error *error) NODISCARD;
void reel_free(struct reel *reel);       /* NULL is a no-op */
int64_t reel_job(const struct reel *reel);
int64_t reel_run_at(const struct reel *reel);
bool reel_lacks(const struct reel *reel);         /* what was asked last, the run did not ask */
/* What the run asked: the values that parameter `name` (of a body: its member) had in requests for `path`, each once, in
 * their order. Returns their number. */
size_t reel_asked(const struct reel *reel, struct arena *arena, const char *path, const char *name,
                  const char ***ret_values);
/* For api_options.replay: of the exchanges with this method, URL and body the first that was not played yet, be it an
 * answer or the lack of one. ERR_FAILED: the run asked no such thing. */
int  reel_answer(void *reel, const struct http_request *request, struct http_answer **ret_answer,
                 struct error *error) NODISCARD;

#endif
