-- Where stream $2 of source $1 stands after this transaction of job $3: position $4; newest row $5.
INSERT INTO ops.watermarks AS w (source, stream, job_id, position, data_until, updated_at)
VALUES ($1, $2, $3::bigint, $4::jsonb, $5::timestamptz, now())
ON CONFLICT (source, stream) DO UPDATE
   SET position = excluded.position, data_until = greatest(w.data_until, excluded.data_until), job_id = excluded.job_id,
       updated_at = now()
