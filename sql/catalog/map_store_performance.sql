-- The snapshots of a batch, for job $1: told columns $2, rule $3. Rows written, and how many of them were there before.
-- Joins are outer ones: a row whose keys are missing is an error, not a loss.
WITH written AS (
    INSERT INTO analytics.fact_video_performance AS f (
        video_key, channel_key, user_key, date_key, "timestamp", views, likes, dislikes, comments, shares, watch_time_minutes, average_view_duration_seconds,
        estimated_revenue_cents, actual_revenue_cents, cost_cents, impressions, click_through_rate,
        average_percentage_viewed, subscriber_gained, subscriber_lost)
    SELECT v.video_key, c.channel_key, u.user_key, to_char(m."timestamp" AT TIME ZONE 'UTC', 'YYYYMMDD')::integer, m."timestamp",
           m.views, m.likes, m.dislikes, m.comments, m.shares, m.watch_time_minutes, m.average_view_duration_seconds,
           m.estimated_revenue_cents, m.actual_revenue_cents, m.cost_cents, m.impressions, m.click_through_rate,
           m.average_percentage_viewed, m.subscriber_gained, m.subscriber_lost
      FROM pg_temp.mapped AS m
      LEFT JOIN analytics.dim_video AS v ON v.video_id = m.video_id
      LEFT JOIN analytics.dim_channel AS c
        ON c.channel_id = coalesce(m.channel_id, v.channel_id) AND m."timestamp" >= c.valid_from AND m."timestamp" < c.valid_to
      LEFT JOIN analytics.dim_user AS u
        ON u.user_id = c.user_id AND m."timestamp" >= u.valid_from AND m."timestamp" < u.valid_to
    ON CONFLICT (video_key, "timestamp") DO UPDATE
       SET channel_key = CASE WHEN $3 = 'fill' THEN f.channel_key ELSE excluded.channel_key END,
           user_key = CASE WHEN $3 = 'fill' THEN f.user_key ELSE excluded.user_key END, updated_at = now(),
           views = ops.told('views', $2, $3, f.views, excluded.views),
           likes = ops.told('likes', $2, $3, f.likes, excluded.likes),
           dislikes = ops.told('dislikes', $2, $3, f.dislikes, excluded.dislikes),
           comments = ops.told('comments', $2, $3, f.comments, excluded.comments),
           shares = ops.told('shares', $2, $3, f.shares, excluded.shares),
           watch_time_minutes = ops.told('watch_time_minutes', $2, $3, f.watch_time_minutes, excluded.watch_time_minutes),
           average_view_duration_seconds = ops.told('average_view_duration_seconds', $2, $3, f.average_view_duration_seconds, excluded.average_view_duration_seconds),
           estimated_revenue_cents = ops.told('estimated_revenue_cents', $2, $3, f.estimated_revenue_cents, excluded.estimated_revenue_cents),
           actual_revenue_cents = ops.told('actual_revenue_cents', $2, $3, f.actual_revenue_cents, excluded.actual_revenue_cents),
           cost_cents = ops.told('cost_cents', $2, $3, f.cost_cents, excluded.cost_cents),
           impressions = ops.told('impressions', $2, $3, f.impressions, excluded.impressions),
           click_through_rate = ops.told('click_through_rate', $2, $3, f.click_through_rate, excluded.click_through_rate),
           average_percentage_viewed = ops.told('average_percentage_viewed', $2, $3, f.average_percentage_viewed, excluded.average_percentage_viewed),
           subscriber_gained = ops.told('subscriber_gained', $2, $3, f.subscriber_gained, excluded.subscriber_gained),
           subscriber_lost = ops.told('subscriber_lost', $2, $3, f.subscriber_lost, excluded.subscriber_lost)
     WHERE $3 <> 'keep'
       AND (CASE WHEN $3 = 'fill' THEN f.channel_key ELSE excluded.channel_key END,
            CASE WHEN $3 = 'fill' THEN f.user_key ELSE excluded.user_key END,
            ops.told('views', $2, $3, f.views, excluded.views), ops.told('likes', $2, $3, f.likes, excluded.likes),
            ops.told('dislikes', $2, $3, f.dislikes, excluded.dislikes),
            ops.told('comments', $2, $3, f.comments, excluded.comments),
            ops.told('shares', $2, $3, f.shares, excluded.shares),
            ops.told('watch_time_minutes', $2, $3, f.watch_time_minutes, excluded.watch_time_minutes),
            ops.told('average_view_duration_seconds', $2, $3, f.average_view_duration_seconds, excluded.average_view_duration_seconds),
            ops.told('estimated_revenue_cents', $2, $3, f.estimated_revenue_cents, excluded.estimated_revenue_cents),
            ops.told('actual_revenue_cents', $2, $3, f.actual_revenue_cents, excluded.actual_revenue_cents),
            ops.told('cost_cents', $2, $3, f.cost_cents, excluded.cost_cents),
            ops.told('impressions', $2, $3, f.impressions, excluded.impressions),
            ops.told('click_through_rate', $2, $3, f.click_through_rate, excluded.click_through_rate),
            ops.told('average_percentage_viewed', $2, $3, f.average_percentage_viewed, excluded.average_percentage_viewed),
            ops.told('subscriber_gained', $2, $3, f.subscriber_gained, excluded.subscriber_gained),
            ops.told('subscriber_lost', $2, $3, f.subscriber_lost, excluded.subscriber_lost))
           IS DISTINCT FROM
           (f.channel_key, f.user_key,
            f.views, f.likes, f.dislikes, f.comments, f.shares, f.watch_time_minutes, f.average_view_duration_seconds,
            f.estimated_revenue_cents, f.actual_revenue_cents, f.cost_cents, f.impressions, f.click_through_rate,
            f.average_percentage_viewed, f.subscriber_gained, f.subscriber_lost)
    RETURNING f."timestamp", f.created_at
), touched AS (
    INSERT INTO ops.touched_hours (relation, hour, job_id)
    SELECT DISTINCT 'analytics.fact_video_performance', date_trunc('hour', "timestamp", 'UTC'), $1::bigint FROM written
)
SELECT count(*), count(*) FILTER (WHERE created_at < now()) FROM written
