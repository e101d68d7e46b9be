-- What elevenlabs-usage was told: credits by day (UTC) and product. Credits are no money: `price`, in cents a thousand, makes
-- them so; without it the cost is not known. Which column is in credits its unit says, not its name.
CREATE TEMP TABLE ingest_elevenlabs ON COMMIT DROP AS
WITH answer AS (
    SELECT a.no, a.about, a.body,
           (SELECT n - 1 FROM jsonb_array_elements_text(a.body->'columns') WITH ORDINALITY AS c (name, n) WHERE name = 'timestamp' LIMIT 1)::integer AS at_no,
           (SELECT n - 1 FROM jsonb_array_elements_text(a.body->'columns') WITH ORDINALITY AS c (name, n) WHERE name = 'product_type' LIMIT 1)::integer AS product_no,
           (SELECT n - 1 FROM jsonb_array_elements_text(a.body->'column_units') WITH ORDINALITY AS c (unit, n) WHERE unit = 'credits' LIMIT 1)::integer AS credits_no
      FROM pg_temp.ingest_answers AS a WHERE a.stream = 'usage'
), line AS (
    SELECT r, about, r->>at_no AS time, r->>product_no AS product,
           CASE WHEN jsonb_typeof(r->credits_no) = 'number' AND r->>credits_no ~ '^[0-9]{1,11}([.][0-9]+)?([eE]-[0-9]{1,2})?$'
                     AND length(r->>credits_no) <= 100 THEN (r->>credits_no)::numeric END AS credits
      FROM answer CROSS JOIN jsonb_array_elements(body->'rows') AS r
), timed AS (
    SELECT *,
           CASE WHEN time ~ '^[0-9]{12,13}([.]0)?$' THEN to_timestamp(time::numeric / 1000)
                WHEN time ~ '^[0-9]{9,10}([.]0)?$' THEN to_timestamp(time::numeric)
                WHEN time ~ '^20[0-9]{2}-(0[1-9]|1[0-2])-[0-3][0-9]([T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[-+][01][0-9]:?00)?)?$'
                     AND substr(time, 9, 2)::integer BETWEEN 1 AND
                         extract(day FROM make_date(substr(time, 1, 4)::integer, substr(time, 6, 2)::integer, 1) + interval '1 month - 1 day')
                THEN time::timestamptz END AS at
      FROM line
)
SELECT r AS raw, at, product AS source_ref, credits,
       CASE WHEN jsonb_typeof(about->'price') = 'number' THEN credits * (about->>'price')::numeric / 1000 END AS cents,
       CASE WHEN at IS NOT NULL AND product IS NOT NULL THEN extract(epoch FROM at)::bigint || '|' || product ELSE md5(r::text) END AS key,
       CASE WHEN at IS NULL OR at < '2005-01-01' OR at >= '2041-01-01' THEN 'timestamp' WHEN product IS NULL THEN 'product_type'
            WHEN credits IS NULL THEN 'credits' END AS column_name,
       CASE WHEN at IS NULL OR at < '2005-01-01' OR at >= '2041-01-01' THEN 'it is no time' WHEN product IS NULL THEN 'it is missing'
            WHEN credits IS NULL THEN 'it is no number of credits' END AS reason
  FROM timed;

INSERT INTO pg_temp.ingest_whole
SELECT to_timestamp((about->>'from')::bigint), to_timestamp((about->>'to')::bigint) FROM pg_temp.ingest_answers WHERE stream = 'usage';
INSERT INTO pg_temp.ingest_items
SELECT key, min(source_ref), min(at), max(column_name), max(reason), max(raw::text) FROM pg_temp.ingest_elevenlabs GROUP BY key;
INSERT INTO pg_temp.ingest_costs (key, source_ref, at, category, subcategory, quantity, cents, owner)
SELECT key, source_ref, at, 'ai', source_ref, sum(credits), sum(cents), source_ref FROM pg_temp.ingest_elevenlabs
 GROUP BY key, source_ref, at HAVING bool_and(reason IS NULL);

-- How many of the plan's credits are used up: beside the bookmark.
INSERT INTO ops.watermarks AS w (source, stream, position, data_until, job_id)
SELECT r.source, 'subscription',
       (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(a.body)
         WHERE key IN ('tier', 'status', 'currency', 'character_count', 'character_limit', 'next_character_count_reset_unix', 'billing_period')),
       r.at, r.job_id
  FROM pg_temp.ingest_answers AS a, pg_temp.ingest_run AS r WHERE a.stream = 'subscription'
    ON CONFLICT (source, stream) DO UPDATE
   SET position = excluded.position, data_until = excluded.data_until, job_id = excluded.job_id, updated_at = now()
 WHERE NOT (SELECT is_old FROM pg_temp.ingest_run);
