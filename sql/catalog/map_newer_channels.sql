-- Of dead letters that are loaded once more (a line is one's id): what was told since of a channel, of the same time or a later
-- one, stands. Without a time of its own a change is one of then.
UPDATE pg_temp.mapped AS m SET valid_from = l.created_at FROM ops.dead_letters AS l WHERE l.id = m.line AND m.valid_from IS NULL;
DELETE FROM pg_temp.mapped AS m
 USING ops.dead_letters AS l, analytics.dim_channel AS d
 WHERE l.id = m.line AND d.channel_id = m.channel_id AND d.is_current AND d.updated_at >= l.created_at
   AND m.valid_from <= greatest(d.valid_from, d.told_at)
