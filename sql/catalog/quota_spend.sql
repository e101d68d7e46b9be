-- Takes the price of $4 calls of method $3 of source $2 from the buckets of project $1, for job $5.
SELECT verdict, in_bucket, taken, left_over, to_char(resets_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM ops.spend_quota($1, $2, $3, $4::integer, $5::bigint)
