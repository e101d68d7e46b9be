-- Where a batch of a mapped file lies before it is stored: emptied by the commit or rollback of its transaction.
DROP TABLE IF EXISTS pg_temp.mapped, pg_temp.mapped_channels, pg_temp.mapped_videos, pg_temp.ingest_letters;
CREATE TEMP TABLE mapped (
    channel_id text, valid_from timestamptz, user_id uuid, channel_name text, channel_handle text, niche text,
    sub_niche text, target_audience text, content_strategy text, monetization_status text, created_date date,
    is_active boolean, line bigint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE mapped_channels (
    channel_id text, at timestamptz, no bigint, user_id uuid, channel_name text, channel_handle text, niche text, sub_niche text,
    target_audience jsonb, content_strategy jsonb, monetization_status text, created_date date, is_active boolean
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE ingest_letters (
    line bigint, column_name text, reason text, raw text
) ON COMMIT DELETE ROWS;
