-- Whether worker $1 leads from now on, as long as its session lives. Where no leader has beaten for $2 microseconds, the session
-- that holds on to the lock is ended, if it may be: who asks next leads.
WITH key AS MATERIALIZED (SELECT hashtextextended('ytempire leader', 0) AS key),
     leader AS MATERIALIZED (SELECT pg_try_advisory_lock(key) AS leads FROM key),
     told AS (UPDATE ops.workers SET leader = (worker = $1) FROM leader WHERE leads AND leader IS DISTINCT FROM (worker = $1)),
     deaf AS MATERIALIZED (
         SELECT pg_terminate_backend(a.pid)
           FROM leader, key, pg_locks AS l, pg_stat_activity AS a
          WHERE NOT leads AND a.pid = l.pid AND a.pid <> pg_backend_pid() AND pg_has_role(a.usesysid, 'USAGE')
            AND l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND (l.classid::bigint << 32) + l.objid::bigint = key
            AND a.backend_start < now() - $2::bigint * interval '1 microsecond'
            AND NOT EXISTS (SELECT FROM ops.workers AS w
                             WHERE w.leader AND w.heartbeat_at > now() - $2::bigint * interval '1 microsecond'))
SELECT leads, (SELECT count(*) FROM deaf) FROM leader
