-- What job $1 had to say, from line $2 on.
SELECT at, level, message, id FROM ops.job_log WHERE job_id = $1::bigint AND id > $2::bigint ORDER BY id
