-- Dimensions that are shown by a name and told apart by a key; names that are unknown, empty, or strange.

-- case: two channels of one name, one without a name, none at all
-- ask: cost_entries, total_cost by Costs.channel
SELECT channel_name, count(*), sum(cents) / 100 FROM costs GROUP BY channel_id, 1 ORDER BY 2 DESC, 1, channel_id;

-- case: the same along time
-- ask: cost_entries by Costs.channel, month for 2024-01..2024-03
SELECT channel_name, date_trunc('month', at), count(*) FROM costs WHERE at >= '2024-01-01' AND at < '2024-04-01'
 GROUP BY channel_id, 1, 2 ORDER BY 2, 1, channel_id;

-- case: top, other and total by key
-- ask: cost_entries by Costs.channel top 3 with other total
WITH g AS (SELECT channel_id, channel_name, count(*) AS n, row_number() OVER (ORDER BY count(*) DESC, channel_name,
 channel_id) AS r FROM costs GROUP BY 1, 2)
(SELECT 'row', channel_name, n FROM g WHERE r <= 3 ORDER BY r) UNION ALL SELECT 'other', NULL, sum(n) FROM g
 WHERE r > 3 UNION ALL SELECT 'total', NULL, sum(n) FROM g;

-- case: shares by key
-- ask: cost_entries.share by Costs.channel
SELECT channel_name, pg_temp.ratio(count(*), (SELECT count(*) FROM costs)) FROM costs GROUP BY channel_id, 1
 ORDER BY count(*) DESC, 1, channel_id;

-- case: a period beside another by key
-- ask: cost_entries by Costs.channel for 2024-02 vs previous
WITH g AS (SELECT channel_id, channel_name, NULLIF(count(*) FILTER (WHERE at >= '2024-02-01'), 0) AS x,
 NULLIF(count(*) FILTER (WHERE at < '2024-02-01'), 0) AS y FROM costs
            WHERE at >= '2024-01-01' AND at < '2024-03-01' GROUP BY 1, 2)
SELECT channel_name, x, y, x - y, pg_temp.ratio(x - y, y) FROM g ORDER BY x DESC NULLS LAST, 1, channel_id;

-- case: missing months by key
-- ask: cost_entries by Costs.channel, month for 2024-01..2024-03 where Costs.channel = Alpha fill zero
SELECT n, m, (SELECT count(*) FROM costs AS c WHERE c.channel_id = k AND date_trunc('month', at) = m)
 FROM (VALUES ('UC-a', 'Alpha'), ('UC-c', 'Alpha')) AS k (k, n),
       generate_series('2024-01-01'::timestamptz, '2024-03-01', '1 month') AS m ORDER BY 2, 1, k;

-- case: having by key
-- ask: total_views by channel for 2024-07 having total_views between 10000 and 60000
SELECT channel_name, sum(views) FROM pg_temp.latest('2024-08-01') GROUP BY channel_id,
 1 HAVING sum(views) BETWEEN 10000 AND 60000 ORDER BY 2 DESC;

-- case: videos of one title stay two, an unknown title is one
-- ask: snapshots by VideoPerformance.video order by snapshots limit 20
SELECT title, count(*) FROM facts GROUP BY video, 1 ORDER BY 2 DESC, 1;

-- case: a key and the name beside it
-- ask: snapshots by channel, channel_id, channel_name
SELECT channel_name, channel_id, channel_name, count(*) FROM facts GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2;

-- case: signs in values mean themselves
-- with: text='O''Brien \ "x"' or 'null' or '' or '100% Live' or 'ダッシュボード'
-- ask: snapshots by title where title = {text}
SELECT title, count(*) FROM facts WHERE title = {text} GROUP BY 1;

-- case: in double quotes with JSON's escapes
-- ask: snapshots by title where title = "O'Brien \\ \"x\""
SELECT title, count(*) FROM facts WHERE title = 'O''Brien \ "x"' GROUP BY 1;

-- case: a text that looks like a number, like a date, like a word of the language
-- with: text='60' or '2024-01-01' or 'top' or 'all time'
-- ask: snapshots where title = {text}
SELECT count(*) FROM facts WHERE title = {text};

-- case: upper and lower case are two values
-- ask: snapshots by category where category in (gaming, Gaming) order by category
SELECT category, count(*) FROM facts WHERE category IN ('gaming', 'Gaming') GROUP BY 1 ORDER BY 1;

-- case: like with a backslash at its place
-- ask: snapshots where title like '%\\%'
SELECT count(*) FROM facts WHERE position('\' IN title) > 0;

-- case: an item of a list with a sign
-- ask: videos by video_id where tags has '100%'
SELECT 'v11', 1;

-- case: an empty item
-- ask: videos by video_id where tags has ''
SELECT 'v08', 1;

-- case: lists in Cube's query
-- ask: {"measures": ["VideoPerformance.videos"], "dimensions": ["VideoPerformance.tags"], "filters": [{"member":
--      "VideoPerformance.tags", "operator": "notSet"}]}
SELECT NULL, count(DISTINCT video) FROM facts WHERE tags IS NULL;

-- case: two facts by key, unknown in one
-- ask: snapshots, cost_entries by channel
WITH u AS (SELECT channel_id, channel_name, 1 AS a, 0 AS b FROM facts UNION ALL SELECT channel_id, channel_name, 0, 1
 FROM costs)
SELECT channel_name, NULLIF(sum(a), 0), NULLIF(sum(b), 0) FROM u GROUP BY channel_id, 1 ORDER BY 2 DESC NULLS LAST,
 1, channel_id;
