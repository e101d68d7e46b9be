-- migrate:up
-- The facts as hypertables, as the specification has them; `metric_date` in place of `created_at`, so that a day that is
-- loaded again meets itself. Chunks of the main fact hold one day, those of the small ones a month.
CREATE EXTENSION IF NOT EXISTS timescaledb;

SELECT public.create_hypertable('analytics.fact_video_performance', 'timestamp', chunk_time_interval => interval '1 day',
                                create_default_indexes => false, migrate_data => true);
SELECT public.create_hypertable('analytics.fact_channel_daily', 'metric_date', chunk_time_interval => interval '30 days',
                                create_default_indexes => false, migrate_data => true);
SELECT public.create_hypertable('analytics.fact_costs', 'cost_timestamp', chunk_time_interval => interval '30 days',
                                create_default_indexes => false, migrate_data => true);
SELECT public.create_hypertable('analytics.fact_revenue', 'metric_date', chunk_time_interval => interval '30 days',
                                create_default_indexes => false, migrate_data => true);
SELECT public.set_chunk_time_interval('analytics.fact_video_performance', interval '1 day');

-- Chunks are made as rows arrive; loaders call the same functions on both engines.
CREATE FUNCTION ops.make_partitions(of_relation text, from_time timestamptz, to_time timestamptz) RETURNS integer
LANGUAGE sql AS 'SELECT 0';

CREATE FUNCTION ops.keep_partitions() RETURNS integer
LANGUAGE sql AS 'SELECT 0';

-- migrate:down
DROP FUNCTION ops.keep_partitions();
DROP FUNCTION ops.make_partitions(text, timestamptz, timestamptz);
SELECT ops.remake_table('analytics.fact_revenue', '');
SELECT ops.remake_table('analytics.fact_costs', '');
SELECT ops.remake_table('analytics.fact_channel_daily', '');
SELECT ops.remake_table('analytics.fact_video_performance', '');
