-- Types of measures, and measures of several facts on one line: each aggregated by itself, then brought together.

-- case: every type beside each other
-- ask: Snaps.rows, Snaps.viewed, Snaps.cents, Snaps.spent, Snaps.most, Snaps.least, Snaps.mean, Snaps.clips
SELECT count(*), count(views), sum(revenue), sum(cost), max(revenue), min(revenue), pg_temp.ratio(sum(revenue),
 count(revenue)), count(DISTINCT video) FROM facts;

-- case: measures with filters, of mixed aggregates, of others
-- ask: Snaps.paid, Snaps.mixed, Snaps.rate, Snaps.each, Snaps.left by Snaps.number where Snaps.number in (4, 14)
--      order by Snaps.number
SELECT video, sum(revenue) FILTER (WHERE revenue > 500 AND cost IS NULL), sum(revenue) - 2 * count(cost),
 pg_temp.ratio(sum(cost), sum(revenue)),
       pg_temp.ratio(sum(revenue), count(DISTINCT video)), sum(revenue) - sum(cost) FROM facts WHERE video IN (4, 14)
       GROUP BY 1 ORDER BY 1;

-- case: of no rows a count is 0 and all else unknown
-- ask: Snaps.rows, Snaps.clips, Snaps.cents, Snaps.mean, Snaps.each, Snaps.carried, Snaps.more for 2020
SELECT 0, 0, NULL, NULL, NULL, NULL, NULL;

-- case: the shipped rates are weighted, not averaged
-- ask: click_through_rate, impressions, watch_time_minutes, subscribers_net by month for 2024-01..2024-04
SELECT date_trunc('month', at), pg_temp.ratio(sum(ctr * impressions),
 sum(impressions) FILTER (WHERE ctr IS NOT NULL)), sum(impressions), sum(minutes),
       sum(coalesce(gained, 0) - coalesce(lost, 0)) FILTER (WHERE gained IS NOT NULL OR lost IS NOT NULL)
  FROM facts WHERE at >= '2024-01-01' AND at < '2024-05-01' GROUP BY 1 ORDER BY 1;

-- case: money where one side is unknown
-- ask: revenue, estimated_revenue, cost, profit, profit_margin, cost_per_video by video_id where revenue is not null
--      order by video_id
SELECT video_id, sum(revenue) / 100, sum(estimated) / 100, sum(cost) / 100,
       sum(coalesce(revenue, 0) - coalesce(cost, 0)) FILTER (WHERE revenue IS NOT NULL OR cost IS NOT NULL) / 100,
       pg_temp.ratio(sum(coalesce(revenue, 0) - coalesce(cost, 0)) FILTER (WHERE revenue IS NOT NULL
       OR cost IS NOT NULL), sum(revenue)),
       pg_temp.ratio(sum(cost) / 100, count(DISTINCT video) FILTER (WHERE cost > 0))
  FROM facts GROUP BY 1 HAVING sum(revenue) IS NOT NULL ORDER BY 1;

-- case: costs by what is known of them
-- ask: total_cost, ai_cost, api_cost, storage_cost, cost_entries by Costs.channel_name
SELECT channel_name, sum(cents) / 100, sum(cents) FILTER (WHERE category = 'ai') / 100,
 sum(cents) FILTER (WHERE category = 'api') / 100,
       sum(cents) FILTER (WHERE category = 'storage') / 100, count(*) FROM costs GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: the channel that was valid at the cost's time
-- ask: total_cost by Costs.niche order by Costs.niche
SELECT niche, sum(cents) / 100 FROM costs GROUP BY 1 ORDER BY 1;

-- case: cost of a unit, and of quantities that are unknown
-- ask: unit_cost, quantity by cost_category order by cost_category
SELECT category, sum(cents) / NULLIF(sum(quantity), 0) / 100, sum(quantity) FROM costs GROUP BY 1 ORDER BY 1;

-- case: two facts in all
-- ask: revenue, total_cost
SELECT (SELECT sum(revenue) / 100 FROM facts), (SELECT sum(cents) / 100 FROM costs);

-- case: two facts by month of a zone
-- with: zone=UTC or America/Los_Angeles or Australia/Lord_Howe
-- ask: snapshots, cost_entries, total_cost by month tz {zone}
WITH a AS (SELECT pg_temp.unit('month', at, '{zone}') AS m, count(*) AS n FROM facts GROUP BY 1),
     b AS (SELECT pg_temp.unit('month', at, '{zone}') AS m, count(*) AS n, sum(cents) / 100 AS c FROM costs GROUP BY 1)
