-- given: refreshed.sql
-- Brought up to date, rollups answer again, with what came late in the right buckets.

-- case: months
-- ask: Snaps.cents by month for 2024
-- from: rollup Snaps.by_month
SELECT date_trunc('month', at), sum(revenue) FROM facts WHERE at >= '2024-01-01' AND at < '2025-01-01' GROUP BY 1
 ORDER BY 1;

-- case: distinct values, of months as the rollup has them
-- ask: Snaps.clips, Snaps.cents by month for 2024-03-10..2024-12
-- from: rollup Snaps.by_month
SELECT date_trunc('month', at), count(DISTINCT video), sum(revenue) FROM facts WHERE at >= '2024-03-10' AND at < '2025-01-01'
 GROUP BY 1 ORDER BY 1;

-- case: distinct values of several months are counted anew
-- ask: Snaps.clips by quarter
-- from: facts of Snaps
-- rollup: Snaps.by_month: not_additive: distinct values of buckets do not add up; would do: ask by month and all that it
--  is kept by, or take count_distinct_approx
SELECT date_trunc('quarter', at), count(DISTINCT video) FROM facts GROUP BY 1 ORDER BY 1;

-- case: and with a total
-- ask: Snaps.clips by month total
-- from: facts of Snaps
-- columns: kind month clips
SELECT 'row', date_trunc('month', at), count(DISTINCT video) FROM facts GROUP BY 2
UNION ALL SELECT 'total', NULL, count(DISTINCT video) FROM facts ORDER BY 2;

-- case: the touched days
-- with: day=2024-05-05 or 2024-07-01 or 2024-08-15
-- ask: Snaps.cents, Snaps.rows by Snaps.number for {day}
-- from: rollup Snaps.by_day
SELECT video, sum(revenue), count(*) FROM facts WHERE at::date = '{day}' GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1;

-- case: a carried counter by month
-- ask: Snaps.carried by month for 2024
-- from: rollup Snaps.by_month
SELECT m, (SELECT sum(views) FROM pg_temp.latest(m + interval '1 month'))
 FROM generate_series('2024-01-01'::timestamptz, '2024-12-01', '1 month') AS m;

-- case: a late snapshot, and the one after it in another bucket
-- ask: Snaps.more by day for 2024-03-08..2024-03-16
-- from: rollup Snaps.by_day
SELECT date_trunc('day', at), sum(more) FROM added WHERE at >= '2024-03-08' AND at < '2024-03-17' GROUP BY 1 ORDER BY 1;

-- case: by channel and day across the change
-- ask: Snaps.carried by Snaps.channel_id, day for 2024-03-08..2024-03-14
-- from: rollup Snaps.by_day
SELECT l.channel_id, d, sum(l.views) FROM generate_series('2024-03-08'::timestamptz, '2024-03-14', '1 day') AS d,
 pg_temp.latest(d + interval '1 day') AS l GROUP BY 1, 2 ORDER BY 2, 1;

-- case: weeks
-- ask: Snaps.more, Snaps.cents by week for 2024-07-29..2024-08-25
-- from: rollup Snaps.by
SELECT w, (SELECT sum(more) FROM added WHERE date_trunc('week', at) = w), (SELECT sum(revenue) FROM facts
 WHERE date_trunc('week', at) = w)
  FROM generate_series('2024-07-29'::timestamptz, '2024-08-19', '1 week') AS w;
