-- migrate:up
-- Rollups that a continuous aggregate can say exactly are kept as one. The role that owns the hourly aggregate makes and
-- owns them too; it reads the facts that they are made of. Their refresh is the program's: they have no policy.
GRANT USAGE, CREATE ON SCHEMA parts TO ytempire_rollup;
GRANT SELECT ON analytics.fact_costs TO ytempire_rollup;

-- migrate:down
-- Rollups go: they hang on the facts, and are made anew from them by 'rollup refresh'.
DO $$
DECLARE
    here record;
BEGIN
    FOR here IN
        SELECT c.oid::regclass AS name, CASE c.relkind WHEN 'v' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS kind
          FROM pg_class AS c
         WHERE c.relnamespace = 'parts'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname LIKE 'rollup\_%'
    LOOP
        EXECUTE format('DROP %s %s', here.kind, here.name);
    END LOOP;
END $$;
DELETE FROM ops.rollup_state;
REVOKE SELECT ON analytics.fact_costs FROM ytempire_rollup;
REVOKE ALL ON SCHEMA parts FROM ytempire_rollup;
