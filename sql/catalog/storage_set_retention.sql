-- The horizon: $1 days, or 'off'.
INSERT INTO ops.settings AS s (name, value, reason) VALUES ('retention_days', $1, 'set by ''storage retention''')
ON CONFLICT (name) DO UPDATE
   SET value = excluded.value, reason = excluded.reason, updated_at = now(), updated_by = session_user
