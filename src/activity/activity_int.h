/* Shared by the files of this room. */
#ifndef ACTIVITY_INT_H
#define ACTIVITY_INT_H

#include "ytempire/activity.h"

/* -- look.c: one look at the server -------------------------------------------------------------------------------- */

int  look_begin(struct pg *pg, struct error *error) NODISCARD;
/* Also of a task that is cancelled. */
void look_end(struct pg *pg);
/* All of the statement's rows, in columns as table_new has them; there may be more columns in the rows. */
struct look {
    const char            *statement;      /* of sql/catalog */
    const struct pg_value *values;
    size_t                 count;
    const char            *columns;
};
int  look_ask(struct pg *pg, const struct look *look, struct pg_result **ret_result, struct error *error) NODISCARD;
void look_add(struct table *table, const struct pg_result *result, size_t row);
struct table *look_table(const char *columns);
/* The table with up to three remarks, NULL being none. */
int  look_send(const struct table *table, const char *const remarks[static 3], struct sink *sink,
               struct error *error) NODISCARD;

/* -- tree.c: who waits for whom ------------------------------------------------------------------------------------ */

struct waiter {
    long long  pid;
    long long *blockers;       /* borrowed */
    size_t     blocker_count;
    size_t     depth;          /* set by tree_order, as is */
    size_t     parent;         /* its place, or SIZE_MAX */
};
/* Each once, below the nearest to the top of those it waits for; `ret_order` has room for all. Where all wait for each
 * other the first is at the top. */
void tree_order(struct waiter *waiters, size_t count, size_t *ret_order);

#endif
