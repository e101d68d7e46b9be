-- Relative periods, by a clock that stands still at a border: of the day, the month, the year, and of the hours that
-- the
-- clocks of a zone leave out or go through twice.

-- case: around new year, which it is not yet in Los Angeles
-- with: zone=America/Los_Angeles | period=today or this day | from=2024-12-31 | to=2025-01-01
-- with: zone=Europe/Berlin | period=today | from=2025-01-01 | to=2025-01-02
-- with: zone=America/Los_Angeles | period=yesterday | from=2024-12-30 | to=2024-12-31
-- with: zone=Australia/Lord_Howe | period=yesterday or 1 day ago | from=2024-12-31 | to=2025-01-01
-- with: zone=America/Los_Angeles | period=this year | from=2024-01-01 | to=2025-01-01
-- with: zone=Europe/Berlin | period=this year | from=2025-01-01 | to=2026-01-01
-- with: zone=America/Los_Angeles | period=last year | from=2023-01-01 | to=2024-01-01
-- with: zone=Australia/Lord_Howe | period=last year or 1 year ago | from=2024-01-01 | to=2025-01-01
-- with: zone=America/Los_Angeles | period=this month | from=2024-12-01 | to=2025-01-01
-- with: zone=Europe/Berlin | period=last month | from=2024-12-01 | to=2025-01-01
-- with: zone=America/Los_Angeles | period=last 2 quarters | from=2024-04-01 | to=2024-10-01
-- with: zone=Europe/Berlin | period=last 2 quarters | from=2024-07-01 | to=2025-01-01
-- with: zone=America/Los_Angeles or Europe/Berlin or Australia/Lord_Howe | period=this week | from=2024-12-30 |
--      to=2025-01-06
-- with: zone=America/Los_Angeles or Europe/Berlin | period=last 53 weeks | from=2023-12-25 | to=2024-12-30
-- with: zone=America/Los_Angeles | period=next 3 days | from=2025-01-01 | to=2025-01-04
-- with: zone=Europe/Berlin | period=next month | from=2025-02-01 | to=2025-03-01
-- with: zone=America/Los_Angeles | period=day 1 month ago | from=2024-11-30 | to=2024-12-01
-- with: zone=Europe/Berlin | period=from 2 months ago to yesterday | from=2024-11-01 | to=2025-01-01
-- with: zone=Europe/Berlin | period=last monday | from=2024-12-30 | to=2024-12-31
-- now: 2025-01-01T05:00:00Z
-- ask: snapshots, revenue for {period} tz {zone}
SELECT count(*), sum(revenue) / 100 FROM facts WHERE at >= pg_temp.at('{from}', '{zone}') AND at < pg_temp.at('{to}',
 '{zone}');

-- case: so far
-- with: zone=America/Los_Angeles | period=ytd | from=2024-01-01
-- with: zone=America/Los_Angeles | period=mtd | from=2024-12-01
-- with: zone=America/Los_Angeles | period=qtd | from=2024-10-01
-- with: zone=America/Los_Angeles or Europe/Berlin | period=wtd | from=2024-12-30
-- with: zone=Europe/Berlin | period=ytd or mtd or qtd | from=2025-01-01
-- with: zone=Australia/Lord_Howe | period=since yesterday until now | from=2024-12-31
-- now: 2025-01-01T05:00:00Z
-- ask: snapshots, revenue for {period} tz {zone}
SELECT count(*), sum(revenue) / 100 FROM facts WHERE at >= pg_temp.at('{from}', '{zone}') AND at < '2025-01-01 05:00Z';

-- case: lengths end now, and begin at the minute; a day back keeps the time of day, the first of two
-- with: period=7d | from=2024-10-28 08:29Z
-- with: period=24h | from=2024-11-03 09:29Z
-- with: period=90min | from=2024-11-04 07:59Z
-- with: period=1d | from=2024-11-03 08:29Z
-- with: period=2d | from=2024-11-02 08:29Z
-- with: period=2w | from=2024-10-21 08:29Z
-- with: period=1mo | from=2024-10-04 08:29Z
-- with: period=1q | from=2024-08-04 08:29Z
-- with: period=1y | from=2023-11-04 08:29Z
-- now: 2024-11-04T09:29:30Z
-- ask: snapshots, revenue for {period} tz America/Los_Angeles
SELECT count(*), sum(revenue) / 100 FROM facts WHERE at >= '{from}' AND at < '2024-11-04 09:29:30Z';

