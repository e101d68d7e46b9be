/*
 * Invariant: a row of ops.rollup_state is written before the rollup's rows are, and committed, so that every load that
 * the rows may lack is noted in ops.rollup_touched by the time they are read.
 */
#include "ytempire/app/rollup.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask_int.h"
#include "ytempire/base/time.h"

struct work {
    struct app    *app;
    struct pg     *pg;
    struct arena  *arena;
    struct model  *model;
    const char    *cube, *name;
    int64_t        now, until;              /* the bucket that runs now begins at `until` */
    struct semantic_rollup rollup;
    int64_t        watermark;
    bool           built;
    long long      buckets, rows;
};

struct span { int64_t from, to; };          /* of neighbouring buckets */

/* -- statements ---------------------------------------------------------------------------------------------------- */

static const char *stamp(struct work *work, int64_t instant)
{
    char text[TIME_TEXT_SIZE];

    return arena_strdup(work->arena, instant_to_text(instant, text));
}

static int run(struct work *work, const char *sql, const struct pg_value *values, size_t count,
               struct pg_result **ret_result, struct error *error)
{
    return pg_query(work->pg, sql, values, count, ret_result, error);
}

/* A statement over the rollup's name: $1 its cube, $2 its name, then `more`. */
static int run_named(struct work *work, const char *sql, const char *more, struct pg_result **ret_result,
                     struct error *error)
{
    struct pg_value values[] = {PG_TEXT(work->cube), PG_TEXT(work->name), PG_TEXT(more)};

    return run(work, sql, values, more != NULL ? 3 : 2, ret_result, error);
}

static int run_filled(struct work *work, const char *before, const struct semantic_rollup *filled, long long *ret_rows,
                      struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct pg_value *values = ARENA_ARRAY(work->arena, struct pg_value, filled->value_count + 1);
    int              r;

    for (size_t i = 0; i < filled->value_count; i++)
        values[i] = PG_TEXT(filled->values[i].text);
    r = run(work, arena_printf(work->arena, "%s%s", before, filled->sql), values, filled->value_count, &result, error);
    if (r >= 0)
        *ret_rows = pg_result_affected(result);
    return r;
}

static int64_t bucket_of(const struct work *work, int64_t instant)
{
    int64_t after;

    return model_rollup_bucket(&work->rollup, instant, &after);
}

static int64_t bucket_after(const struct work *work, int64_t bucket)
{
    int64_t after;

    (void)model_rollup_bucket(&work->rollup, bucket, &after);
    return after;
}

/* -- from the start ------------------------------------------------------------------------------------------------ */

/* From here on loads note what the new table may lack; those under way are waited for. The old one answers on. */
static int announce(struct work *work, struct error *error)
{
    struct pg_value values[] = {PG_TEXT(work->cube), PG_TEXT(work->name), PG_TEXT(work->rollup.relation),
                                PG_TEXT(work->rollup.fact), PG_TEXT(work->rollup.definition)};
    int r = pg_script(work->pg, "BEGIN; LOCK TABLE ops.touched_hours IN SHARE MODE", error);

    if (r >= 0)
        r = run(work,
                "INSERT INTO ops.rollup_state (cube, name, relation, fact, definition, state) VALUES ($1, $2, $3, $4, "
                "$5, 'building')"
                " ON CONFLICT (cube, name) DO UPDATE SET fact = excluded.fact, relation = excluded.relation,"
                " state = CASE WHEN rollup_state.state = 'ready' AND rollup_state.definition = excluded.definition "
                "THEN 'ready' ELSE 'building' END,"
                " definition = excluded.definition",
                values, 5, NULL, error);
    if (r >= 0)
        r = pg_script(work->pg, "COMMIT", error);
    return r;
}

static int grant(struct work *work, const char *table, struct error *error)
{
    return pg_script(
        work->pg,
        arena_printf(work->arena,
                     "GRANT SELECT ON %s TO ytempire_analyst; GRANT ALL ON %s TO ytempire_owner, ytempire_worker",
                     table, table),
        error);
}

