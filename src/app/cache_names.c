/* Names of keys of the cache, asked for in the background. Invariant: one task at most. */
#include "ytempire/app/cache_names.h"

#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/cache.h"
#include "ytempire/engine/pg.h"
#include "ytempire/local.h"

#define NAMES_MOST 500
#define FRESH_US (10 * US_PER_SECOND)
#define LAST_WAIT_US (2 * US_PER_SECOND)

struct app_cache_names {
    struct app  *app;
    char       **names;
    size_t       count;
    int64_t      asked_us;             /* the loop's clock */
    struct task *task;
    void       (*on_change)(void *who);
    void        *who;
};

struct app_cache_names *app_cache_names_new(struct app *app, void (*on_change)(void *who), void *who)
{
    struct app_cache_names *names = mem_alloc(sizeof *names);

    *names = (struct app_cache_names){
        .app = app, .asked_us = loop_now(app->loop) - FRESH_US, .on_change = on_change, .who = who};
    return names;
}

void app_cache_names_free(struct app_cache_names *names)
{
    if (names == NULL)
        return;
    if (!task_end(names->app->loop, &names->task, LAST_WAIT_US))
        return;                    /* it still holds all of this: left to the end of the program */
    cache_names_free(names->names, names->count);
    mem_free(names);
}

/* The login of the private servers is their owner. Any other is asked about over a connection of its own: the session's
 * may be in use. */
static bool may_see_keys(struct app *app)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;

    if (app_local(app) != NULL)
        return true;
    return app_pg_open(app, &pg, NULL) >= 0 && pg_catalog_query(pg, "app_is_tenant", NULL, 0, &result, NULL) >= 0 &&
           text_equal(pg_result_text(result, 0, 0), "f");
}

static void names_task(void *who)
{
    struct app_cache_names *this = who;
    struct cache *cache = NULL;
    char        **names;
    size_t        count;
    int           r;

    this->task = task_current();
    r = may_see_keys(this->app) ? cache_new(this->app->loop, app_redis(this->app), &cache, NULL) : ERR_USAGE;
    if (r >= 0)
        r = cache_names(cache, NAMES_MOST, &names, &count, NULL);
    cache_free(cache);
    if (r >= 0) {
        cache_names_free(this->names, this->count);
        this->names = names;
        this->count = count;
    }
    this->task = NULL;
    if (r >= 0)
        this->on_change(this->who);
}

static bool can_ask(struct app *app)
{
    return !app->undecided && conf_text(app->conf, OPTION_AS_USER) == NULL && app_redis(app) != NULL &&
           (app_local(app) == NULL || local_looks_up(app_local(app)));
}

const char *const *app_cache_names_of(struct app_cache_names *names, size_t *ret_count)
{
    int64_t now = loop_now(names->app->loop);

    if (names->task == NULL && now - names->asked_us >= FRESH_US && can_ask(names->app)) {
        names->asked_us = now;
        (void)task_start(names->app->loop, names_task, names);
    }
    *ret_count = names->count;
    return (const char *const *)names->names;
}
