-- migrate:up
-- The wall between tenants. A login of role ytempire_tenant has this schema and nothing else: security-barrier views
-- of the tables' names, its own rows only. TimescaleDB refuses row-level security beside compression or continuous
-- aggregates, so the facts have no other wall; plain tables carry policies besides.

-- Who one is. A login known to users.logins is that account, whatever it sets. For analysts, workers and the owner
-- `ytempire.user_id` is a point of view. session_user, because SET ROLE does not change it.
CREATE FUNCTION tenant.user_id() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(
        (SELECT user_id FROM users.logins WHERE login = session_user),
        CASE WHEN EXISTS (SELECT FROM pg_roles
                           WHERE rolname IN ('ytempire_analyst', 'ytempire_worker', 'ytempire_owner', current_user)
                             AND pg_has_role(session_user, oid, 'MEMBER'))
             THEN nullif(current_setting('ytempire.user_id', true), '')::uuid
        END)
$$;

-- All versions of that account, and all channels it has or had.
CREATE FUNCTION tenant.user_keys() RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(user_key), '{}') FROM analytics.dim_user WHERE user_id = tenant.user_id()
$$;

CREATE FUNCTION tenant.channel_ids() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT channel_id), '{}') FROM analytics.dim_channel WHERE user_id = tenant.user_id()
$$;

CREATE VIEW tenant.accounts WITH (security_barrier) AS
    SELECT * FROM users.accounts WHERE user_id = (SELECT tenant.user_id());
CREATE VIEW tenant.channels WITH (security_barrier) AS
    SELECT * FROM users.channels WHERE user_id = (SELECT tenant.user_id());
CREATE VIEW tenant.user_dashboard_config WITH (security_barrier) AS
    SELECT * FROM analytics.user_dashboard_config WHERE user_id = (SELECT tenant.user_id());
CREATE VIEW tenant.youtube_metrics WITH (security_barrier) AS
    SELECT * FROM analytics.youtube_metrics WHERE user_id = (SELECT tenant.user_id());
CREATE VIEW tenant.dim_user WITH (security_barrier) AS
    SELECT * FROM analytics.dim_user WHERE user_id = (SELECT tenant.user_id());
CREATE VIEW tenant.dim_channel WITH (security_barrier) AS
    SELECT * FROM analytics.dim_channel WHERE user_id = (SELECT tenant.user_id());
CREATE VIEW tenant.dim_video WITH (security_barrier) AS
    SELECT * FROM analytics.dim_video WHERE channel_id = ANY ((SELECT tenant.channel_ids())::text[]);
CREATE VIEW tenant.dim_date AS
    SELECT * FROM analytics.dim_date;
CREATE VIEW tenant.fact_video_performance WITH (security_barrier) AS
    SELECT * FROM analytics.fact_video_performance WHERE user_key = ANY ((SELECT tenant.user_keys())::integer[]);
CREATE VIEW tenant.fact_channel_daily WITH (security_barrier) AS
    SELECT * FROM analytics.fact_channel_daily WHERE user_key = ANY ((SELECT tenant.user_keys())::integer[]);
CREATE VIEW tenant.fact_costs WITH (security_barrier) AS
    SELECT * FROM analytics.fact_costs WHERE user_key = ANY ((SELECT tenant.user_keys())::integer[]);
CREATE VIEW tenant.fact_revenue WITH (security_barrier) AS
    SELECT * FROM analytics.fact_revenue WHERE user_key = ANY ((SELECT tenant.user_keys())::integer[]);
CREATE VIEW tenant.video_performance_hourly WITH (security_barrier) AS
    SELECT * FROM analytics.video_performance_hourly WHERE user_key = ANY ((SELECT tenant.user_keys())::integer[]);
-- The one thing of ops: without it a tenant's counters would lose the videos that fell silent before the horizon.
CREATE VIEW tenant.counter_base WITH (security_barrier) AS
    SELECT * FROM ops.counter_base WHERE user_key = ANY ((SELECT tenant.user_keys())::integer[]);

-- Relations that no tenant sees, each with its reason.
CREATE TABLE ops.hidden_from_tenants (
    relation text PRIMARY KEY,
    reason   text NOT NULL
);
INSERT INTO ops.hidden_from_tenants VALUES
    ('users.logins', 'tells which login is which account, of everybody');

-- Relations for which nobody has decided: must be empty.
CREATE VIEW ops.undecided_for_tenants AS
    SELECT format('%s.%s', n.nspname, c.relname) AS relation
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('analytics', 'users') AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
       AND NOT EXISTS (SELECT FROM ops.hidden_from_tenants AS h WHERE h.relation = format('%s.%s', n.nspname, c.relname))
       AND NOT EXISTS (SELECT FROM pg_class AS v
                        WHERE v.relnamespace = 'tenant'::regnamespace AND v.relname = c.relname AND v.relkind = 'v');

