-- Whether worker $1 leads from now on, as long as its session lives.
WITH leader AS MATERIALIZED (SELECT pg_try_advisory_lock(hashtextextended('ytempire leader', 0)) AS leads),
     told AS (UPDATE ops.workers SET leader = (worker = $1) FROM leader WHERE leads AND leader IS DISTINCT FROM (worker = $1))
SELECT leads FROM leader
