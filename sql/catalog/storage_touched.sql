-- The newest note of a touched hour (NULL: there is none), and whether hours are refreshed as ranges, outside a
-- transaction (TimescaleDB's aggregate), or by a function.
SELECT max(id), pg_catalog.to_regprocedure('ops.touched_ranges()') IS NOT NULL
  FROM ops.touched_hours WHERE relation = 'analytics.fact_video_performance'