-- The second wall, for plain tables: whoever comes to read the tables themselves.
ALTER TABLE users.accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE users.channels ENABLE ROW LEVEL SECURITY;
ALTER TABLE users.logins ENABLE ROW LEVEL SECURITY;
ALTER TABLE analytics.user_dashboard_config ENABLE ROW LEVEL SECURITY;
ALTER TABLE analytics.youtube_metrics ENABLE ROW LEVEL SECURITY;
ALTER TABLE analytics.dim_user ENABLE ROW LEVEL SECURITY;
ALTER TABLE analytics.dim_channel ENABLE ROW LEVEL SECURITY;
ALTER TABLE analytics.dim_video ENABLE ROW LEVEL SECURITY;

CREATE POLICY works ON users.accounts TO ytempire_owner, ytempire_worker, ytempire_analyst USING (true);
CREATE POLICY works ON users.channels TO ytempire_owner, ytempire_worker, ytempire_analyst USING (true);
CREATE POLICY works ON users.logins TO ytempire_owner USING (true);
CREATE POLICY works ON analytics.user_dashboard_config TO ytempire_owner, ytempire_worker, ytempire_analyst USING (true);
CREATE POLICY works ON analytics.youtube_metrics TO ytempire_owner, ytempire_worker, ytempire_analyst USING (true);
CREATE POLICY works ON analytics.dim_user TO ytempire_owner, ytempire_worker, ytempire_analyst USING (true);
CREATE POLICY works ON analytics.dim_channel TO ytempire_owner, ytempire_worker, ytempire_analyst USING (true);
CREATE POLICY works ON analytics.dim_video TO ytempire_owner, ytempire_worker, ytempire_analyst USING (true);

CREATE POLICY own ON users.accounts FOR SELECT TO ytempire_tenant USING (user_id = (SELECT tenant.user_id()));
CREATE POLICY own ON users.channels FOR SELECT TO ytempire_tenant USING (user_id = (SELECT tenant.user_id()));
CREATE POLICY own ON analytics.user_dashboard_config FOR SELECT TO ytempire_tenant USING (user_id = (SELECT tenant.user_id()));
CREATE POLICY own ON analytics.youtube_metrics FOR SELECT TO ytempire_tenant USING (user_id = (SELECT tenant.user_id()));
CREATE POLICY own ON analytics.dim_user FOR SELECT TO ytempire_tenant USING (user_id = (SELECT tenant.user_id()));
CREATE POLICY own ON analytics.dim_channel FOR SELECT TO ytempire_tenant USING (user_id = (SELECT tenant.user_id()));
CREATE POLICY own ON analytics.dim_video FOR SELECT TO ytempire_tenant
    USING (channel_id = ANY ((SELECT tenant.channel_ids())::text[]));

-- migrate:down
DROP POLICY own ON analytics.dim_video;
DROP POLICY own ON analytics.dim_channel;
DROP POLICY own ON analytics.dim_user;
DROP POLICY own ON analytics.youtube_metrics;
DROP POLICY own ON analytics.user_dashboard_config;
DROP POLICY own ON users.channels;
DROP POLICY own ON users.accounts;
DROP POLICY works ON analytics.dim_video;
DROP POLICY works ON analytics.dim_channel;
DROP POLICY works ON analytics.dim_user;
DROP POLICY works ON analytics.youtube_metrics;
DROP POLICY works ON analytics.user_dashboard_config;
DROP POLICY works ON users.logins;
DROP POLICY works ON users.channels;
DROP POLICY works ON users.accounts;
ALTER TABLE analytics.dim_video DISABLE ROW LEVEL SECURITY;
ALTER TABLE analytics.dim_channel DISABLE ROW LEVEL SECURITY;
ALTER TABLE analytics.dim_user DISABLE ROW LEVEL SECURITY;
ALTER TABLE analytics.youtube_metrics DISABLE ROW LEVEL SECURITY;
ALTER TABLE analytics.user_dashboard_config DISABLE ROW LEVEL SECURITY;
ALTER TABLE users.logins DISABLE ROW LEVEL SECURITY;
ALTER TABLE users.channels DISABLE ROW LEVEL SECURITY;
ALTER TABLE users.accounts DISABLE ROW LEVEL SECURITY;
DROP VIEW ops.undecided_for_tenants;
DROP TABLE ops.hidden_from_tenants;
DROP VIEW tenant.counter_base;
DROP VIEW tenant.video_performance_hourly;
DROP VIEW tenant.fact_revenue;
DROP VIEW tenant.fact_costs;
DROP VIEW tenant.fact_channel_daily;
DROP VIEW tenant.fact_video_performance;
DROP VIEW tenant.dim_date;
DROP VIEW tenant.dim_video;
DROP VIEW tenant.dim_channel;
DROP VIEW tenant.dim_user;
DROP VIEW tenant.youtube_metrics;
DROP VIEW tenant.user_dashboard_config;
DROP VIEW tenant.channels;
DROP VIEW tenant.accounts;
DROP FUNCTION tenant.channel_ids();
DROP FUNCTION tenant.user_keys();
DROP FUNCTION tenant.user_id();
