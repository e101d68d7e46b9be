-- Videos that the playlists list and nobody has seen: kept as they were listed until they are asked for.
INSERT INTO youtube_raw.videos (video_id, channel_id, user_id, published_at, fetched_at, etag, body)
SELECT DISTINCT ON (i.item #>> '{contentDetails,videoId}')
       i.item #>> '{contentDetails,videoId}', a.about ->> 'channel', c.user_id,
       pg_temp.youtube_instant(i.item #>> '{contentDetails,videoPublishedAt}'), run.at, i.item ->> 'etag', i.item
  FROM pg_temp.ingest_answers AS a
 CROSS JOIN pg_temp.ingest_run AS run
 CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(a.body -> 'items') = 'array' THEN a.body -> 'items' ELSE '[]' END) AS i (item)
  LEFT JOIN users.channels AS c ON c.channel_id = a.about ->> 'channel'
 WHERE a.stream = 'uploads' AND NOT a.same AND i.item #>> '{contentDetails,videoId}' ~ '^[A-Za-z0-9_-]{11}$'
ON CONFLICT (video_id) DO NOTHING;

-- What lists no id is refused.
INSERT INTO pg_temp.youtube_items (answer, n, item, column_name, reason)
SELECT a.no, i.n, i.item, 'contentDetails.videoId', 'it is no id of a video'
  FROM pg_temp.ingest_answers AS a
 CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(a.body -> 'items') = 'array' THEN a.body -> 'items' ELSE '[]' END)
                    WITH ORDINALITY AS i (item, n)
 WHERE a.stream = 'uploads' AND NOT a.same
   AND coalesce(i.item #>> '{contentDetails,videoId}' !~ '^[A-Za-z0-9_-]{11}$', true);
