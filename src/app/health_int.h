/* What is seen of one server and of the workers, from what asking brought; shared by the files of the health. */
#ifndef APP_HEALTH_INT_H
#define APP_HEALTH_INT_H

#include "ytempire/app/health.h"
#include "ytempire/engine/pg.h"

#define HEALTH_EVERY_US US_PER_SECOND       /* from one question to the next */
#define HEALTH_LIMIT_US US_PER_SECOND       /* after which a server is slow */
#define HEALTH_RECENT 5

struct watch {
    struct loop         *loop;
    struct health_server seen;
    char                 words[48];
    char                *reason;
    int64_t              silent_since;      /* when the oldest question without an answer was asked; -1: all answered */
    bool                 down;              /* it refused, or the connection was lost */
    int64_t              recent[HEALTH_RECENT];    /* latencies, a ring */
    size_t               answers;
    struct loop_timer   *alarm;             /* set while a question is out */
    void               (*on_change)(void *who);
    void                *who;
};

void watch_init(struct watch *watch, struct loop *loop, void (*on_change)(void *who), void *who);
void watch_done(struct watch *watch);
/* What happened: a question is out; it was answered; it was refused, or the connection lost (`why` is taken). */
void watch_asked(struct watch *watch);
void watch_answered(struct watch *watch, int64_t latency_us);
void watch_failed(struct watch *watch, struct error *why);

struct workers_count {
    long long working, draining;
    long long silent;                       /* their sessions are there, without a heartbeat */
    long long lost, lost_lately;            /* their sessions are not, and they have not said goodbye */
    bool      wait;                         /* jobs, while nobody works */
};

struct workers_watch {
    struct health_workers seen;
    char                  words[64];
    bool                  prepared;         /* in the session that is asked */
    void                (*on_change)(void *who);
    void                 *who;
};

void workers_init(struct workers_watch *watch, void (*on_change)(void *who), void *who);
void workers_counted(struct workers_watch *watch, const struct workers_count *count);
void workers_unknown(struct workers_watch *watch);
/* Waits. Fails only where the connection is lost (ERR_CONNECT): what else keeps the answer away makes them unknown. */
int  workers_ask(struct workers_watch *watch, struct pg *pg, struct error *error) NODISCARD;

#endif
