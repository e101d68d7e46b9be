-- migrate:up
-- What the worker's upkeep calls, and what `storage` shows. The functions are the same on both engines.

-- Partitions wholly older than the horizon are dropped; in the same transaction the last counters of each of their
-- videos go to ops.counter_base. Says how many rows went. `only_count`: drops nothing.
CREATE FUNCTION ops.apply_retention(days integer, only_count boolean DEFAULT false) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
    part record;
    here bigint;
    gone bigint := 0;
BEGIN
    FOR part IN
        SELECT partition FROM ops.partitions_of('analytics.fact_video_performance')
         WHERE to_bound <= now() - days * interval '1 day' ORDER BY from_bound
    LOOP
        IF NOT only_count THEN
            EXECUTE format('LOCK TABLE %s IN EXCLUSIVE MODE', part.partition);
            EXECUTE format($sql$
                INSERT INTO ops.counter_base AS base
                SELECT video_key,
                       (array_agg(channel_key ORDER BY "timestamp" DESC))[1],
                       (array_agg(user_key ORDER BY "timestamp" DESC))[1],
                       max("timestamp"),
                       (array_agg(views ORDER BY "timestamp" DESC) FILTER (WHERE views IS NOT NULL))[1],
                       (array_agg(likes ORDER BY "timestamp" DESC) FILTER (WHERE likes IS NOT NULL))[1],
                       (array_agg(dislikes ORDER BY "timestamp" DESC) FILTER (WHERE dislikes IS NOT NULL))[1],
                       (array_agg(comments ORDER BY "timestamp" DESC) FILTER (WHERE comments IS NOT NULL))[1],
                       (array_agg(shares ORDER BY "timestamp" DESC) FILTER (WHERE shares IS NOT NULL))[1]
                  FROM %s
                 WHERE num_nonnulls(views, likes, dislikes, comments, shares) > 0
                 GROUP BY video_key
                ON CONFLICT (video_key) DO UPDATE
                   SET channel_key = excluded.channel_key, user_key = excluded.user_key, "timestamp" = excluded."timestamp",
                       views = coalesce(excluded.views, base.views), likes = coalesce(excluded.likes, base.likes),
                       dislikes = coalesce(excluded.dislikes, base.dislikes),
                       comments = coalesce(excluded.comments, base.comments), shares = coalesce(excluded.shares, base.shares)
                 WHERE excluded."timestamp" >= base."timestamp"
            $sql$, part.partition);
        END IF;
        EXECUTE format('SELECT count(*) FROM %s', part.partition) INTO here;
        gone := gone + here;
        IF NOT only_count THEN
            EXECUTE format('DROP TABLE %s', part.partition);
        END IF;
    END LOOP;
    IF NOT only_count THEN
        INSERT INTO ops.upkeep VALUES ('analytics.fact_video_performance', 'retention', now(), format('%s rows dropped', gone))
        ON CONFLICT (relation, policy) DO UPDATE SET last_run = excluded.last_run, result = excluded.result;
    END IF;
    RETURN gone;
END $$;

-- Puts one old partition into the order it is read in, if nobody is in its way; says which, or NULL.
CREATE FUNCTION ops.cluster_next() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '200ms' AS $$
DECLARE
    part record;
BEGIN
    FOR part IN
        SELECT p.partition::text AS name, i.indexrelid::regclass::text AS index, n.relname
          FROM ops.partitions_of('analytics.fact_video_performance') AS p
          JOIN pg_index AS i ON i.indrelid = p.partition
          JOIN pg_inherits AS h ON h.inhrelid = i.indexrelid
          JOIN pg_class AS n ON n.oid = i.indexrelid
         WHERE h.inhparent = 'analytics.idx_video_performance_channel_time'::regclass
           AND p.to_bound < now() - interval '7 days' AND NOT i.indisclustered
         ORDER BY p.from_bound DESC
    LOOP
        BEGIN
            EXECUTE format('CLUSTER %s USING %I', part.name, part.relname);
        EXCEPTION WHEN lock_not_available THEN
            CONTINUE;
        END;
        EXECUTE format('ANALYZE %s', part.name);
        INSERT INTO ops.upkeep VALUES ('analytics.fact_video_performance', 'cluster', now(), part.name)
        ON CONFLICT (relation, policy) DO UPDATE SET last_run = excluded.last_run, result = excluded.result;
        RETURN part.name;
    END LOOP;
    RETURN NULL;
