/*
 * The upkeep of what lies on disk. What differs between the storage engines is behind functions of the same names, which
 * the migrations make (0008 to 0010); here it is only called, in the right order:
 *
 * partitions first, since retention drops whole ones; then the hours that loads touched, while their facts are there;
 * then retention; then the order of rows. Each step has transactions of its own, one for each partition where it makes
 * them or puts them in order, so that one that finds somebody in its way is left for the next run and the others are
 * done.
 */
#include <inttypes.h>
#include <stdio.h>

#include "migrate_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

#define HOURS_AT_ONCE "1000"
#define DAYS_MOST 36500
#define LOCK_WAIT (5 * US_PER_SECOND)         /* for those who stand in the way of a step */

static int ask(struct pg *pg, const char *name, const struct pg_value *values, size_t count, struct pg_result **ret_result, struct error *error)
{
    return storage_explain(pg_catalog_query(pg, name, values, count, ret_result, error), error);
}

static int ask_number(struct pg *pg, const char *name, const struct pg_value *values, size_t count, long long *ret_number, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int                                          r = ask(pg, name, values, count, &result, error);

    if (r >= 0)
        *ret_number = pg_result_int(result, 0, 0);
    return r;
}

/* -- storage ----------------------------------------------------------------------------------------------------------------- */

static void say_state(const struct pg_result *state, struct sink *sink)
{
    const char *engine = pg_result_text(state, 0, 0), *reason = pg_result_text(state, 0, 1), *days = pg_result_text(state, 0, 2);

    sink_text(sink, "storage engine: %s (%s)", engine != NULL ? engine : "not recorded", reason != NULL ? reason : "no reason was noted");
    if (days == NULL || text_equal(days, "off"))
        sink_text(sink, "retention: off, nothing is dropped");
    else
        sink_text(sink, "retention: detailed data is kept for %s days", days);
}

int storage_show(struct pg *pg, struct sink *sink, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *state = NULL, *rows = NULL;
    _cleanup_(table_freep) struct table *table =
        table_new("relation:text engine:text partitions:int rows:int bytes:int compressed_bytes:int oldest:timestamptz newest:timestamptz upkeep:text reason:text");
    bool begun = false;
    int  r = storage_look_begin(pg, &begun, error);

    if (r >= 0)
        r = ask(pg, "storage_state", NULL, 0, &state, error);
    if (r >= 0)
        r = ask(pg, "storage_show", NULL, 0, &rows, error);
    storage_look_end(pg, begun);
    if (r < 0)
        return r;
    table_column_mutable(table, 3)->format = FORMAT_NUMBER;
    table_column_mutable(table, 4)->format = FORMAT_BYTES;
    table_column_mutable(table, 5)->format = FORMAT_BYTES;
    for (size_t i = 0; i < pg_result_rows(rows); i++)
        table_add(table, pg_result_text(rows, i, 0), pg_result_text(state, 0, 0), pg_result_text(rows, i, 1), pg_result_text(rows, i, 2),
                  pg_result_text(rows, i, 3), pg_result_text(rows, i, 4), pg_result_text(rows, i, 5), pg_result_text(rows, i, 6),
                  pg_result_text(rows, i, 7), pg_result_text(state, 0, 1));
    r = table_send(table, sink, error);
    if (r >= 0)
        say_state(state, sink);
    return r;
}

/* -- hours --------------------------------------------------------------------------------------------------------------------- */

static int refresh_by_function(struct pg *pg, const char *mark, long long *ret_hours, struct error *error)
{
    long long done = 0, hours;

    for (;;) {
        _cleanup_(pg_result_freep) struct pg_result *left = NULL;
        int r = ask_number(pg, "storage_hours", &PG_TEXT(HOURS_AT_ONCE), 1, &hours, error);

        if (r < 0)
            return r;
        done += hours;
        r = ask(pg, "storage_hours_left", &PG_TEXT(mark), 1, &left, error);
        if (r < 0)
            return r;
        if (!text_equal(pg_result_text(left, 0, 0), "t"))
            break;
    }
    *ret_hours = done;
    return 0;
}

