-- What job $1 under fence $2 has done by now; it is held for ten minutes more.
UPDATE ops.jobs
   SET progress_done = $3::bigint, rows_read = $4::bigint, rows_loaded = $5::bigint, rows_unchanged = $6::bigint, rows_rejected = $7::bigint, bytes = $3::bigint,
       lease_until = now() + interval '10 minutes'
 WHERE id = $1::bigint AND fence = $2::bigint AND state = 'running'
