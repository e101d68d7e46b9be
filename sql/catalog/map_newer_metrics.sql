-- Of dead letters that are loaded once more (a line is one's id): a day that was stored since stands.
DELETE FROM pg_temp.mapped AS m
 USING ops.dead_letters AS l, analytics.youtube_metrics AS f
 WHERE l.id = m.line AND f.channel_id = m.channel_id AND f.video_id IS NOT DISTINCT FROM m.video_id AND f.date = m.date
   AND coalesce(f.updated_at, f.created_at) >= l.created_at
