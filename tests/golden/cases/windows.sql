-- Measures over stretches of time: rolling, to date, shifted; and those that rest on them.

-- case: seven days that end with each day, days without rows of their own too
-- with: first=2024-03-05 | last=2024-03-12
-- with: first=2023-12-22 | last=2023-12-28
-- ask: Snaps.cents, Snaps.cents_7d by day for {first}..{last}
SELECT d, (SELECT sum(revenue) FROM facts WHERE date_trunc('day', at) = d), (SELECT sum(revenue) FROM facts
 WHERE at >= d - interval '6 days' AND at < d + interval '1 day')
  FROM generate_series('{first}'::timestamptz, '{last}', '1 day') AS d
 WHERE EXISTS (SELECT FROM facts WHERE at >= d - interval '6 days' AND at < d + interval '1 day');

-- case: seven days over a clock change
-- with: zone=America/Los_Angeles | first=2024-11-01 | last=2024-11-06
-- with: zone=Europe/Berlin | first=2024-03-30 | last=2024-04-03
-- with: zone=Australia/Lord_Howe | first=2024-10-05 | last=2024-10-09
-- ask: Snaps.cents_7d by day for {first}..{last} tz {zone}
SELECT pg_temp.at(d, '{zone}'), (SELECT sum(revenue) FROM facts WHERE at >= pg_temp.at(d - interval '6 days',
 '{zone}') AND at < pg_temp.at(d + interval '1 day', '{zone}'))
  FROM generate_series('{first}'::timestamp, '{last}', '1 day') AS d;

-- case: the most, the mean, a ratio over seven days
-- ask: Snaps.most_7d, Snaps.mean_7d, Snaps.each_7d by day for 2024-03-05..2024-03-12
SELECT d, max(revenue), pg_temp.ratio(sum(revenue), count(revenue)), pg_temp.ratio(sum(revenue), count(DISTINCT video))
  FROM generate_series('2024-03-05'::timestamptz, '2024-03-12', '1 day') AS d, facts
 WHERE at >= d - interval '6 days' AND at < d + interval '1 day' GROUP BY 1 ORDER BY 1;

-- case: distinct values over thirty days are counted anew
-- ask: Snaps.clips, Snaps.clips_30d by week for 2024-02-26..2024-04-07
SELECT w, (SELECT NULLIF(count(DISTINCT video), 0) FROM facts WHERE date_trunc('week', at) = w),
       (SELECT count(DISTINCT video) FROM facts WHERE at >= w + interval '7 days' - interval '30 days'
       AND at < w + interval '7 days')
  FROM generate_series('2024-02-26'::timestamptz, '2024-04-01', '1 week') AS w;

-- case: what was added in seven days
-- ask: Snaps.more_7d by day for 2024-02-01..2024-02-14
SELECT d, (SELECT sum(more) FROM added WHERE at >= d - interval '6 days' AND at < d + interval '1 day')
  FROM generate_series('2024-02-01'::timestamptz, '2024-02-14', '1 day') AS d;

-- case: two months that end with each month, and with a day of another length
-- ask: Snaps.cents_2mo by month for 2024-01..2024-06
SELECT m, (SELECT sum(revenue) FROM facts WHERE at >= m - interval '1 month' AND at < m + interval '1 month')
  FROM generate_series('2024-01-01'::timestamptz, '2024-06-01', '1 month') AS m;

-- case: two months that end with each day
-- ask: Snaps.cents_2mo by day for 2024-02-27..2024-03-02
SELECT d, (SELECT sum(revenue) FROM facts WHERE at >= d + interval '1 day' - interval '2 months'
 AND at < d + interval '1 day')
  FROM generate_series('2024-02-27'::timestamptz, '2024-03-02', '1 day') AS d;

-- case: without buckets the stretch ends with the range
-- ask: Snaps.cents_7d, Snaps.cents_mtd, Snaps.cents_ytd for 2024-02-10..2024-02-20
SELECT sum(revenue) FILTER (WHERE at >= '2024-02-14'), sum(revenue) FILTER (WHERE at >= '2024-02-01'), sum(revenue)
 FROM facts WHERE at >= '2024-01-01' AND at < '2024-02-21';

-- case: by group
-- ask: Snaps.cents_7d by Snaps.number, day for 2024-04-08..2024-04-10
SELECT video, d, sum(revenue) FROM generate_series('2024-04-08'::timestamptz, '2024-04-10', '1 day') AS d, facts
 WHERE at >= d - interval '6 days' AND at < d + interval '1 day' GROUP BY 1, 2 ORDER BY 2, 1;

