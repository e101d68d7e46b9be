-- The weeks of a batch: a moment of each, the newest in it, and rows older than $1 days (NULL: none are).
SELECT date_trunc('week', "timestamp", 'UTC'), max("timestamp"), count(*) FILTER (WHERE "timestamp" < now() - $1::integer * interval '1 day')
  FROM pg_temp.mapped GROUP BY 1
