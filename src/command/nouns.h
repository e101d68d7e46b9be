/* Every command there is, by the file it stands in; all.c lists them by name. */
#ifndef COMMAND_NOUNS_H
#define COMMAND_NOUNS_H

#include "ytempire/command.h"

/* query.c */
extern const struct command command_catalog, command_explain, command_lint, command_query;

#endif
