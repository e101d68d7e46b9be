-- The costs of a batch, for job $1: told columns $2, rule $3, source $4. Rows written, and how many of them were there before.
-- Without an account of its own a cost is that of whoever has the channel.
WITH written AS (
    INSERT INTO analytics.fact_costs AS f (
        source, source_ref, cost_timestamp, user_key, date_key, cost_category, cost_subcategory, quantity, unit_cost_cents, total_cost_cents, video_id, channel_id)
    SELECT $4, m.source_ref, m.cost_timestamp, u.user_key, to_char(m.cost_timestamp AT TIME ZONE 'UTC', 'YYYYMMDD')::integer,
           m.cost_category, m.cost_subcategory, m.quantity, m.unit_cost_cents, m.total_cost_cents, m.video_id,
           m.channel_id
      FROM pg_temp.mapped AS m
      LEFT JOIN analytics.dim_channel AS c
        ON c.channel_id = m.channel_id AND m.cost_timestamp >= c.valid_from AND m.cost_timestamp < c.valid_to
      LEFT JOIN analytics.dim_user AS u
        ON u.user_id = coalesce(m.user_id, c.user_id) AND m.cost_timestamp >= u.valid_from AND m.cost_timestamp < u.valid_to
    ON CONFLICT (source, source_ref, cost_timestamp) DO UPDATE
       SET user_key = CASE WHEN NOT ($2::text[] && '{user_id,channel_id}') THEN f.user_key
                           WHEN $3 = 'fill' THEN coalesce(f.user_key, excluded.user_key) ELSE excluded.user_key END,
           cost_category = ops.told('cost_category', $2, $3, f.cost_category, excluded.cost_category),
           cost_subcategory = ops.told('cost_subcategory', $2, $3, f.cost_subcategory, excluded.cost_subcategory),
           quantity = ops.told('quantity', $2, $3, f.quantity, excluded.quantity),
           unit_cost_cents = ops.told('unit_cost_cents', $2, $3, f.unit_cost_cents, excluded.unit_cost_cents),
           total_cost_cents = ops.told('total_cost_cents', $2, $3, f.total_cost_cents, excluded.total_cost_cents),
           video_id = ops.told('video_id', $2, $3, f.video_id, excluded.video_id),
           channel_id = ops.told('channel_id', $2, $3, f.channel_id, excluded.channel_id)
     WHERE $3 <> 'keep'
       AND (CASE WHEN NOT ($2::text[] && '{user_id,channel_id}') THEN f.user_key
                 WHEN $3 = 'fill' THEN coalesce(f.user_key, excluded.user_key) ELSE excluded.user_key END,
            ops.told('cost_category', $2, $3, f.cost_category, excluded.cost_category),
            ops.told('cost_subcategory', $2, $3, f.cost_subcategory, excluded.cost_subcategory),
            ops.told('quantity', $2, $3, f.quantity, excluded.quantity),
            ops.told('unit_cost_cents', $2, $3, f.unit_cost_cents, excluded.unit_cost_cents),
            ops.told('total_cost_cents', $2, $3, f.total_cost_cents, excluded.total_cost_cents),
            ops.told('video_id', $2, $3, f.video_id, excluded.video_id),
            ops.told('channel_id', $2, $3, f.channel_id, excluded.channel_id))
           IS DISTINCT FROM
           (f.user_key, f.cost_category, f.cost_subcategory, f.quantity, f.unit_cost_cents, f.total_cost_cents, f.video_id,
            f.channel_id)
    RETURNING f.cost_timestamp, f.created_at
), touched AS (
    INSERT INTO ops.touched_hours (relation, hour, job_id)
    SELECT DISTINCT 'analytics.fact_costs', date_trunc('hour', cost_timestamp, 'UTC'), $1::bigint FROM written
)
SELECT count(*), count(*) FILTER (WHERE created_at < now()) FROM written
