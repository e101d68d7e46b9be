-- What happened since instant $1 that is marked on the time axes of boards: jobs that were given up, migrations that were
-- applied. The newest 200, by time.
SELECT kind, at, words, name
  FROM (SELECT 'job_failed' AS kind, finished_at AS at,
               format('job %s (%s) failed: %s', id, coalesce(source, kind), coalesce(error, 'no reason is known')) AS words,
               id::text AS name
          FROM ops.jobs WHERE state = 'discarded' AND finished_at >= $1::timestamptz
         UNION ALL
        SELECT 'migration', applied_at, format('migration %s %s applied', version, name), version::text
          FROM ops.migrations WHERE state = 'applied' AND NOT baseline AND applied_at >= $1::timestamptz
         ORDER BY at DESC LIMIT 200) AS newest
 ORDER BY at
