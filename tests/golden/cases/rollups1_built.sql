-- given: rollups.sql
-- What rollups answer, and why they do not; the answer is the facts' either way.

-- case: the smallest that answers it
-- ask: Snaps.cents, Snaps.rows by day for 2024-03
-- from: rollup Snaps.by_day
-- rollup: Snaps.by_hour: larger: a smaller one answers it as well
-- rollup: Snaps.by_week: measure_missing: it does not keep
-- rollup: Snaps.by_month: measure_missing: it does not keep
SELECT date_trunc('day', at), sum(revenue), count(*) FROM facts WHERE at >= '2024-03-01' AND at < '2024-04-01'
 GROUP BY 1 ORDER BY 1;

-- case: one that was never built
-- ask: Snaps.cents by month
-- from: rollup Snaps.by_day
-- rollup: Snaps.by_month: building: it was not built yet; would do: rollup refresh
-- rollup: Snaps.by_week: grain_too_coarse
SELECT date_trunc('month', at), sum(revenue) FROM facts GROUP BY 1 ORDER BY 1;

-- case: hours
-- ask: Snaps.cents by hour for 2024-03-10
-- from: rollup Snaps.by_hour
-- rollup: Snaps.by_day: grain_too_coarse: its buckets are of a day; would do: ask by day or longer
SELECT date_trunc('hour', at), sum(revenue) FROM facts WHERE at::date = '2024-03-10' GROUP BY 1 ORDER BY 1;

-- case: minutes
-- ask: Snaps.cents by minute for 2024-03-10T09:00..2024-03-10T09:59 where Snaps.number = 14
-- from: facts of Snaps
-- rollup: Snaps.by_hour: grain_too_coarse: its buckets are of an hour; would do: ask by hour or longer
SELECT at, revenue FROM facts WHERE video = 14 AND at >= '2024-03-10 09:00' AND at < '2024-03-10 10:00' ORDER BY 1;

-- case: ends inside buckets are read from the facts
-- with: from=2024-03-10T05:30 | to=2024-03-20T07:14 | end=2024-03-20 07:15
-- with: from=2023-12-31T23:59 | to=2025-01-01T00:00 | end=2025-01-01 00:01
-- ask: Snaps.cents, Snaps.rows, Snaps.most, Snaps.least for {from}..{to}
-- from: rollup Snaps.by_day
SELECT sum(revenue), count(*), max(revenue), min(revenue) FROM facts WHERE at >= '{from}' AND at < '{end}';

-- case: no whole bucket
-- ask: Snaps.cents for 2024-03-10T05:30..2024-03-10T05:44
-- from: facts of Snaps
-- rollup: Snaps.by_day: range_not_covered: no whole bucket of it lies in the range
-- rollup: Snaps.by_hour: range_not_covered
-- rollup: Snaps.by_week: range_not_covered
SELECT sum(revenue) FROM facts WHERE at >= '2024-03-10 05:30' AND at < '2024-03-10 05:45';

-- case: a mean, from its sum and count
-- ask: Snaps.mean, Snaps.most by Snaps.number, month for 2024-03..2024-06
-- from: rollup Snaps.by_day
SELECT video, date_trunc('month', at), pg_temp.ratio(sum(revenue), count(revenue)), max(revenue) FROM facts
 WHERE at >= '2024-03-01' AND at < '2024-07-01' GROUP BY 1, 2 ORDER BY 2, 1;

-- case: distinct values do not add up
-- ask: Snaps.clips by month
-- from: facts of Snaps
-- rollup: Snaps.by_day: not_additive: distinct values of buckets do not add up; would do: take count_distinct_approx
-- rollup: Snaps.by_month: building
SELECT date_trunc('month', at), count(DISTINCT video) FROM facts GROUP BY 1 ORDER BY 1;

-- case: a measure with a filter that is not kept
-- ask: Snaps.paid by month for 2024
-- from: facts of Snaps
-- rollup: Snaps.by_day: measure_missing
SELECT date_trunc('month', at), sum(revenue) FILTER (WHERE revenue > 500 AND cost IS NULL) FROM facts
 WHERE at >= '2024-01-01' AND at < '2025-01-01' GROUP BY 1 ORDER BY 1;

-- case: a dimension that is not kept
-- ask: Snaps.cents by Snaps.tier
-- from: facts of Snaps
-- rollup: Snaps.by_day: dimension_missing: it is not kept by tier; would do: add Snaps.tier to the rollup
SELECT tier, sum(revenue) FROM facts GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1;

