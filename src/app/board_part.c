/*
 * A part of a panel: its question made ready, its answer taken from Redis or asked for.
 *
 * Invariant: `rows` is the last answer there was, whatever became of later ones; `state` and `reason` are of now.
 */
#include <string.h>

#include "board_int.h"
#include "ytempire/base/time.h"

#define ROWS_MOST 2000
#define LOG_ROWS_MOST 200
#define PANEL_US (10 * US_PER_SECOND)

/* -- what is known ------------------------------------------------------------------------------------------------- */

static void put(char **text, const char *value)
{
    char *old = *text;

    *text = value != NULL ? mem_strdup(value) : NULL;
    mem_free(old);
}

void board_part_forget(struct board_part *part)
{
    enum part_kind kind = part->kind;
    unsigned       edition = part->edition + 1;

    arena_free(part->arena);
    arena_free(part->rows_arena);
    cache_rows_unref(part->held);
    mem_free(part->source);
    mem_free(part->reason);
    *part = (struct board_part){.kind = kind, .edition = edition};
}

void board_part_fail(struct board_part *part, int code, const char *why, int64_t now)
{
    if (part->state != BOARD_FAILED)
        part->failed_since = now;
    part->state = BOARD_FAILED;
    part->code = code;
    part->wanted = false;
    put(&part->reason, why);
}

void board_part_hide(struct board_part *part, enum board_state state, const char *why)
{
    enum part_kind kind = part->kind;

    board_part_forget(part);
    part->kind = kind;
    part->state = state;
    put(&part->reason, why);
}

/* -- the question -------------------------------------------------------------------------------------------------- */

int board_parse(struct arena *arena, const char *text, const char *range, struct query **ret_query, struct error *error)
{
    const char   *first = text + strspn(text, " \t\r\n");
    struct query *query = NULL;
    int           r = *first == '{' ? query_parse_json(arena, text, &query, error)
                                    : query_parse(arena, text, NULL, &query, error);

    if (r >= 0 && range != NULL)
        r = query_parse(arena, arena_printf(arena, "for %s", range), query, &query, error);
    if (r >= 0)
        *ret_query = query;
    return r;
}

/* Its key, where there is a cache that knows whose database it is. */
static int make_key(struct board_run *run, struct board_part *part, struct error *error)
{
    _cleanup_(asked_done) struct asked asked = ASKED_INIT;
    struct ask_key key;
    int            r;

    if (run->cache == NULL || run->cache->database == NULL)
        return 0;
    asked.query = part->query;
    r = ask_make_key(run->app, part->arena, ask_minute(), run->cache, &asked, &key, error);
    if (r < 0)
        return r;
    part->key = arena_strdup(part->arena, key.key);
    part->compiled = key.compiled;
    part->model_hash = key.model_hash;
    return 0;
}

static bool is_ready(struct board_run *run, const struct board_part *part)
{
    struct model *model;

    return part->query != NULL && part->key != NULL && part->minute == ask_minute() && part->model_hash != NULL &&
           app_model(run->app, &model, NULL) >= 0 && text_equal(part->model_hash, model_hash(model));
}

static void prepare_query(struct board_run *run, struct board_part *part, const char *text, const char *range)
{
    struct error why = ERROR_INIT;
    int          r;

    if (is_ready(run, part))
        return;
    arena_free(part->arena);
    part->arena = arena_new();
    part->query = NULL;
    part->line = part->key = part->model_hash = NULL;
    part->compiled = NULL;
    part->minute = ask_minute();
    r = board_parse(part->arena, text, range, &part->query, &why);
    if (r >= 0)
        r = make_key(run, part, &why);
    if (r >= 0)
        part->line = query_to_line(part->arena, part->query);
    else
        board_part_fail(part, r, why.text, run->now);
    error_done(&why);
}

