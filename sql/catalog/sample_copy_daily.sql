COPY analytics.fact_channel_daily
    (channel_id, channel_key, user_key, date_key, metric_date, videos_published, total_duration_seconds,
     total_views, total_likes, total_comments, avg_engagement_rate, revenue_cents, cost_cents, profit_cents,
     subscriber_count, subscriber_gained, subscriber_lost)
FROM STDIN
