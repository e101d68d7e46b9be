/*
 * One rollup built or brought up to date. Invariant: a row of ops.rollup_state is written before the rollup's rows are,
 * and committed, so that every load that the rows may lack is noted in ops.rollup_touched by the time they are read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rollup_refresh.h"
#include "ytempire/base/time.h"

/* -- statements ---------------------------------------------------------------------------------------------------- */

const char *refresh_stamp(struct refresh *this, int64_t instant)
{
    char text[TIME_TEXT_SIZE];

    return arena_strdup(this->work->arena, instant_to_text(instant, text));
}

static int run(struct refresh *this, const char *sql, const struct pg_value *values, size_t count,
               struct pg_result **ret_result, struct error *error)
{
    return pg_query(this->work->pg, sql, values, count, ret_result, error);
}

static int run_filled(struct refresh *this, const char *before, const struct semantic_rollup *filled,
                      long long *ret_rows, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct pg_value *values = ARENA_ARRAY(this->work->arena, struct pg_value, filled->value_count + 1);
    int              r;

    for (size_t i = 0; i < filled->value_count; i++)
        values[i] = PG_TEXT(filled->values[i].text);
    r = run(this, arena_printf(this->work->arena, "%s%s", before, filled->sql), values, filled->value_count, &result,
            error);
    if (r >= 0)
        *ret_rows = pg_result_affected(result);
    return r;
}

static int64_t bucket_of(const struct refresh *this, int64_t instant)
{
    int64_t after;

    return model_rollup_bucket(&this->rollup, instant, &after);
}

int64_t refresh_bucket_after(const struct refresh *this, int64_t bucket)
{
    int64_t after;

    (void)model_rollup_bucket(&this->rollup, bucket, &after);
    return after;
}

/* -- from the start ------------------------------------------------------------------------------------------------ */

/* From here on loads note what the new table may lack; those under way are waited for. The old one answers on. */
static int announce(struct refresh *this, struct error *error)
{
    struct pg_value values[] = {PG_TEXT(this->work->cube), PG_TEXT(this->work->name), PG_TEXT(this->rollup.relation),
                                PG_TEXT(this->rollup.fact), PG_TEXT(this->rollup.definition)};
    int r = pg_script(this->work->pg, "BEGIN; LOCK TABLE ops.touched_hours IN SHARE MODE", error);

    if (r >= 0)
        r = run(this,
                "INSERT INTO ops.rollup_state (cube, name, relation, fact, definition, state) VALUES ($1, $2, $3, $4, "
                "$5, 'building')"
                " ON CONFLICT (cube, name) DO UPDATE SET fact = excluded.fact, relation = excluded.relation,"
                " state = CASE WHEN rollup_state.state = 'ready' AND rollup_state.definition = excluded.definition "
                "THEN 'ready' ELSE 'building' END,"
                " definition = excluded.definition",
                values, 5, NULL, error);
    if (r >= 0)
        r = pg_script(this->work->pg, "COMMIT", error);
    return r;
}

int refresh_grant(struct refresh *this, const char *table, struct error *error)
{
    return pg_script(
        this->work->pg,
        arena_printf(this->work->arena,
                     "GRANT SELECT ON %s TO ytempire_analyst; GRANT ALL ON %s TO ytempire_owner, ytempire_worker",
                     table, table),
        error);
}

/* Aside, then in place of the old one, whose readers finish first. */
static int make_table(struct refresh *this, struct error *error)
{
    const char *table = this->rollup.relation, *bare = strchr(table, '.') + 1;
    const char *aside = arena_printf(this->work->arena, "%s_new", table);
    int         r = rollup_drop_relation(this->work, aside, error);

    if (r >= 0)
        r = model_rollup_fill(this->work->model, this->work->arena, this->work->cube, this->work->name, this->work->now,
                              NULL, this->until, &this->rollup, error);
    if (r >= 0)
        r = run_filled(this, arena_printf(this->work->arena, "CREATE TABLE %s AS ", aside), &this->rollup, &this->rows,
                       error);
    if (r >= 0)
        r = pg_script(this->work->pg, arena_printf(this->work->arena, "CREATE INDEX ON %s (%s); ANALYZE %s", aside,
                                             this->rollup.time_column, aside), error);
    if (r >= 0)
        r = refresh_grant(this, aside, error);
    if (r >= 0)
        r = rollup_drop_in_turn(this->work, table, error);
    if (r >= 0)
        r = pg_script(this->work->pg, arena_printf(this->work->arena, "ALTER TABLE %s RENAME TO %s", aside, bare),
                      error);
    return r;
}

