-- How many workers work, drain, are there without a heartbeat, and have gone without a word (lately: within a minute); and whether
-- jobs wait, which is looked for when nobody works. Planned once a session: to plan it takes five times as long as to do it.
-- A worker's session holds a lock (jobs_greet) that goes with it; a standby knows only heartbeats.
DEALLOCATE ALL;
PREPARE ytempire_workers AS
SELECT count(*) FILTER (WHERE here AND NOT silent AND state = 'working') AS working,
       count(*) FILTER (WHERE here AND NOT silent AND state = 'draining') AS draining,
       count(*) FILTER (WHERE here AND silent) AS silent,
       count(*) FILTER (WHERE NOT here) AS lost,
       count(*) FILTER (WHERE NOT here AND heartbeat_at > now() - interval '1 minute') AS lost_lately,
       CASE WHEN count(*) FILTER (WHERE here AND NOT silent AND state = 'working') = 0
            THEN EXISTS (SELECT FROM ops.jobs WHERE state = 'available')
                 OR EXISTS (SELECT FROM ops.jobs WHERE state IN ('scheduled', 'retryable') AND run_at <= now()) END AS wait
  FROM (SELECT state, heartbeat_at, heartbeat_at < now() - interval '30 seconds' AS silent,
               pg_is_in_recovery() OR hashtextextended('ytempire worker ' || worker, 0) IN
                   (SELECT (classid::bigint << 32) + objid::bigint FROM pg_locks
                     WHERE locktype = 'advisory' AND granted AND objsubid = 1
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS here
          FROM ops.workers WHERE state <> 'gone') AS crew
