-- The years of a batch: a day of each, the newest in it, and rows older than $1 days (NULL: none are).
SELECT date_trunc('year', date::timestamptz, 'UTC'), max(date)::timestamptz, count(*) FILTER (WHERE date < now() - $1::integer * interval '1 day')
  FROM pg_temp.mapped GROUP BY 1
