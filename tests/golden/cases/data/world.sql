-- The data that all cases are asked of: no clock, no chance, the same rows everywhere.
--
-- Ann has UC-a (Gaming until June 2024, then Music) and UC-b (niche unknown), and changed her tier in July 2024. Bob
-- has
-- UC-c, of UC-a's present name, and UC-d, switched off. Cleo, whose tier is unknown, has UC-e.
-- Videos 1 to 12 have counters every five days; 13 and 14 every half hour around the ends of months and years and where
-- the clocks of Los Angeles, Berlin and Lord Howe change; 4 has money every six hours; 15 has the last microseconds of
-- days; 16 has no row. 12 begins in ops.counter_base, as retention leaves it.
SET client_min_messages = warning;
BEGIN;

INSERT INTO users.accounts (user_id, email, subscription_tier, target_revenue) VALUES
    ('00000000-0000-4000-9000-000000000101', 'ann@example.org', 'scale', 500),
    ('00000000-0000-4000-9000-000000000102', 'bob@example.org', 'starter', 0),
    ('00000000-0000-4000-9000-000000000104', 'cleo@example.org', NULL, NULL);

INSERT INTO users.channels (channel_id, user_id, channel_name) VALUES
    ('UC-a', '00000000-0000-4000-9000-000000000101', 'Alpha'), ('UC-c', '00000000-0000-4000-9000-000000000102',
    'Alpha');

INSERT INTO analytics.dim_user (user_key, user_id, email, subscription_tier, signup_date, valid_from, valid_to,
 is_current) VALUES
    (101, '00000000-0000-4000-9000-000000000101', 'ann@old.example.org', 'growth', '2023-01-15', '-infinity',
    '2024-07-01', false),
    (103, '00000000-0000-4000-9000-000000000101', 'ann@example.org', 'scale', '2023-01-15', '2024-07-01',
    '9999-12-31', true),
    (102, '00000000-0000-4000-9000-000000000102', 'bob@example.org', 'starter', '2023-12-31', '-infinity',
    '9999-12-31', true),
    (104, '00000000-0000-4000-9000-000000000104', 'cleo@example.org', NULL, NULL, '-infinity', '9999-12-31', true);

INSERT INTO analytics.dim_channel (channel_key, channel_id, user_id, channel_name, channel_handle, niche,
 created_date, is_active, valid_from, valid_to, is_current) VALUES
    (11, 'UC-a', '00000000-0000-4000-9000-000000000101', 'Alpha (old)', '@alpha', 'Gaming', '2023-12-31', true,
    '-infinity', '2024-06-01', false),
    (12, 'UC-a', '00000000-0000-4000-9000-000000000101', 'Alpha', '@alpha', 'Music', '2023-12-31', true,
    '2024-06-01', '9999-12-31', true),
    (13, 'UC-b', '00000000-0000-4000-9000-000000000101', 'Beta', NULL, NULL, '2024-01-01', true, '-infinity',
    '9999-12-31', true),
    (14, 'UC-c', '00000000-0000-4000-9000-000000000102', 'Alpha', '@other', 'Gaming', '2024-02-29', true,
    '-infinity', '9999-12-31', true),
    (15, 'UC-d', '00000000-0000-4000-9000-000000000102', 'Ünïcode & Co', NULL, 'Science', NULL, false, '-infinity',
    '9999-12-31', true),
    (16, 'UC-e', '00000000-0000-4000-9000-000000000104', 'eta', NULL, 'gaming', '2024-12-31', true, '-infinity',
    '9999-12-31', true);

