-- $1 source, or '*' for the whole queue; $2 why. A pause that is there stays as it is.
WITH new AS (
    INSERT INTO ops.queue_pauses (source, why) VALUES ($1, $2) ON CONFLICT (source) DO NOTHING
    RETURNING source, paused_at, paused_by, why
)
SELECT * FROM new UNION ALL
SELECT source, paused_at, paused_by, why FROM ops.queue_pauses WHERE source = $1 AND NOT EXISTS (SELECT FROM new)
