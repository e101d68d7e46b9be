-- What $2 calls of source $1 take of each bucket of project $3, and in how many days, beside the reserve. No row: they are free.
SELECT p.bucket, p.units * $2::bigint AS units, ceil(p.units * $2::numeric / nullif(b.daily_limit - b.reserve, 0))::bigint AS days
  FROM (SELECT bucket, max(units) AS units FROM ops.quota_prices WHERE source = $1 GROUP BY bucket ORDER BY bucket LIMIT 1) AS p
  JOIN LATERAL (SELECT daily_limit, reserve FROM ops.quota_buckets AS o
                 WHERE o.bucket = p.bucket AND o.project IN ($3, '*') ORDER BY o.project = '*' LIMIT 1) AS b ON true
