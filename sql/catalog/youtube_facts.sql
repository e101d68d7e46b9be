-- Videos as they are now (type 1), then their snapshots.
WITH told AS (
    SELECT y.id, r.channel_id, r.title, r.description, r.tags, r.duration_seconds, r.published_at,
           coalesce(k.name, was.category) AS category,
           coalesce(y.item #>> '{snippet,thumbnails,maxres,url}', y.item #>> '{snippet,thumbnails,standard,url}',
                    y.item #>> '{snippet,thumbnails,high,url}', y.item #>> '{snippet,thumbnails,medium,url}',
                    y.item #>> '{snippet,thumbnails,default,url}', was.thumbnail_url) AS thumbnail_url,
           CASE WHEN r.duration_seconds < 60 THEN 'shorts' WHEN r.duration_seconds < 600 THEN 'standard'
                WHEN r.duration_seconds IS NOT NULL THEN 'long_form' END AS content_type
      FROM pg_temp.youtube_items AS y
      JOIN youtube_raw.videos AS r ON r.video_id = y.id
      LEFT JOIN analytics.dim_video AS was ON was.video_id = y.id
      LEFT JOIN pg_temp.youtube_categories AS k ON k.id = y.item #>> '{snippet,categoryId}'
     WHERE y.reason IS NULL
)
INSERT INTO analytics.dim_video AS d (video_id, channel_id, video_title, video_description, video_tags, category, duration_seconds,
                                      content_type, thumbnail_url, published_at)
SELECT id, channel_id, title, description, tags, category, duration_seconds, content_type, thumbnail_url, published_at FROM told
    ON CONFLICT (video_id) DO UPDATE
   SET channel_id = excluded.channel_id, video_title = excluded.video_title, video_description = excluded.video_description,
       video_tags = excluded.video_tags, category = excluded.category, duration_seconds = excluded.duration_seconds,
       content_type = excluded.content_type, thumbnail_url = excluded.thumbnail_url, published_at = excluded.published_at,
       is_active = true
 WHERE NOT (SELECT is_old FROM pg_temp.ingest_run) AND (d.channel_id, d.video_title, d.video_description, d.video_tags, d.category, d.duration_seconds, d.content_type,
        d.thumbnail_url, d.published_at, d.is_active)
       IS DISTINCT FROM
       (excluded.channel_id, excluded.video_title, excluded.video_description, excluded.video_tags, excluded.category,
        excluded.duration_seconds, excluded.content_type, excluded.thumbnail_url, excluded.published_at, true);

WITH written AS (
    INSERT INTO analytics.fact_video_performance AS f (video_key, channel_key, user_key, date_key, "timestamp", views, likes,
                                                       dislikes, comments)
    SELECT v.video_key, c.channel_key, u.user_key, to_char(run.at AT TIME ZONE 'UTC', 'YYYYMMDD')::integer, run.at,
           pg_temp.youtube_count(y.item #> '{statistics,viewCount}'), pg_temp.youtube_count(y.item #> '{statistics,likeCount}'),
           pg_temp.youtube_count(y.item #> '{statistics,dislikeCount}'), pg_temp.youtube_count(y.item #> '{statistics,commentCount}')
      FROM pg_temp.youtube_items AS y
     CROSS JOIN pg_temp.ingest_run AS run
      JOIN analytics.dim_video AS v ON v.video_id = y.id
      LEFT JOIN analytics.dim_channel AS c ON c.channel_id = v.channel_id AND run.at >= c.valid_from AND run.at < c.valid_to
      LEFT JOIN analytics.dim_user AS u ON u.user_id = c.user_id AND run.at >= u.valid_from AND run.at < u.valid_to
     WHERE y.reason IS NULL AND y.counted
        ON CONFLICT (video_key, "timestamp") DO UPDATE
       SET channel_key = excluded.channel_key, user_key = excluded.user_key, views = excluded.views, likes = excluded.likes,
           dislikes = excluded.dislikes, comments = excluded.comments, updated_at = now()
     WHERE (f.channel_key, f.user_key, f.views, f.likes, f.dislikes, f.comments)
           IS DISTINCT FROM (excluded.channel_key, excluded.user_key, excluded.views, excluded.likes, excluded.dislikes, excluded.comments)
    RETURNING f."timestamp"
)
INSERT INTO ops.touched_hours (relation, hour, job_id)
SELECT DISTINCT 'analytics.fact_video_performance', date_trunc('hour', w."timestamp", 'UTC'), r.job_id
  FROM written AS w, pg_temp.ingest_run AS r;
