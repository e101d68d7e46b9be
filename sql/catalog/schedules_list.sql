SELECT s.name, s.cron, s.command, s.enabled, s.last_run, s.next_run, s.tz, s.missed, s.last_job, j.state AS last_state
  FROM ops.schedules AS s LEFT JOIN ops.jobs AS j ON j.id = s.last_job
 ORDER BY s.name
