-- Days of a channel that is not known.
SELECT m.line, 'channel_id', 'no channel of this id is known'
  FROM pg_temp.mapped AS m
 WHERE NOT EXISTS (SELECT FROM analytics.dim_channel AS d WHERE d.channel_id = m.channel_id)
 ORDER BY 1
