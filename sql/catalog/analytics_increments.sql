-- What a video gained in a day stands at that day's midnight, Pacific; its counters are not known for it and stay as they are.
WITH written AS (
    INSERT INTO analytics.fact_video_performance AS f (video_key, channel_key, user_key, date_key, "timestamp", watch_time_minutes,
                                                       average_view_duration_seconds, average_percentage_viewed,
                                                       estimated_revenue_cents, subscriber_gained, subscriber_lost)
    SELECT v.video_key, y.channel_key, y.user_key, to_char(y.midnight AT TIME ZONE 'UTC', 'YYYYMMDD')::integer, y.midnight,
           (y.told ->> 'estimatedMinutesWatched')::numeric, (y.told ->> 'averageViewDuration')::numeric,
           (y.told ->> 'averageViewPercentage')::numeric, (y.told ->> 'estimatedRevenue')::numeric * 100,
           (y.told ->> 'subscribersGained')::integer, (y.told ->> 'subscribersLost')::integer
      FROM pg_temp.analytics_days AS y
      JOIN analytics.dim_video AS v ON v.video_id = y.video_id
        ON CONFLICT (video_key, "timestamp") DO UPDATE
       SET watch_time_minutes = coalesce(excluded.watch_time_minutes, f.watch_time_minutes),
           average_view_duration_seconds = coalesce(excluded.average_view_duration_seconds, f.average_view_duration_seconds),
           average_percentage_viewed = coalesce(excluded.average_percentage_viewed, f.average_percentage_viewed),
           estimated_revenue_cents = coalesce(excluded.estimated_revenue_cents, f.estimated_revenue_cents),
           subscriber_gained = coalesce(excluded.subscriber_gained, f.subscriber_gained),
           subscriber_lost = coalesce(excluded.subscriber_lost, f.subscriber_lost), updated_at = now()
     WHERE (f.watch_time_minutes, f.average_view_duration_seconds, f.average_percentage_viewed, f.estimated_revenue_cents,
            f.subscriber_gained, f.subscriber_lost)
           IS DISTINCT FROM
           (coalesce(excluded.watch_time_minutes, f.watch_time_minutes),
            coalesce(excluded.average_view_duration_seconds, f.average_view_duration_seconds),
            coalesce(excluded.average_percentage_viewed, f.average_percentage_viewed),
            coalesce(excluded.estimated_revenue_cents, f.estimated_revenue_cents),
            coalesce(excluded.subscriber_gained, f.subscriber_gained), coalesce(excluded.subscriber_lost, f.subscriber_lost))
    RETURNING f.video_key, f."timestamp"
), marked AS (
    UPDATE pg_temp.analytics_days AS y SET changed = true
      FROM written AS w JOIN analytics.dim_video AS v USING (video_key)
     WHERE v.video_id = y.video_id AND y.midnight = w."timestamp"
)
INSERT INTO ops.touched_hours (relation, hour, job_id)
SELECT DISTINCT 'analytics.fact_video_performance', date_trunc('hour', w."timestamp", 'UTC'), r.job_id
  FROM written AS w, pg_temp.ingest_run AS r;
