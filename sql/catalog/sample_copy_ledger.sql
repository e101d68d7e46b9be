COPY ops.revenue_ledger
    (source, source_ref, kind, metric_date, user_id, channel_id, amount_cents, attributed_views)
FROM STDIN
