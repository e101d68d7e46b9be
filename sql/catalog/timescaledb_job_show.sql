-- All that is known of TimescaleDB's job $1, in the words of a job of the queue; then its failures, the latest first. One that belongs
-- to no hypertable has no relation.
WITH job AS (
    SELECT j.*, s.last_run_started_at AS started, s.last_run_duration AS duration, s.last_run_status AS last, s.job_status = 'Running' AS running,
           s.total_runs, s.total_failures, coalesce(nullif(s.next_start, '-infinity'), nullif(j.next_start, '-infinity')) AS next
      FROM timescaledb_information.jobs AS j LEFT JOIN timescaledb_information.job_stats AS s USING (job_id)
     WHERE j.job_id = $1::integer
), failed AS (
    SELECT row_number() OVER (ORDER BY start_time DESC) AS n, start_time, finish_time, err_message
      FROM timescaledb_information.job_errors WHERE job_id = $1::integer ORDER BY start_time DESC LIMIT 10
)
SELECT field, value FROM (
    SELECT place, field, value
      FROM job, LATERAL (VALUES
           (1, 'id', (-job_id)::text), (2, 'kind', proc_name::text), (3, 'source', 'timescaledb'),
           (4, 'command', format('CALL %I.%I(%s, %L)', proc_schema, proc_name, job_id, config)),
           (5, 'state', CASE WHEN running THEN 'running' WHEN last = 'Success' THEN 'completed' WHEN last = 'Failed' AND scheduled THEN 'retryable'
                             WHEN last = 'Failed' THEN 'discarded' ELSE 'scheduled' END),
           (6, 'error', CASE WHEN last = 'Failed' THEN (SELECT err_message FROM failed WHERE n = 1) END),
           (7, 'attempt', total_runs::text), (8, 'failures', total_failures::text),
           (9, 'max_attempts', CASE WHEN max_retries >= 0 THEN (max_retries + 1)::text END), (10, 'schedule', 'ts:' || job_id),
           (11, 'enabled', scheduled::text), (12, 'every', schedule_interval::text), (13, 'retry_after', retry_period::text),
           (14, 'run_at', CASE WHEN scheduled THEN next::text END),
           (15, 'timeout_seconds', nullif(extract(epoch FROM max_runtime)::bigint, 0)::text),
           (16, 'relation', CASE WHEN hypertable_name IS NOT NULL THEN format('%I.%I', hypertable_schema, hypertable_name) END),
           (17, 'config', config::text), (18, 'what', application_name::text), (19, 'created_by', owner::text),
           (20, 'started_at', nullif(started, '-infinity')::text),
           (21, 'finished_at', CASE WHEN NOT running THEN (nullif(started, '-infinity') + duration)::text END),
           (22, 'seconds', CASE WHEN running THEN round(extract(epoch FROM now() - started), 3) ELSE round(extract(epoch FROM duration), 3) END::text)
           ) AS fields (place, field, value)
    UNION ALL
    SELECT 100 + n, 'failed at ' || start_time, coalesce(round(extract(epoch FROM finish_time - start_time), 3) || ' s: ', '') || err_message FROM failed
) AS all_of_it
 WHERE value IS NOT NULL
 ORDER BY place
