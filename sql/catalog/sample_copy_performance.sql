COPY analytics.fact_video_performance
    (video_key, channel_key, user_key, date_key, "timestamp", views, likes, dislikes, comments,
     watch_time_minutes, average_view_duration_seconds, estimated_revenue_cents, actual_revenue_cents,
     cost_cents, impressions, click_through_rate, average_percentage_viewed, subscriber_gained,
     subscriber_lost)
FROM STDIN
