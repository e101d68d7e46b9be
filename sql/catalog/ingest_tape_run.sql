-- The exchanges of job $2 (NULL: of the newest run) on the tape of source $1, in order: those of its last attempt.
WITH run AS (
    SELECT job_id, attempt FROM ops.tape WHERE source = $1 AND ($2::bigint IS NULL OR job_id = $2::bigint)
     ORDER BY id DESC LIMIT 1
)
SELECT t.id, t.job_id, t.number, (extract(epoch FROM t.run_at) * 1000000)::bigint, t.method, t.url, t.request_body, t.status,
       to_json(t.headers)::text, t.body, t.whole
  FROM run JOIN ops.tape AS t ON t.source = $1 AND t.job_id = run.job_id AND t.attempt = run.attempt
 ORDER BY t.number
