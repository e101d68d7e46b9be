-- A database to restore into: its name; the statements that make it, with encoding $1, collation $2 and ctype $3, and drop
-- it; and what drops those that a killed run left behind, as an array.
WITH named AS (
    SELECT format('ytempire_restore_%s', pg_catalog.pg_backend_pid()) AS name
), left_behind AS (
    SELECT datname FROM pg_catalog.pg_database
     WHERE datname ~ '^ytempire_restore_[0-9]+$' AND pg_catalog.pg_has_role(datdba, 'USAGE')
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a
                        WHERE a.pid = substring(datname FROM '[0-9]+$')::bigint AND a.pid <> pg_catalog.pg_backend_pid())
)
SELECT name, format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L', name, $1::text, $2::text, $3::text),
       format('DROP DATABASE IF EXISTS %I WITH (FORCE)', name), l.drop
  FROM named LEFT JOIN (SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', datname) AS drop FROM left_behind) AS l ON true
