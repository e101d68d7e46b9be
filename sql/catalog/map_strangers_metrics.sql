-- Days of a channel that no account has.
SELECT m.line, 'channel_id', 'no account has a channel of this id'
  FROM pg_temp.mapped AS m
 WHERE NOT EXISTS (SELECT FROM users.channels AS c WHERE c.channel_id = m.channel_id)
 ORDER BY 1
