/*
 * A cancel with a receipt, and putting on the list anew: of one job or of many.
 *
 * Who is asked is given a second: a worker hears it at once and stops its attempt, a program in the foreground hears it
 * when it next shows its fence. Then its statements are cancelled, then its sessions ended, then its lease is taken
 * away, after which nothing that it writes counts: so a cancel always ends.
 */
#include <string.h>

#include "jobs_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

#define LOOK_LEAST_US 10000
#define LOOK_MOST_US 100000
#define TOLD_MOST 5                    /* jobs that were left as they are, in words */

/* All of it within two seconds, also where the last one is needed. */
static const struct {
    const char *step;
    int64_t     us;                    /* so long it is waited for */
} cancel_steps[] = {
    {NULL, US_PER_SECOND},
    {"f", 3 * US_PER_SECOND / 10},
    {"t", 3 * US_PER_SECOND / 10},
    {"take", US_PER_SECOND},
};

/* -- which jobs ---------------------------------------------------------------------------------------------------- */

static int check_named(struct pg *pg, const struct jobs_choice *choice, const char *verb, const char *ids,
                       struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *missing = NULL;
    struct bound bound = {0};
    int          r;

    for (size_t i = 0; i < choice->count; i++)
        if (choice->ids[i] < 0)
            return timescaledb_refuse(choice->ids[i], verb, error);
    bound_text(&bound, ids);
    r = bound_run(pg, "jobs_missing", &bound, &missing, error);
    return r >= 0 && pg_result_rows(missing) > 0 ? jobs_unknown(pg_result_int(missing, 0, 0), error) : r;
}

/* Their ids as an array: those that are named, which must exist, or all that fit and are of these states. */
static int choose(struct pg *pg, const struct jobs_choice *choice, const char *verb, const char *states,
                  struct str *ids, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *found = NULL;
    struct bound bound = {0};
    int          r = choice->state != NULL ? jobs_check_state(choice->state, error) : 0;

    array_open(ids);
    for (size_t i = 0; i < choice->count; i++)
        array_add_int(ids, choice->ids[i]);
    if (r >= 0 && choice->count == 0) {
        bound_text(&bound, choice->state);
        bound_text(&bound, choice->source);
        bound_text(&bound, choice->kind);
        bound_text(&bound, states);
        r = bound_run(pg, "jobs_chosen", &bound, &found, error);
        for (size_t i = 0; r >= 0 && i < pg_result_rows(found); i++)
            array_add_int(ids, pg_result_int(found, i, 0));
    }
    array_close(ids);
    return r >= 0 && choice->count > 0 ? check_named(pg, choice, verb, str_text(ids), error) : r;
}

/* Of jobs that were named: those that are not among the `done`, and why. */
static int tell_left(struct pg *pg, const struct jobs_choice *choice, const char *statement, const struct str *ids,
                     const struct str *done, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *left = NULL;
    _cleanup_(str_done) struct str text = STR_INIT;
    struct bound bound = {0};
    size_t       count;
    int          r;

    if (choice->count == 0)
        return 0;
    bound_text(&bound, str_text(ids));
    bound_text(&bound, str_text(done));
    r = bound_run(pg, statement, &bound, &left, error);
    count = r >= 0 ? pg_result_rows(left) : 0;
    if (count == 0)
        return r;
    for (size_t i = 0; i < count && i < TOLD_MOST; i++)
        str_addf(&text, "%sjob %s %s", i > 0 ? "; " : "", pg_result_text(left, i, 0), pg_result_text(left, i, 1));
    if (count > TOLD_MOST)
        str_addf(&text, "; and %zu more", count - TOLD_MOST);
    return error_set(error, done->length > 2 ? ERR_PARTIAL : ERR_CONFLICT, "%s", str_text(&text));
}

/* -- cancel -------------------------------------------------------------------------------------------------------- */

/* Asks all that can be asked at once; those that are locked just now are asked again. */
static int ask(struct pg *pg, const struct jobs_choice *choice, const char *ids, struct str *asked, struct error *error)
{
    _cleanup_(str_done) struct str left = STR_INIT;
    int r = 0;

    str_add(&left, ids);
    array_open(asked);
    while (r >= 0 && left.length > 2) {
        _cleanup_(pg_result_freep) struct pg_result *result = NULL;
        struct bound bound = {0};

        bound_text(&bound, str_text(&left));
        bound_text(&bound, choice->state);
        r = bound_run(pg, "jobs_cancel", &bound, &result, error);
        array_open(&left);
        for (size_t i = 0; r >= 0 && i < pg_result_rows(result); i++)
            array_add_int(text_equal(pg_result_text(result, i, 1), "t") ? asked : &left, pg_result_int(result, i, 0));
        array_close(&left);
        if (r >= 0 && left.length > 2 && (r = task_sleep(LOOK_LEAST_US)) < 0)
            (void)error_set(error, r, "%s", error_sentence(r));
    }
    array_close(asked);
    return r;
}

