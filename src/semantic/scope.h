/*
 * The tables of one leg and what they are called there: the fact under its own name, and each joined cube once for
 * each path it is reached by. Writing an expression adds the joins it needs.
 */
#ifndef SEMANTIC_SCOPE_H
#define SEMANTIC_SCOPE_H

#include "bound.h"

struct instance {                          /* a cube's table in this leg */
    struct scope      *scope;
    const struct cube *cube;
    const struct join *via;                /* NULL: the fact itself */
    struct instance   *parent;
    const char        *alias;              /* quoted where it must be */
    const char        *table, *on;         /* of LEFT JOIN table ON on, once it is written; of the fact itself NULL */
};

struct scope {
    struct writer    *writer;
    size_t            fact;
    struct instance **instances;
    size_t            instance_count, instance_room;
    const struct rollup_layout *rollup;    /* the base is a rollup under the fact's name; NULL: the fact */
    struct str        joins;               /* " LEFT JOIN … ON …", in the order they are needed */
    struct instance  **joined;             /* those that `joins` has, in that order */
    size_t             joined_count, joined_room;
    const char       **columns;            /* of the fact itself, that what was written so far reads */
    size_t             column_count, column_room;
    bool               reads_unknown;      /* … and others that nobody knows: a sub-select may read any */
};

void scope_init(struct scope *scope, struct writer *writer, size_t fact);
void scope_done(struct scope *scope);
void scope_write_join(const struct instance *instance, struct str *to);                 /* one that `joined` has */
/* Expressions, in the arena of the compilation. */
const char *scope_fragment(struct scope *scope, const struct fragment *fragment);       /* of the fact itself */
const char *scope_dimension(struct scope *scope, const struct bound_dimension *dimension);   /* with its bucket */
/* What a dimension is grouped by beside itself; where the fact's own has no key, itself. */
const char *scope_dimension_key(struct scope *scope, const struct bound_dimension *dimension);
const char *scope_member(struct scope *scope, const struct member *member);
const char *scope_operand(struct scope *scope, const struct member *member); /* the same, fit to be compared */
const char *scope_column(struct scope *scope, const char *column); /* a column of the fact's table: "base.column" */
const char *scope_base(const struct scope *scope);                                      /* the fact's alias */
const char *scope_table(const struct scope *scope);
/* What a sub-select over the fact has to give for all that was written so far: "video_key, timestamp, views", or "*". */
const char *scope_columns(const struct scope *scope);
/* The same for counters: the cube's "snapshots" under the name of its table, else the table. */
const char *scope_snapshots(const struct scope *scope); /* "analytics.fact_video_performance" */
const char *scope_schema(const struct scope *scope, const char *schema);                /* for a tenant: tenant */

/* Identifiers as SQL: quoted unless they are plain and not reserved. */
void        identifier_write(struct str *to, const char *name);
const char *identifier_text(struct arena *arena, const char *name);

#endif
