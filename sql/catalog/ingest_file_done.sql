-- File $2 of source $1 is through: its digest $4 is known now, and its dead letters, so far known as $3, get it. Those that a load
-- of the same bytes has left before stay as they are, whatever was decided about them.
WITH known AS (
    DELETE FROM ops.dead_letters AS new
     USING ops.dead_letters AS old
     WHERE new.source = $1 AND new.file_sha256 = $3 AND old.source = $1 AND old.file_sha256 = $4 AND old.line = new.line
    RETURNING new.id
), renamed AS (
    UPDATE ops.dead_letters SET file_sha256 = $4
     WHERE source = $1 AND file_sha256 = $3 AND id NOT IN (SELECT id FROM known)
)
INSERT INTO ops.loaded_files AS f (source, sha256, file, bytes, rows_read, rows_rejected, job_id)
VALUES ($1, $4, $2, $5::bigint, $6::bigint, $7::bigint, $8::bigint)
ON CONFLICT (source, sha256) DO UPDATE SET last_loaded_at = now(), job_id = excluded.job_id
