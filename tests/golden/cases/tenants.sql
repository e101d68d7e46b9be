-- The same questions from the point of view of one user: their rows, and nobody else's.

-- case: sums and counts
-- with: whose=ann@example.org or bob@example.org or cleo@example.org
-- as: {whose}
-- ask: snapshots, videos, revenue, cost by channel_id
SELECT channel_id, count(*), count(DISTINCT video), sum(revenue) / 100, sum(cost) / 100 FROM facts
 WHERE email = '{whose}' GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: who one is not
-- as: bob@example.org
-- ask: snapshots where user = 'ann@example.org'
SELECT 0;

-- case: a counter is the latest of one's own readings
-- with: whose=ann@example.org or bob@example.org
-- as: {whose}
-- ask: total_views by channel_id, month for 2024-04..2024-10
WITH own AS (SELECT DISTINCT f.* FROM seen AS f WHERE channel_id IN (SELECT channel_id FROM facts
 WHERE email = '{whose}'))
SELECT l.channel_id, m, sum(l.views) FROM generate_series('2024-04-01'::timestamptz, '2024-10-01', '1 month') AS m,
       LATERAL (SELECT DISTINCT ON (video) * FROM own WHERE views IS NOT NULL AND at < m + interval '1 month'
       ORDER BY video, at DESC) AS l
 GROUP BY 1, 2 ORDER BY 2, 1;

-- case: costs of nobody are nobody's
-- with: whose=ann@example.org or bob@example.org
-- as: {whose}
-- ask: cost_entries, total_cost
SELECT count(*), sum(cents) / 100 FROM costs WHERE email = '{whose}';

-- case: days of one's channels
-- with: whose=ann@example.org or bob@example.org
-- as: {whose}
-- ask: daily_views, subscribers by ChannelDaily.channel_id for 2024-06 order by ChannelDaily.channel_id
SELECT d.channel_id COLLATE "C", sum(total_views), (SELECT subscriber_count FROM analytics.fact_channel_daily AS s
 WHERE s.channel_id = d.channel_id
       AND subscriber_count IS NOT NULL AND metric_date < '2024-07-01' ORDER BY metric_date DESC LIMIT 1)
  FROM analytics.fact_channel_daily AS d JOIN analytics.dim_channel AS c ON c.channel_id = d.channel_id AND c.is_current
  JOIN analytics.dim_user AS u ON u.user_id = c.user_id AND u.is_current
 WHERE u.email = '{whose}' AND metric_date >= '2024-06-01' AND metric_date < '2024-07-01' GROUP BY 1, d.channel_id
 ORDER BY 1;

-- case: one's channels and videos
-- with: whose=ann@example.org or bob@example.org
-- as: {whose}
-- ask: channels by Channels.channel_id order by Channels.channel_id
SELECT c.channel_id COLLATE "C", 1 FROM analytics.dim_channel AS c JOIN analytics.dim_user AS u
 ON u.user_id = c.user_id AND u.is_current
 WHERE c.is_current AND u.email = '{whose}' ORDER BY 1;
