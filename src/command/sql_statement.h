/*
 * command/sql_statement: one SQL statement as it is sent: the variables in it become parameters, and places in what is
 * sent lead back to what was typed. Pure.
 */
#ifndef COMMAND_SQL_STATEMENT_H
#define COMMAND_SQL_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "ytempire/base/error.h"
#include "ytempire/base/mem.h"
#include "ytempire/engine/pg.h"

struct sql_place {
    size_t typed, typed_length, sent, sent_length;
};

struct sql_statement {
    const char      *typed;             /* in the arena, without the semicolon at its end */
    const char      *sent;
    struct pg_value *values;            /* an occurrence each, so that each has the type of its place */
    size_t           value_count, value_room;
    struct sql_place *places;           /* of the parameters */
    size_t           place_count, place_room;
    const char      *verb;              /* the first word, lower case: "select"; "" for none */
    bool             balanced;          /* brackets and quotes close */
};

/* Where variables come from: NULL for a name without a value. `names` (NULL-terminated, or NULL) are for did-you-mean.
 */
struct sql_variables {
    const char *(*value)(void *who, const char *name, size_t length);
    const char *const *names;
    void              *who;
};

/* A :NAME without a value is ERR_UNKNOWN, but inside [ ] (an array's slice) it is left alone. */
int sql_statement_read(struct arena *arena, const char *text, const struct sql_variables *variables,
                       struct sql_statement *ret_statement, struct error *error) NODISCARD;
/* An error's place in `prefix` + sent becomes one in what was typed. */
void sql_statement_point(const struct sql_statement *statement, size_t prefix, struct error *error);

#endif
