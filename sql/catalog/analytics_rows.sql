-- The rows of the reports, by the names of their columns. An answer without rows has none; one that is no table is refused.
INSERT INTO pg_temp.analytics_rows (answer, n, stream, channel_id, video_id, day, told, raw)
SELECT a.no, r.n, a.stream, a.about ->> 'channel', t.told ->> 'video', pg_temp.analytics_day(t.told ->> 'day'),
       t.told - 'day' - 'video', r.row
  FROM pg_temp.ingest_answers AS a
 CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(a.body -> 'rows') = 'array' THEN a.body -> 'rows' ELSE '[]' END)
                    WITH ORDINALITY AS r (row, n)
 CROSS JOIN LATERAL (SELECT coalesce(jsonb_object_agg(h.header ->> 'name', r.row -> (h.n - 1)::integer)
                                     FILTER (WHERE h.header ->> 'name' IS NOT NULL), '{}') AS told
                       FROM jsonb_array_elements(CASE WHEN jsonb_typeof(a.body -> 'columnHeaders') = 'array'
                                                      THEN a.body -> 'columnHeaders' ELSE '[]' END) WITH ORDINALITY AS h (header, n)) AS t;

INSERT INTO pg_temp.analytics_rows (answer, n, stream, raw, column_name, reason)
SELECT a.no, 0, a.stream, a.body, 'rows', 'it is no list'
  FROM pg_temp.ingest_answers AS a
 WHERE jsonb_typeof(a.body -> 'rows') NOT IN ('array', 'null');

UPDATE pg_temp.analytics_rows AS y SET column_name = c.name, reason = c.reason
  FROM (SELECT DISTINCT ON (i.answer, i.n) i.answer, i.n, c.name, c.reason
          FROM pg_temp.analytics_rows AS i
          LEFT JOIN LATERAL (SELECT key FROM jsonb_each(i.told) AS t (key, value)
                              WHERE jsonb_typeof(value) NOT IN ('number', 'null')
                                 OR (key <> 'views' AND CASE WHEN jsonb_typeof(value) = 'number' THEN abs(value::numeric) > 2147483647 END)
                                 OR (key NOT IN ('estimatedMinutesWatched', 'averageViewDuration', 'averageViewPercentage', 'estimatedRevenue')
                                     AND jsonb_typeof(value) = 'number' AND (value::text ~ '[.eE]' OR length(value::text) > 18))
                              ORDER BY key LIMIT 1) AS bad ON true
         CROSS JOIN LATERAL (VALUES
               (1, 'day', 'it is no day', i.day IS NULL),
               (2, 'video', 'it is no id of a video', i.stream LIKE 'video%' AND coalesce(i.video_id !~ '^[A-Za-z0-9_-]{11}$', true)),
               (3, bad.key, 'it is no number', bad.key IS NOT NULL)
               ) AS c (no, name, reason, is_bad)
         WHERE i.reason IS NULL AND c.is_bad
         ORDER BY i.answer, i.n, c.no) AS c
 WHERE y.answer = c.answer AND y.n = c.n AND y.reason IS NULL;

-- Known by channel, video, day and column; where these are not told, by what is.
INSERT INTO ops.dead_letters AS d (source, file_sha256, file, line, column_name, reason, raw, job_id)
SELECT DISTINCT ON (k.key) r.source, encode(sha256(convert_to(k.key, 'UTF8')), 'hex'), k.file, 1, y.column_name, y.reason, y.raw::text, r.job_id
  FROM pg_temp.analytics_rows AS y
  JOIN pg_temp.ingest_answers AS a ON a.no = y.answer
 CROSS JOIN pg_temp.ingest_run AS r
 CROSS JOIN LATERAL (SELECT y.n > 0 AND y.column_name NOT IN ('day', 'video') AS is_known) AS t
 CROSS JOIN LATERAL (SELECT CASE WHEN t.is_known THEN concat_ws(' ', y.channel_id, y.video_id, y.day, y.column_name)
                                 WHEN y.n = 0 THEN a.request ELSE a.request || y.raw::text END AS key,
                            CASE WHEN t.is_known THEN concat_ws(' ', y.channel_id, y.video_id, y.day) ELSE a.request END AS file) AS k
 WHERE y.reason IS NOT NULL
 ORDER BY k.key, y.answer, y.n
