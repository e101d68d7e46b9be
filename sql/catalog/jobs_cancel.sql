-- Asks job $1 to stop; one that does not run is cancelled by that. No row: it has ended already.
WITH asked AS (
    UPDATE ops.jobs
       SET cancel_asked_at = coalesce(cancel_asked_at, clock_timestamp()), cancel_asked_by = coalesce(cancel_asked_by, session_user),
           cancel_heard_at = CASE WHEN state = 'running' THEN cancel_heard_at ELSE clock_timestamp() END,
           cancel_how = CASE WHEN state = 'running' THEN cancel_how ELSE 'it did not run' END,
           finished_at = CASE WHEN state = 'running' THEN finished_at ELSE clock_timestamp() END,
           state = CASE WHEN state = 'running' THEN state ELSE 'cancelled' END
     WHERE id = $1::bigint AND state IN ('scheduled', 'available', 'running', 'retryable')
    RETURNING state
)
SELECT state, CASE WHEN state = 'running' THEN pg_notify('ytempire_jobs', 'cancel') END FROM asked
