-- Job $1 under fence $2 has ended: how $3, error $4; rows read, loaded, unchanged and rejected, bytes, quota $5 to $10. One of
-- the foreground is not tried again by itself. Workers hear that its source is free.
SELECT (SELECT count(*)
          FROM ops.end_jobs(ARRAY[$1::bigint], ARRAY[$2::bigint], ARRAY[$3], ARRAY[$4], ARRAY[NULL::bigint],
                            ARRAY[$5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::bigint, nullif($10::bigint, 0)])) AS missed,
       ops.ring_jobs()
