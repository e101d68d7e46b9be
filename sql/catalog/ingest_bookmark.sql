-- Where source $1 stands after this batch of job $2: file $3, its line $4; newest day $5.
INSERT INTO ops.watermarks AS w (source, position, data_until, job_id, updated_at)
VALUES ($1, jsonb_build_object('file', $3::text, 'line', $4::bigint), $5::timestamptz, $2::bigint, now())
ON CONFLICT (source, stream) DO UPDATE
   SET position = excluded.position, data_until = greatest(w.data_until, excluded.data_until), job_id = excluded.job_id,
       updated_at = now()
