-- Each process of $1 once, as it is: who, since when it is at what, and by what it is known again.
SELECT p.pid, a.usename, a.application_name,
       date_trunc('second', CASE WHEN a.state = 'active' THEN a.query_start ELSE a.state_change END),
       nullif(btrim(regexp_replace(a.query, '((^|\n)\s*--[^\n]*|\s)+', ' ', 'g')), ''), a.backend_start, a.state, p.pid = pg_backend_pid(),
       a.pid IS NOT NULL, a.query_start
  FROM (SELECT pid, min(place) AS place FROM unnest($1::bigint[]) WITH ORDINALITY AS given (pid, place) GROUP BY pid) AS p
  LEFT JOIN pg_stat_activity AS a ON a.pid = p.pid
 ORDER BY p.place
