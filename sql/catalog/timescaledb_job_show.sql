-- All that is known of TimescaleDB's job $1.
SELECT field, value
  FROM timescaledb_information.jobs AS j LEFT JOIN timescaledb_information.job_stats AS s USING (job_id),
       LATERAL (VALUES (1, 'id', (-j.job_id)::text),
                       (2, 'kind', j.proc_name::text),
                       (3, 'schedule', 'ts:' || j.job_id),
                       (4, 'what', j.application_name::text),
                       (5, 'owner', j.owner::text),
                       (6, 'relation', format('%I.%I', j.hypertable_schema, j.hypertable_name)),
                       (7, 'config', j.config::text),
                       (8, 'enabled', j.scheduled::text),
                       (9, 'every', j.schedule_interval::text),
                       (10, 'retry_after', j.retry_period::text),
                       (11, 'last_run', s.last_run_started_at::text),
                       (12, 'took', s.last_run_duration::text),
                       (13, 'last_state', lower(s.last_run_status)),
                       (14, 'next_run', s.next_start::text),
                       (15, 'runs', s.total_runs::text),
                       (16, 'failures', s.total_failures::text)) AS fields (place, field, value)
 WHERE j.job_id = $1::integer ORDER BY place
