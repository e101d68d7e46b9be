-- Partitions for the days of the sample, $1 to $2.
SELECT ops.make_partitions('analytics.fact_video_performance', $1::timestamptz, $2::timestamptz),
       ops.make_partitions('analytics.fact_channel_daily', $1::timestamptz, $2::timestamptz),
       ops.make_partitions('analytics.fact_costs', $1::timestamptz, $2::timestamptz),
       ops.make_partitions('analytics.fact_revenue', $1::timestamptz, $2::timestamptz)
