-- Refused rows that wait for somebody, of source $1 unless it is NULL.
SELECT id, source, job_id AS job, coalesce(column_name || ': ', '') || reason AS reason, line, raw, file, created_at
  FROM ops.dead_letters
 WHERE state = 'open' AND ($1::text IS NULL OR source = $1)
 ORDER BY id