static int refresh_by_range(struct pg *pg, const char *mark, long long *ret_hours, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *ranges = NULL;
    long long                                    done = 0;
    int                                          r = ask(pg, "storage_ranges", NULL, 0, &ranges, error);

    for (size_t i = 0; r >= 0 && i < pg_result_rows(ranges); i++) {
        struct pg_value bounds[] = {PG_TEXT(pg_result_text(ranges, i, 0)), PG_TEXT(pg_result_text(ranges, i, 1))};

        r = ask(pg, "storage_refresh_range", bounds, COUNT_OF(bounds), NULL, error);
        done += pg_result_int(ranges, i, 2);
    }
    if (r >= 0)
        r = ask(pg, "storage_forget_hours", &PG_TEXT(mark), 1, NULL, error);
    if (r >= 0)
        *ret_hours = done;
    return r;
}

/* What loads touch from now on is not waited for: it has a number past the mark. */
int storage_refresh_hours(struct pg *pg, long long *ret_hours, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *touched = NULL;
    const char                                  *mark;
    long long                                    hours = 0;
    int                                          r = ask(pg, "storage_touched", NULL, 0, &touched, error);

    if (r < 0)
        return r;
    mark = pg_result_text(touched, 0, 0);
    if (mark != NULL)
        r = text_equal(pg_result_text(touched, 0, 1), "t") ? refresh_by_range(pg, mark, &hours, error) : refresh_by_function(pg, mark, &hours, error);
    if (r >= 0 && ret_hours != NULL)
        *ret_hours = hours;
    return r;
}

/* -- retention ------------------------------------------------------------------------------------------------------------------ */

static int retain(struct pg *pg, const char *days, bool only_count, long long *ret_rows, struct error *error)
{
    struct pg_value values[] = {PG_TEXT(days), PG_TEXT(only_count ? "true" : "false")};

    return ask_number(pg, "storage_retain", values, COUNT_OF(values), ret_rows, error);
}

static int check_days(int days, struct error *error)
{
    return days >= 0 && days <= DAYS_MOST ? 0 : error_set(error, ERR_USAGE, "a retention of %d days: it is 1 to %d, or off", days, DAYS_MOST);
}

int storage_count_past(struct pg *pg, int days, long long *ret_rows, struct error *error)
{
    char      text[16];
    long long rows = 0;
    int       r = check_days(days, error);

    (void)snprintf(text, sizeof text, "%d", days);
    if (r >= 0 && days > 0)
        r = retain(pg, text, true, &rows, error);
    if (r >= 0)
        *ret_rows = rows;
    return r;
}

int storage_set_retention(struct pg *pg, int days, struct error *error)
{
    char text[16] = "off";
    int  r = check_days(days, error);

    if (days > 0)
        (void)snprintf(text, sizeof text, "%d", days);
    return r < 0 ? r : ask(pg, "storage_set_retention", &PG_TEXT(text), 1, NULL, error);
}

/* -- maintain --------------------------------------------------------------------------------------------------------------------- */

/* A step says in `ret_result` what it did; caller frees. One that met somebody in its way is run again: what it has
 * done by then stays, and is counted in `done`. */
typedef int step_run(struct pg *pg, long long *done, char **ret_result, struct error *error);

/* Calls a statement until it has nothing more to do: it names what it did, or NULL. */
static int one_by_one(struct pg *pg, const char *statement, long long *done, struct error *error)
{
    for (;; ++*done) {
        _cleanup_(pg_result_freep) struct pg_result *result = NULL;
        int r = ask(pg, statement, NULL, 0, &result, error);

        if (r < 0 || pg_result_text(result, 0, 0) == NULL)
            return r;
    }
}

static int step_partitions(struct pg *pg, long long *done, char **ret_result, struct error *error)
{
    int r = one_by_one(pg, "storage_keep", done, error);

    if (r >= 0)
        *ret_result = mem_printf("%lld partitions made", *done);
    return r;
}

