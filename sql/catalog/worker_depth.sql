-- Jobs that are not over, by state; each part reads a small partial index.
SELECT 'scheduled' AS state, count(*) AS jobs FROM ops.jobs WHERE state = 'scheduled'
UNION ALL
SELECT 'available', (SELECT count(*) FROM ops.jobs WHERE state = 'available' AND source IS NULL)
                  + (SELECT count(*) FROM ops.jobs WHERE state = 'available' AND source IS NOT NULL)
UNION ALL
SELECT 'running', count(*) FROM ops.jobs WHERE state = 'running'
UNION ALL
SELECT 'retryable', count(*) FROM ops.jobs WHERE state = 'retryable'
