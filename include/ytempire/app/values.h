/*
 * app/values: the values that a dimension has, for completion, which never waits.
 *
 * Who asks for values that are not known yet gets none, and they are asked for in the background, over a connection of
 * its own and one dimension at a time: the first 500 in order, at most five seconds. Known ones are asked for again
 * when they are ten minutes old. Nothing is asked before the session is connected, and no server is started.
 */
#ifndef YTEMPIRE_APP_VALUES_H
#define YTEMPIRE_APP_VALUES_H

#include <stddef.h>

#include "ytempire/app.h"

struct app_values;

/* `on_change` is called on the loop when values have become known. */
struct app_values *app_values_new(struct app *app, void (*on_change)(void *who), void *who);
/* Turns the loop until what is under way has ended, for two seconds at most. Not in a task; before app_free. NULL is a
 * no-op. */
void               app_values_free(struct app_values *values);
/* Values of a dimension ("VideoPerformance.category"), sorted, borrowed until the next call or turn of the loop; NULL:
 * none are known (yet). Safe to call for a member that there is not. */
const char *const *app_values_of(struct app_values *values, const char *member, size_t *ret_count);

#endif
