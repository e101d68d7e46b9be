-- Schedule $1 goes, and with it the job of it that waits; one that runs goes on.
WITH gone AS (
    DELETE FROM ops.schedules WHERE name = $1 RETURNING name, cron, command, enabled, last_run, next_run, tz, missed
), waiting AS MATERIALIZED (
    SELECT j.id FROM gone, ops.jobs AS j
     WHERE j.schedule = gone.name AND j.state IN ('scheduled', 'available', 'retryable')
     ORDER BY j.id FOR NO KEY UPDATE OF j
), stopped AS (
    UPDATE ops.jobs AS j
       SET state = 'cancelled', finished_at = clock_timestamp(), cancel_asked_at = clock_timestamp(), cancel_asked_by = session_user,
           cancel_heard_at = clock_timestamp(), cancel_how = 'its schedule was removed'
      FROM waiting WHERE j.id = waiting.id
    RETURNING j.id
)
SELECT gone.*, (SELECT max(id) FROM stopped) AS cancelled_job,
       (SELECT max(id) FROM ops.jobs AS j WHERE j.schedule = gone.name AND j.state = 'running') AS running_job
  FROM gone
