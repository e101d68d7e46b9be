-- Jobs that ended are kept for $1 days, or for ever ('off').
INSERT INTO ops.settings AS s (name, value, reason) VALUES ('jobs_keep_days', $1, 'set by ''queue keep''')
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, reason = excluded.reason
RETURNING name, value
