-- What was noted up to $1 has been computed, or lies before the horizon.
DELETE FROM ops.touched_hours WHERE relation = 'analytics.fact_video_performance' AND id <= $1::bigint
