-- Revenue into the ledger. What takes a charge back (a refund, a dispute) and does not say itself whose it is belongs where the
-- charge does, whichever of both is told first.
WITH charge AS (
    SELECT DISTINCT ON (c.charge) c.* FROM (
        SELECT charge, kind, user_id, channel_id, video_id, 1 AS n FROM pg_temp.ingest_revenue WHERE is_charge
         UNION ALL
        SELECT l.detail->>'charge', l.kind, l.user_id, l.channel_id, l.video_id, 2
          FROM ops.revenue_ledger AS l, pg_temp.ingest_run AS r
         WHERE l.source = r.source AND (l.detail->>'is_charge')::boolean
           AND l.detail->>'charge' IN (SELECT v.charge FROM pg_temp.ingest_revenue AS v WHERE NOT v.is_charge AND NOT v.own)) AS c
     ORDER BY c.charge, c.n
)
UPDATE pg_temp.ingest_revenue AS v
   SET kind = c.kind, user_id = c.user_id, channel_id = c.channel_id, video_id = c.video_id
  FROM charge AS c WHERE c.charge = v.charge AND NOT v.is_charge AND NOT v.own;
UPDATE pg_temp.ingest_costs AS c SET user_id = v.user_id, channel_id = v.channel_id, video_id = v.video_id
  FROM pg_temp.ingest_revenue AS v WHERE v.key = c.key AND NOT v.own;

WITH written AS (
    INSERT INTO ops.revenue_ledger AS l (source, source_ref, kind, metric_date, user_id, channel_id, video_id, amount_cents, detail, job_id)
    SELECT r.source, v.key, v.kind, (v.at AT TIME ZONE 'America/Los_Angeles')::date, v.user_id, v.channel_id, v.video_id, v.cents,
           v.detail || jsonb_build_object('charge', v.charge, 'is_charge', v.is_charge, 'own', v.own), r.job_id
      FROM pg_temp.ingest_run AS r, pg_temp.ingest_revenue AS v
        ON CONFLICT (source, source_ref) DO UPDATE
       SET kind = excluded.kind, metric_date = excluded.metric_date, user_id = excluded.user_id, channel_id = excluded.channel_id,
           video_id = excluded.video_id, amount_cents = excluded.amount_cents, detail = excluded.detail, job_id = excluded.job_id,
           loaded_at = now()
     WHERE (l.kind, l.metric_date, l.user_id, l.channel_id, l.video_id, l.amount_cents, l.detail)
           IS DISTINCT FROM (excluded.kind, excluded.metric_date, excluded.user_id, excluded.channel_id, excluded.video_id,
                             excluded.amount_cents, excluded.detail)
    RETURNING l.source_ref, l.metric_date
), changed AS (
    INSERT INTO pg_temp.ingest_changed SELECT source_ref FROM written
)
INSERT INTO pg_temp.ingest_days SELECT metric_date FROM written;

WITH followed AS (
    UPDATE ops.revenue_ledger AS l
       SET kind = v.kind, user_id = v.user_id, channel_id = v.channel_id, video_id = v.video_id, loaded_at = now()
      FROM pg_temp.ingest_run AS r, pg_temp.ingest_revenue AS v
     WHERE v.is_charge AND l.source = r.source AND l.detail->>'charge' = v.charge
       AND NOT (l.detail->>'is_charge')::boolean AND NOT (l.detail->>'own')::boolean
       AND (l.kind, l.user_id, l.channel_id, l.video_id) IS DISTINCT FROM (v.kind, v.user_id, v.channel_id, v.video_id)
    RETURNING l.metric_date
)
INSERT INTO pg_temp.ingest_days SELECT metric_date FROM followed;

-- Days of channels that were not known when they were summed.
INSERT INTO pg_temp.ingest_days
SELECT f.metric_date
  FROM pg_temp.ingest_run AS r JOIN analytics.fact_revenue AS f ON f.source = r.source
 WHERE f.channel_id IS NOT NULL AND f.channel_key IS NULL
   AND EXISTS (SELECT FROM analytics.dim_channel AS c WHERE c.channel_id = f.channel_id);

SELECT ops.sum_revenue(r.source, d.day, d.day)
  FROM pg_temp.ingest_run AS r, (SELECT DISTINCT day FROM pg_temp.ingest_days) AS d;
