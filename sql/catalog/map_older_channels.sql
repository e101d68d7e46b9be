-- Channels of which a later snapshot than the latest in the batch is stored: what is older changes nothing of what they are called.
DELETE FROM pg_temp.mapped_channels AS m
 USING (SELECT channel_id, max("timestamp") AS latest FROM pg_temp.mapped WHERE channel_id IS NOT NULL GROUP BY 1) AS told
 WHERE told.channel_id = m.channel_id
   AND EXISTS (SELECT FROM analytics.dim_channel AS d JOIN analytics.fact_video_performance AS f USING (channel_key)
                WHERE d.channel_id = m.channel_id AND f."timestamp" > told.latest)
