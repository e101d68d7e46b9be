-- What a person would write to load a file of snapshots by hand: \copy into a table of texts, the bad rows set aside by their form, then
-- the same dimensions, snapshots, touched hours and hourly table, each in one statement over all rows. :file is the file.
\set ON_ERROR_STOP on
BEGIN;
CREATE TEMP TABLE stage (video text, at text, channel text, channel_name text, title text, views text, likes text, comments text, revenue text);
\set copy '\\copy stage FROM ' :'file' ' WITH (FORMAT csv, HEADER)'
:copy
INSERT INTO ops.dead_letters (source, file_sha256, line, column_name, reason, raw)
SELECT 'hand', :'file', row_number() OVER (), 'views', 'not a number', concat_ws(',', video, at, views) FROM stage WHERE views !~ '^\d+$';
CREATE TEMP TABLE good AS
SELECT video, at::timestamptz AS at, channel, channel_name, title, views::bigint, likes::integer, comments::integer,
       revenue::numeric * 100 AS revenue_cents
  FROM stage WHERE views ~ '^\d+$' AND likes ~ '^\d+$' AND comments ~ '^\d+$' AND revenue ~ '^-?\d+(\.\d+)?$';
ANALYZE good (video, channel, at);
INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name)
SELECT DISTINCT ON (channel) channel, '00000000-0000-4000-8000-000000000001'::uuid, channel_name FROM good ORDER BY channel, at DESC
ON CONFLICT (channel_id) WHERE is_current DO NOTHING;
INSERT INTO analytics.dim_video AS d (video_id, channel_id, video_title)
SELECT DISTINCT ON (video) video, channel, title FROM good ORDER BY video, at DESC
ON CONFLICT (video_id) DO UPDATE SET video_title = excluded.video_title WHERE d.video_title IS DISTINCT FROM excluded.video_title;
WITH written AS (
    INSERT INTO analytics.fact_video_performance AS f (video_key, channel_key, user_key, date_key, "timestamp", views, likes, comments,
                                                       actual_revenue_cents)
    SELECT DISTINCT ON (g.video, g.at) v.video_key, c.channel_key, u.user_key, to_char(g.at AT TIME ZONE 'UTC', 'YYYYMMDD')::integer, g.at,
           g.views, g.likes, g.comments, g.revenue_cents
      FROM good AS g
      JOIN analytics.dim_video AS v ON v.video_id = g.video
      JOIN analytics.dim_channel AS c ON c.channel_id = g.channel AND c.is_current
      JOIN analytics.dim_user AS u ON u.user_id = c.user_id AND u.is_current
     ORDER BY g.video, g.at
    ON CONFLICT (video_key, "timestamp") DO UPDATE
       SET views = excluded.views, likes = excluded.likes, comments = excluded.comments, actual_revenue_cents = excluded.actual_revenue_cents
     WHERE (f.views, f.likes, f.comments, f.actual_revenue_cents)
           IS DISTINCT FROM (excluded.views, excluded.likes, excluded.comments, excluded.actual_revenue_cents)
    RETURNING "timestamp"
)
INSERT INTO ops.touched_hours (relation, hour) SELECT DISTINCT 'analytics.fact_video_performance', "timestamp" FROM written;
COMMIT;
SELECT ops.refresh_hours(100000);
