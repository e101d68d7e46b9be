-- The ETags of what is stored with this transaction, unless it is old: then they would stand for what is not kept. Those of
-- requests that are no longer made go after a month.
DELETE FROM ops.etags
 WHERE source IN (SELECT source FROM pg_temp.ingest_run) AND used_at < now() - interval '30 days';
INSERT INTO ops.etags AS e (source, request, etag)
SELECT DISTINCT ON (md5(a.request)) r.source, md5(a.request), a.etag
  FROM pg_temp.ingest_answers AS a, pg_temp.ingest_run AS r
 WHERE a.etag IS NOT NULL AND NOT r.is_old
 ORDER BY md5(a.request), a.no DESC
    ON CONFLICT (source, request) DO UPDATE SET etag = excluded.etag, used_at = now();
