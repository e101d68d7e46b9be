-- Whether hours noted up to $1 are still to be computed.
SELECT EXISTS (SELECT FROM ops.touched_hours WHERE relation = 'analytics.fact_video_performance' AND id <= $1::bigint)
