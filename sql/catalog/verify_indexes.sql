-- Indexes that are not valid, their table, and whether somebody builds one there just now. Another role's progress may be
-- hidden, its locks are not.
SELECT format('%I.%I', n.nspname, c.relname), format('%I.%I', tn.nspname, t.relname), c.relkind = 'I',
       EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index AS p WHERE p.index_relid = i.indexrelid OR p.relid = i.indrelid)
       OR EXISTS (SELECT FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_stat_activity AS a USING (pid)
                   WHERE l.relation = i.indrelid AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted
                     AND a.backend_type IS DISTINCT FROM 'autovacuum worker')
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
 WHERE NOT (i.indisvalid AND i.indisready) AND c.relpersistence <> 't'
 ORDER BY 1
