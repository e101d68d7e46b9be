-- Notes each write that is committed by a worker which at that moment runs no job: a zombie's. The worker's process is
-- named by the connection (fault.worker). A write that is refused takes its note with it.
CREATE SCHEMA fault;
CREATE TABLE fault.writes (relation text, worker text, at timestamptz DEFAULT clock_timestamp());
GRANT USAGE ON SCHEMA fault TO PUBLIC;
GRANT ALL ON fault.writes TO PUBLIC;
CREATE FUNCTION fault.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ops.jobs
                    WHERE state = 'running' AND split_part(worker, ':', 2) = current_setting('fault.worker', true)) THEN
        INSERT INTO fault.writes (relation, worker)
        VALUES (TG_RELID::regclass::text, current_setting('fault.worker', true));
    END IF;
    RETURN NULL;
END $$;
DO $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
                       AND (n.nspname IN ('analytics', 'users')
                            OR n.nspname = 'ops' AND c.relname IN ('dead_letters', 'loaded_files', 'watermarks')) LOOP
        EXECUTE format('CREATE TRIGGER fault_note AFTER INSERT OR UPDATE OR DELETE ON %s'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION fault.note()', relation);
    END LOOP;
END $$;
