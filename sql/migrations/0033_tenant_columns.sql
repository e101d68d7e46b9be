-- migrate:up
-- Every column of a table is in its view for tenants: those that 0031 has added, too.
CREATE OR REPLACE VIEW tenant.youtube_metrics WITH (security_barrier) AS
    SELECT * FROM analytics.youtube_metrics WHERE user_id = (SELECT tenant.user_id());
CREATE OR REPLACE VIEW tenant.dim_channel WITH (security_barrier) AS
    SELECT * FROM analytics.dim_channel WHERE user_id = (SELECT tenant.user_id());
CREATE OR REPLACE VIEW tenant.dim_video WITH (security_barrier) AS
    SELECT * FROM analytics.dim_video WHERE channel_id = ANY ((SELECT tenant.channel_ids())::text[]);
CREATE OR REPLACE VIEW tenant.fact_channel_daily WITH (security_barrier) AS
    SELECT * FROM analytics.fact_channel_daily WHERE user_key = ANY ((SELECT tenant.user_keys())::integer[]);
CREATE OR REPLACE VIEW tenant.fact_costs WITH (security_barrier) AS
    SELECT * FROM analytics.fact_costs WHERE user_key = ANY ((SELECT tenant.user_keys())::integer[]);

-- migrate:down
-- A view loses columns only with itself: it is made anew, with the rights it had.
DO $$
DECLARE
    one     record;
    may     record;
    columns text;
BEGIN
    FOR one IN
        SELECT v.name, v.rows, c.oid, c.relacl
          FROM (VALUES ('youtube_metrics', 'user_id = (SELECT tenant.user_id())'),
                       ('dim_channel', 'user_id = (SELECT tenant.user_id())'),
                       ('dim_video', 'channel_id = ANY ((SELECT tenant.channel_ids())::text[])'),
                       ('fact_channel_daily', 'user_key = ANY ((SELECT tenant.user_keys())::integer[])'),
                       ('fact_costs', 'user_key = ANY ((SELECT tenant.user_keys())::integer[])')) AS v (name, rows)
          JOIN pg_catalog.pg_class AS c ON c.oid = ('tenant.' || v.name)::regclass
    LOOP
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
          FROM pg_catalog.pg_attribute
         WHERE attrelid = one.oid AND attnum > 0 AND attname NOT IN ('told_at', 'updated_at');
        EXECUTE format('DROP VIEW tenant.%I', one.name);
        EXECUTE format('CREATE VIEW tenant.%1$I WITH (security_barrier) AS SELECT %2$s FROM analytics.%1$I WHERE %3$s',
                       one.name, columns, one.rows);
        FOR may IN SELECT grantee::regrole AS who, privilege_type AS what FROM aclexplode(one.relacl) WHERE grantee <> 0 LOOP
            EXECUTE format('GRANT %s ON tenant.%I TO %s', may.what, one.name, may.who);
        END LOOP;
    END LOOP;
END $$;
