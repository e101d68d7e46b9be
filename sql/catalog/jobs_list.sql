-- Jobs, newest first; of state $1 unless it is NULL. Progress is in percent, where the end is known.
SELECT id, source, state,
       CASE WHEN state = 'completed' THEN 100.0 ELSE round(100.0 * least(progress_done, progress_total) / nullif(progress_total, 0), 1) END AS progress,
       rows_read AS rows, rows_rejected AS rejected, attempt, created_at, started_at, finished_at, error, kind
  FROM ops.jobs
 WHERE $1::text IS NULL OR state = $1
 ORDER BY id DESC
