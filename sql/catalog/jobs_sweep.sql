-- Leases that are over, of one source or (NULL) of all. None of a worker is for longer than a minute: one that ends much later was
-- given by a clock that has been put back since, and is cut, as a job of one who is gone would run until then; so is such a heartbeat.
-- (Who is gone in the foreground is known by the lock.)
WITH beat AS (
    UPDATE ops.workers SET heartbeat_at = clock_timestamp() WHERE heartbeat_at > clock_timestamp() + interval '15 minutes'
), cut AS (
    UPDATE ops.jobs SET lease_until = clock_timestamp() + interval '30 seconds'
     WHERE state = 'running' AND NOT foreground AND lease_until > clock_timestamp() + interval '15 minutes'
)
SELECT ops.sweep_jobs($1)
