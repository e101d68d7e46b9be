-- Ranges: whole units of the zone, both ends included as written, at the borders of days, months, years and where the
-- clocks change; and the buckets of time.

-- case: units of the calendar
-- with: zone=America/Los_Angeles or Europe/Berlin or Asia/Kolkata or Australia/Lord_Howe | period=2024 |
--      from=2024-01-01 | to=2025-01-01
-- with: zone=America/Los_Angeles or Europe/Berlin or Australia/Lord_Howe | period=2024-Q1 | from=2024-01-01 |
--      to=2024-04-01
-- with: zone=America/Los_Angeles or Europe/Berlin or Australia/Lord_Howe | period=2024-Q4 | from=2024-10-01 |
--      to=2025-01-01
-- with: zone=America/Los_Angeles or Asia/Kolkata | period=2024-02 | from=2024-02-01 | to=2024-03-01
-- with: zone=America/Los_Angeles | period=2024-03-10 or 2024-03-10..2024-03-10 | from=2024-03-10 | to=2024-03-11
-- with: zone=America/Los_Angeles | period=2024-11-03 | from=2024-11-03 | to=2024-11-04
-- with: zone=Europe/Berlin | period=2024-03-31 | from=2024-03-31 | to=2024-04-01
-- with: zone=Europe/Berlin | period=2024-10-27 | from=2024-10-27 | to=2024-10-28
-- with: zone=Australia/Lord_Howe | period=2024-04-07 | from=2024-04-07 | to=2024-04-08
-- with: zone=Australia/Lord_Howe | period=2024-10-06 | from=2024-10-06 | to=2024-10-07
-- with: zone=Asia/Kolkata | period=2024-12-31 | from=2024-12-31 | to=2025-01-01
-- with: zone=Europe/Berlin | period=2023-12..2024-02 or from 2023-12 to 2024-02 | from=2023-12-01 | to=2024-03-01
-- with: zone=America/Los_Angeles | period=2024-Q4..2025 | from=2024-10-01 | to=2026-01-01
-- ask: snapshots, revenue for {period} tz {zone}
SELECT count(*), sum(revenue) / 100 FROM facts WHERE at >= pg_temp.at('{from}', '{zone}') AND at < pg_temp.at('{to}',
 '{zone}');

-- case: ranges open at an end
-- with: zone=America/Los_Angeles or Europe/Berlin or Australia/Lord_Howe | period=since 2024-11-03 | test=at >=
--      pg_temp.at('2024-11-03', '{zone}')
-- with: zone=America/Los_Angeles or Europe/Berlin or Australia/Lord_Howe | period=until 2024-03-31 | test=at <
--      pg_temp.at('2024-04-01', '{zone}')
-- with: zone=Europe/Berlin | period=until 2023 | test=at < pg_temp.at('2024-01-01', '{zone}')
-- with: zone=Asia/Kolkata | period=since 2024-Q4 until 2024-12-31 | test=at >= pg_temp.at('2024-10-01', '{zone}')
--      AND at < pg_temp.at('2025-01-01', '{zone}')
-- with: zone=Asia/Kolkata | period=all time | test=true
-- ask: snapshots, revenue {period} tz {zone}
SELECT count(*), sum(revenue) / 100 FROM facts WHERE {test};

-- case: times of day include their minute, second or millisecond
-- with: zone=UTC | period=2024-03-31T01:00 | from=2024-03-31 01:00Z | to=2024-03-31 01:01Z
-- with: zone=UTC | period=2024-03-31T00:59:59 | from=2024-03-31 00:59:59Z | to=2024-03-31 01:00:00Z
-- with: zone=Europe/Berlin | period=2024-03-31T00:00..2024-03-31T03:00 | from=2024-03-30 23:00Z | to=2024-03-31 01:01Z
-- with: zone=Europe/Berlin | period=2024-10-27T01:30..2024-10-27T03:00 | from=2024-10-26 23:30Z | to=2024-10-27 02:01Z
-- with: zone=America/Los_Angeles | period=2024-11-03T00:30..2024-11-03T02:00 | from=2024-11-03 07:30Z |
--      to=2024-11-03 10:01Z
-- with: zone=America/Los_Angeles | period=2024-03-10T01:30..2024-03-10T03:30 | from=2024-03-10 09:30Z |
--      to=2024-03-10 10:31Z
-- with: zone=Australia/Lord_Howe | period=2024-10-06T01:30..2024-10-06T03:00 | from=2024-10-05 15:00Z |
--      to=2024-10-05 16:01Z
-- with: zone=America/Los_Angeles | period=2024-01-01T00:00Z..2024-01-01T12:00Z | from=2024-01-01 00:00Z |
--      to=2024-01-01 12:01Z
-- with: zone=Asia/Kolkata | period=2024-01-01T00:00+02:00 | from=2023-12-31 22:00Z | to=2023-12-31 22:01Z
-- ask: snapshots for {period} tz {zone}
SELECT count(*) FROM facts WHERE at >= '{from}' AND at < '{to}';

