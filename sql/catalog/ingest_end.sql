-- Job $1 under fence $2 has ended: state $3, outcome of its attempt $4, error $5 and its class $6; rows $7 to $10, bytes $11.
WITH job AS (
    UPDATE ops.jobs
       SET state = $3, finished_at = now(), lease_until = NULL, error = $5, error_class = $6, rows_read = $7::bigint,
           rows_loaded = $8::bigint, rows_unchanged = $9::bigint, rows_rejected = $10::bigint, bytes = $11::bigint, progress_done = $11::bigint,
           cancel_heard_at = CASE WHEN $3 = 'cancelled' THEN coalesce(cancel_heard_at, now()) END
     WHERE id = $1::bigint AND fence = $2::bigint AND state = 'running'
    RETURNING id, attempt
), attempt AS (
    UPDATE ops.job_attempts AS a
       SET finished_at = now(), outcome = $4, error = $5, error_class = $6, rows_read = $7::bigint, rows_loaded = $8::bigint,
           rows_unchanged = $9::bigint, rows_rejected = $10::bigint, bytes = $11::bigint
      FROM job WHERE a.job_id = job.id AND a.attempt = job.attempt
)
SELECT count(*) FROM job
