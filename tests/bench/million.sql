-- A thousand videos with a thousand snapshots each in 2025, for measuring exports. Run again it changes nothing.
SET TimeZone = 'UTC';
INSERT INTO analytics.dim_user (user_id, email, valid_from)
SELECT '00000000-0000-4000-8000-0000000be7c4', 'bench@example.com', '-infinity'
WHERE NOT EXISTS (SELECT FROM analytics.dim_user WHERE user_id = '00000000-0000-4000-8000-0000000be7c4');
INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name, niche, valid_from)
SELECT 'bench-channel', '00000000-0000-4000-8000-0000000be7c4', 'Bench', 'Bench', '-infinity'
WHERE NOT EXISTS (SELECT FROM analytics.dim_channel WHERE channel_id = 'bench-channel');
INSERT INTO analytics.dim_video (video_id, channel_id, video_title)
SELECT 'bench' || lpad(n::text, 6, '0'), 'bench-channel', 'Bench video ' || n FROM generate_series(1, 1000) AS n
ON CONFLICT (video_id) DO NOTHING;
INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, "timestamp", views)
SELECT v.video_key, c.channel_key, u.user_key, 20250101, timestamptz '2025-01-01 00:00+00' + s * interval '8 hours', s * 100
FROM generate_series(0, 999) AS s
CROSS JOIN (SELECT video_key FROM analytics.dim_video WHERE channel_id = 'bench-channel') AS v
CROSS JOIN (SELECT channel_key FROM analytics.dim_channel WHERE channel_id = 'bench-channel' AND is_current) AS c
CROSS JOIN (SELECT user_key FROM analytics.dim_user WHERE user_id = '00000000-0000-4000-8000-0000000be7c4' AND is_current) AS u
ON CONFLICT DO NOTHING;
ANALYZE analytics.fact_video_performance;
ANALYZE analytics.dim_video;
