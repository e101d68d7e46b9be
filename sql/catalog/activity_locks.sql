-- Who waits for a lock and whom for, and those who are waited for, in the order they began to wait. pg_blocking_pids stops
-- the lock manager for a moment, so it is asked for those who wait alone. Relations have names where they are this
-- database's; of a row that is waited for the relation is known of the first who waits for it.
WITH waiting AS MATERIALIZED (
    SELECT pid, pg_blocking_pids(pid) AS blockers FROM pg_stat_activity WHERE wait_event_type = 'Lock'
), locks AS MATERIALIZED (
    SELECT l.*, CASE WHEN l.relation IS NULL THEN NULL
                     WHEN l.database IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) THEN l.relation::regclass::text
                     ELSE format('%s of database %s', l.relation, (SELECT datname FROM pg_database WHERE oid = l.database)) END AS name
      FROM pg_locks AS l
     WHERE EXISTS (SELECT FROM waiting)
), wanted AS (
    SELECT DISTINCT ON (l.pid) l.pid, l.locktype, l.mode, l.waitstart,
           coalesce(l.name, (SELECT min(t.name) FROM locks AS t WHERE t.pid = l.pid AND t.granted AND t.locktype = 'tuple')) AS name,
           CASE l.locktype WHEN 'advisory' THEN format('%s, %s', l.classid, l.objid) WHEN 'transactionid' THEN l.transactionid::text END AS number
      FROM locks AS l WHERE NOT l.granted
     ORDER BY l.pid, l.waitstart
), held AS (
    SELECT h.pid, string_agg(DISTINCT concat_ws(' on ', h.mode, h.name), ', ') AS modes
      FROM locks AS h JOIN locks AS w
        ON h.granted AND NOT w.granted AND h.pid <> w.pid AND h.locktype = w.locktype
       AND h.database IS NOT DISTINCT FROM w.database AND h.relation IS NOT DISTINCT FROM w.relation
       AND h.page IS NOT DISTINCT FROM w.page AND h.tuple IS NOT DISTINCT FROM w.tuple
       AND h.virtualxid IS NOT DISTINCT FROM w.virtualxid AND h.transactionid IS NOT DISTINCT FROM w.transactionid
       AND h.classid IS NOT DISTINCT FROM w.classid AND h.objid IS NOT DISTINCT FROM w.objid
       AND h.objsubid IS NOT DISTINCT FROM w.objsubid
     GROUP BY h.pid
), concerned AS (
    SELECT pid FROM waiting WHERE blockers <> '{}'
    UNION
    SELECT blocker FROM waiting, unnest(blockers) AS blocker
)
SELECT c.pid, nullif(array_to_string(w.blockers, ','), ''), a.usename, a.datname, a.application_name,
       CASE WHEN c.pid = 0 THEN 'prepared transaction' ELSE a.state END,
       nullif(concat_ws(' ', l.locktype, l.number), ''), l.mode, l.name,
       round(extract(epoch FROM clock_timestamp() - l.waitstart), 3),
       round(extract(epoch FROM clock_timestamp() - a.xact_start), 3),
       h.modes, nullif(btrim(regexp_replace(a.query, '((^|\n)\s*--[^\n]*|\s)+', ' ', 'g')), '')
  FROM concerned AS c LEFT JOIN waiting AS w USING (pid) LEFT JOIN pg_stat_activity AS a USING (pid)
  LEFT JOIN wanted AS l USING (pid) LEFT JOIN held AS h USING (pid)
 ORDER BY l.waitstart NULLS FIRST, c.pid
