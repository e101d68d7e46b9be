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
/* Shorter than the server waits before it looks for a deadlock, and ends whom it likes. */
#define BRIEFLY "SET LOCAL lock_timeout = '500ms'"

static int ask_is(struct refresh *this, const char *sql, bool *ret_is, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = pg_query(this->work->pg, sql, NULL, 0, &result, error);

    if (r >= 0)
        *ret_is = pg_result_rows(result) > 0 && text_equal(pg_result_text(result, 0, 0), "t");
    return r;
}

/* -- what others hold ---------------------------------------------------------------------------------------------- */

/* The server refuses or gives up where readers, or another refresh, stand in its way: they are given a while. */
static bool is_held(const struct error *error)
{
    return text_equal(error->sqlstate, "55P03") || text_equal(error->sqlstate, "40P01") ||
           text_equal(error->sqlstate, "40001");
}

/* Whether what ended so, with `why`, which is cleared, is to be tried again, after a pause. */
static bool is_again(int *r, int64_t deadline, struct error *why, struct error *error)
{
    bool again = *r < 0 && is_held(why) && monotonic_us() < deadline;

    if (*r < 0 && !again)
        error_move(error, why);
    error_done(why);
    if (!again)
        return false;
    *r = task_sleep(HELD_PAUSE);
    if (*r < 0)
        error_set(error, *r, "%s", error_sentence(*r));
    return *r >= 0;
}

int rollup_transact(struct rollup_work *work, int (*steps)(void *who, struct error *error), void *who,
                    struct error *error)
{
    int64_t      deadline = monotonic_us() + HELD_WAIT;
    struct error why;
    int          r;

    do {
        why = ERROR_INIT;
        r = pg_script(work->pg, "BEGIN; " BRIEFLY, &why);
        if (r >= 0)
            r = steps(who, &why);
        if (r >= 0)
            r = pg_script(work->pg, "COMMIT", &why);
        if (r < 0)
            rollup_roll_back(work);
    } while (is_again(&r, deadline, &why, error));
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

int rollup_drop_in_turn(struct rollup_work *work, const char *relation, struct error *error)
{
    struct error why;
    int          r;

    do {
        why = ERROR_INIT;
        r = pg_script(work->pg, "SAVEPOINT held; " BRIEFLY, &why);
        if (r >= 0)
            r = rollup_drop_relation(work, relation, &why);
        if (r >= 0)
            r = pg_script(work->pg, "SET LOCAL lock_timeout TO DEFAULT; RELEASE SAVEPOINT held", &why);
        else
            (void)!pg_script(work->pg, "ROLLBACK TO SAVEPOINT held", NULL);
    } while (is_again(&r, INT64_MAX, &why, error));
    return r;
}

/* -- one range ----------------------------------------------------------------------------------------------------- */

/* All of it, whatever the server thinks has changed: a refresh that was broken off may have told it that nothing has.
 */
static int refresh_range(struct refresh *this, const char *relation, const char *from, const char *to,
                         struct error *error)
{
    const char *sql = arena_printf(this->work->arena, "CALL public.refresh_continuous_aggregate('%s', $1::timestamptz,"
                                                      " $2::timestamptz, force => true)", relation);
    struct pg_value values[] = {PG_TEXT(from), PG_TEXT(to)};
    int64_t         deadline = monotonic_us() + HELD_WAIT;
    struct error    why;
    int             r;