/* Aside, then in place of the old one, whose readers finish first. */
static int make_table(struct work *work, struct error *error)
{
    const char *table = work->rollup.relation, *bare = strchr(table, '.') + 1;
    const char *aside = arena_printf(work->arena, "%s_new", table);
    int         r = pg_script(work->pg, arena_printf(work->arena, "DROP TABLE IF EXISTS %s", aside), error);

    if (r >= 0)
        r = model_rollup_fill(work->model, work->arena, work->cube, work->name, work->now, NULL, work->until,
                              &work->rollup, error);
    if (r >= 0)
        r = run_filled(work, arena_printf(work->arena, "CREATE TABLE %s AS ", aside), &work->rollup, &work->rows,
                       error);
    if (r >= 0)
        r = pg_script(work->pg, arena_printf(work->arena, "CREATE INDEX ON %s (%s); ANALYZE %s", aside,
                                             work->rollup.time_column, aside), error);
    if (r >= 0)
        r = grant(work, aside, error);
    if (r >= 0)
        r = pg_script(work->pg, arena_printf(work->arena, "DROP TABLE IF EXISTS %s; ALTER TABLE %s RENAME TO %s", table,
                                             aside, bare), error);
    return r;
}

static int note_ready(struct work *work, const char *rows, struct error *error)
{
    const char *sql = arena_printf(
        work->arena,
        "UPDATE ops.rollup_state SET state = 'ready', watermark = $3, rows = %s, bytes = pg_total_relation_size('%s'),"
        " last_refresh = now(), last_error = NULL WHERE cube = $1 AND name = $2",
        rows, work->rollup.relation);

    return run_named(work, sql, stamp(work, work->until), NULL, error);
}

/* What was noted before the rows are read is in them. */
static int build(struct work *work, struct error *error)
{
    int r = announce(work, error);

    if (r >= 0)
        r = pg_script(work->pg, "BEGIN", error);
    if (r >= 0)
        r = run_named(work, "DELETE FROM ops.rollup_touched WHERE cube = $1 AND name = $2", NULL, NULL, error);
    if (r >= 0)
        r = make_table(work, error);
    if (r >= 0)
        r = note_ready(work, arena_printf(work->arena, "%lld", work->rows), error);
    return r < 0 ? r : pg_script(work->pg, "COMMIT", error);
}

/* -- what has changed ---------------------------------------------------------------------------------------------- */

struct spans {
    struct span *items;
    size_t       count, room;
};

static void put_bucket(struct work *work, struct spans *spans, int64_t bucket)
{
    struct span one = {bucket, bucket_after(work, bucket)};

    ARENA_PUSH(work->arena, spans->items, spans->count, spans->room, one);
}

/* It lies in two buckets where those of the zone are off by half an hour. */
static void put_hour(struct work *work, struct spans *spans, int64_t hour)
{
    int64_t last = bucket_of(work, hour + US_PER_HOUR - 1);

    for (int64_t bucket = bucket_of(work, hour); bucket <= last; bucket = bucket_after(work, bucket))
        if (bucket < work->watermark)
            put_bucket(work, spans, bucket);
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

    qsort(spans->items, spans->count, sizeof *spans->items, compare_spans);
    for (size_t i = 0; i < spans->count; i++) {
        struct span *last = n > 0 ? &spans->items[n - 1] : NULL;

        if (last != NULL && spans->items[i].from <= last->to)
            last->to = spans->items[i].to > last->to ? spans->items[i].to : last->to;
        else
            spans->items[n++] = spans->items[i];
    }
    spans->count = n;
}

/* The hours that loads have touched, taken off the list. Those past the horizon of retention stay as they are: their
 * facts are gone, and what was kept of them would go, too. */
