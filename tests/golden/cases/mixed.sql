-- Windows, counters and distinct counts, each with having, top, vs, fill and total.

-- case: a window over nothing is nothing where zeros are asked for
-- ask: Snaps.cents_7d, Snaps.rows by day for 2024-05-01..2024-05-03 where Snaps.number = 1 fill zero
SELECT d, coalesce((SELECT sum(revenue) FROM facts WHERE video = 1 AND at >= d - interval '6 days'
 AND at < d + interval '1 day'), 0),
       (SELECT count(*) FROM facts WHERE video = 1 AND date_trunc('day', at) = d)
       FROM generate_series('2024-05-01'::timestamptz, '2024-05-03', '1 day') AS d;

-- case: top of a window along time goes by its value at the end
-- ask: Snaps.cents_7d by Snaps.number, day for 2024-04-08..2024-04-12 top 1
SELECT video, d, sum(revenue) FROM generate_series('2024-04-08'::timestamptz, '2024-04-12', '1 day') AS d
  JOIN facts ON at >= d - interval '6 days' AND at < d + interval '1 day'
 WHERE video = (SELECT video FROM facts WHERE at >= '2024-04-06' AND at < '2024-04-13' GROUP BY 1
 ORDER BY sum(revenue) DESC NULLS LAST LIMIT 1) GROUP BY 1, 2 ORDER BY 2;

-- case: having on a window, bucket by bucket
-- ask: Snaps.cents_7d by Snaps.number, day for 2024-04-08..2024-04-14 having Snaps.cents_7d > 15000
SELECT video, d, sum(revenue) FROM generate_series('2024-04-08'::timestamptz, '2024-04-14', '1 day') AS d
  JOIN facts ON at >= d - interval '6 days' AND at < d + interval '1 day' GROUP BY 1, 2 HAVING sum(revenue) > 15000
  ORDER BY 2, 1;

-- case: a window beside the period before
-- ask: Snaps.cents_7d by day for 2024-04-08..2024-04-10 vs previous
WITH d AS MATERIALIZED (SELECT d, (SELECT sum(revenue) FROM facts WHERE at >= d - interval '6 days'
 AND at < d + interval '1 day')
 AS x,
                  (SELECT sum(revenue) FROM facts WHERE at >= d - interval '9 days' AND at < d - interval '2 days')
                  AS y FROM generate_series('2024-04-08'::timestamptz, '2024-04-10', '1 day') AS d)
SELECT d, x, y, x - y, pg_temp.ratio(x - y, y) FROM d;

-- case: month to date beside the month before, cell by cell
-- ask: Snaps.cents_mtd by day for 2024-03-01..2024-03-03 vs last month
WITH d AS MATERIALIZED (SELECT d, (SELECT sum(revenue) FROM facts WHERE at >= '2024-03-01'
 AND at < d + interval '1 day') AS x,
                  (SELECT sum(revenue) FROM facts WHERE at >= '2024-02-01'
                  AND at < d - interval '1 month' + interval '1 day') AS y
                  FROM generate_series('2024-03-01'::timestamptz, '2024-03-03', '1 day') AS d)
SELECT d, x, y, x - y, pg_temp.ratio(x - y, y) FROM d;

-- case: shares of a window
-- ask: Snaps.cents_7d.share by Snaps.number for 2024-04-08
WITH g AS (SELECT video, sum(revenue) AS r FROM facts WHERE at >= '2024-04-02' AND at < '2024-04-09' GROUP BY 1)
SELECT video, pg_temp.ratio(r, (SELECT sum(r) FROM g)) FROM g ORDER BY r DESC NULLS LAST, 1;

-- case: shares of a distinct count are of all, who may be in several groups
-- ask: videos.share by niche for 2024
WITH f AS (SELECT * FROM facts WHERE at >= '2024-01-01' AND at < '2025-01-01')
SELECT niche, pg_temp.ratio(count(DISTINCT video), (SELECT count(DISTINCT video) FROM f)) FROM f GROUP BY 1
 ORDER BY count(DISTINCT video) DESC, 1;

