COPY analytics.dim_video
    (video_id, channel_id, video_title, video_tags, category, duration_seconds, content_type,
     production_method, published_at, is_monetized)
FROM STDIN
