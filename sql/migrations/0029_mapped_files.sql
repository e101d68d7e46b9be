-- migrate:up
-- Files with a mapping of one's own. What was stored from the same bytes by the same mapping is not stored again, as
-- long as nothing was changed or deleted since in what it fills: then all that is known of that target is forgotten.
ALTER TABLE ops.loaded_files
    ADD COLUMN target text,                               -- 'analytics.fact_costs'; NULL: of a source without a mapping
    ADD COLUMN mapping text,                              -- the digest of the mapping
    ADD COLUMN is_current boolean NOT NULL DEFAULT false; -- loading it again would change nothing

CREATE TABLE ops.loaded_blocks (
    sha256              text        PRIMARY KEY,          -- of source, mapping, header and the rows' bytes
    target              text        NOT NULL,
    job_id              bigint,
    loaded_at           timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_loaded_blocks_target ON ops.loaded_blocks (target);

CREATE FUNCTION ops.forget_blocks(of_target text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM ops.loaded_blocks WHERE target = of_target;
    UPDATE ops.loaded_files SET is_current = false WHERE target = of_target AND is_current;
END $$;

CREATE FUNCTION ops.forget_blocks_of_table() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM ops.forget_blocks(TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME);
    RETURN NULL;
END $$;

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['analytics.dim_channel', 'analytics.dim_video', 'analytics.fact_video_performance',
                               'analytics.fact_channel_daily', 'analytics.fact_costs', 'analytics.youtube_metrics',
                               'ops.revenue_ledger'] LOOP
        EXECUTE format('CREATE TRIGGER forget_blocks_deleted AFTER DELETE ON %s
                            FOR EACH STATEMENT EXECUTE FUNCTION ops.forget_blocks_of_table()', one);
        EXECUTE format('CREATE TRIGGER forget_blocks_emptied AFTER TRUNCATE ON %s
                            FOR EACH STATEMENT EXECUTE FUNCTION ops.forget_blocks_of_table()', one);
    END LOOP;
END $$;

-- What a column becomes: what the file does not tell stays; 'fill' gives only what was not known.
CREATE FUNCTION ops.told(name text, told text[], rule text, old anyelement, new anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN NOT name = ANY (told) THEN old WHEN rule = 'fill' THEN coalesce(old, new) ELSE new END
$$;

-- The channels in pg_temp.mapped_channels into the dimension: new ones valid from -infinity; a change of a tracked
-- attribute closes the current version at `at` and opens one, and what was stored after that goes to the new one. What
-- is older than the current version changes nothing. `no` counts the rows of a channel in time. Says how many rows were
-- written, and whether any of them were there before.
CREATE FUNCTION ops.store_channels(told text[], rule text, OUT written bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
DECLARE
    rows bigint;
BEGIN
    INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name, channel_handle, niche, sub_niche, target_audience,
                                       content_strategy, monetization_status, created_date, is_active)
    SELECT m.channel_id, coalesce(m.user_id, '00000000-0000-4000-8000-000000000001'), m.channel_name, m.channel_handle, m.niche,
           m.sub_niche, m.target_audience, m.content_strategy, m.monetization_status, m.created_date, coalesce(m.is_active, true)
      FROM pg_temp.mapped_channels AS m
     WHERE m.no = 1 AND NOT EXISTS (SELECT FROM analytics.dim_channel AS d WHERE d.channel_id = m.channel_id)
    ON CONFLICT (channel_id) WHERE is_current DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    changed := 0;
    IF rule = 'keep' THEN
        RETURN;
    END IF;
    WITH latest AS (
        SELECT DISTINCT ON (channel_id) * FROM pg_temp.mapped_channels ORDER BY channel_id, no DESC
    )
    UPDATE analytics.dim_channel AS d
       SET user_id = coalesce(m.user_id, d.user_id),
           target_audience = ops.told('target_audience', told, rule, d.target_audience, m.target_audience),
           content_strategy = ops.told('content_strategy', told, rule, d.content_strategy, m.content_strategy),
           created_date = ops.told('created_date', told, rule, d.created_date, m.created_date)
      FROM latest AS m
     WHERE d.channel_id = m.channel_id AND d.is_current AND m.at >= d.valid_from
       AND (coalesce(m.user_id, d.user_id), ops.told('target_audience', told, rule, d.target_audience, m.target_audience),
            ops.told('content_strategy', told, rule, d.content_strategy, m.content_strategy),
            ops.told('created_date', told, rule, d.created_date, m.created_date))
           IS DISTINCT FROM (d.user_id, d.target_audience, d.content_strategy, d.created_date);
    GET DIAGNOSTICS changed = ROW_COUNT;
    FOR n IN 1 .. coalesce((SELECT max(no) FROM pg_temp.mapped_channels), 0) LOOP
        WITH turned AS (
            SELECT d.channel_key, m.at, ops.told('channel_name', told, rule, d.channel_name, m.channel_name) AS channel_name,
                   ops.told('channel_handle', told, rule, d.channel_handle, m.channel_handle) AS channel_handle,
                   ops.told('niche', told, rule, d.niche, m.niche) AS niche,
                   ops.told('sub_niche', told, rule, d.sub_niche, m.sub_niche) AS sub_niche,
                   ops.told('monetization_status', told, rule, d.monetization_status, m.monetization_status) AS monetization_status,
                   coalesce(ops.told('is_active', told, rule, d.is_active, m.is_active), d.is_active) AS is_active
              FROM pg_temp.mapped_channels AS m
              JOIN analytics.dim_channel AS d ON d.channel_id = m.channel_id AND d.is_current AND m.at >= d.valid_from
             WHERE m.no = n
        ), differing AS (
            SELECT t.*
              FROM turned AS t JOIN analytics.dim_channel AS d USING (channel_key)
             WHERE (t.channel_name, t.channel_handle, t.niche, t.sub_niche, t.monetization_status, t.is_active)
                   IS DISTINCT FROM
                   (d.channel_name, d.channel_handle, d.niche, d.sub_niche, d.monetization_status, d.is_active)
        ), mended AS (
            UPDATE analytics.dim_channel AS d
               SET channel_name = t.channel_name, channel_handle = t.channel_handle, niche = t.niche, sub_niche = t.sub_niche,
                   monetization_status = t.monetization_status, is_active = t.is_active
              FROM differing AS t
             WHERE d.channel_key = t.channel_key AND (t.at = d.valid_from OR rule = 'fill')
            RETURNING d.channel_key
        ), closed AS (
            UPDATE analytics.dim_channel AS d
               SET valid_to = t.at, is_current = false
              FROM differing AS t
             WHERE d.channel_key = t.channel_key AND t.at > d.valid_from AND rule <> 'fill'
            RETURNING d.channel_id, d.user_id, t.channel_name, t.channel_handle, t.niche, t.sub_niche, d.target_audience,
                      d.content_strategy, t.monetization_status, d.created_date, t.is_active, t.at
        ), opened AS (
            INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name, channel_handle, niche, sub_niche, target_audience,
                                               content_strategy, monetization_status, created_date, is_active, valid_from)
            SELECT * FROM closed
            RETURNING channel_key
        )
        SELECT (SELECT count(*) FROM mended) + (SELECT count(*) FROM opened) INTO rows;
        changed := changed + rows;
    END LOOP;
    written := written + changed;
    IF changed > 0 THEN
        PERFORM ops.settle_versions();
    END IF;
END $$;

-- What was stored for the channels in pg_temp.mapped_channels goes to the version of its time. Days of money are Pacific.
CREATE FUNCTION ops.settle_versions() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    WITH versions AS (
        SELECT was.channel_key AS was_key, now.channel_key, now.valid_from, now.valid_to
          FROM (SELECT DISTINCT channel_id FROM pg_temp.mapped_channels) AS m
          JOIN analytics.dim_channel AS was USING (channel_id)
          JOIN analytics.dim_channel AS now USING (channel_id)
         WHERE was.channel_key <> now.channel_key
    ), moved AS (
        UPDATE analytics.fact_video_performance AS f SET channel_key = v.channel_key, updated_at = now()
          FROM versions AS v
         WHERE f.channel_key = v.was_key AND f."timestamp" >= v.valid_from AND f."timestamp" < v.valid_to
        RETURNING f."timestamp"
    ), base AS (
        UPDATE ops.counter_base AS b SET channel_key = v.channel_key
          FROM versions AS v
         WHERE b.channel_key = v.was_key AND b."timestamp" >= v.valid_from AND b."timestamp" < v.valid_to
    ), days AS (
        UPDATE analytics.fact_channel_daily AS f SET channel_key = v.channel_key
          FROM versions AS v
         WHERE f.channel_key = v.was_key AND f.metric_date::timestamp AT TIME ZONE 'America/Los_Angeles' >= v.valid_from
           AND f.metric_date::timestamp AT TIME ZONE 'America/Los_Angeles' < v.valid_to
        RETURNING f.metric_date
    ), money AS (
        UPDATE analytics.fact_revenue AS f SET channel_key = v.channel_key
          FROM versions AS v
         WHERE f.channel_key = v.was_key AND f.metric_date::timestamp AT TIME ZONE 'America/Los_Angeles' >= v.valid_from
           AND f.metric_date::timestamp AT TIME ZONE 'America/Los_Angeles' < v.valid_to
        RETURNING f.metric_date
    )
    INSERT INTO ops.touched_hours (relation, hour)
    SELECT DISTINCT 'analytics.fact_video_performance', date_trunc('hour', "timestamp", 'UTC') FROM moved
    UNION ALL
    SELECT DISTINCT 'analytics.fact_channel_daily', metric_date::timestamp AT TIME ZONE 'UTC' FROM days
    UNION ALL
    SELECT DISTINCT 'analytics.fact_revenue', metric_date::timestamp AT TIME ZONE 'UTC' FROM money;
END $$;

REVOKE EXECUTE ON FUNCTION ops.forget_blocks(text), ops.forget_blocks_of_table(), ops.told(text, text[], text, anyelement, anyelement),
    ops.store_channels(text[], text), ops.settle_versions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.forget_blocks(text), ops.told(text, text[], text, anyelement, anyelement),
    ops.store_channels(text[], text), ops.settle_versions() TO ytempire_owner, ytempire_worker;
GRANT ALL ON ops.loaded_blocks TO ytempire_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON ops.loaded_blocks TO ytempire_worker;

-- migrate:down
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['analytics.dim_channel', 'analytics.dim_video', 'analytics.fact_video_performance',
                               'analytics.fact_channel_daily', 'analytics.fact_costs', 'analytics.youtube_metrics',
                               'ops.revenue_ledger'] LOOP
        EXECUTE format('DROP TRIGGER forget_blocks_deleted ON %s', one);
        EXECUTE format('DROP TRIGGER forget_blocks_emptied ON %s', one);
    END LOOP;
END $$;
DROP FUNCTION ops.store_channels(text[], text);
DROP FUNCTION ops.settle_versions();
DROP FUNCTION ops.told(text, text[], text, anyelement, anyelement);
DROP FUNCTION ops.forget_blocks_of_table();
DROP FUNCTION ops.forget_blocks(text);
DROP TABLE ops.loaded_blocks;
ALTER TABLE ops.loaded_files DROP COLUMN is_current, DROP COLUMN mapping, DROP COLUMN target;
