/*
 * A question's way through the cache: a shortcut to a fresh answer; else the key, which needs the model but no database
 * where the place is known; else PostgreSQL, for all who ask the same.
 *
 * Invariant: whatever Redis does, the question is answered from PostgreSQL, after one warning.
 */
#include "ask_cache.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ytempire/base/time.h"
#include "ytempire/local.h"

#define SLOW_US (15 * INT64_C(1000))       /* so long Redis may take before PostgreSQL is called for, too */

struct way {
    struct app       *app;
    struct app_cache *session;
    struct cache     *cache;
    struct arena     *arena;
    struct asked     *asked;
    struct sink      *sink;
    int64_t           now;
    bool              has_shortcut;
    char              shortcut[SHA256_TEXT_SIZE], place[SHA256_TEXT_SIZE];
    struct ask_key    key;
    struct loop_timer *slow;
};

/* -- the key ------------------------------------------------------------------------------------------------------- */

static const char *params_of(struct arena *arena, const struct app_cache *session, const char *model, const char *tz)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s?}", "database", session->database, "model", model, "role",
                             session->role, "tz", tz, "user", session->account);
    char   *text = json_dumps(json, JSON_COMPACT), *params = NULL;
    const char *copy = "null";

    json_decref(json);
    if (text != NULL && cache_params(text, &params, NULL) >= 0)
        copy = arena_strdup(arena, params);
    mem_free(params);
    free(text);
    return copy;
}

static int64_t midnight_after(int64_t now, const struct zone *zone, int64_t days)
{
    int64_t local = zone_to_local(zone, now);

    return zone_to_instant(zone, (local - (local % US_PER_DAY + US_PER_DAY) % US_PER_DAY) + days * US_PER_DAY);
}

/* A range wholly past and final; a tenant's; else what still changes. */
static enum cache_class_id class_of(const struct compiled *compiled, int64_t now, const struct zone *zone, bool tenant)
{
    if (compiled->settled <= midnight_after(now, zone, 0))
        return CLASS_HISTORICAL;
    return tenant ? CLASS_USER : CLASS_OPERATIONAL;
}

int ask_make_key(struct app *app, struct arena *arena, int64_t now, const struct app_cache *session,
                 struct asked *asked, struct ask_key *ret_key, struct error *error)
{
    const struct zone *zone = zone_utc();
    int                r = ask_compile_alone(app, arena, now, session->tenant, asked, error);

    if (r < 0)
        return r;
    (void)!zone_find(asked->compiled->note.zone, &zone);
    *ret_key = (struct ask_key){
        .query = asked->compiled->json,
        .class = asked->class != NULL ? asked->class
                                      : cache_class(class_of(asked->compiled, now, zone, session->tenant)),
        .compiled = asked->compiled,
        .model_hash = arena_strdup(arena, model_hash(asked->model)),
    };
    ret_key->params = params_of(arena, session, ret_key->model_hash, asked->compiled->note.zone);
    ret_key->fresh_us = midnight_after(now, zone, 1) - instant_now();
    if (ret_key->fresh_us > ret_key->class->ttl_us)
        ret_key->fresh_us = ret_key->class->ttl_us;
    cache_key(ret_key->query, ret_key->params, ret_key->key);
    return 0;
}

/* -- the shortcut -------------------------------------------------------------------------------------------------- */

static void on_slow(void *who)
{
    struct way *way = who;

    way->slow = NULL;
    app_connect_early(way->app);
}

static void hurry(struct way *way)
{
    if (way->slow == NULL)
        way->slow = loop_timer(way->app->loop, SLOW_US, on_slow, way);
}

static void need_not_hurry(struct way *way)
{
    loop_timer_cancel(way->app->loop, TAKE(way->slow));
}

/* "DATABASE\nROLE", noted where the login is no tenant's. */
static void take_note(struct app_cache *session, const char *note)
{
    const char *line = note != NULL ? strchr(note, '\n') : NULL;

    if (line == NULL || session->database != NULL)
        return;
    session->database = mem_strndup(note, (size_t)(line - note));
    session->role = mem_strdup(line + 1);
    session->pid = 0;
    session->tenant = false;
}

