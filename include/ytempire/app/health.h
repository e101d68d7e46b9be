/*
 * app/health: whether the servers and the workers are there, for the console's top line.
 *
 * Asks PostgreSQL (over a connection of its own, application_name "ytempire health") and Redis once a second each,
 * without touching the session's connection, starting a server or blocking. What is said is true within two seconds of
 * a server going away or coming back.
 *
 * Workers are looked for right after PostgreSQL has answered, so that this wakes nobody up more often. A worker that
 * comes, says goodbye or dies, however it does (kill -9), is seen at the next question, which is within two seconds: it
 * is there as long as its session is, whose socket the kernel closes with the process. Only of one that hangs, or whose
 * machine or network vanishes, the session stays; it is 'silent' when its heartbeat is half a minute old, as in the
 * list of workers. One whose connection broke is lost until it is connected again.
 */
#ifndef YTEMPIRE_APP_HEALTH_H
#define YTEMPIRE_APP_HEALTH_H

#include <stdint.h>

#include "ytempire/app.h"

enum health_state {
    HEALTH_UNKNOWN,        /* not asked yet */
    HEALTH_OK,             /* "0.4ms" */
    HEALTH_SLOW,           /* asked more than a second ago: "no answer 3s" */
    HEALTH_DOWN,           /* "reconnecting 3s" */
    HEALTH_NONE,           /* no Redis is configured */
};

struct health_server {
    enum health_state state;
    int64_t           latency_us;     /* as shown: smoothed and rounded; -1: never answered */
    int64_t           since_us;       /* when it came into this state; the loop's clock */
    const char       *words;          /* for the screen; "" when unknown or none */
    const char       *reason;         /* why it is down, or NULL */
};

/* OK: some work, or nothing is there to do. SLOW: some work, others are lost or silent; or those left drain while jobs
 * wait. DOWN: nobody works, and jobs wait or somebody was lost. UNKNOWN: PostgreSQL does not say. NONE: there is no
 * queue, or this login may not look at it. */
struct health_workers {
    enum health_state state;
    size_t            working;
    const char       *words;          /* "2", "1, 1 lost", "none, jobs wait"; "" when unknown or none */
};

struct app_health;

/* Starts to ask; NULL never. `on_change` is called on the loop whenever state, words or reason of a server (or of the
 * workers) differ from before, which for a server that answers is seldom; it must not wait, nor stop the health. */
struct app_health *app_health_start(struct app *app, void (*on_change)(void *who), void *who);
/* Turns the loop until both have ended, usually at once, for two seconds at most. Not in a task; before app_free. NULL
 * is a no-op. */
void               app_health_stop(struct app_health *health);

/* What is known now; borrowed, its texts until the loop turns again. */
const struct health_server *app_health_pg(const struct app_health *health);
const struct health_server *app_health_redis(const struct app_health *health);
const struct health_workers *app_health_workers(const struct app_health *health);

#endif
