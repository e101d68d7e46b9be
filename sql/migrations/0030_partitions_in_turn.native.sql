-- migrate:up
-- Partitions by themselves. Making one locks its whole table, and moving rows out of the default one takes as long as there are
-- rows: done for all tables in one transaction, the first one's readers waited for the last one's rows.

-- Makes the next partition that there should be, with the rows for it that lie in the default one, and says of which table; NULL:
-- there are all. A transaction a call, so that no table is locked for longer than one of its partitions takes.
CREATE FUNCTION ops.keep_next_partition() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    plan  ops.partitioned;
    stray timestamptz;
BEGIN
    FOR plan IN SELECT * FROM ops.partitioned ORDER BY relation LOOP
        FOR n IN 0 .. plan.ahead LOOP
            IF ops.make_partitions(plan.relation, now() + n * ('1 ' || plan.step)::interval, now() + n * ('1 ' || plan.step)::interval) > 0 THEN
                RETURN plan.relation;
            END IF;
        END LOOP;
        -- Infinite times have no week: they stay. So does what a table of the partition's name stands in the way of.
        EXECUTE format('SELECT min(%I)::timestamptz FROM parts.%I WHERE isfinite(%I)',
                       plan.by_column, split_part(plan.relation, '.', 2) || '_default', plan.by_column)
           INTO stray;
        IF stray IS NOT NULL AND ops.make_partitions(plan.relation, stray, stray) > 0 THEN
            RETURN plan.relation;
        END IF;
    END LOOP;
    INSERT INTO ops.upkeep
    SELECT p.relation, 'partitions', now(),
           (SELECT count(*) FROM ops.partitions_of(p.relation) AS part WHERE part.from_bound > now()) || ' ahead'
      FROM ops.partitioned AS p
    ON CONFLICT (relation, policy) DO UPDATE SET last_run = excluded.last_run, result = excluded.result;
    RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION ops.keep_next_partition() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.keep_next_partition() TO ytempire_owner, ytempire_worker;

-- migrate:down
DROP FUNCTION ops.keep_next_partition();
