INSERT INTO ops.job_log (job_id, attempt, level, message) VALUES ($1::bigint, $2::integer, $3, $4)
