-- A job: $1 kind, $2 source, $3 command, $4 unique key, $5 priority, $6 delay in microseconds, $7 attempts at most, $8 time-out in seconds.
SELECT job, is_new FROM ops.put_job($1, $2, $3, $4, $5::integer, $6::bigint, $7::integer, $8::integer, NULL, NULL)
