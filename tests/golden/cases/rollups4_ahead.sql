-- given: ahead.sql
-- Rollups that end before the data do, that are being built, are of another model, or failed.

-- case: behind the watermark the facts are read
-- ask: Snaps.cents, Snaps.rows by month for 2024-10..2024-12
-- from: rollup Snaps.by_day
-- rollup: Snaps.by_hour: building: it is being built
-- rollup: Snaps.by_month: measure_missing
SELECT date_trunc('month', at), sum(revenue), count(*) FROM facts WHERE at >= '2024-10-01' AND at < '2025-01-01'
 GROUP BY 1 ORDER BY 1;

-- case: of another model, or failed
-- ask: Snaps.cents for 2024
-- from: rollup Snaps.by_day
-- rollup: Snaps.by_week: stale: the model has changed since it was built; would do: rollup refresh
-- rollup: Snaps.by_month: stale: its last refresh failed; would do: rollup refresh
SELECT sum(revenue) FROM facts WHERE at >= '2024-01-01' AND at < '2025-01-01';

-- case: a range wholly behind the watermark
-- ask: Snaps.cents by day for 2024-12-30..2025-01-02
-- from: facts of Snaps
-- rollup: Snaps.by_day: range_not_covered
SELECT date_trunc('day', at), sum(revenue) FROM facts WHERE at >= '2024-12-30' AND at < '2025-01-03' GROUP BY 1
 ORDER BY 1;

-- case: a carried counter over the watermark
-- ask: Snaps.carried by Snaps.channel_id, week for 2024-10-21..2024-11-24
-- from: rollup Snaps.by_day
SELECT l.channel_id, w, sum(l.views) FROM generate_series('2024-10-21'::timestamptz, '2024-11-18', '1 week') AS w,
 pg_temp.latest(w + interval '1 week') AS l GROUP BY 1, 2 ORDER BY 2, 1;

-- case: what was added over the watermark
-- ask: Snaps.more by day for 2024-10-30..2024-11-09
-- from: rollup Snaps.by_day
SELECT date_trunc('day', at), sum(more) FROM added WHERE at >= '2024-10-30' AND at < '2024-11-10' GROUP BY 1 ORDER BY 1;

-- case: a total, and a period before on the other side of the watermark
-- ask: Snaps.cents for 2024-11-04..2024-11-10 vs previous
-- from: facts of Snaps
-- rollup: Snaps.by_day: range_not_covered
WITH a AS (SELECT sum(revenue) AS r FROM facts WHERE at >= '2024-11-04' AND at < '2024-11-11'), b
 AS (SELECT sum(revenue) AS r FROM facts WHERE at >= '2024-10-28' AND at < '2024-11-04')
SELECT a.r, b.r, a.r - b.r, pg_temp.ratio(a.r - b.r, b.r) FROM a, b;
