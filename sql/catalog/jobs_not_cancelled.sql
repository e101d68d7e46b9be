-- Those of jobs $1 that are not of $2, and why.
SELECT id, 'has ended already: it is ' || state FROM ops.jobs
 WHERE id = ANY ($1::bigint[]) AND id <> ALL ($2::bigint[]) ORDER BY id
