-- The keys that the dimensions were given: kind, natural key, number of the version, key.
SELECT 'user', user_id::text, row_number() OVER (PARTITION BY user_id ORDER BY valid_from) - 1, user_key
  FROM analytics.dim_user WHERE email LIKE '%@sample.ytempire.invalid'
UNION ALL
SELECT 'channel', c.channel_id, row_number() OVER (PARTITION BY c.channel_id ORDER BY c.valid_from) - 1, c.channel_key
  FROM analytics.dim_channel AS c JOIN users.accounts AS a USING (user_id) WHERE a.email LIKE '%@sample.ytempire.invalid'
UNION ALL
SELECT 'video', v.video_id, 0, v.video_key
  FROM analytics.dim_video AS v JOIN users.channels AS c USING (channel_id) JOIN users.accounts AS a USING (user_id)
 WHERE a.email LIKE '%@sample.ytempire.invalid'
