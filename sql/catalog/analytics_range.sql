-- The days to be read, Pacific: from $1 to $2 where they are said (''), else the last $3 before today. The instant is $4, in
-- microseconds.
SELECT coalesce(nullif($1, '')::date, least(coalesce(nullif($2, '')::date, today), today) - $3::integer)::text,
       least(coalesce(nullif($2, '')::date, today), today)::text
  FROM (SELECT ops.quota_day(to_timestamp($4::bigint / 1000000.0)) AS today) AS t
