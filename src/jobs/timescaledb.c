/*
 * TimescaleDB's own jobs, among ours where the extension is there. The queue's ids are positive numbers, so in lists of
 * jobs one of these has the negative of its number, as its last run; among the schedules it is "ts:NUMBER". It is run,
 * paused and resumed there; it belongs to the extension, so it is not removed, and its own workers retry it.
 */
#include <string.h>

#include "jobs_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

#define PREFIX "ts:"

int timescaledb_is_there(struct pg *pg, bool *ret_there, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = bound_run(pg, "timescaledb_is_there", &(struct bound){0}, &result, error);

    if (r >= 0)
        *ret_there = text_equal(pg_result_text(result, 0, 0), "t");
    return r;
}

static int refuse(int64_t number, struct error *error)
{
    error_set(error, ERR_UNKNOWN, "TimescaleDB has no job %lld here", (long long)number);
    error_hint(error, "'jobs' and 'schedules' list them");
    return ERR_UNKNOWN;
}

static int check(struct pg *pg, int64_t number, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct bound bound = {0};
    bool         there = false;
    int          r = timescaledb_is_there(pg, &there, error);

    if (r >= 0 && (!there || number > INT32_MAX))
        return refuse(number, error);
    bound_int(&bound, number);
    if (r >= 0)
        r = bound_run(pg, "timescaledb_job_is_there", &bound, &result, error);
    return r >= 0 && !text_equal(pg_result_text(result, 0, 0), "t") ? refuse(number, error) : r;
}

int timescaledb_job_table(struct pg *pg, const char *statement, int64_t id, struct sink *sink, struct error *error)
{
    struct bound bound = {0};
    int          r = check(pg, -id, error);

    bound_int(&bound, -id);
    return r < 0 ? r : pg_catalog_table(pg, statement, bound.list, bound.count, sink, error);
}

int timescaledb_refuse(int64_t id, const char *verb, struct error *error)
{
    error_set(error, ERR_USAGE, "job %lld is TimescaleDB's own: the queue cannot %s it", (long long)id, verb);
    error_hint(error,
               "'schedule run " PREFIX "%lld' runs it, 'schedule pause " PREFIX "%lld' stops it at its next time",
               (long long)-id, (long long)-id);
    return ERR_USAGE;
}

bool timescaledb_number_of(const char *name, int64_t *ret_number)
{
    long long number;

    if (!text_starts(name, PREFIX) ||
        text_to_int64(name + strlen(PREFIX), strlen(name) - strlen(PREFIX), &number) < 0 || number < 1)
        return false;
    *ret_number = number;
    return true;
}

int job_id_of(const char *text, int64_t *ret_id)
{
    long long id;
    int64_t   number;

    if (timescaledb_number_of(text, &number)) {
        *ret_id = -number;
        return 0;
    }
    if (text_to_int64(text, strlen(text), &id) < 0 || id < -INT32_MAX)
        return ERR_USAGE;
    *ret_id = id;
    return 0;
}

int timescaledb_set_enabled(struct pg *pg, int64_t number, bool enabled, struct sink *sink, struct error *error)
{
    struct bound bound = {0};
    int          r = check(pg, number, error);

    bound_int(&bound, number);
    bound_text(&bound, enabled ? "t" : "f");
    return r < 0 ? r : pg_catalog_table(pg, "timescaledb_job_enable", bound.list, bound.count, sink, error);
}

/* In this session, to its end: TimescaleDB has no list to put it on. */
int timescaledb_run(struct pg *pg, int64_t number, struct sink *sink, struct error *error)
{
    struct bound bound = {0};
    int          r = check(pg, number, error);

    bound_int(&bound, number);
    if (r >= 0)
        r = bound_run(pg, "timescaledb_job_run", &bound, NULL, error);
    return r < 0 ? r : timescaledb_job_table(pg, "timescaledb_job_ran", -number, sink, error);
}
