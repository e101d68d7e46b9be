-- migrate:up
-- Rollups: which hours of a fact were loaded since a rollup saw them. A load notes its hours once, in ops.touched_hours;
-- each rollup of that fact gets them here, and its refresh deletes those it computes anew.
ALTER TABLE ops.rollup_state ADD COLUMN fact text NOT NULL DEFAULT '';
ALTER TABLE ops.rollup_state ALTER COLUMN fact DROP DEFAULT;

CREATE TABLE ops.rollup_touched (
    id                  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cube                text        NOT NULL,
    name                text        NOT NULL,
    hour                timestamptz NOT NULL,
    noted_at            timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (cube, name) REFERENCES ops.rollup_state ON DELETE CASCADE
);
CREATE INDEX idx_rollup_touched ON ops.rollup_touched (cube, name, hour);

-- Hours at or past the watermark are read from the facts anyway: the next refresh finds them by itself.
CREATE FUNCTION ops.tell_rollups() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ops.rollup_touched (cube, name, hour)
    SELECT DISTINCT s.cube, s.name, n.hour
      FROM noted AS n JOIN ops.rollup_state AS s ON s.fact = n.relation
     WHERE s.watermark IS NULL OR n.hour < s.watermark;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION ops.tell_rollups() FROM PUBLIC;

CREATE TRIGGER tell_rollups AFTER INSERT ON ops.touched_hours REFERENCING NEW TABLE AS noted
    FOR EACH STATEMENT EXECUTE FUNCTION ops.tell_rollups();

-- Analysts read rollups, each table granted by the refresh that makes it; of partitions they are granted none.
GRANT USAGE ON SCHEMA parts TO ytempire_analyst;
GRANT SELECT ON ops.rollup_state, ops.rollup_touched TO ytempire_analyst;
GRANT ALL ON ops.rollup_touched TO ytempire_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON ops.rollup_touched TO ytempire_worker;

-- migrate:down
REVOKE USAGE ON SCHEMA parts FROM ytempire_analyst;
DROP TRIGGER tell_rollups ON ops.touched_hours;
DROP FUNCTION ops.tell_rollups();
DROP TABLE ops.rollup_touched;
ALTER TABLE ops.rollup_state DROP COLUMN fact;
