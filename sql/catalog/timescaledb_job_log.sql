-- What went wrong in runs of TimescaleDB's job $1; it keeps no other log.
SELECT coalesce(finish_time, start_time) AS at, 'error' AS level, coalesce(sqlerrcode || ': ', '') || err_message AS message
  FROM timescaledb_information.job_errors WHERE job_id = $1::integer ORDER BY start_time
