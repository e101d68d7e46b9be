SELECT state, command IS NOT NULL FROM ops.jobs WHERE id = $1::bigint