INSERT INTO analytics.dim_video (video_key, video_id, channel_id, video_title, video_tags, category,
 duration_seconds, content_type,
                                 production_method, published_at, is_monetized, is_active) VALUES
    (1, 'v01', 'UC-a', '100% Live', '{music,live}', 'Music', 59, 'shorts', 'manual', '2023-12-15 10:00+00', true, true),
    (2, 'v02', 'UC-a', 'live_set', '{Music}', 'Music', 60, 'standard', 'ai_generated',
    '2023-12-31 23:59:59.999999+00', true, true),
    (3, 'v03', 'UC-a', 'O''Brien \ "x"', '{live,"with space",NULL}', 'Gaming', 600, 'long_form', 'hybrid',
    '2024-01-01 00:00+00', false, true),
    (4, 'v04', 'UC-b', 'ダッシュボード', '{}', 'Gaming', 0, 'shorts', NULL, '2024-01-31 23:30+00', NULL, true),
    (5, 'v05', 'UC-b', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true),
    (6, 'v06', 'UC-c', 'LIVE now', '{live}', 'Entertainment', 3600, 'long_form', 'manual', '2024-02-29 12:00+00',
    true, false),
    (7, 'v07', 'UC-c', 'null', '{NULL}', 'Gaming', 61, 'standard', 'manual', '2024-03-10 09:59:59+00', false, true),
    (8, 'v08', 'UC-c', '', '{"",live}', 'gaming', 599, 'standard', 'ai_generated', '2024-03-10 10:00+00', false, false),
    (9, 'v09', 'UC-d', 'Ünïcode', '{ünï}', 'Science & Technology', 120, 'standard', 'hybrid', '2024-03-31 01:00+00',
    true, true),
    (10, 'v10', 'UC-d', 'ÜNÏCODE', '{a,b}', 'Music', 45, 'shorts', 'hybrid', '2024-11-03 08:30+00', true, true),
    (11, 'v11', 'UC-e', '100 Live', '{"100%"}', NULL, 1000, 'long_form', 'manual', '2024-11-03 09:30+00', NULL, true),
    (12, 'v12', 'UC-e', 'live-set', '{music,music}', 'Music', 60, 'standard', NULL, '2023-05-01 00:00+00', true, true),
    (13, 'v13', 'UC-a', 'edge a', '{edge}', 'Music', 10, 'shorts', 'manual', '2023-12-31 00:00+00', true, true),
    (14, 'v14', 'UC-c', 'edge b', '{edge}', 'Gaming', 700, 'long_form', 'manual', '2023-12-30 00:00+00', true, true),
    (15, 'v15', 'UC-d', 'last moment', NULL, 'Music', NULL, NULL, 'manual', '2024-12-31 23:59:59.999999+00', false,
    true),
    (16, 'v16', 'UC-e', 'never seen', '{live}', 'Music', 30, 'shorts', 'manual', '2025-01-01 00:00+00', false, true);

-- Where a video stood, by its own channel; whose it was, by the owner's version of that time.
CREATE TEMP TABLE story (video int, channel int, at timestamptz, views bigint, likes int, dislikes int, comments int,
 shares int,
                         revenue numeric, estimated numeric, cost numeric, minutes numeric, impressions bigint,
                         ctr numeric,
                         gained int, lost int);

INSERT INTO story (video, channel, at, views, likes, dislikes, comments, shares)
SELECT v,
       CASE WHEN v = 3 AND n BETWEEN 30 AND 50 THEN 14
            WHEN v <= 3 OR (v = 5 AND n >= 60) THEN 12
            WHEN v <= 5 THEN 13
            WHEN v <= 8 THEN 14
            WHEN v <= 10 THEN 15
            ELSE 16 END,
       '2023-12-20 06:00+00'::timestamptz + n * interval '5 days' + v * interval '37 minutes',
       CASE WHEN (n + v) % 17 <> 0 THEN 1000 * v + n * (50 + 3 * v) - CASE WHEN n % 11 = 7 THEN 400 ELSE 0 END END,
       CASE WHEN (n + v) % 6 <> 0 THEN (50 * v + n * v) * CASE WHEN v IN (6, 10) THEN 3 ELSE 1 END END,
       CASE WHEN v % 4 = 0 THEN n % 5 END,
       CASE WHEN n % 4 <> 1 THEN n + v END,
       CASE WHEN v = 2 THEN 2 * n END
  FROM generate_series(1, 12) AS v, generate_series(0, 78) AS n
 WHERE NOT (v = 6 AND n > 20) AND NOT (v = 7 AND n < 40) AND NOT (v IN (9, 10, 11) AND n < 20) AND NOT (v = 12
 AND n < 30);

