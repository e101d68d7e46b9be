-- Never inside a transaction.
CALL public.refresh_continuous_aggregate('analytics.video_performance_hourly', $1::timestamptz, $2::timestamptz)
