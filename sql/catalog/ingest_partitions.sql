-- Partitions for the days in $1.
SELECT ops.make_partitions('analytics.fact_video_performance', day, day)
  FROM unnest($1::timestamptz[]) AS day
