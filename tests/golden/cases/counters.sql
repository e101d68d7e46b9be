-- Counters: the latest reading of each video, by three rules; what was added, by three baselines.

-- case: the latest of each video
-- ask: total_views
SELECT sum(views) FROM pg_temp.latest('infinity');

-- case: a silent video keeps its last, a range's start plays no part
-- with: range=2024-12-01..2024-12-31 | to=2025-01-01
-- with: range=2024-12-31 | to=2025-01-01
-- with: range=until 2024-06-30 | to=2024-07-01
-- with: range=2024-03 | to=2024-04-01
-- ask: total_views for {range}
SELECT sum(views) FROM pg_temp.latest('{to}');

-- case: before the first reading there is nothing known
-- ask: total_views for 2022
SELECT NULL;

-- case: what retention kept is read, and is no row
-- ask: total_views, snapshots until 2023-11-30
SELECT sum(views), 0 FROM ops.counter_base;

-- case: the zone's own end of the range
-- with: zone=America/Los_Angeles or Europe/Berlin or Australia/Lord_Howe | day=2024-03-10 or 2024-11-02 or 2024-12-31
-- ask: total_views until {day} tz {zone}
SELECT sum(views) FROM pg_temp.latest(pg_temp.at(date '{day}' + 1, '{zone}'));

-- case: placed where the latest reading stands
-- ask: total_views by niche
SELECT niche, sum(views) FROM pg_temp.latest('infinity') GROUP BY 1 ORDER BY 2 DESC;

-- case: as they stood while a video was away
-- ask: total_views by niche until 2024-06-30
SELECT niche, sum(views) FROM pg_temp.latest('2024-07-01') GROUP BY 1 ORDER BY 2 DESC;

-- case: a test of rows tests the picked one
-- with: niche=Music or Gaming
-- ask: total_views for 2024-07 where niche = {niche}
SELECT sum(views) FROM pg_temp.latest('2024-08-01') WHERE niche = '{niche}';

-- case: a test of what is constant for the video
-- ask: total_views by content_type for 2024-07 where category = Gaming and duration > 60
SELECT content_type, sum(views) FROM pg_temp.latest('2024-08-01') WHERE category = 'Gaming' AND duration > 60
 GROUP BY 1 ORDER BY 2 DESC;

-- case: tests joined by or, of both kinds
-- ask: total_views for 2024-07 where niche = Music or category = Gaming
SELECT sum(views) FROM pg_temp.latest('2024-08-01') WHERE niche = 'Music' OR category = 'Gaming';

-- case: a segment tests the picked reading
-- ask: total_views by category for 2024 segment viral_videos order by category
SELECT category, sum(views) FROM pg_temp.latest('2025-01-01')
 WHERE views > 0 AND round((coalesce(likes, 0) + coalesce(comments, 0) + coalesce(shares, 0))::numeric / views,
 4) > 0.10 GROUP BY 1 ORDER BY 1;

-- case: channels of one name, as one and as two
-- ask: total_views by channel_name for 2024-07
SELECT channel_name, sum(views) FROM pg_temp.latest('2024-08-01') GROUP BY 1 ORDER BY 2 DESC;

-- case: channels of one name stay two
-- ask: total_views by channel for 2024-07
SELECT channel_name, sum(views) FROM pg_temp.latest('2024-08-01') GROUP BY channel_id, 1 ORDER BY 2 DESC;

-- case: carried along months, each to its end
-- ask: total_views by month
SELECT m, (SELECT sum(views) FROM pg_temp.latest(m + interval '1 month'))
  FROM generate_series('2023-06-01'::timestamptz, '2025-01-01', '1 month') AS m;

-- case: carried along months on a calendar with clock changes
-- with: zone=America/Los_Angeles or Australia/Lord_Howe
-- ask: total_views by month for 2024 tz {zone}
SELECT pg_temp.at(m, '{zone}'), (SELECT sum(views) FROM pg_temp.latest(pg_temp.at(m + interval '1 month', '{zone}')))
  FROM generate_series('2024-01-01'::timestamp, '2024-12-01', '1 month') AS m;