/* "{user_id}" in a key is the board's user; what is of all is not for one of them. */
static void prepare_key(struct board_run *run, struct board_part *part, const char *key)
{
    const char *brace = strchr(key, '{'), *account = run->board->account;

    if (brace == NULL && run->tenant) {
        board_part_hide(part, BOARD_HIDDEN, "it is of all users");
        part->wanted = false;
    } else if (brace != NULL && account == NULL) {
        board_part_hide(part, BOARD_HIDDEN, "it is of one user, and none is chosen");
        part->wanted = false;
    } else if (part->key == NULL) {
        part->arena = arena_new();
        part->key = brace == NULL ? arena_strdup(part->arena, key)
                                  : arena_printf(part->arena, "%.*s%s%s", (int)(brace - key), key, account,
                                                 brace + strlen("{user_id}"));
    }
}

void board_part_prepare(struct board_run *run, struct board_part *part, const struct board_panel *panel,
                        const char *query)
{
    part->wanted = true;
    if (part->kind == PART_QUERY)
        prepare_query(run, part, query, panel->follows ? run->range : NULL);
    else if (part->kind == PART_KEY)
        prepare_key(run, part, panel->key);
}

/* -- the answer of Redis ------------------------------------------------------------------------------------------- */

static void take_rows(struct board_part *part, struct arena *arena, const struct board_rows *rows,
                      struct cache_rows *held)
{
    arena_free(part->rows_arena);
    cache_rows_unref(part->held);
    part->rows_arena = arena;
    part->rows = rows;
    part->held = held != NULL ? cache_rows_ref(held) : NULL;
    part->edition++;
}

static void take_cached(struct board_part *part, struct cache_rows *rows)
{
    struct arena        *arena;
    struct board_gather *gather;

    if (rows == part->held)
        return;                            /* the very same answer as the last time */
    arena = arena_new();
    gather = board_gather_new(arena, ROWS_MOST, false);
    (void)!cache_rows_send(rows, "hit", NULL, 0, board_gather_sink(gather), NULL);
    take_rows(part, arena, board_gather_rows(gather), rows);
    board_gather_free(gather);
}

