-- Videos not seen before.
INSERT INTO analytics.dim_video (video_id, channel_id, video_title, video_description, video_tags, category, duration_seconds,
                                 content_type, production_method, thumbnail_url, published_at, is_monetized, is_active)
SELECT m.video_id, m.channel_id, m.video_title, m.video_description, m.video_tags, m.category, m.duration_seconds,
       CASE WHEN m.duration_seconds < 60 THEN 'shorts' WHEN m.duration_seconds < 600 THEN 'standard'
            WHEN m.duration_seconds IS NOT NULL THEN 'long_form' END,
       m.production_method, m.thumbnail_url, m.published_at, coalesce(m.is_monetized, false), coalesce(m.is_active, true)
  FROM pg_temp.mapped_videos AS m
  LEFT JOIN LATERAL (SELECT d.video_key FROM analytics.dim_video AS d WHERE d.video_id = m.video_id LIMIT 1) AS known ON true
 WHERE known.video_key IS NULL
ON CONFLICT (video_id) DO NOTHING
