-- Videos not seen before. Only these: a row that is there already would have its full text computed in vain.
INSERT INTO analytics.dim_video (video_id, channel_id, video_title, video_description, video_tags, category, thumbnail_url,
                                 published_at, is_active)
SELECT v.video_id, v.channel_id, v.title, v.description, v.tags, v.category, v.thumbnail_url, v.published_at, v.is_active
  FROM pg_temp.ingest_videos AS v
  LEFT JOIN LATERAL (SELECT d.video_key FROM analytics.dim_video AS d WHERE d.video_id = v.video_id LIMIT 1) AS known ON true
 WHERE known.video_key IS NULL
ON CONFLICT (video_id) DO NOTHING