-- case: a test of rows holds for the whole stretch
-- ask: Snaps.cents_7d by day for 2024-04-08..2024-04-10 where Snaps.number = 14
SELECT d, sum(revenue) FROM generate_series('2024-04-08'::timestamptz, '2024-04-10', '1 day') AS d, facts
 WHERE video = 14 AND at >= d - interval '6 days' AND at < d + interval '1 day' GROUP BY 1 ORDER BY 1;

-- case: to date, beginning with each unit of the zone
-- with: zone=America/Los_Angeles or Asia/Kolkata | unit=month | measure=cents_mtd
-- with: zone=America/Los_Angeles or Europe/Berlin | unit=week | measure=cents_wtd
-- with: zone=America/Los_Angeles | unit=year | measure=cents_ytd
-- ask: Snaps.{measure} by day for 2024-12-28..2025-01-03 tz {zone}
SELECT pg_temp.at(d, '{zone}'), (SELECT sum(revenue) FROM facts WHERE at >= pg_temp.at(date_trunc('{unit}', d),
 '{zone}') AND at < pg_temp.at(d + interval '1 day', '{zone}'))
  FROM generate_series('2024-12-28'::timestamp, '2025-01-03', '1 day') AS d;

-- case: distinct values to date
-- ask: Snaps.clips_mtd by day for 2024-02-28..2024-03-03
SELECT d, (SELECT count(DISTINCT video) FROM facts WHERE at >= date_trunc('month', d) AND at < d + interval '1 day')
  FROM generate_series('2024-02-28'::timestamptz, '2024-03-03', '1 day') AS d;

-- case: a running total has no beginning
-- ask: Snaps.cents_ever by month for 2024-01..2024-03
SELECT m, (SELECT sum(revenue) FROM facts WHERE at < m + interval '1 month')
 FROM generate_series('2024-01-01'::timestamptz, '2024-03-01', '1 month') AS m;

-- case: Cube's rolling window
-- ask: Snaps.cents_3d_cube by day for 2024-03-05..2024-03-08
SELECT d, (SELECT sum(revenue) FROM facts WHERE at >= d - interval '2 days' AND at < d + interval '1 day')
 FROM generate_series('2024-03-05'::timestamptz, '2024-03-08', '1 day') AS d;

-- case: the week before, and what grew
-- ask: Snaps.cents, Snaps.cents_week_before, Snaps.cents_growth by day for 2024-03-08..2024-03-12 tz
--      America/Los_Angeles
WITH d AS MATERIALIZED (SELECT pg_temp.at(d, 'America/Los_Angeles') AS d,
                  (SELECT sum(revenue) FROM facts WHERE (at AT TIME ZONE 'America/Los_Angeles')::date = d::date) AS x,
                  (SELECT sum(revenue) FROM facts WHERE (at AT TIME ZONE 'America/Los_Angeles')::date = d::date - 7)
                  AS y
             FROM generate_series('2024-03-08'::timestamp, '2024-03-12', '1 day') AS d)
SELECT d, x, y, x - y FROM d ORDER BY 1;

-- case: a year before, over the leap day
-- ask: Snaps.cents, Snaps.cents_year_before by month for 2024-12..2025-01
SELECT m, (SELECT sum(revenue) FROM facts WHERE date_trunc('month', at) = m), (SELECT sum(revenue) FROM facts
 WHERE date_trunc('month', at) = m - interval '1 year')
  FROM generate_series('2024-12-01'::timestamptz, '2025-01-01', '1 month') AS m;

-- case: a state of a month before
-- ask: Snaps.carried, Snaps.carried_before by month for 2024-05..2024-07
SELECT m, (SELECT sum(views) FROM pg_temp.latest(m + interval '1 month')), (SELECT sum(views) FROM pg_temp.latest(m))
  FROM generate_series('2024-05-01'::timestamptz, '2024-07-01', '1 month') AS m;

-- case: a shift of the whole range
-- ask: Snaps.cents_week_before, Snaps.cents_year_before for 2024-12-29..2025-01-04
SELECT sum(revenue) FILTER (WHERE at >= '2024-12-22' AND at < '2024-12-29'),
 sum(revenue) FILTER (WHERE at >= '2023-12-29' AND at < '2024-01-05') FROM facts;

-- case: windows with a total
-- ask: Snaps.cents_7d by day for 2024-03-05..2024-03-07 total
SELECT 'row', d, (SELECT sum(revenue) FROM facts WHERE at >= d - interval '6 days' AND at < d + interval '1 day')
 FROM generate_series('2024-03-05'::timestamptz, '2024-03-07', '1 day') AS d
