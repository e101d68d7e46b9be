-- Costs that are new or differ; of stretches that were told whole, those that are told no more go. A cost is whose it says, or whom
-- `owners` names for it, or who has its channel at that time, or whom `owners` names for the rest.
WITH run AS (
    SELECT source, job_id, is_old FROM pg_temp.ingest_run LIMIT 1
), gone AS (
    DELETE FROM analytics.fact_costs AS f USING run AS r, pg_temp.ingest_whole AS w
     WHERE f.source = r.source AND NOT r.is_old AND f.cost_timestamp >= w.of_from AND f.cost_timestamp < w.of_to
       AND NOT EXISTS (SELECT FROM pg_temp.ingest_items AS i WHERE i.source_ref = f.source_ref AND i.at = f.cost_timestamp)
    RETURNING f.cost_timestamp
), written AS (
    INSERT INTO analytics.fact_costs AS f (source, source_ref, user_key, date_key, cost_category, cost_subcategory, quantity,
                                           unit_cost_cents, total_cost_cents, video_id, channel_id, cost_timestamp)
    SELECT r.source, c.source_ref, u.user_key, to_char(c.at AT TIME ZONE 'UTC', 'YYYYMMDD')::integer, c.category, c.subcategory,
           c.quantity, CASE WHEN c.quantity > 0 AND abs(c.cents) / c.quantity < 1e12 THEN c.cents / c.quantity END, c.cents,
           c.video_id, c.channel_id, c.at
      FROM run AS r CROSS JOIN pg_temp.ingest_costs AS c
      LEFT JOIN pg_temp.ingest_owners AS o ON o.name = c.owner
      LEFT JOIN analytics.dim_channel AS d ON d.channel_id = c.channel_id AND c.at >= d.valid_from AND c.at < d.valid_to
      LEFT JOIN pg_temp.ingest_owners AS e ON e.name = '*'
      LEFT JOIN analytics.dim_user AS u
        ON u.user_id = coalesce(c.user_id, o.user_id, d.user_id, e.user_id) AND c.at >= u.valid_from AND c.at < u.valid_to
        ON CONFLICT (source, source_ref, cost_timestamp) DO UPDATE
       SET user_key = excluded.user_key, cost_category = excluded.cost_category, cost_subcategory = excluded.cost_subcategory,
           quantity = excluded.quantity, unit_cost_cents = excluded.unit_cost_cents, total_cost_cents = excluded.total_cost_cents,
           video_id = excluded.video_id, channel_id = excluded.channel_id
     WHERE NOT (SELECT is_old FROM run)
       AND (f.user_key, f.cost_category, f.cost_subcategory, f.quantity, f.unit_cost_cents, f.total_cost_cents, f.video_id, f.channel_id)
           IS DISTINCT FROM (excluded.user_key, excluded.cost_category, excluded.cost_subcategory, excluded.quantity,
                             excluded.unit_cost_cents, excluded.total_cost_cents, excluded.video_id, excluded.channel_id)
    RETURNING f.source_ref, f.cost_timestamp
), changed AS (
    INSERT INTO pg_temp.ingest_changed
    SELECT c.key FROM written AS w JOIN pg_temp.ingest_costs AS c ON c.source_ref = w.source_ref AND c.at = w.cost_timestamp
)
INSERT INTO ops.touched_hours (relation, hour, job_id)
SELECT DISTINCT 'analytics.fact_costs', date_trunc('hour', t.at, 'UTC'), r.job_id
  FROM run AS r CROSS JOIN (SELECT cost_timestamp FROM written UNION ALL SELECT cost_timestamp FROM gone) AS t (at);
