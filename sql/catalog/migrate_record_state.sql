-- $1 version, $2 state: 'undoing', or back to 'applied'.
UPDATE ops.migrations SET state = $2, started_at = CASE WHEN $2 = 'undoing' THEN now() ELSE started_at END WHERE version = $1
