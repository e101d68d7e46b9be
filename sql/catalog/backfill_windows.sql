-- Which of the commands $2 of source $1 have been done ('done'), are on the list ('waiting'), or neither (NULL), by which job.
SELECT c.n, j.state, j.id
  FROM unnest($2::text[]) WITH ORDINALITY AS c (command, n)
  LEFT JOIN LATERAL (SELECT CASE WHEN o.state = 'completed' THEN 'done' ELSE 'waiting' END AS state, o.id
                       FROM ops.jobs AS o
                      WHERE o.source = $1 AND o.command = c.command AND o.state IN ('completed', 'scheduled', 'available', 'running', 'retryable')
                      ORDER BY o.state = 'completed', o.id DESC LIMIT 1) AS j ON true
 ORDER BY c.n
