-- The hours that the sample touched, for the hourly aggregate.
INSERT INTO ops.touched_hours (relation, hour)
SELECT DISTINCT 'analytics.fact_video_performance', date_trunc('hour', f."timestamp", 'UTC')
  FROM analytics.fact_video_performance AS f
  JOIN analytics.dim_user AS u USING (user_key)
 WHERE u.email LIKE '%@sample.ytempire.invalid'
