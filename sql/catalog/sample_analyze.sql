ANALYZE analytics.fact_video_performance, analytics.fact_channel_daily, analytics.fact_costs, analytics.fact_revenue,
        analytics.youtube_metrics
