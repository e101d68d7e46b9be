COPY analytics.youtube_metrics
    (user_id, channel_id, video_id, date, views, watch_time_minutes, revenue_usd)
FROM STDIN
