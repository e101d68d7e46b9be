-- Two rules at a time: clock changes with missing buckets and carried counters, periods of other lengths side by side,
-- days beside moments, values at the ends of what there is.

-- case: the hours of a day of 24 and a half: rows
-- with: day=2024-04-07 or 2024-10-06
-- ask: snapshots by hour for {day} where video_id = v13 tz Australia/Lord_Howe
SELECT date_trunc('hour', at, 'Australia/Lord_Howe'), count(*) FROM facts WHERE video = 13
 AND (at AT TIME ZONE 'Australia/Lord_Howe')::date = '{day}' GROUP BY 1 ORDER BY 1;

-- case: the hours of a day of 24 and a half: each row in one bucket, none lost by the missing ones
-- with: day=2024-04-07 or 2024-10-06
-- ask: snapshots by hour for {day} where video_id = v13 and snapshots > 0 fill zero total tz Australia/Lord_Howe
SELECT 'row', date_trunc('hour', at, 'Australia/Lord_Howe'), count(*) FROM facts WHERE video = 13
 AND (at AT TIME ZONE 'Australia/Lord_Howe')::date = '{day}' GROUP BY 2
UNION ALL SELECT 'total', NULL, count(*) FROM facts WHERE video = 13
 AND (at AT TIME ZONE 'Australia/Lord_Howe')::date = '{day}' ORDER BY 1, 2;

-- case: a counter carried over the half hour that comes twice
-- ask: total_views by hour for 2024-04-07T00:00..2024-04-07T03:59 where video_id = v13 tz Australia/Lord_Howe
WITH h AS (SELECT DISTINCT date_trunc('hour', g, 'Australia/Lord_Howe') AS h, max(g) AS last
 FROM generate_series('2024-04-06 13:00Z'::timestamptz, '2024-04-06 17:29Z', '1 minute') AS g GROUP BY 1)
SELECT h, (SELECT views FROM pg_temp.latest(last + interval '1 minute') WHERE video = 13) FROM h ORDER BY 1;

-- case: hours of 25 beside hours of 24
-- ask: snapshots by hour for 2024-11-03 vs previous where video_id = v13 tz America/Los_Angeles
WITH a AS (SELECT h, row_number() OVER (ORDER BY h) AS n FROM generate_series('2024-11-03 07:00Z'::timestamptz,
 '2024-11-04 07:00Z', '1 hour') AS h),
     b AS (SELECT h, row_number() OVER (ORDER BY h) AS n FROM generate_series('2024-11-02 07:00Z'::timestamptz,
     '2024-11-03 06:00Z', '1 hour') AS h),
     c AS MATERIALIZED (SELECT a.h, (SELECT NULLIF(count(*), 0) FROM facts WHERE video = 13 AND at >= a.h
     AND at < a.h + interval '1 hour') AS x,
                  (SELECT NULLIF(count(*), 0) FROM facts WHERE video = 13 AND at >= b.h
                  AND at < b.h + interval '1 hour') AS y FROM a LEFT JOIN b USING (n))
SELECT h, x, y, x - y, pg_temp.ratio(x - y, y) FROM c WHERE x IS NOT NULL OR y IS NOT NULL ORDER BY 1;

-- case: a month of 29 days beside one of 31, its missing days made
-- ask: snapshots by day for 2024-02 vs previous where video_id in (v01, v02) fill zero
SELECT d, x, y, x - y, pg_temp.ratio(x - y, y) FROM (SELECT d::timestamptz, (SELECT count(*) FROM facts
 WHERE video <= 2 AND at::date = d::date) AS x,
       (SELECT count(*) FROM facts WHERE video <= 2 AND at::date = (d - interval '1 month')::date) AS y
       FROM generate_series('2024-02-01'::timestamptz, '2024-02-29', '1 day') AS d OFFSET 0) AS c ORDER BY 1;

-- case: what the longer month has beyond is no zero of the shorter one
-- ask: snapshots by day for 2024-02 vs previous where video_id = v04 fill zero
SELECT coalesce(a, b)::timestamptz, x, y, x - y, pg_temp.ratio(x - y, y) FROM
  (SELECT n, CASE WHEN n < 29 THEN date '2024-02-01' + n END AS a, date '2024-01-01' + n AS b,
  CASE WHEN n < 29 THEN (SELECT count(*) FROM facts WHERE video = 4 AND at::date = date '2024-02-01' + n) END AS x,
          (SELECT count(*) FROM facts WHERE video = 4 AND at::date = date '2024-01-01' + n) AS y
          FROM generate_series(0, 30) AS n) AS c WHERE n < 29 OR y > 0 ORDER BY a NULLS LAST, b;

