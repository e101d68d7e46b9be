SELECT count(*) FROM ops.jobs WHERE id = $1::bigint
