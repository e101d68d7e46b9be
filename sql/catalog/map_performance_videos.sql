-- What the latest row of each video in the batch tells of it; with the rule ($1) 'keep' its first, with 'fill' the first value
-- that is known, whenever it was told.
INSERT INTO pg_temp.mapped_videos (video_id, at, channel_id, video_title, video_description, video_tags, category, duration_seconds,
    production_method, thumbnail_url, published_at, is_monetized)
(SELECT DISTINCT ON (video_id) video_id, "timestamp", channel_id,
        video_title, video_description, video_tags, category, duration_seconds, production_method, thumbnail_url,
        published_at, is_monetized
   FROM pg_temp.mapped
  WHERE $1 <> 'fill'
  ORDER BY video_id, CASE WHEN $1 = 'update' THEN "timestamp" END DESC, CASE WHEN $1 = 'update' THEN -line ELSE line END)
 UNION ALL
SELECT video_id, NULL, ops.first_known(channel_id ORDER BY line), ops.first_known(video_title ORDER BY line),
       ops.first_known(video_description ORDER BY line), ops.first_known(video_tags ORDER BY line),
       ops.first_known(category ORDER BY line), ops.first_known(duration_seconds ORDER BY line),
       ops.first_known(production_method ORDER BY line), ops.first_known(thumbnail_url ORDER BY line),
       ops.first_known(published_at ORDER BY line), ops.first_known(is_monetized ORDER BY line)
  FROM pg_temp.mapped
 WHERE $1 = 'fill'
 GROUP BY video_id
