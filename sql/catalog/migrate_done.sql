DELETE FROM ops.migrator WHERE pid = pg_catalog.pg_backend_pid()
