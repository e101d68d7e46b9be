-- The channels that are ours to read. An id that is none of YouTube's is not asked for.
SELECT channel_id FROM users.channels WHERE is_active AND channel_id ~ '^[A-Za-z0-9_-]{1,64}$' ORDER BY channel_id
