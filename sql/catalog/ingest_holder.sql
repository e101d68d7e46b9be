-- Who loads source $1 now.
SELECT id, worker, to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC' FROM ops.jobs WHERE unique_key = 'ingest ' || $1 AND state = 'running'
