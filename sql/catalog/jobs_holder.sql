-- Which live job has the unique key $1, or runs for source $2; and who runs it since when.
SELECT id, coalesce(CASE WHEN state = 'running' THEN worker || ', since ' || to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC' END,
                    state)
  FROM ops.jobs
 WHERE unique_key = $1 AND state IN ('scheduled', 'available', 'running', 'retryable') OR source = $2 AND state = 'running'
 ORDER BY state <> 'running', id
 LIMIT 1
