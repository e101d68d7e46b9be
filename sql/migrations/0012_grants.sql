-- migrate:up
-- Who may do what. The migrating role owns everything; ytempire_owner may do the same where it is somebody else.
-- reporter gets USAGE only: each mart's model grants it the mart, and finance does not.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ops, users, tenant FROM PUBLIC;

GRANT USAGE ON SCHEMA users, analytics, staging, intermediate, youtube_raw, ops, tenant TO ytempire_owner, ytempire_worker, ytempire_analyst;
GRANT USAGE ON SCHEMA analytics TO reporter;
GRANT USAGE ON SCHEMA tenant TO ytempire_tenant;

GRANT ALL ON ALL TABLES IN SCHEMA users, analytics, staging, intermediate, youtube_raw, ops, tenant TO ytempire_owner;
GRANT ALL ON ALL SEQUENCES IN SCHEMA users, analytics, youtube_raw, ops TO ytempire_owner;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA users, analytics, ops, tenant TO ytempire_owner;

-- The worker loads, derives and builds; it neither alters what migrations made nor says who is who.
GRANT CREATE ON SCHEMA analytics, staging, intermediate, parts TO ytempire_worker;
GRANT USAGE ON SCHEMA parts TO ytempire_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA analytics, staging, intermediate, youtube_raw, ops TO ytempire_worker;
GRANT SELECT, INSERT, UPDATE ON users.accounts, users.channels TO ytempire_worker;
REVOKE INSERT, UPDATE, DELETE ON ops.migrations, ops.migrator, ops.hidden_from_tenants FROM ytempire_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA analytics, youtube_raw, ops TO ytempire_worker;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ops, tenant TO ytempire_worker;

-- An analyst reads all but who logs in as whom.
GRANT SELECT ON ALL TABLES IN SCHEMA analytics, staging, intermediate, youtube_raw, ops, tenant TO ytempire_analyst;
GRANT SELECT ON users.accounts, users.channels TO ytempire_analyst;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA tenant TO ytempire_analyst;
GRANT EXECUTE ON FUNCTION ops.storage() TO ytempire_analyst;

GRANT SELECT ON ALL TABLES IN SCHEMA tenant TO ytempire_tenant;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA tenant TO ytempire_tenant;

-- The same for what later files and models make. (For tenants nothing is granted by itself.)
ALTER DEFAULT PRIVILEGES IN SCHEMA analytics, staging, intermediate, youtube_raw, ops
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ytempire_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA analytics, youtube_raw, ops GRANT USAGE ON SEQUENCES TO ytempire_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA analytics, staging, intermediate, youtube_raw GRANT SELECT ON TABLES TO ytempire_analyst;

-- migrate:down
ALTER DEFAULT PRIVILEGES IN SCHEMA analytics, staging, intermediate, youtube_raw REVOKE SELECT ON TABLES FROM ytempire_analyst;
ALTER DEFAULT PRIVILEGES IN SCHEMA analytics, youtube_raw, ops REVOKE USAGE ON SEQUENCES FROM ytempire_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA analytics, staging, intermediate, youtube_raw, ops
    REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM ytempire_worker;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA users, analytics, ops, tenant FROM ytempire_owner, ytempire_worker, ytempire_analyst, ytempire_tenant;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA users, analytics, youtube_raw, ops FROM ytempire_owner, ytempire_worker;
REVOKE ALL ON ALL TABLES IN SCHEMA users, analytics, staging, intermediate, youtube_raw, ops, tenant
    FROM ytempire_owner, ytempire_worker, ytempire_analyst, ytempire_tenant;
REVOKE ALL ON SCHEMA users, analytics, staging, intermediate, youtube_raw, ops, tenant, parts
    FROM ytempire_owner, ytempire_worker, ytempire_analyst, reporter, ytempire_tenant;
-- Where the migrating role is ytempire_owner it has just lost its own tables.
GRANT ALL ON SCHEMA users, analytics, staging, intermediate, youtube_raw, ops, tenant, parts TO CURRENT_USER;
GRANT ALL ON ALL TABLES IN SCHEMA users, analytics, staging, intermediate, youtube_raw, ops, tenant TO CURRENT_USER;
GRANT ALL ON ALL SEQUENCES IN SCHEMA users, analytics, youtube_raw, ops TO CURRENT_USER;
GRANT ALL ON ALL FUNCTIONS IN SCHEMA users, analytics, ops, tenant TO CURRENT_USER;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ops, users, tenant TO PUBLIC;
