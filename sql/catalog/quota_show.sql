-- What each project has of each bucket, and what it has spent of it today, as Pacific days go. The row of project '*' says what
-- those get that have none of their own, and spends nothing.
SELECT p.project, p.bucket, b.daily_limit AS "limit", least(b.reserve, b.daily_limit) AS reserve,
       CASE WHEN p.project <> '*' THEN coalesce(s.units, 0) END AS spent,
       CASE WHEN p.project <> '*' THEN coalesce(s.calls, 0) END AS calls,
       CASE WHEN p.project = '*' THEN NULL WHEN s.refused_at IS NOT NULL THEN 0
            ELSE greatest(b.daily_limit - coalesce(s.units, 0), 0) END AS "left",
       CASE WHEN p.project = '*' THEN NULL
            WHEN s.refused_at IS NOT NULL THEN 'refused'
            WHEN b.daily_limit <= coalesce(s.units, 0) THEN 'empty'
            WHEN b.daily_limit - b.reserve <= coalesce(s.units, 0) THEN 'reserved'
            ELSE 'open' END AS state,
       ops.quota_resets_at(now()) AS resets_at
  FROM (SELECT project, bucket FROM ops.quota_buckets
         UNION SELECT project, bucket FROM ops.quota_spent WHERE day = ops.quota_day(now())) AS p
  JOIN LATERAL (SELECT daily_limit, reserve FROM ops.quota_buckets AS o
                 WHERE o.bucket = p.bucket AND o.project IN (p.project, '*') ORDER BY o.project = '*' LIMIT 1) AS b ON true
  LEFT JOIN ops.quota_spent AS s ON s.project = p.project AND s.bucket = p.bucket AND s.day = ops.quota_day(now())
 ORDER BY p.project = '*', p.project, p.bucket
