SELECT ops.take_job($1::bigint)