-- case: nor what the other one does not have
-- ask: snapshots by day for 2024-03 vs 2024-02 where video_id = v04 fill zero
SELECT d, x, y, x - y, pg_temp.ratio(x - y, y) FROM
  (SELECT (date '2024-03-01' + n)::timestamptz AS d,
          (SELECT count(*) FROM facts WHERE video = 4 AND at::date = date '2024-03-01' + n) AS x,
  CASE WHEN n < 29 THEN (SELECT count(*) FROM facts WHERE video = 4 AND at::date = date '2024-02-01' + n) END AS y
          FROM generate_series(0, 30) AS n) AS c ORDER BY 1;

-- case: what the longer month has beyond stays, with its own date
-- ask: snapshots by day for 2024-02 vs previous where video_id = v04
SELECT coalesce(a, b)::timestamptz, x, y, x - y, pg_temp.ratio(x - y, y) FROM
  (SELECT n, CASE WHEN n < 29 THEN date '2024-02-01' + n END AS a, date '2024-01-01' + n AS b,
  CASE WHEN n < 29 THEN (SELECT count(*) FROM facts WHERE video = 4 AND at::date = date '2024-02-01' + n) END AS x,
          (SELECT count(*) FROM facts WHERE video = 4 AND at::date = date '2024-01-01' + n) AS y
          FROM generate_series(0, 30) AS n) AS c ORDER BY a NULLS LAST, b;

-- case: weeks of a range that begins inside one, beside the weeks before
-- ask: snapshots by week for 2024-03-06..2024-03-19 vs previous
WITH c AS (SELECT x.d, (SELECT count(*) FROM facts WHERE at >= x.a AND at < x.z) AS n, (SELECT count(*) FROM facts
 WHERE at >= y.a AND at < y.z) AS p
             FROM (VALUES (1, '2024-03-04'::timestamptz, '2024-03-06'::timestamptz, '2024-03-11'::timestamptz), (2,
             '2024-03-11', '2024-03-11', '2024-03-18'), (3, '2024-03-18', '2024-03-18', '2024-03-20')) AS x (n, d, a,
             z)
             JOIN (VALUES (1, '2024-02-21'::timestamptz, '2024-02-26'::timestamptz), (2, '2024-02-26', '2024-03-04'),
             (3, '2024-03-04', '2024-03-06')) AS y (n, a, z) USING (n))
SELECT d, n, p, n - p, pg_temp.ratio(n - p, p) FROM c ORDER BY 1;

-- case: a counter beside itself, bucket by bucket
-- ask: total_views by month for 2024-02..2024-03 vs previous
SELECT m, x, y, x - y, pg_temp.ratio(x - y, y) FROM (SELECT m, (SELECT sum(views)
 FROM pg_temp.latest(m + interval '1 month')) AS x,
       (SELECT sum(views) FROM pg_temp.latest(m - interval '1 month')) AS y
       FROM generate_series('2024-02-01'::timestamptz, '2024-03-01', '1 month') AS m OFFSET 0) AS c ORDER BY 1;

-- case: what was added, with other and total
-- ask: views_gained by video_id for 2024-11 top 2 with other total
WITH g AS (SELECT video, sum(more) AS m FROM added WHERE at >= '2024-11-01' AND at < '2024-12-01' GROUP BY 1),
     n AS (SELECT 'v' || to_char(video, 'FM00') AS v, m, row_number() OVER (ORDER BY m DESC, video) AS n FROM g)
(SELECT 'row', v, m FROM n WHERE n <= 2 ORDER BY n) UNION ALL SELECT 'other', NULL, sum(m) FROM n WHERE n > 2
 UNION ALL SELECT 'total', NULL, sum(m) FROM n;

-- case: a first sighting that counts, beside the period before
-- ask: views_since_publish for 2024-03 vs previous
WITH p AS (SELECT a, (SELECT sum(CASE WHEN is_first AND published_at >= a
 AND published_at < a + interval '1 month' THEN views ELSE more END)
                        FROM added WHERE at >= a AND at < a + interval '1 month') AS v
                        FROM unnest(ARRAY['2024-03-01', '2024-02-01']::timestamptz[]) AS a)
