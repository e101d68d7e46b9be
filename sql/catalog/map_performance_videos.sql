-- What the latest row of each video in the batch tells of it.
INSERT INTO pg_temp.mapped_videos (video_id, at, channel_id, video_title, video_description, video_tags, category, duration_seconds, production_method, thumbnail_url,
    published_at, is_monetized)
SELECT DISTINCT ON (video_id) video_id, "timestamp", channel_id,
       video_title, video_description, video_tags, category, duration_seconds, production_method, thumbnail_url,
       published_at, is_monetized
  FROM pg_temp.mapped
 ORDER BY video_id, "timestamp" DESC, line DESC
