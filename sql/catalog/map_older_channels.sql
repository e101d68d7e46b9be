-- Channels of which a later snapshot than the latest in the batch is stored: what is older changes nothing of what they are
-- called, but for the rule ($1) 'fill', which gives what was not known.
DELETE FROM pg_temp.mapped_channels AS m
 USING (SELECT channel_id, max("timestamp") AS latest FROM pg_temp.mapped WHERE channel_id IS NOT NULL GROUP BY 1) AS told
 WHERE told.channel_id = m.channel_id AND $1 <> 'fill'
   AND EXISTS (SELECT FROM analytics.dim_channel AS d JOIN analytics.fact_video_performance AS f USING (channel_key)
                WHERE d.channel_id = m.channel_id AND f."timestamp" > told.latest)
