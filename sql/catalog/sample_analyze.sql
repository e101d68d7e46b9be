ANALYZE analytics.fact_video_performance, analytics.dim_video, analytics.dim_channel, analytics.dim_user,
        analytics.youtube_metrics
