COPY analytics.dim_channel
    (channel_id, user_id, channel_name, channel_handle, niche, monetization_status, created_date, valid_from,
     valid_to, is_current)
FROM STDIN