-- case: a dimension that hangs on a column that is kept
-- ask: Snaps.cents by Snaps.kind
-- from: rollup Snaps.by
-- rollup: Snaps.by_month: dimension_missing
SELECT content_type, sum(revenue) FROM facts GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1;

-- case: a renamed channel is renamed in the rollup
-- ask: Snaps.rows by Snaps.channel_id
-- from: rollup Snaps.by_day
SELECT channel_id, count(*) FROM facts GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: a test that cannot be made
-- ask: Snaps.cents by Snaps.number where Snaps.size = big
-- from: facts of Snaps
-- rollup: Snaps.by_day: filter_missing: it cannot test Snaps.size; would do: add it to the rollup
SELECT video, sum(revenue) FROM facts WHERE views >= 5000 GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1;

-- case: a segment that cannot be tested
-- ask: Snaps.cents segment Snaps.costly
-- from: facts of Snaps
-- rollup: Snaps.by_day: filter_missing: it cannot test the segment costly
SELECT sum(revenue) FROM facts WHERE cost >= 2;

-- case: a test of what is kept
-- ask: Snaps.cents, Snaps.rows by month where Snaps.channel_id = UC-c and Snaps.number != 14
-- from: rollup Snaps.by_day
-- rollup: Snaps.by_hour: filter_missing
SELECT date_trunc('month', at), sum(revenue), count(*) FROM facts WHERE channel_id = 'UC-c' AND video <> 14
 GROUP BY 1 ORDER BY 1;

-- case: a time of the video as the range
-- ask: Snaps.cents for published_at in 2024
-- from: rollup Snaps.by
-- rollup: Snaps.by_month: filter_missing
SELECT sum(revenue) FROM facts WHERE published_at >= '2024-01-01' AND published_at < '2025-01-01';

-- case: buckets of another zone
-- ask: Snaps.cents by day for 2024-03-09..2024-03-11 tz America/Los_Angeles
-- from: facts of Snaps
-- rollup: Snaps.by_day: timezone_mismatch: its buckets are of the zone UTC; would do: tz UTC
-- rollup: Snaps.by_hour: timezone_mismatch
SELECT pg_temp.unit('day', at, 'America/Los_Angeles'), sum(revenue) FROM facts WHERE at >= '2024-03-09 08:00Z'
 AND at < '2024-03-12 07:00Z' GROUP BY 1 ORDER BY 1;

-- case: a range of another zone, without buckets
-- with: zone=America/Los_Angeles or Europe/Berlin or Australia/Lord_Howe
-- ask: Snaps.cents, Snaps.rows for 2024-03 tz {zone}
-- from: rollup Snaps.by_day
SELECT sum(revenue), count(*) FROM facts WHERE at >= pg_temp.at('2024-03-01', '{zone}')
 AND at < pg_temp.at('2024-04-01', '{zone}');

-- case: a stretch of time moves with the bucket
-- ask: Snaps.cents_7d by day for 2024-03-10..2024-03-12
-- from: rollup Snaps.by_day
SELECT d, (SELECT sum(revenue) FROM facts WHERE at >= d - interval '6 days' AND at < d + interval '1 day')
 FROM generate_series('2024-03-10'::timestamptz, '2024-03-12', '1 day') AS d;

-- case: rows as they are
-- ask: {"measures": ["Snaps.cents"], "ungrouped": true, "limit": 2, "dimensions": ["Snaps.at"], "order":
--      {"Snaps.at": "asc"}}
-- from: facts of Snaps
-- rollup: Snaps.by_day: not_additive: rows are asked for, not groups
SELECT at, revenue FROM facts ORDER BY 1 LIMIT 2;

-- case: a carried counter, from changes
-- ask: Snaps.carried by month
-- from: rollup Snaps.by_day
-- rollup: Snaps.by_hour: measure_missing: it does not keep carried
SELECT m, (SELECT sum(views) FROM pg_temp.latest(m + interval '1 month'))
  FROM generate_series('2023-06-01'::timestamptz, '2025-01-01', '1 month') AS m;

-- case: a carried counter by channel, with videos that move
-- ask: Snaps.carried by Snaps.channel_id, month for 2024
-- from: rollup Snaps.by_day
-- rollup: Snaps.by_week: dimension_missing
SELECT l.channel_id, m, sum(l.views) FROM generate_series('2024-01-01'::timestamptz, '2024-12-01', '1 month') AS m,
 pg_temp.latest(m + interval '1 month') AS l
 GROUP BY 1, 2 ORDER BY 2, 1;