SELECT x.v, y.v, x.v - y.v, pg_temp.ratio(x.v - y.v, y.v) FROM p AS x, p AS y WHERE x.a > y.a;

-- case: a first sighting that counts, of all time
-- ask: views_since_publish all time
SELECT sum(CASE WHEN is_first AND published_at IS NOT NULL THEN views ELSE more END) FROM added;

-- case: a ratio of a sum and a counter, with total
-- ask: revenue_per_thousand_views by channel_id for 2024-03 total
WITH c AS (SELECT channel_id, sum(revenue) / 100 AS r FROM facts WHERE at >= '2024-03-01' AND at < '2024-04-01'
 GROUP BY ROLLUP (1)),
     g AS (SELECT channel_id, sum(more) AS m FROM added WHERE at >= '2024-03-01' AND at < '2024-04-01'
     GROUP BY ROLLUP (1))
SELECT CASE WHEN channel_id IS NULL THEN 'total' ELSE 'row' END, channel_id, pg_temp.ratio(1000 * r, m) FROM c
  JOIN (SELECT coalesce(channel_id, '-') AS k, m FROM g) AS g ON g.k = coalesce(channel_id, '-') ORDER BY 1,
  1000 * r / NULLIF(m, 0) DESC NULLS LAST, 2;

-- case: two facts with missing buckets
-- ask: snapshots, cost_entries by day for 2024-01-01..2024-01-10 where channel_id = UC-c fill zero
SELECT d, (SELECT count(*) FROM facts WHERE channel_id = 'UC-c' AND date_trunc('day', at) = d), (SELECT count(*)
 FROM costs WHERE channel_id = 'UC-c' AND date_trunc('day', at) = d)
  FROM generate_series('2024-01-01'::timestamptz, '2024-01-10', '1 day') AS d;

-- case: names of two channels are one test
-- ask: snapshots by channel where channel = Alpha
SELECT channel_name, count(*) FROM facts WHERE channel_name = 'Alpha' GROUP BY channel_id, 1 ORDER BY 2 DESC;

-- case: shares of a counter along time
-- ask: total_views.share by month, channel_id for 2024-05..2024-06
SELECT m, l.channel_id, pg_temp.ratio(sum(l.views), (SELECT sum(views) FROM pg_temp.latest(m + interval '1 month')))
  FROM generate_series('2024-05-01'::timestamptz, '2024-06-01', '1 month') AS m,
  pg_temp.latest(m + interval '1 month') AS l GROUP BY 1, 2 ORDER BY 1, 2;

-- case: exact by group: the moment is the cube's, not the group's
-- ask: total_views_exact by channel_id for 2024-04-07
SELECT channel_id, sum(views) FROM seen WHERE views IS NOT NULL AND at = (SELECT max(at) FROM seen
 WHERE views IS NOT NULL AND at >= '2024-04-07' AND at < '2024-04-08') GROUP BY 1;

-- case: seven days by the hour
-- ask: Snaps.cents_7d by hour for 2024-11-10T12:00..2024-11-10T14:59
SELECT h, (SELECT sum(revenue) FROM facts WHERE at >= h + interval '1 hour' - interval '7 days'
 AND at < h + interval '1 hour')
  FROM generate_series('2024-11-10 12:00Z'::timestamptz, '2024-11-10 14:00Z', '1 hour') AS h;

-- case: the time since when a version holds, which may have no beginning
-- ask: Channels.active_channels by Channels.valid_from order by Channels.valid_from
SELECT valid_from, count(DISTINCT channel_id) FILTER (WHERE is_active AND is_current) FROM analytics.dim_channel
 GROUP BY 1 ORDER BY 1;

-- case: and its month
-- ask: Channels.active_channels by Channels.valid_from.month where Channels.valid_from >= 2024
SELECT date_trunc('month', valid_from), count(DISTINCT channel_id) FILTER (WHERE is_active AND is_current)
 FROM analytics.dim_channel WHERE valid_from >= '2024-01-01' AND valid_from < 'infinity' GROUP BY 1 ORDER BY 1;

-- case: days of YouTube by the clock of another zone
-- with: zone=America/Los_Angeles | day=2024-11-02
-- with: zone=Europe/Berlin | day=2024-11-03
-- now: 2024-11-03T23:30:00Z
-- ask: daily_views yesterday tz {zone}
SELECT sum(total_views) FROM analytics.fact_channel_daily WHERE metric_date = '{day}';

