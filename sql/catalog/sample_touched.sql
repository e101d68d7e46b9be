-- The hours and days that the sample touched, for the hourly aggregate and rollups. (ops.sum_revenue notes its own.)
INSERT INTO ops.touched_hours (relation, hour)
SELECT DISTINCT 'analytics.fact_video_performance', date_trunc('hour', f."timestamp", 'UTC')
  FROM analytics.fact_video_performance AS f
  JOIN analytics.dim_user AS u USING (user_key)
 WHERE u.email LIKE '%@sample.ytempire.invalid'
 UNION ALL
SELECT DISTINCT 'analytics.fact_costs', date_trunc('hour', cost_timestamp, 'UTC')
  FROM analytics.fact_costs WHERE source = 'sample'
 UNION ALL
SELECT DISTINCT 'analytics.fact_channel_daily', d.metric_date::timestamp AT TIME ZONE 'UTC'
  FROM analytics.fact_channel_daily AS d
  JOIN analytics.dim_user AS u USING (user_key)
 WHERE u.email LIKE '%@sample.ytempire.invalid'
 UNION ALL
SELECT DISTINCT 'analytics.youtube_metrics', m.date::timestamp AT TIME ZONE 'UTC'
  FROM analytics.youtube_metrics AS m
  JOIN users.accounts AS a USING (user_id)
 WHERE a.email LIKE '%@sample.ytempire.invalid'