-- case: a carried counter at an end inside a bucket
-- ask: Snaps.carried by Snaps.channel_id for 2024-03-01..2024-03-10T09:44
-- from: rollup Snaps.by_day
SELECT channel_id, sum(views) FROM pg_temp.latest('2024-03-10 09:45') GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: what was added, from changes
-- ask: Snaps.more by Snaps.number, month for 2024-04..2024-07
-- from: rollup Snaps.by_day
SELECT video, date_trunc('month', at), sum(more) FROM added WHERE at >= '2024-04-01' AND at < '2024-08-01'
 GROUP BY 1, 2 ORDER BY 2, 1;

-- case: what was added by week and category
-- ask: Snaps.more, Snaps.cents by Snaps.subject, week for 2024-04-01..2024-05-05
-- from: rollup Snaps.by
WITH a AS (SELECT category, date_trunc('week', at) AS w, sum(more) AS m FROM added WHERE at >= '2024-04-01'
 AND at < '2024-05-06' GROUP BY 1, 2),
     b AS (SELECT category, date_trunc('week', at) AS w, sum(revenue) AS r FROM facts WHERE at >= '2024-04-01'
     AND at < '2024-05-06' GROUP BY 1, 2)
SELECT b.category, b.w, a.m, b.r FROM b LEFT JOIN a ON a.w = b.w AND a.category IS NOT DISTINCT FROM b.category
 ORDER BY 2, 1;

-- case: the last inside a period is not in changes
-- ask: Snaps.inside by month for 2024
-- from: facts of Snaps: last per video, period
-- rollup: Snaps.by_day: not_additive: the last snapshot inside a period is not in the sums of changes; would do:
--      take the rule carry
SELECT m, sum(l.views) FROM generate_series('2024-01-01'::timestamptz, '2024-12-01', '1 month') AS m,
 pg_temp.latest(m + interval '1 month') AS l WHERE l.at >= m GROUP BY 1 ORDER BY 1;

-- case: a first sighting that counts
-- ask: Snaps.more_zero for 2024
-- from: facts of Snaps: increase per video
-- rollup: Snaps.by_day: not_additive: a first sighting that counts depends on the range; would do: take the baseline
--      none
SELECT sum(CASE WHEN is_first THEN views ELSE more END) FROM added WHERE at >= '2024-01-01' AND at < '2025-01-01';

-- case: a counter with a filter of its own
-- ask: Snaps.carried_big until 2024-06-30
-- from: facts of Snaps
-- rollup: Snaps.by_day: measure_missing: carried_big has a filter of its own
SELECT sum(views) FROM pg_temp.latest('2024-07-01') WHERE views >= 5000;

-- case: two facts, one from its rollup
-- ask: Snaps.rows, cost_entries by month
-- from: rollup Snaps.by_day
-- from: facts of Costs
WITH a AS (SELECT date_trunc('month', at) AS m, count(*) AS n FROM facts GROUP BY 1), b
 AS (SELECT date_trunc('month', at) AS m, count(*) AS n FROM costs GROUP BY 1)
SELECT m, a.n, b.n FROM a FULL JOIN b USING (m) ORDER BY 1;

-- case: top, other, total and shares
-- ask: Snaps.rows, Snaps.rows.share by Snaps.channel_id top 2 with other total
-- from: rollup Snaps.by_day
WITH g AS (SELECT channel_id, count(*) AS c, row_number() OVER (ORDER BY count(*) DESC, channel_id) AS n FROM facts
 GROUP BY 1)
(SELECT 'row', channel_id, c, pg_temp.ratio(c, (SELECT sum(c) FROM g)) FROM g WHERE n <= 2 ORDER BY n)
UNION ALL SELECT 'other', NULL, sum(c) FILTER (WHERE n > 2), pg_temp.ratio(sum(c) FILTER (WHERE n > 2), sum(c)) FROM g
UNION ALL SELECT 'total', NULL, sum(c), '1' FROM g;

-- case: beside the period before, with missing days
-- ask: Snaps.rows by day for 2024-04-08..2024-04-10 vs previous where Snaps.number = 13 fill zero
-- from: rollup Snaps.by_day
WITH d AS (SELECT g, (SELECT count(*) FROM facts WHERE video = 13 AND date_trunc('day', at) = g) AS x,
                  (SELECT count(*) FROM facts WHERE video = 13 AND date_trunc('day', at) = g - interval '3 days') AS y
             FROM generate_series('2024-04-08'::timestamptz, '2024-04-10', '1 day') AS g)
