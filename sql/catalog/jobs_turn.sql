-- One turn of worker $1 in state $2 with leases of $3 microseconds: takes $4 jobs at most; $5: renews the leases of jobs $6
-- under fences $7; before that ends the attempts $8 to $13 (jobs, fences, how, errors, pauses, counts).
SELECT verdict, job, fence, attempt, max_attempts, timeout_seconds, kind, source, command
  FROM ops.turn_jobs($1, $2, $3::bigint, $4::integer, $5::boolean, $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[],
                     $11::text[], $12::bigint[], $13::bigint[])