SELECT m, a.n, b.n, b.c FROM a FULL JOIN b USING (m) ORDER BY 1;

-- case: two facts by channel, neither doubled and none dropped
-- ask: revenue, total_cost, cost_entries by channel for 2024-02
WITH a AS (SELECT channel_id, channel_name, sum(revenue) / 100 AS r FROM facts WHERE at >= '2024-02-01'
 AND at < '2024-03-01' GROUP BY 1, 2),
     b AS (SELECT channel_id, channel_name, sum(cents) / 100 AS c, count(*) AS n FROM costs WHERE at >= '2024-02-01'
     AND at < '2024-03-01' GROUP BY 1, 2)
SELECT channel_name, r, c, n FROM (SELECT channel_id, channel_name, sum(r) AS r, sum(c) AS c, sum(n) AS n
  FROM (SELECT channel_id, channel_name, r, NULL::numeric AS c, NULL::bigint AS n FROM a UNION ALL SELECT channel_id,
  channel_name, NULL, c, n FROM b) AS u GROUP BY 1, 2) AS g
 ORDER BY 2 DESC NULLS LAST, 1, channel_id;

-- case: two facts by niche, that one has as NULL and the other cannot know
-- ask: snapshots, total_cost by niche
WITH a AS (SELECT niche, count(*) AS n, NULL::numeric AS c FROM facts GROUP BY 1), b AS (SELECT niche, NULL::bigint
 AS n, sum(cents) / 100 AS c FROM costs GROUP BY 1)
SELECT niche, sum(n), sum(c) FROM (SELECT * FROM a UNION ALL SELECT * FROM b) AS u GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: two facts with a test that both have
-- ask: snapshots, cost_entries where channel_id = UC-c
SELECT (SELECT count(*) FROM facts WHERE channel_id = 'UC-c'), (SELECT count(*) FROM costs WHERE channel_id = 'UC-c');

-- case: two facts, a cell tested
-- ask: snapshots, cost_entries by month having cost_entries >= 8
WITH b AS (SELECT date_trunc('month', at) AS m, count(*) AS n FROM costs GROUP BY 1)
SELECT m, (SELECT count(*) FROM facts WHERE date_trunc('month', at) = m), n FROM b WHERE n >= 8 ORDER BY 1;

-- case: two facts, top with other and total
-- ask: snapshots, cost_entries by channel_id top 2 with other total
WITH u AS (SELECT channel_id, 1 AS a, 0 AS b FROM facts UNION ALL SELECT channel_id, 0, 1 FROM costs),
     g AS (SELECT channel_id, NULLIF(sum(a), 0) AS a, NULLIF(sum(b), 0) AS b,
     row_number() OVER (ORDER BY NULLIF(sum(a), 0) DESC NULLS LAST, channel_id) AS n FROM u GROUP BY 1)
(SELECT 'row', channel_id, a, b FROM g WHERE n <= 2 ORDER BY n)
UNION ALL SELECT 'other', NULL, sum(a), sum(b) FROM g WHERE n > 2 UNION ALL SELECT 'total', NULL, sum(a), sum(b) FROM g;

-- case: two facts beside their past
-- ask: snapshots, cost_entries for 2024-03 vs previous
WITH a AS (SELECT count(*) FILTER (WHERE at >= '2024-03-01') AS x, count(*) FILTER (WHERE at < '2024-03-01') AS y
 FROM facts WHERE at >= '2024-02-01' AND at < '2024-04-01'),
     b AS (SELECT count(*) FILTER (WHERE at >= '2024-03-01') AS x, count(*) FILTER (WHERE at < '2024-03-01') AS y
     FROM costs WHERE at >= '2024-02-01' AND at < '2024-04-01')
SELECT a.x, a.y, a.x - a.y, pg_temp.ratio(a.x - a.y, a.y), b.x, b.y, b.x - b.y, pg_temp.ratio(b.x - b.y, b.y) FROM a, b;