static int take_touched(struct work *work, struct spans *spans, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = run_named(work,
                      "WITH taken AS (DELETE FROM ops.rollup_touched WHERE cube = $1 AND name = $2 RETURNING hour)"
                      " SELECT DISTINCT (extract(epoch FROM hour) * 1000000)::bigint FROM taken"
                      " WHERE hour >= coalesce((SELECT now() - value::integer * interval '1 day' FROM ops.settings"
                      " WHERE name = 'retention_days' AND value <> 'off'), '-infinity')",
                      NULL, &result, error);

    for (size_t i = 0; r >= 0 && i < pg_result_rows(result); i++)
        put_hour(work, spans, pg_result_int(result, i, 0));
    join_spans(spans);
    return r;
}

/* A late snapshot changes what its entity's next one is a change from. */
static int add_next(struct work *work, struct spans *spans, struct error *error)
{
    size_t given = spans->count;
    int    r = 0;

    for (size_t i = 0; r >= 0 && i < given; i++) {
        _cleanup_(pg_result_freep) struct pg_result *result = NULL;
        struct semantic_rollup next;
        struct pg_value       *values;

        r = model_rollup_next(work->model, work->arena, work->cube, work->name, work->now, spans->items[i].from,
                              spans->items[i].to, &next, error);
        if (r < 0 || next.sql == NULL)
            return r;
        values = ARENA_ARRAY(work->arena, struct pg_value, next.value_count + 1);
        for (size_t k = 0; k < next.value_count; k++)
            values[k] = PG_TEXT(next.values[k].text);
        r = run(work, next.sql, values, next.value_count, &result, error);
        for (size_t k = 0; r >= 0 && k < pg_result_rows(result); k++)
            if (pg_result_int(result, k, 0) < work->watermark)
                put_bucket(work, spans, pg_result_int(result, k, 0));
    }
    join_spans(spans);
    return r;
}

static int replace_span(struct work *work, const struct span *span, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *gone = NULL;
    struct pg_value        values[] = {PG_TEXT(stamp(work, span->from)), PG_TEXT(stamp(work, span->to))};
    struct semantic_rollup filled;
    long long              rows = 0;
    int r = model_rollup_fill(work->model, work->arena, work->cube, work->name, work->now, &span->from, span->to,
                              &filled, error);

    if (r >= 0)
        r = run(work, arena_printf(work->arena, "DELETE FROM %s WHERE %s >= $1 AND %s < $2", filled.relation,
                                   filled.time_column, filled.time_column), values, 2, &gone, error);
    if (r >= 0)
        r = run_filled(work, arena_printf(work->arena, "INSERT INTO %s ", filled.relation), &filled, &rows, error);
    if (r < 0)
        return r;
    for (int64_t bucket = span->from; bucket < span->to; bucket = bucket_after(work, bucket))
        work->buckets++;
    work->rows += rows - pg_result_affected(gone);
    return 0;
}

static int update(struct work *work, struct error *error)
{
    struct spans spans = {0};
    int          r = take_touched(work, &spans, error);

    if (r >= 0)
        r = add_next(work, &spans, error);
    if (r >= 0 && work->watermark < work->until) {
        struct span fresh = {work->watermark, work->until};

        ARENA_PUSH(work->arena, spans.items, spans.count, spans.room, fresh);
        join_spans(&spans);
    }
    for (size_t i = 0; r >= 0 && i < spans.count; i++)
        r = replace_span(work, &spans.items[i], error);
    if (r >= 0)
        r = note_ready(work, arena_printf(work->arena, "rows + %lld", work->rows), error);
    return r < 0 ? r : pg_script(work->pg, "COMMIT", error);
}

/* -- one rollup ---------------------------------------------------------------------------------------------------- */

/* Held to the end of the session or until it is given back: a build is more than one transaction. */
static int lock(struct work *work, bool *ret_locked, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = run_named(work, "SELECT pg_try_advisory_lock(hashtextextended('ytempire rollup ' || $1 || '.' || $2, 0))",
                      NULL, &result, error);

    if (r >= 0)
        *ret_locked = text_equal(pg_result_text(result, 0, 0), "t");
    return r;
}

