-- $1 name, $2 cron, $3 zone, $4 command, $5 policy for missed runs, $6 kind and $7 source of its jobs, $8 its first run.
WITH new AS (
    INSERT INTO ops.schedules (name, cron, tz, command, missed, kind, source, next_run)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz)
    RETURNING name, cron, command, enabled, last_run, next_run, tz, missed
)
SELECT new.* FROM new, LATERAL (SELECT ops.ring_jobs()) AS rung
