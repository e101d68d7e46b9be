/*
 * An end to statements and sessions: found first, so that what was named is what is stopped, then asked of the server,
 * then waited for.
 *
 * Invariant: what is signalled is the session, and for a cancel the statement, that was found: its process may have been
 * given to another meanwhile.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "activity_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

#define WAIT_US (5 * US_PER_SECOND)
#define LOOK_LEAST_US 2000
#define LOOK_MOST_US 100000
#define QUERY_SHOWN 120

/* Columns of activity_find. */
enum { PID, USER, APPLICATION, SINCE, QUERY, CONNECTED, STATE, OWN, THERE, STARTED };

struct activity_found {
    struct pg_result *rows;
};

void activity_found_free(struct activity_found *found)
{
    if (found != NULL)
        pg_result_free(found->rows);
    mem_free(found);
}

void activity_found_freep(struct activity_found **found)
{
    activity_found_free(*found);
}

/* -- finding ------------------------------------------------------------------------------------------------------- */

static int check_found(const struct pg_result *rows, struct error *error)
{
    for (size_t i = 0; i < pg_result_rows(rows); i++) {
        const char *pid = pg_result_text(rows, i, PID);

        if (!text_equal(pg_result_text(rows, i, THERE), "t")) {
            error_set(error, ERR_UNKNOWN, "the server has no session %s", pid);
            error_hint(error, "'activity --all' lists those it has");
            return ERR_UNKNOWN;
        }
        if (text_equal(pg_result_text(rows, i, OWN), "t"))
            return error_set(error, ERR_USAGE, "%s is this very session", pid);
    }
    return 0;
}

int activity_find(struct pg *pg, const long long *pids, size_t count, struct activity_found **ret_found,
                  struct error *error)
{
    _cleanup_(activity_found_freep) struct activity_found *found = mem_alloc(sizeof *found);
    struct str array = STR_INIT;
    int        r;

    for (size_t i = 0; i < count; i++)
        str_addf(&array, "%c%lld", i == 0 ? '{' : ',', pids[i]);
    str_add(&array, count > 0 ? "}" : "{}");
    r = pg_catalog_query(pg, "activity_find", &PG_TEXT(str_text(&array)), 1, &found->rows, error);
    str_done(&array);
    if (r >= 0)
        r = check_found(found->rows, error);
    if (r >= 0)
        *ret_found = TAKE(found);
    return r;
}

static void add_text(struct str *to, const struct pg_result *rows, size_t row)
{
    const char *user = pg_result_text(rows, row, USER), *since = pg_result_text(rows, row, SINCE),
               *query = pg_result_text(rows, row, QUERY), *state = pg_result_text(rows, row, STATE);

    str_addf(to, "%s%s of %s", row > 0 ? "; " : "", pg_result_text(rows, row, PID), user != NULL ? user : "the server");
    if (state != NULL)
        str_addf(to, ", %s", state);
    if (since != NULL)
        str_addf(to, " since %s", since);
    if (query != NULL && query[0] != '\0')
        str_addf(to, ": %.*s%s", QUERY_SHOWN, query, strlen(query) > QUERY_SHOWN ? " …" : "");
}

char *activity_found_text(const struct activity_found *found)
{
    struct str text = STR_INIT;

    for (size_t i = 0; i < pg_result_rows(found->rows); i++)
        add_text(&text, found->rows, i);
    return str_take(&text);
}

/* -- stopping ------------------------------------------------------------------------------------------------------ */

struct stopping {
    struct pg              *pg;
    const struct pg_result *rows;
    bool                    terminate;
    const char            **results;       /* of each; NULL: it was asked, and is waited for */
    char                  **refusals;      /* owned */
    int64_t                *took_us;
    int64_t                 began_us;
    size_t                  stopped;
};

static int ask_of(const struct stopping *stopping, const char *statement, size_t row, struct pg_result **ret_result,
                  struct error *error)
{
    const struct pg_value values[] = {PG_TEXT(pg_result_text(stopping->rows, row, PID)),
                                      PG_TEXT(pg_result_text(stopping->rows, row, CONNECTED)),
                                      PG_TEXT(pg_result_text(stopping->rows, row, STARTED)),
                                      PG_TEXT(stopping->terminate ? "t" : "f")};

    return pg_catalog_query(stopping->pg, statement, values, COUNT_OF(values), ret_result, error);
}

