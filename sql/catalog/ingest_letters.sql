-- Rows refused by source $1 in file $3, known as $2 until the digest of the file is.
INSERT INTO ops.dead_letters (source, file_sha256, file, line, column_name, reason, raw, job_id)
SELECT $1, $2, $3, line, column_name, reason, raw, $4::bigint
  FROM pg_temp.ingest_letters
 ORDER BY line
ON CONFLICT (source, file_sha256, line) DO NOTHING
