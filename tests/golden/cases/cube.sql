-- Cube's REST query as it is, and the body that answers it.

-- case: operators of texts
-- with: say=equals","values":["Gaming"] | test=category = 'Gaming'
-- with: say=equals","values":["Gaming",null] | test=category = 'Gaming' OR category IS NULL
-- with: say=equals","values":["Gaming","Music"] | test=category IN ('Gaming', 'Music')
-- with: say=equals","values":[null] | test=category IS NULL
-- with: say=notEquals","values":["Gaming"] | test=category IS DISTINCT FROM 'Gaming'
-- with: say=notEquals","values":["Gaming",null] | test=category <> 'Gaming'
-- with: say=notEquals","values":["Gaming","Music"] | test=category NOT IN ('Gaming', 'Music') OR category IS NULL
-- with: say=in","values":["Gaming","nobody"] | test=category = 'Gaming'
-- with: say=notIn","values":["Gaming","nobody"] | test=category IS DISTINCT FROM 'Gaming'
-- with: say=contains","values":["MUS","tech"] | test=category ~* 'mus' OR category ~* 'tech'
-- with: say=notContains","values":["mus"] | test=category IS NULL OR category !~* 'mus'
-- with: say=startsWith","values":["gam"] | test=category ~* '^gam'
-- with: say=notStartsWith","values":["gam"] | test=category IS NULL OR category !~* '^gam'
-- with: say=endsWith","values":["IC"] | test=category ~* 'ic$'
-- with: say=notEndsWith","values":["ic","gy"] | test=category IS NULL OR category !~* '(ic|gy)$'
-- with: say=set" | test=category IS NOT NULL
-- with: say=notSet" | test=category IS NULL
-- ask: {"measures":["VideoPerformance.snapshots"], "dimensions":["VideoPerformance.category"],
--   "filters":[{"member":"VideoPerformance.category", "operator":"{say}}]}
SELECT category, count(*) FROM facts WHERE {test} GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: operators of numbers
-- with: say=gt","values":["60"] | test=duration > 60
-- with: say=gte","values":[60] | test=duration >= 60
-- with: say=lt","values":[60.5] | test=duration < 60.5
-- with: say=lte","values":["60"] | test=duration <= 60
-- with: say=equals","values":["60","61"] | test=duration IN (60, 61)
-- with: say=notEquals","values":["60"] | test=duration IS DISTINCT FROM 60
-- ask: {"measures":["VideoPerformance.videos"], "filters":[{"member":"VideoPerformance.duration", "operator":"{say}}]}
SELECT count(DISTINCT video) FROM facts WHERE {test};

-- case: operators of times, on a calendar with clock changes
-- with: say=inDateRange","values":["2024-03-10","2024-11-03"] | test=d >= '2024-03-10' AND d < '2024-11-04'
-- with: say=inDateRange","values":["2024-11-03"] | test=d >= '2024-11-03' AND d < '2024-11-04'
-- with: say=notInDateRange","values":["2024-03-10","2024-11-03"] | test=(d >= '2024-03-10' AND d < '2024-11-04') IS
--      NOT TRUE
-- with: say=onTheDate","values":["2024-11-03"] | test=d >= '2024-11-03' AND d < '2024-11-04'
-- with: say=beforeDate","values":["2024-03-10"] | test=d < '2024-03-10'
-- with: say=beforeOrOnDate","values":["2024-03-10"] | test=d < '2024-03-11'
-- with: say=afterDate","values":["2024-03-10"] | test=d >= '2024-03-11'
-- with: say=afterOrOnDate","values":["2024-03-10"] | test=d >= '2024-03-10'
-- ask: {"measures":["VideoPerformance.videos"], "timezone":"America/Los_Angeles",
--   "filters":[{"member":"VideoPerformance.published_at", "operator":"{say}}]}
WITH f AS (SELECT video, published_at AT TIME ZONE 'America/Los_Angeles' AS d
 FROM facts) SELECT count(DISTINCT video) FROM f WHERE {test};

-- case: true and false
-- ask: {"measures":["Videos.video_count"], "filters":[{"member":"Videos.is_monetized", "operator":"equals",
--      "values":["true"]}]}
SELECT count(*) FROM analytics.dim_video WHERE is_monetized;

-- case: or within and
-- ask: {"measures":["VideoPerformance.snapshots"], "filters":[{"or":[{"member":"VideoPerformance.niche",
--      "operator":"notSet"},
--   {"and":[{"member":"VideoPerformance.niche", "operator":"startsWith", "values":["gam"]},
--   {"dimension":"VideoPerformance.duration", "operator":"gt", "values":["100"]}]}]},
--   {"member":"VideoPerformance.category", "operator":"set"}]}
SELECT count(*) FROM facts WHERE (niche IS NULL OR (niche ILIKE 'gam%' AND duration > 100)) AND category IS NOT NULL;

-- case: a filter on a measure
-- ask: {"measures":["VideoPerformance.snapshots"], "dimensions":["VideoPerformance.video_id"],
--   "filters":[{"member":"VideoPerformance.snapshots", "operator":"gte", "values":["100"]}]}
SELECT video_id, count(*) FROM facts GROUP BY 1 HAVING count(*) >= 100 ORDER BY 2 DESC, 1;

-- case: filters on a measure and a dimension beside each other
-- ask: {"measures":["VideoPerformance.revenue"], "dimensions":["VideoPerformance.video_id"],
--   "filters":[{"member":"VideoPerformance.revenue", "operator":"set"},
--   {"member":"VideoPerformance.video_id", "operator":"notEquals", "values":["v04"]}]}
SELECT video_id, sum(revenue) / 100 FROM facts WHERE video <> 4 GROUP BY 1 HAVING sum(revenue) IS NOT NULL
 ORDER BY 2 DESC;

-- case: order as an object
-- ask: {"measures":["VideoPerformance.videos", "VideoPerformance.snapshots"],
--      "dimensions":["VideoPerformance.content_type"],
--   "order":{"VideoPerformance.videos":"asc", "VideoPerformance.content_type":"desc"}}
SELECT content_type, count(DISTINCT video), count(*) FROM facts GROUP BY 1 ORDER BY 2, 1 DESC NULLS LAST;

-- case: order as pairs
-- ask: {"measures":["VideoPerformance.videos", "VideoPerformance.snapshots"],
--      "dimensions":["VideoPerformance.content_type"],
--   "order":[["VideoPerformance.content_type", "desc"],["VideoPerformance.videos", "asc"]]}
SELECT content_type, count(DISTINCT video), count(*) FROM facts GROUP BY 1 ORDER BY 1 DESC NULLS LAST, 2;

-- case: limit and offset
-- ask: {"measures":["VideoPerformance.snapshots"], "dimensions":["VideoPerformance.video_id"], "limit":3, "offset":1,
--   "order":[["VideoPerformance.snapshots", "desc"],["VideoPerformance.video_id", "asc"]]}
SELECT video_id, count(*) FROM facts GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3 OFFSET 1;

-- case: time dimensions in Cube's zone
-- with: unit=day or week or month or quarter or year | zone=America/Los_Angeles or Australia/Lord_Howe
-- ask: {"measures":["VideoPerformance.snapshots"], "timezone":"{zone}", "timeDimensions":[{"dimension":
--   "VideoPerformance.snapshot_time", "granularity":"{unit}", "dateRange":["2024-10-05", "2024-11-05"]}]}
-- format: cube
-- columns: VideoPerformance.snapshot_time.{unit} VideoPerformance.snapshot_time VideoPerformance.snapshots
SELECT to_char(d, 'YYYY-MM-DD"T"HH24:MI:SS.MS'), to_char(d, 'YYYY-MM-DD"T"HH24:MI:SS.MS'), n
 FROM (SELECT date_trunc('{unit}', at AT TIME ZONE '{zone}') AS d, count(*) AS n FROM facts
 WHERE at >= pg_temp.at('2024-10-05', '{zone}') AND at < pg_temp.at('2024-11-06', '{zone}') GROUP BY 1) AS g ORDER BY d;

-- case: a time dimension without a granularity is a range alone
-- ask: {"measures":["VideoPerformance.snapshots"], "timeDimensions":[{"dimension":"VideoPerformance.snapshot_time",
--   "dateRange":["2024-03-10T12:00:00.000", "2024-03-11T11:59:59.999"]}]}
SELECT count(*) FROM facts WHERE at >= '2024-03-10 12:00' AND at < '2024-03-11 12:00';

-- case: two periods side by side
-- ask: {"measures":["VideoPerformance.snapshots"], "timeDimensions":[{"dimension":"VideoPerformance.snapshot_time",
--   "compareDateRange":[["2024-03-01", "2024-03-31"],["2024-02-01", "2024-02-29"]]}]}
-- columns: snapshots snapshots_previous snapshots_diff snapshots_change
WITH a AS (SELECT count(*) AS n FROM facts WHERE date_trunc('month', at) = '2024-03-01'), b AS (SELECT count(*) AS n
 FROM facts WHERE date_trunc('month', at) = '2024-02-01')
SELECT a.n, b.n, a.n - b.n, pg_temp.ratio(a.n - b.n, b.n) FROM a, b;

-- case: three periods side by side, bucket by bucket
-- ask: {"measures":["VideoPerformance.snapshots"], "timeDimensions":[{"dimension":"VideoPerformance.snapshot_time",
--      "granularity":"day",
--   "compareDateRange":[["2024-03-10", "2024-03-11"],["2024-11-02", "2024-11-03"],["2024-10-26", "2024-10-27"]]}]}
WITH c AS (SELECT date '2024-03-10' + n AS d, (SELECT count(*) FROM facts WHERE at::date = date '2024-03-10' + n) AS x,
                  (SELECT count(*) FROM facts WHERE at::date = date '2024-11-02' + n) AS y, (SELECT count(*)
                  FROM facts WHERE at::date = date '2024-10-26' + n) AS z
             FROM generate_series(0, 1) AS n)
SELECT d::timestamptz, x, y, x - y, pg_temp.ratio(x - y, y), z, x - z, pg_temp.ratio(x - z, z) FROM c ORDER BY 1;

-- case: segments
-- ask: {"measures":["Snaps.rows"], "segments":["Snaps.costly"]}
SELECT count(*) FROM facts WHERE cost >= 2;

-- case: rows as they are
-- ask: {"measures":["VideoPerformance.revenue", "VideoPerformance.snapshots"],
--      "dimensions":["VideoPerformance.video_id",
--   "VideoPerformance.snapshot_time"], "ungrouped":true, "limit":5, "order":[["VideoPerformance.snapshot_time", "asc"],
--   ["VideoPerformance.video_id", "asc"]]}
SELECT video_id, at, revenue / 100, 1 FROM facts ORDER BY at, video_id LIMIT 5;

-- case: rows as they are, tested
-- ask: {"measures":["VideoPerformance.total_views"], "dimensions":["VideoPerformance.snapshot_time"], "ungrouped":true,
--   "filters":[{"member":"VideoPerformance.video_id", "operator":"equals", "values":["v15"]}],
--   "order":{"VideoPerformance.snapshot_time":"desc"}, "limit":4}
SELECT at, views FROM facts WHERE video = 15 ORDER BY at DESC LIMIT 4;

-- case: dimensions alone
-- ask: {"dimensions":["VideoPerformance.niche", "VideoPerformance.channel_id"],
--      "order":{"VideoPerformance.channel_id":"asc", "VideoPerformance.niche":"asc"}}
SELECT DISTINCT niche, channel_id FROM facts ORDER BY 2, 1;

-- case: the three forms of the body, numbers as texts, NULL as null
-- with: form=default or compact or columnar
-- ask: {"measures":["VideoPerformance.snapshots", "VideoPerformance.revenue"], "dimensions":["VideoPerformance.niche"],
--   "responseFormat":"{form}", "order":{"VideoPerformance.snapshots":"desc"}}
-- format: cube
-- columns: VideoPerformance.niche VideoPerformance.snapshots VideoPerformance.revenue
SELECT niche, count(*), sum(revenue) / 100 FROM facts GROUP BY 1 ORDER BY 2 DESC;

-- case: an answer without rows
-- with: form=default or compact
-- ask: {"measures":["VideoPerformance.snapshots"], "dimensions":["VideoPerformance.niche"], "responseFormat":"{form}",
--   "timeDimensions":[{"dimension":"VideoPerformance.snapshot_time", "dateRange":"2020-01-01"}]}
-- format: cube
-- empty
SELECT 1, 2 WHERE false;

-- case: what Cube lacks
-- ask: {"measures":["VideoPerformance.snapshots"], "dimensions":["VideoPerformance.content_type"], "ytempire":{
--   "top":"1 with other", "total":true, "where":"title like '%live%'"}}
(SELECT 'row', content_type, count(*) FROM facts WHERE title ~ 'live' GROUP BY 2 ORDER BY 3 DESC LIMIT 1)
UNION ALL SELECT 'total', NULL, count(*) FROM facts WHERE title ~ 'live';