/* A refusal is of this one, and is told beside it; without a connection all ends. */
static int signal_one(struct stopping *stopping, size_t row, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct error why = ERROR_INIT;
    int          r;

    if (!stopping->terminate && text_equal(pg_result_text(stopping->rows, row, STATE), "idle")) {
        stopping->results[row] = "it runs no statement";
        return 0;
    }
    r = ask_of(stopping, "activity_signal", row, &result, &why);
    if (r < 0 && why.sqlstate[0] != '\0' && r == ERR_SERVER) {
        stopping->refusals[row] = mem_printf("refused: %s", why.text);
        stopping->results[row] = stopping->refusals[row];
        r = 0;
    } else if (r < 0) {
        error_move(error, &why);
    } else if (pg_result_rows(result) == 0) {
        stopping->results[row] = "it had ended before";
    } else if (!text_equal(pg_result_text(result, 0, 0), "t")) {
        stopping->results[row] = "the server could not be asked for it: its log says why";
    }
    error_done(&why);
    return r;
}

static int look_at(struct stopping *stopping, size_t row, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = ask_of(stopping, "activity_still", row, &result, error);

    if (r >= 0 && pg_result_rows(result) == 0) {
        stopping->results[row] = stopping->terminate ? "terminated" : "cancelled";
        stopping->took_us[row] = monotonic_us() - stopping->began_us;
        stopping->stopped++;
    }
    return r;
}

static int wait_for_all(struct stopping *stopping, struct error *error)
{
    int64_t pause = LOOK_LEAST_US;

    for (;;) {
        size_t waiting = 0;
        bool   late = monotonic_us() - stopping->began_us > WAIT_US;
        int    r = 0;

        for (size_t i = 0; r >= 0 && i < pg_result_rows(stopping->rows); i++) {
            if (stopping->results[i] == NULL)
                r = look_at(stopping, i, error);
            if (r >= 0 && stopping->results[i] == NULL && late)
                stopping->results[i] = "asked, and still there after 5 seconds";
            waiting += stopping->results[i] == NULL;
        }
        if (r < 0 || waiting == 0)
            return r;
        r = task_sleep(pause);
        if (r < 0)
            return error_set(error, r, "%s", error_sentence(r));
        pause = pause * 2 < LOOK_MOST_US ? pause * 2 : LOOK_MOST_US;
    }
}

static int send_results(const struct stopping *stopping, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("pid:int user:text application:text since:timestamptz "
                                                           "query:text result:text took_ms:numeric");
    const struct pg_result *rows = stopping->rows;

    for (size_t i = 0; i < pg_result_rows(rows); i++) {
        char took[32];

        (void)snprintf(took, sizeof took, "%" PRId64 ".%" PRId64, stopping->took_us[i] / 1000,
                       stopping->took_us[i] / 100 % 10);
        table_add(table, pg_result_text(rows, i, PID), pg_result_text(rows, i, USER),
                  pg_result_text(rows, i, APPLICATION), pg_result_text(rows, i, SINCE), pg_result_text(rows, i, QUERY),
                  stopping->results[i], stopping->took_us[i] > 0 ? took : NULL);
    }
    return table_send(table, sink, error);
}

static int conclude(const struct stopping *stopping, struct error *error)
{
    size_t      count = pg_result_rows(stopping->rows), left = count - stopping->stopped;
    const char *verb = stopping->terminate ? "terminated" : "cancelled", *why = "";
    int         r = stopping->stopped > 0 ? ERR_PARTIAL : ERR_FAILED;
    bool        refused = false;

    for (size_t i = 0; i < count; i++) {
        refused |= stopping->refusals[i] != NULL;
        if (why[0] == '\0' && !text_equal(stopping->results[i], verb))
            why = stopping->results[i];
    }
    if (left == 0)
        return 0;
    (void)error_set(error, r, "%zu of %zu %s not %s: %s", left, count, count == 1 ? "was" : "were", verb, why);
    if (refused)
        error_hint(error, "a login may stop what runs under its own role; pg_signal_backend lets it stop others', but "
                          "no superuser's");
    else if (!stopping->terminate)
        error_hint(error, "'activity terminate' ends the whole session");
    return r;
}

int activity_stop(struct pg *pg, const struct activity_found *found, bool terminate, struct sink *sink,
                  struct error *error)
{
    size_t count = pg_result_rows(found->rows);
    struct stopping stopping = {.pg = pg,
                                .rows = found->rows,
                                .terminate = terminate,
                                .results = mem_alloc((count + 1) * sizeof *stopping.results),
                                .refusals = mem_alloc((count + 1) * sizeof *stopping.refusals),
                                .took_us = mem_alloc((count + 1) * sizeof *stopping.took_us),
                                .began_us = monotonic_us()};
    int r = 0;

    for (size_t i = 0; r >= 0 && i < count; i++)
        r = signal_one(&stopping, i, error);
    if (r >= 0)
        r = wait_for_all(&stopping, error);
    if (r >= 0)
        r = send_results(&stopping, sink, error);
    if (r >= 0)
        r = conclude(&stopping, error);
    for (size_t i = 0; i < count; i++)
        mem_free(stopping.refusals[i]);
    mem_free(stopping.refusals);
    mem_free(stopping.results);
    mem_free(stopping.took_us);
    return r;
}
