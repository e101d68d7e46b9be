SELECT at, level, message FROM ops.job_log WHERE job_id = $1::bigint ORDER BY id
