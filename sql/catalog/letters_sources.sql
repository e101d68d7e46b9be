-- The sources of the letters $1, with the open ones of each; those that are not there or not open have no source.
SELECT d.source, array_agg(n.id ORDER BY n.id), min(n.id)
  FROM unnest($1::bigint[]) AS n (id)
  LEFT JOIN ops.dead_letters AS d ON d.id = n.id AND d.state = 'open'
 GROUP BY d.source ORDER BY d.source NULLS FIRST
