-- Videos that this batch tells of otherwise than what is stored.
INSERT INTO pg_temp.ingest_retold
SELECT v.*, d.video_key
  FROM pg_temp.ingest_videos AS v
 CROSS JOIN LATERAL (SELECT * FROM analytics.dim_video AS o WHERE o.video_id = v.video_id LIMIT 1) AS d
 WHERE (v.channel_id, v.title, v.description, v.tags, v.category, v.thumbnail_url, v.published_at, v.is_active)
       IS DISTINCT FROM
       (d.channel_id, d.video_title, d.video_description, d.video_tags, d.category, d.thumbnail_url, d.published_at, d.is_active)