static void unlock(struct work *work)
{
    (void)!run_named(work, "SELECT pg_advisory_unlock(hashtextextended('ytempire rollup ' || $1 || '.' || $2, 0))",
                     NULL, NULL, NULL);
}

/* Begins the transaction of an update and finds what there is: `built` when it is of this definition. */
static int look(struct work *work, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = pg_script(work->pg, "BEGIN", error);

    if (r >= 0)
        r = run_named(work,
                      "SELECT definition, state, (extract(epoch FROM watermark) * 1000000)::bigint, "
                      "to_regclass(relation) IS NOT NULL"
                      " FROM ops.rollup_state WHERE cube = $1 AND name = $2 FOR NO KEY UPDATE",
                      NULL, &result, error);
    if (r < 0)
        return r;
    work->built = pg_result_rows(result) > 0 && text_equal(pg_result_text(result, 0, 0), work->rollup.definition) &&
                  text_equal(pg_result_text(result, 0, 1), "ready") && pg_result_text(result, 0, 2) != NULL &&
                  text_equal(pg_result_text(result, 0, 3), "t");
    work->watermark = work->built ? pg_result_int(result, 0, 2) : 0;
    return 0;
}

static void roll_back(struct work *work)
{
    if (pg_in_transaction(work->pg))
        (void)!pg_script(work->pg, "ROLLBACK", NULL);
}

static void note_failure(struct work *work, const struct error *error)
{
    roll_back(work);
    (void)!run_named(work,
                     "UPDATE ops.rollup_state SET state = CASE WHEN state = 'building' THEN 'failed' ELSE state END,"
                     " last_error = $3 WHERE cube = $1 AND name = $2",
                     error != NULL && error->text != NULL ? error->text : "", NULL, NULL);
}

static int refresh(struct work *work, struct error *error)
{
    int r = look(work, error);

    if (r >= 0 && work->built)
        r = update(work, error);
    else if (r >= 0 && (r = pg_script(work->pg, "ROLLBACK", error)) >= 0)
        r = build(work, error);
    if (r < 0)
        note_failure(work, error);
    return r;
}

static int refresh_one(struct work *work, struct table *table, struct sink *sink, struct error *error)
{
    bool    locked = false;
    int64_t began = monotonic_us();
    char    buckets[32], rows[32], seconds[32];
    int r = model_rollup_fill(work->model, work->arena, work->cube, work->name, work->now, NULL, work->now,
                              &work->rollup, error);

    if (r < 0)
        return r;
    if (work->rollup.fault != NULL) {
        sink_text(sink, "%s.%s is not kept: %s", work->cube, work->name, work->rollup.fault);
        return 0;
    }
    work->until = bucket_of(work, work->now);
    r = lock(work, &locked, error);
    if (r < 0)
        return r;
    if (!locked)
        return error_set(error, ERR_PARTIAL, "%s.%s is being refreshed by another session", work->cube, work->name);
    r = refresh(work, error);
    unlock(work);
    if (r < 0)
        return r;
    (void)snprintf(buckets, sizeof buckets, "%lld", work->buckets);
    (void)snprintf(rows, sizeof rows, "%lld", work->rows);
    (void)snprintf(seconds, sizeof seconds, "%.3f", (double)(monotonic_us() - began) / US_PER_SECOND);
    table_add(table, work->cube, work->name, work->built ? "updated" : "built", work->built ? buckets : NULL, rows,
              seconds);
    return 0;
}

/* -- names --------------------------------------------------------------------------------------------------------- */

/* Splits "CUBE.NAME". */
static void set_name(struct work *work, const char *full)
{
    const char *dot = strchr(full, '.');

    work->cube = arena_printf(work->arena, "%.*s", (int)(dot - full), full);
    work->name = dot + 1;
}

/* Those that are meant: by both names, by the name alone, or all. */
static int find_names(struct work *work, const char *name, const char ***ret_names, size_t *ret_count,
                      struct error *error)
{
    size_t             all, room = 0, count = 0;
    const char *const *names = model_rollup_names(work->model, work->arena, &all);
    const char       **found = NULL, **bare = ARENA_ARRAY(work->arena, const char *, all + 1);