int refresh_note_ready(struct refresh *this, const char *rows, const char *bytes, struct error *error)
{
    const char *sql = arena_printf(
        this->work->arena,
        "UPDATE ops.rollup_state SET state = 'ready', watermark = $3, rows = %s, bytes = %s, last_refresh = now(),"
        " last_error = NULL WHERE cube = $1 AND name = $2",
        rows, bytes);

    return rollup_run(this->work, sql, refresh_stamp(this, this->until), NULL, error);
}

static int note_table(struct refresh *this, const char *before, struct error *error)
{
    return refresh_note_ready(
        this, arena_printf(this->work->arena, "%s%lld", before, this->rows),
        arena_printf(this->work->arena, "pg_total_relation_size('%s')", this->rollup.relation), error);
}

/* What was noted before the rows are read is in them. */
static int build_table(struct refresh *this, struct error *error)
{
    int r = pg_script(this->work->pg, "BEGIN", error);

    if (r >= 0)
        r = rollup_run(this->work, "DELETE FROM ops.rollup_touched WHERE cube = $1 AND name = $2", NULL, NULL, error);
    if (r >= 0)
        r = make_table(this, error);
    if (r >= 0)
        r = note_table(this, "", error);
    return r < 0 ? r : pg_script(this->work->pg, "COMMIT", error);
}

static int build(struct refresh *this, struct error *error)
{
    bool built = false;
    int  r = announce(this, error);

    if (r >= 0)
        r = aggregate_build(this, &built, error);
    return r < 0 || built ? r : build_table(this, error);
}

/* -- what has changed ---------------------------------------------------------------------------------------------- */

static void put_bucket(struct refresh *this, struct spans *spans, int64_t bucket, int64_t late)
{
    struct span one = {bucket, late, refresh_bucket_after(this, bucket)};

    ARENA_PUSH(this->work->arena, spans->items, spans->count, spans->room, one);
}

/* It lies in two buckets where those of the zone are off by half an hour. */
static void put_hour(struct refresh *this, struct spans *spans, int64_t hour)
{
    int64_t last = bucket_of(this, hour + US_PER_HOUR - 1);

    for (int64_t bucket = bucket_of(this, hour); bucket <= last; bucket = refresh_bucket_after(this, bucket))
        if (bucket < this->watermark)
            put_bucket(this, spans, bucket, hour + US_PER_HOUR);
}

static int compare_spans(const void *a, const void *b)
{
    int64_t x = ((const struct span *)a)->from, y = ((const struct span *)b)->from;

    return (x > y) - (x < y);
}

/* In order, neighbours and doubles as one. */
static void join_spans(struct spans *spans)
{
    size_t n = 0;

    if (spans->count > 1)                                      /* of none the items are NULL */
        qsort(spans->items, spans->count, sizeof *spans->items, compare_spans);
    for (size_t i = 0; i < spans->count; i++) {
        struct span *last = n > 0 ? &spans->items[n - 1] : NULL;

        if (last == NULL || spans->items[i].from > last->to) {
            spans->items[n++] = spans->items[i];
            continue;
        }
        last->to = spans->items[i].to > last->to ? spans->items[i].to : last->to;
        last->late = spans->items[i].late > last->late ? spans->items[i].late : last->late;
    }
    spans->count = n;
}

/* The hours that loads have touched, taken off the list (of an aggregate at the end). Buckets of snapshots that begin
 * past the horizon of retention stay as they are: their facts are gone, or some of them, and what was kept of them
 * would go, too. Other facts have no horizon. */