-- case: the hour that is skipped is no time
-- ask: snapshots for 2024-03-10T02:00..2024-03-10T02:59 tz America/Los_Angeles
SELECT 0;

-- case: the border lies between two microseconds
-- with: day=2024-02-29 | zone=Europe/Berlin
-- with: day=2024-12-31 or 2025-01-01 | zone=UTC or America/Los_Angeles
-- ask: snapshots for {day} where video_id = v15 tz {zone}
SELECT count(*) FROM facts WHERE video = 15 AND (at AT TIME ZONE '{zone}')::date = '{day}';

-- case: buckets
-- with: unit=day or week or month or quarter or year | zone=America/Los_Angeles or Europe/Berlin or Australia/Lord_Howe
-- ask: snapshots, revenue by {unit} tz {zone}
SELECT pg_temp.unit('{unit}', at, '{zone}'), count(*), sum(revenue) / 100 FROM facts GROUP BY 1 ORDER BY 1;

-- case: hours, the doubled one as two, half hours of other zones kept
-- with: zone=America/Los_Angeles | day=2024-11-03 or 2024-03-10
-- with: zone=Europe/Berlin | day=2024-10-27 or 2024-03-31
-- with: zone=Asia/Kolkata | day=2024-03-31
-- ask: snapshots by hour for {day} where video_id in (v13, v14) tz {zone}
SELECT date_trunc('hour', at, '{zone}'), count(*) FROM facts
 WHERE video IN (13, 14) AND (at AT TIME ZONE '{zone}')::date = '{day}' GROUP BY 1 ORDER BY 1;

-- case: days around the doubled half hour
-- ask: snapshots, revenue by day for 2024-04-06..2024-04-08 tz Australia/Lord_Howe
SELECT pg_temp.unit('day', at, 'Australia/Lord_Howe'), count(*), sum(revenue) / 100 FROM facts
 WHERE at >= '2024-04-05 13:00Z' AND at < '2024-04-08 13:30Z' GROUP BY 1 ORDER BY 1;

-- case: minutes
-- ask: snapshots by snapshot_time.minute for 2024-01-01T00:00..2024-01-01T00:59 where video_id in (v13, v14, v15)
SELECT date_trunc('minute', at), count(*) FROM facts WHERE video BETWEEN 13 AND 15 AND at >= '2024-01-01'
 AND at < '2024-01-01 01:00' GROUP BY 1 ORDER BY 1;

-- case: two granularities at once
-- ask: snapshots by month, week for 2024-02 tz America/Los_Angeles
SELECT pg_temp.unit('month', at, 'America/Los_Angeles'), pg_temp.unit('week', at, 'America/Los_Angeles'), count(*)
 FROM facts
 WHERE at >= '2024-02-01 08:00Z' AND at < '2024-03-01 08:00Z' GROUP BY 1, 2 ORDER BY 1, 2;

-- case: another time than the default one, in its buckets
-- ask: videos by published_at.month tz America/Los_Angeles
SELECT pg_temp.unit('month', published_at, 'America/Los_Angeles'), count(DISTINCT video) FROM facts GROUP BY 1
 ORDER BY 1;

-- case: a range of another time than the default one
-- ask: videos for published_at in 2024-Q1 tz America/Los_Angeles
SELECT count(DISTINCT video) FROM facts WHERE published_at >= '2024-01-01 08:00Z'
 AND published_at < '2024-04-01 07:00Z';

-- case: the date's own words, on the zone's day
-- ask: snapshots by dates.is_weekend, dates.day_name for 2024-03 tz America/Los_Angeles order by dates.is_weekend,
--      dates.day_name
SELECT extract(isodow FROM at AT TIME ZONE 'America/Los_Angeles') >= 6,
 trim(to_char(at AT TIME ZONE 'America/Los_Angeles', 'Day')), count(*) FROM facts
 WHERE at >= '2024-03-01 08:00Z' AND at < '2024-04-01 07:00Z' GROUP BY 1, 2 ORDER BY 1, 2;

-- case: ISO week with ISO year
-- ask: snapshots by dates.iso_year, dates.iso_week for 2024-12-28..2025-01-07 order by dates.iso_year, dates.iso_week
SELECT extract(isoyear FROM at), extract(week FROM at), count(*) FROM facts WHERE at >= '2024-12-28'
 AND at < '2025-01-08' GROUP BY 1, 2 ORDER BY 1, 2;

-- case: days of facts that have days are no zone's
-- with: zone=UTC or America/Los_Angeles or Australia/Lord_Howe
-- ask: daily_views by metric_date.month for 2024-01..2024-03 tz {zone}
SELECT date_trunc('month', metric_date)::date, sum(total_views) FROM analytics.fact_channel_daily
 WHERE metric_date < '2024-04-01' GROUP BY 1 ORDER BY 1;
