-- Videos that are not known and whose channel is not told.
SELECT m.line, 'video_id', 'no video of this id is known, and the row tells no channel'
  FROM pg_temp.mapped AS m
 WHERE m.channel_id IS NULL AND NOT EXISTS (SELECT FROM analytics.dim_video AS v WHERE v.video_id = m.video_id)
 ORDER BY 1