-- case: distinct counts beside their past, with the rest and all
-- ask: videos by niche for 2024-06 vs previous top 1 with other total
WITH f AS (SELECT at >= '2024-06-01' AS now, niche, video FROM facts WHERE at >= '2024-05-01' AND at < '2024-07-01'),
     t AS (SELECT niche FROM f WHERE now GROUP BY 1 ORDER BY count(DISTINCT video) DESC, 1 LIMIT 1),
     c AS (SELECT 1 AS o, 'row' AS k, t.niche, count(DISTINCT video) FILTER (WHERE now) AS x,
     count(DISTINCT video) FILTER (WHERE NOT now) AS y FROM f JOIN t USING (niche) GROUP BY 3
           UNION ALL SELECT 2, 'other', NULL, count(DISTINCT video) FILTER (WHERE now),
           count(DISTINCT video) FILTER (WHERE NOT now) FROM f WHERE niche IS DISTINCT FROM (SELECT niche FROM t)
           UNION ALL SELECT 3, 'total', NULL, count(DISTINCT video) FILTER (WHERE now),
           count(DISTINCT video) FILTER (WHERE NOT now) FROM f)
SELECT k, niche, x, y, x - y, pg_temp.ratio(x - y, y) FROM c ORDER BY o;

-- case: distinct counts of cells that passed
-- ask: videos by niche, month for 2024-04..2024-07 having videos >= 4 total
WITH c AS (SELECT niche, date_trunc('month', at) AS m, count(DISTINCT video) AS n FROM facts WHERE at >= '2024-04-01'
 AND at < '2024-08-01' GROUP BY 1, 2 HAVING count(DISTINCT video) >= 4)
SELECT 'row', niche, m, n FROM c
UNION ALL SELECT 'total', NULL, NULL, count(DISTINCT f.video) FROM facts AS f JOIN c ON c.niche IS NOT DISTINCT
 FROM f.niche AND c.m = date_trunc('month', f.at) ORDER BY 1, 3, 2;

-- case: top with buckets, the rest by bucket, counted anew
-- ask: videos by niche, month for 2024-05..2024-06 top 1 with other
WITH f AS (SELECT niche, video, date_trunc('month', at) AS m FROM facts WHERE at >= '2024-05-01' AND at < '2024-07-01'),
     t AS (SELECT niche FROM f GROUP BY 1 ORDER BY count(DISTINCT video) DESC, 1 LIMIT 1)
SELECT CASE WHEN f.niche = t.niche THEN 'row' ELSE 'other' END, CASE WHEN f.niche = t.niche THEN f.niche END, m,
 count(DISTINCT video) FROM f, t GROUP BY 1, 2, m ORDER BY m, 1 DESC;

-- case: the latest inside a period, with the rest and all
-- ask: total_views_period by channel_id for 2024-05 top 1 with other total
WITH g AS (SELECT channel_id, sum(views) AS v, row_number() OVER (ORDER BY sum(views) DESC) AS n
 FROM pg_temp.latest('2024-06-01') WHERE at >= '2024-05-01' GROUP BY 1)
SELECT 'row', channel_id, v FROM g WHERE n = 1 UNION ALL SELECT 'other', NULL, sum(v) FROM g WHERE n > 1
 UNION ALL SELECT 'total', NULL, sum(v) FROM g;

-- case: the latest inside each month, its total is the latest inside them all
-- ask: total_views_period by month for 2024-04..2024-05 total
SELECT 'row', m, sum(l.views) FROM generate_series('2024-04-01'::timestamptz, '2024-05-01', '1 month') AS m,
 pg_temp.latest(m + interval '1 month') AS l WHERE l.at >= m GROUP BY 2
UNION ALL SELECT 'total', NULL, sum(views) FROM pg_temp.latest('2024-06-01') WHERE at >= '2024-04-01' ORDER BY 1, 2;

-- case: the last moment, beside that of the period before
-- ask: total_views_exact for 2024-05 vs previous
WITH p AS (SELECT a, (SELECT sum(views) FROM seen WHERE views IS NOT NULL AND at = (SELECT max(at) FROM seen
 WHERE views IS NOT NULL AND at >= a AND at < a + interval '1 month')) AS v
             FROM unnest(ARRAY['2024-05-01', '2024-04-01']::timestamptz[]) AS a)
SELECT x.v, y.v, x.v - y.v, pg_temp.ratio(x.v - y.v, y.v) FROM p AS x, p AS y WHERE x.a > y.a;

-- case: a carried counter by month beside that of a year before, with missing buckets made
-- ask: total_views by month for 2024-06..2024-07 vs last year fill
SELECT m, x, y, x - y, pg_temp.ratio(x - y, y) FROM (SELECT m, (SELECT sum(views)
 FROM pg_temp.latest(m + interval '1 month')) AS x,
       (SELECT sum(views) FROM pg_temp.latest(m - interval '11 months')) AS y
       FROM generate_series('2024-06-01'::timestamptz, '2024-07-01', '1 month') AS m OFFSET 0) AS c ORDER BY 1;

