-- migrate:up
-- One video and hour: the table that a continuous aggregate would be, kept up to date from ops.touched_hours.
CREATE TABLE analytics.video_performance_hourly (
    video_key           integer     NOT NULL,
    channel_key         integer     NOT NULL,
    user_key            integer     NOT NULL,
    hour                timestamptz NOT NULL,
    views               bigint,
    likes               integer,
    comments            integer,
    avg_engagement_rate numeric,
    revenue_cents       numeric,
    cost_cents          numeric,
    PRIMARY KEY (video_key, hour, channel_key, user_key)
);

CREATE INDEX idx_video_performance_hourly_channel ON analytics.video_performance_hourly (channel_key, hour DESC);
CREATE INDEX idx_video_performance_hourly_user ON analytics.video_performance_hourly (user_key, hour DESC);

-- Computes the touched hours anew, oldest first, at most `most` of them; says how many. Never below the retention
-- horizon: the facts of those hours are gone, and what was kept of them would go too.
CREATE FUNCTION ops.refresh_hours(most integer DEFAULT 1000) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET jit = off AS $$
DECLARE
    hours timestamptz[];
    early timestamptz;
    late  timestamptz;
    done  bigint;
BEGIN
    -- One refresher at a time; a second finds nothing left to do.
    PERFORM pg_advisory_xact_lock(hashtextextended('ytempire refresh of hours', 0));
    WITH picked AS (
        SELECT DISTINCT hour FROM ops.touched_hours
         WHERE relation = 'analytics.fact_video_performance' ORDER BY hour LIMIT most
    ), taken AS (
        DELETE FROM ops.touched_hours AS t USING picked
         WHERE t.relation = 'analytics.fact_video_performance' AND t.hour = picked.hour
        RETURNING t.hour
    )
    SELECT array_agg(DISTINCT date_trunc('hour', hour, 'UTC')), min(hour), max(hour)
      INTO hours, early, late FROM taken
     WHERE hour >= coalesce((SELECT now() - value::integer * interval '1 day'
                               FROM ops.settings WHERE name = 'retention_days' AND value <> 'off'), '-infinity');
    done := coalesce(cardinality(hours), 0);
    IF done > 0 THEN
        DELETE FROM analytics.video_performance_hourly WHERE hour = ANY (hours);
        INSERT INTO analytics.video_performance_hourly
        SELECT video_key, channel_key, user_key, date_trunc('hour', "timestamp", 'UTC'),
               max(views), max(likes), max(comments), avg(engagement_rate), sum(actual_revenue_cents), sum(cost_cents)
          FROM analytics.fact_video_performance
         WHERE "timestamp" >= date_trunc('hour', early, 'UTC')
           AND "timestamp" < date_trunc('hour', late, 'UTC') + interval '1 hour'
           AND date_trunc('hour', "timestamp", 'UTC') = ANY (hours)
         GROUP BY 1, 2, 3, 4;
    END IF;
    INSERT INTO ops.upkeep VALUES ('analytics.video_performance_hourly', 'hourly', now(), format('%s hours', done))
    ON CONFLICT (relation, policy) DO UPDATE SET last_run = excluded.last_run, result = excluded.result;
    RETURN done;
END $$;

-- migrate:down
DROP FUNCTION ops.refresh_hours(integer);
DROP TABLE analytics.video_performance_hourly;
