-- The private database, by the superuser in single-user mode: the extensions that an owner may not create. What is not
-- installed is left out; nothing requires them.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['uuid-ossp', 'pg_stat_statements', 'btree_gist', 'pg_trgm', 'hll'] LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = wanted);
        EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA public', wanted);
    END LOOP;
END $$;

