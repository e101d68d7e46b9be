-- At most $2 jobs of source $1 run at once.
WITH put AS (
    INSERT INTO ops.queue_limits AS l (source, running) VALUES ($1, $2::integer)
        ON CONFLICT (source) DO UPDATE SET running = excluded.running
    RETURNING source, running
)
SELECT source, running AS "limit" FROM put, LATERAL (SELECT ops.ring_jobs()) AS rung
