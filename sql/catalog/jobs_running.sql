-- Those of jobs $1 that run.
SELECT id FROM ops.jobs WHERE id = ANY ($1::bigint[]) AND state = 'running'
