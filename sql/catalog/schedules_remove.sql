DELETE FROM ops.schedules WHERE name = $1 RETURNING name, cron, command, enabled, last_run, next_run, tz, missed
