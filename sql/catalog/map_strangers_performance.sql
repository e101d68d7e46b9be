-- Rows of a video that is not known and whose channel is not told, or of a channel that is not known and has no name here.
WITH unknown AS (
    SELECT m.line, m.channel_id, m.channel_name
      FROM pg_temp.mapped AS m
     WHERE NOT EXISTS (SELECT FROM analytics.dim_video AS v WHERE v.video_id = m.video_id)
)
SELECT line, 'video_id', 'no video of this id is known, and the row tells no channel' FROM unknown WHERE channel_id IS NULL
 UNION ALL
SELECT m.line, 'channel_id', 'no channel of this id is known, and the row has no name for it'
  FROM pg_temp.mapped AS m
 WHERE m.channel_id IS NOT NULL AND m.channel_name IS NULL
   AND NOT EXISTS (SELECT FROM analytics.dim_channel AS d WHERE d.channel_id = m.channel_id)
 ORDER BY 1
