COPY analytics.fact_costs
    (source, source_ref, user_key, date_key, cost_category, cost_subcategory, quantity, unit_cost_cents,
     total_cost_cents, video_id, channel_id, cost_timestamp)
FROM STDIN
