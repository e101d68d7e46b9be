-- What was uploaded on the last days, look_back of them and today; and what users have by now.
WITH counted AS (
    SELECT v.channel_id, ops.quota_day(v.published_at) AS day, count(*)::integer AS videos, sum(v.duration_seconds)::integer AS seconds
      FROM analytics.dim_video AS v
      JOIN users.channels AS c ON c.channel_id = v.channel_id AND c.is_active
     CROSS JOIN pg_temp.ingest_run AS run
     WHERE v.published_at >= (ops.quota_day(run.at) - (run.settings ->> 'look_back')::integer)::timestamp AT TIME ZONE 'America/Los_Angeles'
     GROUP BY 1, 2
), days AS (
    SELECT * FROM counted
    UNION ALL
    SELECT f.channel_id, f.metric_date, 0, 0                                  -- whose last video has left it
      FROM pg_temp.ingest_run AS run
      JOIN analytics.fact_channel_daily AS f
        ON f.metric_date BETWEEN ops.quota_day(run.at) - (run.settings ->> 'look_back')::integer AND ops.quota_day(run.at)
       AND f.videos_published > 0
      JOIN users.channels AS c ON c.channel_id = f.channel_id AND c.is_active
     WHERE NOT EXISTS (SELECT FROM counted AS k WHERE k.channel_id = f.channel_id AND k.day = f.metric_date)
), written AS (
    INSERT INTO analytics.fact_channel_daily AS f (channel_id, channel_key, user_key, date_key, metric_date, videos_published,
                                                   total_duration_seconds)
    SELECT s.channel_id, k.channel_key, k.user_key, k.date_key, s.day, s.videos, s.seconds
      FROM days AS s CROSS JOIN LATERAL ops.keys_of_day(s.channel_id, s.day) AS k
        ON CONFLICT (channel_id, metric_date) DO UPDATE
       SET videos_published = excluded.videos_published, total_duration_seconds = excluded.total_duration_seconds,
           channel_key = excluded.channel_key, user_key = excluded.user_key
     WHERE (f.videos_published, f.total_duration_seconds, f.channel_key, f.user_key)
           IS DISTINCT FROM (excluded.videos_published, excluded.total_duration_seconds, excluded.channel_key, excluded.user_key)
    RETURNING f.metric_date
)
INSERT INTO ops.touched_hours (relation, hour, job_id)
SELECT DISTINCT 'analytics.fact_channel_daily', w.metric_date::timestamp AT TIME ZONE 'UTC', r.job_id
  FROM written AS w, pg_temp.ingest_run AS r;

WITH has AS (
    SELECT c.user_id, count(DISTINCT c.channel_id)::integer AS channels, count(v.video_id)::integer AS videos,
           min(ops.quota_day(v.published_at)) AS first_video
      FROM users.channels AS c
      LEFT JOIN analytics.dim_video AS v ON v.channel_id = c.channel_id AND v.is_active
     WHERE c.is_active
     GROUP BY 1
)
UPDATE analytics.dim_user AS d
   SET total_channels = has.channels, total_videos = has.videos, first_video_date = least(d.first_video_date, has.first_video)
  FROM has
 WHERE d.user_id = has.user_id AND d.is_current
   AND (d.total_channels, d.total_videos, d.first_video_date)
       IS DISTINCT FROM (has.channels, has.videos, least(d.first_video_date, has.first_video));

-- Counters are of now: so far the source is.
INSERT INTO ops.watermarks AS w (source, job_id, data_until, updated_at)
SELECT source, job_id, at, now() FROM pg_temp.ingest_run
    ON CONFLICT (source, stream) DO UPDATE SET data_until = greatest(w.data_until, excluded.data_until), job_id = excluded.job_id, updated_at = now();
