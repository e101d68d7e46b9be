-- How far: a day is final that began `final_after` days before today; what is read later may still change. Until then it is
-- provisional, and read again by each run as long as it lies in its look-back.
INSERT INTO pg_temp.ingest_counts
SELECT count(*), count(*) FILTER (WHERE y.changed), 0 FROM pg_temp.analytics_days AS y
UNION ALL
SELECT count(*), 0, count(*) FROM pg_temp.analytics_rows AS y WHERE y.reason IS NOT NULL;

-- Loads of several ranges run side by side: all take these rows in one order.
INSERT INTO ops.watermarks AS w (source, stream, position, data_until, job_id)
SELECT r.source, s.stream, jsonb_build_object('final_until', ops.quota_day(r.at) - (r.settings ->> 'final_after')::integer),
       max(y.midnight), r.job_id
  FROM pg_temp.analytics_days AS y
 CROSS JOIN LATERAL (VALUES (''), (y.channel_id)) AS s (stream)
 CROSS JOIN pg_temp.ingest_run AS r
 GROUP BY r.source, s.stream, r.at, r.settings, r.job_id
 ORDER BY s.stream = '', s.stream
    ON CONFLICT (source, stream) DO UPDATE
   SET position = CASE WHEN (w.position ->> 'final_until')::date > (excluded.position ->> 'final_until')::date THEN w.position
                       ELSE excluded.position END,
       data_until = greatest(w.data_until, excluded.data_until), job_id = excluded.job_id, updated_at = now();