    do {
        why = ERROR_INIT;
        r = pg_query(this->work->pg, sql, values, 2, NULL, &why);
    } while (is_again(&r, deadline, &why, error));
    return r;
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

/* Counted and measured under `relation`, which an exchange renames only then. */
static int measure(struct refresh *this, const char *relation, long long *ret_rows, const char **ret_bytes,
                   struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char *sql = arena_printf(
        this->work->arena,
        "SELECT (SELECT count(*) FROM %s), coalesce((SELECT public.hypertable_size(format('%%I.%%I',"
        " a.materialization_hypertable_schema, a.materialization_hypertable_name)::regclass)"
        " FROM timescaledb_information.continuous_aggregates AS a"
        " WHERE format('%%I.%%I', a.view_schema, a.view_name) = '%s'), 0)",
        relation, relation);
    int r = pg_query(this->work->pg, sql, NULL, 0, &result, error);

    if (r < 0)
        return r;
    *ret_rows = pg_result_int(result, 0, 0);
    *ret_bytes = arena_strdup(this->work->arena, pg_result_text(result, 0, 1));
    return 0;
}

int aggregate_update(struct refresh *this, const struct spans *spans, struct error *error)
{
    const char *bytes = NULL;
    long long   rows = 0;
    int         r = 0;

    for (size_t i = 0; r >= 0 && i < spans->count; i++)
        r = update_span(this, &spans->items[i], error);
    if (r >= 0)
        r = measure(this, this->rollup.relation, &rows, &bytes, error);
    if (r >= 0)
        r = pg_script(this->work->pg, "BEGIN", error);
    if (r >= 0)
        r = forget_notes(this, error);
    if (r >= 0)
        r = refresh_note_ready(this, arena_printf(this->work->arena, "%lld", rows), bytes, error);
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

struct building {
    struct refresh *refresh;
    const char     *aside, *select, *bytes;
};

/* The role that makes it is the one that owns the hourly aggregate: who may work as it may refresh what it owns. */
static int make_aside(void *who, struct error *error)
{
    struct building    *this = who;
    struct rollup_work *work = this->refresh->work;
    int                 r = rollup_drop_relation(work, this->aside, error);

    if (r >= 0)
        r = pg_script(work->pg, "SET LOCAL ROLE ytempire_rollup", error);
    if (r >= 0)
        r = pg_script(work->pg,
                      arena_printf(work->arena,
                                   "CREATE MATERIALIZED VIEW %s WITH (timescaledb.continuous,"
                                   " timescaledb.materialized_only = true) AS %s WITH NO DATA",
                                   this->aside, this->select),
                      error);
    if (r >= 0)
        r = pg_script(work->pg, "RESET ROLE", error);
    return r < 0 ? r : refresh_grant(this->refresh, this->aside, error);
}

/* In place of the old one, whose readers finish first. It locks the facts, too, from all who read them. */
static int exchange(void *who, struct error *error)
{
    struct building *this = who;
    struct arena    *arena = this->refresh->work->arena;
    const char      *relation = this->refresh->rollup.relation, *bare = strchr(relation, '.') + 1;
    int              r = forget_notes(this->refresh, error);

    if (r >= 0)
        r = refresh_note_ready(this->refresh, arena_printf(arena, "%lld", this->refresh->rows), this->bytes, error);
    if (r >= 0)
        r = rollup_drop_relation(this->refresh->work, relation, error);
    if (r >= 0)
        r = pg_script(this->refresh->work->pg,
                      arena_printf(arena, "ALTER MATERIALIZED VIEW %s RENAME TO %s", this->aside, bare), error);
    return r;
}

/* What TimescaleDB cannot hold (facts that are no hypertable: TS001), or its role may not read, is a table. */
static bool is_refusal(const struct error *error)
{
    return text_equal(error->sqlstate, "0A000") || text_equal(error->sqlstate, "TS001") ||
           text_equal(error->sqlstate, "42501");
}

static int fill_aside(struct building *building, struct error *error)
{
    struct refresh *this = building->refresh;
    int             r = look_at_notes(this, error);

    if (r >= 0)
        r = refresh_range(this, building->aside, NULL, refresh_stamp(this, this->until), error);
    if (r >= 0)
        r = measure(this, building->aside, &this->rows, &building->bytes, error);
    if (r >= 0)
        r = rollup_transact(this->work, exchange, building, error);
    if (r < 0)
        return r;
    this->is_aggregate = true;
    return 0;
}

int aggregate_build(struct refresh *this, bool *ret_built, struct error *error)
{
    const char  *why = NULL;
    struct error refused = ERROR_INIT;
    struct semantic_rollup rollup;
    struct building building = {.refresh = this,
                                .aside = arena_printf(this->work->arena, "%s_new", this->rollup.relation)};
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
    building.select = rollup.sql;
    r = rollup_transact(this->work, make_aside, &building, &refused);
    if (r < 0 && is_refusal(&refused)) {
        sink_text(this->work->sink, "%s.%s is kept as a table: %s", this->work->cube, this->work->name, refused.text);
        error_done(&refused);
        return 0;
    }
    if (r < 0)
        error_move(error, &refused);
    error_done(&refused);
    if (r >= 0)
        r = fill_aside(&building, error);
    if (r >= 0)
        *ret_built = true;
    return r;
}
