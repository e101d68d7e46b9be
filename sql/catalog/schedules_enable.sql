-- What passes while it is paused is not missed: its next run is found anew.
UPDATE ops.schedules
   SET next_run = CASE WHEN enabled = $2::boolean THEN next_run END, enabled = $2::boolean
 WHERE name = $1
RETURNING name, cron, command, enabled, last_run, next_run, tz, missed
