-- The texts of the latest day stand, then of the most views, then the larger bytes. What is stored came with the latest
-- snapshot of its video, so day and views are read there; only snapshots of that day or later matter.
UPDATE analytics.dim_video AS d
   SET channel_id = r.channel_id, video_title = r.title, video_description = r.description, video_tags = r.tags,
       category = r.category, thumbnail_url = r.thumbnail_url, published_at = r.published_at, is_active = r.is_active
  FROM pg_temp.ingest_retold AS r
  LEFT JOIN LATERAL (SELECT f."timestamp" AS at, f.views
                       FROM analytics.fact_video_performance AS f
                      WHERE f.video_key = r.video_key AND f."timestamp" >= r.at AND f.views IS NOT NULL
                      ORDER BY f."timestamp" DESC LIMIT 1) AS last ON true
 WHERE d.video_key = r.video_key
   AND NOT EXISTS (SELECT FROM ops.counter_base AS b WHERE b.video_key = r.video_key AND b."timestamp" > r.at)
   AND (last.at IS NULL
        OR (last.at = r.at AND r.views > last.views)
        OR (last.at = r.at AND r.views = last.views
            AND (r.title COLLATE "C", array_to_string(r.tags, '|') COLLATE "C", r.description COLLATE "C",
                 coalesce(r.category, '') COLLATE "C", r.channel_id COLLATE "C", r.published_at, r.thumbnail_url COLLATE "C", r.is_active)
              > (coalesce(d.video_title, '') COLLATE "C", coalesce(array_to_string(d.video_tags, '|'), '') COLLATE "C",
                 coalesce(d.video_description, '') COLLATE "C", coalesce(d.category, '') COLLATE "C", d.channel_id COLLATE "C",
                 coalesce(d.published_at, '-infinity'), coalesce(d.thumbnail_url, '') COLLATE "C", d.is_active)))