-- case: carried along days over a clock change, with days that have no row
-- with: zone=America/Los_Angeles | first=2024-03-08 | last=2024-03-14
-- with: zone=Europe/Berlin | first=2024-10-24 | last=2024-10-31
-- ask: total_views by day for {first}..{last} tz {zone}
SELECT pg_temp.at(d, '{zone}'), (SELECT sum(views) FROM pg_temp.latest(pg_temp.at(d + interval '1 day', '{zone}')))
  FROM generate_series('{first}'::timestamp, '{last}', '1 day') AS d;

-- case: carried along hours, of which one comes twice
-- ask: total_views by hour for 2024-11-03T00:00..2024-11-03T03:59 tz America/Los_Angeles
SELECT h, (SELECT sum(views) FROM pg_temp.latest(h + interval '1 hour'))
  FROM generate_series('2024-11-03 07:00Z'::timestamptz, '2024-11-03 11:00Z', '1 hour') AS h;

-- case: carried by group and month: a group that is left is gone
-- ask: total_views by month, niche for 2024
SELECT m, l.niche, sum(l.views) FROM generate_series('2024-01-01'::timestamptz, '2024-12-01', '1 month') AS m,
 pg_temp.latest(m + interval '1 month') AS l
 GROUP BY 1, 2 ORDER BY 1, 2;

-- case: carried by month under a test that a move changes
-- ask: total_views by month for 2024-04..2024-11 where channel_id = UC-c
SELECT m, sum(l.views) FROM generate_series('2024-04-01'::timestamptz, '2024-11-01', '1 month') AS m,
 pg_temp.latest(m + interval '1 month') AS l
 WHERE l.channel_id = 'UC-c' GROUP BY 1 ORDER BY 1;

-- case: other counters skip what they do not know, each by itself
-- ask: total_likes, total_comments, total_shares, total_dislikes for 2024
WITH f AS (SELECT video, at, likes, comments, shares, dislikes FROM facts WHERE at < '2025-01-01' UNION ALL
           SELECT video_key, "timestamp", likes, comments, shares, dislikes FROM ops.counter_base)
SELECT (SELECT sum(x) FROM (SELECT DISTINCT ON (video) likes AS x FROM f WHERE likes IS NOT NULL ORDER BY video,
 at DESC) AS a),
       (SELECT sum(x) FROM (SELECT DISTINCT ON (video) comments AS x FROM f WHERE comments IS NOT NULL
       ORDER BY video, at DESC) AS a),
       (SELECT sum(x) FROM (SELECT DISTINCT ON (video) shares AS x FROM f WHERE shares IS NOT NULL ORDER BY video,
       at DESC) AS a),
       (SELECT sum(x) FROM (SELECT DISTINCT ON (video) dislikes AS x FROM f WHERE dislikes IS NOT NULL
       ORDER BY video, at DESC) AS a);

-- case: a rate of the latest readings, never a mean of rates
-- ask: engagement_rate, total_interactions by content_type for 2024 order by content_type
SELECT content_type, pg_temp.ratio(sum(coalesce(likes, 0) + coalesce(comments, 0) + coalesce(shares, 0)), sum(views)),
       sum(coalesce(likes, 0) + coalesce(comments, 0) + coalesce(shares, 0))
  FROM pg_temp.latest('2025-01-01') GROUP BY 1 ORDER BY 1;

-- case: period: only videos that were read inside it
-- with: range=2024-05 | from=2024-05-01 | to=2024-06-01
-- with: range=2024-12-29..2025-01-02 | from=2024-12-29 | to=2025-01-03
-- with: range=2023 | from=2023-01-01 | to=2024-01-01
-- ask: total_views_period for {range}
SELECT sum(views) FROM pg_temp.latest('{to}') WHERE at >= '{from}';

-- case: period by month: the latest inside each
-- ask: total_views_period by month for 2024
SELECT m, sum(l.views) FROM generate_series('2024-01-01'::timestamptz, '2024-12-01', '1 month') AS m,
 pg_temp.latest(m + interval '1 month') AS l
 WHERE l.at >= m GROUP BY 1 ORDER BY 1;

