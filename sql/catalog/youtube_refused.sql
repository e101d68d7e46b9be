-- What was refused, known by the thing that it is about, else by what it says: an item that comes again is no second letter.
INSERT INTO ops.dead_letters AS d (source, file_sha256, file, line, column_name, reason, raw, job_id)
SELECT DISTINCT ON (k.key) r.source, encode(sha256(convert_to(k.key, 'UTF8')), 'hex'), coalesce(k.thing, a.request), 1, y.column_name,
       y.reason, y.item::text, r.job_id
  FROM pg_temp.youtube_items AS y
  JOIN pg_temp.ingest_answers AS a ON a.no = y.answer
 CROSS JOIN pg_temp.ingest_run AS r
 CROSS JOIN LATERAL (SELECT t.thing, coalesce(t.thing, CASE WHEN y.n = 0 THEN a.request ELSE y.item::text END) AS key
                       FROM (SELECT CASE WHEN y.n > 0 THEN y.item ->> 'id' END AS thing) AS t) AS k
 WHERE y.reason IS NOT NULL
 ORDER BY k.key, y.answer, y.n
ON CONFLICT (source, file_sha256, line) DO UPDATE
   SET column_name = excluded.column_name, reason = excluded.reason, raw = excluded.raw, job_id = excluded.job_id, state = 'open',
       resolved_at = NULL, note = NULL
 WHERE NOT (SELECT is_old FROM pg_temp.ingest_run)
   AND (d.state = 'retried' OR (d.reason, d.raw) IS DISTINCT FROM (excluded.reason, excluded.raw));

-- A thing that comes rightly resolves its letter.
UPDATE ops.dead_letters AS d SET state = 'retried', resolved_at = now(), note = 'it came rightly, by job ' || r.job_id
  FROM pg_temp.ingest_run AS r,
       (SELECT y.id FROM pg_temp.youtube_items AS y WHERE y.reason IS NULL
        UNION
        SELECT i.item ->> 'id'
          FROM pg_temp.ingest_answers AS a
         CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(a.body -> 'items') = 'array' THEN a.body -> 'items' ELSE '[]' END) AS i (item)
         WHERE a.stream = 'uploads' AND i.item #>> '{contentDetails,videoId}' ~ '^[A-Za-z0-9_-]{11}$'
        UNION
        SELECT a.request FROM pg_temp.ingest_answers AS a WHERE a.same OR jsonb_typeof(a.body -> 'items') = 'array'
        UNION
        SELECT asked.id FROM pg_temp.ingest_answers AS a CROSS JOIN LATERAL jsonb_array_elements_text(a.about) AS asked (id)
         WHERE a.same AND a.stream IN ('channels', 'videos')) AS t (key)
 WHERE NOT r.is_old AND d.source = r.source AND d.file_sha256 = encode(sha256(convert_to(t.key, 'UTF8')), 'hex') AND d.line = 1
   AND d.state = 'open';

-- What they came with is asked for whole again: nobody knows it by heart.
UPDATE pg_temp.ingest_answers AS a SET etag = NULL
 WHERE EXISTS (SELECT FROM pg_temp.youtube_items AS y WHERE y.answer = a.no AND y.reason IS NOT NULL);

-- Items, not answers. An answer that is the same as before stands for all that were asked for.
INSERT INTO pg_temp.ingest_counts
SELECT count(*), count(*) FILTER (WHERE y.reason IS NULL AND (y.changed OR y.counted)), count(*) FILTER (WHERE y.reason IS NOT NULL)
  FROM pg_temp.youtube_items AS y
UNION ALL
SELECT coalesce(sum(jsonb_array_length(a.about)), 0), 0, 0
  FROM pg_temp.ingest_answers AS a WHERE a.same AND a.stream IN ('channels', 'videos');
