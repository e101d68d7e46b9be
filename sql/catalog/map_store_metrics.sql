-- The days of a batch, for job $1: told columns $2, rule $3. Rows written, and how many of them were there before.
WITH written AS (
    INSERT INTO analytics.youtube_metrics AS f (user_id, channel_id, video_id, date, views, watch_time_minutes, revenue_usd)
    SELECT c.user_id, m.channel_id, m.video_id, m.date, m.views, m.watch_time_minutes, m.revenue_usd
      FROM pg_temp.mapped AS m LEFT JOIN users.channels AS c ON c.channel_id = m.channel_id
    ON CONFLICT (channel_id, video_id, date) DO UPDATE
       SET user_id = excluded.user_id, views = ops.told('views', $2, $3, f.views, excluded.views),
           watch_time_minutes = ops.told('watch_time_minutes', $2, $3, f.watch_time_minutes, excluded.watch_time_minutes),
           revenue_usd = ops.told('revenue_usd', $2, $3, f.revenue_usd, excluded.revenue_usd)
     WHERE $3 <> 'keep'
       AND (excluded.user_id, ops.told('views', $2, $3, f.views, excluded.views),
            ops.told('watch_time_minutes', $2, $3, f.watch_time_minutes, excluded.watch_time_minutes),
            ops.told('revenue_usd', $2, $3, f.revenue_usd, excluded.revenue_usd))
           IS DISTINCT FROM
           (f.user_id, f.views, f.watch_time_minutes, f.revenue_usd)
    RETURNING f.date, f.created_at
), touched AS (
    INSERT INTO ops.touched_hours (relation, hour, job_id)
    SELECT DISTINCT 'analytics.youtube_metrics', date::timestamp AT TIME ZONE 'UTC', $1::bigint FROM written
)
SELECT count(*), count(*) FILTER (WHERE created_at < now()) FROM written
