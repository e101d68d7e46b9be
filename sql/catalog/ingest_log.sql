INSERT INTO ops.job_log (job_id, attempt, level, message) VALUES ($1::bigint, 1, $2, $3)
