-- Ends session $1 that began at $2 ($4), or cancels the statement it began at $3; no row where it is another by now.
SELECT CASE WHEN $4::boolean THEN pg_terminate_backend(pid) ELSE pg_cancel_backend(pid) END
  FROM pg_stat_activity
 WHERE pid = $1::bigint AND backend_start IS NOT DISTINCT FROM $2::timestamptz
   AND ($4::boolean OR query_start IS NOT DISTINCT FROM $3::timestamptz)
