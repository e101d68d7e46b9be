SELECT state FROM ops.jobs WHERE id = $1::bigint
