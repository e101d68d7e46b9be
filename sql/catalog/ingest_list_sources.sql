-- The sources in $1 (names), $2 (kinds), $3 (what they are), with settings $4, and when each was last loaded with success.
SELECT s.name, s.kind,
       NOT EXISTS (SELECT FROM ops.queue_pauses AS p WHERE p.source IN (s.name, '*')) AS enabled,
       j.last_success,
       extract(epoch FROM now() - j.last_success)::bigint AS lag_seconds,
       w.data_until,
       s.summary,
       s.settings
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS s (name, kind, summary, settings, n)
  LEFT JOIN LATERAL (SELECT max(finished_at) AS last_success FROM ops.jobs
                      WHERE kind = 'ingest' AND source = s.name AND state = 'completed') AS j ON true
  LEFT JOIN ops.watermarks AS w ON w.source = s.name AND w.stream = ''
 ORDER BY s.n
