-- Who is the migrator: the process that holds the lock. Name, address and times of others' sessions may be hidden.
SELECT l.pid, a.application_name, host(a.client_addr), to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SSOF')
  FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_stat_activity AS a USING (pid)
 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
   AND (l.classid::bigint << 32) | l.objid::bigint = pg_catalog.hashtextextended('ytempire migrate', 0)
 LIMIT 1
