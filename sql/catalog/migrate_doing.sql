-- Says what the migrator does now: $1 doing, $2 its host and version.
INSERT INTO ops.migrator AS m (pid, application, client, doing)
VALUES (pg_catalog.pg_backend_pid(), pg_catalog.current_setting('application_name'), $2, $1)
ON CONFLICT (single) DO UPDATE
   SET pid = excluded.pid, application = excluded.application, client = excluded.client, doing = excluded.doing,
       since = CASE WHEN m.pid = excluded.pid THEN m.since ELSE excluded.since END