static int look(struct pg *pg, const char *ids, struct pg_result **ret_running, struct error *error)
{
    struct bound bound = {0};

    pg_result_freep(ret_running);
    bound_text(&bound, ids);
    return bound_run(pg, "jobs_running", &bound, ret_running, error);
}

/* Until none of them runs, or until the time of a step is over. */
static int wait_for_stop(struct pg *pg, const char *ids, int64_t us, struct pg_result **ret_running,
                         struct error *error)
{
    int64_t end = monotonic_us() + us, pause = LOOK_LEAST_US, left = us;
    int     r = look(pg, ids, ret_running, error);

    while (r >= 0 && pg_result_rows(*ret_running) > 0 && (left = end - monotonic_us()) > 0) {
        r = task_sleep(pause < left ? pause : left);
        if (r < 0)
            return error_set(error, r, "%s", error_sentence(r));
        pause = pause * 2 < LOOK_MOST_US ? pause * 2 : LOOK_MOST_US;
        r = look(pg, ids, ret_running, error);
    }
    return r;
}

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

/* One that cannot be stopped is told, when the others have been. */
static int stop(struct pg *pg, const char *ids, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *running = NULL;
    int r = look(pg, ids, &running, error), failed = 0;

    for (size_t i = 0; r >= 0 && failed >= 0 && pg_result_rows(running) > 0 && i < COUNT_OF(cancel_steps); i++) {
        for (size_t n = 0; cancel_steps[i].step != NULL && n < pg_result_rows(running); n++) {
            int one = take_step(pg, pg_result_int(running, n, 0), cancel_steps[i].step, failed < 0 ? NULL : error);

            failed = failed < 0 ? failed : one;
        }
        r = failed < 0 ? failed : wait_for_stop(pg, ids, cancel_steps[i].us, &running, error);
    }
    return r;
}

int jobs_cancel(struct pg *pg, const struct jobs_choice *choice, struct sink *sink, struct error *error)
{
    _cleanup_(str_done) struct str ids = STR_INIT, asked = STR_INIT;
    struct bound bound = {0};
    int          r = choose(pg, choice, "cancel", "{scheduled,available,running,retryable}", &ids, error);

    if (r >= 0)
        r = ask(pg, choice, str_text(&ids), &asked, error);
    if (r >= 0 && choice->count > 0 && asked.length == 2)
        return tell_left(pg, choice, "jobs_not_cancelled", &ids, &asked, error);
    if (r >= 0)
        r = stop(pg, str_text(&asked), error);
    bound_text(&bound, str_text(&asked));
    if (r >= 0)
        r = pg_catalog_table(pg, "jobs_receipt", bound.list, bound.count, sink, error);
    return r < 0 ? r : tell_left(pg, choice, "jobs_not_cancelled", &ids, &asked, error);
}

/* -- anew ---------------------------------------------------------------------------------------------------------- */

static int put_anew(struct pg *pg, const struct jobs_choice *choice, const char *ids, struct pg_result **ret_result,
                    struct error *error)
{
    struct error found = ERROR_INIT;
    struct bound bound = {0};
    int          r;

    bound_text(&bound, ids);
    bound_text(&bound, choice->state);
    r = bound_run(pg, "jobs_retry", &bound, ret_result, &found);
    if (r < 0 && text_equal(found.sqlstate, "23505"))      /* put in this very moment */
        r = error_set(error, ERR_CONFLICT, "another live job has the key of one of these jobs");
    else if (r < 0 && error != NULL)
        error_move(error, &found);
    error_done(&found);
    return r;
}

int jobs_retry(struct pg *pg, const struct jobs_choice *choice, struct sink *sink, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    _cleanup_(table_freep) struct table *table = table_new("id:int state:text command:text");
    _cleanup_(str_done) struct str ids = STR_INIT, done = STR_INIT;
    const char *states = choice->state != NULL ? "{scheduled,retryable,completed,cancelled,discarded}"
                                               : "{retryable,cancelled,discarded}";
    int r = choose(pg, choice, "retry", states, &ids, error);

    if (r >= 0)
        r = put_anew(pg, choice, str_text(&ids), &result, error);
    array_open(&done);
    for (size_t i = 0; r >= 0 && i < pg_result_rows(result); i++) {
        array_add_int(&done, pg_result_int(result, i, 0));
        table_add(table, pg_result_text(result, i, 0), pg_result_text(result, i, 1), pg_result_text(result, i, 2));
    }
    array_close(&done);
    if (r >= 0 && (choice->count == 0 || done.length > 2))
        r = table_send(table, sink, error);
    return r < 0 ? r : tell_left(pg, choice, "jobs_not_retried", &ids, &done, error);
}
