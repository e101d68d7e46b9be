-- Costs of an account that is not known.
SELECT m.line, 'user_id', 'no account of this id is known'
  FROM pg_temp.mapped AS m
 WHERE m.user_id IS NOT NULL AND NOT EXISTS (SELECT FROM analytics.dim_user AS u WHERE u.user_id = m.user_id)
 ORDER BY 1
