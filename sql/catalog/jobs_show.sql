-- All of job $1 that is known, then its attempts that are over.
WITH job AS (SELECT * FROM ops.jobs WHERE id = $1::bigint)
SELECT field, value FROM (
    SELECT n, field, value
      FROM job, LATERAL (VALUES
           (1, 'id', id::text), (2, 'kind', kind), (3, 'source', source), (4, 'command', command), (5, 'state', state),
           (6, 'error', error), (7, 'error_class', error_class), (8, 'attempt', attempt::text),
           (9, 'max_attempts', (max_attempts + uncounted)::text), (10, 'priority', nullif(priority, 0)::text),
           (11, 'unique_key', unique_key), (12, 'schedule', schedule), (13, 'scheduled_for', scheduled_for::text),
           (14, 'run_at', CASE WHEN state IN ('scheduled', 'retryable') THEN run_at::text END), (15, 'timeout_seconds', timeout_seconds::text),
           (16, 'worker', worker), (17, 'lease_until', lease_until::text),
           (18, 'progress', progress_done || coalesce(' of ' || nullif(progress_total, 0), '') || ' ' || progress_unit),
           (19, 'rows', rows_read::text), (20, 'loaded', rows_loaded::text), (21, 'unchanged', rows_unchanged::text),
           (22, 'rejected', rows_rejected::text), (23, 'bytes', bytes::text), (24, 'quota', quota::text),
           (25, 'created_at', created_at::text), (26, 'created_by', created_by), (27, 'started_at', started_at::text),
           (28, 'finished_at', finished_at::text), (29, 'seconds', round(extract(epoch FROM coalesce(finished_at, now()) - started_at), 3)::text),
           (30, 'cancel_asked_at', cancel_asked_at::text), (31, 'cancel_asked_by', cancel_asked_by),
           (32, 'cancel_heard_at', cancel_heard_at::text), (33, 'cancel_how', cancel_how)) AS f (n, field, value)
    UNION ALL
    SELECT 100 + a.attempt, 'attempt ' || a.attempt,
           coalesce(a.outcome, 'running') || ' by ' || coalesce(a.worker, '?') || coalesce(', ' || a.rows_read || ' rows', '')
               || coalesce(', ' || round(extract(epoch FROM a.finished_at - a.started_at), 3) || ' s', '') || coalesce(': ' || a.error, '')
      FROM ops.job_attempts AS a WHERE a.job_id = $1::bigint
) AS all_of_it
 WHERE value IS NOT NULL
 ORDER BY n
