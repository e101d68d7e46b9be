/* Jobs, their logs, the queue and its workers as tables. */
#include <string.h>

#include "jobs_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

#define FOLLOW_US (US_PER_SECOND / 4)

static int table(struct pg *pg, const char *statement, const struct bound *bound, struct sink *sink,
                 struct error *error)
{
    return pg_catalog_table(pg, statement, bound != NULL ? bound->list : NULL, bound != NULL ? bound->count : 0, sink,
                            error);
}

static const char *const states[] = {"scheduled", "available", "running",  "retryable",
                                     "completed", "cancelled", "discarded"};

int jobs_check_state(const char *state, struct error *error)
{
    const char *near;

    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (text_equal(states[i], state))
            return 0;
    near = nearest_word(state, strlen(state), states, COUNT_OF(states));
    error_set(error, ERR_UNKNOWN, "unknown state '%s'", state);
    if (near != NULL)
        error_hint(error, "did you mean '%s'?", near);
    else
        error_hint(error, "states are scheduled, available, running, retryable, completed, cancelled, discarded");
    return ERR_UNKNOWN;
}

int jobs_list(struct pg *pg, const char *state, int64_t limit, struct sink *sink, struct error *error)
{
    struct bound bound = {0};
    bool         timescaledb = false;
    int          r = state != NULL ? jobs_check_state(state, error) : 0;

    bound_text(&bound, state);
    bound_some(&bound, limit);
    if (r >= 0)
        r = timescaledb_is_there(pg, &timescaledb, error);
    return r < 0 ? r : table(pg, timescaledb ? "timescaledb_jobs" : "jobs_list", &bound, sink, error);
}

int jobs_unknown(int64_t id, struct error *error)
{
    error_set(error, ERR_UNKNOWN, "there is no job %lld", (long long)id);
    error_hint(error, "'jobs' lists them");
    return ERR_UNKNOWN;
}

static int state_of(struct pg *pg, int64_t id, char **ret_state, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct bound bound = {0};
    int          r;

    bound_int(&bound, id);
    r = bound_run(pg, "jobs_live", &bound, &result, error);
    if (r < 0)
        return r;
    if (pg_result_rows(result) == 0)
        return jobs_unknown(id, error);
    *ret_state = mem_strdup(pg_result_text(result, 0, 0));
    return 0;
}

static int table_of_job(struct pg *pg, const char *statement, int64_t id, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *state = NULL;
    struct bound bound = {0};
    int          r = state_of(pg, id, &state, error);

    bound_int(&bound, id);
    return r < 0 ? r : table(pg, statement, &bound, sink, error);
}

int jobs_show(struct pg *pg, int64_t id, struct sink *sink, struct error *error)
{
    return id < 0 ? timescaledb_job_table(pg, "timescaledb_job_show", id, sink, error)
                  : table_of_job(pg, "jobs_show", id, sink, error);
}

int jobs_why(struct pg *pg, int64_t id, struct sink *sink, struct error *error)
{
    return id < 0 ? timescaledb_job_table(pg, "timescaledb_job_why", id, sink, error)
                  : table_of_job(pg, "jobs_why", id, sink, error);
}

/* -- a log, as it grows -------------------------------------------------------------------------------------------- */

#define LOG_COLUMNS 3                  /* the fourth is the number of the line */

struct following {
    struct sink *sink;
    bool         begun;
    int64_t      last;
};

static int on_columns(void *who, const struct data_column *columns, size_t count, struct error *error)
{
    struct following *this = who;

    (void)count;
    if (this->begun)
        return 0;
    this->begun = true;
    return sink_begin(this->sink, columns, LOG_COLUMNS, error);
}

static int on_row(void *who, const struct data_cell *cells, struct error *error)
{
    struct following *this = who;
    long long         number = 0;

    if (text_to_int64(cells[LOG_COLUMNS].text, cells[LOG_COLUMNS].length, &number) >= 0)
        this->last = number;
    return sink_row(this->sink, cells, error);
}

static int read_on(struct pg *pg, int64_t id, struct following *this, struct error *error)
{
    _cleanup_(mem_freep) char *sql = NULL;
    struct pg_stream stream = {.on_columns = on_columns, .on_row = on_row, .who = this};
    struct bound     bound = {0};
    int              r = pg_catalog_text("jobs_show_log", &sql, error);

    bound_int(&bound, id);
    bound_int(&bound, this->last);
    return r < 0 ? r : pg_stream(pg, sql, bound.list, bound.count, &stream, error);
}

static bool is_live(const char *state)
{
    return !text_equal(state, "completed") && !text_equal(state, "cancelled") && !text_equal(state, "discarded");
}

/* The state is read before the lines: those that came with the end are not missed. */
int jobs_show_log(struct pg *pg, int64_t id, bool follow, struct sink *sink, struct error *error)
{
    struct following this = {.sink = sink};
    bool             live = true;

    if (id < 0)
        return timescaledb_job_table(pg, "timescaledb_job_log", id, sink, error);
    while (live) {
        _cleanup_(mem_freep) char *state = NULL;
        int r = state_of(pg, id, &state, error);

        live = r >= 0 && follow && is_live(state);
        if (r >= 0)
            r = read_on(pg, id, &this, error);
        if (r >= 0 && live && (r = task_sleep(FOLLOW_US)) < 0)
            (void)error_set(error, r, "%s", error_sentence(r));
        if (r < 0)
            return r;
    }
    return sink_end(sink, NULL, error);
}

/* -- the queue ----------------------------------------------------------------------------------------------------- */

int jobs_pause(struct pg *pg, const char *source, const char *why, struct sink *sink, struct error *error)
{
    struct bound bound = {0};

    bound_text(&bound, source != NULL ? source : "*");
    bound_text(&bound, why);
    return table(pg, "jobs_pause", &bound, sink, error);
}

int jobs_is_paused(struct pg *pg, const char *source, bool *ret_paused, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct bound bound = {0};
    int          r;

    bound_text(&bound, source);
    r = bound_run(pg, "jobs_is_paused", &bound, &result, error);
    if (r >= 0)
        *ret_paused = text_equal(pg_result_text(result, 0, 0), "t");
    return r;
}

int jobs_resume(struct pg *pg, const char *source, struct sink *sink, struct error *error)
{
    struct bound bound = {0};

    bound_text(&bound, source != NULL ? source : "*");
    return table(pg, "jobs_resume", &bound, sink, error);
}

int jobs_limit(struct pg *pg, const char *source, int64_t most, struct sink *sink, struct error *error)
{
    struct bound bound = {0};

    bound_text(&bound, source);
    bound_int(&bound, most);
    return table(pg, "jobs_limit", &bound, sink, error);
}

int jobs_keep(struct pg *pg, const char *days, struct sink *sink, struct error *error)
{
    struct bound bound = {0};
    long long    number = 0;

    if (!text_equal(days, "off") && (text_to_int64(days, strlen(days), &number) < 0 || number < 1 || number > 36500))
        return error_set(error, ERR_USAGE, "jobs are kept for 1 to 36500 days, or 'off' for ever, not '%s'", days);
    bound_text(&bound, days);
    return table(pg, "jobs_keep", &bound, sink, error);
}

int jobs_show_queue(struct pg *pg, struct sink *sink, struct error *error)
{
    return table(pg, "jobs_queue", NULL, sink, error);
}

int jobs_list_workers(struct pg *pg, struct sink *sink, struct error *error)
{
    return table(pg, "jobs_workers", NULL, sink, error);
}
