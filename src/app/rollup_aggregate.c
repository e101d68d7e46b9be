/*
 * A rollup that TimescaleDB keeps as a continuous aggregate: made, filled and brought up to date, each refresh a
 * transaction of the server's own.
 *
 * Invariant: the watermark moves, and notes of loads go, only after the refresh that covers them. Nobody reads buckets
 * past the watermark or touched ones from the aggregate, so what a refresh has half done is in no answer. It has no
 * policy, and it is never read in real time: both would say what the watermark does not.
 */
#include <string.h>

#include "rollup_refresh.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

#define HELD_WAIT (60 * US_PER_SECOND)
#define HELD_PAUSE (US_PER_SECOND / 5)

static int ask_is(struct refresh *this, const char *sql, bool *ret_is, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = pg_query(this->work->pg, sql, NULL, 0, &result, error);

    if (r >= 0)
        *ret_is = pg_result_rows(result) > 0 && text_equal(pg_result_text(result, 0, 0), "t");
    return r;
}

int rollup_drop_relation(struct rollup_work *work, const char *relation, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = pg_query(work->pg, "SELECT relkind = 'v' FROM pg_class WHERE oid = to_regclass($1)", &PG_TEXT(relation), 1,
                     &result, error);

    if (r < 0 || pg_result_rows(result) == 0)
        return r;
    return pg_script(work->pg,
                     arena_printf(work->arena, "DROP %s %s",
                                  text_equal(pg_result_text(result, 0, 0), "t") ? "MATERIALIZED VIEW" : "TABLE",
                                  relation),
                     error);
}

/* -- one range ----------------------------------------------------------------------------------------------------- */

/* The server refuses or gives up where another refresh stands in its way: that one is given a while. */
static bool is_held(const struct error *error)
{
    return text_equal(error->sqlstate, "55P03") || text_equal(error->sqlstate, "40P01") ||
           text_equal(error->sqlstate, "40001");
}

/* All of it, whatever the server thinks has changed: a refresh that was broken off may have told it that nothing has.
 */
static int refresh_range(struct refresh *this, const char *relation, const char *from, const char *to,
                         struct error *error)
{
    const char *sql = arena_printf(this->work->arena, "CALL public.refresh_continuous_aggregate('%s', $1::timestamptz,"
                                                      " $2::timestamptz, force => true)", relation);
    struct pg_value values[] = {PG_TEXT(from), PG_TEXT(to)};
    int64_t         deadline = monotonic_us() + HELD_WAIT;

    for (;;) {
        struct error why = ERROR_INIT;
        int          r = pg_query(this->work->pg, sql, values, 2, NULL, &why);
        bool         again = r < 0 && is_held(&why) && monotonic_us() < deadline;

        if (r < 0 && !again)
            error_move(error, &why);
        error_done(&why);
        if (!again)
            return r;
        r = task_sleep(HELD_PAUSE);
        if (r < 0)
            return error_set(error, r, "%s", error_sentence(r));
    }
}

static int count_rows(struct refresh *this, const struct span *span, long long *ret_rows, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct pg_value values[] = {PG_TEXT(refresh_stamp(this, span->from)), PG_TEXT(refresh_stamp(this, span->to))};
    const char *sql = arena_printf(this->work->arena, "SELECT count(*) FROM %s WHERE %s >= $1 AND %s < $2",
                                   this->rollup.relation, this->rollup.time_column, this->rollup.time_column);
    int         r = pg_query(this->work->pg, sql, values, 2, &result, error);

    if (r >= 0)
        *ret_rows = pg_result_int(result, 0, 0);
    return r;
}

static int update_span(struct refresh *this, const struct span *span, struct error *error)
{
    long long before = 0, after = 0;
    int       r = count_rows(this, span, &before, error);

    if (r >= 0)
        r = refresh_range(this, this->rollup.relation, refresh_stamp(this, span->from), refresh_stamp(this, span->to),
                          error);
    if (r >= 0)
        r = count_rows(this, span, &after, error);
    if (r < 0)
        return r;
    for (int64_t bucket = span->from; bucket < span->to; bucket = refresh_bucket_after(this, bucket))
        this->buckets++;
    this->rows += after - before;
    return 0;
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

static int forget_notes(struct refresh *this, struct error *error)
{
    return rollup_run(this->work,
                      "DELETE FROM ops.rollup_touched WHERE cube = $1 AND name = $2 AND id = ANY ($3::bigint[])",
                      this->noted, NULL, error);
}

static int note_ready(struct refresh *this, struct error *error)
{
    return refresh_note_ready(this, arena_printf(this->work->arena, "(SELECT count(*) FROM %s)", this->rollup.relation),
                              error);
}

int aggregate_update(struct refresh *this, const struct spans *spans, struct error *error)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < spans->count; i++)
        r = update_span(this, &spans->items[i], error);
    if (r >= 0)
        r = pg_script(this->work->pg, "BEGIN", error);
    if (r >= 0)
        r = forget_notes(this, error);
    if (r >= 0)
        r = note_ready(this, error);
    return r < 0 ? r : pg_script(this->work->pg, "COMMIT", error);
}

