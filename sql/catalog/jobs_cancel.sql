-- Asks those of jobs $1 to stop that are of state $2, unless it is NULL; what does not run is cancelled by that. Rows: a job that
-- was asked, or one that was locked just now (asked is false), which is to be asked again: who waited for it while others are
-- locked could wait for a worker's turn that waits for these.
WITH chosen AS MATERIALIZED (
    SELECT id FROM ops.jobs
     WHERE id = ANY ($1::bigint[]) AND ($2::text IS NULL OR state = $2) AND state IN ('scheduled', 'available', 'running', 'retryable')
     ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
), asked AS (
    UPDATE ops.jobs AS j
       SET cancel_asked_at = coalesce(cancel_asked_at, clock_timestamp()), cancel_asked_by = coalesce(cancel_asked_by, session_user),
           cancel_heard_at = CASE WHEN state = 'running' THEN cancel_heard_at ELSE clock_timestamp() END,
           cancel_how = CASE WHEN state = 'running' THEN cancel_how ELSE 'it did not run' END,
           finished_at = CASE WHEN state = 'running' THEN finished_at ELSE clock_timestamp() END,
           state = CASE WHEN state = 'running' THEN state ELSE 'cancelled' END
      FROM chosen WHERE j.id = chosen.id
    RETURNING j.id, j.state
)
SELECT id, true AS asked, CASE WHEN state = 'running' THEN pg_notify('ytempire_jobs', 'cancel') END FROM asked
UNION ALL
SELECT id, false, NULL FROM ops.jobs
 WHERE id = ANY ($1::bigint[]) AND ($2::text IS NULL OR state = $2) AND state IN ('scheduled', 'available', 'running', 'retryable')
   AND id NOT IN (SELECT id FROM asked)
