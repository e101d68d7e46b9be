-- The history of the restless channels, made again from all the days they were seen: in their snapshots and in this batch.
-- Where one day has two names, the one with the larger bytes stands. A version begins on the first day of a run of one name.
INSERT INTO pg_temp.ingest_versions
WITH told AS (
    SELECT c.channel_id, s.at, c.channel_name
      FROM pg_temp.ingest_restless AS r
      JOIN pg_temp.ingest_channels AS c USING (channel_id)
      JOIN (SELECT channel_no, at FROM pg_temp.ingest_rows UNION ALL SELECT channel_no, at FROM pg_temp.ingest_seen) AS s ON s.channel_no = c.no
    UNION ALL
    SELECT d.channel_id, f."timestamp", d.channel_name
      FROM pg_temp.ingest_restless AS r
      JOIN analytics.dim_channel AS d USING (channel_id)
      JOIN analytics.fact_video_performance AS f USING (channel_key)
    UNION ALL
    SELECT d.channel_id, b."timestamp", d.channel_name
      FROM pg_temp.ingest_restless AS r
      JOIN analytics.dim_channel AS d USING (channel_id)
      JOIN ops.counter_base AS b USING (channel_key)
), named AS (
    SELECT channel_id, at, max(channel_name COLLATE "C") AS channel_name FROM told GROUP BY 1, 2
), turning AS (
    SELECT *, lag(channel_name) OVER (PARTITION BY channel_id ORDER BY at) IS DISTINCT FROM channel_name AS turns FROM named
)
SELECT channel_id, channel_name,
       CASE WHEN row_number() OVER w = 1 THEN '-infinity' ELSE at END,
       lead(at, 1, '9999-12-31 00:00:00+00') OVER w,
       NULL
  FROM turning WHERE turns
WINDOW w AS (PARTITION BY channel_id ORDER BY at);

-- A version keeps its key where it has the name and a part of the time of one before: each to the first such, one to one.
UPDATE pg_temp.ingest_versions AS v
   SET channel_key = kept.channel_key
  FROM (SELECT DISTINCT ON (channel_id, valid_from) channel_id, valid_from, channel_key
          FROM (SELECT DISTINCT ON (d.channel_key) n.channel_id, n.valid_from, d.channel_key, d.valid_from AS was_from
                  FROM pg_temp.ingest_versions AS n
                  JOIN analytics.dim_channel AS d
                    ON d.channel_id = n.channel_id AND d.channel_name = n.channel_name
                   AND d.valid_from < n.valid_to AND n.valid_from < d.valid_to
                 ORDER BY d.channel_key, n.valid_from) AS first_new
         ORDER BY channel_id, valid_from, was_from) AS kept
 WHERE v.channel_id = kept.channel_id AND v.valid_from = kept.valid_from;

-- The first of both begin at -infinity: where neither was matched they are one, under a new name.
UPDATE pg_temp.ingest_versions AS v
   SET channel_key = d.channel_key
  FROM analytics.dim_channel AS d
 WHERE v.channel_key IS NULL AND v.valid_from = '-infinity' AND d.channel_id = v.channel_id AND d.valid_from = '-infinity'
   AND NOT EXISTS (SELECT FROM pg_temp.ingest_versions AS o WHERE o.channel_key = d.channel_key);

-- First every kept version shrinks to what lies in both its times, so that no two ever overlap on the way.
UPDATE analytics.dim_channel AS d
   SET valid_from = greatest(d.valid_from, v.valid_from), valid_to = least(d.valid_to, v.valid_to),
       is_current = least(d.valid_to, v.valid_to) >= '9999-12-31 00:00:00+00'
  FROM pg_temp.ingest_versions AS v
 WHERE v.channel_key = d.channel_key;

-- Versions that are no more: their snapshots go to any of their channel, and below to the right one.
WITH gone AS (
    SELECT d.channel_key, (SELECT min(v.channel_key) FROM pg_temp.ingest_versions AS v WHERE v.channel_id = d.channel_id) AS heir
      FROM pg_temp.ingest_restless AS r
      JOIN analytics.dim_channel AS d USING (channel_id)
     WHERE NOT EXISTS (SELECT FROM pg_temp.ingest_versions AS v WHERE v.channel_key = d.channel_key)
), facts AS (
    UPDATE analytics.fact_video_performance AS f SET channel_key = g.heir FROM gone AS g WHERE f.channel_key = g.channel_key
    RETURNING f."timestamp"
), touched AS (
    INSERT INTO ops.touched_hours (relation, hour)
    SELECT DISTINCT 'analytics.fact_video_performance', date_trunc('hour', "timestamp", 'UTC') FROM facts
)
UPDATE ops.counter_base AS b SET channel_key = g.heir FROM gone AS g WHERE b.channel_key = g.channel_key;

DELETE FROM analytics.dim_channel AS d
 USING pg_temp.ingest_restless AS r
 WHERE r.channel_id = d.channel_id
   AND NOT EXISTS (SELECT FROM pg_temp.ingest_versions AS v WHERE v.channel_key = d.channel_key);

UPDATE analytics.dim_channel AS d
   SET channel_name = v.channel_name, valid_from = v.valid_from, valid_to = v.valid_to,
       is_current = v.valid_to >= '9999-12-31 00:00:00+00'
  FROM pg_temp.ingest_versions AS v
 WHERE v.channel_key = d.channel_key;

INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name, channel_handle, niche, sub_niche, target_audience,
                                   content_strategy, monetization_status, created_date, is_active, valid_from, valid_to, is_current)
SELECT v.channel_id, d.user_id, v.channel_name, d.channel_handle, d.niche, d.sub_niche, d.target_audience, d.content_strategy,
       d.monetization_status, d.created_date, d.is_active, v.valid_from, v.valid_to, v.valid_to >= '9999-12-31 00:00:00+00'
  FROM pg_temp.ingest_versions AS v
 CROSS JOIN LATERAL (SELECT * FROM analytics.dim_channel AS k
                      WHERE k.channel_key = (SELECT min(o.channel_key) FROM pg_temp.ingest_versions AS o WHERE o.channel_id = v.channel_id)) AS d
 WHERE v.channel_key IS NULL;

-- Snapshots to the version of their time; their hours are computed again.
WITH moved AS (
    UPDATE analytics.fact_video_performance AS f
       SET channel_key = now.channel_key, updated_at = now()
      FROM pg_temp.ingest_restless AS r
      JOIN analytics.dim_channel AS was USING (channel_id)
      JOIN analytics.dim_channel AS now USING (channel_id)
     WHERE f.channel_key = was.channel_key AND f."timestamp" >= now.valid_from AND f."timestamp" < now.valid_to
       AND was.channel_key <> now.channel_key
    RETURNING f."timestamp"
)
INSERT INTO ops.touched_hours (relation, hour)
SELECT DISTINCT 'analytics.fact_video_performance', date_trunc('hour', "timestamp", 'UTC') FROM moved;

UPDATE ops.counter_base AS b
   SET channel_key = now.channel_key
  FROM pg_temp.ingest_restless AS r
  JOIN analytics.dim_channel AS was USING (channel_id)
  JOIN analytics.dim_channel AS now USING (channel_id)
 WHERE b.channel_key = was.channel_key AND b."timestamp" >= now.valid_from AND b."timestamp" < now.valid_to
   AND was.channel_key <> now.channel_key;
