SELECT id, state, ops.why_job(id) AS why FROM ops.jobs WHERE id = $1::bigint
