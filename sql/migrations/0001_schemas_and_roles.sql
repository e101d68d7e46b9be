-- migrate:up
-- Schemas, roles and the settings that later files read.
--
-- Roles belong to the whole cluster, not to this database: they are made when absent and never dropped, and whether one
-- may log in, and how, is not a migration's business.
CREATE SCHEMA users;
CREATE SCHEMA analytics;
CREATE SCHEMA staging;
CREATE SCHEMA intermediate;
CREATE SCHEMA youtube_raw;
CREATE SCHEMA tenant;       -- all a tenant may see, as views
CREATE SCHEMA parts;        -- partitions and rollup tables, for the owner only

COMMENT ON SCHEMA users IS 'Accounts and their channels';
COMMENT ON SCHEMA analytics IS 'Dimensions, facts and marts';
COMMENT ON SCHEMA staging IS 'Models, first layer: sources renamed and typed';
COMMENT ON SCHEMA intermediate IS 'Models, second layer';
COMMENT ON SCHEMA youtube_raw IS 'What the YouTube sources fetched, as it came';
COMMENT ON SCHEMA ops IS 'Migrations, jobs, settings: the works';
COMMENT ON SCHEMA tenant IS 'What a tenant may see: views of the same names, its own rows only';
COMMENT ON SCHEMA parts IS 'Partitions and rollup tables; never read by name';

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['ytempire_owner', 'ytempire_worker', 'ytempire_analyst', 'reporter', 'ytempire_tenant'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN
                NULL;       -- another database of this cluster was migrated at the same time
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'role "%" does not exist, and % may not create roles', wanted, current_user
                    USING ERRCODE = 'insufficient_privilege',
                          HINT = 'have an administrator run: CREATE ROLE ytempire_owner; CREATE ROLE ytempire_worker; '
                                 'CREATE ROLE ytempire_analyst; CREATE ROLE reporter; CREATE ROLE ytempire_tenant;';
        END;
    END LOOP;
END $$;

-- Extensions are used where they can be had, never required: a server may lack them, an owner may not be allowed to.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['uuid-ossp', 'pg_stat_statements', 'btree_gist', 'pg_trgm', 'hll'] LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = wanted);
        BEGIN
            EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA public', wanted);
        EXCEPTION WHEN OTHERS THEN
            RAISE NOTICE 'extension % is left out: %', wanted, SQLERRM;
        END;
    END LOOP;
END $$;

INSERT INTO ops.settings (name, value, reason) VALUES
    ('retention_days', '90', 'default: detailed data is kept for 90 days'),
    ('fiscal_year_start_month', '1', 'default: the fiscal year is the calendar year')
ON CONFLICT (name) DO NOTHING;

-- migrate:down
-- Extensions and roles stay: others may use them.
DELETE FROM ops.settings WHERE name IN ('retention_days', 'fiscal_year_start_month');
DROP SCHEMA parts;
DROP SCHEMA tenant;
DROP SCHEMA youtube_raw;
DROP SCHEMA intermediate;
DROP SCHEMA staging;
DROP SCHEMA analytics;
DROP SCHEMA users;
