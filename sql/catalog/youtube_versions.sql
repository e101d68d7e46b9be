-- Our channels as versions: what the platform says of them, and what YouTube said last. A change of what is tracked, or of the
-- owner, closes the version that is current and opens one; the rest is overwritten. What the tape of an older run would change stays as it is.
CREATE TEMP TABLE youtube_told ON COMMIT DROP AS
SELECT c.channel_id, c.user_id, coalesce(r.body #>> '{snippet,title}', c.channel_name) AS channel_name,
       r.body #>> '{snippet,customUrl}' AS channel_handle, c.niche, c.is_active AND r.deleted_at IS NULL AS is_active,
       (pg_temp.youtube_instant(r.body #>> '{snippet,publishedAt}') AT TIME ZONE 'UTC')::date AS created_date, run.at,
       run.is_old, run.is_replay
  FROM users.channels AS c
  LEFT JOIN youtube_raw.channels AS r USING (channel_id)
 CROSS JOIN pg_temp.ingest_run AS run;

-- What nobody says stays as it is known.
UPDATE pg_temp.youtube_told AS t
   SET channel_name = coalesce(t.channel_name, d.channel_name), channel_handle = coalesce(t.channel_handle, d.channel_handle),
       niche = coalesce(t.niche, d.niche), created_date = coalesce(t.created_date, d.created_date)
  FROM analytics.dim_channel AS d
 WHERE d.channel_id = t.channel_id AND d.is_current;

UPDATE analytics.dim_channel AS d
   SET channel_name = t.channel_name, channel_handle = t.channel_handle, niche = t.niche, is_active = t.is_active, user_id = t.user_id
  FROM pg_temp.youtube_told AS t
 WHERE d.channel_id = t.channel_id AND d.is_current AND d.valid_from >= t.at AND NOT t.is_old AND (d.valid_from = t.at OR NOT t.is_replay)
   AND (d.channel_name, d.channel_handle, d.niche, d.is_active, d.user_id)
       IS DISTINCT FROM (t.channel_name, t.channel_handle, t.niche, t.is_active, t.user_id);

WITH closed AS (
    UPDATE analytics.dim_channel AS d
       SET valid_to = t.at, is_current = false
      FROM pg_temp.youtube_told AS t
     WHERE d.channel_id = t.channel_id AND d.is_current AND d.valid_from < t.at AND NOT t.is_old
       AND (d.channel_name, d.channel_handle, d.niche, d.is_active, d.user_id)
           IS DISTINCT FROM (t.channel_name, t.channel_handle, t.niche, t.is_active, t.user_id)
    RETURNING d.*
)
INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name, channel_handle, niche, sub_niche, target_audience,
                                   content_strategy, monetization_status, created_date, is_active, valid_from, told_at)
SELECT c.channel_id, t.user_id, t.channel_name, t.channel_handle, t.niche, c.sub_niche, c.target_audience, c.content_strategy,
       c.monetization_status, t.created_date, t.is_active, c.valid_to, t.at
  FROM closed AS c JOIN pg_temp.youtube_told AS t USING (channel_id);

INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name, channel_handle, niche, created_date, is_active, told_at)
SELECT t.channel_id, t.user_id, t.channel_name, t.channel_handle, t.niche, t.created_date, t.is_active, t.at
  FROM pg_temp.youtube_told AS t
 WHERE NOT EXISTS (SELECT FROM analytics.dim_channel AS d WHERE d.channel_id = t.channel_id)
ON CONFLICT (channel_id) WHERE is_current DO NOTHING;

UPDATE analytics.dim_channel AS d SET created_date = t.created_date
  FROM pg_temp.youtube_told AS t
 WHERE d.channel_id = t.channel_id AND d.is_current AND d.created_date IS DISTINCT FROM t.created_date;

DROP TABLE pg_temp.youtube_told;

-- Subscribers, a counter of the day, of the channels that this run has seen; NULL where the channel hides them. Of two runs of a
-- day the newer counts.
WITH written AS (
    INSERT INTO analytics.fact_channel_daily AS f (channel_id, channel_key, user_key, date_key, metric_date, subscriber_count)
    SELECT s.id, k.channel_key, k.user_key, k.date_key, t.day, s.subscribers
      FROM pg_temp.youtube_seen AS s
     CROSS JOIN (SELECT ops.quota_day(at) AS day FROM pg_temp.ingest_run) AS t
     CROSS JOIN LATERAL ops.keys_of_day(s.id, t.day) AS k
     WHERE s.subscribers IS NOT NULL
        ON CONFLICT (channel_id, metric_date) DO UPDATE
       SET subscriber_count = excluded.subscriber_count, channel_key = excluded.channel_key, user_key = excluded.user_key
     WHERE (f.subscriber_count IS NULL OR NOT (SELECT is_old FROM pg_temp.ingest_run))
       AND (f.subscriber_count, f.channel_key, f.user_key)
           IS DISTINCT FROM (excluded.subscriber_count, excluded.channel_key, excluded.user_key)
    RETURNING f.metric_date
)
INSERT INTO ops.touched_hours (relation, hour, job_id)
SELECT DISTINCT 'analytics.fact_channel_daily', w.metric_date::timestamp AT TIME ZONE 'UTC', r.job_id
  FROM written AS w, pg_temp.ingest_run AS r;
