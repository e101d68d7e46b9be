/*
 * Invariant: `previous` is the last query that was answered, or NULL after one that failed: an edit never changes an
 * older query than the person sees.
 */
#include "ytempire/app/ask.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ask_cache.h"
#include "ytempire/base/time.h"

/* Of the statement's own test (semantic/compile.c), which no other cast can be mistaken for without harm: it is asked
 * again, at last over the facts; and what the server says where the rollup is gone, is another, or is just being
 * exchanged. */
static const char *const rollup_changed[] = {"22P02", "42P01", "42703", "40P01"};

/* -- the session's part -------------------------------------------------------------------------------------------- */

struct app_ask *ask_of(struct app *app)
{
    if (app->ask == NULL)
        app->ask = mem_alloc(sizeof *app->ask);
    return app->ask;
}

void app_ask_free(struct app_ask *ask)
{
    if (ask == NULL)
        return;
    ask_model_drop(ask);
    ask_notes_drop(ask);
    arena_free(ask->previous_arena);
    mem_free(ask);
}

static void remember(struct app_ask *ask, const struct query *query)
{
    struct arena *arena = NULL;

    ask->failed = query == NULL;
    if (query != NULL)
        arena = arena_new();
    ask->previous = query != NULL ? query_copy(arena, query) : NULL;
    arena_free(ask->previous_arena);
    ask->previous_arena = arena;
}

/* -- from text to SQL ---------------------------------------------------------------------------------------------- */

static const char *variable_of(void *who, const char *name)
{
    return app_variable(who, name, strlen(name));
}

int ask_look_up(struct pg *pg, struct arena *arena, const char *sql, const char **ret_text)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char *text;
    int         r = pg_query(pg, sql, NULL, 0, &result, NULL);

    if (r < 0)
        return r;
    text = pg_result_rows(result) > 0 ? pg_result_text(result, 0, 0) : NULL;
    *ret_text = text != NULL ? arena_strdup(arena, text) : NULL;
    return 0;
}

/* What cannot be had (no such table, no right to it) would end a transaction that the person has opened. */
static int look_up(void *who, struct arena *arena, const char *sql, const char **ret_text)
{
    struct pg *pg;
    int        r = app_pg(who, &pg, NULL);

    if (r >= 0 && pg_in_transaction(pg))
        return ERR_USAGE;
    return r < 0 ? r : ask_look_up(pg, arena, sql, ret_text);
}

int ask_parse(struct app *app, struct arena *arena, const char *text, struct query **ret_query, struct error *error)
{
    struct app_ask *ask = ask_of(app);
    const char     *first = text + strspn(text, " \t\r\n");
    int             r;

    if (*first == '{')
        return query_parse_json(arena, text, ret_query, error);
    r = query_parse(arena, text, ask->previous, ret_query, error);
    if (r == ERR_USAGE && ask->failed && error != NULL) {      /* an edit: there was a query, but no answer */
        mem_free(TAKE(error->hint));
        error_hint(error, "the query before failed, so there is none to change");
    }
    return r;
}

void asked_done(struct asked *asked)
{
    model_unref(TAKE(asked->model));
}

static void open_context(struct app *app, int64_t now, const struct asked *asked, struct semantic_context *ret_context)
{
    *ret_context = (struct semantic_context){
        .now = now,
        .zone = app_zone(app),
        .for_cube = asked->kept || text_equal(conf_text(app->conf, OPTION_FORMAT), "cube"),
        .variable = variable_of,
        .look_up = look_up,
        .who = app,
        .no_rollups = asked->tries >= 2,
    };
}

int ask_compile_at(struct app *app, struct arena *arena, int64_t now, struct asked *asked, struct error *error)
{
    struct semantic_context context;
    struct model *model;
    int           r = app_model(app, &model, error);

    open_context(app, now, asked, &context);
    if (r >= 0)
        asked->model = model_ref(model); /* the session may take another, or go elsewhere, while this one waits */
    if (r >= 0)
        r = app_is_tenant(app, &context.tenant, error);
    if (r >= 0)
        r = semantic_compile(arena, asked->model, asked->query, &context, &asked->compiled, error);
    return r;
}

