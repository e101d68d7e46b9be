-- What a batch tells of channels, numbered in time, or with another rule ($1) than 'update' as the file has them; without a
-- time of its own a change is one of now.
INSERT INTO pg_temp.mapped_channels
SELECT channel_id, coalesce(valid_from, now()),
       row_number() OVER (PARTITION BY channel_id ORDER BY CASE WHEN $1 = 'update' THEN coalesce(valid_from, now()) END, line),
       user_id, channel_name, channel_handle, niche, sub_niche, target_audience::jsonb, content_strategy::jsonb, monetization_status,
       created_date, is_active
  FROM pg_temp.mapped
