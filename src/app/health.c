/*
 * The two who ask: a task with a connection to PostgreSQL, and a task whose questions to Redis are asked on a thread.
 *
 * A question that is out is waited for, not asked again: an answer then tells at once that the server is back. Only the
 * other end of a network may vanish without a word; there the connection is given up after a while and made anew.
 * Invariant: what the thread uses (redis_side.ask) is not touched by anybody else while it runs. `alive` counts the
 * tasks; the last one frees all when app_health_stop did not wait for it.
 */
#include <string.h>

#include "health_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/engine/redis.h"

#define SOCKET_PATIENCE_US (10 * US_PER_SECOND)
#define NETWORK_PATIENCE_US (2 * US_PER_SECOND)
#define CONNECT_LEAST_US US_PER_SECOND
#define CONNECT_MOST_US (8 * US_PER_SECOND)
#define STOP_US (2 * US_PER_SECOND)
#define LOCK_PATIENCE "lock_timeout=300" /* ms, for a queue that a migration holds: well below HEALTH_LIMIT_US */

struct pg_side {
    struct watch watch;
    struct task *task;
    char *dsn, *password, *sql;
    struct pg *pg; /* NULL between two tries */
    bool asking, gave_up;
    bool known, is_socket; /* it was connected once */
    struct workers_watch workers;
    int64_t connect_limit_us;
};

struct redis_ask {
    char *address;
    struct redis *redis; /* NULL between two tries */
    int code;
    struct error error;
    int64_t latency_us;
};

struct redis_side {
    struct watch watch;
    struct task *task;
    struct redis_ask ask;
};

struct app_health {
    struct loop *loop;
    struct pg_side pg;
    struct redis_side redis;
    size_t alive;
    bool ending, abandoned;
};

static void health_free(struct app_health *health)
{
    watch_done(&health->pg.watch);
    watch_done(&health->redis.watch);
    if (health->pg.password != NULL)
        explicit_bzero(health->pg.password, strlen(health->pg.password));
    mem_free(health->pg.password);
    mem_free(health->pg.dsn);
    mem_free(health->pg.sql);
    mem_free(health->redis.ask.address);
    mem_free(health);
}

static void task_ended(struct app_health *health, struct task **task)
{
    *task = NULL;
    health->alive--;
    if (health->abandoned && health->alive == 0)
        health_free(health);
}

/* Until it is time for the next question. */
static void rest(const struct app_health *health, int64_t began)
{
    int64_t left = began + HEALTH_EVERY_US - loop_now(health->loop);

    if (!health->ending && left > 0)
        (void)!task_sleep(left);
}

/* -- PostgreSQL ---------------------------------------------------------------------------------------------------- */

/* How long connecting may take is learned: twice as long as it took. Until then it gets more time with each try; so it
 * does at a socket, where each try would stay in the queue of a server that was stopped. */
static void learn_limit(struct pg_side *side, int64_t took)
{
    side->known = true;
    side->is_socket = pg_is_socket(side->pg);
    side->connect_limit_us = 2 * took > CONNECT_LEAST_US ? 2 * took : CONNECT_LEAST_US;
}

static void connect_pg(struct app_health *health)
{
    static const char *const settings[] = {LOCK_PATIENCE, NULL};
    struct pg_side *side = &health->pg;
    struct pg_options options = {
        .dsn = side->dsn, .password = side->password, .application_name = "ytempire health",
        .connect_timeout_us = side->connect_limit_us, .settings = settings};
    struct error why = ERROR_INIT;
    int64_t began = loop_now(health->loop), took;
    int r = pg_open(health->loop, &options, &side->pg, &why);

    if (r >= 0)
        r = pg_ready(side->pg, &why);
    took = loop_now(health->loop) - began;
    side->workers.prepared = false;
    if (r >= 0) {
        learn_limit(side, took);
        return;
    }
    pg_close(TAKE(side->pg));
    if (took < side->connect_limit_us && !health->ending)
        watch_failed(&side->watch, &why);
    else if ((!side->known || side->is_socket) && 2 * side->connect_limit_us <= CONNECT_MOST_US)
        side->connect_limit_us *= 2;
    error_done(&why);
}

static void on_patience_ended(void *who)
{
    struct pg_side *side = who;

    side->gave_up = true;
    pg_break(side->pg);
}

/* The latency is that of the ping alone; the server has answered when it has told of the workers, too. */
static int ping_pg(struct app_health *health, int64_t *ret_latency, struct error *error)
{
    struct pg_side *side = &health->pg;
    int64_t began = loop_now(health->loop);
    int64_t patience = side->is_socket ? SOCKET_PATIENCE_US : NETWORK_PATIENCE_US;
    struct loop_timer *timer = loop_timer(health->loop, patience, on_patience_ended, side);
    int r;

    side->gave_up = false;
    side->asking = true;
    r = pg_query(side->pg, side->sql, NULL, 0, NULL, error);
    *ret_latency = loop_now(health->loop) - began;
    if (r >= 0)
        r = workers_ask(&side->workers, side->pg, error);
    side->asking = false;
    if (!side->gave_up)
        loop_timer_cancel(health->loop, timer);
    return r;
}

