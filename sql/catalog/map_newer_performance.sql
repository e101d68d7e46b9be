-- Of dead letters that are loaded once more (a line is one's id): a snapshot that was stored since stands.
DELETE FROM pg_temp.mapped AS m
 USING ops.dead_letters AS l, analytics.dim_video AS v, analytics.fact_video_performance AS f
 WHERE l.id = m.line AND v.video_id = m.video_id AND f.video_key = v.video_key AND f."timestamp" = m."timestamp"
   AND f.updated_at >= l.created_at