-- case: a ratio and a difference across cubes
-- ask: Snaps.against, Snaps.beyond by month for 2024-01..2024-04
SELECT m, pg_temp.ratio((SELECT sum(revenue) FROM facts WHERE date_trunc('month', at) = m), (SELECT sum(cents) / 100
 FROM costs WHERE date_trunc('month', at) = m)),
       (SELECT sum(revenue) / 100 FROM facts WHERE date_trunc('month', at) = m) - (SELECT sum(cents) / 100 FROM costs
       WHERE date_trunc('month', at) = m)
  FROM generate_series('2024-01-01'::timestamptz, '2024-04-01', '1 month') AS m;

-- case: a counter of one fact and a sum of another
-- ask: total_views, total_cost by month for 2024-03..2024-05
SELECT m, (SELECT sum(views) FROM pg_temp.latest(m + interval '1 month')), (SELECT sum(cents) / 100 FROM costs
 WHERE date_trunc('month', at) = m)
  FROM generate_series('2024-03-01'::timestamptz, '2024-05-01', '1 month') AS m;

-- case: facts by day beside each other
-- ask: daily_revenue, total_revenue by metric_date.month for 2024-01..2024-03
SELECT m::date, (SELECT sum(revenue_cents) / 100 FROM analytics.fact_channel_daily WHERE date_trunc('month',
 metric_date) = m),
       (SELECT sum(total_revenue_cents) / 100 FROM analytics.fact_revenue WHERE date_trunc('month', metric_date) = m)
  FROM generate_series('2024-01-01'::timestamp, '2024-03-01', '1 month') AS m;

-- case: a fact by day beside one by moment, in YouTube's zone
-- ask: snapshots, daily_views by day for 2024-03-09..2024-03-11 tz America/Los_Angeles
SELECT pg_temp.at(d, 'America/Los_Angeles'), (SELECT count(*) FROM facts
 WHERE (at AT TIME ZONE 'America/Los_Angeles')::date = d::date),
       (SELECT sum(total_views) FROM analytics.fact_channel_daily WHERE metric_date = d::date)
  FROM generate_series('2024-03-09'::timestamp, '2024-03-11', '1 day') AS d;

-- case: and elsewhere, when one says so
-- ask: snapshots, daily_views by day for 2024-03-09..2024-03-11 mixed_days
SELECT d, (SELECT count(*) FROM facts WHERE at::date = d::date), (SELECT sum(total_views)
 FROM analytics.fact_channel_daily WHERE metric_date = d::date)
  FROM generate_series('2024-03-09'::timestamptz, '2024-03-11', '1 day') AS d;

-- case: revenue by source, of a video, of none
-- ask: total_revenue, ad_revenue, sponsorship_revenue, attributed_views, conversion_rate by Revenue.source
SELECT source, sum(total_revenue_cents) / 100, sum(ad_revenue_cents) / 100, sum(sponsorship_revenue_cents) / 100,
 sum(attributed_views),
       pg_temp.ratio(sum(conversion_rate * attributed_views),
       sum(attributed_views) FILTER (WHERE conversion_rate IS NOT NULL))
  FROM analytics.fact_revenue GROUP BY 1 ORDER BY 2 DESC;

-- case: the two grains of the Analytics API are never one sum
-- ask: channel_metric_views, channel_metric_revenue for 2024-02-27..2024-03-02
SELECT sum(views), sum(revenue_usd) FROM analytics.youtube_metrics WHERE video_id IS NULL
 AND date BETWEEN '2024-02-27' AND '2024-03-02';

-- case: the same of videos
-- ask: video_metric_views, video_metric_watch_time by VideoMetrics.video_id order by VideoMetrics.video_id
SELECT video_id, sum(views), sum(watch_time_minutes) FROM analytics.youtube_metrics WHERE video_id IS NOT NULL
 GROUP BY 1 ORDER BY 1;

-- case: channels are counted, not their versions
-- ask: channels, active_channels
SELECT count(DISTINCT channel_id) FILTER (WHERE is_current), count(DISTINCT channel_id) FILTER (WHERE is_current
 AND is_active) FROM analytics.dim_channel;

-- case: videos by tags of their channel's niche, of known and unknown length
-- ask: video_count, live_video_count, published_duration, average_duration by Videos.content_type order by
--      Videos.content_type
SELECT content_type, count(*), count(*) FILTER (WHERE is_active), sum(duration_seconds),
 pg_temp.ratio(sum(duration_seconds), count(duration_seconds))
  FROM analytics.dim_video GROUP BY 1 ORDER BY 1;
