-- migrate:up
-- The specification's continuous aggregate. Real-time, so that what is not materialised yet is in the answer; loads
-- refresh the hours they touched after their commit, as the policy alone would neither see late rows nor history.
CREATE MATERIALIZED VIEW analytics.video_performance_hourly
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT video_key,
       channel_key,
       user_key,
       public.time_bucket(interval '1 hour', "timestamp") AS hour,
       max(views) AS views,
       max(likes) AS likes,
       max(comments) AS comments,
       avg(engagement_rate) AS avg_engagement_rate,
       sum(actual_revenue_cents) AS revenue_cents,
       sum(cost_cents) AS cost_cents
  FROM analytics.fact_video_performance
 GROUP BY video_key, channel_key, user_key, public.time_bucket(interval '1 hour', "timestamp")
  WITH NO DATA;

SELECT public.add_continuous_aggregate_policy('analytics.video_performance_hourly',
    start_offset => interval '3 hours', end_offset => interval '1 hour', schedule_interval => interval '1 hour');

ALTER TABLE analytics.fact_video_performance SET (
    timescaledb.compress,
    timescaledb.compress_segmentby = 'channel_key',
    timescaledb.compress_orderby = '"timestamp" DESC'
);

SELECT public.add_compression_policy('analytics.fact_video_performance', interval '7 days');

-- migrate:down
SELECT public.remove_compression_policy('analytics.fact_video_performance', if_exists => true);
SELECT public.decompress_chunk(chunk, if_compressed => true) FROM public.show_chunks('analytics.fact_video_performance') AS chunk;
DROP MATERIALIZED VIEW analytics.video_performance_hourly;
ALTER TABLE analytics.fact_video_performance SET (timescaledb.compress = false);
