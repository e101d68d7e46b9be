#include "trial.h"

#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/pg.h"
#include "ytempire/engine/redis.h"
#include "ytempire/migrate.h"

#define LIMIT_US (5 * US_PER_SECOND)
#define REDIS_LIMIT_US (2 * US_PER_SECOND)

struct trial {
    struct loop       *loop;
    char              *dsn, *password, *redis;
    size_t            *alive;
    trial_on_end      *on_end;      /* NULL: nobody waits for it */
    void              *who;
    struct task       *task;
    struct pg         *pg;
    struct loop_timer *limit;
    bool               asking;      /* connected: a cancel would have to wait for the server */
};

static void on_limit(void *who)
{
    struct trial *trial = who;

    trial->limit = NULL;
    if (trial->asking)
        pg_break(trial->pg);
}

static enum trial_schema look_at_schema(struct pg *pg)
{
    const struct migrate_options options = {0};
    _cleanup_(mem_freep) char   *newest = NULL;

    if (migrate_is_current(pg, &options, NULL))
        return SCHEMA_CURRENT;
    if (migrate_newest(pg, &newest, NULL) < 0)
        return SCHEMA_UNKNOWN;
    return text_equal(newest, "0") ? SCHEMA_MISSING : SCHEMA_BEHIND;
}

/* hiredis blocks: it is asked on a thread. */
struct asking {
    const char           *address;
    struct trial_outcome *outcome;
    int                   code;
};

static void ping_in_thread(void *who)
{
    struct asking *asking = who;

    asking->code = redis_ping(asking->address, REDIS_LIMIT_US, &asking->outcome->redis, &asking->outcome->error);
}

static int reach_redis(const struct trial *trial, struct trial_outcome *outcome)
{
    struct asking asking = {.address = trial->redis, .outcome = outcome};
    int           r = trial->redis != NULL ? task_in_thread(ping_in_thread, &asking) : 0;

    return asking.code < 0 ? asking.code : r;
}

static int reach(struct trial *trial, struct trial_outcome *outcome)
{
    struct pg_options options = {.dsn = trial->dsn, .password = trial->password, .connect_timeout_us = LIMIT_US};
    const char       *version;
    int               r = task_sleep(0);

    if (r >= 0)
        r = pg_open(trial->loop, &options, &trial->pg, &outcome->error);
    if (r >= 0)
        r = pg_ready(trial->pg, &outcome->error);
    if (r < 0)
        return r;
    trial->asking = true;
    version = pg_parameter(trial->pg, "server_version");
    outcome->version = mem_strndup(version != NULL ? version : "", version != NULL ? strcspn(version, " ") : 0);
    outcome->user = mem_strdup(pg_user(trial->pg));
    outcome->database = mem_strdup(pg_database(trial->pg));
    outcome->schema = look_at_schema(trial->pg);
    return reach_redis(trial, outcome);
}

static void forget(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    mem_free(secret);
}

static void trial_free(struct trial *trial)
{
    loop_timer_cancel(trial->loop, trial->limit);
    pg_close(trial->pg);
    forget(trial->password);
    forget(trial->redis);
    mem_free(trial->dsn);
    --*trial->alive;
    mem_free(trial);
}

static void trial_task(void *who)
{
    struct trial        *trial = who;
    struct trial_outcome outcome = {0};
    trial_on_end        *on_end;
    void                *whom;

    trial->task = task_current();
    outcome.code = reach(trial, &outcome);
    on_end = trial->on_end;
    whom = trial->who;
    trial_free(trial);
    if (on_end != NULL)
        on_end(whom, &outcome);
    error_done(&outcome.error);
    mem_free(outcome.version);
    mem_free(outcome.user);
    mem_free(outcome.database);
    mem_free(outcome.redis);
}

struct trial *trial_start(struct loop *loop, const struct trial_place *place, size_t *alive, trial_on_end *on_end,
                          void *who)
{
    struct trial *trial = mem_alloc(sizeof *trial);

    *trial = (struct trial){.loop = loop, .dsn = mem_strdup(place->dsn), .alive = alive, .on_end = on_end, .who = who};
    if (place->password[0] != '\0')
        trial->password = mem_strdup(place->password);
    if (place->redis[0] != '\0')
        trial->redis = mem_strdup(place->redis);
    trial->limit = loop_timer(loop, LIMIT_US, on_limit, trial);
    ++*alive;
    (void)task_start(loop, trial_task, trial);
    return trial;
}

void trial_cancel(struct trial *trial)
{
    if (trial == NULL)
        return;
    trial->on_end = NULL;
    if (trial->asking)
        pg_break(trial->pg);
    else
        task_cancel(trial->task, ERR_INTERRUPTED);
}
