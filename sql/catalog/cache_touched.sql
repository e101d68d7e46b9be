-- What loads have touched and no cache was told yet, each stretch of time once, in microseconds; and the rows' ids.
WITH taken AS MATERIALIZED (
    SELECT id, relation, added, stretches FROM ops.cache_touched
), merged AS (
    SELECT relation, added, CASE WHEN bool_and(stretches IS NOT NULL) THEN range_agg(stretches) END AS stretches
      FROM taken GROUP BY 1, 2
)
SELECT m.relation, m.added, (extract(epoch FROM lower(s)) * 1000000)::bigint, (extract(epoch FROM upper(s)) * 1000000)::bigint,
       (SELECT array_agg(id) FROM taken)
  FROM merged AS m
  LEFT JOIN LATERAL unnest(m.stretches) AS s ON true
 ORDER BY 1, 2, 3
