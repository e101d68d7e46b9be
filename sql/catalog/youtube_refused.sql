-- What was refused, known by what it says: an item that comes again unchanged is no second letter.
INSERT INTO ops.dead_letters (source, file_sha256, file, line, column_name, reason, raw, job_id)
SELECT DISTINCT ON (encode(sha256(convert_to(y.item::text, 'UTF8')), 'hex'))
       r.source, encode(sha256(convert_to(y.item::text, 'UTF8')), 'hex'), a.request, 1, y.column_name, y.reason, y.item::text, r.job_id
  FROM pg_temp.youtube_items AS y
  JOIN pg_temp.ingest_answers AS a ON a.no = y.answer
 CROSS JOIN pg_temp.ingest_run AS r
 WHERE y.reason IS NOT NULL
ON CONFLICT (source, file_sha256, line) DO NOTHING;

-- What they came with is asked for whole again: nobody knows it by heart.
UPDATE pg_temp.ingest_answers AS a SET etag = NULL
 WHERE EXISTS (SELECT FROM pg_temp.youtube_items AS y WHERE y.answer = a.no AND y.reason IS NOT NULL);

-- Items, not answers. An answer that is the same as before stands for all that were asked for.
INSERT INTO pg_temp.ingest_counts
SELECT count(*), count(*) FILTER (WHERE y.reason IS NULL AND y.changed), count(*) FILTER (WHERE y.reason IS NOT NULL)
  FROM pg_temp.youtube_items AS y
UNION ALL
SELECT coalesce(sum(jsonb_array_length(a.about)), 0), 0, 0
  FROM pg_temp.ingest_answers AS a WHERE a.same AND a.stream IN ('channels', 'videos');
