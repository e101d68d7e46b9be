-- Block $1 of target $2 is stored, by job $3.
INSERT INTO ops.loaded_blocks (sha256, target, job_id) VALUES ($1, $2, $3::bigint) ON CONFLICT (sha256) DO NOTHING
