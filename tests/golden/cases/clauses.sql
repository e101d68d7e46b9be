-- Order, top, other, total, shares, having, limit; a period beside another; missing buckets.

-- case: without time the first measure downwards, ties by all dimensions, NULL last
-- ask: videos, snapshots by category
SELECT category, count(DISTINCT video), count(*) FROM facts GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: with time the time upwards, then the dimensions
-- ask: videos by category, month for 2024-01..2024-03
SELECT category, date_trunc('month', at), count(DISTINCT video) FROM facts WHERE at >= '2024-01-01'
 AND at < '2024-04-01' GROUP BY 1, 2 ORDER BY 2, 1;

-- case: dimensions alone
-- ask: from VideoPerformance by niche, content_type
SELECT DISTINCT niche, content_type FROM facts ORDER BY 1, 2;

-- case: order by several, NULL last both ways
-- with: way=asc or desc
-- ask: cost, snapshots by channel_id order by cost {way}, channel_id
SELECT channel_id, sum(cost) / 100, count(*) FROM facts GROUP BY 1 ORDER BY 2 {way} NULLS LAST, 1;

-- case: order by a dimension downwards
-- ask: snapshots by category order by category desc
SELECT category, count(*) FROM facts GROUP BY 1 ORDER BY 1 DESC NULLS LAST;

-- case: order by a measure that is not shown
-- ask: snapshots by video_id order by revenue desc limit 5
SELECT video_id, count(*) FROM facts GROUP BY 1 ORDER BY sum(revenue) DESC NULLS LAST, 1 LIMIT 5;

-- case: limit and offset
-- ask: snapshots by video_id limit 3 offset 2
SELECT video_id, count(*) FROM facts GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3 OFFSET 2;

-- case: limit 0
-- ask: snapshots by video_id limit 0
-- empty
SELECT 1 WHERE false;

-- case: having, on what is shown
-- ask: revenue by video_id having revenue > 100
SELECT video_id, sum(revenue) / 100 FROM facts GROUP BY 1 HAVING sum(revenue) / 100 > 100 ORDER BY 2 DESC;

-- case: having of a measure that is not shown, unequal for the unknown too
-- ask: snapshots by video_id having revenue != 0 order by video_id
SELECT video_id, count(*) FROM facts GROUP BY 1 HAVING sum(revenue) IS DISTINCT FROM 0 ORDER BY 1;

-- case: a test of a measure after where is having
-- ask: snapshots by video_id where category = Music and snapshots > 50
SELECT video_id, count(*) FROM facts WHERE category = 'Music' GROUP BY 1 HAVING count(*) > 50 ORDER BY 2 DESC, 1;

-- case: having by or, not and between
-- ask: snapshots by video_id having not snapshots between 20 and 200 or revenue is not null
SELECT video_id, count(*) FROM facts GROUP BY 1 HAVING count(*) NOT BETWEEN 20 AND 200 OR sum(revenue) IS NOT NULL
 ORDER BY 2 DESC, 1;

-- case: having of the one cell
-- ask: snapshots having snapshots > 1000000
-- empty
SELECT 1 WHERE false;

-- case: top keeps groups by their value over the whole range
-- ask: revenue by month, video_id for 2024-10..2024-12 top 2
SELECT date_trunc('month', at), video_id, sum(revenue) / 100 FROM facts
 WHERE at >= '2024-10-01' AND at < '2025-01-01' AND video_id IN (SELECT video_id FROM facts
       WHERE at >= '2024-10-01' AND at < '2025-01-01' GROUP BY 1 ORDER BY sum(revenue) DESC NULLS LAST, 1 LIMIT 2)
 GROUP BY 1, 2 ORDER BY 1, 2;

-- case: top by another measure, ties by name
-- ask: revenue by video_id top 3 by videos_with_cost
SELECT video_id, sum(revenue) / 100 FROM facts GROUP BY 1
 ORDER BY count(DISTINCT video) FILTER (WHERE cost > 0) DESC, 1 LIMIT 3;

-- case: top in another order
-- ask: snapshots by video_id top 4 order by video_id desc
SELECT * FROM (SELECT video_id, count(*) FROM facts GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4) AS t ORDER BY 1 DESC;

-- case: top counts the combinations of all dimensions but time
-- ask: snapshots by content_type, niche top 3
SELECT content_type, niche, count(*) FROM facts GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 3;

-- case: having comes before top
-- ask: snapshots by video_id having snapshots < 100 top 2
SELECT video_id, count(*) FROM facts GROUP BY 1 HAVING count(*) < 100 ORDER BY 2 DESC, 1 LIMIT 2;

