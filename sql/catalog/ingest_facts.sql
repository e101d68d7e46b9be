-- The snapshots of a batch, for job $1: of two for one video and day the larger stands whole. Says how many were written.
-- Joins are outer ones: a row whose keys are missing is an error, not a loss.
WITH videos AS MATERIALIZED (
    SELECT v.no, d.video_key
      FROM pg_temp.ingest_videos AS v
     CROSS JOIN LATERAL (SELECT o.video_key FROM analytics.dim_video AS o WHERE o.video_id = v.video_id LIMIT 1) AS d
), channels AS MATERIALIZED (
    SELECT c.no, d.channel_key, d.user_id, d.valid_from, d.valid_to
      FROM pg_temp.ingest_channels AS c
      JOIN analytics.dim_channel AS d USING (channel_id)
), written AS (
    INSERT INTO analytics.fact_video_performance AS f (video_key, channel_key, user_key, date_key, "timestamp", views, likes, dislikes, comments)
    SELECT v.video_key, c.channel_key, u.user_key, r.date_key, r.at, r.views, r.likes, r.dislikes, r.comments
      FROM pg_temp.ingest_rows AS r
      LEFT JOIN videos AS v ON v.no = r.video_no
      LEFT JOIN channels AS c ON c.no = r.channel_no AND r.at >= c.valid_from AND r.at < c.valid_to
      LEFT JOIN analytics.dim_user AS u ON u.user_id = c.user_id AND r.at >= u.valid_from AND r.at < u.valid_to
    ON CONFLICT (video_key, "timestamp") DO UPDATE
       SET channel_key = excluded.channel_key, user_key = excluded.user_key, views = excluded.views, likes = excluded.likes,
           dislikes = excluded.dislikes, comments = excluded.comments, updated_at = now()
     WHERE (excluded.views, coalesce(excluded.likes, 0), coalesce(excluded.comments, 0), coalesce(excluded.dislikes, 0),
            excluded.likes IS NOT NULL, excluded.comments IS NOT NULL)
         > (coalesce(f.views, -1), coalesce(f.likes, 0), coalesce(f.comments, 0), coalesce(f.dislikes, 0),
            f.likes IS NOT NULL, f.comments IS NOT NULL)
        OR (excluded.channel_key <> f.channel_key
            AND (excluded.views, excluded.likes, excluded.comments, excluded.dislikes)
                IS NOT DISTINCT FROM (f.views, f.likes, f.comments, f.dislikes)
            AND (SELECT d.channel_id FROM analytics.dim_channel AS d WHERE d.channel_key = excluded.channel_key) COLLATE "C"
              > (SELECT d.channel_id FROM analytics.dim_channel AS d WHERE d.channel_key = f.channel_key) COLLATE "C")
    RETURNING f."timestamp"
), touched AS (
    INSERT INTO ops.touched_hours (relation, hour, job_id)
    SELECT DISTINCT 'analytics.fact_video_performance', date_trunc('hour', "timestamp", 'UTC'), $1::bigint FROM written
)
SELECT count(*) FROM written
