-- The whole queue (*), then each source that has live jobs, a limit or a pause.
WITH live AS (
    SELECT source, count(*) FILTER (WHERE state = 'available') AS waiting, count(*) FILTER (WHERE state IN ('scheduled', 'retryable')) AS later,
           count(*) FILTER (WHERE state = 'running') AS running
      FROM ops.jobs WHERE state IN ('scheduled', 'available', 'running', 'retryable') GROUP BY source
), line AS (
    SELECT '*' AS source, coalesce(sum(waiting), 0)::bigint AS waiting, coalesce(sum(later), 0)::bigint AS later,
           coalesce(sum(running), 0)::bigint AS running,
           (SELECT sum(slots) FROM ops.workers WHERE state = 'working' AND heartbeat_at > now() - interval '30 seconds')::bigint AS most
      FROM live
    UNION ALL
    SELECT s.source, coalesce(live.waiting, 0), coalesce(live.later, 0), coalesce(live.running, 0), coalesce(l.running, 1)
      FROM (SELECT source FROM live WHERE source IS NOT NULL UNION SELECT source FROM ops.queue_limits
            UNION SELECT source FROM ops.queue_pauses WHERE source <> '*') AS s
      LEFT JOIN live ON live.source = s.source
      LEFT JOIN ops.queue_limits AS l ON l.source = s.source
)
SELECT line.source, line.waiting, line.later, line.running, line.most AS "limit", p.paused_at, p.paused_by, p.why,
       CASE WHEN line.source = '*' THEN (SELECT value FROM ops.settings WHERE name = 'jobs_keep_days') END AS keep_days
  FROM line LEFT JOIN ops.queue_pauses AS p ON p.source = line.source
 ORDER BY line.source <> '*', line.source
