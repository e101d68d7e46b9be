/*
 * command/assist: the same help for any text that can be typed: commands, their options and arguments, and queries
 * (semantic/assist.h); several commands, comments and all. Read from the array of commands and conf's table; nothing is
 * asked of a server, no file but a folder's listing for an argument that is a file.
 */
#ifndef YTEMPIRE_COMMAND_ASSIST_H
#define YTEMPIRE_COMMAND_ASSIST_H

#include "ytempire/semantic/assist.h"

void command_spans(struct arena *arena, const struct model *model, const char *line, size_t length, size_t cursor,
                   const struct word_span **ret_spans, size_t *ret_count);

/* What the caller knows without asking: what struct semantic_assist has, and names of things (sources, jobs, saved
 * queries, cache keys, migrations, boards) by enum complete of command.h. Each may be NULL. */
struct assist_context {
    const struct model *model;
    assist_values      *values;
    const char *const *(*names)(void *who, int complete, size_t *ret_count);
    void               *who;
    const struct query *previous;
    const char *const  *variables;
    int64_t             now;
    const struct zone  *zone;
};

/* Commands first where one may begin. */
void command_complete(struct arena *arena, const struct assist_context *context, const char *line, size_t length,
                      size_t cursor, struct candidates *ret_candidates);

#endif