/* 1: it was answered. */
static int try_shortcut(struct way *way, const char *text, struct error *error)
{
    struct cache_answer answer = {0};
    struct error        why = ERROR_INIT;
    char               *note = NULL;
    int                 r;

    way->has_shortcut = ask_shortcut(way->app, way->session, text, way->now, way->shortcut, way->place);
    if (!way->has_shortcut)
        return 0;
    hurry(way);
    r = cache_find(way->cache, way->shortcut, way->place, &answer, way->key.key, &note, &why);
    need_not_hurry(way);
    if (r < 0 && r != ERR_INTERRUPTED)
        cache_warn(way->app, way->sink, &why);
    error_done(&why);
    if (r < 0)
        return r;
    take_note(way->session, note);
    mem_free(note);
    if (answer.rows != NULL) {
        r = cache_rows_send(answer.rows, "hit", way->key.key, answer.age_us, way->sink, error);
        cache_answer_done(&answer);
        return r < 0 ? r : 1;
    }
    return 0;
}

/* Where PostgreSQL is away its database may have been noted by who was there before. */
int ask_know_place(struct app *app, struct app_cache *session, struct error *error)
{
    char                shortcut[SHA256_TEXT_SIZE], place[SHA256_TEXT_SIZE], key[CACHE_KEY_SIZE];
    struct cache_answer answer = {0};
    char               *note = NULL;
    int                 r;

    if (session->database != NULL)
        return 0;
    r = cache_connect(app, session, error);
    if (r != ERR_CONNECT || !ask_shortcut(app, session, "", ask_minute(), shortcut, place) ||
        cache_find(session->cache, shortcut, place, &answer, key, &note, NULL) < 0)
        return r;
    take_note(session, note);
    mem_free(note);
    cache_answer_done(&answer);
    if (session->database == NULL)
        return r;
    error_done(error);
    return 0;
}

/* -- computing ----------------------------------------------------------------------------------------------------- */

static struct cache_question question_of(const struct way *way)
{
    const struct compiled *compiled = way->key.compiled;
    struct cache_read     *reads = ARENA_ARRAY(way->arena, struct cache_read, compiled->read_count + 1);

    for (size_t i = 0; i < compiled->read_count; i++)
        reads[i] = (struct cache_read){compiled->reads[i].relation, compiled->reads[i].added, compiled->reads[i].from,
                                       compiled->reads[i].to};
    return (struct cache_question){
        .key = way->key.key,
        .database = way->session->database,
        .reads = reads,
        .read_count = compiled->read_count,
        .columns = compiled->columns,
        .column_count = compiled->column_count,
        .max_stale_us = conf_text(way->app->conf, OPTION_MAX_STALE) != NULL ? conf_us(way->app->conf, OPTION_MAX_STALE)
                                                                            : -1,
    };
}

/* Without PostgreSQL an answer that is too old is better than none; the exit code says so. */
static int answer_old(struct way *way, int r, struct error *error)
{
    struct cache_answer old = {0};
    char                age[TIME_TEXT_SIZE];
    int                 sent;

    if (r != ERR_CONNECT || way->asked->begun || cache_find_old(way->cache, way->key.key, &old, NULL) < 0 ||
        old.rows == NULL)
        return r;
    sent = cache_rows_send(old.rows, "stale", way->key.key, old.age_us, way->sink, NULL);
    if (sent >= 0) {
        error_prefix(error, "this answer is %s old, as there is no newer one: ", duration_to_text(old.age_us, age));
        if (error != NULL)
            error->code = ERR_PARTIAL;
        sent = ERR_PARTIAL;
    }
    cache_answer_done(&old);
    return sent;
}

/* The place is noted for who comes next, where a login that is no tenant's leads to it. */
static void note_place(struct way *way)
{
    const struct app_cache *session = way->session;
    char                   *note;

    if (!way->has_shortcut || session->tenant || session->pid == 0)
        return;
    note = mem_printf("%s\n%s", session->database, session->role);
    (void)!cache_note_place(way->cache, way->place, note, NULL);
    mem_free(note);
}

/* What was connected to may be another database than the one that was noted: then its answer is not kept under this
 * key. */
static bool is_same_place(struct way *way)
{
    _cleanup_(mem_freep) char *database = mem_strdup(way->session->database), *role = mem_strdup(way->session->role);
    struct app_cache *session = way->session;

    return cache_connect(way->app, session, NULL) >= 0 && text_equal(database, session->database) &&
           text_equal(role, session->role);
}

static void keep(struct way *way, struct cache_flight *flight, const struct cache_record *record)
{
    struct error why = ERROR_INIT;

    if (!is_same_place(way) || !text_equal(way->key.model_hash, model_hash(way->asked->model))) {
        cache_give_up(flight);
        return;
    }
    if (cache_store(flight, record, way->key.class, way->key.fresh_us, way->has_shortcut ? way->shortcut : NULL, &why) <
        0)
        cache_warn(way->app, way->sink, &why);
    error_done(&why);
    note_place(way);
}

