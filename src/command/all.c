/* The one array of all commands, sorted by name (as strcmp does: a test looks). To add one: a line here, one in nouns.h. */
#include "nouns.h"

const struct command *const commands[] = {
    &command_catalog,
    &command_explain,
    &command_lint,
    &command_query,
    NULL,
};
