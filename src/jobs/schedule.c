/*
 * Schedules: rows of ops.schedules, turned into jobs by the leader. Invariant: `next_run` is moved on and the jobs are
 * put in one transaction that finds it as it was read, so that two leaders in the moment of a change put them once.
 */
#include <string.h>

#include "jobs_int.h"
#include "ytempire/base/log.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define ON_TIME_US US_PER_MINUTE       /* a run that is later was missed */
#define MISSED_MOST 1000
#define AGAIN_US US_PER_MINUTE         /* after the server has refused it */
#define PUT_BACK_US (3 * US_PER_HOUR)  /* a clock that goes back by less has its runs once, as cron has it */

static const char *const policies[] = {"skip", "once", "all"};

/* -- what is due --------------------------------------------------------------------------------------------------- */

/* The first run to be counted: of a long time, as a backup leaves it, only so much of the end that `most` of them are in
 * it. */
static int64_t begin_at(const struct schedule *schedule, int64_t now, size_t most)
{
    for (int64_t back = US_PER_HOUR; back < now - schedule->next_run; back *= 4) {
        int64_t at = now - back, first = 0;
        size_t  count = 0;

        /* no further than `now`: of a rare run the last of so many is millennia ahead */
        for (; count < most && cron_next(schedule->cron, schedule->zone, at, 1, &at, NULL) >= 0 && at <= now; count++)
            first = count == 0 ? at : first;
        if (count == most)
            return first;
    }
    return schedule->next_run;
}

size_t schedule_due(const struct schedule *schedule, int64_t now, int64_t *ret_times, int64_t *ret_next)
{
    size_t  most = text_equal(schedule->missed, "all") ? schedule->missed_most : 1, count = 0;
    int64_t at, times[MISSED_MOST];

    most = most > MISSED_MOST ? MISSED_MOST : most < 1 ? 1 : most;
    *ret_next = INT64_MAX;
    if (schedule->next_run == INT64_MIN) {             /* new, or resumed: nothing was missed */
        if (cron_next(schedule->cron, schedule->zone, now, 1, ret_next, NULL) < 0)
            *ret_next = INT64_MAX;
        return 0;
    }
    at = begin_at(schedule, now, most);
    while (at <= now) {
        times[count++ % most] = at;                    /* the last ones stay */
        if (cron_next(schedule->cron, schedule->zone, at, 1, &at, NULL) < 0) {
            at = INT64_MAX;
            break;
        }
    }
    *ret_next = at;
    if (count == 0 || (text_equal(schedule->missed, "skip") && now - times[(count - 1) % most] > ON_TIME_US))
        return 0;
    for (size_t kept = count < most ? count : most, i = 0; i < kept; i++)
        ret_times[i] = times[(count - kept + i) % most];
    return count < most ? count : most;
}

/* -- the leader ---------------------------------------------------------------------------------------------------- */

static const char *stamp(int64_t instant, char text[static TIME_TEXT_SIZE])
{
    return instant == INT64_MAX || instant == INT64_MIN ? NULL : instant_to_text(instant, text);
}

static int put_due(struct pg *pg, const struct schedule *schedule, int64_t now, int64_t *ret_next, size_t *ret_put,
                   struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    _cleanup_(str_done) struct str list = STR_INIT;
    char         expected[TIME_TEXT_SIZE], next[TIME_TEXT_SIZE], text[TIME_TEXT_SIZE];
    int64_t      times[MISSED_MOST];
    size_t       count = schedule_due(schedule, now, times, ret_next);
    struct bound bound = {0};
    int          r;

    array_open(&list);
    for (size_t i = 0; i < count; i++)
        array_add_text(&list, instant_to_text(times[i], text));
    array_close(&list);
    bound_text(&bound, schedule->name);
    bound_text(&bound, stamp(schedule->next_run, expected));
    bound_text(&bound, stamp(*ret_next, next));
    bound_text(&bound, str_text(&list));
    r = bound_run(pg, "schedules_put", &bound, &result, error);
    if (r >= 0)
        *ret_put += (size_t)pg_result_int(result, 0, 0);
    return r;
}

/* A next run that lies behind the one that the clock leads to was found by a clock that has been put back since: it would
 * not come for as long. */
static int move_back(struct pg *pg, const struct schedule *schedule, int64_t next, int64_t *ret_next,
                     struct error *error)
{
    char         expected[TIME_TEXT_SIZE], text[TIME_TEXT_SIZE];
    struct bound bound = {0};

