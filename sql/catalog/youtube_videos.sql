-- Videos: what cannot be is refused, the rest is kept raw.
UPDATE pg_temp.youtube_items AS y SET column_name = c.name, reason = c.reason
  FROM (SELECT DISTINCT ON (i.answer, i.n) i.answer, i.n, c.name, c.reason
          FROM pg_temp.youtube_items AS i
         CROSS JOIN LATERAL (VALUES
               (1, 'snippet.title', 'it is no text', jsonb_typeof(i.item #> '{snippet,title}') NOT IN ('string', 'null')),
               (2, 'snippet.description', 'it is no text', jsonb_typeof(i.item #> '{snippet,description}') NOT IN ('string', 'null')),
               (3, 'snippet.channelId', 'it is none of our channels',
                i.item #>> '{snippet,channelId}' IS NOT NULL
                AND NOT EXISTS (SELECT FROM users.channels AS c WHERE c.channel_id = i.item #>> '{snippet,channelId}')),
               (4, 'snippet.tags', 'it is no list of texts',
                jsonb_typeof(i.item #> '{snippet,tags}') <> 'array'
                OR jsonb_path_exists(i.item, 'strict $.snippet.tags[*] ? (@.type() <> "string")', silent => true)),
               (5, 'snippet.publishedAt', 'it is no time',
                i.item #>> '{snippet,publishedAt}' IS NOT NULL AND pg_temp.youtube_instant(i.item #>> '{snippet,publishedAt}') IS NULL),
               (6, 'contentDetails.duration', 'it is no duration',
                i.item #>> '{contentDetails,duration}' IS NOT NULL AND pg_temp.youtube_seconds(i.item #>> '{contentDetails,duration}') IS NULL),
               (7, 'statistics.viewCount', 'it is no count',
                i.item #>> '{statistics,viewCount}' IS NOT NULL AND pg_temp.youtube_count(i.item #> '{statistics,viewCount}') IS NULL),
               (8, 'statistics.likeCount', 'it is no count',
                i.item #>> '{statistics,likeCount}' IS NOT NULL
                AND coalesce(pg_temp.youtube_count(i.item #> '{statistics,likeCount}'), 9999999999) > 2147483647),
               (9, 'statistics.commentCount', 'it is no count',
                i.item #>> '{statistics,commentCount}' IS NOT NULL
                AND coalesce(pg_temp.youtube_count(i.item #> '{statistics,commentCount}'), 9999999999) > 2147483647),
               (10, 'statistics.dislikeCount', 'it is no count',
                i.item #>> '{statistics,dislikeCount}' IS NOT NULL
                AND coalesce(pg_temp.youtube_count(i.item #> '{statistics,dislikeCount}'), 9999999999) > 2147483647)
               ) AS c (no, name, reason, is_bad)
         WHERE i.reason IS NULL AND c.is_bad
         ORDER BY i.answer, i.n, c.no) AS c
 WHERE y.answer = c.answer AND y.n = c.n;

-- `counted`: a snapshot is due. What is as it was is none: the last one counts until there is another. An old run has one where
-- the last before it says otherwise.
UPDATE pg_temp.youtube_items AS y
   SET changed = r.body IS NULL OR (NOT run.is_old AND (r.deleted_at IS NOT NULL OR r.body - 'etag' <> y.item - 'etag')),
       counted = coalesce(t.views, t.likes, t.dislikes, t.comments) IS NOT NULL
                 AND CASE WHEN run.is_old THEN (b.views, b.likes, b.dislikes, b.comments) IS DISTINCT FROM (t.views, t.likes, t.dislikes, t.comments)
                          ELSE r.body IS NULL OR r.deleted_at IS NOT NULL
                               OR r.body -> 'statistics' IS DISTINCT FROM y.item -> 'statistics' END
  FROM pg_temp.youtube_items AS o
 CROSS JOIN pg_temp.ingest_run AS run
 CROSS JOIN LATERAL (SELECT pg_temp.youtube_count(o.item #> '{statistics,viewCount}') AS views,
                            pg_temp.youtube_count(o.item #> '{statistics,likeCount}') AS likes,
                            pg_temp.youtube_count(o.item #> '{statistics,dislikeCount}') AS dislikes,
                            pg_temp.youtube_count(o.item #> '{statistics,commentCount}') AS comments) AS t
  LEFT JOIN youtube_raw.videos AS r ON r.video_id = o.id
  LEFT JOIN LATERAL (SELECT f.views, f.likes, f.dislikes, f.comments
                       FROM analytics.dim_video AS v JOIN analytics.fact_video_performance AS f USING (video_key)
                      WHERE run.is_old AND v.video_id = o.id AND f."timestamp" <= run.at
                        AND coalesce(f.views, f.likes, f.dislikes, f.comments) IS NOT NULL
                      ORDER BY f."timestamp" DESC LIMIT 1) AS b ON true
 WHERE o.answer = y.answer AND o.n = y.n AND y.reason IS NULL;

INSERT INTO youtube_raw.videos AS r (video_id, channel_id, user_id, title, description, tags, duration_seconds, published_at,
                                     fetched_at, etag, body)
SELECT y.id, coalesce(y.item #>> '{snippet,channelId}', was.channel_id), c.user_id, y.item #>> '{snippet,title}',
       y.item #>> '{snippet,description}', ARRAY(SELECT jsonb_array_elements_text(coalesce(y.item #> '{snippet,tags}', '[]'))),
       nullif(pg_temp.youtube_seconds(y.item #>> '{contentDetails,duration}'), 0),
       pg_temp.youtube_instant(y.item #>> '{snippet,publishedAt}'), run.at, y.item ->> 'etag', y.item
  FROM pg_temp.youtube_items AS y
 CROSS JOIN pg_temp.ingest_run AS run
  LEFT JOIN youtube_raw.videos AS was ON was.video_id = y.id
  LEFT JOIN users.channels AS c ON c.channel_id = coalesce(y.item #>> '{snippet,channelId}', was.channel_id)
 WHERE y.reason IS NULL
    ON CONFLICT (video_id) DO UPDATE
   SET channel_id = excluded.channel_id, user_id = excluded.user_id, title = excluded.title, description = excluded.description,
       tags = excluded.tags, duration_seconds = excluded.duration_seconds,
       published_at = coalesce(excluded.published_at, r.published_at), updated_at = now(), fetched_at = excluded.fetched_at,
       etag = excluded.etag, body = excluded.body, deleted_at = NULL
 WHERE NOT (SELECT is_old FROM pg_temp.ingest_run)
   AND (r.body IS DISTINCT FROM excluded.body OR r.deleted_at IS NOT NULL OR r.user_id IS DISTINCT FROM excluded.user_id
        OR r.fetched_at < excluded.fetched_at - interval '1 day');

UPDATE youtube_raw.videos AS r SET fetched_at = run.at
  FROM pg_temp.ingest_answers AS a, pg_temp.ingest_run AS run
 WHERE a.stream = 'videos' AND a.same AND r.video_id = ANY (ARRAY(SELECT jsonb_array_elements_text(a.about)))
   AND NOT run.is_old AND r.deleted_at IS NULL AND r.fetched_at < run.at - interval '1 day';

WITH gone AS (
    INSERT INTO youtube_raw.videos AS r (video_id, channel_id, fetched_at, body, deleted_at)
    SELECT g.id, d.channel_id, g.at, '{}', g.at
      FROM pg_temp.youtube_gone('videos') AS g LEFT JOIN analytics.dim_video AS d ON d.video_id = g.id
        ON CONFLICT (video_id) DO UPDATE SET deleted_at = excluded.deleted_at WHERE r.deleted_at IS NULL
    RETURNING r.video_id
), told AS (
    UPDATE analytics.dim_video AS d SET is_active = false FROM gone AS g WHERE d.video_id = g.video_id AND d.is_active
)
INSERT INTO pg_temp.ingest_counts SELECT count(*), count(*), 0 FROM gone;
