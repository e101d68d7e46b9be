/* Declared rollups: which are meant, what the warehouse says of them. */
#include <string.h>

#include "rollup_int.h"

int rollup_run(struct rollup_work *work, const char *sql, const char *more, struct pg_result **ret_result,
               struct error *error)
{
    struct pg_value values[] = {PG_TEXT(work->cube), PG_TEXT(work->name), PG_TEXT(more)};

    return pg_query(work->pg, sql, values, more != NULL ? 3 : 2, ret_result, error);
}

void rollup_roll_back(struct rollup_work *work)
{
    if (pg_in_transaction(work->pg))
        (void)!pg_script(work->pg, "ROLLBACK", NULL);
}

int rollup_open(struct app *app, struct arena *arena, struct rollup_work *ret_work, struct error *error)
{
    struct rollup_work work = {.app = app, .arena = arena, .now = instant_now()};
    bool               tenant = false;
    int                r = app_model(app, &work.model, error);

    if (r < 0)
        return r;
    work.model = model_ref(work.model);
    r = app_is_tenant(app, &tenant, error);
    if (r >= 0 && tenant)
        r = error_set(error, ERR_USAGE, "rollups hold everybody's rows: they are not for --as-user");
    if (r >= 0)
        r = app_pg(app, &work.pg, error);
    if (r >= 0 && pg_in_transaction(work.pg)) {
        r = error_set(error, ERR_USAGE, "a transaction is open, and this has its own");
        error_hint(error, "end it first: COMMIT or ROLLBACK");
    }
    if (r < 0)
        rollup_close(&work);
    else
        *ret_work = work;
    return r;
}

void rollup_close(struct rollup_work *work)
{
    model_unref(TAKE(work->model));
}

/* -- names --------------------------------------------------------------------------------------------------------- */

/* Splits "CUBE.NAME". */
static void set_name(struct rollup_work *work, const char *full)
{
    const char *dot = strchr(full, '.');

    work->cube = arena_printf(work->arena, "%.*s", (int)(dot - full), full);
    work->name = dot + 1;
}

/* Those that are meant: by both names, by the name alone, or all. */
static int find_names(struct rollup_work *work, const char *name, const char ***ret_names, size_t *ret_count,
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

int app_rollup_check_name(struct app *app, const char *name, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct rollup_work work = {.app = app, .arena = arena};
    const char       **names;
    size_t             count;
    int                r = app_model(app, &work.model, error);

    return r < 0 ? r : find_names(&work, name, &names, &count, error);
}

bool rollup_ends_the_work(int r)
{
    return r == ERR_INTERRUPTED || r == ERR_CONNECT || r == ERR_TIMEOUT;
}

int rollup_each(struct rollup_work *work, const char *name, int (*one)(struct rollup_work *work, struct error *error),
                size_t *ret_left, size_t *ret_count, struct error *error)
{
    const char **names = NULL;
    size_t       count = 0, left = 0;
    int          r = find_names(work, name, &names, &count, error);

    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct error why = ERROR_INIT;

        set_name(work, names[i]);
        r = one(work, &why);
        if (r < 0 && count > 1 && !rollup_ends_the_work(r)) {
            sink_text(work->sink, "%s: %s", names[i], why.text);
            left++;
            r = 0;
        } else if (r < 0) {
            error_move(error, &why);
        }
        error_done(&why);
    }
    *ret_left = left;
    *ret_count = count;
    return r;
}

/* -- the list ------------------------------------------------------------------------------------------------------ */

