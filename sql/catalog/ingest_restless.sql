-- Channels of market data that a row of the batch has under another name than the version valid on its day. What agrees
-- with the version of its day changes no history: a version begins on the first day it was seen.
WITH other AS MATERIALIZED (
    SELECT c.no, c.channel_id, d.valid_from, d.valid_to
      FROM pg_temp.ingest_channels AS c
      JOIN analytics.dim_channel AS d USING (channel_id)
     WHERE d.user_id = '00000000-0000-4000-8000-000000000001' AND d.channel_name IS DISTINCT FROM c.channel_name
)
INSERT INTO pg_temp.ingest_restless
SELECT DISTINCT o.channel_id
  FROM other AS o
  JOIN (SELECT channel_no, at FROM pg_temp.ingest_rows UNION ALL SELECT channel_no, at FROM pg_temp.ingest_seen) AS s ON s.channel_no = o.no
 WHERE s.at >= o.valid_from AND s.at < o.valid_to
