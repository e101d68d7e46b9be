SELECT ops.greet_worker($1, $2, $3::integer, $4, $5::integer, $6::bigint[])
