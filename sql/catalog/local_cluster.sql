-- A new private cluster, by its superuser in single-user mode: statements end with an empty line, comments stand above.
-- The person works as ytempire_owner, who is no superuser: `sql` cannot reach the machine's files or run programs.
CREATE ROLE ytempire_owner LOGIN CREATEROLE CREATEDB;

-- Statistics of all sessions, and an end to those that block.
GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO ytempire_owner;

CREATE DATABASE ytempire OWNER ytempire_owner;

