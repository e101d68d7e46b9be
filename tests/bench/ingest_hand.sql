-- What a person would write to load a trending file of 2017 by hand: \copy into a staging table, then the same dimensions,
-- snapshots, touched hours, niches and hourly table, each in one statement over all rows. :file is the file.
\set ON_ERROR_STOP on
BEGIN;
CREATE TEMP TABLE stage (
    video_id text, trending_date text, title text, channel_title text, category_id integer, publish_time timestamptz, tags text,
    views bigint, likes integer, dislikes integer, comment_count integer, thumbnail_link text, comments_disabled boolean,
    ratings_disabled boolean, video_error_or_removed boolean, description text
);
\set copy '\\copy stage FROM ' :'file' ' WITH (FORMAT csv, HEADER)'
:copy
CREATE TEMP TABLE good AS
SELECT *, to_timestamp(trending_date || ' +00', 'YY.DD.MM TZH') AS at, 'title:' || md5(channel_title) AS channel_id
  FROM stage WHERE video_id ~ '^[A-Za-z0-9_-]{11}$';
ANALYZE good (video_id, channel_id, at);
SELECT ops.make_partitions('analytics.fact_video_performance', min(at), max(at)) FROM good;
INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name)
SELECT DISTINCT channel_id, '00000000-0000-4000-8000-000000000001'::uuid, channel_title FROM good
ON CONFLICT (channel_id) WHERE is_current DO NOTHING;
INSERT INTO analytics.dim_video AS d (video_id, channel_id, video_title, video_description, video_tags, category, thumbnail_url, published_at, is_active)
SELECT DISTINCT ON (video_id) video_id, channel_id, title, description,
       CASE WHEN lower(tags) = '[none]' THEN '{}' ELSE string_to_array(replace(tags, '"', ''), '|') END,
       c.name, thumbnail_link, publish_time, NOT video_error_or_removed
  FROM good LEFT JOIN (VALUES (1, 'Film & Animation'), (2, 'Autos & Vehicles'), (10, 'Music'), (15, 'Pets & Animals'), (17, 'Sports'),
       (19, 'Travel & Events'), (20, 'Gaming'), (22, 'People & Blogs'), (23, 'Comedy'), (24, 'Entertainment'), (25, 'News & Politics'),
       (26, 'Howto & Style'), (27, 'Education'), (28, 'Science & Technology'), (29, 'Nonprofits & Activism')) AS c (id, name) ON c.id = category_id
 ORDER BY video_id, at DESC, views DESC
ON CONFLICT (video_id) DO UPDATE
   SET video_title = excluded.video_title, video_description = excluded.video_description, video_tags = excluded.video_tags
 WHERE (d.video_title, d.video_description, d.video_tags) IS DISTINCT FROM (excluded.video_title, excluded.video_description, excluded.video_tags);
WITH written AS (
    INSERT INTO analytics.fact_video_performance AS f (video_key, channel_key, user_key, date_key, "timestamp", views, likes, dislikes, comments)
    SELECT DISTINCT ON (g.video_id, g.at) v.video_key, c.channel_key, u.user_key, to_char(g.at AT TIME ZONE 'UTC', 'YYYYMMDD')::integer, g.at, g.views,
           CASE WHEN NOT ratings_disabled THEN g.likes END, CASE WHEN NOT ratings_disabled THEN g.dislikes END,
           CASE WHEN NOT comments_disabled THEN g.comment_count END
      FROM good AS g
      JOIN analytics.dim_video AS v ON v.video_id = g.video_id
      JOIN analytics.dim_channel AS c ON c.channel_id = g.channel_id AND c.is_current
      JOIN analytics.dim_user AS u ON u.user_id = c.user_id AND u.is_current
     ORDER BY g.video_id, g.at, g.views DESC, g.likes DESC, g.comment_count DESC
    ON CONFLICT (video_key, "timestamp") DO UPDATE
       SET views = excluded.views, likes = excluded.likes, dislikes = excluded.dislikes, comments = excluded.comments
     WHERE excluded.views > f.views
    RETURNING "timestamp"
)
INSERT INTO ops.touched_hours (relation, hour)
SELECT DISTINCT 'analytics.fact_video_performance', "timestamp" FROM written;
UPDATE analytics.dim_channel AS d SET niche = n.category
  FROM (SELECT DISTINCT ON (channel_id) channel_id, category FROM (SELECT channel_id, category, count(*) AS n FROM analytics.dim_video GROUP BY 1, 2) AS votes
         ORDER BY channel_id, n DESC, category) AS n
 WHERE n.channel_id = d.channel_id AND d.niche IS DISTINCT FROM n.category;
COMMIT;
SELECT ops.refresh_hours(100000);