INSERT INTO story (video, channel, at, views, likes, comments, revenue, cost)
SELECT v, CASE v WHEN 13 THEN 12 ELSE 14 END, d::timestamptz + k * interval '30 minutes',
       CASE WHEN v = 13 THEN 100 + 10 * (extract(epoch
       FROM d::timestamptz + k * interval '30 minutes')::bigint / 1800 % 5000) END,
       CASE WHEN v = 13 AND k % 3 = 0 THEN k END, CASE WHEN v = 13 AND k % 5 = 0 THEN k END,
       CASE WHEN v = 14 THEN 100 + k END, CASE WHEN v = 14 AND k % 4 = 0 THEN 30 END
  FROM generate_series(13, 14) AS v, generate_series(0, 120) AS k,
       unnest(ARRAY['2023-12-30 12:00+00', '2024-02-28 06:00+00', '2024-03-09 06:00+00', '2024-03-30 06:00+00',
       '2024-04-06 00:00+00',
                    '2024-06-29 12:00+00', '2024-10-05 00:00+00', '2024-10-26 06:00+00', '2024-11-02 06:00+00',
                    '2024-12-30 12:00+00']) AS d;

INSERT INTO story (video, channel, at, revenue, estimated, cost, minutes, impressions, ctr, gained, lost)
SELECT 4, 13, '2023-12-24 00:00+00'::timestamptz + n * interval '6 hours',
       CASE WHEN n % 13 <> 0 THEN n * 37 % 1000 + 0.25 * (n % 4) END, n * 37 % 990,
       CASE WHEN n % 3 = 0 THEN n % 7 * 0.5 END,
       n % 90 + 0.5, CASE WHEN n % 10 <> 3 THEN 100 * (n % 9) END, CASE WHEN n % 8 <> 5 THEN (n % 10) / 100.0 END,
       n % 3, CASE WHEN n % 6 = 0 THEN 1 END
  FROM generate_series(0, 1540) AS n;

INSERT INTO story (video, channel, at, views, revenue)
SELECT 15, 15, d::timestamptz - interval '1 microsecond', 10 * k, k
  FROM unnest(ARRAY['2024-01-01 00:00+00', '2024-01-01 08:00+00', '2024-02-29 23:00+00', '2024-03-10 10:00+00',
  '2024-03-31 01:00+00',
                    '2024-04-06 15:00+00', '2024-07-01 00:00+00', '2024-10-05 15:30+00', '2024-10-27 01:00+00',
                    '2024-11-03 09:00+00',
                    '2025-01-01 00:00+00', '2025-01-01 08:00+00']) WITH ORDINALITY AS t (d, k);

-- a video without known views, and one that was seen once with none
INSERT INTO story (video, channel, at, views, likes) VALUES
    (8, 14, '2024-05-05 05:05:05+00', 0, 5), (8, 14, '2024-05-05 05:05:06+00', NULL, 6);

INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, "timestamp", views, likes,
 dislikes, comments, shares,
    actual_revenue_cents, estimated_revenue_cents, cost_cents, watch_time_minutes, impressions, click_through_rate,
    subscriber_gained, subscriber_lost)
SELECT video, CASE WHEN channel = 12 AND at < '2024-06-01 00:00+00' THEN 11 ELSE channel END,
       CASE WHEN channel IN (14, 15) THEN 102 WHEN channel = 16 THEN 104 WHEN at < '2024-07-01 00:00+00' THEN 101
       ELSE 103 END,
       to_char(at AT TIME ZONE 'UTC', 'YYYYMMDD')::int, at, views, likes, dislikes, comments, shares, revenue,
       estimated, cost,
       minutes, impressions, ctr, gained, lost
  FROM story;

INSERT INTO ops.counter_base (video_key, channel_key, user_key, "timestamp", views, likes, comments) VALUES
    (12, 16, 104, '2023-06-01 12:00+00', 7000, 70, NULL);

