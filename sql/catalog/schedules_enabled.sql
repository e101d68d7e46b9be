-- Times in microseconds. What somebody has put off for ever has none.
SELECT name, cron, tz, missed, missed_most, (extract(epoch FROM next_run) * 1000000)::bigint,
       (extract(epoch FROM now()) * 1000000)::bigint
  FROM ops.schedules
 WHERE enabled AND (next_run IS NULL OR next_run BETWEEN '0001-01-01 00:00Z' AND '9999-12-31 00:00Z')
 ORDER BY next_run NULLS FIRST, name
