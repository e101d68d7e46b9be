-- Times in microseconds.
SELECT name, cron, tz, missed, missed_most, (extract(epoch FROM next_run) * 1000000)::bigint, (extract(epoch FROM now()) * 1000000)::bigint
  FROM ops.schedules WHERE enabled ORDER BY next_run NULLS FIRST, name
