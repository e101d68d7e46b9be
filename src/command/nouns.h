/* Every command there is, by the file it stands in; all.c lists them by name. */
#ifndef COMMAND_NOUNS_H
#define COMMAND_NOUNS_H

#include "ytempire/command.h"

/* deadletters.c */
extern const struct command command_deadletters;
/* habits.c */
extern const struct command command_habit_describe, command_habit_edit, command_habit_expanded, command_habit_include,
    command_habit_timing;
/* ingest.c */
extern const struct command command_ingest, command_sources;
/* jobs.c */
extern const struct command command_job_log, command_job_show, command_jobs;
/* local.c */
extern const struct command command_local_down, command_local_reset, command_local_status, command_local_up;
/* migrate.c */
extern const struct command command_migrate_baseline, command_migrate_down, command_migrate_new, command_migrate_plan,
    command_migrate_status, command_migrate_to, command_migrate_up, command_migrate_verify;
/* query.c */
extern const struct command command_catalog, command_explain, command_lint, command_query;
/* sample.c */
extern const struct command command_sample_load;
/* session.c */
extern const struct command command_habit_help, command_habit_quit, command_help_verb, command_quit, command_set;
/* sql.c */
extern const struct command command_sql;
/* storage.c */
extern const struct command command_storage, command_storage_maintain, command_storage_retention;

#endif