-- case: a length of days over the clock change keeps the time of day
-- now: 2024-11-04T09:29:30Z
-- ask: snapshots 7d tz America/Los_Angeles
SELECT count(*) FROM facts WHERE at >= pg_temp.at('2024-10-28 01:29', 'America/Los_Angeles')
 AND at < '2024-11-04 09:29:30Z';

-- case: the hour that comes twice, the first time
-- with: zone=America/Los_Angeles | period=this hour | from=2024-11-03 08:00Z | to=2024-11-03 09:00Z
-- with: zone=America/Los_Angeles | period=next hour | from=2024-11-03 09:00Z | to=2024-11-03 10:00Z
-- with: zone=America/Los_Angeles | period=last 3 hours | from=2024-11-03 05:00Z | to=2024-11-03 08:00Z
-- with: zone=Asia/Kolkata | period=this hour | from=2024-11-03 08:30Z | to=2024-11-03 09:30Z
-- now: 2024-11-03T08:59:59.999999Z
-- ask: snapshots for {period} tz {zone}
SELECT count(*) FROM facts WHERE at >= '{from}' AND at < '{to}';

-- case: and the second time
-- with: period=this hour | from=2024-11-03 09:00Z | to=2024-11-03 10:00Z
-- with: period=last hour or 1 hour ago | from=2024-11-03 08:00Z | to=2024-11-03 09:00Z
-- with: period=today | from=2024-11-03 07:00Z | to=2024-11-04 08:00Z
-- with: period=last 24 hours | from=2024-11-02 09:00Z | to=2024-11-03 09:00Z
-- with: period=last 30 minutes | from=2024-11-03 08:30Z | to=2024-11-03 09:00Z
-- now: 2024-11-03T09:00:00Z
-- ask: snapshots for {period} tz America/Los_Angeles
SELECT count(*) FROM facts WHERE at >= '{from}' AND at < '{to}';

-- case: a day of 23 hours, of 25, of 24 and a half and of 23 and a half
-- with: zone=Europe/Berlin | now=2024-03-31T00:59:59Z or 2024-03-31T01:00:00Z | day=2024-03-31
-- with: zone=Europe/Berlin | now=2024-10-27T00:30:00Z or 2024-10-27T01:30:00Z | day=2024-10-27
-- with: zone=Australia/Lord_Howe | now=2024-04-06T15:10:00Z or 2024-04-06T14:50:00Z | day=2024-04-07
-- with: zone=Australia/Lord_Howe | now=2024-10-05T15:29:59Z or 2024-10-05T15:30:00Z | day=2024-10-06
-- with: zone=America/Los_Angeles | now=2024-03-10T07:59:59.999999Z | day=2024-03-09
-- with: zone=America/Los_Angeles | now=2024-03-10T08:00:00Z or 2024-03-11T06:59:59.999999Z | day=2024-03-10
-- now: {now}
-- ask: snapshots today tz {zone}
SELECT count(*) FROM facts WHERE (at AT TIME ZONE '{zone}')::date = '{day}';

-- case: the leap day and the day after
-- with: now=2024-02-29T23:59:59.999999Z | period=today | from=2024-02-29 | to=2024-03-01
-- with: now=2024-03-01T00:00:00Z | period=yesterday | from=2024-02-29 | to=2024-03-01
-- with: now=2024-03-01T00:00:00Z | period=last month | from=2024-02-01 | to=2024-03-01
-- with: now=2024-03-31T12:00:00Z | period=day 1 month ago | from=2024-02-29 | to=2024-03-01
-- with: now=2025-02-28T12:00:00Z | period=1 year ago | from=2024-01-01 | to=2025-01-01
-- with: now=2025-02-28T12:00:00Z | period=day 1 year ago | from=2024-02-28 | to=2024-02-29
-- now: {now}
-- ask: snapshots for {period}
SELECT count(*) FROM facts WHERE at >= '{from}' AND at < '{to}';

