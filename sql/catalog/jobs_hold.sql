-- Whether job $1 is still held under fence $2, kept so to the end of the transaction; and whether somebody asked to cancel it.
SELECT cancel_asked_at IS NOT NULL
  FROM ops.jobs
 WHERE id = $1::bigint AND fence = $2::bigint AND state = 'running'
   FOR KEY SHARE
