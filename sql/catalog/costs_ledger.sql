-- Revenue into the ledger. What takes a charge back (a refund, a dispute) and does not say itself whose it is belongs where the
-- charge does, whichever of both is told first.
WITH charge AS (
    SELECT DISTINCT ON (c.charge) c.* FROM (
        SELECT charge, kind, user_id, channel_id, video_id, 2 AS n FROM pg_temp.ingest_revenue WHERE is_charge
         UNION ALL
        SELECT l.detail->>'charge', l.kind, l.user_id, l.channel_id, l.video_id, CASE WHEN r.is_old THEN 1 ELSE 3 END
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
     WHERE NOT (SELECT is_old FROM pg_temp.ingest_run)
       AND (l.kind, l.metric_date, l.user_id, l.channel_id, l.video_id, l.amount_cents, l.detail)
           IS DISTINCT FROM (excluded.kind, excluded.metric_date, excluded.user_id, excluded.channel_id, excluded.video_id,
                             excluded.amount_cents, excluded.detail)
    RETURNING l.source_ref, l.metric_date
), changed AS (
    INSERT INTO pg_temp.ingest_changed SELECT source_ref FROM written
)
INSERT INTO pg_temp.ingest_days SELECT metric_date FROM written;

-- What takes a charge back, and its fee, follow it when it is told anew.
WITH followed AS (
    UPDATE ops.revenue_ledger AS l
       SET kind = v.kind, user_id = v.user_id, channel_id = v.channel_id, video_id = v.video_id, loaded_at = now()
      FROM pg_temp.ingest_run AS r, pg_temp.ingest_revenue AS v
     WHERE v.is_charge AND NOT r.is_old AND l.source = r.source AND l.detail->>'charge' = v.charge
       AND NOT (l.detail->>'is_charge')::boolean AND NOT (l.detail->>'own')::boolean
       AND (l.kind, l.user_id, l.channel_id, l.video_id) IS DISTINCT FROM (v.kind, v.user_id, v.channel_id, v.video_id)
    RETURNING l.source, l.source_ref, l.metric_date, l.user_id, l.channel_id, l.video_id
), fee AS (
    UPDATE analytics.fact_costs AS f SET user_key = t.user_key, channel_id = t.channel_id, video_id = t.video_id
      FROM (SELECT o.source, o.source_ref, o.cost_timestamp, u.user_key, w.channel_id, w.video_id
              FROM followed AS w JOIN analytics.fact_costs AS o USING (source, source_ref)
              LEFT JOIN analytics.dim_channel AS c
                ON c.channel_id = w.channel_id AND o.cost_timestamp >= c.valid_from AND o.cost_timestamp < c.valid_to
              LEFT JOIN analytics.dim_user AS u
                ON u.user_id = coalesce(w.user_id, c.user_id) AND o.cost_timestamp >= u.valid_from AND o.cost_timestamp < u.valid_to
           ) AS t
     WHERE (f.source, f.source_ref, f.cost_timestamp) = (t.source, t.source_ref, t.cost_timestamp)
       AND (f.user_key, f.channel_id, f.video_id) IS DISTINCT FROM (t.user_key, t.channel_id, t.video_id)
    RETURNING f.cost_timestamp
), touched AS (
    INSERT INTO ops.touched_hours (relation, hour, job_id)
    SELECT DISTINCT 'analytics.fact_costs', date_trunc('hour', fee.cost_timestamp, 'UTC'), r.job_id FROM fee, pg_temp.ingest_run AS r
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
