/*
 * The session's cache: which Redis, whose database, and telling it what was touched.
 */
#include "ytempire/app/cache.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ask_int.h"
#include "cache_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/cache/looks.h"
#include "ytempire/local.h"

/* -- the cache ----------------------------------------------------------------------------------------------------- */

static struct app_cache *cache_of(struct app *app)
{
    if (app->cache == NULL)
        app->cache = mem_alloc(sizeof *app->cache);
    return app->cache;
}

void app_cache_forget_place(struct app_cache *cache)
{
    mem_free(TAKE(cache->database));
    mem_free(TAKE(cache->role));
    mem_free(TAKE(cache->account));
}

void app_cache_free(struct app_cache *cache)
{
    if (cache == NULL)
        return;
    cache_free(cache->cache);
    app_cache_forget_place(cache);
    mem_free(cache->salt);
    mem_free(cache);
}

/* The address stays what it is for as long as the session is at one place. */
static int open_cache(struct app *app, struct app_cache **ret_cache, struct error *error)
{
    struct app_cache *cache = cache_of(app);
    const char       *address = app_redis(app);
    int               r = 0;

    if (address == NULL)
        return ERR_USAGE;
    if (cache->cache == NULL)
        r = cache_new(app->loop, address, &cache->cache, error);
    if (r >= 0)
        *ret_cache = cache;
    return r;
}

void cache_warn(struct app *app, struct sink *sink, const struct error *why)
{
    struct app_cache *cache = cache_of(app);

    if (!cache->warned && why->code != ERR_INTERRUPTED && why->text != NULL)
        sink_text(app->words != NULL ? app->words : sink, "warning: nothing is cached: %s", why->text);
    cache->warned = true;
}

struct app_cache *cache_for_asking(struct app *app, struct sink *sink)
{
    struct app_cache *cache = NULL;
    struct error      why = ERROR_INIT;
    struct pg        *pg = app_pg_alive(app);

    if (app->undecided || conf_flag(app->conf, OPTION_NO_CACHE) || (pg != NULL && pg_in_transaction(pg)))
        return NULL;
    if (app_session_is_altered(app)) {
        app_cache_forget_place(cache_of(app));
        return NULL;
    }
    if (open_cache(app, &cache, &why) < 0) {
        cache = NULL;
        cache_warn(app, sink, &why);
    }
    error_done(&why);
    return cache;
}

/* Where PostgreSQL is down nobody can tell who is a tenant; who has come as far as Redis may look after it then. */
static int refuse_tenants(struct app *app, struct error *error)
{
    bool tenant = false;
    int  r = app_is_tenant(app, &tenant, NULL);

    if (r == ERR_INTERRUPTED || r == ERR_TIMEOUT)
        return r;
    if (!tenant)
        return 0;
    (void)error_set(error, ERR_USAGE, "the cache holds the answers of others too");
    error_hint(error, "not with --as-user, nor as a tenant");
    return ERR_USAGE;
}

int app_cache(struct app *app, struct cache **ret_cache, struct error *error)
{
    struct app_cache *cache;
    struct pg        *pg;
    int               r = 0;

    if (app_redis(app) == NULL) {
        error_set(error, ERR_USAGE, "there is no Redis, so nothing is cached");
        error_hint(error, "--redis redis://host:port/database names one, or a profile, or REDIS_URL");
        return ERR_USAGE;
    }
    r = refuse_tenants(app, error);
    if (r >= 0 && app_local(app) != NULL && !local_looks_up(app_local(app)))
        r = app_pg(app, &pg, error);
    if (r >= 0)
        r = open_cache(app, &cache, error);
    if (r >= 0)
        *ret_cache = cache->cache;
    return r;
}

/* -- whose database ------------------------------------------------------------------------------------------------ */

static int look_up_place(struct app_cache *cache, struct pg *pg, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char *account;
    int         r = pg_catalog_query(pg, "cache_place", NULL, 0, &result, error);

    if (r < 0)
        return r;
    if (pg_result_rows(result) != 1)
        return error_set(error, ERR_SERVER, "the server does not say which database it is");
    app_cache_forget_place(cache);
    account = pg_result_text(result, 0, 2);
    cache->database = mem_strdup(pg_result_text(result, 0, 0));
    cache->role = mem_strdup(pg_result_text(result, 0, 1));
    cache->account = account != NULL ? mem_strdup(account) : NULL;
    return 0;
}

static int look_up_account(struct app_cache *cache, struct pg *pg, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char *account;
    int         r = pg_catalog_query(pg, "cache_account", NULL, 0, &result, error);

    if (r < 0)
        return r;
    account = pg_result_rows(result) == 1 ? pg_result_text(result, 0, 0) : NULL;
    mem_free(cache->account);
    cache->account = mem_strdup(account != NULL ? account : "");
    return 0;
}

int cache_connect(struct app *app, struct app_cache *cache, struct error *error)
{
    struct pg *pg;
    int        r = app_pg(app, &pg, error), pid;

    if (r < 0)
        return r;
    pid = pg_backend_pid(pg);
    if (cache->database != NULL && cache->pid == pid)
        return 0;
    r = app_is_tenant(app, &cache->tenant, error);
    if (r >= 0)
        r = look_up_place(cache, pg, error);
    if (r >= 0 && cache->tenant)
        r = look_up_account(cache, pg, error);
    cache->pid = r >= 0 ? pid : 0;
    return r;
}

/* -- what was touched ---------------------------------------------------------------------------------------------- */

