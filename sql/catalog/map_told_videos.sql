-- Videos of which the batch tells otherwise than what is stored, unless a later snapshot has told it. Told columns $1, rule $2.
WITH differing AS (
    SELECT d.video_key, m.at,
           CASE WHEN $2 = 'fill' THEN coalesce(d.channel_id, m.channel_id)
                ELSE coalesce(m.channel_id, d.channel_id) END AS channel_id,
           ops.told('video_title', $1, $2, d.video_title, m.video_title) AS video_title,
           ops.told('video_description', $1, $2, d.video_description, m.video_description) AS video_description,
           ops.told('video_tags', $1, $2, d.video_tags, m.video_tags) AS video_tags,
           ops.told('category', $1, $2, d.category, m.category) AS category,
           ops.told('duration_seconds', $1, $2, d.duration_seconds, m.duration_seconds) AS duration_seconds,
           ops.told('production_method', $1, $2, d.production_method, m.production_method) AS production_method,
           ops.told('thumbnail_url', $1, $2, d.thumbnail_url, m.thumbnail_url) AS thumbnail_url,
           ops.told('published_at', $1, $2, d.published_at, m.published_at) AS published_at,
           ops.told('is_monetized', $1, $2, d.is_monetized, m.is_monetized) AS is_monetized,
           coalesce(ops.told('is_active', $1, $2, d.is_active, m.is_active), d.is_active) AS is_active
      FROM pg_temp.mapped_videos AS m JOIN analytics.dim_video AS d USING (video_id)
     WHERE $2 <> 'keep'
       AND (CASE WHEN $2 = 'fill' THEN coalesce(d.channel_id, m.channel_id) ELSE coalesce(m.channel_id, d.channel_id) END,
            ops.told('video_title', $1, $2, d.video_title, m.video_title),
            ops.told('video_description', $1, $2, d.video_description, m.video_description),
            ops.told('video_tags', $1, $2, d.video_tags, m.video_tags),
            ops.told('category', $1, $2, d.category, m.category),
            ops.told('duration_seconds', $1, $2, d.duration_seconds, m.duration_seconds),
            ops.told('production_method', $1, $2, d.production_method, m.production_method),
            ops.told('thumbnail_url', $1, $2, d.thumbnail_url, m.thumbnail_url),
            ops.told('published_at', $1, $2, d.published_at, m.published_at),
            ops.told('is_monetized', $1, $2, d.is_monetized, m.is_monetized),
            coalesce(ops.told('is_active', $1, $2, d.is_active, m.is_active), d.is_active))
           IS DISTINCT FROM
           (d.channel_id, d.video_title, d.video_description, d.video_tags, d.category, d.duration_seconds,
            d.production_method, d.thumbnail_url, d.published_at, d.is_monetized, d.is_active)
)
UPDATE analytics.dim_video AS d
   SET channel_id = n.channel_id, video_title = n.video_title, video_description = n.video_description,
       video_tags = n.video_tags, category = n.category, duration_seconds = n.duration_seconds,
       production_method = n.production_method, thumbnail_url = n.thumbnail_url, published_at = n.published_at,
       is_monetized = n.is_monetized, is_active = n.is_active,
       content_type = CASE WHEN n.duration_seconds < 60 THEN 'shorts' WHEN n.duration_seconds < 600 THEN 'standard'
                           WHEN n.duration_seconds IS NOT NULL THEN 'long_form' END
  FROM differing AS n
 WHERE d.video_key = n.video_key
   AND (n.at IS NULL
        OR NOT EXISTS (SELECT FROM analytics.fact_video_performance AS f WHERE f.video_key = n.video_key AND f."timestamp" > n.at))
