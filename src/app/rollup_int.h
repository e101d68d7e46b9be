/* Shared by rollup.c, rollup_refresh.c and rollup_check.c: one rollup that is worked on. */
#ifndef APP_ROLLUP_INT_H
#define APP_ROLLUP_INT_H

#include "ask_int.h"
#include "ytempire/app/rollup.h"

struct rollup_work {
    struct app    *app;
    struct pg     *pg;
    struct arena  *arena;
    struct model  *model;
    const char    *cube, *name;
    int64_t        now;
    struct sink   *sink;
    struct table  *table;                      /* the rows of the answer */
};

/* Opens what all need: the model, held, and the session's connection, in no transaction. Not for a tenant. */
int  rollup_open(struct app *app, struct arena *arena, struct rollup_work *ret_work, struct error *error) NODISCARD;
void rollup_close(struct rollup_work *work);
/* Calls `one` for the rollup of that name ("CUBE.NAME" or the name alone), or for all (NULL). Of several each fails by
 * itself: why is told, and `ret_left` counts them; what ends the work ends it. */
int  rollup_each(struct rollup_work *work, const char *name, int (*one)(struct rollup_work *work, struct error *error),
                 size_t *ret_left, size_t *ret_count, struct error *error) NODISCARD;
/* A statement over the rollup: $1 its cube, $2 its name, $3 `more` where that is not NULL. */
int  rollup_run(struct rollup_work *work, const char *sql, const char *more, struct pg_result **ret_result,
                struct error *error) NODISCARD;
/* Ends a transaction that is left open. */
void rollup_roll_back(struct rollup_work *work);

/* `steps` as one transaction that waits only briefly for locks, and for up to a minute again: who reads the facts would
 * wait behind it, since they are locked where TimescaleDB drops an aggregate. */
int rollup_transact(struct rollup_work *work, int (*steps)(void *who, struct error *error), void *who,
                    struct error *error) NODISCARD;

/* Drops what keeps it, a table or a continuous aggregate; nothing where there is neither. */
int rollup_drop_relation(struct rollup_work *work, const char *relation, struct error *error) NODISCARD;
/* The same in a transaction that has done much before, which stays: it waits only briefly for locks and tries again, so
 * that nobody waits behind it. */
int rollup_drop_in_turn(struct rollup_work *work, const char *relation, struct error *error) NODISCARD;

/* Of several rollups one that failed is told and left; not so what this says. */
bool rollup_ends_the_work(int r);

/* Drops those that the model in use does not have and nobody, by any model, has refreshed for a week. */
int rollup_drop_forgotten(struct rollup_work *work, size_t *ret_left, struct error *error) NODISCARD;
int rollup_refresh_one(struct rollup_work *work, struct error *error) NODISCARD;
/* Rows `cube name queries seconds saved_seconds rows bytes declaration` of what the log of queries speaks for; `name`:
 * a rollup that is declared, a cube, or NULL. */
int rollup_advise(struct rollup_work *work, const char *name, struct error *error) NODISCARD;
int rollup_check_one(struct rollup_work *work, struct error *error) NODISCARD;

#endif