END $$;

-- Every table of the warehouse: partitions (the default one aside), rows as the statistics have them, size, span. It
-- looks into partitions, which are the owner's, for all who may call it.
CREATE FUNCTION ops.storage()
RETURNS TABLE (relation text, partitions integer, rows bigint, bytes bigint, compressed_bytes bigint,
               oldest timestamptz, newest timestamptz, upkeep text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    here   record;
    part   regclass;
    by_one name;
    edge   timestamptz;
BEGIN
    FOR here IN
        SELECT c.oid, format('%s.%s', n.nspname, c.relname) AS name, c.relkind
          FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('analytics', 'users', 'youtube_raw', 'staging', 'intermediate')
           AND c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition
         ORDER BY n.nspname, c.relname
    LOOP
        relation := here.name;
        SELECT count(*) FILTER (WHERE pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'),
               sum(greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)), sum(pg_total_relation_size(c.oid))
          INTO partitions, rows, bytes
          FROM pg_partition_tree(here.oid) AS t JOIN pg_class AS c ON c.oid = t.relid
         WHERE t.isleaf;
        IF here.relkind <> 'p' THEN
            SELECT 0, greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0), pg_total_relation_size(c.oid)
              INTO partitions, rows, bytes FROM pg_class AS c WHERE c.oid = here.oid;
        END IF;
        SELECT p.by_column INTO by_one FROM ops.partitioned AS p WHERE p.relation = here.name;
        oldest := NULL;
        newest := NULL;
        IF by_one IS NOT NULL THEN
            -- The first of the others that has a row at all, and the default one beside it.
            SELECT p.partition INTO part FROM ops.partitions_of(here.name) AS p WHERE p.from_bound IS NULL;
            EXECUTE format('SELECT min(%I), max(%I) FROM %s', by_one, by_one, part) INTO oldest, newest;
            edge := NULL;
            FOR part IN SELECT p.partition FROM ops.partitions_of(here.name) AS p WHERE p.from_bound IS NOT NULL ORDER BY p.from_bound LOOP
                EXECUTE format('SELECT min(%I) FROM %s', by_one, part) INTO edge;
                EXIT WHEN edge IS NOT NULL;
            END LOOP;
            oldest := least(oldest, edge);
            edge := NULL;
            FOR part IN SELECT p.partition FROM ops.partitions_of(here.name) AS p WHERE p.from_bound IS NOT NULL ORDER BY p.from_bound DESC LOOP
                EXECUTE format('SELECT max(%I) FROM %s', by_one, part) INTO edge;
                EXIT WHEN edge IS NOT NULL;
            END LOOP;
            newest := greatest(newest, edge);
        ELSIF here.name = 'analytics.video_performance_hourly' THEN
            SELECT min(h.hour), max(h.hour) INTO oldest, newest FROM analytics.video_performance_hourly AS h;
        ELSIF here.name = 'analytics.youtube_metrics' THEN
            SELECT min(m.date), max(m.date) INTO oldest, newest FROM analytics.youtube_metrics AS m;
        END IF;
        SELECT string_agg(format('%s %s: %s', u.policy, to_char(u.last_run, 'YYYY-MM-DD HH24:MI'), u.result), '; ' ORDER BY u.policy)
          INTO upkeep FROM ops.upkeep AS u WHERE u.relation = here.name;
        RETURN NEXT;
    END LOOP;
END $$;

-- migrate:down
DROP FUNCTION ops.storage();
DROP FUNCTION ops.cluster_next();
DROP FUNCTION ops.apply_retention(integer, boolean);
