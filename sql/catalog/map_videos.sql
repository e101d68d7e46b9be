INSERT INTO pg_temp.mapped_videos (video_id, channel_id, video_title, video_description, video_tags, category, duration_seconds, production_method, thumbnail_url,
    published_at, is_monetized, is_active)
SELECT video_id, channel_id,
       video_title, video_description, video_tags, category, duration_seconds, production_method, thumbnail_url,
       published_at, is_monetized, is_active
  FROM pg_temp.mapped
