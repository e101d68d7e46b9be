-- Ids of the jobs of state $1, source $2 and kind $3, each unless it is NULL, that are of the states $4.
SELECT id FROM ops.jobs
 WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR source = $2) AND ($3::text IS NULL OR kind = $3)
   AND state = ANY ($4::text[])
 ORDER BY id