-- case: top with other and total, distinct values counted anew
-- ask: videos, snapshots, revenue by content_type top 2 with other total
-- columns: kind content_type videos snapshots revenue
WITH g AS (SELECT content_type, row_number() OVER (ORDER BY count(DISTINCT video) DESC, content_type) AS n FROM facts
 GROUP BY 1),
     f AS (SELECT facts.*, n FROM facts JOIN g ON g.content_type IS NOT DISTINCT FROM facts.content_type)
(SELECT 'row', content_type, count(DISTINCT video), count(*), sum(revenue) / 100 FROM f WHERE n <= 2 GROUP BY 2
 ORDER BY 3 DESC, 2)
UNION ALL SELECT 'other', NULL, count(DISTINCT video), count(*), sum(revenue) / 100 FROM f WHERE n > 2
UNION ALL SELECT 'total', NULL, count(DISTINCT video), count(*), sum(revenue) / 100 FROM f;

-- case: the total of a ratio is the ratio of the totals
-- ask: profit_margin, cost_per_video by video_id for 2024-03 where video_id in (v04, v14) total
WITH f AS (SELECT * FROM facts WHERE at >= '2024-03-01' AND at < '2024-04-01' AND video IN (4, 14)),
     g AS (SELECT grouping(video_id) AS k, video_id, sum(revenue) AS r, sum(cost) AS c,
     count(DISTINCT video) FILTER (WHERE cost > 0) AS v,
                  sum(coalesce(revenue, 0) - coalesce(cost, 0)) FILTER (WHERE revenue IS NOT NULL
                  OR cost IS NOT NULL) AS p FROM f
            GROUP BY ROLLUP (video_id))
SELECT CASE k WHEN 0 THEN 'row' ELSE 'total' END, video_id, pg_temp.ratio(p, r), pg_temp.ratio(c / 100, v) FROM g
 ORDER BY k, p / r DESC;

-- case: a total of what passed having, not of all
-- ask: snapshots by video_id having snapshots > 100 total
WITH g AS (SELECT video_id, count(*) AS n FROM facts GROUP BY 1 HAVING count(*) > 100)
SELECT 'row', video_id, n FROM g UNION ALL SELECT 'total', NULL, sum(n) FROM g ORDER BY 1, 3 DESC, 2;

-- case: the total is of all, limit cuts the rows
-- ask: snapshots by video_id total limit 1
SELECT * FROM (SELECT 'row', video_id, count(*) FROM facts GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT 1) AS a
UNION ALL SELECT 'total', NULL, count(*) FROM facts;

-- case: the total of a carried counter is its state at the end
-- ask: total_views by month, niche for 2024-05..2024-07 where niche is not null total
SELECT 'row', m, l.niche, sum(l.views) FROM generate_series('2024-05-01'::timestamptz, '2024-07-01', '1 month') AS m,
 pg_temp.latest(m + interval '1 month') AS l
 WHERE l.niche IS NOT NULL GROUP BY 2, 3
UNION ALL SELECT 'total', NULL, NULL, sum(views) FROM pg_temp.latest('2024-08-01') WHERE niche IS NOT NULL
ORDER BY 1, 2, 3;

-- case: other of a counter
-- ask: total_views by channel_id for 2024-07 top 2 with other
WITH g AS (SELECT channel_id, sum(views) AS v, row_number() OVER (ORDER BY sum(views) DESC) AS n
 FROM pg_temp.latest('2024-08-01') GROUP BY 1)
SELECT 'row', channel_id, v FROM g WHERE n <= 2 UNION ALL SELECT 'other', NULL, sum(v) FROM g WHERE n > 2
 ORDER BY 1 DESC, 3 DESC;

-- case: shares, of all and of their bucket
-- ask: snapshots, snapshots.share by content_type
SELECT content_type, count(*), pg_temp.ratio(count(*), (SELECT count(*) FROM facts)) FROM facts GROUP BY 1
 ORDER BY 2 DESC;

-- case: a share is of its bucket
-- ask: revenue.share by month, video_id for 2024-10..2024-11
WITH g AS (SELECT date_trunc('month', at) AS m, video_id, sum(revenue) AS r FROM facts WHERE at >= '2024-10-01'
 AND at < '2024-12-01' GROUP BY 1, 2)
SELECT m, video_id, pg_temp.ratio(r, (SELECT sum(r) FROM g AS all_of WHERE all_of.m = g.m)) FROM g ORDER BY 1, 2;