    bound_text(&bound, schedule->name);
    bound_text(&bound, stamp(schedule->next_run, expected));
    bound_text(&bound, stamp(next, text));
    bound_text(&bound, "{}");
    *ret_next = next;
    return bound_run(pg, "schedules_put", &bound, NULL, error);
}

/* One that cannot be read (written by another program) is left alone and told. */
static int tick_one(struct pg *pg, const struct pg_result *list, size_t row, int64_t now, int64_t *ret_next,
                    size_t *ret_put, struct error *error)
{
    struct schedule schedule = {
        .name = pg_result_text(list, row, 0),
        .cron = pg_result_text(list, row, 1),
        .missed = pg_result_text(list, row, 3),
        .missed_most = (size_t)pg_result_int(list, row, 4),
        .next_run = pg_result_text(list, row, 5) != NULL ? pg_result_int(list, row, 5) : INT64_MIN,
    };
    int64_t next;

    if (zone_find(pg_result_text(list, row, 2), &schedule.zone) < 0 ||
        cron_next(schedule.cron, schedule.zone, now, 1, &next, NULL) < 0) {
        *ret_next = INT64_MAX;
        return 0;
    }
    if (schedule.next_run > now && schedule.next_run - next > PUT_BACK_US)
        return move_back(pg, &schedule, next, ret_next, error);
    *ret_next = schedule.next_run;
    return schedule.next_run > now ? 0 : put_due(pg, &schedule, now, ret_next, ret_put, error);
}

/* What the server refuses of one is told, and is no reason to stop: the others, and all jobs, wait for the leader. */
static int pass_over(const char *name, int64_t now, int code, struct error *found, int64_t *ret_next,
                     struct error *error)
{
    if (code == ERR_CONNECT || code == ERR_INTERRUPTED) {
        if (error != NULL)
            error_move(error, found);
        return code;
    }
    log_write(LOG_ERROR, "jobs", "the schedule '%s' cannot be kept: %s", name, found->text);
    *ret_next = now + AGAIN_US;
    return 0;
}

int schedules_tick(struct pg *pg, int64_t held, int64_t *ret_wait_us, size_t *ret_put, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *list = NULL;
    int64_t wait = INT64_MAX;
    int     r = bound_run(pg, "schedules_enabled", NULL, &list, error);

    *ret_put = 0;
    for (size_t row = 0; r >= 0 && row < pg_result_rows(list); row++) {
        int64_t      now = held != 0 ? held : pg_result_int(list, row, 6), next = INT64_MAX;
        struct error found = ERROR_INIT;

        r = tick_one(pg, list, row, now, &next, ret_put, &found);
        if (r < 0)
            r = pass_over(pg_result_text(list, row, 0), now, r, &found, &next, error);
        error_done(&found);
        if (r >= 0 && next != INT64_MAX && next - now < wait)
            wait = next - now;
    }
    *ret_wait_us = wait;
    return r;
}

/* -- by hand ------------------------------------------------------------------------------------------------------- */

int schedules_list(struct pg *pg, struct sink *sink, struct error *error)
{
    bool timescaledb = false;
    int  r = timescaledb_is_there(pg, &timescaledb, error);

    return r < 0 ? r
                 : pg_catalog_table(pg, timescaledb ? "timescaledb_schedules" : "schedules_list", NULL, 0, sink, error);
}

/* By the server's clock, as the leader goes by it: this machine's may be another. */
static int find_first_run(struct pg *pg, const struct schedule_request *request, const struct zone *zone,
                          int64_t *ret_next, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = bound_run(pg, "schedules_now", NULL, &result, error);

    return r < 0 ? r : cron_next(request->cron, zone, pg_result_int(result, 0, 0), 1, ret_next, error);
}

static int check(const struct schedule_request *request, const struct zone **ret_zone, struct error *error)
{
    const char *missed = request->missed != NULL ? request->missed : "once", *near;

    *ret_zone = zone_utc();
    if (request->zone != NULL && zone_find(request->zone, ret_zone) < 0) {
        error_set(error, ERR_UNKNOWN, "unknown time zone '%s'", request->zone);
        error_hint(error, "as in 'America/Los_Angeles'; without one it is UTC");
        return ERR_UNKNOWN;
    }
    near = nearest_word(missed, strlen(missed), policies, COUNT_OF(policies));
    if (!text_equal(missed, policies[0]) && !text_equal(missed, policies[1]) && !text_equal(missed, policies[2])) {
        error_set(error, ERR_UNKNOWN, "unknown policy '%s' for missed runs", missed);
        error_hint(error, near != NULL ? "did you mean '%s'?" : "%s", near != NULL ? near : "it is skip, once or all");
        return ERR_UNKNOWN;
    }
    return 0;
}