static int compute(struct way *way, struct cache_flight *flight, struct error *error)
{
    struct cache_record *record = cache_record_new(way->sink, CACHE_ROWS_MOST);
    int                  r;

    app_connect_early(way->app);
    cache_record_name(record, "miss", way->key.key);
    asked_done(way->asked);
    way->asked->kept = true;
    r = ask_answer_at(way->app, way->arena, way->now, way->asked, cache_record_sink(record), error);
    if (r >= 0 || r == ERR_EXPECT) {
        keep(way, flight, record);
    } else {
        cache_give_up(flight);
        r = answer_old(way, r, error);
    }
    cache_record_free(record);
    return r;
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

static int answer_past_cache(struct way *way, struct error *error)
{
    app_connect_early(way->app);
    asked_done(way->asked);
    way->asked->past_cache = true;
    return ask_answer_at(way->app, way->arena, way->now, way->asked, way->sink, error);
}

/* The database and who asks: noted, or of a connection; while that is made the model is read. */
static int know_place(struct way *way, struct error *error)
{
    const struct app_cache *session = way->session;
    struct model           *model;
    int                     r;

    if (session->database != NULL && (session->pid != 0 || way->has_shortcut) &&
        conf_text(way->app->conf, OPTION_AS_USER) == NULL)
        return 0;
    app_connect_early(way->app);
    r = app_model(way->app, &model, error);
    return r < 0 ? r : cache_connect(way->app, way->session, error);
}

static int ask_cache(struct way *way, struct cache_answer *ret_answer, struct error *error)
{
    struct cache_question question = question_of(way);
    int                   r;

    *ret_answer = (struct cache_answer){.outcome = CACHE_MISS};
    if (conf_flag(way->app->conf, OPTION_REFRESH))
        return cache_take_off(way->cache, &question, &ret_answer->flight, error);
    hurry(way);
    r = cache_ask(way->cache, &question, ret_answer, error);
    need_not_hurry(way);
    return r;
}

static int answer_by_key(struct way *way, struct error *error)
{
    struct cache_answer answer;
    struct error        why = ERROR_INIT;
    int                 r = ask_cache(way, &answer, &why);

    if (r == ERR_INTERRUPTED || task_cancelled(task_current()) != 0) {
        error_move(error, &why);
        cache_answer_done(&answer);
        return r < 0 ? r : task_cancelled(task_current());
    }
    if (r < 0) {
        cache_warn(way->app, way->sink, &why);
        error_done(&why);
        return answer_past_cache(way, error);
    }
    if (answer.rows == NULL)
        return compute(way, TAKE(answer.flight), error);
    r = cache_rows_send(answer.rows, answer.outcome == CACHE_STALE ? "stale" : "hit", way->key.key, answer.age_us, way->sink, error);
    if (answer.outcome == CACHE_HIT && way->has_shortcut)
        (void)!cache_add_shortcut(way->cache, way->shortcut, way->key.key, NULL);
    cache_answer_done(&answer);
    return r;
}

int ask_key_of(struct app *app, struct arena *arena, struct asked *asked, struct ask_key *ret_key, struct error *error)
{
    struct app_cache *session = NULL;
    struct app_cache  own = {0};
    int               r;

    if (app_redis(app) == NULL || (session = cache_for_asking(app, app->words)) == NULL)
        session = &own;                                        /* a key can be told without a cache */
    r = cache_connect(app, session, error);
    if (r >= 0)
        r = ask_make_key(app, arena, ask_minute(), session, asked, ret_key, error);
    app_cache_forget_place(&own);
    return r;
}

int ask_through_cache(struct app *app, struct app_cache *session, struct arena *arena, const char *text,
                      struct asked *asked, struct sink *sink, struct error *error)
{
    struct way way = {.app = app, .session = session, .cache = session->cache, .arena = arena, .asked = asked,
                      .sink = sink, .now = ask_minute()};
    struct pg *pg;
    int        r = 0;

    if (app_local(app) != NULL && !local_looks_up(app_local(app)))
        r = app_pg(app, &pg, error);                           /* Redis comes up with it */
    if (r >= 0 && !conf_flag(app->conf, OPTION_REFRESH))
        r = try_shortcut(&way, text, error);
    if (r == 1)
        return 0;
    if (r == ERR_CONNECT || r == ERR_TIMEOUT || r == ERR_SERVER || r == ERR_LIMIT)
        return task_cancelled(task_current()) != 0 ? r : answer_past_cache(&way, error);
    if (r >= 0)
        r = know_place(&way, error);
    if (r >= 0)
        r = ask_make_key(app, arena, way.now, session, asked, &way.key, error);
    return r < 0 ? r : answer_by_key(&way, error);
}