static void ask_pg(struct app_health *health)
{
    struct pg_side *side = &health->pg;
    struct error why = ERROR_INIT;
    int64_t latency;
    int r;

    watch_asked(&side->watch);
    if (side->pg == NULL)
        connect_pg(health);
    if (side->pg == NULL || health->ending)
        return;
    r = ping_pg(health, &latency, &why);
    if (r >= 0)
        watch_answered(&side->watch, latency);
    else
        pg_close(TAKE(side->pg));
    if (r < 0)
        workers_unknown(&side->workers);
    if (r < 0 && !health->ending && !side->gave_up)
        watch_failed(&side->watch, &why);
    error_done(&why);
}

static void watch_pg(void *who)
{
    struct app_health *health = who;
    struct pg_side *side = &health->pg;
    struct error why = ERROR_INIT;

    (void)!task_sleep(0); /* nothing is told before app_health_start has returned */
    if (pg_catalog_text("health_ping", &side->sql, &why) < 0)
        watch_failed(&side->watch, &why);
    while (!health->ending && side->sql != NULL) {
        int64_t began = loop_now(health->loop);

        ask_pg(health);
        rest(health, began);
    }
    pg_close(TAKE(side->pg));
    task_ended(health, &side->task);
}

/* -- Redis --------------------------------------------------------------------------------------------------------- */

static void ask_in_thread(void *who)
{
    struct redis_ask *ask = who;
    int64_t began;

    ask->code = ask->redis != NULL ? 0 : redis_open(ask->address, HEALTH_LIMIT_US, &ask->redis, &ask->error);
    began = monotonic_us();
    if (ask->code >= 0)
        ask->code = redis_alive(ask->redis, HEALTH_LIMIT_US, &ask->error);
    ask->latency_us = monotonic_us() - began;
    if (ask->code < 0 && ask->code != ERR_TIMEOUT)
        redis_close(TAKE(ask->redis));
}

static void give_up_redis(struct app_health *health)
{
    struct redis_side *side = &health->redis;
    int64_t patience;

    if (side->ask.redis == NULL)
        return;
    patience = redis_is_socket(side->ask.redis) ? SOCKET_PATIENCE_US : NETWORK_PATIENCE_US;
    if (loop_now(health->loop) - side->watch.silent_since >= patience)
        redis_close(TAKE(side->ask.redis));
}

static void ask_redis(struct app_health *health)
{
    struct redis_side *side = &health->redis;
    struct redis_ask *ask = &side->ask;

    watch_asked(&side->watch);
    (void)!task_in_thread(ask_in_thread, ask);
    if (health->ending)
        return;
    if (ask->code >= 0)
        watch_answered(&side->watch, ask->latency_us);
    else if (ask->code == ERR_TIMEOUT)
        give_up_redis(health);
    else
        watch_failed(&side->watch, &ask->error);
    error_done(&ask->error);
}

static void watch_redis(void *who)
{
    struct app_health *health = who;
    struct redis_side *side = &health->redis;

    (void)!task_sleep(0);
    while (!health->ending) {
        int64_t began = loop_now(health->loop);

        ask_redis(health);
        rest(health, began);
    }
    redis_close(TAKE(side->ask.redis));
    error_done(&side->ask.error);
    task_ended(health, &side->task);
}

/* -- the face ------------------------------------------------------------------------------------------------------ */

struct app_health *app_health_start(struct app *app, void (*on_change)(void *who), void *who)
{
    struct app_health *health = mem_alloc(sizeof *health);
    const char *dsn = app_dsn(app), *redis = app_redis(app);

    health->loop = app->loop;
    health->pg.dsn = dsn != NULL ? mem_strdup(dsn) : NULL;
    health->pg.password = app_password(app) != NULL ? mem_strdup(app_password(app)) : NULL;
    health->pg.connect_limit_us = CONNECT_LEAST_US;
    watch_init(&health->pg.watch, app->loop, on_change, who);
    workers_init(&health->pg.workers, on_change, who);
    watch_init(&health->redis.watch, app->loop, on_change, who);
    health->alive = redis != NULL ? 2 : 1;
    health->pg.task = task_start(app->loop, watch_pg, health);
    if (redis != NULL) {
        health->redis.ask.address = mem_strdup(redis);
        health->redis.task = task_start(app->loop, watch_redis, health);
    } else {
        health->redis.watch.seen.state = HEALTH_NONE;
    }
    return health;
}

void app_health_stop(struct app_health *health)
{
    int64_t until = monotonic_us() + STOP_US;

    if (health == NULL)
        return;
    health->ending = true;
    health->pg.watch.on_change = NULL;
    health->pg.workers.on_change = NULL;
    health->redis.watch.on_change = NULL;
    if (health->pg.asking)
        pg_break(health->pg.pg); /* a cancel would ask the server's leave */
    else if (health->pg.task != NULL)
        task_cancel(health->pg.task, ERR_INTERRUPTED);
    if (health->redis.task != NULL)
        task_cancel(health->redis.task, ERR_INTERRUPTED);
    while (health->alive > 0 && monotonic_us() < until)
        loop_turn(health->loop, until - monotonic_us());
    if (health->alive > 0)
        health->abandoned = true;
    else
        health_free(health);
}

const struct health_server *app_health_pg(const struct app_health *health)
{
    return &health->pg.watch.seen;
}

const struct health_server *app_health_redis(const struct app_health *health)
{
    return &health->redis.watch.seen;
}

const struct health_workers *app_health_workers(const struct app_health *health)
{
    static const struct health_workers unknown = {.state = HEALTH_UNKNOWN, .words = ""};
    const struct health_workers *seen = &health->pg.workers.seen;

    return seen->state == HEALTH_NONE || health->pg.watch.seen.state == HEALTH_OK ? seen : &unknown;
}
