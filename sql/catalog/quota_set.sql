-- Bucket $2 of project $1: its limit $3 or its reserve $4, the other stays (NULL). No row: there is no such bucket.
INSERT INTO ops.quota_buckets AS b (project, bucket, daily_limit, reserve)
SELECT $1, o.bucket, coalesce($3::bigint, o.daily_limit), coalesce($4::bigint, o.reserve)
  FROM ops.quota_buckets AS o
 WHERE o.bucket = $2 AND o.project IN ($1, '*')
 ORDER BY o.project = '*' LIMIT 1
    ON CONFLICT (project, bucket) DO UPDATE SET daily_limit = excluded.daily_limit, reserve = excluded.reserve
RETURNING project, bucket, daily_limit AS "limit", reserve