    for (size_t i = 0; i < all; i++) {
        bare[i] = strchr(names[i], '.') + 1;
        if (name == NULL || text_equal(names[i], name) || text_equal(bare[i], name))
            ARENA_PUSH(work->arena, found, count, room, names[i]);
    }
    if (name != NULL && count == 0) {
        const char *near = nearest_word(name, strlen(name), strchr(name, '.') != NULL ? names : bare, all);

        error_set(error, ERR_UNKNOWN, "the model has no rollup '%s'", name);
        if (near != NULL)
            error_hint(error, "did you mean '%s'? 'rollups' lists all", near);
        else
            error_hint(error, "'rollups' lists all");
        return ERR_UNKNOWN;
    }
    *ret_names = found;
    *ret_count = count;
    return 0;
}

static int open_work(struct app *app, struct arena *arena, struct work *work, struct error *error)
{
    bool tenant = false;
    int  r;

    *work = (struct work){.app = app, .arena = arena, .now = instant_now()};
    r = app_model(app, &work->model, error);
    if (r < 0)
        return r;
    work->model = model_ref(work->model);
    r = app_is_tenant(app, &tenant, error);
    if (r >= 0 && tenant)
        r = error_set(error, ERR_USAGE, "rollups hold everybody's rows: they are not for --as-user");
    return r < 0 ? r : app_pg(app, &work->pg, error);
}

int app_rollup_refresh(struct app *app, const char *name, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(table_freep) struct table *table = table_new(
        "cube:text name:text done:text buckets:int rows:int seconds:numeric");
    struct work  work;
    const char **names = NULL;
    size_t       count = 0, failed = 0;
    int          r = open_work(app, arena, &work, error);

    if (r >= 0)
        r = find_names(&work, name, &names, &count, error);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct work  one = work;
        struct error why = ERROR_INIT;

        set_name(&one, names[i]);
        r = refresh_one(&one, table, sink, &why);
        if (r < 0 && count > 1 && r != ERR_INTERRUPTED && r != ERR_CONNECT && r != ERR_TIMEOUT) {
            sink_text(sink, "%s: %s", names[i], why.text);
            failed++;
            r = 0;
        } else if (r < 0) {
            error_move(error, &why);
        }
        error_done(&why);
    }
    model_unref(work.model);
    if (r >= 0)
        r = table_send(table, sink, error);
    if (r >= 0 && failed > 0)
        r = error_set(error, ERR_PARTIAL, "%zu of %zu rollups were not refreshed", failed, count);
    return r;
}

/* -- the list ------------------------------------------------------------------------------------------------------ */

static int list_one(struct work *work, struct table *table, struct sink *sink, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char *state = "absent";
    bool        there;
    int r = model_rollup_fill(work->model, work->arena, work->cube, work->name, work->now, NULL, work->now,
                              &work->rollup, error);

    if (r >= 0)
        r = run_named(work,
                      "SELECT definition, state, rows, bytes, watermark, last_refresh, last_error FROM ops.rollup_state"
                      " WHERE cube = $1 AND name = $2",
                      NULL, &result, error);
    if (r < 0)
        return r;
    there = pg_result_rows(result) > 0;
    if (work->rollup.fault != NULL) {
        state = "refused";
        sink_text(sink, "%s.%s: %s", work->cube, work->name, work->rollup.fault);
    } else if (there) {
        bool same = text_equal(pg_result_text(result, 0, 0), work->rollup.definition);

        state = same ? pg_result_text(result, 0, 1) : "stale";
        if (pg_result_text(result, 0, 6) != NULL)
            sink_text(sink, "%s.%s: its last refresh failed: %s", work->cube, work->name, pg_result_text(result, 0, 6));
    }
    table_add(table, work->cube, work->name, state, there ? pg_result_text(result, 0, 2) : NULL,
              there ? pg_result_text(result, 0, 3) : NULL, there ? pg_result_text(result, 0, 4) : NULL,
              there ? pg_result_text(result, 0, 5) : NULL);
    return 0;
}

