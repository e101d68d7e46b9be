-- Writes the choice down: $1 engine, $2 reason.
INSERT INTO ops.settings AS s (name, value, reason) VALUES ('storage_engine', $1, $2)
ON CONFLICT (name) DO UPDATE
   SET value = excluded.value, reason = excluded.reason, updated_at = now(), updated_by = session_user
 WHERE s.value <> excluded.value
