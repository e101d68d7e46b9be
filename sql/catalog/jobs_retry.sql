-- Puts job $1 on the list anew. No row: it is there already, or runs, or has no command that could be run.
WITH job AS (
    UPDATE ops.jobs
       SET state = 'available', run_at = now(), uncounted = attempt, foreground = false, error = NULL, error_class = NULL,
           finished_at = NULL, cancel_asked_at = NULL, cancel_asked_by = NULL, cancel_heard_at = NULL, cancel_how = NULL
     WHERE id = $1::bigint AND state NOT IN ('available', 'running') AND command IS NOT NULL
    RETURNING id, state, command
)
SELECT job.id, job.state, job.command FROM job, LATERAL (SELECT ops.ring_jobs()) AS rung
