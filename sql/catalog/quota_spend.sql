-- Takes the price of $4 calls of method $3 of source $2 from the buckets of project $1, for job $5; when, in microseconds.
SELECT s.verdict, s.in_bucket, s.taken, s.left_over, to_char(s.resets_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       (extract(epoch FROM c.at) * 1000000)::bigint
  FROM (SELECT clock_timestamp() AS at) AS c, ops.spend_quota($1, $2, $3, $4::integer, $5::bigint, c.at) AS s
