-- Rows of reports while they are looked at: what each says, by the names of its columns. Rows of one key are one: those of
-- money add to the others.
CREATE TEMP TABLE IF NOT EXISTS analytics_rows (
    answer integer, n bigint, stream text, channel_id text, video_id text, day date, told jsonb, raw jsonb, column_name text, reason text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS analytics_days (
    channel_id text, video_id text, day date, told jsonb, midnight timestamptz, user_id uuid, channel_key integer, user_key integer,
    date_key integer, changed boolean DEFAULT false
) ON COMMIT DELETE ROWS;
CREATE OR REPLACE FUNCTION pg_temp.analytics_day(value text) RETURNS date LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN value::date END;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END $$;
