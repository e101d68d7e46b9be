-- Joins: to one, which multiply nothing; to many, where a row counts once in each group that one of its partners is in.

-- case: a user's tier then, and now
-- ask: snapshots by account.subscription_tier, current_account.subscription_tier order by account.subscription_tier
SELECT f.tier, u.subscription_tier, count(*) FROM facts AS f JOIN analytics.dim_user AS u ON u.email = f.email
 AND u.is_current
 GROUP BY 1, 2 ORDER BY 1;

-- case: a row without a partner stays
-- ask: cost_entries by Costs.video.title order by Costs.video.title
SELECT title, count(*) FROM costs GROUP BY 1 ORDER BY 1;

-- case: users by the niches of their channels
-- ask: users by channels.niche order by channels.niche
SELECT c.niche COLLATE "C", count(DISTINCT u.user_id) FROM analytics.dim_user AS u LEFT JOIN analytics.dim_channel
 AS c ON c.user_id = u.user_id AND c.is_current
 WHERE u.is_current GROUP BY 1 ORDER BY 1;

-- case: users that have a channel of a kind
-- with: test=channels.niche = Gaming | sql=c.niche = 'Gaming'
-- with: test=channels.niche != Gaming | sql=c.niche IS DISTINCT FROM 'Gaming'
-- with: test=channels.niche = Gaming and channels.is_active = false | sql=c.niche = 'Gaming' AND NOT c.is_active
-- with: test=channels.niche is null | sql=c.niche IS NULL
-- ask: users where {test}
SELECT count(*) FROM analytics.dim_user AS u WHERE u.is_current
   AND EXISTS (SELECT FROM (SELECT u.user_id) AS x LEFT JOIN analytics.dim_channel AS c ON c.user_id = x.user_id
   AND c.is_current WHERE {sql});

-- case: sums behind a join to many
-- ask: pieces, seconds, longest, mean_seconds, kinds, known by Clips.spend.purpose order by Clips.spend.purpose
WITH g AS (SELECT DISTINCT c.cost_category COLLATE "C" AS p, v.video_key FROM analytics.dim_video AS v LEFT
 JOIN analytics.fact_costs AS c ON c.video_id = v.video_id)
SELECT p, count(*), sum(duration_seconds), max(duration_seconds), pg_temp.ratio(sum(duration_seconds),
 count(duration_seconds)), count(DISTINCT content_type),
       pg_temp.ratio(count(duration_seconds), count(*)) FROM g JOIN analytics.dim_video USING (video_key) GROUP BY 1
       ORDER BY 1;

-- case: a range of the other side
-- ask: pieces, seconds for Clips.spend.spent_at in 2024-Q1
SELECT count(*), sum(duration_seconds) FROM analytics.dim_video AS v
 WHERE EXISTS (SELECT FROM analytics.fact_costs AS c WHERE c.video_id = v.video_id
 AND c.cost_timestamp >= '2024-01-01' AND c.cost_timestamp < '2024-04-01');

-- case: buckets of the other side, in a zone
-- with: zone=UTC or America/Los_Angeles
-- ask: pieces, seconds by Clips.shots.taken_at.month for Clips.shots.taken_at in 2024-01..2024-03 tz {zone}
WITH g AS (SELECT DISTINCT pg_temp.unit('month', f."timestamp", '{zone}') AS m, video_key
 FROM analytics.fact_video_performance AS f
            WHERE f."timestamp" >= pg_temp.at('2024-01-01', '{zone}') AND f."timestamp" < pg_temp.at('2024-04-01',
            '{zone}'))
SELECT m, count(*), sum(duration_seconds) FROM g JOIN analytics.dim_video USING (video_key) GROUP BY 1 ORDER BY 1;

