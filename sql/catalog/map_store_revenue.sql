-- The money of a batch into the ledger, for job $1: told columns $2, rule $3, source $4; its days, and those it moved from, are
-- summed anew. Rows written, and how many of them were there before.
WITH before AS (
    SELECT l.source_ref, l.metric_date
      FROM pg_temp.mapped AS m JOIN ops.revenue_ledger AS l ON l.source = $4 AND l.source_ref = m.source_ref
), written AS (
    INSERT INTO ops.revenue_ledger AS f (source, source_ref, kind, metric_date, user_id, channel_id, video_id, amount_cents,
                                         attributed_views, job_id)
    SELECT $4, m.source_ref, m.kind, m.metric_date, m.user_id, m.channel_id, m.video_id, m.amount_cents, m.attributed_views, $1::bigint
      FROM pg_temp.mapped AS m
    ON CONFLICT (source, source_ref) DO UPDATE
       SET job_id = excluded.job_id, loaded_at = now(),
           kind = ops.told('kind', $2, $3, f.kind, excluded.kind),
           metric_date = ops.told('metric_date', $2, $3, f.metric_date, excluded.metric_date),
           user_id = ops.told('user_id', $2, $3, f.user_id, excluded.user_id),
           channel_id = ops.told('channel_id', $2, $3, f.channel_id, excluded.channel_id),
           video_id = ops.told('video_id', $2, $3, f.video_id, excluded.video_id),
           amount_cents = ops.told('amount_cents', $2, $3, f.amount_cents, excluded.amount_cents),
           attributed_views = ops.told('attributed_views', $2, $3, f.attributed_views, excluded.attributed_views)
     WHERE $3 <> 'keep'
       AND (ops.told('kind', $2, $3, f.kind, excluded.kind),
            ops.told('metric_date', $2, $3, f.metric_date, excluded.metric_date),
            ops.told('user_id', $2, $3, f.user_id, excluded.user_id),
            ops.told('channel_id', $2, $3, f.channel_id, excluded.channel_id),
            ops.told('video_id', $2, $3, f.video_id, excluded.video_id),
            ops.told('amount_cents', $2, $3, f.amount_cents, excluded.amount_cents),
            ops.told('attributed_views', $2, $3, f.attributed_views, excluded.attributed_views))
           IS DISTINCT FROM
           (f.kind, f.metric_date, f.user_id, f.channel_id, f.video_id, f.amount_cents, f.attributed_views)
    RETURNING f.source_ref, f.metric_date
), days AS (
    INSERT INTO pg_temp.mapped_days
    SELECT metric_date FROM written
     UNION
    SELECT b.metric_date FROM before AS b JOIN written USING (source_ref)
)
SELECT count(*), count(b.source_ref) FROM written LEFT JOIN before AS b USING (source_ref)
