-- The private local database keeps all: what is past the default horizon was loaded there on purpose.
INSERT INTO ops.settings (name, value, reason) VALUES ('retention_days', 'off', 'default of the private local database')
ON CONFLICT (name) DO NOTHING