SELECT g, x, y, x - y, pg_temp.ratio(x - y, y) FROM d ORDER BY 1;

-- case: a tenant has none
-- with: whose=bob@example.org or ann@example.org
-- as: {whose}
-- ask: Snaps.cents, Snaps.rows by Snaps.channel_id
-- from: facts of Snaps
-- rollup: Snaps.by_day: tenant_not_covered: it holds everybody's rows
SELECT channel_id, sum(revenue), count(*) FROM facts WHERE email = '{whose}' GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1;

-- case: ranges that are open at an end
-- with: range=since 2024-11-03T12:00 | test=at >= '2024-11-03 12:00'
-- with: range=until 2024-03-10T08:59 | test=at < '2024-03-10 09:00'
-- with: range=all time | test=true
-- ask: Snaps.cents, Snaps.rows, Snaps.mean {range}
-- from: rollup Snaps.by
SELECT sum(revenue), count(*), pg_temp.ratio(sum(revenue), count(revenue)) FROM facts WHERE {test};

-- case: what was added between two moments inside buckets
-- with: from=2024-03-09T10:15 | to=2024-03-31T17:44 | end=2024-03-31 17:45
-- with: from=2024-10-26T09:00 | to=2024-11-04T00:29 | end=2024-11-04 00:30
-- ask: Snaps.more by Snaps.channel_id for {from}..{to}
-- from: rollup Snaps.by
SELECT channel_id, sum(more) FROM added WHERE at >= '{from}' AND at < '{end}' GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: a carried counter by days, with the rest and all
-- ask: Snaps.carried by Snaps.channel_id, day for 2024-03-09..2024-03-12 top 1 with other total
-- from: rollup Snaps.by
WITH l AS (SELECT d, l.channel_id, l.views FROM generate_series('2024-03-09'::timestamptz, '2024-03-12', '1 day')
 AS d, pg_temp.latest(d + interval '1 day') AS l),
     t AS (SELECT channel_id FROM pg_temp.latest('2024-03-13') GROUP BY 1 ORDER BY sum(views) DESC LIMIT 1)
SELECT 'row', channel_id, d, sum(views) FROM l WHERE channel_id IN (SELECT channel_id FROM t) GROUP BY 2, 3
UNION ALL SELECT 'other', NULL, d, sum(views) FROM l WHERE channel_id NOT IN (SELECT channel_id FROM t) GROUP BY 3
UNION ALL SELECT 'total', NULL, NULL, sum(views) FROM pg_temp.latest('2024-03-13') ORDER BY 3, 1 DESC;

-- case: a carried counter in a zone, at the end of its day
-- with: zone=America/Los_Angeles or Australia/Lord_Howe
-- ask: Snaps.carried by Snaps.channel_id until 2024-11-03 tz {zone}
-- from: rollup Snaps.by
SELECT channel_id, sum(views) FROM pg_temp.latest(pg_temp.at('2024-11-04', '{zone}')) GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: a video's own readings, test by test
-- ask: Snaps.carried by month for 2024 where Snaps.number = 3 and Snaps.channel_id = UC-c
-- from: rollup Snaps.by
SELECT m, sum(l.views) FROM generate_series('2024-01-01'::timestamptz, '2024-12-01', '1 month') AS m,
 pg_temp.latest(m + interval '1 month') AS l
 WHERE l.video = 3 AND l.channel_id = 'UC-c' GROUP BY 1 ORDER BY 1;

-- case: a counter beside its past, and what was added beside what was added
-- ask: Snaps.carried, Snaps.more for 2024-06 vs last month
-- from: rollup Snaps.by
WITH p AS (SELECT a, (SELECT sum(views) FROM pg_temp.latest(a + interval '1 month')) AS c, (SELECT sum(more)
 FROM added WHERE date_trunc('month', at) = a) AS m
             FROM unnest(ARRAY['2024-06-01', '2024-05-01']::timestamptz[]) AS a)
SELECT x.c, y.c, x.c - y.c, pg_temp.ratio(x.c - y.c, y.c), x.m, y.m, x.m - y.m, pg_temp.ratio(x.m - y.m, y.m) FROM p
 AS x, p AS y WHERE x.a > y.a;
