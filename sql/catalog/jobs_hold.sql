-- Whether job $1 is still held under fence $2, kept so to the end of the transaction; and whether somebody asked to cancel it.
-- Who falls asleep in that transaction keeps the lease from being taken: after half a minute the server ends the session.
SELECT cancel_asked_at IS NOT NULL, set_config('idle_in_transaction_session_timeout', '30s', true)
  FROM ops.jobs
 WHERE id = $1::bigint AND fence = $2::bigint AND state = 'running'
   FOR KEY SHARE