int schedule_add(struct pg *pg, const struct schedule_request *request, struct sink *sink, struct error *error)
{
    const struct zone *zone;
    struct error       found = ERROR_INIT;
    struct bound       bound = {0};
    char               next[TIME_TEXT_SIZE];
    int64_t            at = 0;
    int                r = check(request, &zone, error);

    if (r >= 0)
        r = find_first_run(pg, request, zone, &at, error);
    if (r < 0)
        return r;
    bound_text(&bound, request->name);
    bound_text(&bound, request->cron);
    bound_text(&bound, zone_name(zone));
    bound_text(&bound, request->command);
    bound_text(&bound, request->missed != NULL ? request->missed : "once");
    bound_text(&bound, request->kind);
    bound_text(&bound, request->source);
    bound_text(&bound, instant_to_text(at, next));
    r = pg_catalog_table(pg, "schedules_add", bound.list, bound.count, sink, &found);
    if (r < 0 && text_equal(found.sqlstate, "23505")) {
        r = error_set(error, ERR_CONFLICT, "there is a schedule '%s' already", request->name);
        error_hint(error, "'schedule remove %s' takes it away", request->name);
    } else if (r < 0 && error != NULL) {
        error_move(error, &found);
    }
    error_done(&found);
    return r;
}

static int check_name(struct pg *pg, const char *name, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char  *names[100], *near;
    size_t       count = 0;
    int          r = bound_run(pg, "schedules_names", NULL, &result, error);

    for (size_t i = 0; r >= 0 && i < pg_result_rows(result); i++) {
        if (text_equal(pg_result_text(result, i, 0), name))
            return 0;
        if (count < COUNT_OF(names))
            names[count++] = pg_result_text(result, i, 0);
    }
    if (r < 0)
        return r;
    near = nearest_word(name, strlen(name), names, count);
    error_set(error, ERR_UNKNOWN, "there is no schedule '%s'", name);
    if (near != NULL)
        error_hint(error, "did you mean '%s'?", near);
    else
        error_hint(error, "'schedules' lists them");
    return ERR_UNKNOWN;
}

static int act(struct pg *pg, const char *statement, const char *name, const char *how, struct sink *sink,
               struct error *error)
{
    struct bound bound = {0};
    int          r = check_name(pg, name, error);

    bound_text(&bound, name);
    if (how != NULL)
        bound_text(&bound, how);
    return r < 0 ? r : pg_catalog_table(pg, statement, bound.list, bound.count, sink, error);
}

int schedule_set_enabled(struct pg *pg, const char *name, bool enabled, struct sink *sink, struct error *error)
{
    int64_t number;

    if (timescaledb_number_of(name, &number))
        return timescaledb_set_enabled(pg, number, enabled, sink, error);
    return act(pg, "schedules_enable", name, enabled ? "t" : "f", sink, error);
}

int schedule_remove(struct pg *pg, const char *name, struct sink *sink, struct error *error)
{
    return act(pg, "schedules_remove", name, NULL, sink, error);
}

int schedule_run(struct pg *pg, const char *name, struct sink *sink, struct error *error)
{
    int64_t number;

    if (timescaledb_number_of(name, &number))
        return timescaledb_run(pg, number, sink, error);
    return act(pg, "schedules_run", name, NULL, sink, error);
}

#define PREVIEW_MOST 1000

int schedule_next(struct pg *pg, const char *name, size_t count, struct sink *sink, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    _cleanup_(table_freep) struct table *table = table_new("name:text run_at:timestamptz local_time:text");
    const struct zone *zone = zone_utc();
    struct bound       bound = {0};
    int64_t            times[PREVIEW_MOST];
    int                r = check_name(pg, name, error);

    bound_text(&bound, name);
    if (r >= 0)
        r = bound_run(pg, "schedules_one", &bound, &result, error);
    if (r < 0)
        return r;
    if (zone_find(pg_result_text(result, 0, 1), &zone) < 0)
        return error_set(error, ERR_UNKNOWN, "unknown time zone '%s'", pg_result_text(result, 0, 1));
    count = count > PREVIEW_MOST ? PREVIEW_MOST : count;
    r = cron_next(pg_result_text(result, 0, 0), zone, pg_result_int(result, 0, 2), count, times, error);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        char text[TIME_TEXT_SIZE], local[TIME_TEXT_SIZE];

        table_add(table, name, instant_to_text(times[i], text), instant_to_text_in(times[i], zone, local));
    }
    return r < 0 ? r : table_send(table, sink, error);
}
