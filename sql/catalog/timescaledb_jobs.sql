-- Jobs of the queue, newest first, at most $2 unless it is NULL, then TimescaleDB's own: each as its last run, with the negative of its number there as
-- id, since ids of the queue are positive. Of state $1 unless it is NULL.
(
SELECT id, source, state,
       CASE WHEN state = 'completed' THEN 100.0 ELSE round(100.0 * least(progress_done, progress_total) / nullif(progress_total, 0), 1) END AS progress,
       rows_read AS rows, rows_rejected AS rejected, attempt, created_at, started_at, finished_at, error, kind,
       CASE WHEN state = 'running' THEN round(rows_read / nullif(extract(epoch FROM clock_timestamp() - started_at), 0)) END AS rows_per_second,
       CASE WHEN state = 'running' AND progress_done > 0 AND progress_total > 0
            THEN round(extract(epoch FROM clock_timestamp() - started_at) * greatest(progress_total - progress_done, 0) / progress_done) END AS seconds_left
  FROM ops.jobs
 WHERE $1::text IS NULL OR state = $1
 ORDER BY id DESC
 LIMIT $2::bigint)
UNION ALL
SELECT * FROM (
    SELECT -j.job_id::bigint AS id, 'timescaledb' AS source,
           CASE WHEN s.job_status = 'Running' THEN 'running'
                WHEN s.last_run_status = 'Success' THEN 'completed'
                WHEN s.last_run_status = 'Failed' AND j.scheduled THEN 'retryable'
                WHEN s.last_run_status = 'Failed' THEN 'discarded'
                ELSE 'scheduled' END AS state,
           CASE WHEN s.job_status <> 'Running' AND s.last_run_status = 'Success' THEN 100.0 END, NULL::bigint, NULL::bigint,
           coalesce(s.total_runs, 0)::integer, NULL::timestamptz, s.last_run_started_at,
           CASE WHEN s.job_status <> 'Running' THEN s.last_run_started_at + s.last_run_duration END,
           CASE WHEN s.last_run_status = 'Failed' THEN e.err_message END, j.proc_name::text, NULL::numeric, NULL::numeric
      FROM timescaledb_information.jobs AS j
      LEFT JOIN timescaledb_information.job_stats AS s USING (job_id)
      LEFT JOIN LATERAL (SELECT err_message FROM timescaledb_information.job_errors AS e
                          WHERE e.job_id = j.job_id ORDER BY start_time DESC LIMIT 1) AS e ON true) AS own
 WHERE $1::text IS NULL OR own.state = $1
 ORDER BY 1 DESC
