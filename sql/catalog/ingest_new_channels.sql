-- Channels not seen before. One that the batch knows under several names gets its history right after.
INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name)
SELECT DISTINCT ON (c.channel_id) c.channel_id, '00000000-0000-4000-8000-000000000001', c.channel_name
  FROM pg_temp.ingest_channels AS c
  LEFT JOIN LATERAL (SELECT d.channel_key FROM analytics.dim_channel AS d WHERE d.channel_id = c.channel_id LIMIT 1) AS known ON true
 WHERE known.channel_key IS NULL
 ORDER BY c.channel_id, c.no
ON CONFLICT (channel_id) WHERE is_current DO NOTHING