-- case: shares with top, other and total
-- ask: snapshots.share by video_id top 2 by snapshots with other total
WITH g AS (SELECT video_id, count(*) AS c, row_number() OVER (ORDER BY count(*) DESC, video_id) AS n FROM facts
 GROUP BY 1)
SELECT 'row', video_id, pg_temp.ratio(c, (SELECT sum(c) FROM g)) FROM g WHERE n <= 2
UNION ALL SELECT 'other', NULL, pg_temp.ratio(sum(c) FILTER (WHERE n > 2), sum(c)) FROM g
UNION ALL SELECT 'total', NULL, '1';

-- case: share of a counter
-- ask: total_views.share by channel_id for 2024-07 order by channel_id
SELECT channel_id, pg_temp.ratio(sum(views), (SELECT sum(views) FROM pg_temp.latest('2024-08-01')))
 FROM pg_temp.latest('2024-08-01') GROUP BY 1 ORDER BY 1;

-- case: beside the period before
-- with: zone=America/Los_Angeles or Europe/Berlin or Australia/Lord_Howe
-- ask: snapshots for 2024-03 vs previous tz {zone}
-- columns: snapshots snapshots_previous snapshots_diff snapshots_change
WITH a AS (SELECT count(*) AS n FROM facts WHERE at >= pg_temp.at('2024-03-01', '{zone}')
 AND at < pg_temp.at('2024-04-01', '{zone}')),
     b AS (SELECT count(*) AS n FROM facts WHERE at >= pg_temp.at('2024-02-01', '{zone}')
     AND at < pg_temp.at('2024-03-01', '{zone}'))
SELECT a.n, b.n, a.n - b.n, pg_temp.ratio(a.n - b.n, b.n) FROM a, b;

-- case: beside another period
-- with: period=2024-11-03 | vs=last week or 7 days ago | from=2024-10-27 | to=2024-10-28
-- with: period=2024-11-03 | vs=previous or 1 day ago | from=2024-11-02 | to=2024-11-03
-- with: period=2024-11-03 | vs=2024-03-10..2024-03-11 | from=2024-03-10 | to=2024-03-12
-- with: period=2024-11-03 | vs=last month | from=2024-10-03 | to=2024-10-04
-- with: period=2024-11-03 | vs=last quarter or 1 quarter ago | from=2024-08-03 | to=2024-08-04
-- with: period=2024-11-03 | vs=last year | from=2023-11-03 | to=2023-11-04
-- ask: snapshots for {period} vs {vs} tz America/Los_Angeles
WITH a AS (SELECT count(*) AS n FROM facts WHERE (at AT TIME ZONE 'America/Los_Angeles')::date = '{period}'),
     b AS (SELECT count(*) AS n FROM facts WHERE at >= pg_temp.at('{from}', 'America/Los_Angeles')
     AND at < pg_temp.at('{to}', 'America/Los_Angeles'))
SELECT a.n, b.n, a.n - b.n, pg_temp.ratio(a.n - b.n, b.n) FROM a, b;

-- case: buckets meet by their number, across a clock change and months of other lengths
-- ask: snapshots by day for 2024-03-08..2024-03-12 vs 2024-10-31..2024-11-04 tz America/Los_Angeles
WITH d AS (SELECT n, pg_temp.at(date '2024-03-08' + n, 'America/Los_Angeles') AS a, pg_temp.at(date '2024-10-31' + n,
 'America/Los_Angeles') AS b FROM generate_series(0, 4) AS n),
     c AS MATERIALIZED (SELECT n, a, (SELECT NULLIF(count(*), 0) FROM facts WHERE pg_temp.unit('day', at,
     'America/Los_Angeles') = a) AS x,
                  (SELECT NULLIF(count(*), 0) FROM facts WHERE pg_temp.unit('day', at, 'America/Los_Angeles') = b)
                  AS y FROM d)
SELECT a, x, y, x - y, pg_temp.ratio(x - y, y) FROM c WHERE x IS NOT NULL OR y IS NOT NULL ORDER BY a;

-- case: groups that are in one period only
-- ask: snapshots by video_id for 2024-05 vs 2024-12-30..2025-01-01
WITH a AS (SELECT video_id, count(*) AS x FROM facts WHERE at >= '2024-05-01' AND at < '2024-06-01' GROUP BY 1),
     b AS (SELECT video_id, count(*) AS y FROM facts WHERE at >= '2024-12-30' AND at < '2025-01-02' GROUP BY 1)
