-- The days of a batch, for job $1: told columns $2, rule $3. Rows written, and how many of them were there before.
WITH written AS (
    INSERT INTO analytics.fact_channel_daily AS f (
        channel_id, channel_key, user_key, date_key, metric_date,
        videos_published, total_duration_seconds, total_views, total_likes, total_comments, total_shares,
        avg_engagement_rate, revenue_cents, cost_cents, profit_cents, subscriber_count, subscriber_gained,
        subscriber_lost, revenue_per_view_cents, cost_per_video_cents)
    SELECT m.channel_id, k.channel_key, k.user_key, k.date_key, m.metric_date,
           m.videos_published, m.total_duration_seconds, m.total_views, m.total_likes, m.total_comments,
           m.total_shares, m.avg_engagement_rate, m.revenue_cents, m.cost_cents, m.profit_cents, m.subscriber_count,
           m.subscriber_gained, m.subscriber_lost, m.revenue_per_view_cents, m.cost_per_video_cents
      FROM pg_temp.mapped AS m LEFT JOIN LATERAL ops.keys_of_day(m.channel_id, m.metric_date) AS k ON true
    ON CONFLICT (channel_id, metric_date) DO UPDATE
       SET channel_key = excluded.channel_key, user_key = excluded.user_key,
           videos_published = ops.told('videos_published', $2, $3, f.videos_published, excluded.videos_published),
           total_duration_seconds = ops.told('total_duration_seconds', $2, $3, f.total_duration_seconds, excluded.total_duration_seconds),
           total_views = ops.told('total_views', $2, $3, f.total_views, excluded.total_views),
           total_likes = ops.told('total_likes', $2, $3, f.total_likes, excluded.total_likes),
           total_comments = ops.told('total_comments', $2, $3, f.total_comments, excluded.total_comments),
           total_shares = ops.told('total_shares', $2, $3, f.total_shares, excluded.total_shares),
           avg_engagement_rate = ops.told('avg_engagement_rate', $2, $3, f.avg_engagement_rate, excluded.avg_engagement_rate),
           revenue_cents = ops.told('revenue_cents', $2, $3, f.revenue_cents, excluded.revenue_cents),
           cost_cents = ops.told('cost_cents', $2, $3, f.cost_cents, excluded.cost_cents),
           profit_cents = ops.told('profit_cents', $2, $3, f.profit_cents, excluded.profit_cents),
           subscriber_count = ops.told('subscriber_count', $2, $3, f.subscriber_count, excluded.subscriber_count),
           subscriber_gained = ops.told('subscriber_gained', $2, $3, f.subscriber_gained, excluded.subscriber_gained),
           subscriber_lost = ops.told('subscriber_lost', $2, $3, f.subscriber_lost, excluded.subscriber_lost),
           revenue_per_view_cents = ops.told('revenue_per_view_cents', $2, $3, f.revenue_per_view_cents, excluded.revenue_per_view_cents),
           cost_per_video_cents = ops.told('cost_per_video_cents', $2, $3, f.cost_per_video_cents, excluded.cost_per_video_cents)
     WHERE $3 <> 'keep'
       AND (excluded.channel_key, excluded.user_key,
            ops.told('videos_published', $2, $3, f.videos_published, excluded.videos_published),
            ops.told('total_duration_seconds', $2, $3, f.total_duration_seconds, excluded.total_duration_seconds),
            ops.told('total_views', $2, $3, f.total_views, excluded.total_views),
            ops.told('total_likes', $2, $3, f.total_likes, excluded.total_likes),
            ops.told('total_comments', $2, $3, f.total_comments, excluded.total_comments),
            ops.told('total_shares', $2, $3, f.total_shares, excluded.total_shares),
            ops.told('avg_engagement_rate', $2, $3, f.avg_engagement_rate, excluded.avg_engagement_rate),
            ops.told('revenue_cents', $2, $3, f.revenue_cents, excluded.revenue_cents),
            ops.told('cost_cents', $2, $3, f.cost_cents, excluded.cost_cents),
            ops.told('profit_cents', $2, $3, f.profit_cents, excluded.profit_cents),
            ops.told('subscriber_count', $2, $3, f.subscriber_count, excluded.subscriber_count),
            ops.told('subscriber_gained', $2, $3, f.subscriber_gained, excluded.subscriber_gained),
            ops.told('subscriber_lost', $2, $3, f.subscriber_lost, excluded.subscriber_lost),
            ops.told('revenue_per_view_cents', $2, $3, f.revenue_per_view_cents, excluded.revenue_per_view_cents),
            ops.told('cost_per_video_cents', $2, $3, f.cost_per_video_cents, excluded.cost_per_video_cents))
           IS DISTINCT FROM
           (f.channel_key, f.user_key, f.videos_published, f.total_duration_seconds, f.total_views, f.total_likes, f.total_comments,
            f.total_shares, f.avg_engagement_rate, f.revenue_cents, f.cost_cents, f.profit_cents, f.subscriber_count,
            f.subscriber_gained, f.subscriber_lost, f.revenue_per_view_cents, f.cost_per_video_cents)
    RETURNING f.metric_date, f.created_at
), touched AS (
    INSERT INTO ops.touched_hours (relation, hour, job_id)
    SELECT DISTINCT 'analytics.fact_channel_daily', metric_date::timestamp AT TIME ZONE 'UTC', $1::bigint FROM written
)
SELECT count(*), count(*) FILTER (WHERE created_at < now()) FROM written
