-- What stripe was told: balance transactions, in signed minor units of the account's currency (`about`: which, and what revenue
-- is where its metadata do not say). UGX and ISK have no parts any more, but Stripe still counts them in hundredths. What is neither revenue nor a cost (payouts, transfers) is read and left alone.
CREATE TEMP TABLE ingest_stripe ON COMMIT DROP AS
WITH told AS (
    SELECT DISTINCT ON (coalesce(e.t->>'id', md5(e.t::text))) e.t, coalesce(e.t->>'id', md5(e.t::text)) AS key, a.about,
           lower(e.t->>'currency') AS currency, coalesce(e.t->>'reporting_category', e.t->>'type') AS category,
           CASE WHEN jsonb_typeof(e.t->'source') = 'object' THEN e.t->'source' ELSE '{}' END AS source,
           CASE WHEN jsonb_typeof(e.t#>'{source,metadata}') = 'object' THEN e.t#>'{source,metadata}' ELSE '{}' END AS metadata
      FROM pg_temp.ingest_answers AS a CROSS JOIN jsonb_array_elements(a.body->'data') WITH ORDINALITY AS e (t, n)
     WHERE a.stream = 'transactions'
     ORDER BY coalesce(e.t->>'id', md5(e.t::text)), a.no DESC, e.n DESC
), typed AS (
    SELECT t, key, about, currency, category, source, metadata,
           CASE WHEN jsonb_typeof(t->'created') = 'number' AND t->>'created' ~ '^[0-9]{1,10}$' THEN to_timestamp((t->>'created')::bigint) END AS at,
           CASE WHEN jsonb_typeof(t->'amount') = 'number' AND t->>'amount' ~ '^-?[0-9]{1,11}$' THEN (t->>'amount')::numeric END AS amount,
           CASE WHEN jsonb_typeof(t->'fee') = 'number' AND t->>'fee' ~ '^-?[0-9]{1,11}$' THEN (t->>'fee')::numeric END AS fee,
           CASE WHEN currency IN ('bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf') THEN 100
                WHEN currency IN ('bhd', 'jod', 'kwd', 'omr', 'tnd') THEN 0.1 ELSE 1 END AS cents,
           CASE WHEN source->>'object' = 'charge' THEN source->>'id'
                WHEN jsonb_typeof(source->'charge') = 'object' THEN source#>>'{charge,id}' ELSE source->>'charge' END AS charge,
           coalesce(metadata->>'revenue', about->>'kind') AS kind,
           CASE WHEN category IN ('charge', 'charge_failure', 'refund', 'refund_failure', 'dispute', 'dispute_reversal', 'partial_capture_reversal')
                THEN 'revenue'
                WHEN category IN ('fee', 'stripe_fee', 'network_cost', 'tax') THEN 'cost'
                WHEN category IN ('payout', 'payout_reversal', 'transfer', 'transfer_reversal', 'topup', 'topup_reversal', 'advance',
                                  'advance_funding', 'connect_collection_transfer', 'connect_reserved_funds', 'risk_reserved_funds',
                                  'financing_payout', 'financing_payout_reversal', 'financing_paydown', 'financing_paydown_reversal',
                                  'anticipation_repayment', 'minimum_balance_hold', 'minimum_balance_release') THEN 'none' END AS part
      FROM told
)
SELECT *,
       CASE WHEN t->>'id' IS NULL THEN 'id' WHEN at IS NULL OR at < '2005-01-01' OR at >= '2040-12-31' THEN 'created'
            WHEN amount IS NULL THEN 'amount' WHEN fee IS NULL THEN 'fee' WHEN currency IS DISTINCT FROM about->>'currency' THEN 'currency'
            WHEN part IS NULL THEN 'reporting_category'
            WHEN part = 'revenue' AND kind NOT IN ('ad', 'sponsorship', 'affiliate', 'membership', 'super_chat') THEN 'metadata.revenue'
            WHEN metadata->>'user_id' !~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN 'metadata.user_id' END AS column_name,
       CASE WHEN t->>'id' IS NULL THEN 'it is missing' WHEN at IS NULL OR at < '2005-01-01' OR at >= '2040-12-31' THEN 'it is no time'
            WHEN amount IS NULL OR fee IS NULL THEN 'it is no whole number of minor units'
            WHEN currency IS DISTINCT FROM about->>'currency'
            THEN 'it is ' || coalesce('''' || currency || '''', 'not told') || ', and not ''' || (about->>'currency') || ''''
            WHEN part IS NULL THEN coalesce('''' || category || '''', 'what is not told') || ' is neither known as revenue nor as a cost'
            WHEN part = 'revenue' AND kind NOT IN ('ad', 'sponsorship', 'affiliate', 'membership', 'super_chat')
            THEN '''' || kind || ''' is none of ad, sponsorship, affiliate, membership, super_chat'
            WHEN metadata->>'user_id' !~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN 'it is no UUID' END AS reason
  FROM typed;

INSERT INTO pg_temp.ingest_items SELECT key, key, at, column_name, reason, t::text FROM pg_temp.ingest_stripe;
INSERT INTO pg_temp.ingest_revenue
SELECT key, at, kind, (metadata->>'user_id')::uuid, metadata->>'channel_id', metadata->>'video_id', amount * cents, charge,
       source->>'object' IS NOT DISTINCT FROM 'charge', metadata ?| ARRAY['revenue', 'user_id', 'channel_id', 'video_id'],
       jsonb_build_object('type', t->>'type', 'category', category, 'currency', currency, 'amount', amount)
  FROM pg_temp.ingest_stripe WHERE reason IS NULL AND part = 'revenue';
-- A fee, and what is a fee itself: positive is a cost. One that became none is kept as 0.
INSERT INTO pg_temp.ingest_costs (key, source_ref, at, category, subcategory, cents, user_id, channel_id, video_id)
SELECT s.key, s.key, s.at, 'payment', s.category, (s.fee - CASE WHEN s.part = 'cost' THEN s.amount ELSE 0 END) * s.cents,
       (s.metadata->>'user_id')::uuid, s.metadata->>'channel_id', s.metadata->>'video_id'
  FROM pg_temp.ingest_stripe AS s, pg_temp.ingest_run AS r
 WHERE s.reason IS NULL AND s.part IS NOT NULL
   AND (s.fee <> 0 OR s.part = 'cost'
        OR EXISTS (SELECT FROM analytics.fact_costs AS f WHERE f.source = r.source AND f.source_ref = s.key AND f.cost_timestamp = s.at));
