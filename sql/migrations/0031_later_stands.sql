-- migrate:up
-- Of two rows the later stands, in whatever order they come: by the time they tell, or by that of their load.
ALTER TABLE analytics.dim_channel
    ADD COLUMN told_at timestamptz,                       -- the latest time of which what it says was told; NULL: valid_from
    ADD COLUMN updated_at timestamptz;
ALTER TABLE analytics.dim_video ADD COLUMN updated_at timestamptz;
ALTER TABLE analytics.dim_channel ALTER COLUMN updated_at SET DEFAULT now();
ALTER TABLE analytics.dim_video ALTER COLUMN updated_at SET DEFAULT now();
ALTER TABLE analytics.fact_channel_daily ADD COLUMN updated_at timestamptz;        -- NULL: it is as it was created
ALTER TABLE analytics.fact_costs ADD COLUMN updated_at timestamptz;
ALTER TABLE analytics.youtube_metrics ADD COLUMN updated_at timestamptz;

CREATE FUNCTION ops.note_update() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['analytics.dim_channel', 'analytics.dim_video', 'analytics.fact_channel_daily',
                               'analytics.fact_costs', 'analytics.youtube_metrics'] LOOP
        EXECUTE format('CREATE TRIGGER note_update BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION ops.note_update()', one);
    END LOOP;
END $$;

