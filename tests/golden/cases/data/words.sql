-- Words for the answers that stand beside the questions: names of columns, and what a counter is, once.
SET client_min_messages = warning;
SET jit = off;
SET TimeZone = 'UTC';
SET search_path = public, pg_temp;

-- texts in the order of their bytes, as answers have them
-- rows as they lie, with what they belong to: then (niche, tier) and now (channel_name, current_niche, email)
CREATE TEMP TABLE facts AS
SELECT f.video_key AS video, f."timestamp" AS at, f.views, f.likes, f.dislikes, f.comments, f.shares,
       f.actual_revenue_cents AS revenue, f.estimated_revenue_cents AS estimated, f.cost_cents AS cost, f.impressions,
       f.click_through_rate AS ctr, f.watch_time_minutes AS minutes, f.subscriber_gained AS gained, f.subscriber_lost
       AS lost,
       v.video_id COLLATE "C" AS video_id, v.video_title COLLATE "C" AS title, v.video_tags COLLATE "C" AS tags,
       v.category COLLATE "C" AS category,
       v.content_type COLLATE "C" AS content_type, v.production_method COLLATE "C" AS method,
       v.duration_seconds AS duration, v.published_at, v.is_monetized, v.is_active,
       c.channel_id COLLATE "C" AS channel_id, n.channel_name COLLATE "C" AS channel_name, c.niche COLLATE "C" AS niche,
       n.niche COLLATE "C" AS current_niche, n.channel_handle COLLATE "C" AS channel_handle,
       u.subscription_tier COLLATE "C" AS tier,
       p.email COLLATE "C" AS email
  FROM analytics.fact_video_performance AS f
  JOIN analytics.dim_video AS v ON v.video_key = f.video_key
  JOIN analytics.dim_channel AS c ON c.channel_key = f.channel_key
  JOIN analytics.dim_channel AS n ON n.channel_id = c.channel_id AND n.is_current
  JOIN analytics.dim_user AS u ON u.user_key = f.user_key
  JOIN analytics.dim_user AS p ON p.user_id = u.user_id AND p.is_current;

-- counters as they were read, those among them that retention kept
CREATE TEMP TABLE seen AS
SELECT video, at, views, likes, comments, shares, channel_id, channel_name, niche, title, category, content_type,
 duration, tags, published_at
  FROM facts
UNION ALL
SELECT b.video_key, b."timestamp", b.views, b.likes, b.comments, b.shares, c.channel_id, n.channel_name, c.niche,
 v.video_title, v.category,
       v.content_type, v.duration_seconds, v.video_tags, v.published_at
  FROM ops.counter_base AS b
  JOIN analytics.dim_video AS v ON v.video_key = b.video_key
  JOIN analytics.dim_channel AS c ON c.channel_key = b.channel_key
  JOIN analytics.dim_channel AS n ON n.channel_id = c.channel_id AND n.is_current;

CREATE INDEX ON seen (video, at);

-- the last known views of each video before a moment
CREATE FUNCTION pg_temp.latest(until timestamptz) RETURNS SETOF seen LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (video) * FROM seen WHERE views IS NOT NULL AND at < until ORDER BY video, at DESC
$$;

-- what each reading added to the one before, its first nothing
CREATE TEMP TABLE added AS
SELECT s.*, s.views - coalesce(b.views, s.views) AS more, b.views IS NULL AS is_first
  FROM seen AS s
  LEFT JOIN LATERAL (SELECT b.views FROM seen AS b WHERE b.video = s.video AND b.views IS NOT NULL AND b.at < s.at
                      ORDER BY b.at DESC LIMIT 1) AS b ON true
 WHERE s.views IS NOT NULL;

CREATE TEMP TABLE costs AS
SELECT k.cost_timestamp AS at, k.cost_category COLLATE "C" AS category, k.quantity, k.total_cost_cents AS cents,
       k.video_id COLLATE "C" AS video_id, k.channel_id COLLATE "C" AS channel_id, n.channel_name COLLATE "C"
       AS channel_name,
       c.niche COLLATE "C" AS niche, n.niche COLLATE "C" AS current_niche, v.video_title COLLATE "C" AS title,
       p.email COLLATE "C" AS email
  FROM analytics.fact_costs AS k
  LEFT JOIN analytics.dim_channel AS c ON c.channel_id = k.channel_id AND k.cost_timestamp >= c.valid_from
  AND k.cost_timestamp < c.valid_to
  LEFT JOIN analytics.dim_channel AS n ON n.channel_id = k.channel_id AND n.is_current
  LEFT JOIN analytics.dim_video AS v ON v.video_id = k.video_id
  LEFT JOIN analytics.dim_user AS u ON u.user_key = k.user_key
  LEFT JOIN analytics.dim_user AS p ON p.user_id = u.user_id AND p.is_current;

-- a moment of somebody's wall clock; the start of the unit of somebody's calendar that a moment lies in
CREATE FUNCTION pg_temp.at(wall timestamp, zone text) RETURNS timestamptz LANGUAGE sql IMMUTABLE
 AS $$ SELECT wall AT TIME ZONE zone $$;
CREATE FUNCTION pg_temp.unit(unit text, at timestamptz, zone text) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT date_trunc(unit, at AT TIME ZONE zone) AT TIME ZONE zone
$$;

-- a fraction that is not divided: the answer must be it, at the answer's own scale
CREATE FUNCTION pg_temp.ratio(above numeric, below numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT trim_scale(above) || '/' || trim_scale(NULLIF(below, 0))
$$;

ANALYZE facts, seen, added, costs;
