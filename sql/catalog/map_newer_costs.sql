-- Of dead letters that are loaded once more (a line is one's id): a cost that was stored since stands.
DELETE FROM pg_temp.mapped AS m
 USING ops.dead_letters AS l, analytics.fact_costs AS f
 WHERE l.id = m.line AND f.source = l.source AND f.source_ref = m.source_ref AND f.cost_timestamp = m.cost_timestamp
   AND coalesce(f.updated_at, f.created_at) >= l.created_at