void board_part_take(struct board_part *part, const struct cache_look *look, int64_t now)
{
    if (look->rows == NULL) {
        if (look->why != NULL)
            put(&part->reason, look->why);
        return;
    }
    take_cached(part, look->rows);
    part->state = look->outcome == CACHE_HIT ? BOARD_FRESH : BOARD_STALE;
    part->wanted = look->outcome != CACHE_HIT && part->kind == PART_QUERY;
    part->computed_at = look->age_us >= 0 ? now - look->age_us : 0;
    part->code = 0;
    put(&part->source, "redis");
    put(&part->reason, look->why != NULL     ? look->why
                       : look->touched       ? "what it was read from has changed since"
                                             : NULL);
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

struct asking {
    struct board_run         *run;
    struct board_part        *part;
    const struct board_panel *panel;
    struct arena             *arena;
    struct board_gather      *gather;
};

static int ask_source(struct asking *asking, struct error *error)
{
    struct board_run  *run = asking->run;
    struct board_part *part = asking->part;
    struct sink       *sink = board_gather_sink(asking->gather);

    if (part->kind == PART_COMMAND)
        return run->board->commands->run(run->app, asking->panel->command, sink, error);
    if (part->kind == PART_KEY)
        return board_ask_warmed(run, asking->arena, asking->panel->key, run->board->account, sink, error);
    return ask_query_as(run->app, asking->arena, part->line, part->query,
                        run->board->board.executive ? cache_class(CLASS_EXECUTIVE) : NULL, sink, error);
}

struct watchdog {
    struct task       *task;
    struct loop_timer *timer;
    bool               fired;
};

static void on_late(void *who)
{
    struct watchdog *watchdog = who;

    watchdog->timer = NULL;
    watchdog->fired = true;
    task_cancel(watchdog->task, ERR_TIMEOUT);
}

/* A statement that was stopped may have left its transaction open. */
static void end_transaction(struct board_run *run)
{
    struct pg *pg = app_pg_alive(run->board->session);

    if (pg != NULL && pg_in_transaction(pg))
        (void)!pg_script(pg, "ROLLBACK", NULL);
}

/* One slow panel does not hold the others: after its time it is stopped, on the server too. */
static int ask_within(struct asking *asking, struct error *error)
{
    struct board_run *run = asking->run;
    struct watchdog   watchdog = {.task = task_current()};
    int64_t           most = run->ask->panel_us > 0 ? run->ask->panel_us : PANEL_US;
    char              text[TIME_TEXT_SIZE];
    int               r;

    watchdog.timer = loop_timer(run->app->loop, most, on_late, &watchdog);
    r = ask_source(asking, error);
    loop_timer_cancel(run->app->loop, watchdog.timer);
    if (!watchdog.fired || task_cancelled(watchdog.task) != ERR_TIMEOUT)
        return r;
    task_cancel_clear(watchdog.task);
    end_transaction(run);
    if (r >= 0)
        return r;
    error_done(error);
    return error_set(error, ERR_TIMEOUT, "it took longer than %s, and was stopped", duration_to_text(most, text));
}

static const char *source_of(const struct asking *asking, const struct data_note *note)
{
    if (text_equal(note->cache, "hit") || text_equal(note->cache, "stale"))
        return "redis";
    if (asking->part->kind == PART_COMMAND)
        return "command";
    if (note->rollup != NULL)
        return arena_printf(asking->arena, "rollup %s", note->rollup);
    return note->source != NULL ? note->source : "facts";
}

static void take_answer(struct asking *asking, int r, const struct error *why)
{
    struct board_part      *part = asking->part;
    const struct data_note *note = board_gather_note(asking->gather);
    bool                    stale = r < 0 || text_equal(note->cache, "stale");

    put(&part->source, source_of(asking, note));
    put(&part->reason, r < 0 ? why->text : NULL);
    part->code = 0;
    part->state = stale ? BOARD_STALE : BOARD_FRESH;
    part->computed_at = instant_now() - note->age_us;
    take_rows(part, TAKE(asking->arena), board_gather_rows(asking->gather), NULL);
}

static void take_failure(struct asking *asking, int r, const struct error *why)
{
    struct board_part *part = asking->part;
    int64_t            now = instant_now();

    if (asking->run->no_server == NULL && r == ERR_CONNECT && app_pg_alive(asking->run->app) == NULL)
        asking->run->no_server = mem_strdup(why->text);
    if (part->kind == PART_KEY && r == ERR_UNKNOWN)
        board_part_hide(part, BOARD_MISSING, why->text);
    else if (part->state == BOARD_STALE)               /* as it was read from Redis just now */
        put(&part->reason, why->text);
    else
        board_part_fail(part, r, why->text, now);
}

static bool ends_all(int r)
{
    return r == ERR_INTERRUPTED || r == ERR_MEMORY || r == ERR_CLOSED || task_cancelled(task_current()) != 0;
}

int board_part_ask(struct board_run *run, struct board_part *part, const struct board_panel *panel, struct error *error)
{
    bool          log = panel->kind == BOARD_LOG;
    struct asking asking = {.run = run, .part = part, .panel = panel, .arena = arena_new()};
    struct error  why = ERROR_INIT;
    int64_t       began = monotonic_us();
    int           r = 0;

    part->wanted = false;
    asking.gather = board_gather_new(asking.arena, log ? LOG_ROWS_MOST : ROWS_MOST, log);
    if (run->no_server != NULL)
        r = error_set(&why, ERR_CONNECT, "%s", run->no_server);
    else
        r = ask_within(&asking, &why);
    part->took_us = monotonic_us() - began;
    if (r < 0 && ends_all(r)) {
        error_move(error, &why);
    } else if ((r >= 0 || r == ERR_PARTIAL) && board_gather_rows(asking.gather) != NULL) {
        take_answer(&asking, r, &why);
        r = 0;
    } else {
        if (r >= 0)
            r = error_set(&why, ERR_FAILED, "it yields no rows");
        take_failure(&asking, r, &why);
        r = 0;
    }
    error_done(&why);
    board_gather_free(asking.gather);
    arena_free(asking.arena);
    return r;
}
