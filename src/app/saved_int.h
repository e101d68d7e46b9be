/* Saved queries for the rest of app. */
#ifndef APP_SAVED_INT_H
#define APP_SAVED_INT_H

#include "ytempire/base/str.h"
#include "ytempire/semantic.h"

struct app;

/* Whether the query can be asked of that model, without a database. Where a variable has no value, what is wrong behind
 * it is not found. */
int saved_bind(struct app *app, struct arena *arena, struct model *model, const struct query *query,
               struct error *error) NODISCARD;

/* "…" with JSON's escapes, as the line's language has them too. */
void add_json_text(struct str *to, const char *text);

#endif
