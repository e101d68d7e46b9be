-- What there is of an index: $1 its name as a statement has it, $2 the table it stands on (NULL: $1 says the schema).
-- Yields its whole name, whether it is valid, and what removes it; no row: it does not exist.
WITH named AS (
    SELECT CASE WHEN $2::text IS NULL THEN pg_catalog.to_regclass($1)
                ELSE (SELECT i.oid FROM pg_catalog.pg_class AS t JOIN pg_catalog.pg_class AS i ON i.relnamespace = t.relnamespace
                       WHERE t.oid = pg_catalog.to_regclass($2) AND i.relname = (pg_catalog.parse_ident($1))[1])
           END::oid AS oid
)
SELECT format('%I.%I', n.nspname, c.relname), i.indisvalid AND i.indisready,
       format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', n.nspname, c.relname)
  FROM named JOIN pg_catalog.pg_index AS i ON i.indexrelid = named.oid
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