/* -- from the start ------------------------------------------------------------------------------------------------ */

/* Those that there are now: the refresh that follows reads what they speak of. */
static int look_at_notes(struct refresh *this, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = rollup_run(
        this->work, "SELECT coalesce(array_agg(id), '{}')::text FROM ops.rollup_touched WHERE cube = $1 AND name = $2",
        NULL, &result, error);

    if (r >= 0)
        this->noted = arena_strdup(this->work->arena, pg_result_text(result, 0, 0));
    return r;
}

/* The role that makes it is the one that owns the hourly aggregate: who may work as it may refresh what it owns. */
static int make_aside(struct refresh *this, const char *aside, const char *select, struct error *error)
{
    int r = pg_script(this->work->pg, "BEGIN", error);

    if (r >= 0)
        r = rollup_drop_relation(this->work, aside, error);
    if (r >= 0)
        r = pg_script(this->work->pg, "SET LOCAL ROLE ytempire_rollup", error);
    if (r >= 0)
        r = pg_script(this->work->pg,
                      arena_printf(this->work->arena,
                                   "CREATE MATERIALIZED VIEW %s WITH (timescaledb.continuous,"
                                   " timescaledb.materialized_only = true) AS %s WITH NO DATA",
                                   aside, select),
                      error);
    if (r >= 0)
        r = pg_script(this->work->pg, "RESET ROLE", error);
    if (r >= 0)
        r = refresh_grant(this, aside, error);
    return r < 0 ? r : pg_script(this->work->pg, "COMMIT", error);
}

/* In place of the old one, whose readers finish first. */
static int exchange(struct refresh *this, const char *aside, struct error *error)
{
    const char *relation = this->rollup.relation, *bare = strchr(relation, '.') + 1;
    int         r = pg_script(this->work->pg, "BEGIN", error);

    if (r >= 0)
        r = forget_notes(this, error);
    if (r >= 0)
        r = rollup_drop_relation(this->work, relation, error);
    if (r >= 0)
        r = pg_script(this->work->pg,
                      arena_printf(this->work->arena, "ALTER MATERIALIZED VIEW %s RENAME TO %s", aside, bare), error);
    this->is_aggregate = true;
    if (r >= 0)
        r = note_ready(this, error);
    return r < 0 ? r : pg_script(this->work->pg, "COMMIT", error);
}

/* What TimescaleDB cannot hold (facts that are no hypertable: TS001), or its role may not read, is a table. */
static bool is_refusal(const struct error *error)
{
    return text_equal(error->sqlstate, "0A000") || text_equal(error->sqlstate, "TS001") ||
           text_equal(error->sqlstate, "42501");
}

static int fill_aside(struct refresh *this, const char *aside, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = look_at_notes(this, error);

    if (r >= 0)
        r = refresh_range(this, aside, NULL, refresh_stamp(this, this->until), error);
    if (r >= 0)
        r = exchange(this, aside, error);
    if (r >= 0)
        r = rollup_run(this->work, "SELECT rows FROM ops.rollup_state WHERE cube = $1 AND name = $2", NULL, &result,
                       error);
    if (r >= 0)
        this->rows = pg_result_int(result, 0, 0);
    return r;
}

int aggregate_build(struct refresh *this, bool *ret_built, struct error *error)
{
    const char  *aside = arena_printf(this->work->arena, "%s_new", this->rollup.relation), *why = NULL;
    struct error refused = ERROR_INIT;
    struct semantic_rollup rollup;
    bool         is_offered = false;
    int          r = ask_is(this, "SELECT value = 'timescaledb' FROM ops.settings WHERE name = 'storage_engine'",
                            &is_offered, error);

    *ret_built = false;
    if (r < 0 || !is_offered)
        return r;
    r = model_rollup_aggregate(this->work->model, this->work->arena, this->work->cube, this->work->name,
                               this->work->now, &rollup, &why, error);
    if (r < 0)
        return r;
    if (rollup.sql == NULL) {
        sink_text(this->work->sink, "%s.%s is kept as a table: %s", this->work->cube, this->work->name, why);
        return 0;
    }
    r = make_aside(this, aside, rollup.sql, &refused);
    if (r < 0 && is_refusal(&refused)) {
        rollup_roll_back(this->work);
        sink_text(this->work->sink, "%s.%s is kept as a table: %s", this->work->cube, this->work->name, refused.text);
        error_done(&refused);
        return 0;
    }
    if (r < 0)
        error_move(error, &refused);
    error_done(&refused);
    if (r >= 0)
        r = fill_aside(this, aside, error);
    if (r >= 0)
        *ret_built = true;
    return r;
}
