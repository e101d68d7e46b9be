/*
 * Values of dimensions, asked for in the background. Invariant: one task at most, which works through the members that
 * are wanted; `known` keeps an entry for each that was ever asked for, also one that could not be answered (count 0).
 */
#include "ytempire/app/values.h"

#include <string.h>

#include "ask_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

#define VALUES_MOST 500
#define FRESH_US (10 * US_PER_MINUTE)
#define LAST_WAIT_US (2 * US_PER_SECOND)
#define SET_LIMIT "SET statement_timeout = '5s'"

struct known {
    const char **values;           /* in the arena */
    size_t       count;
    struct arena *arena;
    int64_t      asked_us;         /* the loop's clock */
    bool         wanted;           /* waits for the task */
};

struct app_values {
    struct app  *app;
    struct map  *known;            /* member → struct known */
    struct task *task;
    void       (*on_change)(void *who);
    void        *who;
};

struct app_values *app_values_new(struct app *app, void (*on_change)(void *who), void *who)
{
    struct app_values *values = mem_alloc(sizeof *values);

    *values = (struct app_values){.app = app, .known = map_new(), .on_change = on_change, .who = who};
    return values;
}

void app_values_free(struct app_values *values)
{
    if (values == NULL)
        return;
    if (!task_end(values->app->loop, &values->task, LAST_WAIT_US))
        return;                    /* it still holds all of this: left to the end of the program */
    for (size_t i = 0; i < map_count(values->known); i++) {
        struct known *known = map_value_at(values->known, i);

        arena_free(known->arena);
        mem_free(known);
    }
    map_free(values->known);
    mem_free(values);
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

static void keep(struct known *known, struct pg_result *result)
{
    arena_free(known->arena);
    known->arena = arena_new();
    known->values = ARENA_ARRAY(known->arena, const char *, pg_result_rows(result) + 1);
    known->count = 0;
    for (size_t i = 0; i < pg_result_rows(result); i++) {
        const char *text = pg_result_text(result, i, 0);

        if (text != NULL)
            known->values[known->count++] = arena_strdup(known->arena, text);
    }
}

static int fetch(struct app_values *values, struct pg *pg, const char *member, struct known *known)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char      *json = arena_printf(arena, "{\"dimensions\": [\"%s\"], \"limit\": %d}", member, VALUES_MOST);
    _cleanup_(asked_done) struct asked asked = ASKED_INIT;
    int r = ask_compile(values->app, arena, json, &asked, NULL);

    if (r >= 0)
        r = pg_query(pg, asked.compiled->sql, ask_values(arena, asked.compiled), asked.compiled->value_count, &result,
                     NULL);
    if (r >= 0)
        keep(known, result);
    return r;
}

static struct known *next_wanted(struct app_values *values, const char **ret_member)
{
    for (size_t i = 0; i < map_count(values->known); i++) {
        struct known *known = map_value_at(values->known, i);

        if (known->wanted) {
            *ret_member = map_key_at(values->known, i);
            return known;
        }
    }
    return NULL;
}

static void values_task(void *who)
{
    struct app_values *values = who;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    struct known      *known;
    const char        *member;
    int                r;

    values->task = task_current();
    r = app_pg_open(values->app, &pg, NULL);
    if (r >= 0)
        r = pg_script(pg, SET_LIMIT, NULL);
    while ((known = next_wanted(values, &member)) != NULL) {
        known->wanted = false;
        known->asked_us = loop_now(values->app->loop);
        if (r >= 0 && fetch(values, pg, member, known) >= 0)
            values->on_change(values->who);
        if (task_cancelled(values->task) < 0)
            break;
    }
    values->task = NULL;
}

/* A member is put into JSON as it stands: only names of the language are asked for. */
static bool is_name(const char *member)
{
    return member[0] != '\0' && strpbrk(member, "\"\\\n") == NULL;
}

const char *const *app_values_of(struct app_values *values, const char *member, size_t *ret_count)
{
    struct known *known = map_get(values->known, member);
    int64_t       now = loop_now(values->app->loop);

    if (known == NULL && is_name(member)) {
        known = mem_alloc(sizeof *known);
        known->asked_us = now - FRESH_US;
        map_put(values->known, member, known);
    }
    if (known != NULL && !known->wanted && now - known->asked_us >= FRESH_US && app_is_connected(values->app)) {
        known->wanted = true;
        if (values->task == NULL)
            (void)task_start(values->app->loop, values_task, values);
    }
    *ret_count = known != NULL ? known->count : 0;
    return *ret_count > 0 ? known->values : NULL;
}
