-- migrate:up
-- Statistics, and the schedules that the program comes with.

-- Relations whose statistics are not what they were made from: never analyzed, or a twentieth of the rows has changed
-- since, autovacuum's own threshold halved. Autovacuum never analyzes the table above partitions (or chunks): for that
-- one, what has changed is what changed in its parts, and the rows of parts that were analyzed after it; its ANALYZE is
-- also that of its parts. Largest first.
CREATE FUNCTION ops.stale_statistics() RETURNS TABLE (relation text, rows bigint, changed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE own AS (
        SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('users', 'analytics', 'staging', 'intermediate', 'youtube_raw', 'ops', 'parts')
           AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND NOT c.relispartition
           AND pg_has_role(c.relowner, 'USAGE')
    ), tree AS (
        SELECT oid AS root, oid, 0 AS depth FROM own
        UNION ALL
        SELECT t.root, i.inhrelid, t.depth + 1 FROM tree AS t JOIN pg_inherits AS i ON i.inhparent = t.oid
    ), counted AS (
        SELECT t.root, t.oid, t.depth, c.relkind, c.reltuples < 0 AS never,
               greatest(c.reltuples, pg_stat_get_live_tuples(t.oid), 0)::bigint AS rows,
               coalesce(pg_stat_get_mod_since_analyze(t.oid), 0) AS changed,
               greatest(pg_stat_get_last_analyze_time(t.oid), pg_stat_get_last_autoanalyze_time(t.oid)) AS analyzed
          FROM tree AS t JOIN pg_class AS c ON c.oid = t.oid
    ), above AS (
        SELECT c.root, greatest(c.analyzed, u.last_run) AS analyzed      -- its parts are analyzed after it: u.last_run is later
          FROM counted AS c LEFT JOIN ops.upkeep AS u ON u.policy = 'analyze' AND u.relation = c.oid::regclass::text
         WHERE c.depth = 0
    ), parted AS (
        SELECT p.root, sum(p.rows)::bigint AS rows,
               sum(CASE WHEN p.analyzed > a.analyzed OR a.analyzed IS NULL THEN p.rows ELSE p.changed END)::bigint AS changed
          FROM counted AS p JOIN above AS a USING (root)
         WHERE p.depth > 0 AND p.relkind <> 'p' GROUP BY p.root
    ), seen AS (
        SELECT c.oid, c.rows, c.changed, c.never AND c.rows > 0 AS never FROM counted AS c LEFT JOIN parted AS p USING (root)
         WHERE c.relkind <> 'p' AND (p.root IS NULL OR (c.depth > 0 AND p.changed <= 50 + p.rows / 20))
        UNION ALL
        SELECT root, rows, changed, false FROM parted
    )
    SELECT oid::regclass::text, rows, changed FROM seen
     WHERE never OR changed > 50 + rows / 20
     ORDER BY changed DESC, oid
$$;

-- One of them. Readers and writers go on meanwhile; another ANALYZE or an ALTER is waited for for two seconds.
CREATE FUNCTION ops.analyze_relation(of_relation text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    -- a table that has gone meanwhile needs no statistics
    found regclass := to_regclass(of_relation);
BEGIN
    IF found IS NOT NULL THEN
        EXECUTE format('ANALYZE %s', found);
        INSERT INTO ops.upkeep VALUES (of_relation, 'analyze', clock_timestamp(), 'done')
        ON CONFLICT (relation, policy) DO UPDATE SET last_run = excluded.last_run, result = excluded.result;
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION ops.stale_statistics(), ops.analyze_relation(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.stale_statistics(), ops.analyze_relation(text) TO ytempire_owner, ytempire_worker;

-- They are a person's from now on: one that was changed, paused or removed stays so. Times are UTC.
INSERT INTO ops.schedules (name, cron, tz, command, missed, kind) VALUES
    ('rollups',       '*/15 * * * *', 'UTC', 'rollup refresh',   'once', 'rollup refresh'),
    ('storage',       '25 * * * *',   'UTC', 'storage maintain', 'once', 'storage maintain'),
    ('statistics',    '40 3 * * *',   'UTC', 'storage analyze',  'once', 'storage analyze'),
    ('backup',        '10 2 * * *',   'UTC', 'backup create',    'once', 'backup create'),
    ('backup verify', '10 5 * * 0',   'UTC', 'backup verify',    'skip', 'backup verify')
ON CONFLICT (name) DO NOTHING;

-- migrate:down
-- Those that nobody has touched.
DELETE FROM ops.schedules
 WHERE enabled AND (name, cron, tz, command, missed) IN (
    ('rollups',       '*/15 * * * *', 'UTC', 'rollup refresh',   'once'),
    ('storage',       '25 * * * *',   'UTC', 'storage maintain', 'once'),
    ('statistics',    '40 3 * * *',   'UTC', 'storage analyze',  'once'),
    ('backup',        '10 2 * * *',   'UTC', 'backup create',    'once'),
    ('backup verify', '10 5 * * 0',   'UTC', 'backup verify',    'skip'));
DROP FUNCTION ops.analyze_relation(text);
DROP FUNCTION ops.stale_statistics();
