-- Schedules, then the plans by which TimescaleDB runs jobs of its own: "ts:" and the number there.
SELECT * FROM (
    SELECT s.name, s.cron, s.command, s.enabled, s.last_run, s.next_run, s.tz, s.missed, s.last_job, j.state AS last_state
      FROM ops.schedules AS s LEFT JOIN ops.jobs AS j ON j.id = s.last_job
    UNION ALL
    SELECT 'ts:' || j.job_id, '@every ' || (CASE WHEN extract(epoch FROM j.schedule_interval)::bigint % 3600 = 0 THEN extract(epoch FROM j.schedule_interval)::bigint / 3600 || 'h' ELSE extract(epoch FROM j.schedule_interval)::bigint || 's' END),
           format('CALL %I.%I(%s, %L)', j.proc_schema, j.proc_name, j.job_id, j.config::text), j.scheduled,
           nullif(s.last_run_started_at, '-infinity'), nullif(s.next_start, '-infinity'), 'UTC', NULL, -j.job_id::bigint,
           CASE WHEN s.job_status = 'Running' THEN 'running' WHEN s.last_run_status = 'Success' THEN 'completed'
                WHEN s.last_run_status = 'Failed' THEN 'retryable' END
      FROM timescaledb_information.jobs AS j LEFT JOIN timescaledb_information.job_stats AS s USING (job_id)) AS all_of_them
 ORDER BY name LIKE 'ts:%', name
