-- For a scratch database: the role, whether it may make one; its name; the statements that make it (like this database)
-- and drop it; and what drops those that a killed run left behind, as an array.
WITH named AS (
    SELECT format('ytempire_verify_%s', pg_catalog.pg_backend_pid()) AS name
), left_behind AS (
    SELECT datname FROM pg_catalog.pg_database
     WHERE datname ~ '^ytempire_verify_[0-9]+$' AND pg_catalog.pg_has_role(datdba, 'USAGE')
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a
                        WHERE a.pid = substring(datname FROM '[0-9]+$')::bigint AND a.pid <> pg_catalog.pg_backend_pid())
)
SELECT current_user, r.rolcreatedb OR r.rolsuper, named.name,
       format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L',
              named.name, pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype),
       format('DROP DATABASE IF EXISTS %I WITH (FORCE)', named.name),
       (SELECT coalesce(jsonb_agg(format('DROP DATABASE IF EXISTS %I WITH (FORCE)', datname)), '[]') FROM left_behind)
  FROM named, pg_catalog.pg_roles AS r, pg_catalog.pg_database AS d
 WHERE r.rolname = current_user AND d.datname = pg_catalog.current_database()
