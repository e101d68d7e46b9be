-- Where a batch of a mapped file lies before it is stored: emptied by the commit or rollback of its transaction.
DROP TABLE IF EXISTS pg_temp.mapped, pg_temp.mapped_channels, pg_temp.mapped_videos, pg_temp.ingest_letters;
CREATE TEMP TABLE mapped (
    channel_id text, video_id text, date date, views bigint, watch_time_minutes numeric, revenue_usd numeric,
    line bigint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE ingest_letters (
    line bigint, column_name text, reason text, raw text
) ON COMMIT DELETE ROWS;