UNION ALL SELECT 'total', NULL, sum(revenue) FROM facts WHERE at >= '2024-03-01' AND at < '2024-03-08' ORDER BY 1, 2;

-- case: the rest by day of a rolling distinct count
-- ask: Snaps.clips_30d by Snaps.channel_id, day for 2024-03-29..2024-04-02 top 1 with other total
WITH d AS (SELECT d, f.channel_id, f.video FROM generate_series('2024-03-29'::timestamptz, '2024-04-02', '1 day') AS d
             JOIN facts AS f ON f.at >= d + interval '1 day' - interval '30 days' AND f.at < d + interval '1 day')
SELECT 'row', channel_id, d, count(DISTINCT video) FROM d WHERE channel_id = 'UC-a' GROUP BY 2, 3
UNION ALL SELECT 'other', NULL, d, count(DISTINCT video) FROM d WHERE channel_id <> 'UC-a' GROUP BY 3
UNION ALL SELECT 'total', NULL, NULL, count(DISTINCT video) FROM facts WHERE at >= '2024-03-04' AND at < '2024-04-03'
 ORDER BY 3, 1 DESC;

-- case: a ratio over seven days, with the rest and all
-- ask: Snaps.each_7d by Snaps.number for 2024-11-05 top 1 by Snaps.cents_7d with other total
WITH f AS (SELECT * FROM facts WHERE at >= '2024-10-30' AND at < '2024-11-06'), g AS (SELECT video, sum(revenue) AS r
 FROM f GROUP BY 1 ORDER BY 2 DESC NULLS LAST LIMIT 1)
SELECT 'row', video, pg_temp.ratio(sum(revenue), count(DISTINCT video)) FROM f WHERE video IN (SELECT video FROM g)
 GROUP BY 2
UNION ALL SELECT 'other', NULL, pg_temp.ratio(sum(revenue), count(DISTINCT video)) FROM f
 WHERE video NOT IN (SELECT video FROM g)
UNION ALL SELECT 'total', NULL, pg_temp.ratio(sum(revenue), count(DISTINCT video)) FROM f;

-- case: a rolling distinct count with top and total
-- ask: Snaps.clips_30d by Snaps.channel_id for 2024-03-31 top 2 with other total
WITH f AS (SELECT * FROM facts WHERE at >= '2024-03-02' AND at < '2024-04-01'),
     g AS (SELECT channel_id, count(DISTINCT video) AS c, row_number() OVER (ORDER BY count(DISTINCT video) DESC,
     channel_id) AS n FROM f GROUP BY 1)
(SELECT 'row', channel_id, c FROM g WHERE n <= 2 ORDER BY n)
UNION ALL SELECT 'other', NULL, count(DISTINCT video) FROM f WHERE channel_id IN (SELECT channel_id FROM g
 WHERE n > 2) UNION ALL SELECT 'total', NULL, count(DISTINCT video) FROM f;

-- case: to date by weeks that lie in two months, or in two years: what their last day is in counts
-- with: measure=cents_mtd | unit=month | first=2024-01-22 | last=2024-02-11
-- with: measure=cents_ytd | unit=year | first=2024-12-16 | last=2025-01-12
-- with: measure=clips_mtd | unit=month | first=2024-02-19 | last=2024-03-10
-- ask: Snaps.{measure} by week for {first}..{last}
WITH w AS (SELECT w, w + interval '6 days' AS z FROM generate_series('{first}'::timestamptz, '{last}', '1 week') AS w)
SELECT w, (SELECT CASE '{measure}' WHEN 'clips_mtd' THEN count(DISTINCT video) ELSE sum(revenue) END FROM facts
 WHERE at >= date_trunc('{unit}', z) AND at < z + interval '1 day') FROM w;

-- case: the week so far at the end of each month, the month so far at the end of each quarter
-- with: measure=cents_wtd | part=week | unit=month | step=1 month | zone=UTC or America/Los_Angeles
-- with: measure=cents_mtd | part=month | unit=quarter | step=3 months | zone=UTC or Australia/Lord_Howe
-- ask: Snaps.{measure} by {unit} for 2024-01..2024-12 tz {zone}
SELECT pg_temp.at(m, '{zone}'), (SELECT sum(revenue) FROM facts
  WHERE at >= pg_temp.at(date_trunc('{part}', m + interval '{step}' - interval '1 day'), '{zone}')
  AND at < pg_temp.at(m + interval '{step}', '{zone}'))
  FROM generate_series('2024-01-01'::timestamp, '2024-12-01', '{step}') AS m;
