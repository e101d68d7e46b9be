-- What could not be taken in is a dead letter, known by its key; one whose thing is told rightly goes.
INSERT INTO ops.dead_letters AS d (source, file_sha256, file, line, column_name, reason, raw, job_id)
SELECT r.source, encode(sha256(convert_to(i.key, 'UTF8')), 'hex'), i.key, 0, i.column_name, i.reason, left(i.raw, 65536), r.job_id
  FROM pg_temp.ingest_run AS r, pg_temp.ingest_items AS i
 WHERE i.reason IS NOT NULL
    ON CONFLICT (source, file_sha256, line) DO UPDATE
   SET column_name = excluded.column_name, reason = excluded.reason, raw = excluded.raw, job_id = excluded.job_id, state = 'open',
       resolved_at = NULL
 WHERE (d.reason, d.raw) IS DISTINCT FROM (excluded.reason, excluded.raw);
DELETE FROM ops.dead_letters AS d USING pg_temp.ingest_run AS r, pg_temp.ingest_items AS i
 WHERE d.source = r.source AND d.file_sha256 = encode(sha256(convert_to(i.key, 'UTF8')), 'hex') AND i.reason IS NULL;