ON CONFLICT (source, file_sha256, line) DO UPDATE
   SET reason = excluded.reason, raw = excluded.raw, job_id = excluded.job_id, state = 'open', resolved_at = NULL, note = NULL
 WHERE NOT (SELECT is_old FROM pg_temp.ingest_run)
   AND (d.state = 'retried' OR (d.reason, d.raw) IS DISTINCT FROM (excluded.reason, excluded.raw));

-- What comes rightly resolves its letter: the value of a day, or all that a report says.
UPDATE ops.dead_letters AS d SET state = 'retried', resolved_at = now(), note = 'it came rightly, by job ' || r.job_id
  FROM pg_temp.ingest_run AS r
 WHERE NOT r.is_old AND d.source = r.source AND d.state = 'open'
   AND (EXISTS (SELECT FROM pg_temp.analytics_rows AS y
                 WHERE y.reason IS NULL AND d.file = concat_ws(' ', y.channel_id, y.video_id, y.day) AND y.told ? d.column_name)
        OR EXISTS (SELECT FROM pg_temp.ingest_answers AS a
                    WHERE a.request = d.file
                      AND NOT EXISTS (SELECT FROM pg_temp.analytics_rows AS y WHERE y.answer = a.no AND y.reason IS NOT NULL)));

INSERT INTO youtube_raw.reports AS r (id, user_id, channel_id, fetched_at, etag, body)
SELECT DISTINCT ON (a.request) a.request, c.user_id, a.about ->> 'channel', run.at, a.etag, a.body
  FROM pg_temp.ingest_answers AS a
 CROSS JOIN pg_temp.ingest_run AS run
  LEFT JOIN users.channels AS c ON c.channel_id = a.about ->> 'channel'
 ORDER BY a.request, a.no DESC
    ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, fetched_at = excluded.fetched_at, etag = excluded.etag, body = excluded.body
 WHERE NOT (SELECT is_old FROM pg_temp.ingest_run)
   AND (r.body IS DISTINCT FROM excluded.body OR r.fetched_at < excluded.fetched_at - interval '1 day');

-- One a channel or video and day. Money that nobody told stays unknown.
INSERT INTO pg_temp.analytics_days (channel_id, video_id, day, told, midnight)
SELECT y.channel_id, y.video_id, y.day, jsonb_object_agg(t.key, t.value ORDER BY y.answer, y.n),
       y.day::timestamp AT TIME ZONE 'America/Los_Angeles'
  FROM pg_temp.analytics_rows AS y
 CROSS JOIN LATERAL jsonb_each(y.told) AS t (key, value)
 WHERE y.reason IS NULL AND jsonb_typeof(t.value) = 'number'
 GROUP BY 1, 2, 3;

-- What is told of a day since a run that is old, stands.
DELETE FROM pg_temp.analytics_days AS y USING pg_temp.ingest_run AS run, analytics.youtube_metrics AS m
 WHERE run.is_old AND m.channel_id = y.channel_id AND coalesce(m.video_id, '') = coalesce(y.video_id, '')
   AND m.date = y.day;

UPDATE pg_temp.analytics_days AS y
   SET user_id = c.user_id, channel_key = k.channel_key, user_key = k.user_key, date_key = k.date_key
  FROM users.channels AS c,
       (SELECT o.channel_id, o.day, k.channel_key, k.user_key, k.date_key
          FROM (SELECT DISTINCT channel_id, day FROM pg_temp.analytics_days) AS o
         CROSS JOIN LATERAL ops.keys_of_day(o.channel_id, o.day) AS k) AS k
 WHERE c.channel_id = y.channel_id AND k.channel_id = y.channel_id AND k.day = y.day;
