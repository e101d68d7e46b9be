-- The schedules that make warm set $1, alone or with all others; duration is of the last job of each, once it has ended.
SELECT s.name, s.cron, s.enabled, s.last_run, CASE WHEN s.enabled THEN s.next_run END, s.last_job, j.state,
       round(extract(epoch FROM j.finished_at - j.started_at) * 1000)
  FROM ops.schedules AS s LEFT JOIN ops.jobs AS j ON j.id = s.last_job
 WHERE s.command IN ('cache warm', 'cache warm ' || $1)
 ORDER BY s.enabled DESC, s.name
