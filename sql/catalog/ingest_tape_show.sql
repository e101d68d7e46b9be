-- Exchange $2 of source $1, whole.
WITH tape AS (SELECT * FROM ops.tape WHERE source = $1 AND id = $2::bigint)
SELECT field, value FROM (
    SELECT n, field, value
      FROM tape, LATERAL (VALUES
           (1, 'id', id::text), (2, 'job', job_id::text), (3, 'attempt', attempt::text), (4, 'number', number::text),
           (5, 'run_at', run_at::text), (6, 'at', at::text), (7, 'ms', round(us / 1000.0, 3)::text), (8, 'method', method),
           (9, 'url', url), (10, 'request', request_body), (11, 'status', status::text), (12, 'bytes', bytes::text),
           (13, 'received', received::text), (14, 'whole', whole::text)) AS f (n, field, value)
    UNION ALL
    SELECT 100 + h.n, 'header ' || split_part(h.line, ': ', 1), substr(h.line, strpos(h.line, ': ') + 2)
      FROM tape, unnest(headers) WITH ORDINALITY AS h (line, n)
    UNION ALL
    SELECT 100000, 'body', body FROM tape
) AS all_of_it
 WHERE value IS NOT NULL
 ORDER BY n