-- case: a shifted measure, with top and total
-- ask: Snaps.cents_week_before by Snaps.number for 2024-04-08..2024-04-14 top 1 with other total
WITH g AS (SELECT video, sum(revenue) FILTER (WHERE at < '2024-04-08') AS r FROM facts WHERE at >= '2024-04-01'
 AND at < '2024-04-08' GROUP BY 1),
     n AS (SELECT *, row_number() OVER (ORDER BY r DESC NULLS LAST, video) AS n FROM g)
SELECT 'row', video, r FROM n WHERE n = 1 UNION ALL SELECT 'other', NULL, sum(r) FROM n WHERE n > 1
 UNION ALL SELECT 'total', NULL, sum(r) FROM n;

-- case: a shifted measure with missing buckets made
-- ask: Snaps.cents, Snaps.cents_week_before by day for 2024-05-01..2024-05-03 where Snaps.number = 14 fill zero
SELECT d, coalesce((SELECT sum(revenue) FROM facts WHERE video = 14 AND date_trunc('day', at) = d), 0),
       coalesce((SELECT sum(revenue) FROM facts WHERE video = 14 AND date_trunc('day', at) = d - interval '7 days'),
       0) FROM generate_series('2024-05-01'::timestamptz, '2024-05-03', '1 day') AS d;

-- case: growth tested and ordered by
-- ask: Snaps.cents_growth by Snaps.number for 2024-03-25..2024-03-31 having Snaps.cents_growth != 0
SELECT video, sum(revenue) FILTER (WHERE at >= '2024-03-25') - sum(revenue) FILTER (WHERE at < '2024-03-25')
 FROM facts WHERE at >= '2024-03-18' AND at < '2024-04-01' GROUP BY 1
HAVING (sum(revenue) FILTER (WHERE at >= '2024-03-25') - sum(revenue) FILTER (WHERE at < '2024-03-25')) IS DISTINCT
 FROM 0 ORDER BY 2 DESC NULLS LAST, 1;

-- case: what was added, with missing days and the period before
-- ask: views_gained by day for 2024-05-01..2024-05-06 vs previous where video_id = v01 fill zero
WITH d AS MATERIALIZED (SELECT d, coalesce((SELECT sum(more) FROM added WHERE video = 1 AND date_trunc('day',
 at) = d), 0) AS x,
                  coalesce((SELECT sum(more) FROM added WHERE video = 1 AND date_trunc('day',
                  at) = d - interval '6 days'), 0) AS y FROM generate_series('2024-05-01'::timestamptz, '2024-05-06',
                  '1 day') AS d)
SELECT d, x, y, x - y, pg_temp.ratio(x - y, y) FROM d;

-- case: the mean over groups is of all rows
-- ask: Snaps.mean by Snaps.kind top 1 with other total
WITH g AS (SELECT content_type, sum(revenue) / count(revenue) AS a FROM facts GROUP BY 1), t AS (SELECT content_type
 FROM g ORDER BY a DESC NULLS LAST, 1 LIMIT 1)
SELECT 'row', t.content_type, pg_temp.ratio(sum(revenue), count(revenue)) FROM facts JOIN t USING (content_type)
 GROUP BY 2
UNION ALL SELECT 'other', NULL, pg_temp.ratio(sum(revenue), count(revenue)) FROM facts WHERE content_type IS DISTINCT
 FROM (SELECT content_type FROM t)
UNION ALL SELECT 'total', NULL, pg_temp.ratio(sum(revenue), count(revenue)) FROM facts;

-- case: least and most of the rest
-- ask: Snaps.least, Snaps.most by Snaps.number having Snaps.most is not null top 1 with other total
WITH g AS (SELECT video, min(revenue) AS a, max(revenue) AS b FROM facts GROUP BY 1 HAVING max(revenue) IS NOT NULL),
 n AS (SELECT *, row_number() OVER (ORDER BY a DESC, video) AS n FROM g)
SELECT 'row', video, a, b FROM n WHERE n = 1 UNION ALL SELECT 'other', NULL, min(a), max(b) FROM n WHERE n > 1
 UNION ALL SELECT 'total', NULL, min(a), max(b) FROM n;

-- case: two facts, the total of a ratio across them
-- ask: Snaps.against by month for 2024-02..2024-03 total
WITH m AS (SELECT m, (SELECT sum(revenue) FROM facts WHERE date_trunc('month', at) = m) AS r,
 (SELECT sum(cents) / 100 FROM costs WHERE date_trunc('month', at) = m) AS c
             FROM generate_series('2024-02-01'::timestamptz, '2024-03-01', '1 month') AS m)
