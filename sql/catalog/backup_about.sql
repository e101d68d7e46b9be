-- What a backup says of where it comes from, as the members of a JSON object; the snapshot; the server's major version;
-- and why pg_dump would leave something out: an extension with a number of PostgreSQL's own (made by a server in
-- single-user mode) is not dumped, and TimescaleDB's tables are nothing without its catalogue.
SELECT trim(both '{}' FROM jsonb_pretty(jsonb_build_object(
           'database', pg_catalog.current_database(),
           'system', (SELECT system_identifier::text FROM pg_catalog.pg_control_system()),
           'server', pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1),
           'server_major', pg_catalog.current_setting('server_version_num')::integer / 10000,
           'encoding', pg_catalog.pg_encoding_to_char(d.encoding),
           'collation', d.datcollate,
           'ctype', d.datctype,
           'migration', coalesce((SELECT max(version) FROM ops.migrations WHERE state = 'applied'), '0'),
           'storage', coalesce((SELECT value FROM ops.settings WHERE name = 'storage_engine'), 'native'),
           'extensions', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', e.extname, 'schema', n.nspname,
                                                                       'version', e.extversion)
                                                    ORDER BY e.extname <> 'timescaledb', e.oid), '[]')
                            FROM pg_catalog.pg_extension AS e JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
                           WHERE e.extname <> 'plpgsql'),
           'roles', (SELECT coalesce(jsonb_agg(DISTINCT r.rolname), '[]')
                       FROM pg_catalog.pg_shdepend AS s JOIN pg_catalog.pg_roles AS r ON r.oid = s.refobjid
                      WHERE s.dbid = d.oid AND s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass)))),
       pg_catalog.pg_export_snapshot(),
       pg_catalog.current_setting('server_version_num')::integer / 10000,
       (SELECT format('extension %s has a number of PostgreSQL''s own, so pg_dump would leave out what it keeps', e.extname)
          FROM pg_catalog.pg_extension AS e WHERE e.extname = 'timescaledb' AND e.oid < 16384)
  FROM pg_catalog.pg_database AS d
 WHERE d.datname = pg_catalog.current_database()
