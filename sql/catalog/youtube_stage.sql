-- Items of the answers of YouTube's Data API while they are looked at, and how a value of one is read: NULL is what cannot be.
CREATE TEMP TABLE IF NOT EXISTS youtube_items (
    answer integer, n bigint, id text, item jsonb, column_name text, reason text, changed boolean, counted boolean
) ON COMMIT DELETE ROWS;
-- Channels whose counters of the day are known.
CREATE TEMP TABLE IF NOT EXISTS youtube_seen (
    id text PRIMARY KEY, subscribers bigint
);
CREATE TEMP TABLE IF NOT EXISTS youtube_categories (
    id text PRIMARY KEY, name text
);
-- A count comes as a decimal string.
CREATE OR REPLACE FUNCTION pg_temp.youtube_count(value jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(value) IN ('string', 'number') AND (value #>> '{}') ~ '^[0-9]{1,18}$' THEN (value #>> '{}')::bigint END
$$;
CREATE OR REPLACE FUNCTION pg_temp.youtube_instant(value text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$'
                THEN value::timestamptz END;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END $$;
-- "PT1H2M3S", "P1DT2H"; of what is live it is P0D, which is not known yet.
CREATE OR REPLACE FUNCTION pg_temp.youtube_seconds(value text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN value ~ '^P([0-9]{1,3}W)?([0-9]{1,4}D)?(T([0-9]{1,5}H)?([0-9]{1,6}M)?([0-9]{1,8}S)?)?$' AND value ~ '[0-9]'
                THEN extract(epoch FROM value::interval)::integer END
$$;
-- Asked for and not in the answer: gone. Of an answer that is no list nothing is known, and an old one does not say it of today.
CREATE OR REPLACE FUNCTION pg_temp.youtube_gone(of_stream text) RETURNS TABLE (id text, at timestamptz) LANGUAGE sql STABLE AS $$
    SELECT asked.id, run.at
      FROM pg_temp.ingest_answers AS a
     CROSS JOIN pg_temp.ingest_run AS run
     CROSS JOIN LATERAL jsonb_array_elements_text(a.about) AS asked (id)
     WHERE a.stream = of_stream AND NOT a.same AND NOT run.is_old AND jsonb_typeof(a.body -> 'items') = 'array'
       AND NOT EXISTS (SELECT FROM jsonb_array_elements(a.body -> 'items') AS i WHERE i ->> 'id' = asked.id)
$$;
