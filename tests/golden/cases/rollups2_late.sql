-- given: late.sql
-- Rows that came late count at once: around the hours that they touched the facts are read.

-- case: buckets that were touched
-- ask: Snaps.cents, Snaps.rows by month for 2024-01..2024-08
-- from: rollup Snaps.by_day
SELECT date_trunc('month', at), sum(revenue), count(*) FROM facts WHERE at >= '2024-01-01' AND at < '2024-09-01'
 GROUP BY 1 ORDER BY 1;

-- case: too many of them
-- ask: Snaps.cents, Snaps.rows by month for 2024
-- from: facts of Snaps
-- rollup: Snaps.by_day: touched: late rows have been loaded that are not in it yet; would do: rollup refresh
-- rollup: Snaps.by_hour: touched
SELECT date_trunc('month', at), sum(revenue), count(*) FROM facts WHERE at >= '2024-01-01' AND at < '2025-01-01'
 GROUP BY 1 ORDER BY 1;

-- case: the touched days
-- with: day=2024-05-05 or 2024-07-01 or 2024-08-15
-- ask: Snaps.cents, Snaps.rows by Snaps.number for {day}
-- from: rollup Snaps.by_hour
-- rollup: Snaps.by_day: touched: late rows have been loaded that are not in it yet; would do: rollup refresh
SELECT video, sum(revenue), count(*) FROM facts WHERE at::date = '{day}' GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1;

-- case: a touched day between others
-- ask: Snaps.cents, Snaps.most, Snaps.mean by day for 2024-05-03..2024-05-07
-- from: rollup Snaps.by_day
SELECT date_trunc('day', at), sum(revenue), max(revenue), pg_temp.ratio(sum(revenue), count(revenue)) FROM facts
 WHERE at >= '2024-05-03' AND at < '2024-05-08' GROUP BY 1 ORDER BY 1;

-- case: one touched hour of a day
-- ask: Snaps.cents by hour for 2024-05-05
-- from: rollup Snaps.by_hour
SELECT date_trunc('hour', at), sum(revenue) FROM facts WHERE at::date = '2024-05-05' GROUP BY 1 ORDER BY 1;

-- case: a carried counter before the first touched hour
-- ask: Snaps.carried for 2024-02
-- from: rollup Snaps.by
SELECT sum(views) FROM pg_temp.latest('2024-03-01');

-- case: a carried counter behind it
-- ask: Snaps.carried by month for 2024
-- from: facts of Snaps: last per video, carry
-- rollup: Snaps.by_day: touched
SELECT m, (SELECT sum(views) FROM pg_temp.latest(m + interval '1 month'))
 FROM generate_series('2024-01-01'::timestamptz, '2024-12-01', '1 month') AS m;

-- case: what was added by a late snapshot, and taken by the one after it
-- ask: Snaps.more by day for 2024-03-08..2024-03-16
-- rollup: Snaps.by_day: touched
SELECT date_trunc('day', at), sum(more) FROM added WHERE at >= '2024-03-08' AND at < '2024-03-17' GROUP BY 1 ORDER BY 1;

-- case: a silent video is heard once more
-- ask: Snaps.carried for 2024-08-12 where Snaps.number = 6
-- from: facts of Snaps
-- rollup: Snaps.by_day: touched
SELECT views FROM pg_temp.latest('2024-08-13') WHERE video = 6;