-- case: period by week and group, ends of the range cut the week
-- ask: total_views_period by week, channel_id for 2024-06-05..2024-06-20
SELECT date_trunc('week', m), l.channel_id, sum(l.views)
  FROM (VALUES ('2024-06-05'::timestamptz, '2024-06-10'::timestamptz), ('2024-06-10', '2024-06-17'), ('2024-06-17',
  '2024-06-21')) AS w (m, z),
       pg_temp.latest(z) AS l
 WHERE l.at >= m GROUP BY 1, 2 ORDER BY 1, 2;

-- case: exact: only videos read at the last moment of any
-- with: range=2024-11-03 | to=2024-11-04 | from=2024-11-03
-- with: range=2024-05 | to=2024-06-01 | from=2024-05-01
-- with: range=2024-12-31 | to=2025-01-01 | from=2024-12-31
-- ask: total_views_exact for {range}
SELECT sum(views) FROM seen WHERE views IS NOT NULL
   AND at = (SELECT max(at) FROM seen WHERE views IS NOT NULL AND at >= '{from}' AND at < '{to}');

-- case: exact by month
-- ask: total_views_exact by month for 2024
SELECT m, (SELECT sum(views) FROM seen WHERE views IS NOT NULL AND at = (SELECT max(at) FROM seen
 WHERE views IS NOT NULL AND at >= m AND at < m + interval '1 month'))
  FROM generate_series('2024-01-01'::timestamptz, '2024-12-01', '1 month') AS m;

-- case: the three rules beside each other
-- ask: Snaps.carried, Snaps.inside, Snaps.together for 2024-06-20..2024-06-29
SELECT (SELECT sum(views) FROM pg_temp.latest('2024-06-30')), (SELECT sum(views) FROM pg_temp.latest('2024-06-30')
 WHERE at >= '2024-06-20'),
       (SELECT sum(views) FROM seen WHERE views IS NOT NULL AND at = (SELECT max(at) FROM seen
       WHERE views IS NOT NULL AND at < '2024-06-30'));

-- case: a measure's own filter tests the picked reading
-- ask: Snaps.carried_big by Snaps.channel_id until 2024-06-30
SELECT channel_id, sum(views) FILTER (WHERE views >= 5000) FROM pg_temp.latest('2024-07-01') GROUP BY 1
 ORDER BY 2 DESC NULLS LAST, 1;

-- case: what was added, corrections taken away
-- with: range=2024 | from=2024-01-01 | to=2025-01-01
-- with: range=2024-01-29..2024-02-04 | from=2024-01-29 | to=2024-02-05
-- with: range=2024-03-10 | from=2024-03-10 | to=2024-03-11
-- with: range=all time | from=-infinity | to=infinity
-- ask: views_gained {range}
SELECT sum(more) FROM added WHERE at >= '{from}' AND at < '{to}';

-- case: what was added by day, days without a reading left out
-- ask: views_gained by day for 2024-01-25..2024-02-20
SELECT date_trunc('day', at), sum(more) FROM added WHERE at >= '2024-01-25' AND at < '2024-02-21' GROUP BY 1 ORDER BY 1;

-- case: what was added by week in a zone
-- with: zone=America/Los_Angeles or Australia/Lord_Howe
-- ask: views_gained by week for 2024-03 tz {zone}
SELECT pg_temp.unit('week', at, '{zone}'), sum(more) FROM added
 WHERE at >= pg_temp.at('2024-03-01', '{zone}') AND at < pg_temp.at('2024-04-01', '{zone}') GROUP BY 1 ORDER BY 1;

-- case: what was added is booked where the later reading stands
-- ask: views_gained by channel_id, month for 2024-05..2024-09 where video_id = v03
SELECT channel_id, date_trunc('month', at), sum(more) FROM added WHERE video = 3 AND at >= '2024-05-01'
 AND at < '2024-10-01'
 GROUP BY 1, 2 ORDER BY 2, 1;

-- case: a test of rows keeps the baseline from rows that do not pass
-- ask: views_gained for 2024 where channel_id = UC-c
SELECT sum(more) FROM added WHERE channel_id = 'UC-c' AND at >= '2024-01-01' AND at < '2025-01-01';

