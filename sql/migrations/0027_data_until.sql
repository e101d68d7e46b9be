-- migrate:up
-- How far the data of each fact reach, for the note under an answer: the newest hour (of facts by day: the day, as its midnight
-- UTC) that a load has noted. Append only, so that loads do not wait for each other; the newest row counts.
CREATE TABLE ops.data_until (
    relation            text        NOT NULL,             -- 'analytics.fact_video_performance'
    hour                timestamptz NOT NULL,
    PRIMARY KEY (relation, hour)
);

CREATE FUNCTION ops.tell_data_until() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ops.data_until (relation, hour)
    SELECT n.relation, n.hour
      FROM (SELECT relation, max(hour) AS hour FROM noted GROUP BY relation) AS n
     WHERE NOT EXISTS (SELECT FROM ops.data_until AS u WHERE u.relation = n.relation AND u.hour >= n.hour)
        ON CONFLICT DO NOTHING;
    IF FOUND THEN
        DELETE FROM ops.data_until
         WHERE (relation, hour) IN (SELECT u.relation, u.hour FROM ops.data_until AS u
                                     WHERE EXISTS (SELECT FROM ops.data_until AS newer
                                                    WHERE newer.relation = u.relation AND newer.hour > u.hour)
                                       FOR UPDATE OF u SKIP LOCKED);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_data_until AFTER INSERT ON ops.touched_hours REFERENCING NEW TABLE AS noted
    FOR EACH STATEMENT EXECUTE FUNCTION ops.tell_data_until();

-- Looks into the facts themselves: for data from before this table, and after newest data were taken away. Reads back from
-- the newest partition, so it ends where the first row is found.
CREATE FUNCTION ops.find_data_until() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fact record;
    since timestamptz;
    newest timestamptz;
BEGIN
    LOCK TABLE ops.data_until IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM ops.data_until;
    FOR fact IN SELECT * FROM (VALUES
            ('analytics.fact_video_performance', '"timestamp"', 'date_trunc(''hour'', %s, ''UTC'')'),
            ('analytics.fact_costs', 'cost_timestamp', 'date_trunc(''hour'', %s, ''UTC'')'),
            ('analytics.fact_channel_daily', 'metric_date', '%s::timestamp AT TIME ZONE ''UTC'''),
            ('analytics.fact_revenue', 'metric_date', '%s::timestamp AT TIME ZONE ''UTC'''),
            ('analytics.youtube_metrics', 'date', '%s::timestamp AT TIME ZONE ''UTC''')) AS f (relation, at, hour) LOOP
        FOREACH since IN ARRAY ARRAY[now() - interval '1 day', now() - interval '40 days', now() - interval '1 year',
                                     '-infinity'] LOOP
            EXECUTE format('SELECT %s FROM %s WHERE %s >= $1', format(fact.hour, format('max(%s)', fact.at)), fact.relation,
                           fact.at)
               INTO newest USING since;
            EXIT WHEN newest IS NOT NULL;
        END LOOP;
        INSERT INTO ops.data_until (relation, hour) SELECT fact.relation, newest WHERE newest IS NOT NULL;
    END LOOP;
END $$;
SELECT ops.find_data_until();

REVOKE EXECUTE ON FUNCTION ops.tell_data_until(), ops.find_data_until() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.find_data_until() TO ytempire_owner, ytempire_worker;
GRANT SELECT ON ops.data_until TO ytempire_analyst;
GRANT ALL ON ops.data_until TO ytempire_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON ops.data_until TO ytempire_worker;

-- migrate:down
DROP TRIGGER tell_data_until ON ops.touched_hours;
DROP FUNCTION ops.tell_data_until();
DROP FUNCTION ops.find_data_until();
DROP TABLE ops.data_until;
