-- Where a batch of a mapped file lies before it is stored: emptied by the commit or rollback of its transaction.
DROP TABLE IF EXISTS pg_temp.mapped, pg_temp.mapped_channels, pg_temp.mapped_videos, pg_temp.ingest_letters;
CREATE TEMP TABLE mapped (
    source_ref text, cost_timestamp timestamptz, user_id uuid, cost_category text, cost_subcategory text,
    quantity numeric, unit_cost_cents numeric, total_cost_cents numeric, video_id text, channel_id text, line bigint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE ingest_letters (
    line bigint, column_name text, reason text, raw text
) ON COMMIT DELETE ROWS;
