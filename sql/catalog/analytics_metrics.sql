-- youtube_metrics: a day of a video, or of a channel as a whole.
WITH written AS (
    INSERT INTO analytics.youtube_metrics AS m (user_id, channel_id, video_id, date, views, watch_time_minutes, revenue_usd)
    SELECT y.user_id, y.channel_id, y.video_id, y.day, (y.told ->> 'views')::bigint,
           (y.told ->> 'estimatedMinutesWatched')::numeric, (y.told ->> 'estimatedRevenue')::numeric
      FROM pg_temp.analytics_days AS y
        ON CONFLICT (channel_id, video_id, date) DO UPDATE
       SET user_id = excluded.user_id, views = coalesce(excluded.views, m.views),
           watch_time_minutes = coalesce(excluded.watch_time_minutes, m.watch_time_minutes),
           revenue_usd = coalesce(excluded.revenue_usd, m.revenue_usd)
     WHERE (m.user_id, m.views, m.watch_time_minutes, m.revenue_usd)
           IS DISTINCT FROM (excluded.user_id, coalesce(excluded.views, m.views),
                             coalesce(excluded.watch_time_minutes, m.watch_time_minutes), coalesce(excluded.revenue_usd, m.revenue_usd))
    RETURNING m.channel_id, m.video_id, m.date
), marked AS (
    UPDATE pg_temp.analytics_days AS y SET changed = true
      FROM written AS w
     WHERE w.channel_id = y.channel_id AND w.video_id IS NOT DISTINCT FROM y.video_id AND w.date = y.day
)
INSERT INTO ops.touched_hours (relation, hour, job_id)
SELECT DISTINCT 'analytics.youtube_metrics', w.date::timestamp AT TIME ZONE 'UTC', r.job_id
  FROM written AS w, pg_temp.ingest_run AS r;
