-- Puts those of jobs $1 on the list anew that are of state $2, unless it is NULL: not what is there already, or runs, or has no
-- command; of jobs with one unique key the last, where none that is live has it.
WITH chosen AS MATERIALIZED (
    SELECT DISTINCT ON (unique_key, CASE WHEN unique_key IS NULL THEN id END) id, unique_key FROM ops.jobs
     WHERE id = ANY ($1::bigint[]) AND ($2::text IS NULL OR state = $2) AND state NOT IN ('available', 'running') AND command IS NOT NULL
     ORDER BY unique_key, CASE WHEN unique_key IS NULL THEN id END, state IN ('scheduled', 'retryable') DESC, id DESC
), job AS (
    UPDATE ops.jobs AS j
       SET state = 'available', run_at = now(), uncounted = attempt, foreground = false, error = NULL, error_class = NULL,
           finished_at = NULL, cancel_asked_at = NULL, cancel_asked_by = NULL, cancel_heard_at = NULL, cancel_how = NULL
      FROM chosen AS c
     WHERE j.id = c.id AND j.state NOT IN ('available', 'running')
       AND NOT EXISTS (SELECT FROM ops.jobs AS live WHERE live.unique_key = c.unique_key AND live.id <> c.id
                          AND live.state IN ('scheduled', 'available', 'running', 'retryable'))
    RETURNING j.id, j.state, j.command
)
SELECT job.id, job.state, job.command FROM job, LATERAL (SELECT ops.ring_jobs()) AS rung ORDER BY job.id
