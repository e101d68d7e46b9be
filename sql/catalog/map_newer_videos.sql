-- Of dead letters that are loaded once more (a line is one's id): a video that was stored since stands.
DELETE FROM pg_temp.mapped AS m
 USING ops.dead_letters AS l, analytics.dim_video AS d
 WHERE l.id = m.line AND d.video_id = m.video_id
   AND d.updated_at >= l.created_at
