-- The API of source $2 said at its method $3 that project $1 had nothing left at the instant $4, in microseconds: of that day. Whether
-- it is over by now.
SELECT ops.quota_day(paid.at) < ops.quota_day(c.at), ops.refuse_quota($1, $2, $3, paid.at)
  FROM (SELECT clock_timestamp() AS at) AS c, (SELECT to_timestamp($4::bigint / 1000000.0) AS at) AS paid
