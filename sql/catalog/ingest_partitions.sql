-- Partitions for the days in $1. Making one locks the whole table, so it may not queue for that: behind it every reader would
-- wait.
SELECT ops.make_partitions('analytics.fact_video_performance', day, day)
  FROM pg_catalog.set_config('lock_timeout', '1s', true), unnest($1::timestamptz[]) AS day