-- case: seven days, of facts that have days: those that lie in them as a whole, and this one
-- now: 2024-11-04T09:29:30Z
-- ask: daily_views 7d tz America/Los_Angeles
SELECT sum(total_views) FROM analytics.fact_channel_daily WHERE metric_date >= '2024-10-29'
 AND metric_date <= '2024-11-04';

-- case: month to date, of facts that have days
-- now: 2024-11-04T09:29:30Z
-- ask: daily_views mtd tz America/Los_Angeles
SELECT sum(total_views) FROM analytics.fact_channel_daily WHERE metric_date >= '2024-11-01'
 AND metric_date <= '2024-11-04';

-- case: month to date beside the month before, of facts that have days
-- now: 2024-11-04T09:29:30Z
-- ask: daily_views mtd vs last month tz America/Los_Angeles
WITH a AS (SELECT sum(total_views) AS n FROM analytics.fact_channel_daily WHERE metric_date BETWEEN '2024-11-01'
 AND '2024-11-04'),
     b AS (SELECT sum(total_views) AS n FROM analytics.fact_channel_daily WHERE metric_date BETWEEN '2024-10-01'
     AND '2024-10-04')
SELECT a.n, b.n, a.n - b.n, pg_temp.ratio(a.n - b.n, b.n) FROM a, b;

-- case: quarters and years of a carried counter in a zone
-- with: unit=quarter | step=3 months | zone=America/Los_Angeles or Australia/Lord_Howe
-- with: unit=year | step=1 year | zone=America/Los_Angeles or Australia/Lord_Howe
-- ask: total_views, snapshots by {unit} for 2023..2024 tz {zone}
WITH q AS MATERIALIZED (SELECT q, pg_temp.at(q, '{zone}') AS a, pg_temp.at(q + interval '{step}', '{zone}') AS z
 FROM generate_series(date_trunc('{unit}', timestamp '2023-06-01'), '2024-12-01', '{step}') AS q)
SELECT a, (SELECT sum(views) FROM pg_temp.latest(z)), (SELECT NULLIF(count(*), 0) FROM facts WHERE at >= a
 AND at < z) FROM q ORDER BY 1;

-- case: quarters step by month arithmetic
-- ask: Snaps.cents by quarter for 2023-Q4..2025-Q1 vs previous tz America/Los_Angeles
WITH q AS MATERIALIZED (SELECT pg_temp.at(q, 'America/Los_Angeles') AS a, (SELECT sum(revenue) FROM facts
 WHERE pg_temp.unit('quarter', at, 'America/Los_Angeles') = pg_temp.at(q, 'America/Los_Angeles')) AS x,
                  (SELECT sum(revenue) FROM facts WHERE pg_temp.unit('quarter', at,
                  'America/Los_Angeles') = pg_temp.at(q - interval '18 months', 'America/Los_Angeles')) AS y
             FROM generate_series('2023-10-01'::timestamp, '2025-01-01', '3 months') AS q)
SELECT a, x, y, x - y, pg_temp.ratio(x - y, y) FROM q WHERE x IS NOT NULL OR y IS NOT NULL ORDER BY 1;

-- case: having on a carried counter, bucket by bucket, with missing ones made
-- ask: total_views by month, channel_id for 2024-05..2024-07 having total_views > 20000
SELECT m, l.channel_id, sum(l.views) FROM generate_series('2024-05-01'::timestamptz, '2024-07-01', '1 month') AS m,
 pg_temp.latest(m + interval '1 month') AS l
 GROUP BY 1, 2 HAVING sum(l.views) > 20000 ORDER BY 1, 2;

-- case: a window of all time ends with the data
-- ask: Snaps.cents_ever, Snaps.cents
SELECT sum(revenue), sum(revenue) FROM facts;

-- case: a sum of a measure by tags' owner, beside one of its day's words
-- ask: total_cost by Costs.dates.is_weekend for 2024-Q1 tz Asia/Kolkata order by Costs.dates.is_weekend
SELECT extract(isodow FROM at AT TIME ZONE 'Asia/Kolkata') >= 6, sum(cents) / 100 FROM costs
 WHERE at >= pg_temp.at('2024-01-01', 'Asia/Kolkata') AND at < pg_temp.at('2024-04-01', 'Asia/Kolkata') GROUP BY 1
 ORDER BY 1;
