-- Of dead letters that are loaded once more (a line is one's id): an event that was stored since stands.
DELETE FROM pg_temp.mapped AS m
 USING ops.dead_letters AS l, ops.revenue_ledger AS f
 WHERE l.id = m.line AND f.source = l.source AND f.source_ref = m.source_ref
   AND f.loaded_at >= l.created_at
