-- Takes the sample company away: all that hangs from its accounts and from the source `sample`, and nothing else.
CREATE TEMP TABLE sample_users ON COMMIT DROP AS
SELECT user_id FROM users.accounts WHERE email LIKE '%@sample.ytempire.invalid';
CREATE TEMP TABLE sample_user_keys ON COMMIT DROP AS
SELECT user_key FROM analytics.dim_user WHERE user_id IN (SELECT user_id FROM sample_users);
WITH gone AS (
    DELETE FROM analytics.fact_video_performance WHERE user_key IN (SELECT user_key FROM sample_user_keys) RETURNING "timestamp"
)
INSERT INTO ops.touched_hours (relation, hour)
SELECT DISTINCT 'analytics.fact_video_performance', date_trunc('hour', "timestamp", 'UTC') FROM gone;
WITH gone AS (
    DELETE FROM analytics.fact_channel_daily WHERE user_key IN (SELECT user_key FROM sample_user_keys) RETURNING metric_date
)
INSERT INTO ops.touched_hours (relation, hour)
SELECT DISTINCT 'analytics.fact_channel_daily', metric_date::timestamp AT TIME ZONE 'UTC' FROM gone;
WITH gone AS (
    DELETE FROM analytics.fact_costs WHERE source = 'sample' RETURNING cost_timestamp
)
INSERT INTO ops.touched_hours (relation, hour)
SELECT DISTINCT 'analytics.fact_costs', date_trunc('hour', cost_timestamp, 'UTC') FROM gone;
WITH gone AS (
    DELETE FROM analytics.fact_revenue WHERE source = 'sample' RETURNING metric_date
)
INSERT INTO ops.touched_hours (relation, hour)
SELECT DISTINCT 'analytics.fact_revenue', metric_date::timestamp AT TIME ZONE 'UTC' FROM gone;
DELETE FROM ops.revenue_ledger WHERE source = 'sample';
WITH gone AS (
    DELETE FROM analytics.youtube_metrics WHERE user_id IN (SELECT user_id FROM sample_users) RETURNING date
)
INSERT INTO ops.touched_hours (relation, hour)
SELECT DISTINCT 'analytics.youtube_metrics', date::timestamp AT TIME ZONE 'UTC' FROM gone;
DELETE FROM analytics.dim_video AS v
 USING analytics.dim_channel AS c
 WHERE c.channel_id = v.channel_id AND c.user_id IN (SELECT user_id FROM sample_users);
DELETE FROM analytics.dim_channel WHERE user_id IN (SELECT user_id FROM sample_users);
DELETE FROM analytics.dim_user WHERE user_id IN (SELECT user_id FROM sample_users);
DELETE FROM users.channels WHERE user_id IN (SELECT user_id FROM sample_users);
DELETE FROM users.accounts WHERE user_id IN (SELECT user_id FROM sample_users);
SELECT ops.find_data_until();
DROP TABLE sample_users, sample_user_keys;
