-- What openai-costs was told: buckets of a day (UTC), results by project and line item. Amounts are dollars, as exact as they
-- are written. Of a bucket that came twice the later page counts.
CREATE TEMP TABLE ingest_openai ON COMMIT DROP AS
WITH bucket AS (
    SELECT DISTINCT ON (e.b->'start_time') e.b,
           CASE WHEN jsonb_typeof(e.b->'start_time') = 'number' AND e.b->>'start_time' ~ '^[0-9]{1,10}$'
                THEN to_timestamp((e.b->>'start_time')::bigint) END AS at,
           jsonb_typeof(e.b->'results') IS NOT DISTINCT FROM 'array' AS is_list
      FROM pg_temp.ingest_answers AS a CROSS JOIN jsonb_array_elements(a.body->'data') WITH ORDINALITY AS e (b, n)
     WHERE a.stream = 'costs'
     ORDER BY e.b->'start_time', a.no DESC, e.n DESC
), result AS (
    SELECT b.at, b.at >= '2005-01-01' AND b.at < '2041-01-01' AS has_day, b.is_list, r, b.b AS bucket,
           coalesce(r->>'project_id', '') || '|' || coalesce(r->>'line_item', '') AS source_ref, r->>'line_item' AS line_item,
           lower(r#>>'{amount,currency}') AS currency,
           CASE WHEN r#>>'{amount,value}' ~ '^-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]{1,2})?$' AND length(r#>>'{amount,value}') <= 100
                THEN (r#>>'{amount,value}')::numeric * 100 END AS cents,
           CASE WHEN r->>'quantity' ~ '^[0-9]{1,11}([.][0-9]+)?([eE]-[0-9]{1,2})?$' AND length(r->>'quantity') <= 100
                THEN (r->>'quantity')::numeric END AS quantity
      FROM bucket AS b
      LEFT JOIN jsonb_array_elements(CASE WHEN b.is_list THEN b.b->'results' ELSE '[null]' END) AS r ON true
)
SELECT at, is_list AND has_day AS is_whole, r IS NOT NULL AS is_item, r->>'project_id' AS project, source_ref, line_item, cents, quantity, CASE WHEN is_list THEN r ELSE bucket END AS raw,
       CASE WHEN has_day THEN extract(epoch FROM at)::bigint || '|' || source_ref ELSE md5(bucket::text) END AS key,
       CASE WHEN has_day IS NOT TRUE THEN 'start_time' WHEN NOT is_list THEN 'results' WHEN r IS NULL THEN NULL
            WHEN currency IS DISTINCT FROM 'usd' THEN 'currency'
            WHEN cents IS NULL OR abs(cents) >= 1e12 THEN 'amount' END AS column_name,
       CASE WHEN has_day IS NOT TRUE THEN 'it is no day of the calendar' WHEN NOT is_list THEN 'it is no list' WHEN r IS NULL THEN NULL
            WHEN currency IS DISTINCT FROM 'usd' THEN 'it is ' || coalesce('''' || currency || '''', 'not told') || ', and not usd'
            WHEN cents IS NULL THEN 'it is no number' WHEN abs(cents) >= 1e12 THEN 'it is out of range' END AS reason
  FROM result;

INSERT INTO pg_temp.ingest_whole SELECT DISTINCT at, at + interval '1 day' FROM pg_temp.ingest_openai WHERE is_whole;
INSERT INTO pg_temp.ingest_items
SELECT key, min(source_ref), min(at), max(column_name), max(reason), max(raw::text) FROM pg_temp.ingest_openai
 WHERE is_item OR reason IS NOT NULL GROUP BY key;
INSERT INTO pg_temp.ingest_costs (key, source_ref, at, category, subcategory, quantity, cents, owner)
SELECT key, source_ref, at, 'ai', min(line_item), sum(quantity), sum(cents), min(project) FROM pg_temp.ingest_openai
 WHERE is_item GROUP BY key, source_ref, at HAVING bool_and(reason IS NULL);
