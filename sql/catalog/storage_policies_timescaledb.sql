-- Each piece of upkeep of each table, and the policies that TimescaleDB's own workers run, with their last run.
SELECT relation, policy, last_run, round(extract(epoch FROM clock_timestamp() - last_run), 3), result,
       CASE WHEN policy = 'retention' THEN (SELECT s.value FROM ops.settings AS s WHERE s.name = 'retention_days') END
  FROM (SELECT relation, policy, last_run, result FROM ops.upkeep
         UNION ALL
        SELECT format('%I.%I', j.hypertable_schema, j.hypertable_name), regexp_replace(j.proc_name, '^policy_', ''),
               nullif(s.last_run_started_at, '-infinity'),
               concat_ws(', ', CASE WHEN NOT j.scheduled THEN 'paused' END,
                         coalesce(lower(s.last_run_status), 'not run yet'),
                         'every ' || trim_scale(round(extract(epoch FROM j.schedule_interval) / 3600, 2)) || ' h',
                         'next ' || to_char(nullif(j.next_start, '-infinity'), 'YYYY-MM-DD HH24:MI'))
          FROM timescaledb_information.jobs AS j LEFT JOIN timescaledb_information.job_stats AS s USING (job_id)
         WHERE j.hypertable_name IS NOT NULL) AS kept
 ORDER BY relation, policy