int app_rollups(struct app *app, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(table_freep) struct table *table =
        table_new("cube:text name:text state:text rows:int bytes:int watermark:timestamptz last_refresh:timestamptz");
    struct work  work;
    const char **names = NULL;
    size_t       count = 0;
    int          r = open_work(app, arena, &work, error);

    if (r >= 0)
        r = find_names(&work, NULL, &names, &count, error);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        set_name(&work, names[i]);
        r = list_one(&work, table, sink, error);
    }
    model_unref(work.model);
    return r < 0 ? r : table_send(table, sink, error);
}

/* -- against the facts --------------------------------------------------------------------------------------------- */

struct both { struct compiled *facts, *rolled; };

static int look_up(void *who, struct arena *arena, const char *sql, const char **ret_text)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct work *work = who;
    int          r = run(work, sql, NULL, 0, &result, NULL);

    if (r < 0)
        return r;
    *ret_text = pg_result_rows(result) > 0 && pg_result_text(result, 0, 0) != NULL
                    ? arena_strdup(arena, pg_result_text(result, 0, 0)) : NULL;
    return 0;
}

static int compile_both(struct work *work, struct both *both, struct error *error)
{
    struct semantic_context context = {.now = work->now, .look_up = look_up, .who = work, .only_rollup = work->name};
    const char   *line = model_rollup_line(work->model, work->arena, work->cube, work->name);
    struct query *query;
    int           r;

    if (line == NULL)
        return error_set(error, ERR_USAGE, "%s.%s keeps nothing that could be compared", work->cube, work->name);
    r = query_parse(work->arena, line, NULL, &query, error);
    if (r >= 0)
        r = semantic_compile(work->arena, work->model, query, &context, &both->rolled, error);
    context.no_rollups = true;
    if (r >= 0)
        r = semantic_compile(work->arena, work->model, query, &context, &both->facts, error);
    if (r >= 0 && strstr(both->rolled->note.source, "rollup") == NULL) {
        error_set(error, ERR_USAGE, "%s.%s cannot be compared: %s", work->cube, work->name,
                  both->rolled->rollup_note_count > 0 ? both->rolled->rollup_notes[0] : "it is not used");
        error_hint(error, "rollup refresh %s", work->name);
        return ERR_USAGE;
    }
    return r;
}

static int keep(struct work *work, const char *name, const struct compiled *compiled, struct error *error)
{
    const char *sql = arena_printf(work->arena, "CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", name, compiled->sql);

    return run(work, sql, ask_values(work->arena, compiled), compiled->value_count, NULL, error);
}

/* "c1, c3" of the dimensions, or of the measures, each after `prefix`. */
static const char *columns_text(struct work *work, const struct compiled *compiled, bool measures, const char *prefix)
{
    struct str  text = STR_INIT;
    const char *copy;

    for (size_t i = 0; i < compiled->column_count; i++)
        if ((compiled->columns[i].role == ROLE_MEASURE) == measures)
            str_addf(&text, "%s%sc%zu", text.length > 0 ? ", " : "", prefix, i + 1);
    copy = arena_strdup(work->arena, str_text(&text));
    str_done(&text);
    return copy;
}

/* "r (c1, …, place) AS (…)": two channels of one name are two cells with the same dimensions; their values tell them
 * apart, the smallest stands beside the smallest. */
static void write_side(struct work *work, struct str *to, const struct compiled *compiled, const char *name,
                       const char *table)
{
    const char *keys = columns_text(work, compiled, false, ""), *values = columns_text(work, compiled, true, "");

    str_addf(to, "%s_all (", name);
    for (size_t i = 0; i < compiled->column_count; i++)
        str_addf(to, "%sc%zu", i > 0 ? ", " : "", i + 1);
    str_addf(to, ") AS (SELECT * FROM %s), %s AS (SELECT *, row_number() OVER (PARTITION BY %s ORDER BY %s) AS place"
                 " FROM %s_all)", table, name, keys, values, name);
}