static int take_touched(struct refresh *this, struct spans *spans, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char *sql = arena_printf(
        this->work->arena,
        "WITH taken AS (%s ops.rollup_touched WHERE cube = $1 AND name = $2%s), kept AS ("
        "SELECT DISTINCT (extract(epoch FROM hour) * 1000000)::bigint AS hour FROM taken"
        " WHERE (SELECT fact FROM ops.rollup_state WHERE cube = $1 AND name = $2)"
        " <> 'analytics.fact_video_performance' OR date_trunc('%s', hour, '%s') >="
        " coalesce((SELECT now() - value::integer * interval '1 day'"
        " FROM ops.settings WHERE name = 'retention_days' AND value <> 'off'), '-infinity'))"
        " SELECT hour, (SELECT coalesce(array_agg(id), '{}')::text FROM taken) FROM (VALUES (1)) AS one LEFT JOIN kept "
        "ON true",
        this->is_aggregate ? "SELECT id, hour FROM" : "DELETE FROM", this->is_aggregate ? "" : " RETURNING id, hour",
        data_unit_name(this->rollup.unit), zone_name(this->rollup.zone));
    int r = rollup_run(this->work, sql, NULL, &result, error);

    if (r < 0)
        return r;
    this->noted = arena_strdup(this->work->arena, pg_result_text(result, 0, 1));
    for (size_t i = 0; i < pg_result_rows(result); i++)
        if (pg_result_text(result, i, 0) != NULL)
            put_hour(this, spans, pg_result_int(result, i, 0));
    join_spans(spans);
    return 0;
}

/* What a row of model_rollup_next says: a bucket, or all after the span. */
static void put_next(struct refresh *this, struct spans *spans, const struct pg_result *result, size_t row, int64_t to)
{
    struct span rest = {to, this->watermark, this->watermark};

    if (pg_result_text(result, row, 0) == NULL && to < this->watermark)
        ARENA_PUSH(this->work->arena, spans->items, spans->count, spans->room, rest);
    else if (pg_result_text(result, row, 0) != NULL && pg_result_int(result, row, 0) < this->watermark)
        put_bucket(this, spans, pg_result_int(result, row, 0), 0);
}

/* A late snapshot changes what its entity's next one is a change from. */
static int add_next(struct refresh *this, struct spans *spans, struct error *error)
{
    size_t given = spans->count;
    int    r = 0;

    for (size_t i = 0; r >= 0 && i < given; i++) {
        _cleanup_(pg_result_freep) struct pg_result *result = NULL;
        struct semantic_rollup next;
        struct pg_value       *values;

        r = model_rollup_next(this->work->model, this->work->arena, this->work->cube, this->work->name, this->work->now,
                              spans->items[i].from, spans->items[i].late, spans->items[i].to, &next, error);
        if (r < 0 || next.sql == NULL)
            return r;
        values = ARENA_ARRAY(this->work->arena, struct pg_value, next.value_count + 1);
        for (size_t k = 0; k < next.value_count; k++)
            values[k] = PG_TEXT(next.values[k].text);
        r = run(this, next.sql, values, next.value_count, &result, error);
        for (size_t k = 0; r >= 0 && k < pg_result_rows(result); k++)
            put_next(this, spans, result, k, spans->items[i].to);
    }
    join_spans(spans);
    return r;
}

static int replace_span(struct refresh *this, const struct span *span, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *gone = NULL;
    struct pg_value values[] = {PG_TEXT(refresh_stamp(this, span->from)), PG_TEXT(refresh_stamp(this, span->to))};
    struct semantic_rollup filled;
    long long              rows = 0;
    int r = model_rollup_fill(this->work->model, this->work->arena, this->work->cube, this->work->name, this->work->now,
                              &span->from, span->to, &filled, error);

    if (r >= 0)
        r = run(this, arena_printf(this->work->arena, "DELETE FROM %s WHERE %s >= $1 AND %s < $2", filled.relation,
                                   filled.time_column, filled.time_column), values, 2, &gone, error);
    if (r >= 0)
        r = run_filled(this, arena_printf(this->work->arena, "INSERT INTO %s ", filled.relation), &filled, &rows,
                       error);
    if (r < 0)
        return r;
    for (int64_t bucket = span->from; bucket < span->to; bucket = refresh_bucket_after(this, bucket))
        this->buckets++;
    this->rows += rows - pg_result_affected(gone);
    return 0;
}

