/* The one array of all commands, sorted by name (as strcmp does: a test looks). To add one: a line here, one in nouns.h. */
#include "nouns.h"

const struct command *const commands[] = {
    &command_habit_help,
    &command_habit_describe,
    &command_habit_edit,
    &command_habit_include,
    &command_habit_quit,
    &command_habit_timing,
    &command_habit_expanded,
    &command_catalog,
    &command_explain,
    &command_help_verb,
    &command_lint,
    &command_query,
    &command_quit,
    &command_sample_load,
    &command_set,
    &command_sql,
    &command_storage,
    &command_storage_maintain,
    &command_storage_retention,
    NULL,
};
