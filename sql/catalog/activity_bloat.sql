-- The $1 tables and B-tree indexes that hold the most room for nothing, as far as the planner's statistics tell: pages that
-- there are, less those that rows of the usual width would fill. What was never analyzed, or has columns that this login
-- may not read, has no estimate. Sizes are those of the last vacuum or analyze: nothing is opened and no lock taken.
WITH constant AS (
    SELECT current_setting('block_size')::numeric AS block
), tables AS MATERIALIZED (
    SELECT c.oid, n.nspname, c.relname, c.relpages, c.reltuples, c.relnatts,
           coalesce((SELECT split_part(o, '=', 2)::numeric FROM unnest(c.reloptions) AS o WHERE o LIKE 'fillfactor=%'), 100) AS fill
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
       AND (has_any_column_privilege(c.oid, 'SELECT') OR pg_has_role('pg_read_all_stats', 'USAGE'))
), widths AS MATERIALIZED (
    SELECT t.oid, a.attnum, s.avg_width, s.null_frac, s.attname IS NOT NULL AS known
      FROM tables AS t JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_stats AS s ON s.schemaname = t.nspname AND s.tablename = t.relname AND s.attname = a.attname AND NOT s.inherited
), rows AS (
    SELECT oid, bool_and(known) AS known,
           4 + ceil((23 + CASE WHEN bool_or(null_frac > 0) THEN ceil(count(*) / 8.0) ELSE 0 END) / 8) * 8
             + ceil(sum((1 - null_frac) * avg_width)::numeric / 8) * 8 AS bytes
      FROM widths GROUP BY oid
), heaps AS (
    SELECT t.oid, t.oid AS table_oid, 'table' AS kind, t.relpages, t.reltuples,
           CASE WHEN r.known AND t.reltuples > 0
                THEN ceil(t.reltuples::numeric * r.bytes / ((b.block - 24) * t.fill / 100)) END AS pages
      FROM tables AS t LEFT JOIN rows AS r USING (oid), constant AS b
), keys AS (
    SELECT i.indexrelid, bool_and(coalesce(w.known, false)) AS known,
           4 + ceil((8 + CASE WHEN bool_or(w.null_frac > 0) THEN 4 ELSE 0 END
                       + sum((1 - w.null_frac) * w.avg_width)::numeric) / 8) * 8 AS bytes
      FROM pg_index AS i JOIN tables AS t ON t.oid = i.indrelid CROSS JOIN LATERAL unnest(i.indkey::smallint[]) AS k (attnum)
      LEFT JOIN widths AS w ON w.oid = i.indrelid AND w.attnum = k.attnum
     GROUP BY i.indexrelid
), trees AS (
    SELECT c.oid, i.indrelid, 'index', c.relpages, c.reltuples,
           CASE WHEN k.known AND c.reltuples > 0 AND m.amname = 'btree'
                THEN 1 + ceil(c.reltuples::numeric * k.bytes / ((b.block - 40) * coalesce(
                     (SELECT split_part(o, '=', 2)::numeric FROM unnest(c.reloptions) AS o WHERE o LIKE 'fillfactor=%'), 90) / 100)) END
      FROM pg_index AS i JOIN tables AS t ON t.oid = i.indrelid JOIN pg_class AS c ON c.oid = i.indexrelid
      JOIN pg_am AS m ON m.oid = c.relam LEFT JOIN keys AS k USING (indexrelid), constant AS b
), sized AS (
    SELECT s.*, s.relpages * b.block AS bytes, greatest(s.relpages - s.pages, 0) * b.block AS bloat,
           CASE WHEN s.kind = 'table' THEN pg_stat_get_live_tuples(s.oid) END AS live,
           CASE WHEN s.kind = 'table' THEN pg_stat_get_dead_tuples(s.oid) END AS dead
      FROM (SELECT * FROM heaps UNION ALL SELECT * FROM trees) AS s, constant AS b
)
SELECT s.oid::regclass::text, s.kind, CASE WHEN s.kind = 'index' THEN s.table_oid::regclass::text END, s.bytes::bigint, s.bloat::bigint,
       round(100 * s.bloat / nullif(s.bytes, 0), 1), greatest(s.reltuples, 0)::bigint, s.dead,
       round(100.0 * s.dead / nullif(s.live + s.dead, 0), 1),
       CASE WHEN s.kind = 'table' THEN pg_stat_get_last_vacuum_time(s.oid) END,
       CASE WHEN s.kind = 'table' THEN pg_stat_get_last_autovacuum_time(s.oid) END,
       CASE WHEN s.kind = 'table' THEN pg_stat_get_last_analyze_time(s.oid) END,
       CASE WHEN s.kind = 'table' THEN pg_stat_get_last_autoanalyze_time(s.oid) END
  FROM sized AS s
 ORDER BY s.bloat DESC NULLS LAST, s.dead DESC NULLS LAST, s.bytes DESC, 1
 LIMIT $1::bigint