SELECT 'row', m, pg_temp.ratio(r, c) FROM m UNION ALL SELECT 'total', NULL, pg_temp.ratio(sum(r), sum(c)) FROM m
 ORDER BY 1, 2;

-- case: top by the difference, by the period before, and in that order
-- with: key=snapshots_diff | sort=x - y
-- with: key=snapshots_previous | sort=y
-- ask: snapshots by video_id for 2024-03 vs previous top 2 by {key}
WITH g AS (SELECT video_id, NULLIF(count(*) FILTER (WHERE at >= '2024-03-01'), 0) AS x,
 NULLIF(count(*) FILTER (WHERE at < '2024-03-01'), 0) AS y FROM facts WHERE at >= '2024-02-01' AND at < '2024-04-01'
 GROUP BY 1)
SELECT video_id, x, y, x - y, pg_temp.ratio(x - y, y) FROM (SELECT * FROM g ORDER BY {sort} DESC NULLS LAST,
 video_id LIMIT 2) AS t ORDER BY {sort} DESC NULLS LAST, 1;

-- case: limit and offset with a total and missing buckets
-- ask: snapshots by day for 2024-05-01..2024-05-10 where video_id = v01 fill zero total limit 3 offset 2
SELECT * FROM (SELECT 'row', d, (SELECT count(*) FROM facts WHERE video = 1 AND date_trunc('day', at) = d)
 FROM generate_series('2024-05-03'::timestamptz, '2024-05-05', '1 day') AS d) AS r
UNION ALL SELECT 'total', NULL, count(*) FROM facts WHERE video = 1 AND at >= '2024-05-01' AND at < '2024-05-11';

-- case: having of a share
-- ask: snapshots.share by video_id having snapshots.share > 0.1
WITH g AS (SELECT video_id, count(*) AS n FROM facts GROUP BY 1) SELECT video_id, pg_temp.ratio(n, (SELECT sum(n)
 FROM g)) FROM g WHERE n > 0.1 * (SELECT sum(n) FROM g) ORDER BY n DESC;

-- case: two times on one line
-- ask: snapshots by month, published_at.year for 2024-01..2024-02
SELECT date_trunc('month', at), date_trunc('year', published_at), count(*) FROM facts WHERE at >= '2024-01-01'
 AND at < '2024-03-01' GROUP BY 1, 2 ORDER BY 1, 2;

-- case: a distinct count of nothing is 0 where zeros are asked for, and unknown else
-- with: fill=fill zero | none=0
-- with: fill=fill | none=NULL
-- ask: videos, cost_per_video by day for 2024-05-01..2024-05-04 where video_id = v01 {fill}
SELECT d, coalesce(NULLIF((SELECT count(DISTINCT video) FROM facts WHERE video = 1 AND date_trunc('day', at) = d),
 0), {none}), NULL
  FROM generate_series('2024-05-01'::timestamptz, '2024-05-04', '1 day') AS d;

-- case: missing buckets of another time than the default one
-- ask: videos by published_at.month for published_at in 2024-01..2024-06 fill zero
SELECT m, (SELECT count(DISTINCT video) FROM facts WHERE date_trunc('month', published_at) = m)
 FROM generate_series('2024-01-01'::timestamptz, '2024-06-01', '1 month') AS m;

-- case: another time beside its past
-- ask: videos for published_at in 2024-Q1 vs previous
WITH c AS (SELECT count(DISTINCT video) FILTER (WHERE published_at >= '2024-01-01' AND published_at < '2024-04-01')
 AS x,
                  count(DISTINCT video) FILTER (WHERE published_at >= '2023-10-01' AND published_at < '2024-01-01')
                  AS y FROM facts)
SELECT x, y, x - y, pg_temp.ratio(x - y, y) FROM c;

-- case: a counter under a range of another time
-- ask: total_views by content_type for published_at in 2024-Q1 order by content_type
SELECT content_type, sum(views) FROM pg_temp.latest('infinity') WHERE published_at >= '2024-01-01'
 AND published_at < '2024-04-01' GROUP BY 1 ORDER BY 1;

-- case: two ranges, of both times
-- ask: total_views, snapshots for 2024-07 where published_at in 2024-Q1
SELECT (SELECT sum(views) FROM pg_temp.latest('2024-08-01') WHERE published_at >= '2024-01-01'
 AND published_at < '2024-04-01'),
       (SELECT count(*) FROM facts WHERE published_at >= '2024-01-01' AND published_at < '2024-04-01'
       AND at >= '2024-07-01' AND at < '2024-08-01');
