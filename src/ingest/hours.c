/* The hourly table, after a load: the hours that it touched. */
#include <inttypes.h>

#include "ingest_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

#define HELD_WAIT (60 * US_PER_SECOND)
#define HELD_PAUSE (US_PER_SECOND / 5)

/* Shows that it goes on, and that the job is still ours. */
static int note_hours(struct ingest *ingest, uint64_t done, struct error *error)
{
    sink_progress(ingest->sink, "hourly table", done, 0, "hours");
    return job_note(ingest->pgs[0], ingest->job, NULL, error);
}

static int refresh_by_function(struct ingest *ingest, struct error *error)
{
    long long hours = 1;
    uint64_t  done = 0;
    int       r = 0;

    while (r >= 0 && hours > 0) {
        _cleanup_(pg_result_freep) struct pg_result *result = NULL;

        r = ingest_write(ingest, "ingest_refresh_hours", NULL, &result, error);
        hours = r >= 0 ? pg_result_int(result, 0, 0) : 0;
        done += (uint64_t)hours;
        if (r >= 0 && hours > 0)
            r = note_hours(ingest, done, error);
    }
    return r;
}

/* TimescaleDB refuses a range that somebody else, as its own policy, is at: that one is given a while. */
static int refresh_range(struct pg *pg, const struct pg_result *ranges, size_t row, struct error *error)
{
    int64_t deadline = monotonic_us() + HELD_WAIT;

    for (;;) {
        struct error  trouble = ERROR_INIT;
        struct values bounds = {0};
        int           r;

        value_text(&bounds, pg_result_text(ranges, row, 0));
        value_text(&bounds, pg_result_text(ranges, row, 1));
        r = values_run(pg, "storage_refresh_range", &bounds, NULL, &trouble);
        if (r < 0 && text_equal(trouble.sqlstate, "55P03") && monotonic_us() < deadline) {
            error_done(&trouble);
            r = task_sleep(HELD_PAUSE);
            if (r >= 0)
                continue;
            return error_set(error, r, "%s", error_sentence(r));
        }
        if (r < 0)
            error_move(error, &trouble);
        error_done(&trouble);
        return r;
    }
}

static int refresh_by_range(struct ingest *ingest, const char *mark, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *ranges = NULL;
    struct pg    *pg = ingest->pgs[0];
    struct values values = {0};
    uint64_t      done = 0;
    int           r = values_run(pg, "storage_ranges", NULL, &ranges, error);

    for (size_t i = 0; r >= 0 && i < pg_result_rows(ranges); i++) {
        r = refresh_range(pg, ranges, i, error);
        done += (uint64_t)pg_result_int(ranges, i, 2);
        if (r >= 0)
            r = note_hours(ingest, done, error);
    }
    value_text(&values, mark);
    return r < 0 ? r : ingest_write(ingest, "storage_forget_hours", &values, NULL, error);
}

/* By the functions of the storage engine, as upkeep does it (migrate/storage.c). */
int ingest_refresh_hours(struct ingest *ingest, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *touched = NULL;
    int r = values_run(ingest->pgs[0], "storage_touched", NULL, &touched, error);

    if (r < 0 || pg_result_text(touched, 0, 0) == NULL)
        return r;
    return text_equal(pg_result_text(touched, 0, 1), "t") ? refresh_by_range(ingest, pg_result_text(touched, 0, 0), error)
                                                         : refresh_by_function(ingest, error);
}
