-- migrate:up
-- Every hour is noted, also one past the watermark: the refresh that moves the watermark beyond it may have read the fact
-- before the load was committed. The refresh takes from the list what it has read.
CREATE OR REPLACE FUNCTION ops.tell_rollups() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ops.rollup_touched (cube, name, hour)
    SELECT DISTINCT s.cube, s.name, n.hour
      FROM noted AS n JOIN ops.rollup_state AS s ON s.fact = n.relation;
    RETURN NULL;
END $$;

-- migrate:down
CREATE OR REPLACE FUNCTION ops.tell_rollups() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ops.rollup_touched (cube, name, hour)
    SELECT DISTINCT s.cube, s.name, n.hour
      FROM noted AS n JOIN ops.rollup_state AS s ON s.fact = n.relation
     WHERE s.watermark IS NULL OR n.hour < s.watermark;
    RETURN NULL;
END $$;
