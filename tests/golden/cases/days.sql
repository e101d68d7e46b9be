-- Facts that have days, which no zone moves: buckets, windows, counters, missing days, periods side by side.

-- case: buckets
-- with: unit=week or month or quarter or year | zone=UTC or Australia/Lord_Howe
-- ask: Days.seen by {unit} tz {zone}
SELECT date_trunc('{unit}', metric_date)::date, sum(total_views) FROM analytics.fact_channel_daily GROUP BY 1
 ORDER BY 1;

-- case: a range, both ends included
-- with: range=2024-02-28..2024-03-01 | from=2024-02-28 | to=2024-03-01
-- with: range=2024-Q1 | from=2024-01-01 | to=2024-03-31
-- with: range=until 2024-01-05 | from=2000-01-01 | to=2024-01-05
-- with: range=since 2024-12-28 | from=2024-12-28 | to=2030-01-01
-- ask: Days.seen, Days.places {range} tz America/Los_Angeles
SELECT sum(total_views), count(DISTINCT channel_id) FROM analytics.fact_channel_daily
 WHERE metric_date BETWEEN '{from}' AND '{to}';

-- case: seven days
-- ask: Days.seen_7d, Days.places_7d by day for 2024-02-27..2024-03-04
SELECT d::date, sum(total_views), count(DISTINCT channel_id) FROM generate_series('2024-02-27'::timestamp,
 '2024-03-04', '1 day') AS d, analytics.fact_channel_daily
 WHERE metric_date > d::date - 7 AND metric_date <= d::date GROUP BY 1 ORDER BY 1;

-- case: month to date by day, by week, by quarter
-- with: unit=day | step=1 day | first=2024-02-28 | last=2024-03-02 | range=2024-02-28..2024-03-02
-- with: unit=week | step=7 days | first=2024-01-22 | last=2024-02-12 | range=2024-01-22..2024-02-18
-- with: unit=quarter | step=3 months | first=2024-01-01 | last=2024-07-01 | range=2024-01..2024-09
-- ask: Days.seen_mtd by {unit} for {range}
SELECT d::date, (SELECT sum(total_views) FROM analytics.fact_channel_daily WHERE metric_date < d + interval '{step}'
 AND metric_date >= date_trunc('month', d + interval '{step}' - interval '1 day'))
  FROM generate_series('{first}'::timestamp, '{last}', '{step}') AS d;

-- case: the month before
-- ask: Days.seen, Days.seen_before by month for 2024-02..2024-04
SELECT m::date, (SELECT sum(total_views) FROM analytics.fact_channel_daily WHERE date_trunc('month', metric_date) = m),
       (SELECT sum(total_views) FROM analytics.fact_channel_daily WHERE date_trunc('month',
       metric_date) = m - interval '1 month') FROM generate_series('2024-02-01'::timestamp, '2024-04-01', '1 month')
       AS m;

-- case: a counter by three rules
-- ask: Days.followers, Days.followers_inside, Days.followers_exact for 2024-07-01..2024-07-03
WITH f AS (SELECT channel_id, metric_date AS d, subscriber_count AS n FROM analytics.fact_channel_daily
 WHERE subscriber_count IS NOT NULL AND metric_date <= '2024-07-03')
SELECT (SELECT sum(n) FROM (SELECT DISTINCT ON (channel_id) n FROM f ORDER BY channel_id, d DESC) AS l),
       (SELECT sum(n) FROM (SELECT DISTINCT ON (channel_id) n FROM f WHERE d >= '2024-07-01' ORDER BY channel_id,
       d DESC) AS l),
       (SELECT sum(n) FROM f WHERE d = (SELECT max(d) FROM f WHERE d >= '2024-07-01'));

-- case: a counter carried by week and place
-- ask: Days.followers by Days.place, week for 2024-07-01..2024-08-04
WITH f AS (SELECT channel_id, metric_date AS d, subscriber_count AS n FROM analytics.fact_channel_daily
 WHERE subscriber_count IS NOT NULL)
SELECT l.channel_id, w::date, l.n FROM generate_series('2024-07-01'::timestamp, '2024-07-29', '7 days') AS w,
       LATERAL (SELECT DISTINCT ON (channel_id) * FROM f WHERE d < w + interval '7 days' ORDER BY channel_id, d DESC)
       AS l ORDER BY 2, 1;

-- case: what was added by month
-- ask: Days.followers_more by month for 2024-01..2024-04
WITH f AS (SELECT metric_date AS d, subscriber_count - coalesce(lag(subscriber_count) OVER (PARTITION BY channel_id
 ORDER BY metric_date), subscriber_count) AS n
             FROM analytics.fact_channel_daily WHERE subscriber_count IS NOT NULL)
SELECT date_trunc('month', d)::date, sum(n) FROM f WHERE d < '2024-05-01' GROUP BY 1 ORDER BY 1;

-- case: missing days
-- with: fill=fill | none=NULL
-- with: fill=fill zero | none=0
-- ask: Days.seen by day for 2024-03-01..2024-03-08 where Days.place = UC-a {fill}
SELECT d::date, coalesce((SELECT sum(total_views) FROM analytics.fact_channel_daily WHERE metric_date = d
 AND channel_id = 'UC-a'), {none}) FROM generate_series('2024-03-01'::timestamp, '2024-03-08', '1 day') AS d;

-- case: a period beside another, bucket by bucket
-- ask: Days.seen by week for 2024-03-04..2024-03-17 vs previous
SELECT w::date, x, y, x - y, pg_temp.ratio(x - y, y) FROM (SELECT w, (SELECT sum(total_views)
 FROM analytics.fact_channel_daily WHERE date_trunc('week', metric_date) = w) AS x,
       (SELECT sum(total_views) FROM analytics.fact_channel_daily WHERE date_trunc('week',
       metric_date) = w - interval '14 days') AS y FROM generate_series('2024-03-04'::timestamp, '2024-03-11',
       '7 days') AS w) AS c ORDER BY 1;

-- case: days of the month before meet by their date
-- ask: Days.seen by day for 2024-03-28..2024-03-31 vs last month
WITH d AS (SELECT d, (SELECT sum(total_views) FROM analytics.fact_channel_daily WHERE metric_date = d::date) AS x,
                  (SELECT sum(total_views) FROM analytics.fact_channel_daily
                  WHERE metric_date = (d - interval '1 month')::date AND extract(day FROM d) <= 29) AS y
                  FROM generate_series('2024-03-28'::timestamp, '2024-03-31', '1 day') AS d)
SELECT d::date, x, y, x - y, pg_temp.ratio(x - y, y) FROM d ORDER BY 1;

-- case: top with other and total
-- ask: Days.seen, Days.seen.share by Days.place for 2024-03 top 1 with other total
WITH g AS (SELECT channel_id, sum(total_views) AS v FROM analytics.fact_channel_daily WHERE date_trunc('month',
 metric_date) = '2024-03-01' GROUP BY 1), n AS (SELECT *, row_number() OVER (ORDER BY v DESC) AS n FROM g)
SELECT 'row', channel_id, v, pg_temp.ratio(v, (SELECT sum(v) FROM g)) FROM n WHERE n = 1
UNION ALL SELECT 'other', NULL, sum(v), pg_temp.ratio(sum(v), (SELECT sum(v) FROM g)) FROM n WHERE n > 1
 UNION ALL SELECT 'total', NULL, sum(v), '1' FROM n;