static int update(struct refresh *this, struct error *error)
{
    struct spans spans = {0};
    int          r = take_touched(this, &spans, error);

    if (r >= 0)
        r = add_next(this, &spans, error);
    if (r >= 0 && this->watermark < this->until) {
        struct span fresh = {this->watermark, this->until, this->until};

        ARENA_PUSH(this->work->arena, spans.items, spans.count, spans.room, fresh);
        join_spans(&spans);
    }
    if (r >= 0 && this->is_aggregate)
        return (r = pg_script(this->work->pg, "COMMIT", error)) < 0 ? r : aggregate_update(this, &spans, error);
    for (size_t i = 0; r >= 0 && i < spans.count; i++)
        r = replace_span(this, &spans.items[i], error);
    if (r >= 0)
        r = note_table(this, "rows + ", error);
    return r < 0 ? r : pg_script(this->work->pg, "COMMIT", error);
}

/* -- one rollup ---------------------------------------------------------------------------------------------------- */

/* Held to the end of the session or until it is given back: a build is more than one transaction. */
static int lock(struct refresh *this, bool *ret_locked, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = rollup_run(this->work,
                       "SELECT pg_try_advisory_lock(hashtextextended('ytempire rollup ' || $1 || '.' || $2, 0))", NULL,
                       &result, error);

    if (r >= 0)
        *ret_locked = text_equal(pg_result_text(result, 0, 0), "t");
    return r;
}

static void unlock(struct refresh *this)
{
    (void)!rollup_run(this->work,
                      "SELECT pg_advisory_unlock(hashtextextended('ytempire rollup ' || $1 || '.' || $2, 0))", NULL,
                      NULL, NULL);
}

/* Begins the transaction of an update and finds what there is: `built` when it is of this definition. */
static int look(struct refresh *this, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = pg_script(this->work->pg, "BEGIN", error);

    if (r >= 0)
        r = rollup_run(this->work,
                      "SELECT definition, state, (extract(epoch FROM watermark) * 1000000)::bigint, "
                      "(SELECT relkind FROM pg_class WHERE oid = to_regclass(relation))"
                      " FROM ops.rollup_state WHERE cube = $1 AND name = $2 FOR NO KEY UPDATE",
                      NULL, &result, error);
    if (r < 0)
        return r;
    this->built = pg_result_rows(result) > 0 && text_equal(pg_result_text(result, 0, 0), this->rollup.definition) &&
                  text_equal(pg_result_text(result, 0, 1), "ready") && pg_result_text(result, 0, 2) != NULL &&
                  pg_result_text(result, 0, 3) != NULL;
    this->is_aggregate = this->built && text_equal(pg_result_text(result, 0, 3), "v");
    this->watermark = this->built ? pg_result_int(result, 0, 2) : 0;
    return 0;
}

static void note_failure(struct refresh *this, const struct error *error)
{
    rollup_roll_back(this->work);
    (void)!rollup_run(this->work,
                     "UPDATE ops.rollup_state SET state = CASE WHEN state = 'building' THEN 'failed' ELSE state END,"
                     " last_error = $3 WHERE cube = $1 AND name = $2",
                     error != NULL && error->text != NULL ? error->text : "", NULL, NULL);
}

static int refresh(struct refresh *this, struct error *error)
{
    int r = look(this, error);

    if (r >= 0 && this->built)
        r = update(this, error);
    else if (r >= 0 && (r = pg_script(this->work->pg, "ROLLBACK", error)) >= 0)
        r = build(this, error);
    if (r < 0)
        note_failure(this, error);
    return r;
}

