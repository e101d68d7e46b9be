-- The first of jobs $1 that does not exist.
SELECT w.id FROM unnest($1::bigint[]) AS w (id)
 WHERE NOT EXISTS (SELECT FROM ops.jobs AS j WHERE j.id = w.id)
 ORDER BY 1 LIMIT 1
