-- A row while session $1 that began at $2 is still there ($4), or still at the statement that began at $3.
SELECT FROM pg_stat_activity
 WHERE pid = $1::bigint AND backend_start IS NOT DISTINCT FROM $2::timestamptz
   AND ($4::boolean OR (query_start IS NOT DISTINCT FROM $3::timestamptz AND state NOT LIKE 'idle%'))
