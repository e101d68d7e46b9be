-- For a statement that runs outside a transaction; put back with the other settings.
SELECT pg_catalog.set_config('lock_timeout', $1, false)