-- case: two joins to many at once
-- ask: pieces, seconds by Clips.spend.purpose, Clips.shots.home order by Clips.spend.purpose, Clips.shots.home
WITH g AS (SELECT DISTINCT c.cost_category COLLATE "C" AS p, d.channel_id COLLATE "C" AS h, v.video_key
 FROM analytics.dim_video AS v
             LEFT JOIN analytics.fact_costs AS c ON c.video_id = v.video_id LEFT
             JOIN analytics.fact_video_performance AS f ON f.video_key = v.video_key
             LEFT JOIN analytics.dim_channel AS d ON d.channel_key = f.channel_key)
SELECT p, h, count(*), sum(duration_seconds) FROM g JOIN analytics.dim_video USING (video_key) GROUP BY 1, 2
 ORDER BY 1, 2;

-- case: groups share rows, so total, other and shares are counted anew
-- ask: pieces, seconds, pieces.share by Clips.shots.home top 2 with other total
WITH g AS (SELECT DISTINCT d.channel_id COLLATE "C" AS h, v.video_key, v.duration_seconds AS s
 FROM analytics.dim_video AS v
             LEFT JOIN analytics.fact_video_performance AS f ON f.video_key = v.video_key LEFT
             JOIN analytics.dim_channel AS d ON d.channel_key = f.channel_key),
     n AS (SELECT h, count(*) AS c, sum(s) AS s, row_number() OVER (ORDER BY count(*) DESC, h) AS n FROM g GROUP BY 1),
     o AS (SELECT DISTINCT video_key, g.s FROM g JOIN n ON n.h IS NOT DISTINCT FROM g.h WHERE n.n > 2),
     a AS (SELECT count(*) AS c, sum(duration_seconds) AS s FROM analytics.dim_video)
(SELECT 'row', h, n.c, n.s, pg_temp.ratio(n.c, a.c) FROM n, a WHERE n <= 2 ORDER BY n)
UNION ALL SELECT 'other', NULL, count(*), sum(o.s), pg_temp.ratio(count(*), (SELECT c FROM a)) FROM o
 UNION ALL SELECT 'total', NULL, c, s, '1' FROM a;

-- case: not, of the same partner
-- ask: pieces where not (Clips.shots.home = UC-a or Clips.shots.paid = true)
SELECT count(*) FROM analytics.dim_video AS v WHERE EXISTS (SELECT FROM (SELECT v.video_key) AS x LEFT
 JOIN analytics.fact_video_performance AS f USING (video_key)
  LEFT JOIN analytics.dim_channel AS d ON d.channel_key = f.channel_key WHERE (d.channel_id = 'UC-a'
  OR f.actual_revenue_cents > 500) IS NOT TRUE);

-- case: a test of a cell behind a join to many
-- ask: pieces by Clips.shots.home having pieces > 2
SELECT d.channel_id COLLATE "C", count(DISTINCT f.video_key) FROM analytics.fact_video_performance AS f
 JOIN analytics.dim_channel AS d USING (channel_key)
 GROUP BY 1 HAVING count(DISTINCT f.video_key) > 2 ORDER BY 2 DESC, 1;

-- case: both sides measured
-- ask: pieces, bills, spent_cents by clip order by clip
WITH a AS (SELECT video_id COLLATE "C" AS v, count(*) AS n FROM analytics.dim_video GROUP BY 1), b
 AS (SELECT video_id COLLATE "C" AS v, count(*) AS n, sum(total_cost_cents) AS c FROM analytics.fact_costs GROUP BY 1)
SELECT v, sum(x), sum(y), sum(c) FROM (SELECT v, n AS x, NULL::bigint AS y, NULL::numeric AS c FROM a
 UNION ALL SELECT v, NULL, n, c FROM b) AS u GROUP BY 1 ORDER BY 1;

-- case: rows as they are, shown several times
-- ask: {"measures": ["Clips.pieces"], "dimensions": ["Clips.spend.purpose"], "ungrouped": true}
-- refused: "ungrouped" shows each row of Clips once, and by 'spend.purpose' it would stand once for each of its spend
