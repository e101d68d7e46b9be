-- A year of snapshots, four a day, for measuring rollups: :channels channels of :videos videos each in 2025, 1,460 rows
-- a video. Run again it changes nothing.
SET TimeZone = 'UTC';
INSERT INTO analytics.dim_user (user_id, email, valid_from)
SELECT '00000000-0000-4000-8000-0000000be7c5', 'year@example.com', '-infinity'
WHERE NOT EXISTS (SELECT FROM analytics.dim_user WHERE user_id = '00000000-0000-4000-8000-0000000be7c5');
INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name, niche, valid_from)
SELECT 'year-' || n, '00000000-0000-4000-8000-0000000be7c5', 'Year ' || n, 'Year', '-infinity'
FROM generate_series(1, :channels) AS n
WHERE NOT EXISTS (SELECT FROM analytics.dim_channel WHERE channel_id = 'year-' || n);
INSERT INTO analytics.dim_video (video_id, channel_id, video_title)
SELECT 'year-' || c || '-' || v, 'year-' || c, 'Video ' || v
FROM generate_series(1, :channels) AS c, generate_series(1, :videos) AS v
ON CONFLICT (video_id) DO NOTHING;
SELECT ops.make_partitions('analytics.fact_video_performance', '2025-01-01', '2025-12-31');
-- as they are loaded: by time
CREATE PROCEDURE pg_temp.load_year() LANGUAGE plpgsql AS $$
BEGIN
    FOR week IN 0..52 LOOP
        INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, "timestamp",
               views, likes, comments, shares, actual_revenue_cents, cost_cents)
        SELECT v.video_key, c.channel_key, u.user_key, to_char(at, 'YYYYMMDD')::integer, at,
               n * (50 + v.video_key % 97) - n % 7, n * (2 + v.video_key % 5), n / 3, n / 9,
               CASE WHEN n % 4 = 0 THEN (v.video_key % 977 + n % 31) / 3.0 END, CASE WHEN n % 4 = 0 THEN 25 END
          FROM (SELECT n, timestamptz '2025-01-01' + n * interval '6 hours' AS at
                  FROM generate_series(week * 28, least(week * 28 + 27, 1459)) AS n) AS moment
         CROSS JOIN analytics.dim_video AS v
          JOIN analytics.dim_channel AS c ON c.channel_id = v.channel_id AND c.is_current
          JOIN analytics.dim_user AS u ON u.user_id = c.user_id AND u.is_current
         WHERE v.channel_id LIKE 'year-%'
         ORDER BY at, v.video_key
        ON CONFLICT DO NOTHING;
    END LOOP;
END
$$;
CALL pg_temp.load_year();
VACUUM (ANALYZE) analytics.fact_video_performance;
ANALYZE analytics.dim_video;
ANALYZE analytics.dim_channel;
