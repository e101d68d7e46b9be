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
                              WHERE r.channel_id = y.id
                                AND (run.is_old OR (r.deleted_at IS NULL AND r.body - 'etag' = y.item - 'etag')))
  FROM pg_temp.ingest_run AS run
 WHERE y.reason IS NULL;

INSERT INTO youtube_raw.channels AS r (channel_id, user_id, fetched_at, etag, body)
SELECT y.id, c.user_id, run.at, y.item ->> 'etag', y.item
  FROM pg_temp.youtube_items AS y
 CROSS JOIN pg_temp.ingest_run AS run
  LEFT JOIN users.channels AS c ON c.channel_id = y.id
 WHERE y.reason IS NULL
    ON CONFLICT (channel_id) DO UPDATE
   SET user_id = excluded.user_id, fetched_at = excluded.fetched_at, etag = excluded.etag, body = excluded.body, deleted_at = NULL
 WHERE NOT (SELECT is_old FROM pg_temp.ingest_run)
   AND (r.body IS DISTINCT FROM excluded.body OR r.deleted_at IS NOT NULL OR r.user_id IS DISTINCT FROM excluded.user_id
        OR r.fetched_at < excluded.fetched_at - interval '1 day');

UPDATE youtube_raw.channels AS r SET fetched_at = run.at
  FROM pg_temp.ingest_answers AS a, pg_temp.ingest_run AS run
 WHERE a.stream = 'channels' AND a.same AND a.about ? r.channel_id AND NOT run.is_old AND r.fetched_at < run.at - interval '1 day';

WITH gone AS (
    INSERT INTO youtube_raw.channels AS r (channel_id, user_id, fetched_at, body, deleted_at)
    SELECT g.id, c.user_id, g.at, '{}', g.at
      FROM pg_temp.youtube_gone('channels') AS g LEFT JOIN users.channels AS c ON c.channel_id = g.id
        ON CONFLICT (channel_id) DO UPDATE SET deleted_at = excluded.deleted_at WHERE r.deleted_at IS NULL
    RETURNING 1
)
INSERT INTO pg_temp.ingest_counts SELECT count(*), count(*), 0 FROM gone;

-- What is the same as before is as it is kept; which that was when an old answer came, is not known.
INSERT INTO pg_temp.youtube_seen
SELECT t.id, CASE WHEN t.item #>> '{statistics,hiddenSubscriberCount}' IS DISTINCT FROM 'true'
                  THEN pg_temp.youtube_count(t.item #> '{statistics,subscriberCount}') END
  FROM (SELECT y.id, y.item FROM pg_temp.youtube_items AS y WHERE y.reason IS NULL
        UNION ALL
        SELECT r.channel_id, r.body
          FROM pg_temp.ingest_answers AS a
         CROSS JOIN LATERAL jsonb_array_elements_text(a.about) AS asked (id)
          JOIN youtube_raw.channels AS r ON r.channel_id = asked.id AND r.deleted_at IS NULL
         CROSS JOIN pg_temp.ingest_run AS run
         WHERE a.stream = 'channels' AND a.same AND NOT run.is_old) AS t
ON CONFLICT (id) DO NOTHING;
