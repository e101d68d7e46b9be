-- All of job $1 that is known, then its attempts.
WITH job AS (SELECT * FROM ops.jobs WHERE id = $1::bigint)
SELECT field, value FROM (
    SELECT n, field, value
      FROM job, LATERAL (VALUES
           (1, 'id', id::text), (2, 'kind', kind), (3, 'source', source), (4, 'arguments', arguments::text), (5, 'state', state),
           (6, 'error', error), (7, 'error_class', error_class), (8, 'attempt', attempt::text), (9, 'max_attempts', max_attempts::text),
           (10, 'worker', worker), (11, 'lease_until', lease_until::text),
           (12, 'progress', progress_done || coalesce(' of ' || nullif(progress_total, 0), '') || ' ' || progress_unit),
           (13, 'rows', rows_read::text), (14, 'loaded', rows_loaded::text), (15, 'unchanged', rows_unchanged::text),
           (16, 'rejected', rows_rejected::text), (17, 'bytes', bytes::text), (18, 'quota', quota::text),
           (19, 'created_at', created_at::text), (20, 'created_by', created_by), (21, 'started_at', started_at::text),
           (22, 'finished_at', finished_at::text), (23, 'seconds', round(extract(epoch FROM coalesce(finished_at, now()) - started_at), 3)::text),
           (24, 'cancel_asked_at', cancel_asked_at::text), (25, 'cancel_heard_at', cancel_heard_at::text)) AS f (n, field, value)
    UNION ALL
    SELECT 100 + a.attempt, 'attempt ' || a.attempt,
           coalesce(a.outcome, 'running') || ' by ' || coalesce(a.worker, '?') || coalesce(', ' || a.rows_read || ' rows', '')
               || coalesce(', ' || round(extract(epoch FROM a.finished_at - a.started_at), 3) || ' s', '') || coalesce(': ' || a.error, '')
      FROM ops.job_attempts AS a WHERE a.job_id = $1::bigint
) AS all_of_it
 WHERE value IS NOT NULL
 ORDER BY n
