-- The sessions that work for job $1 have their statement cancelled or, with $2, are ended: those that say so by their name, and
-- the one that holds the lock of a job of the foreground. How is noted.
WITH noted AS (
    UPDATE ops.jobs SET cancel_how = CASE WHEN $2::boolean THEN 'its session was ended' ELSE 'its statement was cancelled' END
     WHERE id = $1::bigint AND state = 'running' RETURNING id
), session AS (
    SELECT a.pid FROM pg_stat_activity AS a, noted WHERE a.application_name = 'ytempire job ' || noted.id
    UNION
    SELECT l.pid FROM pg_locks AS l, noted, hashtextextended('ytempire job ' || noted.id, 0) AS key
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND (l.classid::bigint << 32) + l.objid::bigint = key
)
SELECT CASE WHEN $2::boolean THEN pg_terminate_backend(pid) ELSE pg_cancel_backend(pid) END
  FROM session WHERE pid <> pg_backend_pid()
