-- Jobs, newest first, at most $2 unless it is NULL; of state $1 unless it is NULL. Progress is in percent, where the end is known.
SELECT id, source, state,
       CASE WHEN state = 'completed' THEN 100.0 ELSE round(100.0 * least(progress_done, progress_total) / nullif(progress_total, 0), 1) END AS progress,
       rows_read AS rows, rows_rejected AS rejected, attempt, created_at, started_at, finished_at, error, kind,
       CASE WHEN state = 'running' THEN round(rows_read / nullif(extract(epoch FROM clock_timestamp() - started_at), 0)) END AS rows_per_second,
       CASE WHEN state = 'running' AND progress_done > 0 AND progress_total > 0
            THEN round(extract(epoch FROM clock_timestamp() - started_at) * greatest(progress_total - progress_done, 0) / progress_done) END AS seconds_left
  FROM ops.jobs
 WHERE $1::text IS NULL OR state = $1
 ORDER BY id DESC
 LIMIT $2::bigint
