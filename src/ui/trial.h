/*
 * trial: whether a server can be reached, asked once in a task of its own, on a connection of its own, which ends with
 * it. At most seven seconds; nothing is written there, nothing of it stands in the log of statements.
 */
#ifndef YTEMPIRE_UI_TRIAL_H
#define YTEMPIRE_UI_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "ytempire/base/error.h"
#include "ytempire/engine/loop.h"

enum trial_schema { SCHEMA_CURRENT, SCHEMA_BEHIND, SCHEMA_MISSING, SCHEMA_UNKNOWN };

struct trial_outcome {
    int               code;               /* 0: it answers */
    struct error      error;
    char             *version;            /* of PostgreSQL, "15.18"; NULL: no answer */
    char             *user, *database;    /* as the server knows them */
    enum trial_schema schema;             /* SCHEMA_UNKNOWN: it may not be looked at */
    char             *redis;              /* its version, "" when it may not be told; NULL: not tried, or no answer */
};

typedef void trial_on_end(void *who, const struct trial_outcome *outcome);

struct trial;

/* What is tried: PostgreSQL, and when it answers Redis. Texts are copied. */
struct trial_place {
    const char *dsn;
    const char *password;                 /* "": none */
    const char *redis;                    /* "": none */
};

/* `on_end` is called once, after this has returned, with an outcome that is borrowed; the trial is gone by then. `alive`
 * counts the trials that have not ended, those that were cancelled too. */
struct trial *trial_start(struct loop *loop, const struct trial_place *place, size_t *alive, trial_on_end *on_end,
                          void *who);
void          trial_cancel(struct trial *trial);    /* on_end is not called any more; NULL is a no-op */

#endif
