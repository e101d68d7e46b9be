-- What a batch tells otherwise of channels of which a later snapshot than its latest is stored: what is older changes nothing
-- of what they are called, but for the rule ($2) 'fill', which gives what was not known. Told columns $1. What says the same as
-- is known changes nothing either, and is left without a look: that would be a search of all partitions, and a CASE is never
-- turned into a join, which would search for all.
DELETE FROM pg_temp.mapped_channels AS m
 USING (SELECT channel_id, max("timestamp") AS latest FROM pg_temp.mapped WHERE channel_id IS NOT NULL GROUP BY 1) AS told,
       analytics.dim_channel AS now
 WHERE told.channel_id = m.channel_id AND now.channel_id = m.channel_id AND now.is_current AND $2 <> 'fill'
   AND CASE WHEN (coalesce(ops.told('channel_name', $1, $2, now.channel_name, m.channel_name), now.channel_name),
                  ops.told('channel_handle', $1, $2, now.channel_handle, m.channel_handle),
                  ops.told('niche', $1, $2, now.niche, m.niche), ops.told('sub_niche', $1, $2, now.sub_niche, m.sub_niche),
                  ops.told('monetization_status', $1, $2, now.monetization_status, m.monetization_status))
                 IS DISTINCT FROM (now.channel_name, now.channel_handle, now.niche, now.sub_niche, now.monetization_status)
            THEN EXISTS (SELECT FROM analytics.dim_channel AS d JOIN analytics.fact_video_performance AS f USING (channel_key)
                          WHERE d.channel_id = m.channel_id AND f."timestamp" > told.latest)
            ELSE false END
