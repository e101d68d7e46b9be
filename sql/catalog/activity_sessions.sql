-- Sessions that do something or keep a transaction open, what runs longest first. $1: also those that are idle, the one
-- that asks, the server's own processes, and of those that this login may not look into what it may know.
SELECT a.pid, a.usename, a.datname, a.application_name, a.state,
       CASE WHEN a.state IS DISTINCT FROM 'idle' AND a.wait_event_type <> 'Activity'
                 AND (a.wait_event_type <> 'Client' OR a.state = 'active')
            THEN a.wait_event_type || ': ' || a.wait_event END,
       round(extract(epoch FROM clock_timestamp() - CASE WHEN a.state = 'active' THEN a.query_start ELSE a.state_change END), 3),
       round(extract(epoch FROM clock_timestamp() - a.xact_start), 3),
       nullif(btrim(regexp_replace(a.query, '((^|\n)\s*--[^\n]*|\s)+', ' ', 'g')), ''),
       CASE WHEN a.wait_event_type = 'Lock' THEN nullif(array_to_string(pg_blocking_pids(a.pid), ','), '') END,
       CASE WHEN a.pid = pg_backend_pid() THEN 'this'
            WHEN a.application_name LIKE 'ytempire%' AND a.usename = session_user THEN 'ytempire' END,
       coalesce(host(a.client_addr), CASE WHEN a.client_port = -1 THEN 'local' END), a.backend_type, a.backend_start
  FROM pg_stat_activity AS a
 WHERE $1::boolean OR (a.state <> 'idle' AND a.pid <> pg_backend_pid())
 ORDER BY a.state = 'active' DESC NULLS LAST, a.state = 'idle' NULLS LAST, 7 DESC NULLS LAST, a.pid
