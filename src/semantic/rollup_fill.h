/*
 * Shared by rollup_fill.c and rollup_aggregate.c: a model's rollup, opened to be written.
 */
#ifndef SEMANTIC_ROLLUP_FILL_H
#define SEMANTIC_ROLLUP_FILL_H

#include "rollup.h"
#include "write_leg.h"

struct filling {
    const struct rollup_layout *layout;
    struct writer               writer;
    struct str                  with, unions;
};

/* A model's rollup with what it is written with. */
struct opened {
    struct semantic_context context;
    struct query            query;
    struct bound            bound;
    struct plan             plan;
    struct filling          filling;
};

/* ERR_UNKNOWN: the model has none of that name. */
int  fill_open(struct opened *opened, const struct model *model, struct arena *arena, const char *cube,
               const char *name, int64_t now, struct semantic_rollup *ret_rollup, struct error *error) NODISCARD;
/* Gives the rollup its statement (NULL: none) and the values that it is written with. */
void fill_close(struct opened *opened, const char *sql, struct semantic_rollup *ret_rollup);
/* The texts of one pass over the facts, and the scope that they are written in. */
void fill_begin_text(struct filling *filling, struct leg_text *text, struct scope *scope, const struct leg *leg,
                     struct resolved range);
/* The value of a dimension that is kept by value. */
const char *fill_value(struct scope *scope, const struct rollup_layout *layout, size_t value);

#endif