SELECT video_id, x, y, x - y, pg_temp.ratio(x - y, y) FROM a FULL JOIN b USING (video_id) ORDER BY x DESC NULLS LAST, 1;

-- case: a counter beside its state before
-- ask: total_views by channel_id for 2024-07 vs previous
WITH a AS (SELECT channel_id, sum(views) AS x FROM pg_temp.latest('2024-08-01') GROUP BY 1),
     b AS (SELECT channel_id, sum(views) AS y FROM pg_temp.latest('2024-07-01') GROUP BY 1)
SELECT channel_id, x, y, x - y, pg_temp.ratio(x - y, y) FROM a FULL JOIN b USING (channel_id)
 ORDER BY x DESC NULLS LAST, 1;

-- case: a ratio beside itself before
-- ask: profit_margin for 2024-11 vs previous where video_id = v04
WITH p AS (SELECT at >= '2024-11-01' AS now, sum(revenue) AS r,
                  sum(coalesce(revenue, 0) - coalesce(cost, 0)) FILTER (WHERE revenue IS NOT NULL
                  OR cost IS NOT NULL) AS p FROM facts
            WHERE video = 4 AND at >= '2024-10-01' AND at < '2024-12-01' GROUP BY 1)
SELECT pg_temp.ratio(a.p, a.r), pg_temp.ratio(b.p, b.r), pg_temp.ratio(a.p * b.r - b.p * a.r, a.r * b.r),
 pg_temp.ratio(a.p * b.r - b.p * a.r, a.r * b.p) FROM p AS a, p AS b WHERE a.now AND NOT b.now;

-- case: vs with a test of the change, and an order by it
-- ask: snapshots by video_id for 2024-03 vs previous having snapshots_diff > 0 order by snapshots_change desc
WITH a AS (SELECT video_id, count(*) AS x FROM facts WHERE at >= '2024-03-01' AND at < '2024-04-01' GROUP BY 1),
     b AS (SELECT video_id, count(*) AS y FROM facts WHERE at >= '2024-02-01' AND at < '2024-03-01' GROUP BY 1)
SELECT video_id, x, y, x - y, pg_temp.ratio(x - y, y) FROM a FULL JOIN b USING (video_id) WHERE x - y > 0
 ORDER BY (x - y)::numeric / y DESC NULLS LAST, 1;

-- case: vs with top, other and total
-- ask: snapshots by video_id for 2024-11 vs previous top 2 with other total
WITH g AS (SELECT video_id, count(*) FILTER (WHERE at >= '2024-11-01') AS x,
 count(*) FILTER (WHERE at < '2024-11-01') AS y FROM facts
            WHERE at >= '2024-10-01' AND at < '2024-12-01' GROUP BY 1),
     r AS (SELECT *, row_number() OVER (ORDER BY x DESC, video_id) AS n FROM g),
     k AS (SELECT 1 AS o, 'row' AS kind, video_id, x, y FROM r WHERE n <= 2
           UNION ALL SELECT 2, 'other', NULL, sum(x), sum(y) FROM r WHERE n > 2
           UNION ALL SELECT 3, 'total', NULL, sum(x), sum(y) FROM r)
SELECT kind, video_id, x, y, x - y, pg_temp.ratio(x - y, y) FROM k ORDER BY o, x DESC, 3;

-- case: missing days are made, and are not known; one that did not pass is not missing
-- ask: cost by day for 2024-03-07..2024-03-14 where video_id = v14 and cost > 3 fill
WITH d AS (SELECT date_trunc('day', at) AS d, sum(cost) / 100 AS c FROM facts WHERE video = 14 GROUP BY 1)
SELECT g, c FROM generate_series('2024-03-07'::timestamptz, '2024-03-14', '1 day') AS g LEFT JOIN d ON d = g
 WHERE c > 3 OR d IS NULL ORDER BY 1;

-- case: missing days are zero where they add up, and unknown where they do not
-- ask: snapshots, views_gained, profit_margin by day for 2024-05-01..2024-05-12 where video_id = v01 fill zero
SELECT g, (SELECT count(*) FROM facts WHERE video = 1 AND date_trunc('day', at) = g),
       coalesce((SELECT sum(more) FROM added WHERE video = 1 AND date_trunc('day', at) = g), 0), NULL
  FROM generate_series('2024-05-01'::timestamptz, '2024-05-12', '1 day') AS g;

-- case: a carried counter is there anyway
-- ask: total_views, snapshots by day for 2024-05-01..2024-05-07 where video_id = v01 fill
SELECT g, (SELECT sum(views) FROM pg_temp.latest(g + interval '1 day') WHERE video = 1), (SELECT NULLIF(count(*), 0)
 FROM facts WHERE video = 1 AND date_trunc('day', at) = g)
  FROM generate_series('2024-05-01'::timestamptz, '2024-05-07', '1 day') AS g;

