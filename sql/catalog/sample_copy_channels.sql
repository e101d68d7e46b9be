COPY users.channels
    (channel_id, user_id, channel_name, niche, created_at)
FROM STDIN
