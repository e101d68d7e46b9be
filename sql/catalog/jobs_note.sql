-- What job $1 under fence $2 has done by now: rows read, loaded, unchanged and rejected $3 to $6, bytes $7, quota $8, progress $9 of
-- $10 in $11; a total is kept until the unit is another. Its lease lasts for ten minutes more in the foreground, for at least
-- half a minute in a worker.
UPDATE ops.jobs
   SET rows_read = $3::bigint, rows_loaded = $4::bigint, rows_unchanged = $5::bigint, rows_rejected = $6::bigint, bytes = $7::bigint,
       quota = nullif($8::bigint, 0), progress_done = coalesce($9::bigint, progress_done),
       progress_total = CASE WHEN $11 <> progress_unit THEN $10::bigint ELSE coalesce($10::bigint, progress_total) END, progress_unit = coalesce($11, progress_unit),
       lease_until = greatest(lease_until, clock_timestamp() + CASE WHEN foreground THEN interval '10 minutes' ELSE interval '30 seconds' END)
 WHERE id = $1::bigint AND fence = $2::bigint AND state = 'running'
RETURNING cancel_asked_at IS NOT NULL
