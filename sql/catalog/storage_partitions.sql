-- Partitions, or chunks, of table $1 (with or without its schema; NULL: of all), by table and bound. Sizes are those that
-- the catalogue knows from the last vacuum or analyze: nothing is opened but for the bounds, and those are left out of what
-- somebody holds for good. A chunk's are said as a partition's. NULL: not known.
WITH held AS MATERIALIZED (
    SELECT l.relation FROM pg_locks AS l
     WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND l.relation IS NOT NULL AND l.pid <> pg_backend_pid()
)
SELECT p.oid::regclass::text, c.oid::regclass::text,
       CASE WHEN c.oid IN (SELECT relation FROM held) THEN NULL
            WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid)
            ELSE (SELECT string_agg(regexp_replace(pg_get_constraintdef(k.oid), '^CHECK \(\(\(.* >= (''[^'']*'').* < (''[^'']*'')[^'']*$',
                                                   'FROM (\1) TO (\2)'), ' AND ') FROM pg_constraint AS k
                   WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conname LIKE 'constraint\_%') END,
       CASE WHEN c.reltuples >= 0 OR pg_stat_get_live_tuples(c.oid) > 0 THEN greatest(c.reltuples, pg_stat_get_live_tuples(c.oid))::bigint END,
       CASE WHEN c.reltuples >= 0 THEN c.relpages::bigint * b.block END,
       CASE WHEN c.reltuples >= 0
            THEN (SELECT sum(x.relpages) FROM pg_index AS i JOIN pg_class AS x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid) * b.block END,
       pg_stat_get_dead_tuples(c.oid),
       greatest(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid))
  FROM pg_inherits AS h JOIN pg_class AS p ON p.oid = h.inhparent JOIN pg_namespace AS n ON n.oid = p.relnamespace
  JOIN pg_class AS c ON c.oid = h.inhrelid, (SELECT current_setting('block_size')::bigint AS block) AS b
 WHERE p.relkind IN ('p', 'r') AND n.nspname NOT LIKE 'pg\_%'
   AND ($1::text IS NULL OR $1 IN (p.relname, n.nspname || '.' || p.relname))
 ORDER BY n.nspname, p.relname, 3 NULLS FIRST, c.relname
