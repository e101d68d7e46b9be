-- Makes the job and its attempt, and takes its lock in the same breath, so that nobody can think it lost. $1 source, $2 files,
-- $3 settings as names and values in turn, $4 worker, $5 bytes to be read.
WITH job AS (
    INSERT INTO ops.jobs (kind, source, arguments, state, unique_key, attempt, max_attempts, worker, fence, lease_until, started_at,
                          progress_done, progress_total, progress_unit)
    VALUES ('ingest', $1, jsonb_build_object('files', to_jsonb($2::text[]), 'settings', jsonb_object($3::text[])), 'running', 'ingest ' || $1,
            1, 1, $4, nextval('ops.fence'), now() + interval '10 minutes', now(), 0, $5::bigint, 'bytes')
    RETURNING id, attempt, fence, worker, started_at
), attempt AS (
    INSERT INTO ops.job_attempts (job_id, attempt, fence, worker, started_at)
    SELECT id, attempt, fence, worker, started_at FROM job
)
SELECT id, fence, pg_advisory_lock(hashtextextended('ytempire job ' || id, 0)) FROM job