-- case: a running period is cut where the data end or now is, and the one before it at the same point
-- now: 2024-11-03T18:15:00Z
-- ask: revenue this month vs last month tz UTC
-- columns: revenue revenue_previous revenue_diff revenue_change
WITH n AS (SELECT sum(revenue) / 100 AS r FROM facts WHERE at >= '2024-11-01' AND at < '2024-11-03 18:15Z'),
     b AS (SELECT sum(revenue) / 100 AS r FROM facts WHERE at >= '2024-10-01' AND at < '2024-10-03 18:15Z')
SELECT n.r, b.r, n.r - b.r, pg_temp.ratio(n.r - b.r, b.r) FROM n, b;

-- case: this day against the day a week before, cut at the same time of day
-- now: 2024-11-03T18:15:00Z
-- ask: snapshots today vs 7 days ago tz America/Los_Angeles
WITH n AS (SELECT count(*) AS r FROM facts WHERE at >= '2024-11-03 07:00Z' AND at < '2024-11-03 18:15Z'),
     b AS (SELECT count(*) AS r FROM facts WHERE at >= '2024-10-27 07:00Z' AND at < '2024-10-27 17:15Z')
SELECT n.r, b.r, n.r - b.r, pg_temp.ratio(n.r - b.r, b.r) FROM n, b;

-- case: a carried counter has no bucket that begins after now
-- now: 2024-06-15T12:00:00Z
-- ask: total_views by month for 2024
SELECT m, (SELECT sum(views) FROM pg_temp.latest(m + interval '1 month'))
  FROM generate_series('2024-01-01'::timestamptz, '2024-06-01', '1 month') AS m;

-- case: a counter of the period that runs
-- now: 2024-06-15T12:00:00Z
-- ask: views_gained this month
SELECT sum(more) FROM added WHERE at >= '2024-06-01' AND at < '2024-07-01';

-- case: no missing bucket is made that is still to come
-- now: 2024-08-10T12:00:00Z
-- ask: videos_with_cost by month for 2024-02..2024-09 where video_id = v14 fill
SELECT m, (SELECT NULLIF(count(DISTINCT video), 0) FROM facts WHERE video = 14 AND cost > 0 AND pg_temp.unit('month',
 at, 'UTC') = m)
  FROM generate_series('2024-02-01'::timestamptz, '2024-08-01', '1 month') AS m;

-- case: Cube's date strings
-- with: text=today | from=2024-11-03 | to=2024-11-04
-- with: text=yesterday | from=2024-11-02 | to=2024-11-03
-- with: text=this week | from=2024-10-28 | to=2024-11-04
-- with: text=last week | from=2024-10-21 | to=2024-10-28
-- with: text=last month | from=2024-10-01 | to=2024-11-01
-- with: text=this quarter | from=2024-10-01 | to=2025-01-01
-- with: text=last 7 days | from=2024-10-27 | to=2024-11-03
-- with: text=last 6 months | from=2024-05-01 | to=2024-11-01
-- with: text=from 7 days ago to now | from=2024-10-27 | to=2024-11-04
-- with: text=from 2024-03-10 to 2024-03-31 | from=2024-03-10 | to=2024-04-01
-- with: text=next week | from=2024-11-04 | to=2024-11-11
-- now: 2024-11-03T20:00:00Z
-- ask: {"measures": ["VideoPerformance.snapshots"], "timezone": "America/Los_Angeles",
--   "timeDimensions": [{"dimension": "VideoPerformance.snapshot_time", "dateRange": "{text}"}]}
SELECT count(*) FROM facts WHERE at >= pg_temp.at('{from}', 'America/Los_Angeles') AND at < pg_temp.at('{to}',
 'America/Los_Angeles');
