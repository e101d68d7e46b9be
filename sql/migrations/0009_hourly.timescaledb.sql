-- migrate:up
-- The specification's continuous aggregate. Real-time, so that what is not materialised yet is in the answer; loads
-- refresh the hours they touched after their commit, as the policy alone would neither see late rows nor history.
--
-- TimescaleDB lets only the owner refresh an aggregate, and never from a function. So this one belongs to a role that
-- owns nothing else and only reads the facts; the worker is a member. The policy runs as that role, which TimescaleDB
-- allows only to a role with LOGIN: its connection limit of 0 keeps all clients out, and background workers do not count.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ytempire_rollup') THEN
        BEGIN
            CREATE ROLE ytempire_rollup LOGIN CONNECTION LIMIT 0;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;           -- another database of this cluster was migrated at the same time
        END;
    END IF;
    IF NOT pg_has_role('ytempire_worker', 'ytempire_rollup', 'USAGE') THEN
        GRANT ytempire_rollup TO ytempire_worker;
    END IF;
    IF NOT pg_has_role('ytempire_rollup', 'USAGE') THEN
        GRANT ytempire_rollup TO CURRENT_USER;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION '% may not make role "ytempire_rollup", or give it to itself and to the worker', current_user
        USING ERRCODE = 'insufficient_privilege',
              HINT = format('have an administrator run: CREATE ROLE ytempire_rollup LOGIN CONNECTION LIMIT 0; '
                            'GRANT ytempire_rollup TO ytempire_worker, %I;', current_user);
END $$;

GRANT USAGE, CREATE ON SCHEMA analytics TO ytempire_rollup;
GRANT SELECT ON analytics.fact_video_performance TO ytempire_rollup;

SET LOCAL ROLE ytempire_rollup;

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

RESET ROLE;

REVOKE CREATE ON SCHEMA analytics FROM ytempire_rollup;
GRANT ALL ON analytics.video_performance_hourly TO CURRENT_USER;

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
REVOKE SELECT ON analytics.fact_video_performance FROM ytempire_rollup;
REVOKE USAGE ON SCHEMA analytics FROM ytempire_rollup;
ALTER TABLE analytics.fact_video_performance SET (timescaledb.compress = false);
