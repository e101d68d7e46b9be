-- Why TimescaleDB's job $1 is where it is, in a sentence.
SELECT -j.job_id::bigint AS id,
       CASE WHEN s.job_status = 'Running' THEN 'running' WHEN s.last_run_status = 'Success' THEN 'completed'
            WHEN s.last_run_status = 'Failed' AND j.scheduled THEN 'retryable' WHEN s.last_run_status = 'Failed' THEN 'discarded'
            ELSE 'scheduled' END AS state,
       CASE WHEN s.job_status = 'Running' THEN 'it runs since ' || s.last_run_started_at
            WHEN NOT j.scheduled THEN 'it is paused; ''schedule resume ts:' || j.job_id || ''' ends that'
            WHEN s.last_run_status = 'Failed' THEN 'its last run failed' || coalesce(' (' || e.err_message || ')', '')
                 || coalesce('; it is tried again at ' || nullif(s.next_start, '-infinity'), '')
            WHEN s.last_run_status = 'Success' THEN 'it ended well' || coalesce('; it runs again at ' || nullif(s.next_start, '-infinity'), '')
            ELSE 'it has not run yet: TimescaleDB''s own workers start it' END AS why
  FROM timescaledb_information.jobs AS j
  LEFT JOIN timescaledb_information.job_stats AS s USING (job_id)
  LEFT JOIN LATERAL (SELECT err_message FROM timescaledb_information.job_errors AS e
                      WHERE e.job_id = j.job_id ORDER BY start_time DESC LIMIT 1) AS e ON true
 WHERE j.job_id = $1::integer