-- case: a first sighting counts whole, or nothing, or whole where the video was published inside
-- ask: Snaps.more, Snaps.more_zero, Snaps.more_published for 2024
SELECT sum(more), sum(CASE WHEN is_first THEN views ELSE more END),
       sum(CASE WHEN is_first AND published_at >= '2024-01-01' AND published_at < '2025-01-01' THEN views ELSE more END)
  FROM added WHERE at >= '2024-01-01' AND at < '2025-01-01';

-- case: of a video published in the range, by month
-- ask: views_since_publish by month for 2024-01..2024-06
SELECT date_trunc('month', at), sum(CASE WHEN is_first AND published_at >= '2024-01-01'
 AND published_at < '2024-07-01' THEN views ELSE more END)
  FROM added WHERE at >= '2024-01-01' AND at < '2024-07-01' GROUP BY 1 ORDER BY 1;

-- case: what was added and where it stands agree
-- ask: views_gained for 2024-02..2024-10
SELECT (SELECT sum(views) FROM pg_temp.latest('2024-11-01')) - (SELECT sum(views) FROM pg_temp.latest('2024-02-01'))
       - (SELECT sum(views) FROM added WHERE is_first AND at >= '2024-02-01' AND at < '2024-11-01');

-- case: likes, that are unknown now and then
-- ask: likes_gained by video_id for 2024-02..2024-03 where video_id in (v01, v02, v08) order by video_id
WITH l AS (SELECT video_id, at, likes - lag(likes) OVER (PARTITION BY video ORDER BY at) AS more FROM facts
 WHERE likes IS NOT NULL)
SELECT video_id, sum(more) FROM l WHERE at >= '2024-02-01' AND at < '2024-04-01' AND video_id IN ('v01', 'v02',
 'v08') GROUP BY 1 ORDER BY 1;

-- case: subscribers, a counter by day, carried over days that are missing
-- with: day=day or metric_date
-- ask: subscribers by {day} for 2024-07-10..2024-07-24
SELECT d::date, (SELECT sum(n) FROM (SELECT DISTINCT ON (channel_id) subscriber_count AS n
 FROM analytics.fact_channel_daily
                                      WHERE subscriber_count IS NOT NULL AND metric_date <= d ORDER BY channel_id,
                                      metric_date DESC) AS l)
  FROM generate_series('2024-07-10'::timestamp, '2024-07-24', '1 day') AS d;

-- case: subscribers that came, net of corrections
-- ask: subscribers_increase by channel_id for 2024-02 order by channel_id
WITH l AS (SELECT channel_id, metric_date, subscriber_count - lag(subscriber_count) OVER (PARTITION BY channel_id
 ORDER BY metric_date) AS more
             FROM analytics.fact_channel_daily WHERE subscriber_count IS NOT NULL)
SELECT channel_id, sum(more) FROM l WHERE metric_date >= '2024-02-01' AND metric_date < '2024-03-01' GROUP BY 1
 ORDER BY 1;

-- case: a counter and a sum side by side, each by its rule
-- ask: total_views, views_gained, revenue, snapshots by month for 2024-02..2024-04
SELECT m, (SELECT sum(views) FROM pg_temp.latest(m + interval '1 month')),
       (SELECT sum(more) FROM added WHERE date_trunc('month', at) = m), (SELECT sum(revenue) / 100 FROM facts
       WHERE date_trunc('month', at) = m),
       (SELECT count(*) FROM facts WHERE date_trunc('month', at) = m)
  FROM generate_series('2024-02-01'::timestamptz, '2024-04-01', '1 month') AS m;

-- case: revenue for a thousand views
-- ask: revenue_per_thousand_views by month for 2024-02..2024-04
SELECT m, pg_temp.ratio(1000 * (SELECT sum(revenue) / 100 FROM facts WHERE date_trunc('month', at) = m),
                        (SELECT sum(more) FROM added WHERE date_trunc('month', at) = m))
  FROM generate_series('2024-02-01'::timestamptz, '2024-04-01', '1 month') AS m;

-- case: who has views at all, tested on the cell
-- ask: total_views by video_id for 2024-04 having total_views > 9000 order by total_views
SELECT video_id, l.views FROM pg_temp.latest('2024-05-01') AS l JOIN (SELECT DISTINCT video, video_id FROM facts)
 AS v USING (video)
 WHERE l.views > 9000 ORDER BY 2 DESC;