int ask_compile_alone(struct app *app, struct arena *arena, int64_t now, bool tenant, struct asked *asked,
                      struct error *error)
{
    struct semantic_context context;
    struct model *model;
    int           r = app_model(app, &model, error);

    open_context(app, now, asked, &context);
    context.look_up = NULL;
    context.no_rollups = true;
    context.tenant = tenant;
    if (r < 0)
        return r;
    asked->model = model_ref(model);
    return semantic_compile(arena, asked->model, asked->query, &context, &asked->compiled, error);
}

int64_t ask_clock(void)
{
    return instant_now() / 1000 * 1000;
}

int64_t ask_minute(void)
{
    int64_t now = instant_now();

    return now - now % US_PER_MINUTE;
}

static bool has_rollup_changed(const struct asked *asked, const struct error *error)
{
    bool is_change = false;

    for (size_t i = 0; i < COUNT_OF(rollup_changed); i++)
        is_change |= text_equal(error->sqlstate, rollup_changed[i]);
    return is_change && asked->compiled != NULL && strstr(asked->compiled->sql, "ops.rollup_state AS state") != NULL;
}

bool ask_again(struct asked *asked, int r, struct error *error)
{
    if (r != ERR_SERVER || error == NULL || asked->begun || asked->tries >= 2 || !has_rollup_changed(asked, error))
        return false;
    error_done(error);
    asked_done(asked);
    asked->tries++;
    return true;
}

int ask_compile(struct app *app, struct arena *arena, const char *text, struct asked *ret_asked, struct error *error)
{
    int r = ask_parse(app, arena, text, &ret_asked->query, error);

    return r < 0 ? r : ask_compile_at(app, arena, ask_clock(), ret_asked, error);
}

struct pg_value *ask_values(struct arena *arena, const struct compiled *compiled)
{
    struct pg_value *values = ARENA_ARRAY(arena, struct pg_value, compiled->value_count + 1);

    for (size_t i = 0; i < compiled->value_count; i++)
        values[i].text = compiled->values[i].text;
    return values;
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

struct answer {
    struct sink           *sink;
    const struct compiled *compiled;
    struct data_column    *columns;
    int64_t                rows, asked_us, us;
    bool                   begun, cut;
};

/* The server knows the types, the model knows what they mean. The sink begins with the first row: until then the
 * statement may fail and be asked anew. */
static int on_columns(void *who, const struct data_column *columns, size_t count, struct error *error)
{
    struct answer *answer = who;

    (void)error;
    for (size_t i = 0; i < count && i < answer->compiled->column_count; i++) {
        answer->columns[i] = answer->compiled->columns[i];
        answer->columns[i].type = columns[i].type;
        answer->columns[i].element = columns[i].element;
    }
    return 0;
}

static int begin(struct answer *answer, struct error *error)
{
    if (answer->begun)
        return 0;
    answer->begun = true;
    answer->us = monotonic_us() - answer->asked_us;
    sink_layout(answer->sink, answer->compiled->layout);
    return sink_begin(answer->sink, answer->columns, answer->compiled->column_count, error);
}

static int on_row(void *who, const struct data_cell *cells, struct error *error)
{
    struct answer *answer = who;
    int            r = begin(answer, error);

    if (r < 0)
        return r;
    if (answer->compiled->limit_is_default && answer->rows >= answer->compiled->limit) {
        answer->cut = true;
        return 0;
    }
    answer->rows++;
    return sink_row(answer->sink, cells, error);
}

static int count_rows(struct pg *pg, struct arena *arena, const struct compiled *compiled, const char **ret_count,
                      struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r;

    if (compiled->row_count_sql == NULL)
        return 0;
    r = pg_query(pg, compiled->row_count_sql, ask_values(arena, compiled), compiled->value_count, &result, error);
    if (r >= 0)
        *ret_count = arena_strdup(arena, pg_result_text(result, 0, 0));
    return r;
}

/* How far the data reach that it is read from; a tenant is not told of what others have. Looked at before the statement
 * runs, so it never says more than the answer holds. NULL: it is not known. */
static const char *data_until(struct app *app, struct pg *pg, struct arena *arena, const struct compiled *compiled)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    _cleanup_(str_done) struct str facts = STR_INIT;
    const char *text = NULL;
    bool        tenant = true;

