-- A day of a channel as a whole.
WITH told AS (
    SELECT y.*, (y.told ->> 'views')::bigint AS views, (y.told ->> 'likes')::integer AS likes, (y.told ->> 'comments')::integer AS comments,
           (y.told ->> 'shares')::integer AS shares, (y.told ->> 'estimatedRevenue')::numeric * 100 AS cents,
           (y.told ->> 'subscribersGained')::integer AS gained, (y.told ->> 'subscribersLost')::integer AS lost
      FROM pg_temp.analytics_days AS y WHERE y.video_id IS NULL
), written AS (
    INSERT INTO analytics.fact_channel_daily AS f (channel_id, channel_key, user_key, date_key, metric_date, total_views, total_likes,
                                                   total_comments, total_shares, avg_engagement_rate, revenue_cents,
                                                   revenue_per_view_cents, subscriber_gained, subscriber_lost)
    SELECT channel_id, channel_key, user_key, date_key, day, views, likes, comments, shares,
           (coalesce(likes, 0) + coalesce(comments, 0) + coalesce(shares, 0))::numeric / nullif(views, 0), cents,
           cents / nullif(views, 0), gained, lost
      FROM told
        ON CONFLICT (channel_id, metric_date) DO UPDATE
       SET total_views = coalesce(excluded.total_views, f.total_views), total_likes = coalesce(excluded.total_likes, f.total_likes),
           total_comments = coalesce(excluded.total_comments, f.total_comments),
           total_shares = coalesce(excluded.total_shares, f.total_shares),
           avg_engagement_rate = coalesce(excluded.avg_engagement_rate, f.avg_engagement_rate),
           revenue_cents = coalesce(excluded.revenue_cents, f.revenue_cents),
           revenue_per_view_cents = coalesce(excluded.revenue_per_view_cents, f.revenue_per_view_cents),
           subscriber_gained = coalesce(excluded.subscriber_gained, f.subscriber_gained),
           subscriber_lost = coalesce(excluded.subscriber_lost, f.subscriber_lost),
           channel_key = excluded.channel_key, user_key = excluded.user_key
     WHERE (f.channel_key, f.user_key, f.total_views, f.total_likes, f.total_comments, f.total_shares, f.revenue_cents, f.subscriber_gained, f.subscriber_lost)
           IS DISTINCT FROM
           (excluded.channel_key, excluded.user_key, coalesce(excluded.total_views, f.total_views), coalesce(excluded.total_likes, f.total_likes),
            coalesce(excluded.total_comments, f.total_comments), coalesce(excluded.total_shares, f.total_shares),
            coalesce(excluded.revenue_cents, f.revenue_cents), coalesce(excluded.subscriber_gained, f.subscriber_gained),
            coalesce(excluded.subscriber_lost, f.subscriber_lost))
    RETURNING f.channel_id, f.metric_date
), marked AS (
    UPDATE pg_temp.analytics_days AS y SET changed = true
      FROM written AS w WHERE w.channel_id = y.channel_id AND w.metric_date = y.day AND y.video_id IS NULL
)
INSERT INTO ops.touched_hours (relation, hour, job_id)
SELECT DISTINCT 'analytics.fact_channel_daily', w.metric_date::timestamp AT TIME ZONE 'UTC', r.job_id
  FROM written AS w, pg_temp.ingest_run AS r;

-- Its money, once: of the channel as a whole, since what its videos made is a part of that.
WITH written AS (
    INSERT INTO ops.revenue_ledger AS l (source, source_ref, kind, metric_date, user_id, channel_id, amount_cents, attributed_views, job_id)
    SELECT r.source, y.channel_id || ' ' || y.day, 'ad', y.day, y.user_id, y.channel_id, (y.told ->> 'estimatedRevenue')::numeric * 100,
           (y.told ->> 'views')::bigint, r.job_id
      FROM pg_temp.analytics_days AS y, pg_temp.ingest_run AS r
     WHERE y.video_id IS NULL AND y.told ? 'estimatedRevenue'
        ON CONFLICT (source, source_ref) DO UPDATE
       SET user_id = excluded.user_id, amount_cents = excluded.amount_cents, attributed_views = excluded.attributed_views,
           job_id = excluded.job_id, loaded_at = now()
     WHERE (l.user_id, l.amount_cents, l.attributed_views)
           IS DISTINCT FROM (excluded.user_id, excluded.amount_cents, excluded.attributed_views)
    RETURNING l.source, l.metric_date
)
SELECT ops.sum_revenue(d.source, d.metric_date, d.metric_date) FROM (SELECT DISTINCT source, metric_date FROM written) AS d;