int rollup_refresh_one(struct rollup_work *work, struct error *error)
{
    struct refresh this = {.work = work};
    bool           locked = false;
    int64_t        began = monotonic_us();
    char           buckets[32], rows[32], seconds[32];
    int r = model_rollup_fill(work->model, work->arena, work->cube, work->name, work->now, NULL, work->now,
                              &this.rollup, error);

    if (r < 0)
        return r;
    if (this.rollup.fault != NULL) {
        sink_text(work->sink, "%s.%s is not kept: %s", work->cube, work->name, this.rollup.fault);
        return 0;
    }
    this.until = bucket_of(&this, work->now);
    r = lock(&this, &locked, error);
    if (r >= 0 && !locked)
        r = error_set(error, ERR_PARTIAL, "%s.%s is being refreshed by another session", work->cube, work->name);
    if (r < 0)
        return r;
    r = refresh(&this, error);
    unlock(&this);
    if (r < 0)
        return r;
    (void)snprintf(buckets, sizeof buckets, "%lld", this.buckets);
    (void)snprintf(rows, sizeof rows, "%lld", this.rows);
    (void)snprintf(seconds, sizeof seconds, "%.3f", (double)(monotonic_us() - began) / US_PER_SECOND);
    table_add(work->table, work->cube, work->name, this.built ? "updated" : "built", this.built ? buckets : NULL, rows,
              seconds);
    return 0;
}

/* -- what the model no longer has ---------------------------------------------------------------------------------- */

#define FORGOTTEN "coalesce(last_refresh, '-infinity') < now() - interval '7 days'"

struct forgotten {
    struct rollup_work *work;
    const char         *relation;
    bool                gone;
};

/* What it may have been kept as, and what a build that was broken off has left; and, with its state, the notes of what
 * loads have touched. Somebody may have refreshed it since it was listed. */
static int forget(void *who, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct forgotten   *this = who;
    struct rollup_work *work = this->work;
    int r = rollup_run(work, "DELETE FROM ops.rollup_state WHERE cube = $1 AND name = $2 AND " FORGOTTEN, NULL, &result,
                       error);

    if (r < 0)
        return r;
    this->gone = pg_result_affected(result) > 0;
    if (this->gone)
        r = rollup_drop_relation(work, this->relation, error);
    if (r >= 0 && this->gone)
        r = rollup_drop_relation(work, arena_printf(work->arena, "%s_new", this->relation), error);
    return r;
}

/* Not one that somebody refreshes. */
static int drop_one(struct rollup_work *work, const char *relation, struct error *error)
{
    struct refresh   this = {.work = work};
    struct forgotten forgotten = {work, relation, false};
    bool             locked = false;
    int              r = lock(&this, &locked, error);

    if (r < 0 || !locked)
        return r;
    r = rollup_transact(work, forget, &forgotten, error);
    unlock(&this);
    if (r >= 0 && forgotten.gone)
        table_add(work->table, work->cube, work->name, "dropped", NULL, NULL, NULL);
    return r;
}

static bool is_declared(const struct rollup_work *work, const char *cube, const char *name)
{
    size_t             count;
    const char *const *names = model_rollup_names(work->model, work->arena, &count);

    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i], arena_printf(work->arena, "%s.%s", cube, name)))
            return true;
    return false;
}

int rollup_drop_forgotten(struct rollup_work *work, size_t *ret_left, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = pg_query(work->pg,
                     "SELECT cube, name, relation FROM ops.rollup_state WHERE relation ~ '^parts[.]rollup_[a-z0-9_]+$'"
                     " AND " FORGOTTEN " ORDER BY cube, name",
                     NULL, 0, &result, error);

    for (size_t i = 0; r >= 0 && i < pg_result_rows(result); i++) {
        struct error why = ERROR_INIT;

        work->cube = pg_result_text(result, i, 0);
        work->name = pg_result_text(result, i, 1);
        if (is_declared(work, work->cube, work->name))
            continue;
        r = drop_one(work, pg_result_text(result, i, 2), &why);
        if (r < 0 && !rollup_ends_the_work(r)) {
            sink_text(work->sink, "%s.%s: %s", work->cube, work->name, why.text);
            (*ret_left)++;
            r = 0;
        } else if (r < 0) {
            error_move(error, &why);
        }
        error_done(&why);
    }
    return r;
}