INSERT INTO analytics.fact_costs (source, source_ref, user_key, date_key, cost_category, cost_subcategory, quantity,
 total_cost_cents, video_id,
                                  channel_id, cost_timestamp)
SELECT 't', n::text, CASE n % 4 WHEN 0 THEN 101 WHEN 1 THEN 102 WHEN 2 THEN 103 END, to_char(at AT TIME ZONE 'UTC',
 'YYYYMMDD')::int,
       (ARRAY['ai', 'api', NULL, 'storage', 'ai', 'compute'])[n % 6 + 1], NULL, NULLIF(n % 5, 3), n * 1.5 - 20,
       CASE WHEN n % 3 = 0 THEN 'v0' || n % 9 + 1 WHEN n % 7 = 0 THEN 'no such video' END,
       CASE WHEN n % 11 = 0 THEN 'no such channel' WHEN n % 5 <> 0 THEN 'UC-' || substr('abcde', n % 5, 1) END, at
  FROM (SELECT n, '2023-12-28 07:45+00'::timestamptz + n * interval '101 hours 15 minutes' AS at
  FROM generate_series(0, 90) AS n) AS n;

INSERT INTO analytics.fact_channel_daily (channel_id, channel_key, user_key, date_key, metric_date, videos_published,
 total_views, total_likes,
                                          total_comments, revenue_cents, cost_cents, subscriber_count,
                                          subscriber_gained)
SELECT channel, CASE channel WHEN 'UC-a' THEN CASE WHEN day < '2024-06-01' THEN 11 ELSE 12 END WHEN 'UC-b' THEN 13
 ELSE 14 END,
       CASE WHEN channel = 'UC-c' THEN 102 WHEN day < '2024-07-01' THEN 101 ELSE 103 END, to_char(day,
       'YYYYMMDD')::int, day,
       n % 3, n * 10 + c, NULLIF(n % 9, 4), n % 4, n * 2.5, NULLIF(n % 6, 5),
       CASE WHEN n % 7 <> 3 THEN 1000 * c + n * c - CASE WHEN n % 10 = 9 THEN 50 ELSE 0 END END, n % 5
  FROM (VALUES ('UC-a', 1), ('UC-b', 2), ('UC-c', 3)) AS channels (channel, c), generate_series(0, 366) AS n,
       LATERAL (SELECT '2024-01-01'::date + n) AS days (day)
 WHERE (n + c) % 4 <> 0 AND NOT (channel = 'UC-c' AND n > 200);

INSERT INTO analytics.fact_revenue (source, channel_id, video_key, channel_key, user_key, date_key, metric_date,
 ad_revenue_cents,
                                    sponsorship_revenue_cents, attributed_views, conversion_rate)
SELECT CASE WHEN n % 3 = 0 THEN 'sponsor' ELSE 'youtube' END, channel, video, channel_key, 102, to_char(day,
 'YYYYMMDD')::int, day,
       n * 3 + 0.125, CASE WHEN n % 3 = 0 THEN 500 ELSE 0 END, NULLIF(n % 8, 5),
       CASE WHEN n % 4 <> 1 THEN n % 10 / 100.0 END
  FROM (VALUES ('UC-c', 14, 6), ('UC-c', 14, NULL), (NULL, NULL, 9)) AS sources (channel, channel_key, video),
  generate_series(0, 60) AS n,
       LATERAL (SELECT '2023-12-30'::date + 7 * n) AS days (day);

INSERT INTO analytics.youtube_metrics (user_id, channel_id, video_id, date, views, watch_time_minutes, revenue_usd)
SELECT u.user_id, channel, video, '2024-02-25'::date + n, 100 * (n + 1), NULLIF(n, 3) * 1.5, n * 0.01
  FROM (VALUES ('UC-a', NULL), ('UC-a', 'v01'), ('UC-a', 'v02'), ('UC-c', NULL)) AS sources (channel, video)
  JOIN users.channels AS u ON u.channel_id = channel, generate_series(0, 9) AS n;

COMMIT;
ANALYZE analytics.fact_video_performance, analytics.dim_video, analytics.dim_channel;
