-- migrate:up
-- Workers ask how long it is until the next job is due. One that somebody had put off for ever stopped them all.
UPDATE ops.jobs SET run_at = CASE WHEN run_at = 'infinity' THEN timestamptz '9999-12-31 00:00Z' ELSE created_at END
 WHERE NOT isfinite(run_at);
ALTER TABLE ops.jobs ADD CONSTRAINT jobs_run_at_is_finite CHECK (isfinite(run_at));

-- migrate:down
ALTER TABLE ops.jobs DROP CONSTRAINT jobs_run_at_is_finite;
