-- What could not be taken in is a dead letter, known by its key; one whose thing is told rightly goes. What an old run was told
-- wrongly is none where it is known by now.
INSERT INTO ops.dead_letters AS d (source, file_sha256, file, line, column_name, reason, raw, job_id)
SELECT r.source, encode(sha256(convert_to(i.key, 'UTF8')), 'hex'), i.key, 0, i.column_name, i.reason, left(i.raw, 65536), r.job_id
  FROM pg_temp.ingest_run AS r, pg_temp.ingest_items AS i
 WHERE i.reason IS NOT NULL
   AND NOT (r.is_old AND (EXISTS (SELECT FROM ops.revenue_ledger AS l WHERE l.source = r.source AND l.source_ref = i.key)
                          OR EXISTS (SELECT FROM analytics.fact_costs AS f
                                      WHERE f.source = r.source AND f.source_ref = i.source_ref AND f.cost_timestamp = i.at)))
    ON CONFLICT (source, file_sha256, line) DO UPDATE
   SET column_name = excluded.column_name, reason = excluded.reason, raw = excluded.raw, job_id = excluded.job_id, state = 'open',
       resolved_at = NULL
 WHERE NOT (SELECT is_old FROM pg_temp.ingest_run) AND (d.reason, d.raw) IS DISTINCT FROM (excluded.reason, excluded.raw);
DELETE FROM ops.dead_letters AS d USING pg_temp.ingest_run AS r, pg_temp.ingest_items AS i
 WHERE d.source = r.source AND d.file_sha256 = encode(sha256(convert_to(i.key, 'UTF8')), 'hex') AND i.reason IS NULL
   AND NOT r.is_old;
