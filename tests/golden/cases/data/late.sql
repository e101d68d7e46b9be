-- Rows that come after the rollups were built, and what a load notes of them: a snapshot between others, one of a video
-- that was silent, money, a correction, a row that goes.
INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, "timestamp", views,
 likes) VALUES
    (1, 11, 101, 20240310, '2024-03-10 09:30+00', 99000, 10), (6, 14, 102, 20240812, '2024-08-12 10:00+00', 9999, NULL);
INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, "timestamp",
 actual_revenue_cents, cost_cents)
    VALUES (14, 14, 102, 20240505, '2024-05-05 05:15+00', 12345.5, 7), (1, 11, 101, 20240505, '2024-05-05 06:15+00',
    0.25, NULL);
UPDATE analytics.fact_video_performance SET actual_revenue_cents = actual_revenue_cents + 1000
 WHERE video_key = 4 AND "timestamp" >= '2024-07-01' AND "timestamp" < '2024-07-01 12:00';
DELETE FROM analytics.fact_video_performance WHERE video_key = 4 AND "timestamp" = '2024-08-15 06:00+00';
INSERT INTO ops.touched_hours (relation, hour) SELECT 'analytics.fact_video_performance', h
  FROM unnest(ARRAY['2024-03-10 09:00+00', '2024-08-12 10:00+00', '2024-05-05 05:00+00', '2024-05-05 06:00+00',
  '2024-07-01 00:00+00',
                    '2024-07-01 06:00+00', '2024-08-15 06:00+00', '2024-09-01 00:00+00', '2024-09-03 00:00+00',
                    '2024-09-05 00:00+00',
                    '2024-09-07 00:00+00', '2024-09-09 00:00+00']::timestamptz[]) AS h;