-- The first value that is not NULL, in the order that is asked for.
CREATE FUNCTION ops.keep_first(first anyelement, next anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT first';
CREATE AGGREGATE ops.first_known(anyelement) (SFUNC = ops.keep_first, STYPE = anyelement);

-- Rows of one key in pg_temp.mapped as one, for the rule 'fill': of each column the first value that is known. The key's
-- columns come first, the line last.
CREATE FUNCTION ops.merge_mapped(key_columns integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    keys text;
    columns text;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FILTER (WHERE attnum <= key_columns),
           string_agg(CASE WHEN attnum <= key_columns THEN quote_ident(attname)
                           WHEN attname = 'line' THEN 'min(line) AS line'
                           ELSE format('ops.first_known(%1$I ORDER BY line) AS %1$I', attname) END, ', ' ORDER BY attnum)
      INTO keys, columns
      FROM pg_catalog.pg_attribute
     WHERE attrelid = 'pg_temp.mapped'::regclass AND attnum > 0 AND NOT attisdropped;
    EXECUTE format('CREATE TEMP TABLE mapped_merged ON COMMIT DROP AS SELECT %s FROM pg_temp.mapped GROUP BY %s', columns, keys);
    DELETE FROM pg_temp.mapped;
    EXECUTE 'INSERT INTO pg_temp.mapped SELECT * FROM pg_temp.mapped_merged';
    DROP TABLE pg_temp.mapped_merged;
END $$;

-- The channels in pg_temp.mapped_channels into the dimension: new ones valid from -infinity; a change of a tracked
-- attribute closes the current version at `at` and opens one, and what was stored after that goes to the new one. What
-- is older than what the current version says (`told_at`) changes nothing, but for 'fill', which gives it what was not
-- known, whenever that was told; a name that is known is not taken away. `no` counts the rows of a channel in time
-- ('update') or in the order of the file. Says how many rows were written, and whether any of them were there before.
CREATE OR REPLACE FUNCTION ops.store_channels(told text[], rule text, OUT written bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
DECLARE
    nobody CONSTANT uuid := '00000000-0000-4000-8000-000000000001';
    rows bigint;
BEGIN
    INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name, channel_handle, niche, sub_niche, target_audience,
                                       content_strategy, monetization_status, created_date, is_active, told_at)
    SELECT m.channel_id, coalesce(m.user_id, nobody), m.channel_name, m.channel_handle, m.niche, m.sub_niche, m.target_audience,
           m.content_strategy, m.monetization_status, m.created_date, coalesce(m.is_active, true), m.at
      FROM pg_temp.mapped_channels AS m
     WHERE m.no = 1 AND NOT EXISTS (SELECT FROM analytics.dim_channel AS d WHERE d.channel_id = m.channel_id)
    ON CONFLICT (channel_id) WHERE is_current DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    changed := 0;
    IF rule = 'keep' THEN
        RETURN;
    END IF;
    WITH latest AS (
        (SELECT DISTINCT ON (channel_id) channel_id, at, user_id, target_audience, content_strategy, created_date
           FROM pg_temp.mapped_channels WHERE rule <> 'fill' ORDER BY channel_id, no DESC)
         UNION ALL
        SELECT channel_id, 'infinity', ops.first_known(user_id ORDER BY no), ops.first_known(target_audience ORDER BY no),
               ops.first_known(content_strategy ORDER BY no), ops.first_known(created_date ORDER BY no)
          FROM pg_temp.mapped_channels WHERE rule = 'fill' GROUP BY channel_id
    ), turned AS (
        SELECT d.channel_key,
               CASE WHEN rule = 'fill' AND d.user_id <> nobody THEN d.user_id ELSE coalesce(m.user_id, d.user_id) END AS user_id,
               ops.told('target_audience', told, rule, d.target_audience, m.target_audience) AS target_audience,
               ops.told('content_strategy', told, rule, d.content_strategy, m.content_strategy) AS content_strategy,
               ops.told('created_date', told, rule, d.created_date, m.created_date) AS created_date
          FROM latest AS m
          JOIN analytics.dim_channel AS d ON d.channel_id = m.channel_id AND d.is_current AND m.at >= greatest(d.valid_from, d.told_at)
    )
    UPDATE analytics.dim_channel AS d
       SET user_id = t.user_id, target_audience = t.target_audience, content_strategy = t.content_strategy,
           created_date = t.created_date
      FROM turned AS t
     WHERE d.channel_key = t.channel_key
       AND (t.user_id, t.target_audience, t.content_strategy, t.created_date)
           IS DISTINCT FROM (d.user_id, d.target_audience, d.content_strategy, d.created_date);
    GET DIAGNOSTICS changed = ROW_COUNT;
    FOR n IN 1 .. coalesce((SELECT max(no) FROM pg_temp.mapped_channels), 0) LOOP
        WITH turned AS (
            SELECT d.channel_key, m.at,
                   coalesce(ops.told('channel_name', told, rule, d.channel_name, m.channel_name), d.channel_name) AS channel_name,
                   ops.told('channel_handle', told, rule, d.channel_handle, m.channel_handle) AS channel_handle,
                   ops.told('niche', told, rule, d.niche, m.niche) AS niche,
                   ops.told('sub_niche', told, rule, d.sub_niche, m.sub_niche) AS sub_niche,
                   ops.told('monetization_status', told, rule, d.monetization_status, m.monetization_status) AS monetization_status,
                   coalesce(ops.told('is_active', told, rule, d.is_active, m.is_active), d.is_active) AS is_active
              FROM pg_temp.mapped_channels AS m
              JOIN analytics.dim_channel AS d
                ON d.channel_id = m.channel_id AND d.is_current AND (rule = 'fill' OR m.at >= greatest(d.valid_from, d.told_at))
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
                      d.content_strategy, t.monetization_status, d.created_date, t.is_active, t.at, t.at
        ), opened AS (
            INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name, channel_handle, niche, sub_niche, target_audience,
                                               content_strategy, monetization_status, created_date, is_active, valid_from, told_at)
            SELECT * FROM closed
            RETURNING channel_key
        )
        SELECT (SELECT count(*) FROM mended) + (SELECT count(*) FROM opened) INTO rows;
        changed := changed + rows;
    END LOOP;
    IF rule <> 'fill' THEN
        UPDATE analytics.dim_channel AS d
           SET told_at = m.at
          FROM (SELECT channel_id, max(at) AS at FROM pg_temp.mapped_channels GROUP BY 1) AS m
         WHERE d.channel_id = m.channel_id AND d.is_current AND m.at >= d.valid_from
           AND (d.told_at IS NULL OR d.told_at < m.at);
    END IF;
    written := written + changed;
    IF changed > 0 THEN
        PERFORM ops.settle_versions();
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION ops.note_update(), ops.keep_first(anyelement, anyelement), ops.first_known(anyelement),
    ops.merge_mapped(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.keep_first(anyelement, anyelement), ops.first_known(anyelement), ops.merge_mapped(integer)
    TO ytempire_owner, ytempire_worker;

-- migrate:down
-- The channels in pg_temp.mapped_channels into the dimension: new ones valid from -infinity; a change of a tracked
-- attribute closes the current version at `at` and opens one, and what was stored after that goes to the new one. What
-- is older than the current version changes nothing. `no` counts the rows of a channel in time. Says how many rows were
-- written, and whether any of them were there before.
CREATE OR REPLACE FUNCTION ops.store_channels(told text[], rule text, OUT written bigint, OUT changed bigint)
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

DROP FUNCTION ops.merge_mapped(integer);
DROP AGGREGATE ops.first_known(anyelement);
DROP FUNCTION ops.keep_first(anyelement, anyelement);
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['analytics.dim_channel', 'analytics.dim_video', 'analytics.fact_channel_daily',
                               'analytics.fact_costs', 'analytics.youtube_metrics'] LOOP
        EXECUTE format('DROP TRIGGER note_update ON %s', one);
        EXECUTE format('ALTER TABLE %s DROP COLUMN updated_at', one);
    END LOOP;
END $$;
DROP FUNCTION ops.note_update();
ALTER TABLE analytics.dim_channel DROP COLUMN told_at;