/* What is stale of a warm set is made anew soon, once for all that was touched since its last pass: a thirtieth of its
 * TTL from now, where a schedule makes it at all. Quiet: the schedule comes by itself. */
static void warm_again(struct pg *pg, const struct cache_touched *touched)
{
    for (size_t i = 0; i < touched->set_count; i++) {
        const struct cache_touched_set *set = &touched->sets[i];
        char delay[24];

        snprintf(delay, sizeof delay, "%" PRId64, set->class->ttl_us / 30);
        (void)!pg_catalog_query(pg, "cache_warm_again",
                                ((struct pg_value[]){{.text = set->set}, {.text = set->pass}, {.text = delay}}), 3,
                                NULL, NULL);
    }
}

static int touch(struct app_cache *cache, struct pg *pg, const struct cache_touch *touches, size_t count)
{
    struct cache_touched touched = {0};
    int                  r = cache_touch(cache->cache, cache->database, touches, count, &touched, NULL);

    warm_again(pg, &touched);
    cache_touched_done(&touched);
    return r;
}

static int tell(struct app_cache *cache, struct pg *pg, const struct pg_result *touched)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    size_t              count = pg_result_rows(touched);
    struct cache_touch *touches = ARENA_ARRAY(arena, struct cache_touch, count + 1);

    for (size_t i = 0; i < count; i++) {
        bool open = pg_result_text(touched, i, 2) == NULL || pg_result_text(touched, i, 3) == NULL;

        touches[i] = (struct cache_touch){
            .relation = pg_result_text(touched, i, 0),
            .added = text_equal(pg_result_text(touched, i, 1), "t"),
            .from = open ? INT64_MIN : pg_result_int(touched, i, 2),
            .to = open ? INT64_MAX : pg_result_int(touched, i, 3),
        };
    }
    return touch(cache, pg, touches, count);
}

static int drain(struct app_cache *cache, struct pg *pg)
{
    _cleanup_(pg_result_freep) struct pg_result *touched = NULL;
    int r = pg_catalog_query(pg, "cache_touched", NULL, 0, &touched, NULL);

    if (r >= 0 && pg_result_rows(touched) > 0)
        r = tell(cache, pg, touched);
    if (r >= 0 && pg_result_rows(touched) > 0)
        r = pg_catalog_query(pg, "cache_told", &PG_TEXT(pg_result_text(touched, 0, 4)), 1, NULL, NULL);
    return r;
}

int app_cache_of_database(struct app *app, struct cache **ret_cache, const char **ret_database, struct error *error)
{
    struct error why = ERROR_INIT;
    int          r = app_cache(app, ret_cache, error);

    if (r < 0)
        return r;
    r = cache_connect(app, app->cache, &why);
    if (r == ERR_CONNECT && app->cache->database != NULL)
        r = 0;
    else if (r < 0)
        error_move(error, &why);
    error_done(&why);
    if (r >= 0)
        *ret_database = app->cache->database;
    return r;
}

/* Answers of such a table (cache_dependents); entries of warm sets stay, and are stale. */
static void count_answers(const struct table *table, size_t *ret_keys, size_t *ret_bytes)
{
    long long bytes;

    *ret_keys = *ret_bytes = 0;
    for (size_t i = 0; i < table_row_count(table); i++) {
        struct data_cell set = table_cell(table, i, 2), size = table_cell(table, i, 9);

        if (set.text != NULL || size.text == NULL || text_to_int64(size.text, size.length, &bytes) < 0)
            continue;
        ++*ret_keys;
        *ret_bytes += (size_t)bytes;
    }
}

int app_cache_drop_dependents(struct app *app, const char *relation, bool dry_run, size_t *ret_keys, size_t *ret_bytes,
                              struct error *error)
{
    _cleanup_(table_freep) struct table *table = NULL;
    _cleanup_(mem_freep) char *whole = NULL;
    struct cache_touch   touched = {.from = INT64_MIN, .to = INT64_MAX};
    struct cache_touched sets = {0};
    const char   *database;
    struct cache *cache;
    struct pg    *pg = NULL;
    bool          more;
    int           r = app_cache_of_database(app, &cache, &database, error);

    if (r >= 0 && !dry_run)        /* what nothing depends on yet may be read just now: none of it comes after the look */
        r = cache_drop_flights(cache, error);
    if (r >= 0)
        r = cache_relation_find(cache, database, relation, &whole, error);
    if (r >= 0)
        r = cache_dependents(cache, database, relation, &table, &more, error);
    if (r < 0)
        return r;
    count_answers(table, ret_keys, ret_bytes);
    if (dry_run || (whole == NULL && strchr(relation, '.') == NULL))
        return 0;
    touched.relation = whole != NULL ? whole : relation;
    r = app_pg(app, &pg, error);
    if (r >= 0)
        r = cache_touch(cache, database, &touched, 1, &sets, error);
    if (r >= 0)
        warm_again(pg, &sets);
    cache_touched_done(&sets);
    return r;
}

void app_cache_tell(struct app *app, bool everything)
{
    static const struct cache_touch all = {.from = INT64_MIN, .to = INT64_MAX};
    struct app_cache *cache = NULL;
    struct pg        *pg = app_pg_alive(app);

    if (pg == NULL || pg_in_transaction(pg) || open_cache(app, &cache, NULL) < 0 ||
        cache_connect(app, cache, NULL) < 0)
        return;
    if (everything)
        (void)!touch(cache, pg, &all, 1);
    (void)!drain(cache, pg);
}
