-- The videos of channel $1 that were there by day $2.
SELECT video_id FROM analytics.dim_video
 WHERE channel_id = $1 AND video_id ~ '^[A-Za-z0-9_-]{11}$'
   AND (published_at IS NULL OR ops.quota_day(published_at) <= $2::date)
 ORDER BY video_id