    for (size_t i = 0; i < compiled->read_count; i++)
        str_addf(&facts, "%s\n", compiled->reads[i].relation);
    if (pg_in_transaction(pg) || app_is_tenant(app, &tenant, NULL) < 0 || tenant)
        return NULL;
    if (pg_catalog_query(pg, "ask_data_until",
                         (const struct pg_value[]){PG_TEXT(str_text(&facts)), PG_TEXT(compiled->note.zone)}, 2,
                         &result, NULL) >= 0 && pg_result_rows(result) > 0)
        text = pg_result_text(result, 0, 0);
    return text != NULL ? arena_strdup(arena, text) : NULL;
}

static int run(struct app *app, struct arena *arena, struct asked *asked, struct sink *sink, struct error *error)
{
    const struct compiled *compiled = asked->compiled;
    struct answer answer = {.sink = sink,
                            .compiled = compiled,
                            .asked_us = monotonic_us(),
                            .columns = ARENA_ARRAY(arena, struct data_column, compiled->column_count + 1)};
    struct pg_stream stream = {.on_columns = on_columns, .on_row = on_row, .who = &answer};
    struct data_note note = compiled->note;
    struct pg       *pg;
    int              r = app_pg(app, &pg, error);

    if (r >= 0)
        r = count_rows(pg, arena, compiled, &note.row_count, error);
    if (r >= 0)
        note.watermark = data_until(app, pg, arena, compiled);
    if (r >= 0)
        r = pg_stream(pg, compiled->sql, ask_values(arena, compiled), compiled->value_count, &stream, error);
    asked->begun = answer.begun;
    if (r >= 0)
        r = begin(&answer, error);
    if (r < 0)
        return r;
    asked->begun = true;
    asked->us = answer.us;
    asked->rows = answer.rows;
    note.limited = answer.cut;
    note.cache = asked->past_cache ? "off" : NULL;
    return sink_end(sink, &note, error);
}

int ask_answer_at(struct app *app, struct arena *arena, int64_t now, struct asked *asked, struct sink *sink,
                  struct error *error)
{
    struct error why;
    int          r;

    do {
        why = ERROR_INIT;
        r = ask_compile_at(app, arena, now, asked, &why);
        if (r >= 0)
            r = run(app, arena, asked, sink, &why);
    } while (ask_again(asked, r, &why));
    error_move(error, &why);
    return r;
}

static void note(struct app *app, const struct asked *asked)
{
    struct semantic_context context;

    open_context(app, 0, asked, &context);
    if (app_is_tenant(app, &context.tenant, NULL) >= 0)
        ask_note(app, asked->query, &context, asked->us, asked->rows, asked->compiled->note.source);
}

/* Once it is answered by the server: what came out of the cache cost it nothing. */
static int answer(struct app *app, struct arena *arena, const char *text, struct asked *asked, struct sink *sink,
                  struct error *error)
{
    struct app_cache *cache = cache_for_asking(app, sink);

    if (cache != NULL)
        return ask_through_cache(app, cache, arena, text, asked, sink, error);
    app_connect_early(app);
    asked->past_cache = true;
    return ask_answer_at(app, arena, ask_minute(), asked, sink, error);
}

int ask_query_as(struct app *app, struct arena *arena, const char *text, struct query *query,
                 const struct cache_class *class, struct sink *sink, struct error *error)
{
    _cleanup_(asked_done) struct asked asked = ASKED_INIT;
    int r;

    asked.query = query;
    asked.class = class;
    r = answer(app, arena, text, &asked, sink, error);
    if (r >= 0 && asked.begun)
        note(app, &asked);
    return r;
}

int ask_query(struct app *app, struct arena *arena, const char *text, struct query *query, struct sink *sink,
              struct error *error)
{
    return ask_query_as(app, arena, text, query, NULL, sink, error);
}

int app_ask(struct app *app, const char *text, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct query *query;
    int           r = ask_parse(app, arena, text, &query, error);

    if (r >= 0 && ask_is_compared(app, text, query))
        r = ask_compared(app, arena, query, sink, error);
    else if (r >= 0)
        r = ask_query(app, arena, text, query, sink, error);
    remember(ask_of(app), r >= 0 || r == ERR_EXPECT || r == ERR_PARTIAL ? query : NULL); /* answered all the same */
    return r;
}