/* Cells side by side, those that differ. Columns are renamed by number: their names are the model's. */
static const char *difference_sql(struct work *work, const struct compiled *compiled)
{
    struct str  cell = STR_INIT, sql = STR_INIT;
    const char *text;

    for (size_t i = 0; i < compiled->column_count; i++)
        if (compiled->columns[i].role != ROLE_MEASURE)
            str_addf(&cell, "%sCOALESCE(COALESCE(r.c%zu, f.c%zu)::text, 'NULL')", cell.length > 0 ? " || ' · ' || " : "",
                     i + 1, i + 1);
    str_add(&sql, "WITH ");
    write_side(work, &sql, compiled, "r", "rolled");
    str_add(&sql, ", ");
    write_side(work, &sql, compiled, "f", "facts");
    for (size_t i = 0, n = 0; i < compiled->column_count; i++) {
        if (compiled->columns[i].role != ROLE_MEASURE)
            continue;
        str_addf(&sql,
                 "%s SELECT %s AS cell, '%s' AS measure, r.c%zu::text AS rollup, f.c%zu::text AS facts FROM r FULL JOIN f"
                 " ON COALESCE(ROW(%s, r.place)) = COALESCE(ROW(%s, f.place)) WHERE r.c%zu IS DISTINCT FROM f.c%zu",
                 n++ > 0 ? " UNION ALL" : "", str_text(&cell), compiled->columns[i].name, i + 1, i + 1,
                 columns_text(work, compiled, false, "r."), columns_text(work, compiled, false, "f."), i + 1, i + 1);
    }
    str_add(&sql, " ORDER BY 1, 2 LIMIT 1000");
    text = arena_strdup(work->arena, str_text(&sql));
    str_done(&cell);
    str_done(&sql);
    return text;
}

/* Both from one snapshot of the warehouse. */
static int compare(struct work *work, struct table *table, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct both both = {0};
    int r = pg_script(work->pg, "BEGIN ISOLATION LEVEL REPEATABLE READ", error);

    if (r >= 0)
        r = compile_both(work, &both, error);
    if (r >= 0)
        r = keep(work, "rolled", both.rolled, error);
    if (r >= 0)
        r = keep(work, "facts", both.facts, error);
    if (r >= 0)
        r = run(work, difference_sql(work, both.facts), NULL, 0, &result, error);
    for (size_t i = 0; r >= 0 && i < pg_result_rows(result); i++)
        table_add(table, arena_printf(work->arena, "%s.%s", work->cube, work->name), pg_result_text(result, i, 0),
                  pg_result_text(result, i, 1), pg_result_text(result, i, 2), pg_result_text(result, i, 3));
    roll_back(work);
    return r;
}

int app_rollup_check(struct app *app, const char *name, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(table_freep) struct table *table = table_new(
        "rollup_name:text cell:text measure:text rollup:text facts:text");
    struct work  work;
    const char **names = NULL;
    size_t       count = 0, left = 0;
    int          r = open_work(app, arena, &work, error);

    if (r >= 0)
        r = find_names(&work, name, &names, &count, error);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct error why = ERROR_INIT;

        set_name(&work, names[i]);
        r = compare(&work, table, &why);
        if (r == ERR_USAGE && count > 1) {
            sink_text(sink, "%s", why.text);
            left++;
            r = 0;
        } else if (r < 0) {
            error_move(error, &why);
        }
        error_done(&why);
    }
    model_unref(work.model);
    if (r >= 0)
        r = table_send(table, sink, error);
    if (r >= 0 && table_row_count(table) > 0)
        r = error_set(error, ERR_FINDING, "%zu cells differ", table_row_count(table));
    else if (r >= 0 && left > 0)
        r = error_set(error, ERR_PARTIAL, "%zu of %zu rollups were not compared", left, count);
    return r;
}