static int step_hours(struct pg *pg, long long *done, char **ret_result, struct error *error)
{
    long long hours;
    int       r = storage_refresh_hours(pg, &hours, error);

    (void)done;
    if (r >= 0)
        *ret_result = mem_printf("%lld hours computed anew", hours);
    return r;
}

static int step_retention(struct pg *pg, long long *done, char **ret_result, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *state = NULL;
    const char                                  *days;
    long long                                    rows;
    int                                          r = ask(pg, "storage_state", NULL, 0, &state, error);

    (void)done;
    if (r < 0)
        return r;
    days = pg_result_text(state, 0, 2);
    if (days == NULL || text_equal(days, "off")) {
        *ret_result = mem_strdup("off");
        return 0;
    }
    r = retain(pg, days, false, &rows, error);
    if (r >= 0)
        *ret_result = mem_printf("%lld rows older than %s days dropped", rows, days);
    return r;
}

static int step_cluster(struct pg *pg, long long *done, char **ret_result, struct error *error)
{
    int r = one_by_one(pg, "storage_cluster", done, error);

    if (r >= 0)
        *ret_result = mem_printf("%lld partitions put in order", *done);
    return r;
}

static const struct {
    const char *name;
    step_run   *run;
} steps[] = {
    {"partitions", step_partitions},
    {"hours", step_hours},
    {"retention", step_retention},
    {"cluster", step_cluster},
};

/* Who stands in the way is given a while. 0 and no result: they still do. */
static int run_step(struct pg *pg, step_run *run, char **ret_result, struct error *error)
{
    int64_t   deadline = monotonic_us() + LOCK_WAIT;
    long long done = 0;

    for (size_t attempt = 0;; attempt++) {
        struct error trouble = ERROR_INIT;
        int          r = run(pg, &done, ret_result, &trouble);
        bool         again = r < 0 && run_may_try_again(&trouble);

        if (r < 0 && !again && error != NULL && error->code == 0)
            error_move(error, &trouble);
        error_done(&trouble);
        if (!again)
            return r;
        r = migrate_pause(attempt, deadline);
        if (r == ERR_CONFLICT)
            return 0;
        if (r < 0)
            return error_set(error, r, "%s", error_sentence(r));
    }
}

int storage_check_step(const char *only, struct error *error)
{
    if (only == NULL)
        return 0;
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        if (text_equal(only, steps[i].name))
            return 0;
    error_set(error, ERR_UNKNOWN, "no step '%s'", only);
    error_hint(error, "one of: partitions, hours, retention, cluster");
    return ERR_UNKNOWN;
}

int storage_maintain(struct pg *pg, const char *only, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("step:text result:text duration_ms:int");
    size_t                               left = 0;
    int                                  r = storage_check_step(only, error);

    for (size_t i = 0; r >= 0 && i < COUNT_OF(steps); i++) {
        _cleanup_(mem_freep) char *result = NULL, *duration = NULL;
        int64_t                    began = monotonic_us();

        if (only != NULL && !text_equal(only, steps[i].name))
            continue;
        sink_progress(sink, steps[i].name, i, COUNT_OF(steps), "steps");
        r = run_step(pg, steps[i].run, &result, error);
        duration = mem_printf("%" PRId64, (monotonic_us() - began) / 1000);
        left += r >= 0 && result == NULL;
        if (r >= 0)
            table_add(table, steps[i].name, result != NULL ? result : "left for the next run: somebody holds the table", duration);
    }
    sink_progress_end(sink);
    if (r >= 0)
        r = table_send(table, sink, error);
    if (r >= 0 && left > 0) {
        r = error_set(error, ERR_PARTIAL, "%zu of %zu steps were left for the next run: others hold their tables", left,
                      only != NULL ? 1 : COUNT_OF(steps));
        error_hint(error, "run it again when they have ended");
    }
    return r;
}
