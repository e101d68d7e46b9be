-- The first line of the file with digest $2 of source $1 ($3), for whoever replays its dead letters. Job $4.
INSERT INTO ops.watermarks AS w (source, stream, position, job_id)
VALUES ($1, 'header of ' || $2, jsonb_build_object('header', $3::text), $4::bigint)
ON CONFLICT (source, stream) DO UPDATE SET position = excluded.position, job_id = excluded.job_id, updated_at = now()
