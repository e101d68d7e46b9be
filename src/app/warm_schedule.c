/*
 * When warm sets are made: their schedules, the last job of each, and what Redis knows of them.
 */
#include <string.h>

#include "warm_int.h"
#include "ytempire/app/cache.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/cache/looks.h"

/* Columns of cache_schedules, in the order they are shown. */
enum { SCHEDULE, CRON, ENABLED, LAST_RUN, NEXT_RUN, LAST_JOB, LAST_STATE, DURATION, COLUMNS };

static const char *moment(struct arena *arena, int64_t us)
{
    struct civil at = local_to_civil(us);

    return us <= 0 ? NULL
                   : arena_printf(arena, "%04d-%02d-%02d %02d:%02d:%02d+00", at.year, at.month, at.day, at.hour,
                                  at.minute, at.second);
}

/* One row a schedule; a set that none makes has one all the same. */
static void add_rows(struct table *table, const struct app_warm_set *set, const struct cache_warm_state *state,
                     const struct pg_result *schedules)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    size_t count = pg_result_rows(schedules);

    for (size_t i = 0; i < (count > 0 ? count : 1); i++) {
        const char *cells[COLUMNS] = {NULL};

        for (size_t c = 0; c < COLUMNS && count > 0; c++)
            cells[c] = pg_result_text(schedules, i, c);
        table_add(table, set->name, set->class->name, cells[SCHEDULE], cells[CRON], cells[ENABLED], cells[LAST_RUN],
                  cells[NEXT_RUN], cells[LAST_JOB], cells[LAST_STATE], cells[DURATION],
                  moment(arena, state->warmed_us), arena_printf(arena, "%zu", state->entries),
                  arena_printf(arena, "%zu", state->failing), arena_printf(arena, "%zu", state->touched));
    }
}

static int add_set(struct table *table, struct pg *pg, struct cache *cache, const char *name, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *schedules = NULL;
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct cache_warm_state state;
    struct app_warm_set     set;
    int                     r = app_warm_read(arena, name, &set, error);

    if (r >= 0)
        r = pg_catalog_query(pg, "cache_schedules", &PG_TEXT(name), 1, &schedules, error);
    if (r >= 0)
        r = cache_warm_state(cache, name, &state, error);
    if (r >= 0)
        add_rows(table, &set, &state, schedules);
    return r;
}

int app_warm_schedule(struct app *app, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table =
        table_new("set:text class:text schedule:text cron:text enabled:bool last_run:timestamptz next_run:timestamptz "
                  "last_job:int last_state:text duration_ms:int warmed_at:timestamptz entries:int failing:int "
                  "touched:int");
    struct cache *cache;
    struct pg    *pg;
    char        **names = NULL;
    size_t        count = 0;
    int           r = app_cache(app, &cache, error);

    if (r >= 0)
        r = app_pg(app, &pg, error);
    if (r >= 0)
        r = app_warm_names(&names, &count, error);
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = add_set(table, pg, cache, names[i], error);
    app_warm_names_free(names, count);
    return r < 0 ? r : table_send(table, sink, error);
}
