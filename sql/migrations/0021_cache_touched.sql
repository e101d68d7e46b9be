-- migrate:up
-- What loads have touched and no cache was told yet: who loads tells it once its transaction has committed, and takes the
-- rows away. Answers live two hours at most, so older rows matter to nobody.
CREATE TABLE ops.cache_touched (
    id                  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    relation            text        NOT NULL,             -- 'analytics.fact_video_performance'
    added               boolean     NOT NULL,             -- rows were added only
    stretches           tstzmultirange,                   -- of the rows' time; NULL: any
    noted_at            timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_cache_touched ON ops.cache_touched (noted_at);

CREATE FUNCTION ops.note_touched(of_relation text, only_added boolean, of_stretches tstzmultirange) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ops.cache_touched (relation, added, stretches) VALUES (of_relation, only_added, of_stretches);
    DELETE FROM ops.cache_touched
     WHERE id IN (SELECT id FROM ops.cache_touched WHERE noted_at < now() - interval '3 hours' ORDER BY id LIMIT 1000
                     FOR UPDATE SKIP LOCKED);
END $$;

-- Facts: by the hours that a load notes. A day is noted as its midnight UTC; who reads days looks a day further.
CREATE FUNCTION ops.tell_cache() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM ops.note_touched(relation, false, range_agg(tstzrange(hour, hour + interval '1 hour')))
       FROM noted GROUP BY relation;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_cache AFTER INSERT ON ops.touched_hours REFERENCING NEW TABLE AS noted
    FOR EACH STATEMENT EXECUTE FUNCTION ops.tell_cache();

-- Dimensions and accounts have no hours. A new row changes no answer that was read through it, only those that count it.
CREATE FUNCTION ops.tell_cache_of_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM ops.note_touched(TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, false, NULL);
    ELSIF EXISTS (SELECT FROM touched) THEN
        PERFORM ops.note_touched(TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, TG_OP = 'INSERT', NULL);
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['analytics.dim_video', 'analytics.dim_channel', 'analytics.dim_user', 'analytics.dim_date',
                               'users.accounts', 'users.channels'] LOOP
        EXECUTE format('CREATE TRIGGER tell_cache_added AFTER INSERT ON %s REFERENCING NEW TABLE AS touched
                            FOR EACH STATEMENT EXECUTE FUNCTION ops.tell_cache_of_rows()', one);
        EXECUTE format('CREATE TRIGGER tell_cache_changed AFTER UPDATE ON %s REFERENCING NEW TABLE AS touched
                            FOR EACH STATEMENT EXECUTE FUNCTION ops.tell_cache_of_rows()', one);
        EXECUTE format('CREATE TRIGGER tell_cache_deleted AFTER DELETE ON %s REFERENCING OLD TABLE AS touched
                            FOR EACH STATEMENT EXECUTE FUNCTION ops.tell_cache_of_rows()', one);
        EXECUTE format('CREATE TRIGGER tell_cache_emptied AFTER TRUNCATE ON %s
                            FOR EACH STATEMENT EXECUTE FUNCTION ops.tell_cache_of_rows()', one);
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION ops.note_touched(text, boolean, tstzmultirange), ops.tell_cache(), ops.tell_cache_of_rows() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.note_touched(text, boolean, tstzmultirange) TO ytempire_owner, ytempire_worker;
GRANT ALL ON ops.cache_touched TO ytempire_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON ops.cache_touched TO ytempire_worker;

-- migrate:down
DROP TRIGGER tell_cache ON ops.touched_hours;
DO $$
DECLARE
    one text;
    which text;
BEGIN
    FOREACH one IN ARRAY ARRAY['analytics.dim_video', 'analytics.dim_channel', 'analytics.dim_user', 'analytics.dim_date',
                               'users.accounts', 'users.channels'] LOOP
        FOREACH which IN ARRAY ARRAY['added', 'changed', 'deleted', 'emptied'] LOOP
            EXECUTE format('DROP TRIGGER tell_cache_%s ON %s', which, one);
        END LOOP;
    END LOOP;
END $$;
DROP FUNCTION ops.tell_cache_of_rows();
DROP FUNCTION ops.tell_cache();
DROP FUNCTION ops.note_touched(text, boolean, tstzmultirange);
DROP TABLE ops.cache_touched;
