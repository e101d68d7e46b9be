-- Workers that are there, then those of the last day. One that was not heard of for half a minute is 'lost'.
SELECT worker,
       CASE WHEN state <> 'gone' AND heartbeat_at < now() - interval '30 seconds' THEN 'lost' ELSE state END AS state, slots, busy,
       round(extract(epoch FROM now() - heartbeat_at), 1) AS heartbeat_age_seconds, started_at, version,
       leader AND state <> 'gone' AND heartbeat_at > now() - interval '30 seconds' AS leader
  FROM ops.workers
 ORDER BY state = 'gone', heartbeat_at < now() - interval '30 seconds', started_at, worker
