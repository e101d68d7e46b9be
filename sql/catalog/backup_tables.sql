-- Each table whose rows are counted: its name, the same as JSON, how to count; and how many pg_dump writes one by one.
WITH own AS (
    SELECT c.oid, c.relkind, c.relispartition, format('%I.%I', n.nspname, c.relname) AS name, n.nspname
      FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
)
SELECT name, to_json(name), format('SELECT count(*) FROM %s', name), (SELECT count(*) FROM own WHERE relkind = 'r')
  FROM own
 WHERE NOT relispartition AND nspname !~ '^_?timescaledb' ORDER BY name
