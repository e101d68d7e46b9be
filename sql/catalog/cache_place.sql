-- Which database this is, told from a copy, a former one of its name and others in the world; and who asks: its login, and
-- the account whose rows it sees, if it is one.
SELECT format('%s (%s/%s/%s)', d.datname, s.system_identifier, c.timeline_id, d.oid), session_user,
       nullif(current_setting('ytempire.user_id', true), '')
  FROM pg_database AS d, pg_control_system() AS s, pg_control_checkpoint() AS c
 WHERE d.datname = current_database()
