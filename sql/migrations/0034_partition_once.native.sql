-- migrate:up
-- Makes partitions, as before. Whether there is one is asked of the catalogue's rows: to_regclass answers from what the session
-- has once looked up, and a session that had waited for another one's partition did not see it, and failed.
CREATE OR REPLACE FUNCTION ops.make_partitions(of_relation text, from_time timestamptz, to_time timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    plan    ops.partitioned;
    space   text := split_part(of_relation, '.', 1);
    name    text := split_part(of_relation, '.', 2);
    lower   timestamptz;
    upper   timestamptz;
    part    text;
    columns text;
    made    integer := 0;
    strays  boolean;
    moved   bigint;
BEGIN
    SELECT * INTO plan FROM ops.partitioned WHERE relation = of_relation;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is not partitioned', of_relation USING ERRCODE = 'wrong_object_type';
    END IF;
    IF NOT isfinite(from_time) OR NOT isfinite(to_time) OR from_time + 600 * ('1 ' || plan.step)::interval < to_time THEN
        RETURN 0;
    END IF;
    lower := date_trunc(plan.step, from_time, 'UTC');
    WHILE lower <= to_time LOOP
        upper := lower + ('1 ' || plan.step)::interval;
        part := name || to_char(lower, CASE plan.step WHEN 'year' THEN '_YYYY' WHEN 'month' THEN '_YYYYMM' ELSE '_YYYYMMDD' END);
        IF NOT EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = 'parts'::regnamespace AND c.relname = part) THEN
            -- Two callers at once: the second waits here, and then sees what the first made.
            PERFORM pg_advisory_xact_lock(hashtextextended('ytempire partitions of ' || of_relation, 0));
        END IF;
        IF NOT EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = 'parts'::regnamespace AND c.relname = part) THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM parts.%I WHERE %I >= %L AND %I < %L)',
                           name || '_default', plan.by_column, lower, plan.by_column, upper) INTO strays;
            IF strays THEN
                SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
                  FROM pg_attribute
                 WHERE attrelid = of_relation::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
                EXECUTE format('ALTER TABLE %I.%I DETACH PARTITION parts.%I', space, name, name || '_default');
            END IF;
            EXECUTE format('CREATE TABLE parts.%I PARTITION OF %I.%I FOR VALUES FROM (%L) TO (%L)',
                           part, space, name,
                           to_char(lower, 'YYYY-MM-DD') || CASE WHEN plan.by_column = 'metric_date' THEN '' ELSE ' 00:00:00+00' END,
                           to_char(upper, 'YYYY-MM-DD') || CASE WHEN plan.by_column = 'metric_date' THEN '' ELSE ' 00:00:00+00' END);
            IF strays THEN
                EXECUTE format('INSERT INTO %I.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM parts.%I WHERE %I >= %L AND %I < %L',
                               space, name, columns, columns, name || '_default', plan.by_column, lower, plan.by_column, upper);
                EXECUTE format('DELETE FROM parts.%I WHERE %I >= %L AND %I < %L',
                               name || '_default', plan.by_column, lower, plan.by_column, upper);
                GET DIAGNOSTICS moved = ROW_COUNT;
                EXECUTE format('ALTER TABLE %I.%I ATTACH PARTITION parts.%I DEFAULT', space, name, name || '_default');
                INSERT INTO ops.upkeep VALUES (of_relation, 'default', now(), format('%s rows to parts.%s', moved, part))
                ON CONFLICT (relation, policy) DO UPDATE SET last_run = excluded.last_run, result = excluded.result;
            END IF;
            made := made + 1;
        END IF;
        lower := upper;
    END LOOP;
    RETURN made;
END $$;

-- migrate:down
CREATE OR REPLACE FUNCTION ops.make_partitions(of_relation text, from_time timestamptz, to_time timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    plan    ops.partitioned;
    space   text := split_part(of_relation, '.', 1);
    name    text := split_part(of_relation, '.', 2);
    lower   timestamptz;
    upper   timestamptz;
    part    text;
    columns text;
    made    integer := 0;
    strays  boolean;
    moved   bigint;
BEGIN
    SELECT * INTO plan FROM ops.partitioned WHERE relation = of_relation;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is not partitioned', of_relation USING ERRCODE = 'wrong_object_type';
    END IF;
    IF NOT isfinite(from_time) OR NOT isfinite(to_time) OR from_time + 600 * ('1 ' || plan.step)::interval < to_time THEN
        RETURN 0;
    END IF;
    lower := date_trunc(plan.step, from_time, 'UTC');
    WHILE lower <= to_time LOOP
        upper := lower + ('1 ' || plan.step)::interval;
        part := name || to_char(lower, CASE plan.step WHEN 'year' THEN '_YYYY' WHEN 'month' THEN '_YYYYMM' ELSE '_YYYYMMDD' END);
        IF to_regclass(format('parts.%I', part)) IS NULL THEN
            -- Two callers at once: the second waits here, and then sees what the first made.
            PERFORM pg_advisory_xact_lock(hashtextextended('ytempire partitions of ' || of_relation, 0));
        END IF;
        IF to_regclass(format('parts.%I', part)) IS NULL THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM parts.%I WHERE %I >= %L AND %I < %L)',
                           name || '_default', plan.by_column, lower, plan.by_column, upper) INTO strays;
            IF strays THEN
                SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
                  FROM pg_attribute
                 WHERE attrelid = of_relation::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
                EXECUTE format('ALTER TABLE %I.%I DETACH PARTITION parts.%I', space, name, name || '_default');
            END IF;
            EXECUTE format('CREATE TABLE parts.%I PARTITION OF %I.%I FOR VALUES FROM (%L) TO (%L)',
                           part, space, name,
                           to_char(lower, 'YYYY-MM-DD') || CASE WHEN plan.by_column = 'metric_date' THEN '' ELSE ' 00:00:00+00' END,
                           to_char(upper, 'YYYY-MM-DD') || CASE WHEN plan.by_column = 'metric_date' THEN '' ELSE ' 00:00:00+00' END);
            IF strays THEN
                EXECUTE format('INSERT INTO %I.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM parts.%I WHERE %I >= %L AND %I < %L',
                               space, name, columns, columns, name || '_default', plan.by_column, lower, plan.by_column, upper);
                EXECUTE format('DELETE FROM parts.%I WHERE %I >= %L AND %I < %L',
                               name || '_default', plan.by_column, lower, plan.by_column, upper);
                GET DIAGNOSTICS moved = ROW_COUNT;
                EXECUTE format('ALTER TABLE %I.%I ATTACH PARTITION parts.%I DEFAULT', space, name, name || '_default');
                INSERT INTO ops.upkeep VALUES (of_relation, 'default', now(), format('%s rows to parts.%s', moved, part))
                ON CONFLICT (relation, policy) DO UPDATE SET last_run = excluded.last_run, result = excluded.result;
            END IF;
            made := made + 1;
        END IF;
        lower := upper;
    END LOOP;
    RETURN made;
END $$;
