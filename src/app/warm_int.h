/* Warm sets for the rest of app. */
#ifndef APP_WARM_INT_H
#define APP_WARM_INT_H

#include "ytempire/app/warm.h"
#include "ytempire/semantic.h"

/* What is wrong with the warm sets, into a table `severity where message`; `bad` when something is. Statements are
 * tried where `pg` is (else NULL). */
int warm_lint(struct app *app, const struct model *model, struct pg *pg, struct table *table, bool *bad,
              struct error *error) NODISCARD;
/* The query of an entry, parsed. */
int warm_parse(struct arena *arena, const struct app_warm_entry *entry, struct query **ret_query,
               struct error *error) NODISCARD;

#endif