-- case: missing buckets for each group of the answer
-- ask: snapshots by week, video_id for 2024-04-01..2024-04-28 where video_id in (v01, v13) fill zero
SELECT w, v, (SELECT count(*) FROM facts WHERE date_trunc('week', at) = w AND video_id = v AND at < '2024-04-29')
  FROM generate_series('2024-04-01'::timestamptz, '2024-04-22', '1 week') AS w, unnest(ARRAY['v01', 'v13']) AS v
  ORDER BY 1, 2;

-- case: missing hours of a day of 25, of 23, of 24 and a half
-- with: zone=America/Los_Angeles | day=2024-11-03 | from=2024-11-03 07:00Z | to=2024-11-04 07:00Z
-- with: zone=America/Los_Angeles | day=2024-03-10 | from=2024-03-10 08:00Z | to=2024-03-11 06:00Z
-- with: zone=Europe/Berlin | day=2024-10-27 | from=2024-10-26 22:00Z | to=2024-10-27 22:00Z
-- ask: snapshots by hour for {day} where video_id = v01 fill zero tz {zone}
SELECT h, (SELECT count(*) FROM facts WHERE video = 1 AND at >= h AND at < h + interval '1 hour')
  FROM generate_series('{from}'::timestamptz, '{to}', '1 hour') AS h ORDER BY 1;

-- case: missing days where the clocks change by half an hour
-- ask: snapshots by day for 2024-04-05..2024-04-09 where video_id = v01 fill zero tz Australia/Lord_Howe
SELECT pg_temp.at(d, 'Australia/Lord_Howe'), (SELECT count(*) FROM facts WHERE video = 1 AND pg_temp.unit('day', at,
 'Australia/Lord_Howe') = pg_temp.at(d, 'Australia/Lord_Howe'))
  FROM generate_series('2024-04-05'::timestamp, '2024-04-09', '1 day') AS d ORDER BY 1;

-- case: missing buckets on both sides of vs
-- ask: snapshots by day for 2024-05-01..2024-05-06 vs previous where video_id = v01 fill zero
WITH d AS MATERIALIZED (SELECT g, (SELECT count(*) FROM facts WHERE video = 1 AND date_trunc('day', at) = g) AS x,
                  (SELECT count(*) FROM facts WHERE video = 1 AND date_trunc('day', at) = g - interval '6 days') AS y
             FROM generate_series('2024-05-01'::timestamptz, '2024-05-06', '1 day') AS g)
SELECT g, x, y, x - y, pg_temp.ratio(x - y, y) FROM d ORDER BY 1;

-- case: fill with top and other
-- ask: snapshots by month, content_type for 2024-01..2024-06 where video_id in (v01, v02, v07, v13, v14) top 1 with
--      other fill zero
WITH f AS (SELECT *, content_type = 'shorts' AS first FROM facts WHERE video IN (1, 2, 7, 13, 14)),
     k AS (SELECT m, t FROM generate_series('2024-01-01'::timestamptz, '2024-06-01', '1 month') AS m, (VALUES (true),
     (false)) AS t (t))
SELECT CASE WHEN t THEN 'row' ELSE 'other' END, m, CASE WHEN t THEN 'shorts' END, (SELECT count(*) FROM f
 WHERE date_trunc('month', at) = m AND first = t)
  FROM k ORDER BY m, t DESC;

-- case: edits, one after the other
-- ask: snapshots by content_type for 2024-05
SELECT content_type, count(*) FROM facts WHERE at >= '2024-05-01' AND at < '2024-06-01' GROUP BY 1 ORDER BY 2 DESC;

-- case: an edit adds a test
-- ask: &category = Gaming
SELECT content_type, count(*) FROM facts WHERE at >= '2024-05-01' AND at < '2024-06-01' AND category = 'Gaming'
 GROUP BY 1 ORDER BY 2 DESC;

-- case: an edit adds and takes members
-- ask: +videos +video_id -content_type for 2024-06
SELECT video_id, count(*), count(DISTINCT video) FROM facts WHERE at >= '2024-06-01' AND at < '2024-07-01'
 AND category = 'Gaming' GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: an edit takes a clause
-- ask: -where -video_id
SELECT count(*), count(DISTINCT video) FROM facts WHERE at >= '2024-06-01' AND at < '2024-07-01';
