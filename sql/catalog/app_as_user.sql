-- The rest of the session sees the rows of account $1, given by id or by address.
SELECT set_config('ytempire.user_id', user_id::text, false)
  FROM users.accounts
 WHERE user_id::text = lower($1) OR lower(email) = lower($1)