static int list_one(struct rollup_work *work, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct semantic_rollup rollup;
    const char *state = "absent";
    bool        there;
    int r = model_rollup_fill(work->model, work->arena, work->cube, work->name, work->now, NULL, work->now, &rollup,
                              error);

    if (r >= 0)
        r = rollup_run(
            work,
            "SELECT definition, state, rows, bytes, watermark, last_refresh, last_error,"
            " (SELECT CASE relkind WHEN 'v' THEN 'continuous aggregate' ELSE 'table' END FROM pg_class"
            " WHERE oid = to_regclass(relation)) FROM ops.rollup_state WHERE cube = $1 AND name = $2",
            NULL, &result, error);
    if (r < 0)
        return r;
    there = pg_result_rows(result) > 0;
    if (rollup.fault != NULL) {
        state = "refused";
        sink_text(work->sink, "%s.%s: %s", work->cube, work->name, rollup.fault);
    } else if (there) {
        state = text_equal(pg_result_text(result, 0, 0), rollup.definition) ? pg_result_text(result, 0, 1) : "stale";
        if (pg_result_text(result, 0, 6) != NULL)
            sink_text(work->sink, "%s.%s: its last refresh failed: %s", work->cube, work->name,
                      pg_result_text(result, 0, 6));
    }
    table_add(work->table, work->cube, work->name, state, there ? pg_result_text(result, 0, 2) : NULL,
              there ? pg_result_text(result, 0, 3) : NULL, there ? pg_result_text(result, 0, 4) : NULL,
              there ? pg_result_text(result, 0, 5) : NULL, there ? pg_result_text(result, 0, 7) : NULL);
    return 0;
}

/* -- the commands -------------------------------------------------------------------------------------------------- */

/* Does `one` for each and sends the table; 0, or how many were left out by `ret_left`. */
static int do_each(struct app *app, const char *name, const char *columns, struct sink *sink,
                   int (*one)(struct rollup_work *work, struct error *error), size_t *ret_rows, size_t *ret_left,
                   struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(table_freep) struct table *table = table_new(columns);
    struct rollup_work work;
    size_t             count = 0;
    int                r = rollup_open(app, arena, &work, error);

    if (r < 0)
        return r;
    work.sink = sink;
    work.table = table;
    r = rollup_each(&work, name, one, ret_left, &count, error);
    if (r >= 0 && name == NULL && one == rollup_refresh_one)
        r = rollup_drop_forgotten(&work, ret_left, error);
    rollup_close(&work);
    *ret_rows = table_row_count(table);
    return r < 0 ? r : table_send(table, sink, error);
}

int app_rollups(struct app *app, struct sink *sink, struct error *error)
{
    size_t rows, left = 0;
    int r = do_each(app, NULL,
                    "cube:text name:text state:text rows:int bytes:int watermark:timestamptz last_refresh:timestamptz"
                    " kept_as:text",
                    sink, list_one, &rows, &left, error);

    return r >= 0 && left > 0 ? error_set(error, ERR_PARTIAL, "%zu rollups could not be looked at", left) : r;
}

int app_rollup_refresh(struct app *app, const char *name, struct sink *sink, struct error *error)
{
    size_t rows, left = 0;
    int    r = do_each(app, name, "cube:text name:text done:text buckets:int rows:int seconds:numeric", sink,
                       rollup_refresh_one, &rows, &left, error);

    return r >= 0 && left > 0 ? error_set(error, ERR_PARTIAL, "%zu rollups were not refreshed", left) : r;
}

int app_rollup_check(struct app *app, const char *name, struct sink *sink, struct error *error)
{
    size_t rows = 0, left = 0;
    int    r = do_each(app, name, "rollup_name:text cell:text measure:text rollup:text facts:text", sink,
                       rollup_check_one, &rows, &left, error);

    if (r >= 0 && rows > 0)
        return error_set(error, ERR_FINDING, "%zu cells differ", rows);
    return r >= 0 && left > 0 ? error_set(error, ERR_PARTIAL, "%zu rollups were not compared", left) : r;
}

int app_rollup_advise(struct app *app, const char *name, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(table_freep) struct table *table = table_new(
        "cube:text name:text queries:int seconds:numeric saved_seconds:numeric rows:int bytes:int declaration:text");
    struct rollup_work work;
    int                r;

    app_note_queries(app);
    r = rollup_open(app, arena, &work, error);
    if (r < 0)
        return r;
    work.sink = sink;
    work.table = table;
    r = rollup_advise(&work, name, error);
    rollup_close(&work);
    return r < 0 ? r : table_send(table, sink, error);
}
