-- migrate:up
-- Rollups are tables here. Nothing to do but on the way back.
SELECT 1;

-- migrate:down
-- Rollups go: their schema is emptied before it is dropped, and 'rollup refresh' makes them anew from the facts.
DO $$
DECLARE
    here record;
BEGIN
    FOR here IN
        SELECT c.oid::regclass AS name
          FROM pg_class AS c
         WHERE c.relnamespace = 'parts'::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'rollup\_%'
    LOOP
        EXECUTE format('DROP TABLE %s', here.name);
    END LOOP;
END $$;
DELETE FROM ops.rollup_state;
