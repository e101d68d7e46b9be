/*
 * A cancel with a receipt. Who is asked is given a second: a worker hears it at once and stops its attempt, a program
 * in the foreground hears it when it next shows its fence. Then its statements are cancelled, then its sessions ended,
 * then its lease is taken away, after which nothing that it writes counts: so a cancel always ends.
 */
#include <string.h>

#include "jobs_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

#define STEP_US (US_PER_SECOND / 2)
#define LOOK_LEAST_US 10000
#define LOOK_MOST_US 100000

static const char *const cancel_steps[] = {NULL, NULL, "f", "t", "take"};      /* half a second each, in the end */

static int take_step(struct pg *pg, int64_t id, const char *step, struct error *error)
{
    struct bound bound = {0};

    bound_int(&bound, id);
    if (text_equal(step, "take"))
        return bound_run(pg, "jobs_take", &bound, NULL, error);
    bound_text(&bound, step);
    /* a session of another role may not be ours to stop: the lease is taken all the same */
    (void)!bound_run(pg, "jobs_stop_sessions", &bound, NULL, NULL);
    return 0;
}

static int look(struct pg *pg, int64_t id, bool *ret_running, struct error *error)
{
    _cleanup_(mem_freep) char *state = NULL;
    int r = jobs_state_of(pg, id, &state, NULL, error);

    if (r >= 0)
        *ret_running = text_equal(state, "running");
    return r;
}

/* Until it no longer runs, or until the time of a step is over. */
static int wait_for_stop(struct pg *pg, int64_t id, bool *ret_running, struct error *error)
{
    int64_t end = monotonic_us() + STEP_US, pause = LOOK_LEAST_US;
    int     r = look(pg, id, ret_running, error);

    while (r >= 0 && *ret_running && monotonic_us() < end) {
        r = task_sleep(pause);
        if (r < 0)
            return error_set(error, r, "%s", error_sentence(r));
        pause = pause * 2 < LOOK_MOST_US ? pause * 2 : LOOK_MOST_US;
        r = look(pg, id, ret_running, error);
    }
    return r;
}

static int ask(struct pg *pg, int64_t id, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    _cleanup_(mem_freep) char *state = NULL;
    struct bound bound = {0};
    int          r = jobs_state_of(pg, id, &state, NULL, error);

    bound_int(&bound, id);
    if (r >= 0)
        r = bound_run(pg, "jobs_cancel", &bound, &result, error);
    if (r >= 0 && pg_result_rows(result) == 0)
        return error_set(error, ERR_CONFLICT, "job %lld has ended already: it is %s", (long long)id, state);
    return r;
}

int jobs_cancel(struct pg *pg, int64_t id, struct sink *sink, struct error *error)
{
    struct bound bound = {0};
    bool         running = true;
    int          r = id < 0 ? timescaledb_refuse(id, "cancel", error) : ask(pg, id, error);

    for (size_t i = 0; r >= 0 && running && i < COUNT_OF(cancel_steps); i++) {
        if (cancel_steps[i] != NULL)
            r = take_step(pg, id, cancel_steps[i], error);
        if (r >= 0)
            r = wait_for_stop(pg, id, &running, error);
    }
    bound_int(&bound, id);
    return r < 0 ? r : pg_catalog_table(pg, "jobs_receipt", bound.list, bound.count, sink, error);
}

/* -- anew ---------------------------------------------------------------------------------------------------------- */

int jobs_retry(struct pg *pg, int64_t id, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *state = NULL;
    struct error found = ERROR_INIT;
    struct bound bound = {0};
    bool         has_command = false;
    int r = id < 0 ? timescaledb_refuse(id, "retry", error) : jobs_state_of(pg, id, &state, &has_command, error);

    if (r < 0)
        return r;
    if (text_equal(state, "available") || text_equal(state, "running"))
        return error_set(error, ERR_CONFLICT, "job %lld is %s", (long long)id, state);
    if (!has_command)
        return error_set(error, ERR_CONFLICT, "job %lld has no command that could be run again", (long long)id);
    bound_int(&bound, id);
    r = pg_catalog_table(pg, "jobs_retry", bound.list, bound.count, sink, &found);
    if (r < 0 && text_equal(found.sqlstate, "23505"))
        r = error_set(error, ERR_CONFLICT, "another live job has the key of job %lld", (long long)id);
    else if (r < 0 && error != NULL)
        error_move(error, &found);
    error_done(&found);
    return r;
}
