-- migrate:up
-- What the worker's upkeep calls, and what `storage` shows. The functions are the same on both engines.

-- Chunks wholly older than the horizon are dropped; in the same transaction the last counters of each of their videos
-- go to ops.counter_base. Says how many rows went. `only_count`: drops nothing.
CREATE FUNCTION ops.apply_retention(days integer, only_count boolean DEFAULT false) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
    horizon timestamptz;
    gone    bigint := 0;
BEGIN
    SELECT max(range_end) INTO horizon FROM timescaledb_information.chunks
     WHERE hypertable_schema = 'analytics' AND hypertable_name = 'fact_video_performance'
       AND range_end <= now() - days * interval '1 day';
    IF horizon IS NOT NULL THEN
        SELECT count(*) INTO gone FROM analytics.fact_video_performance WHERE "timestamp" < horizon;
        IF NOT only_count THEN
            LOCK TABLE analytics.fact_video_performance IN SHARE ROW EXCLUSIVE MODE;
            SELECT count(*) INTO gone FROM analytics.fact_video_performance WHERE "timestamp" < horizon;
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
              FROM analytics.fact_video_performance
             WHERE "timestamp" < horizon AND num_nonnulls(views, likes, dislikes, comments, shares) > 0
             GROUP BY video_key
            ON CONFLICT (video_key) DO UPDATE
               SET channel_key = excluded.channel_key, user_key = excluded.user_key, "timestamp" = excluded."timestamp",
                   views = coalesce(excluded.views, base.views), likes = coalesce(excluded.likes, base.likes),
                   dislikes = coalesce(excluded.dislikes, base.dislikes),
                   comments = coalesce(excluded.comments, base.comments), shares = coalesce(excluded.shares, base.shares)
             WHERE excluded."timestamp" >= base."timestamp";
            PERFORM public.drop_chunks('analytics.fact_video_performance', older_than => horizon);
        END IF;
    END IF;
    IF NOT only_count THEN
        INSERT INTO ops.upkeep VALUES ('analytics.fact_video_performance', 'retention', now(), format('%s rows dropped', gone))
        ON CONFLICT (relation, policy) DO UPDATE SET last_run = excluded.last_run, result = excluded.result;
    END IF;
    RETURN gone;
END $$;

-- Compression orders old chunks here.
CREATE FUNCTION ops.cluster_next() RETURNS text
LANGUAGE sql AS 'SELECT NULL::text';

-- The hours that loads have touched, as ranges without gaps, never below the retention horizon. A refresh of the
-- aggregate may not run in a transaction, so the caller refreshes [from_hour, to_hour) and then forgets up to last_id.
CREATE FUNCTION ops.touched_ranges() RETURNS TABLE (from_hour timestamptz, to_hour timestamptz, last_id bigint)
LANGUAGE sql STABLE SET timezone = 'UTC' AS $$
    WITH hours AS (
        SELECT date_trunc('hour', hour, 'UTC') AS hour, max(max(id)) OVER () AS last_id
          FROM ops.touched_hours
         WHERE relation = 'analytics.fact_video_performance'
         GROUP BY 1
    ), islands AS (
        SELECT hour, last_id, hour - row_number() OVER (ORDER BY hour) * interval '1 hour' AS island
          FROM hours
         WHERE hour >= coalesce((SELECT now() - value::integer * interval '1 day'
                                   FROM ops.settings WHERE name = 'retention_days' AND value <> 'off'), '-infinity')
    )
    SELECT min(hour), max(hour) + interval '1 hour', max(last_id) FROM islands GROUP BY island ORDER BY 1
$$;

-- Every table of the warehouse: chunks, rows as the statistics have them, size, span.
CREATE FUNCTION ops.storage()
RETURNS TABLE (relation text, partitions integer, rows bigint, bytes bigint, compressed_bytes bigint,
               oldest timestamptz, newest timestamptz, upkeep text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    here   record;
    by_one name;
    hyper  regclass;
BEGIN
    FOR here IN
        SELECT c.oid, n.nspname, c.relname, format('%s.%s', n.nspname, c.relname) AS name
          FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('analytics', 'users', 'youtube_raw', 'staging', 'intermediate')
           AND (c.relkind IN ('r', 'm')
                OR EXISTS (SELECT FROM timescaledb_information.continuous_aggregates AS a
                            WHERE a.view_schema = n.nspname AND a.view_name = c.relname))
         ORDER BY n.nspname, c.relname
    LOOP
        relation := here.name;
        compressed_bytes := NULL;
        oldest := NULL;
        newest := NULL;
        hyper := here.oid::regclass;
        SELECT format('%I.%I', a.materialization_hypertable_schema, a.materialization_hypertable_name)::regclass INTO hyper
          FROM timescaledb_information.continuous_aggregates AS a
         WHERE a.view_schema = here.nspname AND a.view_name = here.relname;
        hyper := coalesce(hyper, here.oid::regclass);
        SELECT d.column_name INTO by_one FROM timescaledb_information.dimensions AS d
         WHERE format('%I.%I', d.hypertable_schema, d.hypertable_name)::regclass = hyper AND d.dimension_number = 1;
        IF by_one IS NULL THEN
            SELECT 0, greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0), pg_total_relation_size(c.oid)
              INTO partitions, rows, bytes FROM pg_class AS c WHERE c.oid = here.oid;
            IF here.name = 'analytics.youtube_metrics' THEN
                SELECT min(m.date), max(m.date) INTO oldest, newest FROM analytics.youtube_metrics AS m;
            END IF;
        ELSE
            SELECT count(*) INTO partitions FROM timescaledb_information.chunks AS c
             WHERE format('%I.%I', c.hypertable_schema, c.hypertable_name)::regclass = hyper;
            rows := public.approximate_row_count(hyper);
            bytes := public.hypertable_size(hyper);
            SELECT sum(s.after_compression_total_bytes) INTO compressed_bytes
              FROM public.hypertable_compression_stats(hyper) AS s;
            EXECUTE format('SELECT min(%I), max(%I) FROM %s', by_one, by_one, hyper) INTO oldest, newest;
        END IF;
        SELECT string_agg(said, '; ' ORDER BY said) INTO upkeep FROM (
            SELECT format('%s %s: %s', u.policy, to_char(u.last_run, 'YYYY-MM-DD HH24:MI'), u.result)
              FROM ops.upkeep AS u WHERE u.relation = here.name
            UNION ALL
            SELECT format('%s %s: %s', j.proc_name, coalesce(to_char(s.last_run_started_at, 'YYYY-MM-DD HH24:MI'), 'never'),
                          coalesce(s.last_run_status, 'not run yet'))
              FROM timescaledb_information.jobs AS j LEFT JOIN timescaledb_information.job_stats AS s USING (job_id)
             WHERE to_regclass(quote_ident(j.hypertable_schema) || '.' || quote_ident(j.hypertable_name)) IN (hyper, here.oid::regclass)
        ) AS policies (said);
        RETURN NEXT;
    END LOOP;
END $$;

-- migrate:down
DROP FUNCTION ops.storage();
DROP FUNCTION ops.touched_ranges();
DROP FUNCTION ops.cluster_next();
DROP FUNCTION ops.apply_retention(integer, boolean);
