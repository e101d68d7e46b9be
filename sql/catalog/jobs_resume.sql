WITH gone AS (DELETE FROM ops.queue_pauses WHERE source = $1 RETURNING source, paused_at, paused_by, why)
SELECT gone.* FROM gone, LATERAL (SELECT ops.ring_jobs()) AS rung
