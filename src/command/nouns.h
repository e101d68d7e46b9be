/* Every command there is, by the file it stands in; all.c lists them by name. */
#ifndef COMMAND_NOUNS_H
#define COMMAND_NOUNS_H

#include "ytempire/command.h"

/* activity.c */
extern const struct command command_activity, command_activity_bloat, command_activity_cancel, command_activity_locks,
    command_activity_statements, command_activity_terminate;
/* backfill.c */
extern const struct command command_backfill;
/* backup.c */
extern const struct command command_backup_create, command_backup_list, command_backup_restore, command_backup_verify;
/* board.c; what panels may do */
extern const struct command command_board, command_board_edit, command_board_events, command_board_snapshot,
    command_boards;
/* cache_warm.c */
extern const struct command command_cache_schedule, command_cache_warm;
/* chart.c */
extern const struct command command_chart;
/* deadletters.c */
extern const struct command command_deadletters, command_deadletter_drop, command_deadletter_edit,
    command_deadletter_retry;
/* doctor.c */
extern const struct command command_doctor;
/* export.c */
extern const struct command command_export;
/* habits.c */
extern const struct command command_habit_describe, command_habit_edit, command_habit_expanded, command_habit_include,
    command_habit_timing;
/* ingest.c; the line that does the same load from any folder, for a worker: caller frees */
char *ingest_line_for_worker(const struct args *args);
/* Its source and settings. */
int ingest_check_args(const struct args *args, struct error *error) NODISCARD;
extern const struct command command_ingest, command_ingest_infer, command_sources;
/* jobs.c */
extern const struct command command_job_cancel, command_job_log, command_job_retry, command_job_show, command_job_why,
    command_jobs, command_queue, command_queue_keep, command_queue_limit, command_queue_pause, command_queue_resume,
    command_workers;
/* local.c */
extern const struct command command_local_down, command_local_reset, command_local_status, command_local_up;
/* console.c */
extern const struct command command_back, command_board_choose, command_board_marks, command_board_move,
    command_board_open, command_board_range, command_board_rate, command_board_step, command_board_user,
    command_board_zoom, command_cancel, command_connect, command_copy, command_drill, command_drill_rows,
    command_focus, command_form_accept, command_form_move, command_grid_expand, command_grid_export,
    command_grid_filter, command_grid_freeze, command_grid_go, command_grid_hide, command_grid_move,
    command_grid_next, command_grid_pivot, command_grid_previous, command_grid_search, command_grid_select,
    command_grid_show, command_grid_sort, command_grid_width, command_keys, command_list_edit, command_list_move,
    command_list_run, command_log, command_log_move, command_log_next, command_log_previous, command_log_search,
    command_mouse, command_page_move, command_page_next, command_page_previous, command_page_search, command_palette,
    command_panel_do, command_panel_move, command_panel_open, command_panel_prompt, command_panel_zoom,
    command_prompt, command_redraw, command_refresh, command_result_drop, command_result_explain, command_result_go,
    command_result_next, command_result_previous, command_screen, command_suspend, command_tour, command_tour_end,
    command_tour_next, command_view, command_welcome;
/* migrate.c */
extern const struct command command_migrate_baseline, command_migrate_down, command_migrate_new, command_migrate_plan,
    command_migrate_show, command_migrate_status, command_migrate_to, command_migrate_up, command_migrate_verify;
/* plot.c */
extern const struct command command_plot;
/* query.c */
extern const struct command command_catalog, command_explain, command_lint, command_query;
/* quota.c */
extern const struct command command_quota, command_quota_limit, command_quota_reserve;
/* pin.c */
extern const struct command command_pin, command_pin_remove, command_pin_update, command_pins;
/* sample.c */
extern const struct command command_sample_load;
/* saved.c */
extern const struct command command_run_saved, command_save, command_saved, command_saved_remove;
/* schedules.c */
extern const struct command command_schedule_add, command_schedule_next, command_schedule_pause,
    command_schedule_remove, command_schedule_resume, command_schedule_run, command_schedules;
/* search.c */
extern const struct command command_search;
/* session.c */
extern const struct command command_habit_help, command_habit_quit, command_help_verb, command_quit, command_set;
/* source.c */
extern const struct command command_source_replay, command_source_tape;
/* sql.c */
extern const struct command command_sql;
/* theme.c */
extern const struct command command_theme;
/* cache.c */
extern const struct command command_cache_classes, command_cache_dependencies, command_cache_get, command_cache_history,
    command_cache_invalidate, command_cache_key, command_cache_keys, command_cache_stats;
/* rollup.c */
extern const struct command command_rollup_advise, command_rollup_check, command_rollup_refresh, command_rollups;
/* storage.c */
extern const struct command command_storage, command_storage_analyze, command_storage_maintain,
    command_storage_partitions, command_storage_policies, command_storage_retention;

#endif
