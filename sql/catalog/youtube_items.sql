-- The items of the answers, one by one; of two that say the same id the first stands. What is no list of items is refused whole.
INSERT INTO pg_temp.youtube_items (answer, n, id, item)
SELECT DISTINCT ON (coalesce(i.item ->> 'id', a.no || '.' || i.n)) a.no, i.n, i.item ->> 'id', i.item
  FROM pg_temp.ingest_answers AS a
 CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(a.body -> 'items') = 'array' THEN a.body -> 'items' ELSE '[]' END)
                    WITH ORDINALITY AS i (item, n)
 WHERE a.stream IN ('channels', 'videos') AND NOT a.same
 ORDER BY coalesce(i.item ->> 'id', a.no || '.' || i.n), a.no, i.n;

INSERT INTO pg_temp.youtube_items (answer, n, item, column_name, reason)
SELECT a.no, 0, a.body, 'items', 'it is no list'
  FROM pg_temp.ingest_answers AS a
 WHERE NOT a.same AND jsonb_typeof(a.body -> 'items') IS DISTINCT FROM 'array'
   AND (a.stream IN ('channels', 'videos') OR a.body ? 'items');

UPDATE pg_temp.youtube_items AS y SET column_name = 'id', reason = 'it was not asked for'
  FROM pg_temp.ingest_answers AS a
 WHERE a.no = y.answer AND y.reason IS NULL AND NOT coalesce(a.about ? y.id, false);
