-- What must be known before anything is written: the runner's tables exist; the server only reads.
SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = 'ops' AND c.relname = 'migrator'),
       pg_catalog.pg_is_in_recovery()
