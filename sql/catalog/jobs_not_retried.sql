-- Those of jobs $1 that are not of $2, and why.
SELECT j.id, CASE WHEN j.command IS NULL THEN 'has no command that could be run again'
                  WHEN j.state IN ('available', 'running') THEN 'is ' || j.state
                  ELSE 'has a key that ' || coalesce('job ' || live.id, 'another live job') || ' has' END
  FROM ops.jobs AS j
  LEFT JOIN ops.jobs AS live ON live.unique_key = j.unique_key AND live.state IN ('scheduled', 'available', 'running', 'retryable')
 WHERE j.id = ANY ($1::bigint[]) AND j.id <> ALL ($2::bigint[]) ORDER BY j.id
