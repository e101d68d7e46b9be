-- Channels: what cannot be is refused, the rest is kept raw.
UPDATE pg_temp.youtube_items AS y SET column_name = c.name, reason = c.reason
  FROM (SELECT DISTINCT ON (i.answer, i.n) i.answer, i.n, c.name, c.reason
          FROM pg_temp.youtube_items AS i
         CROSS JOIN LATERAL (VALUES
               (1, 'snippet.title', 'it is no text', jsonb_typeof(i.item #> '{snippet,title}') NOT IN ('string', 'null')),
               (2, 'snippet.customUrl', 'it is no text', jsonb_typeof(i.item #> '{snippet,customUrl}') NOT IN ('string', 'null')),
               (3, 'snippet.publishedAt', 'it is no time',
                i.item #>> '{snippet,publishedAt}' IS NOT NULL AND pg_temp.youtube_instant(i.item #>> '{snippet,publishedAt}') IS NULL),
               (4, 'statistics.subscriberCount', 'it is no count',
                i.item #>> '{statistics,subscriberCount}' IS NOT NULL
                AND coalesce(pg_temp.youtube_count(i.item #> '{statistics,subscriberCount}'), 9999999999) > 2147483647)
               ) AS c (no, name, reason, is_bad)
         WHERE i.reason IS NULL AND c.is_bad
         ORDER BY i.answer, i.n, c.no) AS c
 WHERE y.answer = c.answer AND y.n = c.n;

UPDATE pg_temp.youtube_items AS y
   SET changed = NOT EXISTS (SELECT FROM youtube_raw.channels AS r
                              WHERE r.channel_id = y.id AND r.deleted_at IS NULL AND r.body - 'etag' = y.item - 'etag')
 WHERE y.reason IS NULL;

INSERT INTO youtube_raw.channels AS r (channel_id, user_id, fetched_at, etag, body)
SELECT y.id, c.user_id, run.at, y.item ->> 'etag', y.item
  FROM pg_temp.youtube_items AS y
 CROSS JOIN pg_temp.ingest_run AS run
  LEFT JOIN users.channels AS c ON c.channel_id = y.id
 WHERE y.reason IS NULL
    ON CONFLICT (channel_id) DO UPDATE
   SET user_id = excluded.user_id, fetched_at = excluded.fetched_at, etag = excluded.etag, body = excluded.body, deleted_at = NULL
 WHERE r.body IS DISTINCT FROM excluded.body OR r.deleted_at IS NOT NULL OR r.user_id IS DISTINCT FROM excluded.user_id
    OR r.fetched_at < excluded.fetched_at - interval '1 day';

UPDATE youtube_raw.channels AS r SET fetched_at = run.at
  FROM pg_temp.ingest_answers AS a, pg_temp.ingest_run AS run
 WHERE a.stream = 'channels' AND a.same AND a.about ? r.channel_id AND r.fetched_at < run.at - interval '1 day';

-- Asked for and not in the answer: gone. Of an answer that is no list nothing is known.
WITH gone AS (
    INSERT INTO youtube_raw.channels AS r (channel_id, user_id, fetched_at, body, deleted_at)
    SELECT asked.id, c.user_id, run.at, '{}', run.at
      FROM pg_temp.ingest_answers AS a
     CROSS JOIN pg_temp.ingest_run AS run
     CROSS JOIN LATERAL jsonb_array_elements_text(a.about) AS asked (id)
      LEFT JOIN users.channels AS c ON c.channel_id = asked.id
     WHERE a.stream = 'channels' AND NOT a.same AND jsonb_typeof(a.body -> 'items') = 'array'
       AND NOT EXISTS (SELECT FROM jsonb_array_elements(a.body -> 'items') AS i WHERE i ->> 'id' = asked.id)
        ON CONFLICT (channel_id) DO UPDATE SET deleted_at = excluded.deleted_at WHERE r.deleted_at IS NULL
    RETURNING 1
)
INSERT INTO pg_temp.ingest_counts SELECT count(*), count(*), 0 FROM gone;

INSERT INTO pg_temp.youtube_seen
SELECT y.id FROM pg_temp.youtube_items AS y WHERE y.reason IS NULL
UNION
SELECT asked.id FROM pg_temp.ingest_answers AS a CROSS JOIN LATERAL jsonb_array_elements_text(a.about) AS asked (id)
 WHERE a.stream = 'channels' AND a.same
ON CONFLICT (id) DO NOTHING;
