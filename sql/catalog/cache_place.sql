-- Which database this is, told from a copy, a former one of its name and others in the world; and who asks: its login, the
-- role it has taken (a connection's options may), and the account whose rows it sees, if it is one.
SELECT format('%s (%s/%s/%s)', d.datname, s.system_identifier, c.timeline_id, d.oid),
       CASE current_user WHEN session_user THEN session_user::text ELSE format('%s as %s', session_user, current_user) END,
       nullif(current_setting('ytempire.user_id', true), '')
  FROM pg_database AS d, pg_control_system() AS s, pg_control_checkpoint() AS c
 WHERE d.datname = current_database()
