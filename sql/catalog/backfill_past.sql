-- What loads of source $1 took, of the last twenty that were completed: calls, units of quota, seconds; and how many may run at once.
SELECT round(avg(t.calls))::bigint, round(avg(j.quota))::bigint, avg(extract(epoch FROM j.finished_at - j.started_at))::numeric(12,1),
       coalesce((SELECT l.running FROM ops.queue_limits AS l WHERE l.source = $1), 1)
  FROM (SELECT id, coalesce(quota, 0) AS quota, started_at, finished_at FROM ops.jobs
         WHERE source = $1 AND kind = 'ingest' AND state = 'completed' ORDER BY id DESC LIMIT 20) AS j
  LEFT JOIN LATERAL (SELECT nullif(count(*), 0) AS calls FROM ops.tape AS t WHERE t.job_id = j.id) AS t ON true
