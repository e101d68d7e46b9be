-- Leases that are over, of one source or (NULL) of all. None is for longer than ten minutes: one that ends later was given by a clock
-- that has been put back since, and is cut, as a job of one who is gone would run until then; so is such a heartbeat.
WITH beat AS (
    UPDATE ops.workers SET heartbeat_at = clock_timestamp() WHERE heartbeat_at > clock_timestamp() + interval '15 minutes'
), cut AS (
    UPDATE ops.jobs SET lease_until = clock_timestamp() + CASE WHEN foreground THEN interval '10 minutes' ELSE interval '30 seconds' END
     WHERE state = 'running' AND lease_until > clock_timestamp() + interval '15 minutes'
)
SELECT ops.sweep_jobs($1)
