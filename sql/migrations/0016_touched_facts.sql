-- migrate:up
-- Loads of every fact note their hours in ops.touched_hours; a day is noted as its midnight UTC, where rollups keep it. Only
-- snapshots have an hourly table whose refresh takes them off that list again: of other facts the rollups alone are told.
CREATE OR REPLACE FUNCTION ops.tell_rollups() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ops.rollup_touched (cube, name, hour)
    SELECT DISTINCT s.cube, s.name, n.hour
      FROM noted AS n JOIN ops.rollup_state AS s ON s.fact = n.relation;
    DELETE FROM ops.touched_hours AS t USING noted AS n
     WHERE t.id = n.id AND n.relation <> 'analytics.fact_video_performance';
    RETURN NULL;
END $$;

-- As before, and the days that it takes away or writes are noted.
CREATE OR REPLACE FUNCTION ops.sum_revenue(of_source text, from_day date, to_day date) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    written bigint;
BEGIN
    WITH gone AS (
        DELETE FROM analytics.fact_revenue WHERE source = of_source AND metric_date BETWEEN from_day AND to_day
        RETURNING metric_date
    )
    INSERT INTO ops.touched_hours (relation, hour)
    SELECT DISTINCT 'analytics.fact_revenue', metric_date::timestamp AT TIME ZONE 'UTC' FROM gone;
    INSERT INTO analytics.fact_revenue (source, channel_id, video_key, channel_key, user_key, date_key, metric_date,
                                        ad_revenue_cents, sponsorship_revenue_cents, affiliate_revenue_cents,
                                        membership_revenue_cents, super_chat_revenue_cents, attributed_views)
    SELECT l.source, l.channel_id, v.video_key, max(c.channel_key), max(u.user_key), max(d.date_key), l.metric_date,
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'ad'), 0),
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'sponsorship'), 0),
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'affiliate'), 0),
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'membership'), 0),
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'super_chat'), 0),
           sum(l.attributed_views)
      FROM (SELECT *, metric_date::timestamp AT TIME ZONE 'America/Los_Angeles' AS midnight FROM ops.revenue_ledger) AS l
      JOIN analytics.dim_date AS d ON d.full_date = l.metric_date
      LEFT JOIN analytics.dim_video AS v USING (video_id)
      LEFT JOIN analytics.dim_channel AS c
        ON c.channel_id = l.channel_id AND l.midnight >= c.valid_from AND l.midnight < c.valid_to
      LEFT JOIN analytics.dim_user AS u
        ON u.user_id = coalesce(l.user_id, c.user_id) AND l.midnight >= u.valid_from AND l.midnight < u.valid_to
     WHERE l.source = of_source AND l.metric_date BETWEEN from_day AND to_day
     GROUP BY l.source, l.channel_id, v.video_key, l.metric_date;
    GET DIAGNOSTICS written = ROW_COUNT;
    INSERT INTO ops.touched_hours (relation, hour)
    SELECT DISTINCT 'analytics.fact_revenue', metric_date::timestamp AT TIME ZONE 'UTC'
      FROM analytics.fact_revenue WHERE source = of_source AND metric_date BETWEEN from_day AND to_day;
    RETURN written;
END $$;

-- migrate:down
CREATE OR REPLACE FUNCTION ops.tell_rollups() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ops.rollup_touched (cube, name, hour)
    SELECT DISTINCT s.cube, s.name, n.hour
      FROM noted AS n JOIN ops.rollup_state AS s ON s.fact = n.relation;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ops.sum_revenue(of_source text, from_day date, to_day date) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    written bigint;
BEGIN
    DELETE FROM analytics.fact_revenue WHERE source = of_source AND metric_date BETWEEN from_day AND to_day;
    INSERT INTO analytics.fact_revenue (source, channel_id, video_key, channel_key, user_key, date_key, metric_date,
                                        ad_revenue_cents, sponsorship_revenue_cents, affiliate_revenue_cents,
                                        membership_revenue_cents, super_chat_revenue_cents, attributed_views)
    SELECT l.source, l.channel_id, v.video_key, max(c.channel_key), max(u.user_key), max(d.date_key), l.metric_date,
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'ad'), 0),
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'sponsorship'), 0),
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'affiliate'), 0),
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'membership'), 0),
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'super_chat'), 0),
           sum(l.attributed_views)
      FROM (SELECT *, metric_date::timestamp AT TIME ZONE 'America/Los_Angeles' AS midnight FROM ops.revenue_ledger) AS l
      JOIN analytics.dim_date AS d ON d.full_date = l.metric_date
      LEFT JOIN analytics.dim_video AS v USING (video_id)
      LEFT JOIN analytics.dim_channel AS c
        ON c.channel_id = l.channel_id AND l.midnight >= c.valid_from AND l.midnight < c.valid_to
      LEFT JOIN analytics.dim_user AS u
        ON u.user_id = coalesce(l.user_id, c.user_id) AND l.midnight >= u.valid_from AND l.midnight < u.valid_to
     WHERE l.source = of_source AND l.metric_date BETWEEN from_day AND to_day
     GROUP BY l.source, l.channel_id, v.video_key, l.metric_date;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$;
