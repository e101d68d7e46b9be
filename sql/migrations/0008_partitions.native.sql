-- migrate:up
-- The facts by time, with PostgreSQL's own partitions in schema `parts`. Bounds are UTC and written with +00, so that no
-- session's zone shifts them. Rows for which no partition was made lie in the DEFAULT one, so that no insert ever fails;
-- ops.make_partitions moves them out.
CREATE TABLE ops.partitioned (
    relation  text NOT NULL PRIMARY KEY,                    -- 'analytics.fact_costs'
    by_column name NOT NULL,
    step      text NOT NULL CHECK (step IN ('week', 'month', 'year')),
    ahead     integer NOT NULL                              -- steps made ahead of now
);

INSERT INTO ops.partitioned VALUES
    ('analytics.fact_video_performance', 'timestamp', 'week', 4),
    ('analytics.fact_channel_daily', 'metric_date', 'year', 1),
    ('analytics.fact_costs', 'cost_timestamp', 'year', 1),
    ('analytics.fact_revenue', 'metric_date', 'year', 1);

SELECT ops.remake_table(relation, format('PARTITION BY RANGE (%I)', by_column)) FROM ops.partitioned;

-- The partitions a table has, oldest first; bounds NULL for the default one.
CREATE FUNCTION ops.partitions_of(of_relation text)
RETURNS TABLE (partition regclass, from_bound timestamptz, to_bound timestamptz)
LANGUAGE sql STABLE SET timezone = 'UTC' AS $$
    SELECT c.oid::regclass,
           (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)''\)'))[1]::timestamptz,
           (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz
      FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
     WHERE i.inhparent = of_relation::regclass
     ORDER BY 2
$$;

-- Makes the partitions that cover [from_time, to_time], moving rows out of the default one; says how many it made. For
-- an infinite range, or one of more than 600 steps (a year typed wrong), it makes none: then the default partition has
-- the rows, and ops.keep_partitions makes the few that they need.
-- Call it in a transaction of its own: it locks the default partition until the end.
CREATE FUNCTION ops.make_partitions(of_relation text, from_time timestamptz, to_time timestamptz) RETURNS integer
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

-- Empties the default partitions, and makes partitions ahead of time; says how many it made.
CREATE FUNCTION ops.keep_partitions() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    plan  ops.partitioned;
    stray timestamptz;
    made  integer := 0;
    here  integer;
    more  integer;
BEGIN
    FOR plan IN SELECT * FROM ops.partitioned LOOP
        here := ops.make_partitions(plan.relation, now(), now() + plan.ahead * ('1 ' || plan.step)::interval);
        LOOP
            -- Infinite times have no week: they stay.
            EXECUTE format('SELECT min(%I)::timestamptz FROM parts.%I WHERE isfinite(%I)',
                           plan.by_column, split_part(plan.relation, '.', 2) || '_default', plan.by_column)
               INTO stray;
            EXIT WHEN stray IS NULL;
            more := ops.make_partitions(plan.relation, stray, stray);
            EXIT WHEN more = 0;     -- a table of that name stands in the way
            here := here + more;
        END LOOP;
        INSERT INTO ops.upkeep VALUES (plan.relation, 'partitions', now(), format('%s made', here))
        ON CONFLICT (relation, policy) DO UPDATE SET last_run = excluded.last_run, result = excluded.result;
        made := made + here;
    END LOOP;
    RETURN made;
END $$;

SELECT ops.keep_partitions();

-- migrate:down
DROP FUNCTION ops.keep_partitions();
DROP FUNCTION ops.make_partitions(text, timestamptz, timestamptz);
DROP FUNCTION ops.partitions_of(text);
SELECT ops.remake_table(relation, '') FROM ops.partitioned;
DROP TABLE ops.partitioned;
