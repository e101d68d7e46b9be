-- Workers that are there, then those of the last day. One that was not heard of for half a minute is 'lost', and at once one
-- whose session is gone, and with it the lock that it holds (jobs_greet); a standby knows only heartbeats.
SELECT worker, CASE WHEN lost THEN 'lost' ELSE state END AS state, slots, busy,
       round(extract(epoch FROM now() - heartbeat_at), 1) AS heartbeat_age_seconds, started_at, version,
       leader AND state <> 'gone' AND NOT lost AS leader
  FROM (SELECT *, state <> 'gone' AND (heartbeat_at < now() - interval '30 seconds'
                  OR NOT pg_is_in_recovery() AND hashtextextended('ytempire worker ' || worker, 0) NOT IN
                     (SELECT (classid::bigint << 32) + objid::bigint FROM pg_locks
                       WHERE locktype = 'advisory' AND granted AND objsubid = 1
                         AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))) AS lost
          FROM ops.workers) AS w
 ORDER BY state = 'gone', lost, started_at, worker
